"""Where a caption's table or algorithm stands: between rules, in a frame, or in the rows beside it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rag.reading.items import Item, cells_of, is_paragraph_row
from rag.reading.measure import Measure
from rag.reading.printed import Rect, Role, Row, Sheet

_REACH = 40.0  # points between a caption and its table
_HEAD = 150.0  # points: rows further from a table's rules are none of its head or foot
_ENOUGH = 3  # rows of cells make a table where no rules do
_TALLEST_GAP = 320.0  # points between two rules of one table


@dataclass(frozen=True, slots=True)
class _Candidate:
    """A box between rules beside a caption. ``below`` the caption or above it."""

    box: Rect
    below: bool
    distance: float


def claim_bodies(
    items: Sequence[Item], pages: Sequence[Sequence[Row]], sheets: Sequence[Sheet], measure: Measure
) -> None:
    """Find the box of each table and algorithm and mark its rows."""
    wanted = [(index, item) for index, item in enumerate(items) if item.kind != "Figure"]
    sides: Counter[bool] = Counter()
    for _, item in wanted:
        page = item.caption[0].page - 1
        found = list(_candidates(item, pages[page], sheets[page], measure))
        if item.kind == "Table" and len(found) == 1:
            sides[found[0].below] += 1
    usual = None if sides[True] == sides[False] else sides[True] > sides[False]
    for index, item in sorted(wanted, key=lambda each: (each[1].caption[0].page, each[1].caption[0].rect.y0)):
        page = item.caption[0].page - 1
        found = list(_candidates(item, pages[page], sheets[page], measure))
        _claim(item, index, pages[page], sheets[page], measure, _best(item, found, usual))


def _best(item: Item, found: Sequence[_Candidate], usual: bool | None) -> Rect | None:
    """Choose the nearest box, that on the side where this document's tables usually stand when two are near."""
    side = True if item.kind == "Algorithm" else usual
    nearest = min(found, key=lambda c: (c.distance - 25 * (c.below == side), c.distance), default=None)
    return nearest.box if nearest is not None else None


def _claim(item: Item, index: int, rows: Sequence[Row], sheet: Sheet, measure: Measure, box: Rect | None) -> None:
    box = box or _framed_box(item, sheet)
    if box is not None:
        heads = 1.12 * measure.body  # a heading below the rule of a running head is no part of the table
        inside = [row for row in rows if row.role is Role.LOOSE and box.holds(row.rect, 1)]
        body = [row for row in inside if not (row.bold and row.top_size > heads)]
    else:
        body = _adjacent(item, rows, measure) or _across(item, rows, measure)
    if not body:
        return
    body = _with_head(body, rows, box) if item.kind == "Table" else body
    for row in body:
        row.role, row.item = (Role.ALGORITHM if item.kind in {"Algorithm", "Listing"} else Role.TABLE), index
    item.body = body
    whole = body[0].rect
    for row in body[1:]:
        whole = whole.joined(row.rect)
    item.box = _within_caption(item, whole) if box is None else box.joined(whole)


def _within_caption(item: Item, whole: Rect) -> Rect:
    """Cut a box that was not ruled to the width of a caption of several rows: the width that the table was given."""
    left, right = min(row.rect.x0 for row in item.caption), max(row.rect.x1 for row in item.caption)
    if item.kind != "Table" or len(item.caption) < 2 or right - left > 0.6 * whole.width:
        return whole
    return Rect(max(whole.x0, left - 5), whole.y0, min(whole.x1, right + 5), whole.y1)


def _with_head(body: list[Row], rows: Sequence[Row], box: Rect | None) -> list[Row]:
    """Add the rows of cells right above a table's first rule (its head) and right below its last."""
    whole = box or body[0].rect
    for row in body:
        whole = whole.joined(row.rect)
    left, right = whole.x0 - 8, whole.x1 + 8
    near = [row for row in rows if whole.y0 - _HEAD < row.rect.middle < whole.y1 + _HEAD and row.role is Role.LOOSE]
    loose = [row for row in near if left < row.rect.x0 and row.rect.x1 < right]
    loose = [row for row in loose if row not in body and _cells_level_with(row, loose) > 2]
    top, bottom = min(row.rect.y0 for row in body), max(row.rect.y1 for row in body)
    added: list[Row] = []
    for row in sorted((row for row in loose if row.rect.middle < top), key=lambda row: -row.rect.y1):
        if top - row.rect.y1 < row.size:
            added.append(row)
            top = min(top, row.rect.y0)
    for row in sorted((row for row in loose if row.rect.middle > bottom), key=lambda row: row.rect.y0):
        if row.rect.y0 - bottom < row.size:
            added.append(row)
            bottom = max(bottom, row.rect.y1)
    return sorted([*body, *added], key=lambda row: row.rect.y0) if added else body


