"""Comparing with every row: what searches in memory do, and an index for tests that does so in the plainest way."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from rag.errors import IndexBroken
from rag.index.ports import Vectored

_DECIMALS = 6
"""Equal rows differ in the seventh, by where they lie; rounded, they are equally near."""


def nearest_rows(cosines: NDArray[np.float32], limit: int) -> NDArray[np.intp]:
    """Return the places of the ``limit`` highest cosines, and of those that are as high as the last; in no order."""
    if limit >= len(cosines):
        return np.arange(len(cosines))
    last = np.partition(cosines, len(cosines) - limit)[-limit]
    return np.flatnonzero(cosines >= last - 10**-_DECIMALS)


def best_first(hits: Sequence[tuple[str, float]], limit: int) -> list[tuple[str, float]]:
    """Return the nearest (id, cosine) in order; equally near ones by id."""
    rounded = [(id_, round(cosine, _DECIMALS)) for id_, cosine in hits]
    return sorted(rounded, key=lambda hit: (-hit[1], hit[0]))[:limit]


def cosines_of(rows: NDArray[np.float32], query: NDArray[np.float32], where: str) -> NDArray[np.float32]:
    """Return the cosines of unit rows with a query. Raises IndexBroken when they are of different lengths."""
    if rows.shape[1] != len(query):
        raise IndexBroken(where, f"its vectors have dimension {rows.shape[1]}, the query has {len(query)}")
    cosines: NDArray[np.float32] = rows @ query
    return cosines


class ExactIndex:
    """The VectorIndex port by comparing with every row of the owners: for evaluation and tests, slow beyond 10,000."""

    def __init__(self) -> None:
        self._rows: dict[str, Vectored] = {}

    def upsert(self, rows: Sequence[Vectored]) -> None:
        """Write rows, replacing those with the same id."""
        self._rows |= {row.id: row for row in rows}

    def nearest(
        self, query: NDArray[np.float32], *, owners: Sequence[str], kinds: Sequence[str] | None = None, limit: int
    ) -> list[tuple[str, float]]:
        """Return (id, cosine) of the nearest rows, best first; equally near ones by id."""
        wanted = set(owners)
        seen = [row for row in self._rows.values() if row.owner in wanted and (kinds is None or row.kind in kinds)]
        if not seen or limit < 1:
            return []
        cosines = cosines_of(np.stack([row.vector for row in seen]), query, "memory")
        return best_first([(seen[i].id, float(cosines[i])) for i in nearest_rows(cosines, limit)], limit)

    def vectors(self, ids: Sequence[str]) -> dict[str, NDArray[np.float32]]:
        """Return the stored vectors of those ids that are there."""
        return {i: self._rows[i].vector for i in ids if i in self._rows}

    def delete_owner(self, owner: str) -> None:
        """Remove every row of one owner."""
        self._rows = {i: row for i, row in self._rows.items() if row.owner != owner}

    def delete(self, ids: Sequence[str]) -> None:
        """Remove rows by id; unknown ids are no error."""
        for i in ids:
            self._rows.pop(i, None)

    def count(self) -> int:
        """Return the number of rows."""
        return len(self._rows)
