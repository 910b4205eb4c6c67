"""Lines and pictures out of the strokes of a page."""

from __future__ import annotations

from collections.abc import Iterable

from rag.reading.printed import Rect

_CELL = 8.0  # points: strokes nearer than this belong to one picture
_THIN = 1.6
_SHORT = 25.0
_AROUND = tuple((dx, dy) for dx in (-1, 0, 1) for dy in (-1, 0, 1) if dx or dy)


def merged_rules(strokes: Iterable[Rect]) -> tuple[Rect, ...]:
    """Return the horizontal lines among the strokes, pieces of one line joined, from top to bottom."""
    thin = sorted(
        (rect for rect in strokes if rect.height <= _THIN and rect.width >= 4),
        key=lambda rect: (round(rect.middle), rect.x0),
    )
    rules: list[Rect] = []
    for rect in thin:
        last = rules[-1] if rules else None
        if last is not None and abs(last.middle - rect.middle) <= 1 and rect.x0 <= last.x1 + 3:
            rules[-1] = last.joined(rect)
        else:
            rules.append(rect)
    return tuple(sorted((rule for rule in rules if rule.width >= _SHORT), key=lambda rule: rule.y0))


def clustered(strokes: Iterable[Rect], width: float, height: float) -> tuple[Rect, ...]:
    """Return the pictures of a page: boxes around strokes that lie close together. Rules are no pictures."""
    cells: dict[tuple[int, int], Rect] = {}
    for rect in strokes:
        if _is_background(rect, width, height) or (rect.height <= _THIN and rect.width >= _SHORT):
            continue
        for cell in _cells(rect, width, height):
            known = cells.get(cell)
            cells[cell] = rect if known is None else known.joined(rect)
    pictures = []
    while cells:
        pictures.append(_grow(cells))
    return tuple(rect for rect in pictures if rect.width > 20 and rect.height > 20)


def _is_background(rect: Rect, width: float, height: float) -> bool:
    outside = rect.x1 < 0 or rect.y1 < 0 or rect.x0 > width or rect.y0 > height
    return outside or rect.width * rect.height > 0.8 * width * height


def _cells(rect: Rect, width: float, height: float) -> list[tuple[int, int]]:
    """Return the grid cells under a rectangle (its centre line is enough for what is large)."""
    x0, x1 = max(0.0, rect.x0), min(width, rect.x1)
    y0, y1 = max(0.0, rect.y0), min(height, rect.y1)
    columns = range(int(x0 / _CELL), int(x1 / _CELL) + 1)
    rows = range(int(y0 / _CELL), int(y1 / _CELL) + 1)
    if len(columns) * len(rows) <= 16:
        return [(x, y) for x in columns for y in rows]
    edge = {(x, y) for x in columns for y in (rows[0], rows[-1])}
    return list(edge | {(x, y) for y in rows for x in (columns[0], columns[-1])})


def _grow(cells: dict[tuple[int, int], Rect]) -> Rect:
    start = next(iter(cells))
    box, waiting = cells.pop(start), [start]
    while waiting:
        x, y = waiting.pop()
        for dx, dy in _AROUND:
            near = (x + dx, y + dy)
            found = cells.pop(near, None)
            if found is not None:
                waiting.append(near)
                if found is not box:
                    box = box.joined(found)
    return box
