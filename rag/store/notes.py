"""The group's discussions and notes, and the lexical search over them."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Sequence

import sqlalchemy as sa

from rag.domain.note import Discussion, Note
from rag.store import tables as t
from rag.store.base import Shelf
from rag.store.rows import note_value
from rag.store.vectors import prune_note_vectors
from rag.store.words import any_of


class NoteShelf(Shelf):
    """Notes by guild; they never leave it."""

    def discussions(self, guild: str) -> tuple[Discussion, ...]:
        """Return the guild's discussions in their order, each with its notes."""
        return tuple(self._held_discussions(t.discussions.c.guild == guild).values())

    def save_discussions(self, guild: str, discussions: Sequence[Discussion]) -> None:
        """Replace the guild's discussions by these."""
        with self._changing() as connection:
            put_discussions(connection, guild, discussions)

    def note_ids(self, guild: str) -> dict[str, tuple[Discussion, Note]]:
        """Return every note of the guild by its id."""
        return {
            note_id(guild, discussion, note): (discussion, note)
            for discussion in self.discussions(guild)
            for note in discussion.notes
        }

    def notes(self, note_ids: Sequence[str], *, guild: str) -> dict[str, tuple[Discussion, Note]]:
        """Return those of the notes that the guild has, by id, each with its discussion."""
        wanted = (
            sa.select(t.notes.c.note_id, t.notes.c.item, t.notes.c.discussion_id)
            .join(t.discussions, t.discussions.c.discussion_id == t.notes.c.discussion_id)
            .where(t.notes.c.note_id.in_(list(note_ids)), t.discussions.c.guild == guild)
        )
        with self._reading() as connection:
            places = connection.execute(wanted).all()
        found = self._held_discussions(t.discussions.c.discussion_id.in_({place.discussion_id for place in places}))
        return {
            place.note_id: (found[place.discussion_id], found[place.discussion_id].notes[place.item - 1])
            for place in places
        }

    def match_notes(self, words: Sequence[str], *, guild: str, limit: int) -> list[tuple[str, float]]:
        """Return (note id, BM25) of the guild's notes that hold any of the words, best first; higher is better."""
        query = any_of(list(words))
        if not query:
            return []
        statement = sa.text(
            "select notes.note_id, bm25(notes_fts) as score from notes_fts join notes on notes.row = notes_fts.rowid"
            " join discussions on discussions.discussion_id = notes.discussion_id and discussions.guild = :guild"
            " where notes_fts match :query order by score, notes.row limit :limit"
        )
        with self._reading() as connection:
            rows = connection.execute(statement, {"query": query, "guild": guild, "limit": limit})
            return [(row.note_id, -row.score) for row in rows]

    def _held_discussions(self, condition: sa.ColumnElement[bool]) -> dict[str, Discussion]:
        wanted = (
            sa.select(t.discussions, t.papers.c.paper_id)
            .outerjoin(t.papers, t.papers.c.key == t.discussions.c.key)
            .where(condition)
            .order_by(t.discussions.c.position)
        )
        with self._reading() as connection:
            heads = connection.execute(wanted).all()
            ids = [head.discussion_id for head in heads]
            items = sa.select(t.notes).where(t.notes.c.discussion_id.in_(ids)).order_by(t.notes.c.item)
            notes: dict[str, list[Note]] = defaultdict(list)
            for row in connection.execute(items):
                notes[row.discussion_id].append(note_value(row._mapping))
        return {
            head.discussion_id: Discussion(
                position=head.position,
                ordinal=head.ordinal,
                title=head.title,
                year=head.year,
                notes=tuple(notes[head.discussion_id]),
                heading=head.heading,
                trailer=head.trailer,
                paper_key=head.key,
                paper_id=head.paper_id,
            )
            for head in heads
        }


def put_discussions(connection: sa.Connection, guild: str, discussions: Sequence[Discussion]) -> None:
    """Replace the guild's discussions by these, inside a transaction."""
    ids = sa.select(t.discussions.c.discussion_id).where(t.discussions.c.guild == guild)
    old = sa.select(t.notes.c.row).where(t.notes.c.discussion_id.in_(ids))
    for row in connection.execute(old).scalars().all():
        connection.execute(sa.text("delete from notes_fts where rowid = :row"), {"row": row})
    connection.execute(t.discussions.delete().where(t.discussions.c.guild == guild))
    for discussion in discussions:
        _insert_discussion(connection, guild, discussion)
    prune_note_vectors(connection, guild)


def note_id(guild: str, discussion: Discussion, note: Note) -> str:
    """Return the id of a note: a hash of whose it is, where it stands and what it says."""
    said = "\x1f".join((guild, str(discussion.position), discussion.title, str(note.item), note.question, *note.answer))
    return hashlib.sha256(said.encode()).hexdigest()[:24]


def _insert_discussion(connection: sa.Connection, guild: str, discussion: Discussion) -> None:
    identity = hashlib.sha256(f"{guild}\x1f{discussion.position}\x1f{discussion.title}".encode()).hexdigest()[:24]
    connection.execute(
        t.discussions.insert().values(
            discussion_id=identity,
            guild=guild,
            position=discussion.position,
            ordinal=discussion.ordinal,
            title=discussion.title,
            year=discussion.year,
            heading=discussion.heading,
            trailer=discussion.trailer,
            key=discussion.paper_key,
        )
    )
    for note in discussion.notes:
        row = connection.execute(
            t.notes.insert().values(
                note_id=note_id(guild, discussion, note),
                discussion_id=identity,
                item=note.item,
                ordinal=note.ordinal,
                question=note.question,
                answer=list(note.answer),
                raw=note.raw,
            )
        ).inserted_primary_key
        connection.execute(
            sa.text("insert into notes_fts (rowid, title, question, answer) values (:row, :title, :question, :answer)"),
            {
                "row": row[0] if row else None,
                "title": discussion.title,
                "question": note.question,
                "answer": " ".join(note.answer),
            },
        )
