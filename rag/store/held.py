"""Notes files that were shown to somebody and wait for a decision."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa

from rag.domain.note import Discussion
from rag.store import tables as t
from rag.store.base import Shelf
from rag.store.notes import put_discussions
from rag.store.rows import naive


class HeldNotesShelf(Shelf):
    """Files by guild and by the hash of their bytes."""

    def hold_notes(self, guild: str, sha256: str, content: bytes, *, now: datetime) -> None:
        """Keep a file until it is decided on; the same file again waits from now."""
        values = {"guild": guild, "sha256": sha256, "content": content, "held_at": naive(now)}
        with self._writing() as connection:
            connection.execute(t.held_notes.insert().prefix_with("or replace").values(**values))

    def held_notes(self, guild: str, sha256: str) -> bytes | None:
        """Return a file that the guild has not decided on, or None."""
        with self._reading() as connection:
            return connection.execute(sa.select(t.held_notes.c.content).where(_is(guild, sha256))).scalar()

    def keep_held_notes(self, guild: str, sha256: str, discussions: Sequence[Discussion]) -> bool:
        """Replace the guild's discussions by these, and the file waits no longer; False where it did not wait."""
        with self._changing() as connection:
            waited = bool(connection.execute(t.held_notes.delete().where(_is(guild, sha256))).rowcount)
            if waited:
                put_discussions(connection, guild, discussions)
            return waited

    def drop_held_notes(self, guild: str, sha256: str) -> bool:
        """Forget a file; False where it did not wait."""
        with self._writing() as connection:
            return bool(connection.execute(t.held_notes.delete().where(_is(guild, sha256))).rowcount)

    def drop_notes_held_before(self, moment: datetime) -> int:
        """Forget the files that have waited since before a moment, and return how many."""
        with self._writing() as connection:
            return connection.execute(t.held_notes.delete().where(t.held_notes.c.held_at < naive(moment))).rowcount


def _is(guild: str, sha256: str) -> sa.ColumnElement[bool]:
    return sa.and_(t.held_notes.c.guild == guild, t.held_notes.c.sha256 == sha256)
