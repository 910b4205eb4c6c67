"""Pixels of a stretch of page, and what is done to them: marks, frames, empty margins, one below the other.

Nothing here knows where pixels come from. Areas are in points of the page.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from rag.reading.printed import Rect

YELLOW = (255, 226, 89)  # multiplied onto white
AMBER = (222, 145, 20)
GREY = 224
_WHITE = b"\xff"  # all else is printed
_GAP = 10  # rows of grey between two places
_MARGIN = 5.0  # points above and below what is printed
_TALL_SIGN = 14.0  # points that brackets and sums reach beyond the line that they stand on

_MULTIPLIED = [bytes(value * part // 255 for value in range(256)) for part in YELLOW]


@dataclass(slots=True)
class Pixels:
    """``samples`` are red, green, blue, row by row; ``x`` and ``y`` the corner on the page, in pixels as well."""

    width: int
    height: int
    samples: bytearray
    x: int = 0
    y: int = 0
    scale: float = 1.0  # pixels a point

    def mark(self, areas: Sequence[Rect]) -> None:
        """Draw a marker over areas, once where they overlap: white becomes yellow, letters stay as they are."""
        strokes: dict[int, list[tuple[int, int]]] = {}
        for area in areas:
            x0, y0, x1, y1 = self._pixels(area)
            for y in range(y0, y1):
                strokes.setdefault(y, []).append((x0, x1))
        for y, parts in strokes.items():
            done = 0
            for x0, x1 in sorted(parts):
                start, end = self._row(y, max(x0, done), max(x1, done))
                done = max(x1, done)
                for channel, table in enumerate(_MULTIPLIED):
                    part = slice(start + channel, end, 3)
                    self.samples[part] = self.samples[part].translate(table)

    def frame(self, area: Rect) -> None:
        """Draw a thin frame around an area, a little further out where it would run through what is printed."""
        thin, reach = max(3, round(1.1 * self.scale)), round(_TALL_SIGN * self.scale)
        x0, y0, x1, y1 = self._pixels(area)
        y0 = _first(range(y0, max(0, y0 - reach), -1), lambda y: self._empty(x0, y, x1, y + 1), y0)
        y1 = _first(range(y1, min(self.height, y1 + reach)), lambda y: self._empty(x0, y - 1, x1, y), y1)
        x0 = _first(range(x0, max(0, x0 - reach), -1), lambda x: self._empty(x, y0, x + 1, y1), x0)
        x1 = _first(range(x1, min(self.width, x1 + reach)), lambda x: self._empty(x - 1, y0, x, y1), x1)
        for left, top, right, bottom in (
            (x0, y0, x1, min(y1, y0 + thin)),
            (x0, max(y0, y1 - thin), x1, y1),
            (x0, y0, min(x1, x0 + thin), y1),
            (max(x0, x1 - thin), y0, x1, y1),
        ):
            for y in range(top, bottom):
                start, end = self._row(y, left, right)
                self.samples[start:end] = bytes(AMBER) * (right - left)

    def cut(self, view: Rect, keep: Rect) -> Pixels:
        """Return the rows of a view, its edges moved to the nearest empty rows outside ``keep``, with even margins."""
        _, top, _, bottom = self._pixels(view)
        _, first, _, last = self._pixels(keep)
        reach = round(_TALL_SIGN * self.scale)
        up = sorted(range(max(0, top - reach), min(first, top + reach)), key=lambda y: abs(y - top))
        down = sorted(range(max(last, bottom - reach), min(self.height, bottom + reach)), key=lambda y: abs(y - bottom))
        top, bottom = _first(up, self._row_empty, top), _first(down, self._row_empty, bottom)
        printed = [y for y in range(top, bottom) if not self._row_empty(y)] or [top]
        top, bottom = printed[0], min(self.height, printed[-1] + 1)
        margin = round(_MARGIN * self.scale)
        empty = bytearray(_WHITE * (3 * self.width * margin))
        rows = empty + self.samples[3 * top * self.width : 3 * bottom * self.width] + empty
        return Pixels(self.width, bottom - top + 2 * margin, rows, self.x, self.y + top - margin, self.scale)

    def _row_empty(self, y: int) -> bool:
        return self._empty(0, y, self.width, y + 1)

    def _empty(self, x0: int, y0: int, x1: int, y1: int) -> bool:
        """Whether nothing is printed there."""
        x0, x1 = max(0, x0), min(x1, self.width)
        rows = (self._row(y, x0, x1) for y in range(max(0, y0), min(y1, self.height)))
        return not any(self.samples[start:end].strip(_WHITE) for start, end in rows)

    def _row(self, y: int, x0: int, x1: int) -> tuple[int, int]:
        return 3 * (y * self.width + x0), 3 * (y * self.width + x1)

    def _pixels(self, area: Rect) -> tuple[int, int, int, int]:
        """Return an area's pixels that lie in the picture: left, top, right, bottom."""
        x0, x1 = (round(x * self.scale) - self.x for x in (area.x0, area.x1))
        y0, y1 = (round(y * self.scale) - self.y for y in (area.y0, area.y1))
        x0, y0 = max(0, min(x0, self.width)), max(0, min(y0, self.height))
        return x0, y0, max(x0, min(x1, self.width)), max(y0, min(y1, self.height))


def _first(places: Iterable[int], fits: Callable[[int], bool], otherwise: int) -> int:
    """Return the first place that fits, else another."""
    return next((place for place in places if fits(place)), otherwise)


def stacked(parts: Sequence[Pixels]) -> Pixels:
    """Return the parts one below the other with grey between, those narrower by a pixel filled up with white."""
    width = max(part.width for part in parts)
    samples = bytearray()
    for number, part in enumerate(parts):
        if number:
            samples += bytes([GREY]) * (3 * width * _GAP)
        for y in range(part.height):
            samples += part.samples[3 * y * part.width : 3 * (y + 1) * part.width]
            samples += _WHITE * (3 * (width - part.width))
    return Pixels(width, len(samples) // (3 * width), samples, scale=parts[0].scale)


def inked(grey: bytes, width: int, scale: float, area: Rect, *, without: Iterable[Rect]) -> Rect | None:
    """Return what is printed in an area of a grey page, certain rectangles not looked at; None when nothing is."""
    x0, x1 = max(0, int(area.x0 * scale)), min(width, int(area.x1 * scale) + 1)
    y0, y1 = max(0, int(area.y0 * scale)), min(len(grey) // width, int(area.y1 * scale) + 1)
    rows = {y: bytearray(grey[y * width + x0 : y * width + x1]) for y in range(y0, y1)}
    for rect in without:
        left, right = max(x0, int(rect.x0 * scale) - 1) - x0, min(x1, int(rect.x1 * scale) + 2) - x0
        for y in range(max(y0, int(rect.y0 * scale) - 1), min(y1, int(rect.y1 * scale) + 2)):
            rows[y][left:right] = _WHITE * max(0, right - left)
    dark = [(y, row) for y, row in rows.items() if row.strip(_WHITE)]
    if not dark:
        return None
    left = min(len(row) - len(row.lstrip(_WHITE)) for _, row in dark)
    right = max(len(row.rstrip(_WHITE)) for _, row in dark)
    return Rect((x0 + left) / scale, dark[0][0] / scale, (x0 + right) / scale, (dark[-1][0] + 1) / scale)
