"""Sessions as JSON objects, as other tools read them (``session … --json``)."""

from __future__ import annotations

from typing import Any

from rag.discussion.finding import heading_of
from rag.domain.session import Before, ReadingGuide, Session, SessionQuestion
from rag.questions.as_json import question_as_json


def surroundings_as_json(before: Before | None, guide: ReadingGuide | None) -> dict[str, Any]:
    """Return what stands around a session: earlier discussions, and what to read."""
    found: dict[str, Any] = {}
    if before is not None:
        found["before"] = {
            "discussions": [heading_of(discussion) for discussion in before.discussions],
            "open": list(before.left_open),
            "related": [{"concept": one.concept, "discussion": heading_of(one.discussion)} for one in before.related],
        }
    if guide is not None:
        parts = [{"name": part.name, "page": part.page, "items": [list(i) for i in part.items]} for part in guide.parts]
        found["guide"] = {"pages": guide.pages, "parts": parts, "appendices_left_out": guide.folded}
    return found


def session_as_json(session: Session) -> dict[str, Any]:
    """Return a session with its questions and answers."""
    return {
        "session": session.session_id,
        "paper_id": session.paper_id,
        "title": session.title,
        "opened_at": session.opened_at.isoformat(),
        "closed_at": session.closed_at and session.closed_at.isoformat(),
        "ordinal": session.ordinal,
        "questions": [_question_as_json(session, asked) for asked in session.questions],
        "beside": [said.text for said in session.answers_to(None)],
        "silent": list(session.silent),
        "notices": list(session.notices),
    }


def _question_as_json(session: Session, asked: SessionQuestion) -> dict[str, Any]:
    return question_as_json(asked.question) | {
        "unclear": bool(asked.unclear),
        "answers": [
            {"answer": said.answer_id, "text": said.text, "name": said.name}
            for said in session.answers_to(asked.question.number)
        ],
    }
