"""Old notes made better: what the papers say to them, what people decided, and who changed what and when."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from rag.domain.answer import Citation
from rag.domain.note import Discussion, Note


class Grade(StrEnum):
    """How a note stands beside its paper, from one end to the other; each but ``NOT_FOUND`` with a verified quote.

    A program alone finds ``SUPPORTED`` and ``NOT_FOUND``; the others need somebody who understands both texts.
    """

    CONTRADICTED = "contradicted"
    PARTLY_CONTRADICTED = "partly contradicted"
    NOT_FOUND = "not found in the paper"
    PARTLY_SUPPORTED = "partly supported"
    SUPPORTED = "supported"


class Decision(StrEnum):
    """What a person made of a proposal; ``UNDONE`` takes the newest decision back that still stands."""

    ACCEPTED = "accepted"
    EDITED = "edited"
    REJECTED = "rejected"
    UNDONE = "undone"


@dataclass(frozen=True, slots=True)
class NoteCheck:
    """An answer of a note beside the closest evidence of its paper, with a grade and why it was given.

    ``key`` names the note as it stands: another once it is changed. ``reason`` is a clause for people, "" for none.
    ``evidence`` is empty only when nothing in the paper comes near, or the discussion is tied to no paper. ``found``
    are the indices of the answer's lines that a sentence of the paper says; ``nearly``: a line only names what the
    paper does not. ``judged_by`` is the model that was asked, too, "" for none, and ``prompt`` what it was asked with.
    """

    key: str
    discussion: Discussion
    note: Note
    grade: Grade
    evidence: tuple[Citation, ...]
    reason: str = ""
    found: tuple[int, ...] = ()
    nearly: bool = False
    judged_by: str = ""
    prompt: str = ""

    @property
    def partly(self) -> bool:
        """Whether the paper says a part of what was not found as a whole."""
        return self.grade is Grade.NOT_FOUND and bool(self.found or self.nearly)


@dataclass(frozen=True, slots=True)
class CheckCounts:
    """How many answers of a discussion were found in its paper, in part, and not; and those that it speaks against."""

    found: int
    partly: int
    not_found: int
    contradicted: int = 0


@dataclass(frozen=True, slots=True)
class NoteChecks:
    """Notes beside their paper. ``notices``: why nobody judged them, where somebody should have; ``judged``: whether
    somebody did, of one of them at least.
    """

    checks: tuple[NoteCheck, ...]
    notices: tuple[str, ...] = ()
    judged: bool = False


@dataclass(frozen=True, slots=True)
class Proposal:
    """What could stand in a note: an answer to an open question, with the quotes it is made of, or a question for an
    answer that has none. ``lines`` are the answer's, as they would be written; ``question`` is "" for an answer.

    ``key`` names the note as it stands: another once it is changed. Where neither is proposed, ``reason`` is the
    sentence that says why. ``writer`` is the model whose words are proposed, checked against the quotes, and ``prompt``
    what it was asked with; the paper's own words have none. ``notices``: what else there is to say, as
    why no model wrote where one should have.
    """

    key: str
    discussion: Discussion
    note: Note
    lines: tuple[str, ...]
    question: str
    evidence: tuple[Citation, ...]
    reason: str = ""
    writer: str = ""
    prompt: str = ""
    notices: tuple[str, ...] = ()

    @property
    def digest(self) -> str:
        """Name what is proposed: another proposal for the same note has another."""
        return hashlib.sha256("\x1f".join((self.question, *self.lines)).encode()).hexdigest()[:8]

    @property
    def proposes(self) -> bool:
        """Whether there is something to accept."""
        return bool(self.lines or self.question)


@dataclass(frozen=True, slots=True)
class NoteChange:
    """A change of a note that a person made: who, when, and what stood there before. Ids are decimal strings.

    ``heading`` and ``item`` name the note as it was. Rejections are kept, too: nothing is proposed twice. ``person`` is
    "" once that person had their data erased. ``change_id`` is 0 while it is not kept.
    """

    change_id: int
    guild: str
    heading: str
    item: int
    decision: Decision
    person: str
    at: datetime  # aware UTC
    question_before: str
    answer_before: tuple[str, ...]
    raw_before: str  # the note's exact text
    question_after: str
    answer_after: tuple[str, ...]
