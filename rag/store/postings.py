"""What was claimed, posted or skipped in a week, by guild: one row for each post, whoever is at it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from rag.domain.agenda import IsoWeek, Posting, PostKind, PostState
from rag.store import tables as t
from rag.store.base import Shelf
from rag.store.rows import aware, naive

_P = t.postings.c
_LOOKED_FOR = timedelta(weeks=2)
"""After this a week has left the calendar, and nobody looks for its post any more."""
_NOTE_SLOT = sa.text(
    "insert into seen_slots (guild, slot, since) values (:guild, :slot, :since) on conflict (guild) do update"
    " set slot = excluded.slot, since = excluded.since where slot != excluded.slot"
).bindparams(sa.bindparam("since", type_=sa.DateTime))


class PostingShelf(Shelf):
    """Every change is one statement that asks for what it was decided on: of two processes one has it."""

    def postings(self, guild: str, weeks: Iterable[IsoWeek]) -> tuple[Posting, ...]:
        """Return a guild's posts of these weeks."""
        years = sa.tuple_(_P.iso_year, _P.iso_week).in_([(week.year, week.week) for week in weeks])
        with self._reading() as connection:
            rows = connection.execute(sa.select(t.postings).where(_P.guild == guild, years)).all()
        return tuple(_value(row) for row in rows)

    def claim_posting(self, posting: Posting) -> bool:
        """Write a first claim down; say whether nobody had before."""
        row = t.postings.insert().prefix_with("or ignore").values(**_row(posting))
        with self._writing() as connection:
            return connection.execute(row).rowcount > 0

    def take_posting(self, posting: Posting, claimant: str, *, now: datetime, lease: timedelta) -> Posting | None:
        """Take a claim over as it was read; None where somebody changed it since."""
        values = {
            "claimant": claimant,
            "claimed_at": naive(now),
            "lease_until": naive(now + lease),
            "attempt": posting.attempt + 1,
        }
        return self._changed(posting, values, _P.state == posting.state.value)

    def begin_sending(self, posting: Posting, *, channel: str, now: datetime, lease: timedelta) -> Posting | None:
        """Note that it may be out from here on; None unless the claim still holds."""
        values = {
            "sending_since": sa.func.coalesce(_P.sending_since, naive(now)),
            "lease_until": naive(now + lease),
            "channel": channel,
        }
        return self._changed(posting, values, _P.state == PostState.CLAIMED.value, _P.lease_until > naive(now))

    def open_in_posting(self, posting: Posting, session_id: int) -> Posting | None:
        """Note the session that a post opens; None unless the claim still holds."""
        return self._changed(posting, {"session_id": session_id}, _P.state == PostState.CLAIMED.value)

    def confirm_posting(self, posting: Posting, message: str, *, state: PostState, read: str | None) -> bool:
        """Note the message that stands, and take the paper ``read`` out of the queue; say whether that was news.

        Whose claim it is does not matter any more.
        """
        unsent = _P.state.in_([PostState.CLAIMED.value, PostState.SKIPPED.value])
        values = {"state": state.value, "message": message, "reason": "", "channel": posting.channel}
        with self._writing() as connection:
            news = connection.execute(t.postings.update().where(_is(posting), unsent).values(**values)).rowcount > 0
            if news and read is not None:
                queue = t.reading_queue.c
                connection.execute(t.reading_queue.delete().where(queue.guild == posting.guild, queue.paper_id == read))
        return news

    def point_session(self, guild: str, session_id: int, channel: str) -> None:
        """Say where a session is to be opened of which nothing was sent yet; another stays where it is."""
        unsent = (t.sessions.c.closed_at.is_(None), t.sessions.c.message.is_(None))
        one = t.sessions.update().where(t.sessions.c.guild == guild, t.sessions.c.session_id == session_id, *unsent)
        with self._writing() as connection:
            connection.execute(one.values(channel=channel))

    def finish_posting(self, posting: Posting) -> None:
        """Note that all that hangs on a post stands too."""
        posted = _P.state == PostState.POSTED.value
        with self._writing() as connection:
            connection.execute(
                t.postings.update().where(_is(posting), posted).values(state=PostState.DONE.value, reason="")
            )

    def put_posting_off(self, posting: Posting, *, until: datetime, reason: str, unsent: bool) -> bool:
        """Give a claim back until then; ``unsent``: nothing stands, for certain. Say whether it was still held."""
        values: dict[str, Any] = {"claimant": "", "lease_until": naive(until), "reason": reason}
        if unsent:
            values["sending_since"] = None
        return self._changed(posting, values) is not None

    def skip_posting(self, posting: Posting, reason: str) -> bool:
        """Note that it will not be sent; say whether the claim was still held."""
        values = {"state": PostState.SKIPPED.value, "reason": reason}
        return self._changed(posting, values, _P.state == PostState.CLAIMED.value) is not None

    def move_posting(self, posting: Posting, *, due_at: datetime, gone: bool) -> None:
        """Note that what was posted stands for another time now, or was taken back."""
        values = {"due_at": naive(due_at)} | ({"state": PostState.SKIPPED.value} if gone else {})
        with self._writing() as connection:
            done = _P.state == PostState.DONE.value
            connection.execute(t.postings.update().where(_is(posting), done).values(**values))

    def slot_since(self, guild: str, slot: str, *, now: datetime) -> datetime:
        """Return since when a guild's slot holds: since now, where it had another one."""
        seen = sa.select(t.seen_slots.c.since).where(t.seen_slots.c.guild == guild, t.seen_slots.c.slot == slot)
        with self._reading() as connection:
            since = connection.execute(seen).scalar()
        if since is None:
            with self._writing() as connection:
                connection.execute(_NOTE_SLOT, {"guild": guild, "slot": slot, "since": naive(now)})
                since = connection.execute(seen).scalar()
        return aware(since) if since else now

    def forget_slot(self, guild: str) -> None:
        """Forget that a guild had a slot."""
        with self._writing() as connection:
            connection.execute(t.seen_slots.delete().where(t.seen_slots.c.guild == guild))

    def _changed(self, posting: Posting, values: dict[str, Any], *conditions: sa.ColumnElement[bool]) -> Posting | None:
        """Change a row that is claimed as ``posting`` says, and return it as it is then."""
        held = (_P.claimant == posting.claimant, _P.attempt == posting.attempt)
        with self._writing() as connection:
            changed = t.postings.update().where(_is(posting), *held, *conditions).values(**values)
            if not connection.execute(changed).rowcount:
                return None
            return _value(connection.execute(sa.select(t.postings).where(_is(posting))).one())


