"""Discord servers: when the bot came and went, and what their organisers set."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa

from rag.domain.server import Server, ServerSettings
from rag.store import tables as t
from rag.store.base import Shelf
from rag.store.rows import aware, naive
from rag.store.snapshots import settings_text, settings_value


class ServerShelf(Shelf):
    """One row a guild."""

    def server(self, guild: str) -> Server | None:
        """Return what is known of a guild, or None."""
        return next(iter(self._servers(t.servers.c.guild == guild)), None)

    def servers(self) -> tuple[Server, ...]:
        """Return every guild that was joined or left, or that set something."""
        return self._servers(sa.true())

    def join_server(self, guild: str, name: str, *, now: datetime) -> bool:
        """Write a join down; return whether it is the guild's first. While the bot stays, only the name can change."""
        here = t.servers.c.guild == guild
        with self._writing() as connection:
            _meet(connection, guild)
            known = connection.execute(sa.select(t.servers.c.joined_at, t.servers.c.left_at).where(here)).one()
            values: dict[str, object] = {"name": name, "left_at": None}
            if known.joined_at is None or known.left_at is not None:
                values["joined_at"] = naive(now)
            connection.execute(t.servers.update().where(here).values(**values))
        return known.joined_at is None

    def leave_server(self, guild: str, *, now: datetime) -> None:
        """Write down that the bot left; of several times the first counts."""
        here = sa.and_(t.servers.c.guild == guild, t.servers.c.left_at.is_(None))
        with self._writing() as connection:
            _meet(connection, guild)
            connection.execute(t.servers.update().where(here).values(left_at=naive(now)))

    def save_server_settings(self, guild: str, settings: ServerSettings) -> None:
        """Keep what a guild set."""
        with self._writing() as connection:
            _meet(connection, guild)
            connection.execute(
                t.servers.update().where(t.servers.c.guild == guild).values(settings=settings_text(settings))
            )

    def _servers(self, condition: sa.ColumnElement[bool]) -> tuple[Server, ...]:
        with self._reading() as connection:
            rows = connection.execute(sa.select(t.servers).where(condition).order_by(t.servers.c.guild)).all()
        return tuple(_server_value(row) for row in rows)


_MEET = sa.text("insert into servers (guild, name, settings) values (:guild, '', :settings) on conflict do nothing")


def _meet(connection: sa.Connection, guild: str) -> None:
    connection.execute(_MEET, {"guild": guild, "settings": settings_text(ServerSettings())})


def _server_value(row: Any) -> Server:
    return Server(
        guild=row.guild,
        name=row.name,
        joined_at=aware(row.joined_at),
        left_at=aware(row.left_at),
        settings=settings_value(row.settings),
    )
