"""The papers that wait to be read, by guild, and the polls for the next of them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from rag.domain.agenda import QueuedPaper, Vote
from rag.store import tables as t
from rag.store.base import Shelf
from rag.store.rows import aware, naive

_Q = t.reading_queue.c
_V = t.votes.c


class ReadingQueueShelf(Shelf):
    """Positions are 1, 2, 3 without gaps as they are read, whatever numbers stand in the rows."""

    def reading_queue(self, guild: str) -> tuple[QueuedPaper, ...]:
        """Return what waits, next first."""
        with self._reading() as connection:
            return _queue(connection, guild)

    def put_in_queue(
        self, guild: str, paper_id: str, title: str, *, added_by: str, now: datetime
    ) -> QueuedPaper | None:
        """Put a paper at the end; None where it waits already."""
        last = sa.select(sa.func.coalesce(sa.func.max(_Q.position), 0) + 1).where(_Q.guild == guild).scalar_subquery()
        row = t.reading_queue.insert().prefix_with("or ignore")
        values = {"guild": guild, "paper_id": paper_id, "title": title, "added_by": added_by, "added_at": naive(now)}
        with self._writing() as connection:
            if not connection.execute(row.values(position=last, **values)).rowcount:
                return None
            return next(entry for entry in _queue(connection, guild) if entry.paper_id == paper_id)

    def move_in_queue(self, guild: str, entry_id: int, position: int) -> QueuedPaper | None:
        """Put an entry at a place; None where it waits no more."""
        with self._writing() as connection:
            return _moved(connection, guild, entry_id, position)

    def take_from_queue(self, guild: str, entry_id: int) -> bool:
        """Take an entry out; say whether it was there."""
        with self._writing() as connection:
            one = t.reading_queue.delete().where(_Q.guild == guild, _Q.entry_id == entry_id)
            return connection.execute(one).rowcount > 0

    def put_vote(
        self, guild: str, channel: str, entries: Sequence[int], *, began_at: datetime, ends_at: datetime
    ) -> int:
        """Write a poll down that is about to be sent; return its id."""
        values = {
            "guild": guild,
            "channel": channel,
            "entries": list(entries),
            "began_at": naive(began_at),
            "ends_at": naive(ends_at),
            "counted": False,
        }
        with self._writing() as connection:
            made = connection.execute(t.votes.insert().values(**values)).inserted_primary_key
        return int(made[0]) if made else 0

    def vote_sent(self, vote_id: int, message: str) -> None:
        """Note the message of a poll."""
        with self._writing() as connection:
            connection.execute(t.votes.update().where(_V.vote_id == vote_id).values(message=message))

    def votes(self, *, guild: str | None = None) -> tuple[Vote, ...]:
        """Return the polls that are not counted, of one guild or of all, oldest first."""
        return self._votes(_V.counted.is_(False), sa.true() if guild is None else _V.guild == guild)

    def votes_to_tell(self) -> tuple[Vote, ...]:
        """Return the polls of all guilds that were counted and whose winner nobody was told, oldest first."""
        return self._votes(_V.winner.is_not(None))

    def vote_told(self, vote_id: int) -> None:
        """Note that a poll's winner was told."""
        with self._writing() as connection:
            connection.execute(t.votes.update().where(_V.vote_id == vote_id).values(winner=None))

    def _votes(self, *which: sa.ColumnElement[bool]) -> tuple[Vote, ...]:
        with self._reading() as connection:
            rows = connection.execute(sa.select(t.votes).where(*which).order_by(_V.vote_id)).all()
        return tuple(_vote(row) for row in rows)

    def count_vote(self, vote_id: int, winner: int | None) -> bool:
        """Note that a poll was counted, with a winner to tell, and put that first: all or nothing; say whether that was
        news.
        """
        with self._writing() as connection:
            uncounted = t.votes.update().where(_V.vote_id == vote_id, _V.counted.is_(False))
            if not connection.execute(uncounted.values(counted=True, winner=winner)).rowcount:
                return False
            if winner is not None:
                guild = connection.execute(sa.select(_V.guild).where(_V.vote_id == vote_id)).scalar_one()
                _moved(connection, guild, winner, 1)
        return True


def forget_queuer(connection: sa.Connection, person: str) -> None:
    """Forget who queued papers, inside the transaction that forgets a person; the papers stay."""
    connection.execute(t.reading_queue.update().where(_Q.added_by == person).values(added_by=""))


def take_discussed(connection: sa.Connection, guild: str, session_id: int, *, first_stays: bool) -> None:
    """Take the paper of a session out of the queue, inside the transaction that shows or closes the session.

    ``first_stays``: not if it is what the group reads next. What was queued since the session opened waits on.
    """
    session, ahead = t.sessions.c, t.reading_queue.alias("ahead").c
    discussed = sa.and_(
        session.guild == guild,
        session.session_id == session_id,
        session.paper_id == _Q.paper_id,
        session.opened_at >= _Q.added_at,
    )
    sooner = sa.and_(
        ahead.guild == guild,
        sa.tuple_(ahead.position, ahead.entry_id) < sa.tuple_(_Q.position, _Q.entry_id),
        ahead.paper_id == t.papers.c.paper_id,
        t.papers.c.key == t.memberships.c.key,
        t.memberships.c.guild == guild,
    )
    one = t.reading_queue.delete().where(_Q.guild == guild, sa.exists().where(discussed))
    connection.execute(one.where(sa.exists().where(sooner)) if first_stays else one)


def _queue(connection: sa.Connection, guild: str) -> tuple[QueuedPaper, ...]:
    rows = connection.execute(sa.select(t.reading_queue).where(_Q.guild == guild).order_by(_Q.position, _Q.entry_id))
    return tuple(_value(row, position) for position, row in enumerate(rows, 1))


def _moved(connection: sa.Connection, guild: str, entry_id: int, position: int) -> QueuedPaper | None:
    # A write first, so that nobody else changes the order between reading and writing.
    connection.execute(t.reading_queue.update().where(_Q.guild == guild).values(position=_Q.position))
    order = [entry.entry_id for entry in _queue(connection, guild)]
    if entry_id not in order:
        return None
    order.remove(entry_id)
    order.insert(max(position, 1) - 1, entry_id)
    for number, each in enumerate(order, 1):
        connection.execute(t.reading_queue.update().where(_Q.entry_id == each).values(position=number))
    return next(entry for entry in _queue(connection, guild) if entry.entry_id == entry_id)


def _value(row: Any, position: int) -> QueuedPaper:
    return QueuedPaper(
        entry_id=row.entry_id,
        position=position,
        paper_id=row.paper_id,
        title=row.title,
        added_by=row.added_by,
        added_at=aware(row.added_at),
    )


def _vote(row: Any) -> Vote:
    return Vote(
        vote_id=row.vote_id,
        guild=row.guild,
        channel=row.channel,
        message=row.message,
        entries=tuple(row.entries),
        began_at=aware(row.began_at),
        ends_at=aware(row.ends_at),
        counted=row.counted,
        winner=row.winner,
    )
