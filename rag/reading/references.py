"""The list of references: one string for each entry."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from itertools import pairwise

from rag.reading.mending import joined
from rag.reading.printed import Row

_BRACKETED = re.compile(r"\[(?:\d{1,3}|[A-Za-z+]{1,12}\d{0,4}[a-z]?)\](?=\s|[A-Z])")
_COUNTED = re.compile(r"(\d{1,3})\.\s+[A-Z\[]")


def split_references(rows: Sequence[Row], known: Mapping[str, int]) -> tuple[str, ...]:
    """Return one string per entry. Marks ("[12]", "12.") divide them, else the hanging indent, else white space."""
    if not rows:
        return ()
    starts = _marked(rows) or _hanging(rows)
    entries: list[str] = []
    for at, row in enumerate(rows):
        if at in starts or not entries:
            entries.append(row.text)
        else:
            entries[-1] = joined(entries[-1], row.text, known)
    return tuple(entry for entry in entries if len(entry) > 15)


def _marked(rows: Sequence[Row]) -> set[int]:
    bracketed = {at for at, row in enumerate(rows) if _BRACKETED.match(row.text)}
    if len(bracketed) >= 3 and len(bracketed) * 12 > len(rows):
        return bracketed
    counted, last = set[int](), 0
    for at, row in enumerate(rows):
        match = _COUNTED.match(row.text)
        if match is not None and int(match[1]) == last + 1:
            counted.add(at)
            last += 1
    return counted if len(counted) >= 3 and len(counted) * 12 > len(rows) else set()


def _hanging(rows: Sequence[Row]) -> set[int]:
    """Return the rows that begin at their column's own left edge while others are set in; else those after a gap."""
    edges: dict[tuple[int, int], float] = {}
    for row in rows:
        key = (row.page, row.column)
        edges[key] = min(edges.get(key, row.rect.x0), row.rect.x0)
    flush = {at for at, row in enumerate(rows) if row.rect.x0 - edges[row.page, row.column] < 3}
    if 0.15 * len(rows) < len(flush) < 0.9 * len(rows):
        return flush
    gaps = [below.rect.y0 - above.rect.y1 for above, below in pairwise(rows)]
    usual = sorted(gaps)[len(gaps) // 2] if gaps else 0.0
    return {0} | {at + 1 for at, gap in enumerate(gaps) if gap > usual + 0.25 * rows[at].size}
