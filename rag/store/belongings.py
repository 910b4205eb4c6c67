"""All that is one guild's: handed over to another, or erased."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import sqlalchemy as sa

from rag.domain.note import Discussion
from rag.domain.paper import Paper, content_id
from rag.store import tables as t
from rag.store.model_usage import hand_over_usage
from rag.store.notes import NoteShelf, put_discussions
from rag.store.papers import PaperShelf, take_out
from rag.store.rows import paper_value
from rag.store.vectors import prune_vectors


class BelongingShelf(PaperShelf, NoteShelf):
    """Work on everything of a guild at once. The caller owns the data directory."""

    def papers_only_in(self, guild: str) -> tuple[Paper, ...]:
        """Return the papers that no other guild holds: they go when this guild does."""
        others = sa.select(t.memberships.c.key).where(t.memberships.c.guild != guild)
        return self._held_papers(guild, t.papers.c.key.not_in(others))

    def erase_guild(self, guild: str) -> None:
        """Erase all that the guild brought, set or was told, and the papers that nobody holds after that."""
        held = sa.select(t.memberships.c.key).where(t.memberships.c.guild == guild)
        with self._changing() as connection:
            put_discussions(connection, guild, ())
            for key in connection.execute(held).scalars().all():
                take_out(connection, guild, key)
            for table in _BY_GUILD:
                connection.execute(table.delete().where(table.c.guild == guild))
            prune_vectors(connection)
            for words in ("passages_fts", "notes_fts"):  # else they keep what was deleted until they grow
                connection.execute(sa.text(f"insert into {words} ({words}) values ('optimize')"))  # noqa: S608 (constants)

    def hand_over(self, guild: str, to: str) -> tuple[str, ...]:
        """Make everything of one guild another's, which keeps what it has. Return the keys of papers that both had as
        their own: the second copy is gone, and its vectors are of nobody.

        Keys stay, since vectors hang on them. An id that two papers would have stays with the one from arXiv, else
        with the older.
        """
        twins = self._twins(guild, to)
        discussions = _one_after_the_other(
            self.discussions(to),
            [replace(d, paper_key=twins.get(d.paper_key or "", d.paper_key)) for d in self.discussions(guild)],
        )
        with self._changing() as connection:
            put_discussions(connection, guild, ())
            put_discussions(connection, to, discussions)
            _close_for(connection, guild, to, twins)
            for key in twins:
                take_out(connection, guild, key)
            connection.execute(t.papers.update().where(t.papers.c.owner_guild == guild).values(owner_guild=to))
            hand_over_usage(connection, guild, to)
            for table in _BY_GUILD:
                if table not in (*_OF_CHANNELS, *_SUMS):
                    moved = table.update().prefix_with("or ignore").where(table.c.guild == guild)
                    connection.execute(moved.values(guild=to))
                connection.execute(table.delete().where(table.c.guild == guild))
            _part_ids(connection, to)
        return tuple(twins)

    def _twins(self, guild: str, to: str) -> dict[str, str]:
        """Return the guild's own papers that the other brought as well: the other's key by the guild's."""
        theirs = {paper.sha256: paper.key for paper in self.papers(to) if paper.owner_guild == to}
        mine = (paper for paper in self.papers(guild) if paper.owner_guild == guild)
        return {paper.key: theirs[paper.sha256] for paper in mine if paper.sha256 in theirs}


_BY_GUILD = tuple(table for table in t.metadata.sorted_tables if "guild" in table.c and table is not t.discussions)

_OF_CHANNELS = (t.servers, t.seen_slots, t.postings, t.votes)
"""What is about the channels and the time of one guild: it means nothing in another."""

_SUMS = (t.model_months, t.model_findings)
"""What is added up, not moved."""


def _close_for(connection: sa.Connection, guild: str, to: str, twins: Mapping[str, str]) -> None:
    """Close the guild's sessions on papers on which the other has an open one: a guild has one at a time on a paper.

    They end with their last answer. Those on ``twins`` become sessions on the other's copy.
    """
    session = t.sessions.c
    for key, theirs in twins.items():
        connection.execute(t.sessions.update().where(session.guild == guild, session.key == key).values(key=theirs))
    other = t.sessions.alias("other").c
    open_there = sa.select(other.key).where(other.guild == to, other.closed_at.is_(None), other.key.is_not(None))
    last = sa.select(sa.func.max(t.session_answers.c.said_at)).where(
        t.session_answers.c.session_id == session.session_id
    )
    closing = t.sessions.update().where(
        session.guild == guild, session.closed_at.is_(None), session.key.in_(open_there)
    )
    connection.execute(closing.values(closed_at=sa.func.coalesce(last.scalar_subquery(), session.opened_at)))


def _one_after_the_other(held: Sequence[Discussion], coming: Sequence[Discussion]) -> list[Discussion]:
    said = {(discussion.heading, discussion.notes) for discussion in held}
    new = [discussion for discussion in coming if (discussion.heading, discussion.notes) not in said]
    return [replace(discussion, position=n) for n, discussion in enumerate([*held, *new], 1)]


def _part_ids(connection: sa.Connection, guild: str) -> None:
    """Give every second paper of an id the id of its content: within a guild an id names one paper."""
    held = (
        sa.select(t.papers)
        .join(t.memberships, t.memberships.c.key == t.papers.c.key)
        .where(t.memberships.c.guild == guild)
        .order_by(t.papers.c.owner_guild.is_not(None), t.papers.c.added_at)
    )
    taken: set[str] = set()
    for paper in [paper_value(row._mapping) for row in connection.execute(held)]:
        if paper.paper_id in taken:
            renamed = t.papers.update().where(t.papers.c.key == paper.key)
            connection.execute(renamed.values(paper_id=content_id(paper.sha256)))
        taken.add(paper.paper_id)
