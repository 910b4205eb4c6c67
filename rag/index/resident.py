"""The library's vectors in memory: every search compares with all rows it may see.

Rows come from SQL once, and then owner by owner as these change.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from rag.index.blocks import BLOCK, Block, block_of, joined, keys_of, only, texts
from rag.index.exact import best_first, nearest_rows
from rag.index.ports import Vectored
from rag.store.vectors import Mark, OwnedVectors, VectorShelf


@dataclass(frozen=True, slots=True)
class _Held:
    """What is in memory, of one moment. ``marks`` are those of the rows that were loaded, whatever SQL says now."""

    revision: int = -1
    total: int = 0
    blocks: tuple[Block, ...] = ()
    marks: dict[str, Mark] = field(default_factory=dict)
    places: dict[str, int] = field(default_factory=dict)  # owner -> number of its block
    keys: NDArray[np.int64] = field(default_factory=lambda: np.empty(0, np.int64))  # of all rows, in order
    rows: NDArray[np.intp] = field(default_factory=lambda: np.empty(0, np.intp))  # whose: counted through all blocks

    def rows_of(self, ids: Sequence[str]) -> Iterator[tuple[Block, NDArray[np.intp]]]:
        """Return where those ids are that are here."""
        wanted = keys_of(ids)
        places = np.minimum(np.searchsorted(self.keys, wanted), len(self.keys) - 1)
        rows = self.rows[places[self.keys[places] == wanted]]
        start = 0
        for block in self.blocks:
            here = rows[(rows >= start) & (rows < start + len(block.scales))]
            if len(here):
                yield block, here - start
            start += len(block.scales)


class ResidentIndex:
    """The VectorIndex port on the vectors of one embedder in SQL: of passages, or of ``notes``. Threads share it.

    Beyond ``most`` rows nothing is held, and searches in memory find nothing: ask ``found``.
    """

    def __init__(self, *, shelf: VectorShelf, embedder: str, notes: bool = False, most: int | None = None) -> None:
        self._shelf = shelf
        self._embedder = embedder
        self._notes = notes
        self._most = most
        self._now = _Held()
        self._following = threading.Lock()

    def rows_of(self, owners: Iterable[str]) -> int:
        """Return how many rows the owners have, held or not."""
        marks = self._held().marks
        return sum(marks[owner].rows for owner in set(owners) if owner in marks)

    def upsert(self, rows: Sequence[Vectored]) -> None:
        """Write rows, replacing those with the same id."""
        self._shelf.put_vectors(self._embedder, rows)

    def nearest(
        self, query: NDArray[np.float32], *, owners: Sequence[str], kinds: Sequence[str] | None = None, limit: int
    ) -> list[tuple[str, float]]:
        """Return (id, cosine) of the nearest rows whose owner is one of ``owners``, best first; equally near by id."""
        return self.found(query, owners=owners, kinds=kinds, limit=limit) or []

    def found(
        self, query: NDArray[np.float32], *, owners: Sequence[str], kinds: Sequence[str] | None, limit: int
    ) -> list[tuple[str, float]] | None:
        """Return what ``nearest`` does, or None when there are too many rows to be held."""
        held = self._held()
        if self._most is not None and held.total > self._most:
            return None
        if limit < 1:
            return []
        found = [
            (block, rows, block.cosines(query, rows))
            for block, rows in _seen(held, owners, kinds)
            if rows is None or len(rows)
        ]
        if not found:
            return []
        cosines = np.concatenate([some for _, _, some in found])
        picked = np.sort(nearest_rows(cosines, limit))
        hits: list[tuple[str, float]] = []
        start = 0
        for block, rows, some in found:
            here = picked[np.searchsorted(picked, start) : np.searchsorted(picked, start + len(some))] - start
            ids = block.ids[here if rows is None else rows[here]]
            hits += zip(texts(ids), some[here].tolist(), strict=True)
            start += len(some)
        return best_first(hits, limit)

    def read(self, owners: Iterable[str]) -> OwnedVectors:
        """Return the rows of the owners as SQL has them."""
        return self._shelf.owned_vectors(self._embedder, owners, notes=self._notes)

    def vectors(self, ids: Sequence[str]) -> dict[str, NDArray[np.float32]]:
        """Return the vectors of those ids that are there, as ``nearest`` compares them if they are held."""
        if not ids:
            return {}
        held = self._held()
        if self._most is not None and held.total > self._most:
            return self._shelf.vectors(self._embedder, ids)
        found: dict[str, NDArray[np.float32]] = {}
        for block, rows in held.rows_of(list(dict.fromkeys(ids))) if held.blocks else ():
            found |= block.vectors(rows)
        return found

    def whose(self, ids: Sequence[str]) -> dict[str, tuple[str, str]]:
        """Return the owner and the kind of each of those ids that are there, as SQL has them."""
        return self._shelf.whose_vectors(self._embedder, ids)

    def delete_owner(self, owner: str) -> None:
        """Remove every row of one owner."""
        self._shelf.delete_vectors_of(owner, notes=self._notes)

    def delete(self, ids: Sequence[str]) -> None:
        """Remove rows by id; unknown ids are no error."""
        self._shelf.delete_vectors(self._embedder, ids)

    def count(self) -> int:
        """Return the number of rows, held or not."""
        return self._held().total

    def _held(self) -> _Held:
        """Return what SQL has now; threads that come while one loads wait for it."""
        if self._now.revision == self._shelf.vectors_revision():
            return self._now
        with self._following:
            revision = self._shelf.vectors_revision()  # before the rows: what comes in between is loaded next time
            if self._now.revision != revision:
                self._now = self._followed(self._now, revision)
            return self._now

    def _followed(self, held: _Held, revision: int) -> _Held:
        """Return what is held after the owners that changed are loaded anew."""
        wanted = self._shelf.vector_marks(self._embedder, notes=self._notes)
        total = sum(mark.rows for mark in wanted.values())
        if self._most is not None and total > self._most:
            return _Held(revision, total, (), wanted)
        held = held if held.blocks else _Held()
        kept = {owner for owner, mark in held.marks.items() if wanted.get(owner) == mark}
        marks = {owner: held.marks[owner] for owner in kept}
        blocks = [part for block in held.blocks if (part := only(block, kept)) is not None]
        for some in _batches({owner: mark.rows for owner, mark in wanted.items() if owner not in kept}):
            loaded = self._shelf.owned_vectors(self._embedder, some, notes=self._notes)
            if loaded.ids:
                block = block_of(loaded)
                blocks.append(block)
                marks |= {
                    owner: Mark(stop - start, loaded.numbers[stop - 1]) for owner, (start, stop) in block.spans.items()
                }
        together = tuple(joined(blocks))
        places = {owner: number for number, block in enumerate(together) for owner in block.spans}
        keys = np.concatenate([block.keys for block in together]) if together else np.empty(0, np.int64)
        order = np.argsort(keys)
        return _Held(revision, len(keys), together, marks, places, keys[order], order)


def _seen(
    held: _Held, owners: Sequence[str], kinds: Sequence[str] | None
) -> Iterator[tuple[Block, NDArray[np.intp] | None]]:
    """Return each block that has rows of these owners and kinds, and which rows; None for all."""
    by_block: dict[int, list[str]] = {}
    for owner in dict.fromkeys(owners):
        if (number := held.places.get(owner)) is not None:
            by_block.setdefault(number, []).append(owner)
    for number, here in by_block.items():
        block = held.blocks[number]
        rows = None
        if len(here) < len(block.spans) or kinds is not None:
            rows = np.concatenate([np.arange(*block.spans[owner]) for owner in here])
        if rows is not None and kinds is not None:
            rows = rows[np.isin(block.kinds[rows], np.array([kind.encode() for kind in kinds], dtype=np.bytes_))]
        yield block, rows


def _batches(rows: dict[str, int]) -> Iterator[list[str]]:
    """Part owners so that each part fills a block at most; one with more rows has a part of its own."""
    part: list[str] = []
    size = 0
    for owner, count in sorted(rows.items()):
        if part and size + count > BLOCK:
            yield part
            part, size = [], 0
        part.append(owner)
        size += count
    if part:
        yield part
