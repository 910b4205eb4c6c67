"""Tables, which Discord's Markdown has none of: columns in a code block, narrow enough for a phone turned sideways."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

from bot.render.signs import one_line, whole

_GAP = "  "
_LEAST = 3
"""Columns are not made narrower than this many cells, two letters and the sign that more was there."""
_NUMBER = re.compile(r"[-+−]?[\d.,]+ ?(?:%|ms|s|MB|MiB|GB|GiB)?|[–-]?")


def mono_table(rows: Sequence[Sequence[str]], header: Sequence[str], width: int = 60) -> str:
    """Return the rows under their header, aligned in a code block of at most ``width`` cells; numbers to the right.

    The widest columns give first. Nothing in a code block is Markdown, and nothing of a cell can end it.

    >>> print(mono_table([["ResNet", "12"], ["BatchNorm", "9"]], ["paper", "pages"]))
    ```
    paper      pages
    ─────────  ─────
    ResNet        12
    BatchNorm      9
    ```
    """
    assert all(len(row) == len(header) for row in rows)
    cells = [[_cell(text) for text in row] for row in (header, *rows)]
    columns = list(zip(*cells, strict=True))
    widths = _widths([max(1, *map(_cells, column)) for column in columns], width)
    right = [bool(rows) and all(_NUMBER.fullmatch(text) for text in column[1:]) for column in columns]
    lines = [
        _GAP.join(_aligned(text, size, right=number) for text, size, number in zip(row, widths, right, strict=True))
        for row in cells
    ]
    rule = _GAP.join("─" * size for size in widths)
    return "\n".join(["```", lines[0].rstrip(), rule, *(line.rstrip() for line in lines[1:]), "```"])


def _cell(text: str) -> str:
    return one_line(text).replace("`", "ˋ")


def _widths(wanted: list[int], width: int) -> list[int]:
    """Return the widths of columns, the widest made narrower until all fit, or as narrow as they get."""
    room = width - len(_GAP) * (len(wanted) - 1)
    least, most = _LEAST, max([*wanted, _LEAST])
    while least < most:  # the widest that a column may be
        middle = (least + most + 1) // 2
        if sum(min(size, middle) for size in wanted) <= room:
            least = middle
        else:
            most = middle - 1
    return [min(size, least) for size in wanted]


def _aligned(text: str, size: int, *, right: bool) -> str:
    if _cells(text) > size:
        end = whole(text, min(len(text), size - 1))
        while end and _cells(text[:end]) > size - 1:
            end = whole(text, end - 1)
        text = text[:end] + "…"
    blank = " " * (size - _cells(text))
    return blank + text if right else text + blank


def _cells(text: str) -> int:
    """Return how many cells of a fixed-width font a text takes: two for wide signs, none for accents.

    https://www.unicode.org/reports/tr11/
    """
    if text.isascii():
        return len(text)
    wide = sum(unicodedata.east_asian_width(sign) in "WF" for sign in text)
    return len(text) + wide - sum(unicodedata.category(sign) in ("Mn", "Me", "Cf") for sign in text)
