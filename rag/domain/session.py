"""A session: a group goes through one paper's questions in a thread, and what it answers becomes its notes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from rag.domain.note import Discussion, Note
from rag.domain.question import Question


@dataclass(frozen=True, slots=True)
class SessionQuestion:
    """A question as it stands in a session. Ids of messages and people are decimal strings.

    ``message`` shows it; None while it was not sent. ``unclear`` are the people who marked it as unclear.
    """

    question: Question
    message: str | None = None
    unclear: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SessionAnswer:
    """What a person said. ``number`` is the question's; None: said of the paper, to no question.

    ``name`` is how the person was called then. ``message`` is the one it was saved from; None when it was typed into
    the form.
    """

    answer_id: int
    number: int | None
    person: str
    name: str
    text: str
    said_at: datetime  # aware UTC
    message: str | None = None


@dataclass(frozen=True, slots=True)
class WrittenNotes:
    """What a session wrote into the group's notes when it was closed last, so that closing again finds it.

    ``heading`` is the exact heading of its discussion; ``items`` are (question, answer lines) in their order.
    """

    heading: str
    items: tuple[tuple[str, tuple[str, ...]], ...]


@dataclass(frozen=True, slots=True)
class Session:
    """One session of a guild. Ids of people, channels, threads and messages are decimal strings.

    ``paper_key`` is None once the paper was removed; ``paper_id`` and ``title`` stay. ``thread`` is None until there is
    one, as on the command line. ``ordinal`` is the number under which its notes were written, None until it was closed.
    """

    session_id: int
    guild: str
    paper_key: str | None
    paper_id: str
    title: str
    channel: str
    thread: str | None
    message: str | None  # the first, that opens it
    opened_by: str
    opened_at: datetime  # aware UTC
    closed_at: datetime | None
    ordinal: str | None
    questions: tuple[SessionQuestion, ...]
    answers: tuple[SessionAnswer, ...]
    silent: tuple[str, ...] = ()  # the template's fields on which the paper says nothing
    written: WrittenNotes | None = None  # None until notes were written
    notices: tuple[str, ...] = ()  # of its question set: why there are fewer, or plainer ones

    @property
    def is_open(self) -> bool:
        """Whether people may answer."""
        return self.closed_at is None

    def asked(self, number: int) -> SessionQuestion | None:
        """Return a question by its number, or None."""
        return next((asked for asked in self.questions if asked.question.number == number), None)

    def answers_to(self, number: int | None) -> tuple[SessionAnswer, ...]:
        """Return what was said to a question (None: to the paper), oldest first."""
        return tuple(answer for answer in self.answers if answer.number == number)

    @property
    def marked_unclear(self) -> tuple[SessionQuestion, ...]:
        """The questions that somebody marked as unclear."""
        return tuple(asked for asked in self.questions if asked.unclear)

    @property
    def left_open(self) -> tuple[SessionQuestion, ...]:
        """The questions that are carried over: unanswered or unclear, in their order."""
        unanswered = {asked.question.number for asked in self.unanswered}
        return tuple(asked for asked in self.questions if asked.unclear or asked.question.number in unanswered)

    @property
    def names(self) -> tuple[str, ...]:
        """Who answered, by the names they had, in the order in which they first did."""
        return tuple({answer.person: answer.name for answer in self.answers}.values())

    @property
    def unanswered(self) -> tuple[SessionQuestion, ...]:
        """The questions that nobody answered."""
        answered = {answer.number for answer in self.answers}
        return tuple(asked for asked in self.questions if asked.question.number not in answered)


@dataclass(frozen=True, slots=True)
class Concluded:
    """What closing a session came to. ``discussion`` holds its notes; None where none were written."""

    session: Session
    discussion: Discussion | None


@dataclass(frozen=True, slots=True)
class Related:
    """A concept of a paper that the group discussed with another one. ``concept`` as the group wrote it."""

    concept: str
    discussion: Discussion
    note: Note


@dataclass(frozen=True, slots=True)
class Before:
    """What a group discussed before it opens a session. ``left_open`` are questions of this paper without an answer."""

    discussions: tuple[Discussion, ...]
    left_open: tuple[str, ...]
    related: tuple[Related, ...]


@dataclass(frozen=True, slots=True)
class GuidePart:
    """A top section. ``items``: what the questions point at in it: a label ("Table 2") and its page."""

    name: str
    page: int | None
    items: tuple[tuple[str, int | None], ...] = ()


@dataclass(frozen=True, slots=True)
class ReadingGuide:
    """A paper's top sections in reading order. ``pages`` None for sources without pages.

    ``folded`` counts the appendices that are not among the parts.
    """

    pages: int | None
    parts: tuple[GuidePart, ...]
    folded: int = 0
