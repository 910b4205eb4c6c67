"""Whose week it is: ISO weeks, what is posted in them, and the papers that wait to be read."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
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

    def later(self, weeks: int = 1) -> IsoWeek:
        """Return the week that comes so many later.

        >>> str(IsoWeek(2026, 53).later())
        '2027-W01'
        """
        year, week, _day = (date.fromisocalendar(self.year, self.week, 1) + timedelta(weeks=weeks)).isocalendar()
        return IsoWeek(year, week)

    def __str__(self) -> str:
        """Write it as ISO does.

        >>> str(IsoWeek(2026, 7))
        '2026-W07'
        """
        return f"{self.year}-W{self.week:02d}"


class PostKind(StrEnum):
    """What is posted at most once a week.

    ``QUEUE_EMPTY`` asks for a paper; ``SKIPPED`` says that the week has no question set, and why; ``TROUBLE`` tells
    organisers what keeps it from being posted.
    """

    REMINDER = "reminder"
    EVENT = "event"
    QUESTIONS = "questions"
    QUEUE_EMPTY = "queue-empty"
    SKIPPED = "skipped"
    TROUBLE = "trouble"


class PostState(StrEnum):
    """How far a post is.

    ``CLAIMED``: somebody means to send it, and may have. ``POSTED``: its message stands, what hangs on it may not.
    ``DONE``: all of it stands. ``SKIPPED``: nothing was sent, nor will be.
    """

    CLAIMED = "claimed"
    POSTED = "posted"
    DONE = "done"
    SKIPPED = "skipped"


@dataclass(frozen=True, slots=True)
class Posting:
    """One post of one week of one guild, and who is at it. Times are aware UTC; ids are decimal strings.

    ``claimant`` names the process, "" for nobody; who finds ``lease_until`` passed may take the claim over.
    ``attempt`` counts the claims, from 1. ``sending_since``: when it may have been sent for the first time; None while
    it is certain that it was not. ``session_id``: the session that the post opens. ``due_at`` is when the group meets.
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
    sending_since: datetime | None = None
    message: str | None = None
    session_id: int | None = None
    reason: str = ""  # what keeps it from being posted, or why it was skipped: fits after "because"

    @property
    def mark(self) -> str:
        """What our message of this post carries, so that it is known again after a crash; of no other post.

        At most 24 characters: messengers take it as a message's nonce.
        """
        kind = self.kind.value[0] + self.kind.value[-1]
        guild = _base36(int(self.guild)) if self.guild.isdecimal() else self.guild
        return f"{kind}-{self.week.year}W{self.week.week:02d}-{guild[-13:]}"


@dataclass(frozen=True, slots=True)
class Reading:
    """The paper that the group reads next. ``queued``: it stands in the queue, else it only has open questions."""

    key: str
    paper_id: str
    title: str
    queued: bool = True


@dataclass(frozen=True, slots=True)
class QueuedPaper:
    """A paper that waits to be read. ``position`` is 1-based. ``ready``: it is in the library; else it is still added,
    or could not be.
    """

    entry_id: int
    position: int
    paper_id: str
    title: str
    added_by: str
    added_at: datetime  # aware UTC
    ready: bool = False


@dataclass(frozen=True, slots=True)
class Vote:
    """A poll for the next paper. ``entries`` are the queue's entry ids, in the order of the poll's choices; ``winner``
    is one of them as long as the group is not told.
    """

    vote_id: int
    guild: str
    channel: str
    message: str | None
    entries: tuple[int, ...]
    began_at: datetime  # aware UTC, as ends_at
    ends_at: datetime
    counted: bool
    winner: int | None = None


def _base36(number: int) -> str:
    digits = ""
    while number:
        number, rest = divmod(number, 36)
        digits = "0123456789abcdefghijklmnopqrstuvwxyz"[rest] + digits
    return digits or "0"
