"""Vectors of passages and notes: what was embedded once is not embedded again, and searches in memory load from here.

Kept as half floats: 50 KB a paper instead of 100, and cosines move by 1e-5 at most, far less than they differ between
two embedders' arithmetic. Rows are never changed in place and row numbers never used twice, so that their count and the
newest number tell whether an owner's rows are still those that somebody has seen.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, TypeVar

import numpy as np
import sqlalchemy as sa
from numpy.typing import NDArray

from rag.errors import IndexBroken
from rag.index.ports import Vectored, Vectors
from rag.store import tables as t
from rag.store.base import Shelf

NOTE = "note"
"""The kind of a note's vector: its owner is a guild. Every other kind is a passage's, owned by its paper."""

_CHUNK = 500
"""Ids a statement: SQLite allows 32,766 parameters, and short statements stay cached."""

_HALF = np.dtype("<f2")

_Key = TypeVar("_Key")


class Mark(NamedTuple):
    """How many rows an owner has, and the newest: equal marks, equal rows."""

    rows: int
    newest: int


@dataclass(frozen=True, slots=True)
class OwnedVectors:
    """Rows of some owners, each owner's together; all sequences have one entry a row."""

    numbers: tuple[int, ...]
    owners: tuple[str, ...]
    ids: tuple[str, ...]
    kinds: tuple[str, ...]
    vectors: NDArray[np.float32]


class VectorShelf(Shelf):
    """Vectors by what was embedded, by id and by owner, of one embedder at a time (by its name)."""

    def vectors_revision(self) -> int:
        """Return a number that grows with every change of vectors."""
        return int(self.fact(_REVISION) or 0)

    def put_vectors(self, embedder: str, rows: Sequence[Vectored]) -> None:
        """Write rows, replacing those with the same id (the last of equal ids wins). Equal ones stay as they are."""
        with self._writing() as connection:
            there = _there(connection, embedder, [row.id for row in rows])
            new = [row for row in rows if not row.digest or there.get(row.id) != (row.owner, row.kind, row.digest)]
            if new:
                connection.execute(t.vectors.insert().prefix_with("or replace"), [_row(embedder, row) for row in new])
                _count_change(connection)

    def delete_vectors(self, embedder: str, ids: Sequence[str]) -> None:
        """Remove rows by id; unknown ids are no error."""
        mine = t.vectors.c.embedder == embedder
        with self._writing() as connection:
            for some in _chunks(ids):
                _delete(connection, mine, t.vectors.c.id.in_(some))

    def delete_vectors_of(self, owner: str, *, notes: bool) -> None:
        """Remove every row of one owner, whichever embedder made it."""
        with self._writing() as connection:
            _delete(connection, t.vectors.c.owner == owner, _is_note(notes=notes))

    def vectors_of_texts(self, embedder: str, digests: Iterable[bytes]) -> dict[bytes, NDArray[np.float32]]:
        """Return the vectors of those texts that were embedded before, by the SHA-256 of the text."""
        return self._looked_up(embedder, t.vectors.c.digest, digests)

    def vectors(self, embedder: str, ids: Iterable[str]) -> dict[str, NDArray[np.float32]]:
        """Return the stored vectors of those ids that are there."""
        return self._looked_up(embedder, t.vectors.c.id, ids)

    def whose_vectors(self, embedder: str, ids: Iterable[str]) -> dict[str, tuple[str, str]]:
        """Return the owner and the kind of each of those ids that are there."""
        row = t.vectors.c
        found: dict[str, tuple[str, str]] = {}
        with self._reading() as connection:
            for some in _chunks(ids):
                wanted = sa.select(row.id, row.owner, row.kind).where(row.id.in_(some), row.embedder == embedder)
                found |= {id_: (owner, kind) for id_, owner, kind in connection.execute(wanted).all()}
        return found

    def vector_marks(self, embedder: str, *, notes: bool) -> dict[str, Mark]:
        """Return each owner's mark."""
        counted = (
            sa.select(t.vectors.c.owner, sa.func.count(), sa.func.max(t.vectors.c.row))
            .where(t.vectors.c.embedder == embedder, _is_note(notes=notes))
            .group_by(t.vectors.c.owner)
        )
        with self._reading() as connection:
            return {owner: Mark(rows, newest) for owner, rows, newest in connection.execute(counted)}

    def owned_vectors(self, embedder: str, owners: Iterable[str], *, notes: bool) -> OwnedVectors:
        """Return all rows of the owners. Raises IndexBroken for vectors of several lengths."""
        row = t.vectors.c
        wanted = sa.select(row.row, row.owner, row.id, row.kind, row.vector).where(
            row.embedder == embedder, _is_note(notes=notes)
        )
        found: list[Any] = []
        with self._reading() as connection:
            for some in _chunks(owners):
                found += connection.execute(wanted.where(row.owner.in_(some)).order_by(row.owner, row.row)).all()
        numbers, of, ids, kinds, vectors = zip(*found, strict=True) if found else ((), (), (), (), ())
        return OwnedVectors(numbers, of, ids, kinds, _matrix(vectors))

    def passages_without_vector(self, embedder: str) -> int:
        """Return how many passages of the library this embedder has not embedded."""
        ours = sa.select(t.vectors.c.id).where(
            t.vectors.c.id == t.passages.c.passage_id, t.vectors.c.embedder == embedder
        )
        lacking = sa.select(sa.func.count()).select_from(t.passages).where(~ours.exists())
        with self._reading() as connection:
            return int(connection.execute(lacking).scalar_one())

    def _looked_up(
        self, embedder: str, column: sa.Column[_Key], keys: Iterable[_Key]
    ) -> dict[_Key, NDArray[np.float32]]:
        """Return the vectors of the keys of a column that are there: ids or digests."""
        found: list[Any] = []
        with self._reading() as connection:
            for some in _chunks(keys):
                wanted = sa.select(column, t.vectors.c.vector).where(column.in_(some), t.vectors.c.embedder == embedder)
                found += connection.execute(wanted).all()
        return dict(zip([row[0] for row in found], _matrix([row[1] for row in found]), strict=True))