def _cells_level_with(row: Row, others: Sequence[Row]) -> int:
    """Return the cells that stand on a row's line, in whatever column each was taken to be."""
    return sum(cells_of(other) for other in others if abs(other.rect.middle - row.rect.middle) < 2)


def _candidates(item: Item, rows: Sequence[Row], sheet: Sheet, measure: Measure) -> Iterator[_Candidate]:
    caption = item.caption[0].rect
    for row in item.caption[1:]:
        caption = caption.joined(row.rect)
    first = item.caption[0]
    left, right = (first.left, first.right) if first.column != -1 else (caption.x0, caption.x1)
    rules = [r for r in sheet.rules if r.x0 < right - 5 and r.x1 > left + 5]
    if first.column != -1:
        rules = [r for r in rules if r.x0 > first.left - _REACH and r.x1 < first.right + _REACH]
    below = [r for r in rules if r.y0 > caption.y1 - 3]
    above = [r for r in reversed(rules) if r.y1 < caption.y0 + 3]
    for run, edge, side in ((below, caption.y1, True), (above, caption.y0, False)):
        if not run or abs(run[0].middle - edge) > _REACH:
            continue
        box = _grown(run, rows, measure)
        if box is not None and any(row.role is Role.LOOSE and box.holds(row.rect, 1) for row in rows):
            yield _Candidate(box, side, abs(run[0].middle - edge))


def _grown(run: Sequence[Rect], rows: Sequence[Row], measure: Measure) -> Rect | None:
    """Join rules to one box while nothing but table rows lies between them; it ends with a rule as wide as itself."""
    box, closed = run[0], None
    for rule in run[1:]:
        wider = rule.x0 < box.x0 - 5 or rule.x1 > box.x1 + 5
        covers = rule.x0 < box.x0 + 5 and rule.x1 > box.x1 - 5
        if wider and not (closed is None and covers and rule.width < 2 * box.width):
            continue
        between = _between(box, rule, rows)
        stops = any(row.role not in (Role.LOOSE, Role.FIGURE) for row in between)
        prose = sum(is_paragraph_row(row, measure) and cells_of(row) == 1 for row in between)
        if stops or _gap(box, rule).height > _TALLEST_GAP or (prose > 2 and prose > 0.6 * len(between)):
            break
        if covers:
            box = closed = (closed or box).joined(box).joined(rule)
    return closed


def _gap(box: Rect, rule: Rect) -> Rect:
    return Rect(box.x0, min(box.y1, rule.y1), box.x1, max(box.y0, rule.y0))


def _between(box: Rect, rule: Rect, rows: Sequence[Row]) -> list[Row]:
    gap = _gap(box, rule)
    return [
        row
        for row in rows
        if gap.y0 < row.rect.middle < gap.y1 and min(gap.x1, row.rect.x1) - max(gap.x0, row.rect.x0) > 5
    ]


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
    enough = [row for row in best if cells_of(row) > 1 or item.kind != "Table"]
    return sorted(best, key=lambda row: row.rect.y0) if len(enough) >= 2 else []


def _across(item: Item, rows: Sequence[Row], measure: Measure) -> list[Row]:
    """Return the rows of cells above or below a table's caption whatever column they were taken for."""
    if item.kind != "Table":
        return []
    caption = item.caption[0].rect
    for row in item.caption[1:]:
        caption = caption.joined(row.rect)
    near = [row for row in rows if row.rect.x0 < caption.x1 and row.rect.x1 > caption.x0]
    runs: list[list[Row]] = []
    for down in (True, False):
        run: list[Row] = []
        edge = caption.y1 if down else caption.y0
        beyond = [row for row in near if (row.rect.y0 >= edge - 1 if down else row.rect.y1 <= edge + 1)]
        for row in sorted(beyond, key=lambda row: row.rect.y0 if down else -row.rect.y1):
            far = row.rect.y0 - edge if down else edge - row.rect.y1
            if row.role is not Role.LOOSE or far > _REACH or is_paragraph_row(row, measure):
                break
            run.append(row)
            edge = max(edge, row.rect.y1) if down else min(edge, row.rect.y0)
        runs.append(run)
    best = max(runs, key=_celled)
    return sorted(best, key=lambda row: row.rect.y0) if _celled(best) >= _ENOUGH else []


def _celled(rows: Sequence[Row]) -> int:
    return sum(cells_of(row) > 2 for row in rows)
