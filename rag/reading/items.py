"""A captioned thing, and how its rows are told from running text."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise

from rag.reading.measure import Measure
from rag.reading.printed import Rect, Row


@dataclass(slots=True)
class Item:
    """A captioned thing. ``kind`` is "Figure", "Table", "Algorithm" or "Listing"; ``box`` holds its rows, if known."""

    kind: str
    label: str
    caption: list[Row]
    body: list[Row] = field(default_factory=list)
    box: Rect | None = None


def cells_of(row: Row) -> int:
    """Return how many parts of the row stand clearly apart."""
    parts = 1
    for before, after in pairwise(row.fragments):
        parts += after.rect.x0 - before.rect.x1 > 1.2 * row.size
    return parts


def is_paragraph_row(row: Row, measure: Measure) -> bool:
    """Whether a row can only be part of running text: body size, wide, of words, without clear gaps."""
    wide = row.rect.width > 0.62 * row.column_width
    return measure.is_body(row) and wide and row.words >= 4 and row.math < 0.4 and cells_of(row) <= 2