def as_kept(vectors: Vectors) -> Vectors:
    """Return vectors as they come back from the library, so that an answer does not depend on who embedded first."""
    return vectors.astype(_HALF).astype(np.float32)


def prune_passage_vectors(connection: sa.Connection, key: str) -> None:
    """Delete the vectors of a paper's passages that are no more, in the transaction that deleted these."""
    held = sa.select(t.passages.c.passage_id).where(t.passages.c.key == key)
    _delete(connection, t.vectors.c.owner == key, _is_note(notes=False), t.vectors.c.id.not_in(held))


def prune_note_vectors(connection: sa.Connection, guild: str) -> None:
    """Delete the vectors of a guild's notes that are no more, in the transaction that deleted these."""
    held = (
        sa.select(t.notes.c.note_id)
        .join(t.discussions, t.discussions.c.discussion_id == t.notes.c.discussion_id)
        .where(t.discussions.c.guild == guild)
    )
    _delete(connection, t.vectors.c.owner == guild, _is_note(notes=True), t.vectors.c.id.not_in(held))


def prune_vectors(connection: sa.Connection, *, embedder: str | None = None) -> None:
    """Delete the vectors of texts that nobody holds, as an add that was cut off leaves them.

    With ``embedder`` also those that any other made; "" deletes all.
    """
    texts = sa.union_all(sa.select(t.passages.c.passage_id), sa.select(t.notes.c.note_id))
    of_nobody = t.vectors.c.id.not_in(texts)
    _delete(connection, of_nobody if embedder is None else sa.or_(of_nobody, t.vectors.c.embedder != embedder))


_REVISION = "vectors revision"
_NEXT_REVISION = sa.text(
    f"insert into facts (name, value) values ('{_REVISION}', '1')"  # noqa: S608 (a constant)
    " on conflict (name) do update set value = cast(value as integer) + 1"
)


def _row(embedder: str, row: Vectored) -> dict[str, object]:
    half = row.vector.astype(_HALF).tobytes()
    return {
        "embedder": embedder, "id": row.id, "owner": row.owner, "kind": row.kind, "digest": row.digest, "vector": half
    }  # fmt: skip


def _there(connection: sa.Connection, embedder: str, ids: Iterable[str]) -> dict[str, tuple[str, str, bytes]]:
    """Return owner, kind and digest of those ids that are there."""
    row = t.vectors.c
    there: dict[str, tuple[str, str, bytes]] = {}
    for some in _chunks(ids):
        wanted = sa.select(row.id, row.owner, row.kind, row.digest).where(row.id.in_(some), row.embedder == embedder)
        there |= {id_: (owner, kind, digest) for id_, owner, kind, digest in connection.execute(wanted)}
    return there


def _delete(connection: sa.Connection, *conditions: sa.ColumnElement[bool]) -> None:
    if connection.execute(t.vectors.delete().where(*conditions)).rowcount:
        _count_change(connection)


def _count_change(connection: sa.Connection) -> None:
    connection.execute(_NEXT_REVISION)


def _is_note(*, notes: bool) -> sa.ColumnElement[bool]:
    return t.vectors.c.kind == NOTE if notes else t.vectors.c.kind != NOTE


def _chunks(keys: Iterable[_Key]) -> Iterator[list[_Key]]:
    each = list(dict.fromkeys(keys))
    return (each[start : start + _CHUNK] for start in range(0, len(each), _CHUNK))


def _matrix(vectors: Sequence[bytes]) -> NDArray[np.float32]:
    lengths = {len(vector) for vector in vectors}
    if len(lengths) > 1:
        raise IndexBroken("vectors", f"they are of {len(lengths)} lengths")
    halves = np.frombuffer(b"".join(vectors), dtype=_HALF)
    return halves.reshape(len(vectors), -1 if vectors else 0).astype(np.float32)
