"""Rectangles that know their size and paint themselves: what a message is put together from."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import pymupdf

from .theme import LINE, Colour, css

_ENDLESS = 1e6
_SIGN = re.compile(r"&[#\w]+;|[^\s<>\u200b]")
_WORD = re.compile(rf"(?:{_SIGN.pattern})+(?![^<]*>)")  # not within a tag


@dataclass(frozen=True, slots=True)
class Piece:
    """A rectangle of CSS pixels; ``paint(page, x, y)`` sets its upper left corner there."""

    width: float
    height: float
    paint: Callable[[pymupdf.Page, float, float], None]


def words(html: str, width: float, style: str = "") -> Piece:
    """Set text, as high as it needs to be."""
    style = style or css()
    set_width, height = _measured(html, width, style)
    longest = round(width / 6)
    while set_width > width + 1 and longest > 1:
        html = _breakable(html, longest)
        set_width, height = _measured(html, width, style)
        longest //= 2

    def paint(page: pymupdf.Page, x: float, y: float) -> None:
        room = pymupdf.Rect(x, y, x + max(width, set_width) + 1, y + height + 2)  # to spare, or rounding shrinks it
        page.insert_htmlbox(room, html, css=style)

    return Piece(width, height, paint)


def label(html: str, style: str = "") -> Piece:
    """One line of text, as wide as it needs to be."""
    style = style or css()
    line = f'<p class="nowrap">{html}</p>'
    return words(line, _measured(line, 1, style)[0], style)


def stack(pieces: Sequence[Piece], gap: float = 0) -> Piece:
    """One below the other."""

    def paint(page: pymupdf.Page, x: float, y: float) -> None:
        for piece in pieces:
            piece.paint(page, x, y)
            y += piece.height + gap

    height = sum(piece.height for piece in pieces) + gap * max(0, len(pieces) - 1)
    return Piece(max((piece.width for piece in pieces), default=0), height, paint)


def row(pieces: Sequence[Piece], gap: float = 0, *, middle: bool = False) -> Piece:
    """One beside the other, by their upper edges or by their middles."""
    height = max((piece.height for piece in pieces), default=0)

    def paint(page: pymupdf.Page, x: float, y: float) -> None:
        for piece in pieces:
            piece.paint(page, x, y + (height - piece.height) / 2 * middle)
            x += piece.width + gap

    return Piece(sum(piece.width for piece in pieces) + gap * max(0, len(pieces) - 1), height, paint)


def wrapped(pieces: Sequence[Piece], width: float, gap: float) -> Piece:
    """Beside each other while there is room, then below."""
    rows: list[list[Piece]] = []
    for piece in pieces:
        if rows and row([*rows[-1], piece], gap).width <= width:
            rows[-1].append(piece)
        else:
            rows.append([piece])
    return stack([row(pieces, gap, middle=True) for pieces in rows], gap)


def padded(piece: Piece, left: float = 0, top: float = 0, right: float = 0, bottom: float = 0) -> Piece:
    """The same with empty room around it."""
    return Piece(
        piece.width + left + right,
        piece.height + top + bottom,
        lambda page, x, y: piece.paint(page, x + left, y + top),
    )


def box(width: float, height: float, fill: Colour | None, *, radius: float = 0, border: Colour | None = None) -> Piece:
    """A rectangle with round corners."""
    roundness = (min(0.5, radius / width), min(0.5, radius / height)) if radius and width and height else None

    def paint(page: pymupdf.Page, x: float, y: float) -> None:
        area = pymupdf.Rect(x, y, x + width, y + height)
        page.draw_rect(area, color=border, fill=fill, width=1 if border else 0, radius=roundness)

    return Piece(width, height, paint)


def layered(*pieces: Piece) -> Piece:
    """One over the other, the first lowest."""

    def paint(page: pymupdf.Page, x: float, y: float) -> None:
        for piece in pieces:
            piece.paint(page, x, y)

    return Piece(max(piece.width for piece in pieces), max(piece.height for piece in pieces), paint)


def centred(piece: Piece, width: float, height: float) -> Piece:
    """In the middle of more room."""
    left, top = (width - piece.width) / 2, (height - piece.height) / 2
    return padded(piece, left, top, width - piece.width - left, height - piece.height - top)


def blank(width: float, height: float) -> Piece:
    """Room."""
    return Piece(width, height, lambda *_: None)


def stroke(points: Sequence[tuple[float, float]], shade: Colour = LINE, thickness: float = 1.5) -> Piece:
    """A line through points."""

    def paint(page: pymupdf.Page, x: float, y: float) -> None:
        page.draw_polyline([(x + dx, y + dy) for dx, dy in points], color=shade, width=thickness, lineCap=1, lineJoin=1)

    return Piece(max(dx for dx, _ in points), max(dy for _, dy in points), paint)


def disc(diameter: float, fill: Colour) -> Piece:
    """A full circle."""
    half = diameter / 2
    return Piece(
        diameter,
        diameter,
        lambda page, x, y: page.draw_circle((x + half, y + half), half, color=None, fill=fill) and None,
    )


def _measured(html: str, width: float, style: str) -> tuple[float, float]:
    """The width and height that text takes; wider than ``width`` when a word is."""
    _, filled = pymupdf.Story(html=html, user_css=style).place(pymupdf.Rect(0, 0, width, _ENDLESS))
    return filled[2], filled[3]


def _breakable(html: str, longest: int) -> str:
    """The same where words of more than ``longest`` signs may break anywhere: at zero-width spaces, for MuPDF."""

    def broken(word: re.Match[str]) -> str:
        signs = _SIGN.findall(word.group())
        return word.group() if len(signs) <= longest else "\u200b".join(signs)

    return _WORD.sub(broken, html)
