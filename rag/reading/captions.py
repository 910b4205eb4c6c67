"""Captions, and what they belong to: the rows of a table or an algorithm, the words inside a figure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from rag.reading.measure import Measure
from rag.reading.printed import Rect, Role, Row, Sheet

_CAPTION = re.compile(
    r"(?P<kind>Figures?|FIGURE|Fig\.?|FIG\.?|Tables?|TABLE|Tab\.|Algorithm|ALGORITHM|Listing|LISTING)\s*"
    r"(?P<number>\d+|[IVX]+(?![a-z])|[A-Z]\.?\d+)(?P<after>\s*[.:|–—]|\s*\(|\s+|$)"
)
_REACH = 40.0  # points between a caption and its table
_TEXT_BOX_ROWS = 4  # a drawing around this many paragraph rows is a frame or a ground, not a figure
_TALLEST_GAP = 320.0  # points between two rules of one table


@dataclass(slots=True)
class Item:
    """A captioned thing. ``kind`` is "Figure", "Table", "Algorithm" or "Listing"; ``box`` holds its rows, if known."""

    kind: str
    label: str
    caption: list[Row]
    body: list[Row] = field(default_factory=list)
    box: Rect | None = None


def find_items(pages: Sequence[Sequence[Row]], sheets: Sequence[Sheet], measure: Measure) -> list[Item]:
    """Mark captions, the rows of tables and algorithms and the words of figures; return the items in order."""
    items: list[Item] = []
    for rows, sheet in zip(pages, sheets, strict=True):
        here = _captions(rows, sheet, measure, first=len(items))
        items.extend(here)
        for item in sorted(here, key=lambda item: item.caption[0].rect.y0):
            if item.kind != "Figure":
                _claim(item, items.index(item), rows, sheet, measure)
        _mark_figures(rows, sheet, measure)
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
    if marked and above is None and not differs and row.rect.x0 - row.left > 40:
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
        if _rule_between(above, row, sheet) or (table and _cells(row) > 2):
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


def _cells(row: Row) -> int:
    """Return how many parts of the row stand clearly apart."""
    parts = 1
    for before, after in pairwise(row.fragments):
        parts += after.rect.x0 - before.rect.x1 > 1.2 * row.size
    return parts


def is_paragraph_row(row: Row, measure: Measure) -> bool:
    """Whether a row can only be part of running text: body size, wide, of words, without clear gaps."""
    wide = row.rect.width > 0.62 * row.column_width
    return measure.is_body(row) and wide and row.words >= 4 and row.math < 0.4 and _cells(row) <= 2


def _claim(item: Item, index: int, rows: Sequence[Row], sheet: Sheet, measure: Measure) -> None:
    """Find the box of a table or algorithm and mark its rows."""
    box = _ruled_box(item, rows, sheet, measure) or _framed_box(item, sheet)
    if box is not None:
        body = [row for row in rows if row.role is Role.LOOSE and box.holds(row.rect, 1)]
    else:
        body = _adjacent(item, rows, measure)
    if not body:
        return
    for row in body:
        row.role, row.item = (Role.ALGORITHM if item.kind in {"Algorithm", "Listing"} else Role.TABLE), index
    item.body = body
    whole = body[0].rect
    for row in body[1:]:
        whole = whole.joined(row.rect)
    item.box = whole if box is None else box.joined(whole)


def _ruled_box(item: Item, rows: Sequence[Row], sheet: Sheet, measure: Measure) -> Rect | None:
    caption = item.caption[0].rect
    for row in item.caption[1:]:
        caption = caption.joined(row.rect)
    first = item.caption[0]
    left, right = (first.left, first.right) if first.column != -1 else (caption.x0, caption.x1)
    rules = [
        r
        for r in sheet.rules
        if r.x0 < right - 5
        and r.x1 > left + 5
        and (first.column == -1 or (r.x0 > first.left - _REACH and r.x1 < first.right + _REACH))
    ]
    below = [r for r in rules if r.y0 > caption.y1 - 3]
    above = [r for r in reversed(rules) if r.y1 < caption.y0 + 3]
    candidates = []
    for run, edge in ((below, caption.y1), (above, caption.y0)):
        if not run or abs(run[0].middle - edge) > _REACH:
            continue
        box = _grown(run, rows, measure)
        inside = [row for row in rows if row.role is Role.LOOSE and box is not None and box.holds(row.rect, 1)]
        if box is not None and inside:
            candidates.append((abs(run[0].middle - edge), box))
    if item.kind == "Algorithm" and below and candidates:  # its name stands between two rules, the steps below
        candidates = [c for c in candidates if c[1].y0 > caption.y0] or candidates
    return min(candidates, key=lambda c: c[0])[1] if candidates else None


def _grown(run: Sequence[Rect], rows: Sequence[Row], measure: Measure) -> Rect | None:
    """Join rules to one box while nothing but table rows lies between them."""
    box, used = run[0], 1
    for rule in run[1:]:
        gap = Rect(box.x0, min(box.y1, rule.y1), box.x1, max(box.y0, rule.y0))
        between = [
            row
            for row in rows
            if gap.y0 < row.rect.middle < gap.y1 and min(gap.x1, row.rect.x1) - max(gap.x0, row.rect.x0) > 5
        ]
        beyond = rule.x0 < box.x0 - 5 or rule.x1 > box.x1 + 5
        if beyond and not (used == 1 and rule.x0 < box.x0 + 5 and rule.x1 > box.x1 - 5 and rule.width < 2 * box.width):
            continue
        stops = any(row.role not in (Role.LOOSE, Role.FIGURE) for row in between)
        prose = sum(is_paragraph_row(row, measure) and _cells(row) == 1 for row in between)
        if stops or gap.height > _TALLEST_GAP or (prose > 2 and prose > 0.6 * len(between)):
            break
        box, used = box.joined(rule), used + 1
    return box if used > 1 else None


def _framed_box(item: Item, sheet: Sheet) -> Rect | None:
    """Return the picture that holds an algorithm's steps when they are drawn in a frame."""
    if item.kind == "Table":
        return None
    caption = item.caption[0].rect
    near = [
        p
        for p in sheet.pictures
        if p.x0 < caption.x1 and p.x1 > caption.x0 and p.height > 30
        and (0 <= p.y0 - item.caption[-1].rect.y1 < 20 or 0 <= caption.y0 - p.y1 < 20 or p.holds(caption))
    ]  # fmt: skip
    return max(near, key=lambda p: p.height, default=None)


