"""A table's rows out of the places of its words: cells divided by " | ", rows by newlines."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from rag.reading.printed import Rect, Word

_GAP = 0.55  # of a word's height: narrower is a space between words


def table_lines(words: Sequence[Word], box: Rect) -> list[str]:
    """Return one line of cells for each printed row inside the box; a cell that is not there is left empty."""
    rows = [_cells(row) for row in _rows([word for word in words if box.holds(word.rect, 1)])]
    columns = _columns(rows)
    return [" | ".join(_placed(row, columns)) for row in rows]


Cell = tuple[float, float, str]


def _rows(words: Sequence[Word]) -> list[list[Word]]:
    rows: list[list[Word]] = []
    for word in sorted(words, key=lambda w: (w.rect.middle, w.rect.x0)):
        last = rows[-1] if rows else None
        if last is not None and abs(word.rect.middle - _middle(last)) < 0.45 * min(
            word.rect.height, last[0].rect.height
        ):
            last.append(word)
        else:
            rows.append([word])
    return [sorted(row, key=lambda w: w.rect.x0) for row in rows]


def _middle(row: Sequence[Word]) -> float:
    return sum(word.rect.middle for word in row) / len(row)


def _cells(row: Sequence[Word]) -> list[Cell]:
    cells: list[Cell] = []
    for word in row:
        gap = word.rect.x0 - cells[-1][1] if cells else 0.0
        if cells and gap < _GAP * word.rect.height:
            x0, _, text = cells[-1]
            cells[-1] = (x0, word.rect.x1, f"{text} {word.text}" if gap > 0.08 * word.rect.height else text + word.text)
        else:
            cells.append((word.rect.x0, word.rect.x1, word.text))
    return cells


def _columns(rows: Sequence[Sequence[Cell]]) -> list[tuple[float, float]]:
    """Return the x ranges of the columns that most rows agree on, or nothing when they do not agree."""
    counts = Counter(len(row) for row in rows if len(row) > 1)
    if not counts:
        return []
    usual = max(counts, key=lambda n: (counts[n] * n, n))
    spans = sorted((x0, x1) for row in rows if len(row) == usual for x0, x1, _ in row)
    merged: list[tuple[float, float]] = []
    for x0, x1 in spans:
        if merged and x0 < merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], x1))
        else:
            merged.append((x0, x1))
    return merged if len(merged) == usual else []


def _placed(row: Sequence[Cell], columns: Sequence[tuple[float, float]]) -> list[str]:
    """Put each cell under the column it overlaps most, keeping order; a row that does not fit stays as it is."""
    if not columns or len(row) == len(columns):
        return [text for _, _, text in row]
    placed = [""] * len(columns)
    at = -1
    for x0, x1, text in row:
        best = max(range(len(columns)), key=lambda c: min(x1, columns[c][1]) - max(x0, columns[c][0]))
        if best <= at:
            return [text for _, _, text in row]
        placed[best], at = text, best
    return placed
