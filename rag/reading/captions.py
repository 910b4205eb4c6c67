"""Captions, and what they belong to: the rows of a table or an algorithm, the words inside a figure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import combinations

from rag.reading.bodies import claim_bodies
from rag.reading.items import Item, cells_of, is_paragraph_row
from rag.reading.measure import Measure
from rag.reading.printed import Rect, Role, Row, Sheet

_CAPTION = re.compile(
    r"(?P<kind>Figures?|FIGURE|Fig\.?|FIG\.?|Tables?|TABLE|Tab\.|Algorithm|ALGORITHM|Listing|LISTING)\s*"
    r"(?P<number>\d+|[IVX]+(?![a-z])|[A-Z]\.?\d+)(?P<after>\s*[.:|–—]|\s*\(|\s+|$)"
)
_RULED, _TALLEST, _CELLS = 100.0, 320.0, 2  # points, points, and cells of a row: a table's, with or without caption
_MOST_RULES = 80  # on one page: more are a drawing, and looking at all pairs would take long
_TEXT_BOX_ROWS = 4  # a drawing around this many paragraph rows is a frame or a ground, not a figure


def find_items(pages: Sequence[Sequence[Row]], sheets: Sequence[Sheet], measure: Measure) -> list[Item]:
    """Mark captions, the rows of tables and algorithms and the words of figures; return the items in order."""
    items: list[Item] = []
    for rows, sheet in zip(pages, sheets, strict=True):
        here = _captions(rows, sheet, measure, first=len(items))
        items.extend(here)
    claim_bodies(items, pages, sheets, measure)
    for rows, sheet in zip(pages, sheets, strict=True):
        _mark_figures(rows, sheet, measure)
        _mark_ruled(rows, sheet)
    return items


def _captions(rows: Sequence[Row], sheet: Sheet, measure: Measure, *, first: int) -> list[Item]:
    found: list[Item] = []
    at = 0
    while at < len(rows):
        start = _caption_start(rows, at, measure)
        if start is None:
            at += 1
            continue
        kind, label = start
        taken = _caption_rows(rows, at, sheet, table=kind != "Figure")
        for row in taken:
            row.role, row.item = Role.CAPTION, first + len(found)
        found.append(Item(kind, label, taken))
        at += len(taken)
    return found


def _caption_start(rows: Sequence[Row], at: int, measure: Measure) -> tuple[str, str] | None:
    row = rows[at]
    match = _CAPTION.match(row.text) if row.role is Role.LOOSE else None
    if match is None:
        return None
    above = rows[at - 1] if at and rows[at - 1].column == row.column else None
    apart = (
        above is None
        or above.role is not Role.LOOSE
        or row.rect.y0 - above.rect.y1 > 0.45 * row.size
        or abs(above.size - row.size) > 0.4
    )
    differs = row.spans[0].bold or row.spans[0].italic or abs(row.size - measure.body) > 0.4
    marked = match["after"].strip() in {".", ":", "|", "–", "—"}
    if not (marked and (apart or differs)) and not (apart and row.spans[0].bold and not row.bold):
        return None
    kind = match["kind"].capitalize().rstrip("s.")
    kind = {"Fig": "Figure", "Tab": "Table"}.get(kind, kind)
    return kind, f"{kind} {match['number']}"


def _caption_rows(rows: Sequence[Row], at: int, sheet: Sheet, *, table: bool) -> list[Row]:
    """Return the caption's rows: those below at the same distance and size, up to a rule."""
    taken, usual = [rows[at]], 0.0
    for row in rows[at + 1 :]:
        above = taken[-1]
        step = row.rect.y1 - above.rect.y1
        gap = row.rect.y0 - above.rect.y1
        if row.role is not Role.LOOSE or row.column != above.column or not step > 0 or gap > 0.6 * row.size:
            break
        if abs(row.size - above.size) > 0.45 or (usual and step > 1.25 * usual + 0.5) or _CAPTION.match(row.text):
            break
        if _rule_between(above, row, sheet) or (table and cells_of(row) > 2):
            break
        usual = usual or step
        taken.append(row)
    return taken


def _rule_between(above: Row, below: Row, sheet: Sheet) -> bool:
    return any(
        above.rect.middle < rule.middle < below.rect.middle + 1 and rule.x1 > below.rect.x0 and rule.x0 < below.rect.x1
        for rule in sheet.rules
        if rule.width > 40
    )


def _mark_figures(rows: Sequence[Row], sheet: Sheet, measure: Measure) -> None:
    """Mark words within pictures, unless they are paragraphs on a coloured ground."""
    text = [row for row in rows if is_paragraph_row(row, measure)]
    pictures = [p for p in sheet.pictures if sum(p.holds(row.rect, 0) for row in text) < _TEXT_BOX_ROWS]
    for row in rows:
        if row.role is not Role.LOOSE or is_paragraph_row(row, measure) or _ends_paragraph(row, text, measure):
            continue
        around = [p for p in pictures if p.holds(row.rect, 3)]
        if any(p.height > 1.5 * row.rect.height for p in around):
            row.role = Role.FIGURE


def _mark_ruled(rows: Sequence[Row], sheet: Sheet) -> None:
    """Mark rows of cells between rules of one width: parts of tables that no caption claimed."""
    rules = [rule for rule in sheet.rules if rule.width > _RULED]
    for upper, lower in combinations(rules, 2) if len(rules) <= _MOST_RULES else ():
        alike = abs(upper.x0 - lower.x0) < 4 and abs(upper.x1 - lower.x1) < 4
        if not alike or not 0 < lower.y0 - upper.y1 < _TALLEST:
            continue
        box = Rect(upper.x0, upper.y0, upper.x1, lower.y1)
        inside = [row for row in rows if box.holds(row.rect, 0)]
        celled = sum(cells_of(row) > _CELLS or len(row.fragments) > 2 * _CELLS for row in inside)
        if inside and celled >= 0.6 * len(inside) and all(row.role is not Role.CAPTION for row in inside):
            for row in inside:
                row.role = Role.FIGURE if row.role is Role.LOOSE else row.role


def _ends_paragraph(row: Row, text: Sequence[Row], measure: Measure) -> bool:
    """Whether a short row at the left edge stands right below a row of a paragraph."""
    if not measure.is_body(row) or abs(row.indent) > 3:
        return False
    return any(
        above.column == row.column
        and 0 < row.rect.y1 - above.rect.y1 < 1.3 * measure.leading
        and abs(above.rect.x0 - row.rect.x0) < 25
        for above in text
    )
