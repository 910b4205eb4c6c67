"""Proposals, checks and changes of notes as other tools read them (``notes fill|check|history|undo --json``)."""

from __future__ import annotations

from typing import Any

from rag.answering.as_json import citation_as_json
from rag.discussion.finding import heading_of
from rag.domain.note import Discussion, Note
from rag.domain.revision import NoteChange, NoteCheck, NoteChecks, Proposal
from rag.revision.revision import name_of


def proposal_as_json(proposal: Proposal) -> dict[str, Any]:
    """Return a proposal as tools read it."""
    proposed = {"lines": list(proposal.lines), "question": proposal.question}
    evidence = [citation_as_json(citation) for citation in proposal.evidence]
    return _place(proposal.discussion, proposal.note) | {
        "proposed": proposed,
        "reason": proposal.reason,
        "evidence": evidence,
        "writer": proposal.writer,
        "prompt": proposal.prompt,
        "notices": list(proposal.notices),
    }


def checks_as_json(judge: str, checks: NoteChecks) -> dict[str, Any]:
    """Return the object of ``notes check --json``; ``judge`` is the model that may be asked, "" for none."""
    return {
        "judge": judge,
        "judged": checks.judged,
        "checks": [check_as_json(check) for check in checks.checks],
        "notices": list(checks.notices),
    }


def check_as_json(check: NoteCheck) -> dict[str, Any]:
    """Return a check as tools read it."""
    evidence = [citation_as_json(citation) for citation in check.evidence]
    found = list(check.found)
    grade = {"grade": check.grade.value, "reason": check.reason, "lines_found": found, "evidence": evidence}
    judged = {"judged_by": check.judged_by, "prompt": check.prompt}
    return _place(check.discussion, check.note) | grade | judged


def change_as_json(change: NoteChange) -> dict[str, Any]:
    """Return a change as tools read it."""
    return {
        "change": change.change_id,
        "discussion": change.heading,
        "item": change.item,
        "decision": change.decision.value,
        "person": change.person,
        "at": change.at.isoformat(),
        "before": {"question": change.question_before, "answer": list(change.answer_before)},
        "after": {"question": change.question_after, "answer": list(change.answer_after)},
    }


def _place(discussion: Discussion, note: Note) -> dict[str, Any]:
    return {
        "item": name_of(discussion, note),
        "discussion": heading_of(discussion),
        "paper_id": discussion.paper_id,
        "question": note.question,
        "answer": list(note.answer),
    }
