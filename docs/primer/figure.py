"""The primer's figure: a residual block in its two orders, drawn with lines."""

from __future__ import annotations

from typing import Protocol

import pymupdf

from docs.primer.typesetting import ITALIC, ROMAN, width_of

INK = (0.15, 0.15, 0.18)
WEIGHTS, NORM, ACTIVE = (0.86, 0.91, 0.97), (0.99, 0.93, 0.82), (0.88, 0.95, 0.88)
FILLS = {"weights": WEIGHTS, "norm": NORM, "ReLU": ACTIVE}
BOX, TALL, STEP, SIZE = 52.0, 14.0, 20.0, 8.6


class Lettering(Protocol):
    """Puts a text at a place of the page."""

    def __call__(self, x: float, y: float, text: str, name: str, size: float) -> None:
        """Write it."""
        ...


def draw_residual_blocks(page: pymupdf.Page, letter: Lettering, x: float, y: float, width: float) -> None:
    """Draw both blocks side by side, 165 points high, from the top left given."""
    _block(page, letter, x + width * 0.25, y, ("weights", "norm", "ReLU", "weights", "norm", "+", "ReLU"))
    _block(page, letter, x + width * 0.75, y, ("norm", "ReLU", "weights", "norm", "ReLU", "weights", "+"))


def _block(page: pymupdf.Page, letter: Lettering, middle: float, y: float, parts: tuple[str, ...]) -> None:
    _centred(letter, "x", middle, y + 8, ITALIC)
    _arrow(page, (middle, y + 11), (middle, y + 24))
    fork, join, at = y + 16, y + 16, y + 24
    for part in parts:
        last = part == parts[-1]
        if part == "+":
            join = at + TALL / 2
            page.draw_circle((middle, join), 6.2, color=INK, width=0.8)
            page.draw_line((middle - 3.4, join), (middle + 3.4, join), color=INK, width=0.8)
            page.draw_line((middle, join - 3.4), (middle, join + 3.4), color=INK, width=0.8)
        else:
            box = pymupdf.Rect(middle - BOX / 2, at, middle + BOX / 2, at + TALL)
            page.draw_rect(box, color=INK, fill=FILLS[part], width=0.7, radius=0.18)
            _centred(letter, part, middle, at + TALL - 4.2, ROMAN)
        start = at + (TALL if part != "+" else TALL / 2 + 6.2)
        end = at + STEP + (0.8 if not last and parts[parts.index(part, 0) + 1 :][:1] == ("+",) else 0.0)
        _arrow(page, (middle, start), (middle, end))
        at += STEP
    _centred(letter, "y", middle, at + 8, ITALIC)
    _shortcut(page, middle, fork, join)
    letter(middle + BOX / 2 + 15, (fork + join) / 2 + 3, "x", ITALIC, SIZE)
    letter(middle - BOX / 2 - 20, (fork + join) / 2 + 3, "F(x)", ITALIC, SIZE)


def _shortcut(page: pymupdf.Page, middle: float, fork: float, join: float) -> None:
    """Draw the way around: out to the right, down, and back into the addition."""
    right, bend = middle + BOX / 2 + 11, 7.0
    shape = page.new_shape()
    shape.draw_line((middle, fork), (right - bend, fork))
    shape.draw_curve((right - bend, fork), (right, fork), (right, fork + bend))
    shape.draw_line((right, fork + bend), (right, join - bend))
    shape.draw_curve((right, join - bend), (right, join), (right - bend, join))
    shape.draw_line((right - bend, join), (middle + 10, join))
    shape.finish(color=INK, width=0.8, closePath=False)
    shape.commit()
    _head(page, (middle + 6.6, join), (1.0, 0.0))


def _arrow(page: pymupdf.Page, start: tuple[float, float], end: tuple[float, float]) -> None:
    page.draw_line(start, (end[0], end[1] - 3), color=INK, width=0.8)
    _head(page, end, (0.0, -1.0))


def _head(page: pymupdf.Page, tip: tuple[float, float], back: tuple[float, float]) -> None:
    (x, y), (dx, dy) = tip, back
    corners = [(x, y), (x + 4 * dx + 1.8 * dy, y + 4 * dy + 1.8 * dx), (x + 4 * dx - 1.8 * dy, y + 4 * dy - 1.8 * dx)]
    page.draw_polyline([*corners, corners[0]], color=INK, fill=INK, width=0.3)


def _centred(letter: Lettering, text: str, middle: float, y: float, name: str) -> None:
    letter(middle - width_of(text, name, SIZE) / 2, y, text, name, SIZE)