def _adjacent(item: Item, rows: Sequence[Row], measure: Measure) -> list[Row]:
    """Return the rows without rules above or below a caption that are no running text: the longer run of the two."""
    here = [row for row in rows if row.column == item.caption[0].column]
    at, end = here.index(item.caption[0]), here.index(item.caption[-1])
    runs: list[list[Row]] = []
    for direction in (here[end + 1 :], here[:at][::-1]):
        run: list[Row] = []
        last = item.caption[0] if runs else item.caption[-1]
        for row in direction:
            distance = max(row.rect.y0 - last.rect.y1, last.rect.y0 - row.rect.y1)
            limit = _REACH if not run else 1.6 * row.size
            if row.role is not Role.LOOSE or distance > limit or is_paragraph_row(row, measure):
                break
            run.append(row)
            last = row
        runs.append(run)
    best = max(runs, key=len)
    enough = [row for row in best if _cells(row) > 1 or item.kind != "Table"]
    return sorted(best, key=lambda row: row.rect.y0) if len(enough) >= 2 else []


def _mark_figures(rows: Sequence[Row], sheet: Sheet, measure: Measure) -> None:
    """Mark words within pictures, unless they are paragraphs on a coloured ground."""
    text = [row for row in rows if is_paragraph_row(row, measure)]
    pictures = [p for p in sheet.pictures if sum(p.holds(row.rect, 0) for row in text) < _TEXT_BOX_ROWS]
    for row in rows:
        if row.role is not Role.LOOSE or is_paragraph_row(row, measure):
            continue
        around = [p for p in pictures if p.holds(row.rect, 3)]
        if any(p.height > 1.5 * row.rect.height for p in around):
            row.role = Role.FIGURE
