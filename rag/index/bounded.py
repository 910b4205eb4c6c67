"""The index that serves: exact in memory up to a bound, beyond it by Chroma, which is kept along from the first row."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence, Set
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from rag.errors import IndexBroken
from rag.index.exact import best_first, cosines_of, nearest_rows
from rag.index.ports import Vectored, VectorIndex
from rag.index.resident import ResidentIndex

log = logging.getLogger(__name__)

SCOPE = 10_000
"""Rows that are read from SQL and compared one by one, where all are too many to be held: 150 papers, 70 ms of work."""

FETCHED, OVERFETCH = 4_000, 2
"""Rows that Chroma is asked for, of which those out of scope are left out: its graph is searched as widely as it is
asked. Among 100,000 drawn rows it finds 0.90 of the ten nearest when asked for 400, 0.96 for 1,000, 0.995 for 2,000 and
all for 4,000, which takes 4, 8, 14 and 26 ms (2026-11-22). A scope in which so few are expected that the wanted number
might not be among them is left to Chroma's own filter, which takes 90 to 1,000 ms.
"""
LOOKED_UP = 500
"""Ids whose owners are looked up at once, until enough are in scope."""


class Collection(VectorIndex, Protocol):
    """What is asked of Chroma beside the port."""

    def nearest_of_all(self, query: NDArray[np.float32], count: int) -> list[tuple[str, float]]:
        """Return the ``count`` nearest rows, whoever has them, best first."""
        ...

    def ids_of(self, owner: str) -> set[str]:
        """Return the ids of one owner's rows."""
        ...


class BoundedIndex:
    """The VectorIndex port on rows in SQL that Chroma has as well.

    Chroma is asked only beyond the bound, about more than ``compared`` rows, and loaded only to be written or asked.
    When it cannot be written, the rows in SQL are, and ``left_behind`` is called; while ``is_behind`` says so, searches
    that need Chroma raise IndexBroken.
    """

    def __init__(
        self,
        *,
        rows: ResidentIndex,
        chroma: Collection,
        left_behind: Callable[[], None],
        is_behind: Callable[[], bool],
        compared: int = SCOPE,
    ) -> None:
        self._rows = rows
        self._compare = compared
        self._chroma = chroma
        self._left_behind = left_behind
        self._is_behind = is_behind

    def upsert(self, rows: Sequence[Vectored]) -> None:
        """Write rows, replacing those with the same id."""
        self._written(lambda: self._chroma.upsert(rows))
        self._rows.upsert(rows)

    def replace(self, owner: str, rows: Sequence[Vectored]) -> None:
        """Make these all the rows of one owner. Ids tell what was embedded: a row that is there is not written."""
        self._written(lambda: self._replace_in_chroma(owner, rows))
        self._rows.upsert(rows)
        self._rows.delete(sorted({*self._rows.read([owner]).ids} - {row.id for row in rows}))

    def nearest(
        self, query: NDArray[np.float32], *, owners: Sequence[str], kinds: Sequence[str] | None = None, limit: int
    ) -> list[tuple[str, float]]:
        """Return (id, cosine) of the nearest rows whose owner is one of ``owners``, best first; equally near by id."""
        in_memory = self._rows.found(query, owners=owners, kinds=kinds, limit=limit)
        if in_memory is not None:
            return in_memory
        if limit < 1 or (kinds is not None and not kinds):
            return []
        if self._rows.rows_of(owners) <= self._compare:
            return self._compared(query, owners, kinds, limit)
        if reason := self.behind():
            raise IndexBroken("chroma", reason)
        return self._approached(query, owners, kinds, limit)

    def vectors(self, ids: Sequence[str]) -> dict[str, NDArray[np.float32]]:
        """Return the stored vectors of those ids that are there."""
        return self._rows.vectors(ids)

    def delete_owner(self, owner: str) -> None:
        """Remove every row of one owner."""
        self._written(lambda: self._chroma.delete_owner(owner))
        self._rows.delete_owner(owner)

    def delete(self, ids: Sequence[str]) -> None:
        """Remove rows by id; unknown ids are no error."""
        self._written(lambda: self._chroma.delete(ids))
        self._rows.delete(ids)

    def count(self) -> int:
        """Return the number of rows."""
        return self._rows.count()

    def behind(self) -> str:
        """Return why Chroma lacks rows that SQL has, "" when it has all."""
        if self._is_behind():
            return "some vectors could not be written to it"
        try:
            missing = self._rows.count() - self._chroma.count()
        except IndexBroken as error:
            return error.reason
        return f"it lacks {missing} vectors" if missing > 0 else ""

    def _replace_in_chroma(self, owner: str, rows: Sequence[Vectored]) -> None:
        there = self._chroma.ids_of(owner)
        self._chroma.delete(sorted(there - {row.id for row in rows}))
        self._chroma.upsert([row for row in rows if row.id not in there])

    def _approached(
        self, query: NDArray[np.float32], owners: Sequence[str], kinds: Sequence[str] | None, limit: int
    ) -> list[tuple[str, float]]:
        """Ask Chroma for so many that enough of them are in scope; where that fails, let it filter."""
        rows, total = self._rows.rows_of(owners), self._rows.count()
        if limit * OVERFETCH * total <= FETCHED * rows:
            near = self._chroma.nearest_of_all(query, FETCHED)
            hits = self._in_scope(near, set(owners), kinds, limit)
            if len(hits) >= min(limit, rows):
                return hits
        return self._chroma.nearest(query, owners=owners, kinds=kinds, limit=limit)

    def _in_scope(
        self, near: Sequence[tuple[str, float]], owners: Set[str], kinds: Sequence[str] | None, limit: int
    ) -> list[tuple[str, float]]:
        """Return the first of them that have one of these owners and kinds, as SQL knows them.

        Chroma may still have rows of papers that are gone: SQL knows these no more, and they are left out.
        """
        hits: list[tuple[str, float]] = []
        for start in range(0, len(near), LOOKED_UP):
            some = near[start : start + LOOKED_UP]
            whose = self._rows.whose([id_ for id_, _ in some])
            for id_, cosine in some:
                owner, kind = whose.get(id_, ("", ""))
                if owner in owners and (kinds is None or kind in kinds):
                    hits.append((id_, cosine))
            if len(hits) >= limit:
                break
        return hits[:limit]

    def _compared(
        self, query: NDArray[np.float32], owners: Sequence[str], kinds: Sequence[str] | None, limit: int
    ) -> list[tuple[str, float]]:
        """Compare with the rows of few owners as SQL has them."""
        found = self._rows.read(owners)
        if not found.ids:
            return []
        cosines = cosines_of(found.vectors, query, "vectors")
        if kinds is not None:
            cosines[~np.isin(found.kinds, list(kinds))] = -np.inf
        places = [place for place in nearest_rows(cosines, limit) if np.isfinite(cosines[place])]
        return best_first([(found.ids[place], float(cosines[place])) for place in places], limit)

    def _written(self, write: Callable[[], None]) -> None:
        """Write to Chroma; what it lacks, a reindex puts there from SQL."""
        try:
            write()
        except IndexBroken as error:
            log.warning("Chroma cannot be written and is left behind until the next reindex: %s", error.reason)
            self._left_behind()
