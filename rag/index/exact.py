"""An exact vector index in memory: for evaluation, and what Chroma's answers are measured against."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from rag.index.ports import Vectored


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
        seen = [row for row in self._rows.values() if row.owner in owners and (kinds is None or row.kind in kinds)]
        if not seen or limit < 1:
            return []
        cosines = np.stack([row.vector for row in seen]) @ query
        order = sorted(range(len(seen)), key=lambda i: (-cosines[i], seen[i].id))
        return [(seen[i].id, float(cosines[i])) for i in order[:limit]]

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
