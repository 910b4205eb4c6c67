"""Where the words of a quote begin and end on its lines, for a marker that leaves their neighbours unmarked."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from rag.reading.printed import Rect

_ENOUGH = 24
"""So many letters tell where a quote begins or ends; in between, formulas may stand in another order than read."""


@dataclass(frozen=True, slots=True)
class Glyph:
    """A printed character; ``y`` is the middle of its small letters, whatever the font says of its height."""

    text: str
    x0: float
    x1: float
    y: float


def marked(lines: Sequence[Rect], words: str, glyphs: Sequence[Glyph]) -> list[Rect]:
    """Return the lines, the first one cut to where the words begin and the last one to where they end.

    A line whose glyphs do not tell stays whole.
    """
    rows = [_row(line, glyphs) for line in lines]
    letters = [
        (letter, number, at)
        for number, row in enumerate(rows)
        for at, glyph in enumerate(row)
        for letter in _letters(glyph.text)
    ]
    there, wanted = "".join(letter for letter, _, _ in letters), _letters(words)
    strokes = list(lines)
    if not wanted or not strokes:
        return strokes
    begin = there.find(wanted[:_ENOUGH])
    if begin >= 0 and letters[begin][1] == 0:
        first = strokes[0]
        strokes[0] = Rect(max(first.x0, _opened(rows[0], letters[begin][2])), first.y0, first.x1, first.y1)
    end = there.rfind(wanted[-_ENOUGH:]) + len(wanted[-_ENOUGH:]) - 1
    if end >= len(wanted[-_ENOUGH:]) - 1 and letters[end][1] == len(rows) - 1:
        last = strokes[-1]
        strokes[-1] = Rect(last.x0, last.y0, min(last.x1, _closed(rows[-1], letters[end][2])), last.y1)
    return [stroke for stroke in strokes if stroke.x1 > stroke.x0]


def _row(line: Rect, glyphs: Sequence[Glyph]) -> list[Glyph]:
    own = [g for g in glyphs if line.y0 <= g.y <= line.y1 and line.x0 - 1 <= (g.x0 + g.x1) / 2 <= line.x1 + 1]
    return sorted(own, key=lambda glyph: glyph.x0)


def _opened(row: Sequence[Glyph], at: int) -> float:
    """Return where the words begin with the bracket or quotation mark that touches them."""
    while at > 0 and _touch(row[at - 1], row[at]):
        at -= 1
    return row[at].x0


def _closed(row: Sequence[Glyph], at: int) -> float:
    """Return where the words end with the full stop and closing marks that touch them."""
    while at + 1 < len(row) and _touch(row[at + 1], row[at]):
        at += 1
    return row[at].x1


def _touch(mark: Glyph, beside: Glyph) -> bool:
    apart = max(mark.x0, beside.x0) - min(mark.x1, beside.x1)
    return bool(mark.text.strip()) and not _letters(mark.text) and apart < 1.0


def _letters(text: str) -> str:
    """Fold text to letters and digits: ligatures opened, accents off (also those printed alone), lower case."""
    folded = unicodedata.normalize("NFKD", text).casefold()
    return "".join(c for c in folded if c.isalnum() and unicodedata.category(c) != "Lm")
