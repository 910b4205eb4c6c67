"""The analysis templates that guilds gave."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa

from rag.store.base import Shelf
from rag.store.meeting_tables import templates
from rag.store.rows import aware, naive


class TemplateShelf(Shelf):
    """One file a guild, as it was given."""

    def template_of(self, guild: str) -> bytes | None:
        """Return the file that a guild gave, or None."""
        with self._reading() as connection:
            return connection.execute(sa.select(templates.c.content).where(templates.c.guild == guild)).scalar()

    def given_template(self, guild: str) -> tuple[str, bytes, datetime] | None:
        """Return the name of the file that a guild gave, the file, and when; or None."""
        with self._reading() as connection:
            row = connection.execute(sa.select(templates).where(templates.c.guild == guild)).one_or_none()
        return (row.name, row.content, aware(row.set_at)) if row is not None else None

    def put_template(self, guild: str, name: str, content: bytes, *, person: str, now: datetime) -> None:
        """Keep a guild's file in place of the one before."""
        values = {"name": name, "content": content, "set_by": person, "set_at": naive(now)}
        with self._writing() as connection:
            connection.execute(templates.delete().where(templates.c.guild == guild))
            connection.execute(templates.insert().values(guild=guild, **values))

    def drop_template(self, guild: str) -> bool:
        """Erase a guild's file; return whether there was one."""
        with self._writing() as connection:
            return connection.execute(templates.delete().where(templates.c.guild == guild)).rowcount > 0
