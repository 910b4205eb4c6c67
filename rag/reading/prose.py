"""Which rows are running text, and which are footnotes."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from rag.reading.equations import is_formula
from rag.reading.items import is_paragraph_row
from rag.reading.measure import Measure
from rag.reading.printed import Role, Row

_MARK = re.compile(r"(?:\d{1,2}(?=\s?[A-Z“\"(h])|[∗*†‡§¶⋆♠♥♦♣])")
_ITEM = re.compile(r"(?:[•◦▪‣·∙●○■►▶–—-]|\(?(?:\d{1,2}|[a-z]|[ivx]{1,4})[.)])\s")


def starts_item(row: Row) -> bool:
    """Whether a row begins an entry of a list."""
    return bool(_ITEM.match(row.text))


def mark_footnotes(pages: Sequence[Sequence[Row]], measure: Measure) -> None:
    """Mark the small rows at the foot of each column, from the topmost that begins with a footnote mark."""
    for rows in pages:
        for column in (-1, 0, 1):
            here = [row for row in rows if row.column == column and row.role is not Role.FURNITURE]
            if column == -1 and _columns_below(here, rows):
                continue  # a small abstract over both columns is at the head of the page, not at its foot
            foot: list[Row] = []
            for row in reversed(here):
                small = row.size < measure.body - 0.6 or (row.words == 0 and len(row.text) < 4)
                gap = foot[-1].rect.y0 - row.rect.y1 if foot else 0.0
                if row.role is not Role.LOOSE or not small or gap > 1.5 * measure.body:
                    break
                foot.append(row)
            foot.reverse()
            starts = [at for at, row in enumerate(foot) if starts_footnote(row)]
            if not starts and foot and foot[0].page > 1:
                continue
            for row in foot[starts[0] if starts and foot[0].page > 1 else 0 :]:
                row.role = Role.FOOTNOTE


def _columns_below(wide: Sequence[Row], rows: Sequence[Row]) -> bool:
    """Whether rows of a column stand below the last of the rows over the whole width."""
    return bool(wide) and any(
        row.column != -1 and row.role is not Role.FURNITURE and row.rect.y0 > wide[-1].rect.y1 for row in rows
    )


def starts_footnote(row: Row) -> bool:
    """Whether a row begins with a raised number or a sign that marks a footnote."""
    first = row.spans[0] if row.spans else None
    if first is None or not _MARK.match(row.text):
        return False
    return first.raised or first.size < 0.9 * row.size or not first.text[0].isdigit() or row.indent > 5


def mark_prose(pages: Sequence[Sequence[Row]], measure: Measure) -> None:
    """Mark paragraphs: wide rows of body text, then the short rows that begin or end them, then other settled runs."""
    for rows in pages:
        for row in rows:
            if row.role is Role.LOOSE and (is_paragraph_row(row, measure) or _is_plain_line(row, measure)):
                row.role = Role.PROSE
        for order in (rows, rows[::-1]):
            for before, row in pairwise(order):
                if (
                    row.role is Role.LOOSE
                    and before.role in (Role.PROSE, Role.DISPLAY)
                    and _goes_with(row, before, measure)
                ):
                    row.role = Role.PROSE
        _mark_other_runs(rows)
        _mark_rows_between(rows, measure)
        _unmark_labels(rows)


def _is_plain_line(row: Row, measure: Measure) -> bool:
    """A short row of words at the left edge: the last of a paragraph, an entry of a list."""
    flush = abs(row.indent) < 3 or (starts_item(row) and 0 <= row.indent < 40)
    return measure.is_body(row) and flush and row.words >= 2 and row.math < 0.5


def _goes_with(row: Row, other: Row, measure: Measure) -> bool:
    near = abs(row.rect.middle - other.rect.middle) < 1.7 * measure.leading
    inset = -3 <= row.indent < 0.3 * row.column_width or abs(row.rect.x0 - other.rect.x0) < 3
    return row.column == other.column and near and inset and measure.is_body(row) and not is_formula(row, measure)


def _mark_rows_between(rows: Sequence[Row], measure: Measure) -> None:
    """A row between two rows of a paragraph is the paragraph's too, however it is set (in small capitals, of signs);
    what stands between two rows of a displayed formula (a fraction's upper half) is the formula's.
    """
    for above, row, below in zip(rows, rows[1:], rows[2:], strict=False):
        if row.role is not Role.LOOSE or len({r.column for r in (above, row, below)}) > 1:
            continue
        whole = below.rect.y1 - above.rect.y1 < 2.4 * measure.leading
        if above.role is below.role is Role.PROSE and whole and abs(row.indent) < 4 and above.reaches_right:
            row.role = Role.PROSE
        elif Role.DISPLAY in (above.role, below.role) and _is_part_of_formula(row, above, below, measure):
            row.role = Role.DISPLAY


def _unmark_labels(rows: Sequence[Row]) -> None:
    """A single row between a figure's words and its caption is the name of an axis."""
    for above, row, below in zip(rows, rows[1:], rows[2:], strict=False):
        alone = row.role is Role.PROSE and above.role is Role.FIGURE and below.role is not Role.PROSE
        if alone and row.indent > 8 and row.rect.y0 - above.rect.y1 < 2 * row.size:
            row.role = Role.FIGURE


def _is_part_of_formula(row: Row, above: Row, below: Row, measure: Measure) -> bool:
    beside = all(other.role in (Role.DISPLAY, Role.PROSE, Role.EQUATION) for other in (above, below))
    near = below.rect.y0 - above.rect.y1 < 1.2 * measure.leading
    return beside and near and len(row.text) <= 30 and row.words <= 2


def _mark_other_runs(rows: Sequence[Row]) -> None:
    """Three wide rows of words in one size one below the other are text whatever their size (a smaller appendix)."""
    for at in range(len(rows) - 2):
        run = rows[at : at + 3]
        wide = all(r.words >= 5 and r.rect.width > 0.6 * r.column_width for r in run[:2]) and run[2].words >= 2
        sizes = [r.size for r in run]
        alike = (
            len({r.column for r in run}) == 1
            and max(sizes) - min(sizes) < 0.4
            and abs(run[0].indent - run[1].indent) < 15
        )
        if wide and alike and all(r.role in (Role.LOOSE, Role.PROSE) for r in run):
            for row in run:
                row.role = Role.PROSE
