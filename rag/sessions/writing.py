"""A closed session into the group's notes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from rag.discussion.appending import answer_lines, appended, merged, question_line
from rag.domain.note import Discussion, NoteStatus
from rag.domain.paper import Paper
from rag.domain.session import Session, SessionQuestion, WrittenNotes
from rag.sessions.naming import names_for_notes, year_of
from rag.store.library import Library


def with_notes(session: Session, paper: Paper | None, library: Library) -> tuple[list[Discussion], Discussion]:
    """Return the guild's discussions with a session's notes in them, and those notes. ``paper`` None: it was removed.

    A session that was closed before changes the discussion that it wrote then, wherever that stands now.
    """
    discussions, items = list(library.discussions(session.guild)), items_of(session)
    written = session.written
    if written is not None and (place := _find(discussions, session, written)) is not None:
        discussions[place] = notes = merged(discussions[place], written.items, items)
        return discussions, notes
    titles, year = [session.title, session.paper_id], None
    if paper is not None:
        earlier = [discussion for discussion in discussions if discussion.paper_key == paper.key]
        texts = (passage.text for passage in library.passages_of(paper.key))
        titles, year = names_for_notes(paper, earlier, texts), year_of(paper, earlier)
    *others, new = appended(discussions, titles=titles, year=year, items=items)
    notes = replace(new, paper_key=session.paper_key, paper_id=session.paper_id if session.paper_key else None)
    return [*others, notes], notes


def unanswered_notes(session: Session, library: Library) -> Discussion | None:
    """Return a discussion of a session's paper in which every question is open, or None."""
    of_paper = (d for d in library.discussions(session.guild) if d.paper_key is not None)
    same = (d for d in of_paper if d.paper_key == session.paper_key and d.notes)
    return next((d for d in same if all(note.status is NoteStatus.OPEN for note in d.notes)), None)


def items_of(session: Session) -> list[tuple[str, tuple[str, ...]]]:
    """Return what stands in a session's notes: its questions with what was answered, and what was said beside them."""
    items = [(question_line(asked.question.text), _lines(session, asked)) for asked in session.questions]
    beside = _lines(session, None)
    return [*items, ("", beside)] if beside else items


def _lines(session: Session, asked: SessionQuestion | None) -> tuple[str, ...]:
    """Return the lines of all answers. One that says just what another said is left out; a line may stand twice."""
    said = session.answers_to(asked.question.number if asked else None)
    answers = dict.fromkeys(answer_lines(answer.text) for answer in said)
    return tuple(line for lines in answers for line in lines)


def _find(discussions: Sequence[Discussion], session: Session, written: WrittenNotes) -> int | None:
    """Return where a session's notes stand: under the heading that they got, else under their number and paper."""
    same = [n for n, discussion in enumerate(discussions) if discussion.heading == written.heading]
    moved = [
        n
        for n, d in enumerate(discussions)
        if d.ordinal == session.ordinal and d.paper_key is not None and d.paper_key == session.paper_key
    ]
    return next(iter(same or moved), None)