def being_posted(now: datetime) -> sa.Select[Any]:
    """Select the sessions whose opening a post may be sending, or has sent and not noted."""
    unsure = sa.and_(_P.sending_since.is_not(None), _P.due_at > naive(now - _LOOKED_FOR))
    held = sa.and_(_P.claimant != "", _P.lease_until > naive(now))
    claimed = sa.and_(_P.state == PostState.CLAIMED.value, sa.or_(held, unsure))
    posted = sa.and_(_P.state == PostState.POSTED.value, held)
    return sa.select(_P.session_id).where(_P.session_id.is_not(None), sa.or_(claimed, posted))


def _is(posting: Posting) -> sa.ColumnElement[bool]:
    return sa.and_(
        _P.guild == posting.guild,
        _P.iso_year == posting.week.year,
        _P.iso_week == posting.week.week,
        _P.kind == posting.kind.value,
    )


def _row(posting: Posting) -> dict[str, Any]:
    return {
        "guild": posting.guild,
        "iso_year": posting.week.year,
        "iso_week": posting.week.week,
        "kind": posting.kind.value,
        "due_at": naive(posting.due_at),
        "state": posting.state.value,
        "claimant": posting.claimant,
        "claimed_at": naive(posting.claimed_at),
        "lease_until": naive(posting.lease_until),
        "attempt": posting.attempt,
        "channel": posting.channel,
        "sending_since": naive(posting.sending_since),
        "message": posting.message,
        "session_id": posting.session_id,
        "reason": posting.reason,
    }


def _value(row: Any) -> Posting:
    return Posting(
        guild=row.guild,
        week=IsoWeek(row.iso_year, row.iso_week),
        kind=PostKind(row.kind),
        due_at=aware(row.due_at),
        state=PostState(row.state),
        claimant=row.claimant,
        claimed_at=aware(row.claimed_at),
        lease_until=aware(row.lease_until),
        attempt=row.attempt,
        channel=row.channel,
        sending_since=aware(row.sending_since),
        message=row.message,
        session_id=row.session_id,
        reason=row.reason,
    )
