"""The group's notes: what people said in past discussions. Never proof of what a paper says."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class NoteStatus(StrEnum):
    """What an item of a discussion holds."""

    ANSWERED = "answered"
    OPEN = "open"
    NO_QUESTION = "no question"
    BLANK = "blank"


@dataclass(frozen=True, slots=True)
class Note:
    """One item of a discussion.

    ``item`` is its 1-based position; ``ordinal`` the number as written ("8" may stand twice). ``answer`` keeps the
    group's lines as they wrote them, without bullet signs. ``raw`` is the exact source text of the item, so that an
    untouched note exports byte for byte.
    """

    item: int
    ordinal: str
    question: str
    answer: tuple[str, ...] = ()
    raw: str = ""

    @property
    def status(self) -> NoteStatus:
        """Classify by what is written: whitespace and bare bullets count as nothing."""
        asked = bool(self.question.strip())
        said = any(line.strip() for line in self.answer)
        if asked:
            return NoteStatus.ANSWERED if said else NoteStatus.OPEN
        return NoteStatus.NO_QUESTION if said else NoteStatus.BLANK


@dataclass(frozen=True, slots=True)
class Discussion:
    """A past session. ``ordinal`` as written ("5" may stand twice), ``position`` its 1-based place in the file."""

    position: int
    ordinal: str
    title: str
    year: int | None
    notes: tuple[Note, ...]
    heading: str = ""  # the exact heading line
    trailer: str = ""  # exact source text after the last item (blank lines), for the round trip
    paper_key: str | None = None  # the paper it is tied to
    paper_id: str | None = None


@dataclass(frozen=True, slots=True)
class Otherwise:
    """What a cited paper says against a note: ``quote`` is that of the answer's citation ``number``.

    ``judge`` is the model that finds the two at odds, asked with ``prompt``; only the quote is verified.
    """

    number: int
    quote: str
    page: int | None
    judge: str
    prompt: str


@dataclass(frozen=True, slots=True)
class NoteHit:
    """A note that speaks to a question. ``otherwise``: what the answer beside it cites against it."""

    discussion: Discussion
    note: Note
    score: float
    otherwise: Otherwise | None = None
