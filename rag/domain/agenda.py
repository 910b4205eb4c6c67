"""Whose week it is: ISO weeks, what is posted in them, and the papers that wait to be read."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from zoneinfo import ZoneInfo


@dataclass(frozen=True, order=True, slots=True)
class IsoWeek:
    """A week as ISO 8601 numbers it: it begins on Monday, and belongs to the year that holds its Thursday."""

    year: int
    week: int

    @classmethod
    def of(cls, moment: datetime, zone: str) -> IsoWeek:
        """Return the week in which an aware moment lies by the clocks of an IANA zone."""
        year, week, _day = moment.astimezone(ZoneInfo(zone)).isocalendar()
        return cls(year, week)

    def __str__(self) -> str:
        """Write it as ISO does.

        >>> str(IsoWeek(2026, 7))
        '2026-W07'
        """
        return f"{self.year}-W{self.week:02d}"


class PostKind(StrEnum):
    """What is posted at most once a week: the reminder, the event, the question set, a word that the queue is empty."""

    REMINDER = "reminder"
    EVENT = "event"
    QUESTIONS = "questions"
    QUEUE_EMPTY = "queue-empty"


class PostState(StrEnum):
    """How far a post is. ``CLAIMED``: somebody means to send it, and may have. ``SKIPPED``: it was too late for it."""

    CLAIMED = "claimed"
    POSTED = "posted"
    SKIPPED = "skipped"


@dataclass(frozen=True, slots=True)
class Posting:
    """One post of one week of one guild, and who is at it. Times are aware UTC; ids are decimal strings.

    ``claimant`` names the process; who finds ``lease_until`` passed may take the claim over, and looks for the message
    before it sends one. ``attempt`` counts the claims, from 1. ``session_id``: the session that the post opens.
    """

    guild: str
    week: IsoWeek
    kind: PostKind
    due_at: datetime
    state: PostState
    claimant: str
    claimed_at: datetime
    lease_until: datetime
    attempt: int
    channel: str
    message: str | None = None
    session_id: int | None = None
    reason: str = ""  # why it was skipped

    @property
    def mark(self) -> str:
        """What our message of this post carries, so that it is known again after a crash; also Discord's ``nonce``.

        At most 25 characters: Discord's limit of a nonce.
        """
        return f"{self.kind.value[:5]}-{self.week}-{self.guild[-8:]}"


@dataclass(frozen=True, slots=True)
class QueuedPaper:
    """A paper that waits to be read. ``position`` is 1-based. ``paper_id`` is what people type; it need not be in the
    library yet.
    """

    entry_id: int
    position: int
    paper_id: str
    title: str
    added_by: str
    added_at: datetime  # aware UTC


@dataclass(frozen=True, slots=True)
class Vote:
    """A poll for the next paper. ``entries`` are the queue's entry ids, in the order of the poll's choices."""

    vote_id: int
    guild: str
    channel: str
    message: str | None
    entries: tuple[int, ...]
    ends_at: datetime  # aware UTC
    counted: bool
