"""What is due at a moment, of one guild: pure, so that a whole year of it can be tried."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from rag.domain.agenda import IsoWeek, Posting, PostKind, PostState, Reading
from rag.domain.server import WeeklySlot
from rag.record.slots import meeting_in

EVENT_AHEAD = timedelta(hours=24)
"""So long before the meeting its event is made, where no reminder is wanted earlier."""

Rows = Mapping[tuple[IsoWeek, PostKind], Posting]


@dataclass(frozen=True, slots=True)
class Due:
    """A post that somebody should see to. ``late``: too late to send it; ``before``: what was done for it so far."""

    guild: str
    week: IsoWeek
    kind: PostKind
    meets_at: datetime
    channel: str
    late: bool = False
    before: Posting | None = None


@dataclass(frozen=True, slots=True)
class Calendar:
    """A guild's slot and how long it holds already. ``window``: how late a question set may come."""

    guild: str
    slot: WeeklySlot
    since: datetime
    window: timedelta

    def weeks(self, now: datetime) -> tuple[IsoWeek, ...]:
        """Return the weeks of which something can be due: the last, this one, and the next, for its reminder."""
        week = IsoWeek.of(now, self.slot.zone)
        return week.later(-1), week, week.later()

    def due(self, now: datetime, rows: Rows, reading: Callable[[], Reading | None]) -> Iterator[Due]:
        """Give what is due, in the order to see to it; ``rows`` are the posts of ``weeks``."""
        for week in self.weeks(now):
            questions = rows.get((week, PostKind.QUESTIONS))
            meets_at = questions.due_at if questions else meeting_in(self.slot, week)
            if questions is None and meets_at < self._since(now):
                continue  # the slot was set after that
            if questions is None and now < meets_at:
                kinds = self._before(now, meets_at, reading)
            else:
                kinds = self._from_then_on(rows, week, questions, reading)
            closes_at = min(meets_at + self.window, meeting_in(self.slot, week.later()))
            for kind in kinds:
                row = rows.get((week, kind))
                if row is None or row.state in (PostState.CLAIMED, PostState.POSTED):
                    late = kind is PostKind.QUESTIONS and now >= closes_at
                    yield Due(self.guild, week, kind, meets_at, self.slot.channel, late, row)

    def _since(self, now: datetime) -> datetime:
        """Return since when the slot holds; a clock that was ahead then is not to keep it from ever being due."""
        return self.since if self.since <= now else now - self.window

    def _before(self, now: datetime, meets_at: datetime, reading: Callable[[], Reading | None]) -> Iterator[PostKind]:
        """Give what comes before a meeting. Late, it still has its worth until the group meets."""
        ahead = timedelta(hours=self.slot.reminder_hours)
        remind = bool(ahead) and meets_at - ahead <= now
        announce = self.slot.event and meets_at - max(ahead, EVENT_AHEAD) <= now
        if not (remind or announce):
            return
        found = reading()
        queued = found is not None and found.queued
        if announce and queued:
            yield PostKind.EVENT  # first: the reminder says whether there is one
        if remind:
            yield PostKind.REMINDER if queued else PostKind.QUEUE_EMPTY

    def _from_then_on(
        self, rows: Rows, week: IsoWeek, questions: Posting | None, reading: Callable[[], Reading | None]
    ) -> Iterator[PostKind]:
        if questions is None:
            found = reading()
            if found is not None and not found.queued:
                yield PostKind.QUEUE_EMPTY  # before the paper that is taken instead
        elif _is_claimed(rows.get((week, PostKind.QUEUE_EMPTY))):
            yield PostKind.QUEUE_EMPTY
        yield PostKind.QUESTIONS
        if questions is not None and questions.state is PostState.SKIPPED:
            yield PostKind.SKIPPED
        elif is_in_trouble(questions):
            yield PostKind.TROUBLE


def is_in_trouble(posting: Posting | None) -> bool:
    """Say whether something that people can mend keeps a post from being sent."""
    return posting is not None and _is_claimed(posting) and bool(posting.reason)


def _is_claimed(posting: Posting | None) -> bool:
    return posting is not None and posting.state is PostState.CLAIMED
