"""The posts of all guilds: what is due, whose it is, and what came of it. One process has a post at a time."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Protocol

from rag.agenda.due import Calendar, Due, is_in_trouble
from rag.agenda.steps import Begin, CannotPost, Confirm, Finish, OpenSession, PutOff, Skip, Step
from rag.domain.agenda import Posting, PostKind, PostState, Reading
from rag.domain.server import WeeklySlot
from rag.errors import Refused
from rag.record.slots import meeting_in
from rag.store.library import Library
from rag.wording import sentence_for

LEASE = timedelta(minutes=3)
"""So long a process has a post to itself; it gives up sending long before."""
MOST_PATIENCE = timedelta(hours=1)
"""A post that fails is tried again after a minute, two, four, and so on up to this."""

Slots = Callable[[], Iterable[tuple[str, WeeklySlot]]]
"""The guilds that the bot is in and that have a slot."""


class Papers(Protocol):
    """Where the next paper comes from, and how its session is made."""

    def next_for(self, guild: str) -> Reading | None:
        """Return what the group reads next."""

    def session_for(self, guild: str, reading: Reading, channel: str) -> int:
        """Return the id of its session: one that stands or was never shown, else a new one. Raises Refused."""


class Posts:
    """``clock`` gives aware UTC and may jump. ``claimant`` is this process's name; threads may share it."""

    def __init__(
        self,
        *,
        library: Library,
        slots: Slots,
        papers: Papers,
        clock: Callable[[], datetime],
        window: timedelta,
        claimant: str = "",
    ) -> None:
        self._library = library
        self._slots = slots
        self._papers = papers
        self._clock = clock
        self._window = window
        self._claimant = claimant or secrets.token_hex(8)

    def due(self) -> tuple[Due, ...]:
        """Return what somebody should see to now. Of what another process is at, nothing."""
        now = self._clock()
        return tuple(due for guild, slot in self._slots() for due in self._due_of(guild, slot, now))

    def claim(self, due: Due) -> Posting | None:
        """Take a post for this process, before anything of it is sent; None where another has it."""
        now = self._clock()
        if due.kind is PostKind.TROUBLE and not is_in_trouble(self._questions(due)):
            return None  # it was posted a moment ago
        if due.before is not None:
            return self._library.take_posting(due.before, self._claimant, now=now, lease=LEASE)
        posting = Posting(
            guild=due.guild,
            week=due.week,
            kind=due.kind,
            due_at=due.meets_at,
            state=PostState.CLAIMED,
            claimant=self._claimant,
            claimed_at=now,
            lease_until=now + LEASE,
            attempt=1,
            channel=due.channel,
        )
        return posting if self._library.claim_posting(posting) else None

    def keep(self, step: Step) -> Posting | None:
        """Do a step that is the database's. Raises CannotPost where a paper gives no session."""
        now = self._clock()
        match step:
            case OpenSession(posting):
                return self._with_session(posting)
            case Begin(posting, channel):
                return self._begun(posting, channel, now)
            case Confirm(posting, message):
                self._confirm(posting, message)
            case Finish(posting):
                self._library.finish_posting(posting)
            case PutOff(posting, reason, unsent):
                until = now + min(timedelta(minutes=2 ** min(posting.attempt - 1, 10)), MOST_PATIENCE)
                self._library.put_posting_off(posting, until=until, reason=reason, unsent=unsent)
            case Skip(posting, reason):
                self._library.skip_posting(posting, reason)
        return None

    def moved_events(self) -> tuple[tuple[Posting, datetime | None], ...]:
        """Return events that stand at a time at which nobody meets any more, each with its new time.

        None: the group does not meet in that week any more. A slot that was cleared leaves its event to people.
        """
        now = self._clock()
        return tuple(moved for guild, slot in self._slots() for moved in self._moved_in(guild, slot, now))

    def event_moved(self, event: Posting, meets_at: datetime | None) -> None:
        """Note that an event stands at its new time, or no more."""
        self._library.move_posting(event, due_at=meets_at or event.due_at, gone=meets_at is None)

    def calendar(self, guild: str, slot: WeeklySlot) -> Calendar:
        """Return a guild's slot with the time since when it holds: now, for one that was not seen before."""
        seen = f"{slot.day} {slot.time} {slot.zone}"
        return Calendar(guild, slot, self._library.slot_since(guild, seen, now=self._clock()), self._window)

    def _due_of(self, guild: str, slot: WeeklySlot, now: datetime) -> Iterable[Due]:
        calendar = self.calendar(guild, slot)
        rows = {(row.week, row.kind): row for row in self._library.postings(guild, calendar.weeks(now))}
        due = calendar.due(now, rows, lambda: self._papers.next_for(guild))
        return [each for each in due if each.before is None or _is_free(each.before, slot, now)]

    def _questions(self, due: Due) -> Posting | None:
        rows = self._library.postings(due.guild, [due.week])
        return next((row for row in rows if row.kind is PostKind.QUESTIONS), None)

    def _begun(self, posting: Posting, channel: str, now: datetime) -> Posting | None:
        begun = self._library.begin_sending(posting, channel=channel, now=now, lease=LEASE)
        if begun is not None and begun.session_id:  # it may have been made for an earlier week, in another channel
            self._library.point_session(begun.guild, begun.session_id, channel)
        return begun

    def _moved_in(self, guild: str, slot: WeeklySlot, now: datetime) -> Iterable[tuple[Posting, datetime | None]]:
        rows = self._library.postings(guild, self.calendar(guild, slot).weeks(now))
        held = {row.week for row in rows if row.kind is PostKind.QUESTIONS}
        for row in rows:
            stands = row.kind is PostKind.EVENT and row.state is PostState.DONE and row.due_at > now
            if stands and row.week not in held and (meets_at := meeting_in(slot, row.week)) != row.due_at:
                yield row, meets_at if meets_at > now else None

    def _with_session(self, posting: Posting) -> Posting | None:
        session = posting.session_id and self._library.session(posting.guild, posting.session_id)
        if session and session.closed_at is None:
            return replace(posting, message=session.message)  # which is there where people began it themselves
        reading = self._papers.next_for(posting.guild)
        if reading is None:
            return None
        try:
            session_id = self._papers.session_for(posting.guild, reading, posting.channel)
        except Refused as error:
            raise CannotPost(f"“{reading.title}” gives no question set. {sentence_for(error)}", unsent=True) from error
        before = self._library.postings(posting.guild, [posting.week.later(-1)])
        if unsure := next((row for row in before if row.session_id == session_id and _may_stand(row)), None):
            raise CannotPost(unsure.reason, unsent=True)  # first see whether the last week has posted it
        opened = self._library.open_in_posting(posting, session_id)
        if opened is None:
            raise CannotPost(unsent=True)  # the claim was lost meanwhile
        session = self._library.session(posting.guild, session_id)
        return opened if session is None else replace(opened, message=session.message)

    def _confirm(self, posting: Posting, message: str) -> None:
        if posting.kind is not PostKind.QUESTIONS:
            self._library.confirm_posting(posting, message, state=PostState.DONE, read=None)
            return
        session = self._library.session(posting.guild, posting.session_id) if posting.session_id else None
        if session is not None:
            self._library.place_session(posting.guild, session.session_id, thread=None, message=message)
        read = session.paper_id if session else None
        self._library.confirm_posting(posting, message, state=PostState.POSTED, read=read)


def _may_stand(posting: Posting) -> bool:
    return posting.state is PostState.CLAIMED and posting.sending_since is not None


def _is_free(posting: Posting, slot: WeeklySlot, now: datetime) -> bool:
    """Say whether nobody is at a post. A lease longer than any is of a clock that was ahead: it holds nothing."""
    if not posting.claimant and posting.channel != slot.channel:
        return True  # somebody has just given it another channel: no need to wait
    longest = MOST_PATIENCE if not posting.claimant else LEASE
    return not now < posting.lease_until <= now + longest
