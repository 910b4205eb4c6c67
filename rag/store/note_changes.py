"""Changes of old notes: who made them, when, and what stood there before."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import sqlalchemy as sa

from rag.domain.note import Discussion
from rag.domain.revision import Decision, NoteChange
from rag.store import tables as t
from rag.store.base import Shelf
from rag.store.notes import put_discussions
from rag.store.rows import aware, naive


class NoteChangeShelf(Shelf):
    """Changes by guild, in the order in which they were made."""

    def note_changes(self, guild: str) -> tuple[NoteChange, ...]:
        """Return the guild's changes, the oldest first."""
        table = t.note_changes
        wanted = sa.select(table).where(table.c.guild == guild).order_by(table.c.change_id)
        with self._reading() as connection:
            return tuple(_change_value(row) for row in connection.execute(wanted))

    def change_notes(self, guild: str, change: NoteChange, discussions: Sequence[Discussion] | None) -> NoteChange:
        """Write a change down, and the guild's discussions as they are with it, or neither; None: the notes stay."""
        with self._changing() as connection:
            if discussions is not None:
                put_discussions(connection, guild, discussions)
            made = connection.execute(t.note_changes.insert().values(**_values(guild, change))).inserted_primary_key
        return replace(change, change_id=int(made[0]) if made else 0)


def forget_changer(connection: sa.Connection, person: str) -> int:
    """Blank a person's id in the changes of notes and templates of every guild, inside a transaction: what they say is
    the group's.

    Return in how many.
    """
    connection.execute(t.templates.update().where(t.templates.c.set_by == person).values(set_by=""))
    changed = t.note_changes.update().where(t.note_changes.c.person == person).values(person="")
    return connection.execute(changed).rowcount


def _values(guild: str, change: NoteChange) -> dict[str, object]:
    return {
        "guild": guild,
        "heading": change.heading,
        "item": change.item,
        "decision": change.decision.value,
        "person": change.person,
        "at": naive(change.at),
        "question_before": change.question_before,
        "answer_before": list(change.answer_before),
        "raw_before": change.raw_before,
        "question_after": change.question_after,
        "answer_after": list(change.answer_after),
    }


def _change_value(row: Any) -> NoteChange:
    return NoteChange(
        change_id=row.change_id,
        guild=row.guild,
        heading=row.heading,
        item=row.item,
        decision=Decision(row.decision),
        person=row.person,
        at=aware(row.at),
        question_before=row.question_before,
        answer_before=tuple(row.answer_before),
        raw_before=row.raw_before,
        question_after=row.question_after,
        answer_after=tuple(row.answer_after),
    )
