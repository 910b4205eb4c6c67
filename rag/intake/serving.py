"""The index that serves searches right now."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from rag.errors import IndexBroken, StaleIndex
from rag.index.ports import Vectored, VectorIndex
from rag.intake.indexing import PASSAGES, Indexing, IndexState


class ServingIndex:
    """The collection that serves right now, asked anew each time: an add or a reindex may have changed it.

    Raises StaleIndex when it does not fit the embedder, IndexBroken when it lacks passages (somebody deleted the
    folder, or papers came in while there was no embedder): what it finds would be a part, and nobody would know.
    """

    def __init__(self, indexing: Indexing, purpose: str) -> None:
        self._indexing, self._purpose = indexing, purpose
        self._whole: tuple[str, int] | None = None

    def nearest(
        self, query: NDArray[np.float32], *, owners: Sequence[str], kinds: Sequence[str] | None = None, limit: int
    ) -> list[tuple[str, float]]:
        """Search the collection that serves; nothing in an empty library."""
        index = self._now()
        return index.nearest(query, owners=owners, kinds=kinds, limit=limit) if index else []

    def vectors(self, ids: Sequence[str]) -> dict[str, NDArray[np.float32]]:
        """Return vectors of the collection that serves."""
        index = self._now()
        return index.vectors(ids) if index else {}

    def count(self) -> int:
        """Return the rows of the collection that serves."""
        index = self._now()
        return index.count() if index else 0

    def upsert(self, rows: Sequence[Vectored]) -> None:
        """Write to the collection that serves."""
        self._indexing.put(rows)

    def delete_owner(self, owner: str) -> None:
        """Delete from the collection that serves."""
        index = self._now()
        if index:
            index.delete_owner(owner)

    def delete(self, ids: Sequence[str]) -> None:
        """Delete from the collection that serves."""
        index = self._now()
        if index:
            index.delete(ids)

    def _now(self) -> VectorIndex | None:
        status, index = self._indexing.current(self._purpose)
        if status.state is IndexState.STALE:
            raise StaleIndex(built_with=status.built_with, wanted=status.embedder)
        if index is not None and self._purpose == PASSAGES:
            state = (status.collection, self._indexing.revision())
            if state != self._whole and (missing := self._indexing.missing()):
                raise IndexBroken(status.collection, f"{missing} vectors are missing")
            self._whole = state
        return index
