"""Reading order: fragments of a page become rows, column by column, with full-width parts in their place.

Two columns are told by a gutter that long fragments keep clear of. What crosses it (title, abstract, a wide figure or
table) divides the page into bands; within a band the left column is read before the right one.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise
from statistics import median

from rag.reading.printed import Fragment, Rect, Row, Sheet, main_size
from rag.reading.wrapped import wrapped_text

_LONG = 0.22  # of the page's width: a fragment that speaks for a column
_ENOUGH = 4  # long fragments on each side make two columns
_CAPTION = re.compile(r"(?:Figure|Fig\.|Table|Algorithm|FIGURE|TABLE)\s*\d+\s*[.:|]")
_NUMBER_ONLY = re.compile(r"\d{1,4}$")


def rows_of(sheet: Sheet) -> tuple[list[Row], tuple[Fragment, ...]]:
    """Return the page's rows in reading order, and the fragments that are line numbers of a review copy."""
    fragments, numbers = _without_line_numbers(sheet)
    if not fragments:
        return [], numbers
    gutter = _gutter(fragments, sheet)
    columns = _column_of_each(fragments, gutter, sheet)
    left, right = _edges(fragments, columns)
    rows: list[Row] = []
    for band in _bands(fragments, columns):
        for column in (0, 1):
            part = [fragment for fragment in band if columns[id(fragment)] == column]
            rows.extend(_column_rows(sheet.number, part, column, left[column], right[column]))
        wide = [fragment for fragment in band if columns[id(fragment)] == -1]
        rows.extend(_rows(sheet.number, wide, -1, left[-1], right[-1]))
    return _without_side_by_side(rows), numbers


def settle_edges(pages: Sequence[Sequence[Row]]) -> None:
    """Give columns the edges that they have on most pages, where a page's own differ a little (an inset abstract)."""
    for column in (-1, 0, 1):
        rows = [row for page in pages for row in page if row.column == column]
        for two in (True, False):
            here = [row for row in rows if (row.column_width < 330) == two]
            if not here:
                continue
            left = Counter(round(row.left) for row in here).most_common(1)[0][0]
            right = Counter(round(row.right) for row in here).most_common(1)[0][0]
            for row in here:
                if abs(row.left - left) < 45:
                    row.left = min(row.left, left)
                if abs(row.right - right) < 45:
                    row.right = max(row.right, right)


def _without_line_numbers(sheet: Sheet) -> tuple[list[Fragment], tuple[Fragment, ...]]:
    """Take out the numbers that review copies print beside every line."""
    numeric = [f for f in sheet.fragments if _NUMBER_ONLY.match(f.text)]
    others = [f for f in sheet.fragments if not _NUMBER_ONLY.match(f.text)]
    if len(numeric) < 12 or not others:
        return list(sheet.fragments), ()
    long = [f for f in others if f.rect.width > _LONG * sheet.width]
    if not long:
        return list(sheet.fragments), ()
    left, right = min(f.rect.x0 for f in long), max(f.rect.x1 for f in long)
    outside = [f for f in numeric if f.rect.x1 < left - 2 or f.rect.x0 > right + 2]
    values = [int(f.text) for f in sorted(outside, key=lambda f: (f.rect.x0 > left, f.rect.y0))]
    rising = sum(after == before + 1 for before, after in pairwise(values))
    if len(outside) < 12 or rising < 0.7 * len(outside):
        return list(sheet.fragments), ()
    gone = {id(f) for f in outside}
    return [f for f in sheet.fragments if id(f) not in gone], tuple(outside)


def _gutter(fragments: Sequence[Fragment], sheet: Sheet) -> float | None:
    """Return where the gap between two columns lies, or None for one column."""
    long = [f.rect for f in fragments if f.rect.width > _LONG * sheet.width and len(f.text) > 12]
    starts, ends = sorted(r.x0 for r in long), sorted(r.x1 for r in long)
    clear: dict[int, list[float]] = {}
    for step in range(81):
        x = sheet.width * (0.4 + 0.0025 * step)
        begun, ended = bisect_left(starts, x), bisect_right(ends, x)  # before x, at x or before
        if ended >= _ENOUGH and len(long) - begun >= _ENOUGH:
            clear.setdefault(begun - ended, []).append(x)
    return median(clear[min(clear)]) if clear else None


def _column_of_each(fragments: Sequence[Fragment], gutter: float | None, sheet: Sheet) -> dict[int, int]:
    if gutter is None:
        return {id(f): 0 for f in fragments}
    tables = _wide_tables(fragments, gutter, sheet)
    columns: dict[int, int] = {}
    crossing = []
    for f in fragments:
        if any(table.holds(f.rect) for table in tables):
            columns[id(f)] = -1
        elif f.rect.x1 <= gutter + 3:
            columns[id(f)] = 0
        elif f.rect.x0 >= gutter - 3:
            columns[id(f)] = 1
        else:
            crossing.append(f)
    sides = [f for f in fragments if columns.get(id(f)) in (0, 1)]
    for f in crossing:
        mostly = 0 if gutter - f.rect.x0 >= f.rect.x1 - gutter else 1
        slight = min(gutter - f.rect.x0, f.rect.x1 - gutter) < 0.3 * f.rect.width
        beside = any(columns[id(o)] != mostly and _same_row(f.rect, o.rect) for o in sides)
        columns[id(f)] = mostly if slight and beside else -1
    _widen_last_rows(fragments, columns)
    return columns


def _widen_last_rows(fragments: Sequence[Fragment], columns: dict[int, int]) -> None:
    """Give the short last row of a full-width paragraph to it."""
    wide = [f for f in fragments if columns[id(f)] == -1]
    right = [f.rect for f in fragments if columns[id(f)] == 1]
    for f in sorted((f for f in fragments if columns[id(f)] == 0), key=lambda f: f.rect.y0) if wide else ():
        top, left, size = f.rect.y0, f.rect.x0, f.size
        ends_one = any(
            0 <= top - w.rect.y1 < 0.45 * size and abs(w.rect.x0 - left) < 2 and abs(w.size - size) < 0.3 for w in wide
        )
        if ends_one and not any(_same_row(f.rect, rect) for rect in right):
            columns[id(f)] = -1
            wide.append(f)


def _wide_tables(fragments: Sequence[Fragment], gutter: float, sheet: Sheet) -> list[Rect]:
    """Return the boxes between rules that run over both columns, where no two columns of prose stand."""
    wide = [rule for rule in sheet.rules if rule.x0 < gutter - 30 and rule.x1 > gutter + 30]
    tables: list[Rect] = []
    for upper, lower in pairwise(wide):
        top = tables[-1] if tables and tables[-1].y1 >= upper.y1 - 1 else upper
        box = Rect(min(top.x0, lower.x0), upper.y0, max(top.x1, lower.x1), lower.y1)
        inside = [f.rect for f in fragments if box.holds(f.rect, 0)]
        sided = [r for r in inside if r.width > _LONG * sheet.width and (r.x1 < gutter or r.x0 > gutter)]
        if box.height > 2 and inside and len(sided) < max(_ENOUGH, 0.25 * len(inside)):
            tables.append(box)
    return tables


def _edges(fragments: Sequence[Fragment], columns: dict[int, int]) -> tuple[dict[int, float], dict[int, float]]:
    """Return each column's left and right edge: where most of its long fragments begin, and the furthest usual end."""
    left, right = {}, {}
    whole = [f.rect for f in fragments]
    for column in (-1, 0, 1):
        rects = [f.rect for f in fragments if columns[id(f)] == column and len(f.text) > 12] or whole
        widest = max(r.width for r in rects)
        long = [r for r in rects if r.width > 0.7 * widest]
        left[column] = median(r.x0 for r in long)
        right[column] = sorted(r.x1 for r in long)[int(0.8 * (len(long) - 1))]
    left[-1], right[-1] = min(left.values()), max(right.values())
    return left, right


def _bands(fragments: Sequence[Fragment], columns: dict[int, int]) -> list[list[Fragment]]:
    """Cut the page below every run of full-width fragments; each band holds columns first, then what spans them."""
    ordered = sorted(fragments, key=lambda f: (f.rect.middle, f.rect.x0))
    bands: list[list[Fragment]] = [[]]
    spanning_until = None
    for f in ordered:
        wide = columns[id(f)] == -1
        if not wide and spanning_until is not None and f.rect.middle > spanning_until:
            bands.append([])
            spanning_until = None
        bands[-1].append(f)
        if wide:
            spanning_until = max(f.rect.y1 - 0.3 * f.rect.height, spanning_until or 0.0)
    return bands


def _column_rows(page: int, fragments: list[Fragment], column: int, left: float, right: float) -> list[Row]:
    """Return the rows of a column; where text runs around a figure, the figure's first and then the text's."""
    rows: list[Row] = []
    for wrapped in wrapped_text(fragments, left, right):
        top = min(f.rect.y0 for f in wrapped.text + wrapped.aside)
        own = {id(f) for f in wrapped.text + wrapped.aside}
        above = [f for f in fragments if id(f) not in own and f.rect.middle < top]
        rows.extend(_rows(page, above, column, left, right))
        sides = [(left, wrapped.edge), (wrapped.edge + 4, right)]
        ours, other = sides if wrapped.at_left else sides[::-1]
        rows.extend(_rows(page, list(wrapped.aside), column, *other))
        rows.extend(_rows(page, list(wrapped.text), column, *ours))
        gone = own | {id(f) for f in above}
        fragments = [f for f in fragments if id(f) not in gone]
    return rows + _rows(page, fragments, column, left, right)


def _rows(page: int, fragments: list[Fragment], column: int, left: float, right: float) -> list[Row]:
    groups: list[list[Fragment]] = []
    heights: list[tuple[float, float]] = []  # of each group's first: the innermost loop of all
    for f in sorted(fragments, key=lambda f: (-len(f.text), f.rect.y0)):
        best, share, top, bottom = None, 0.5, f.rect.y0, f.rect.y1
        for at, (y0, y1) in enumerate(heights):
            if y1 <= top or bottom <= y0:
                continue
            overlap = _overlap(groups[at][0].rect, f.rect)
            if overlap > share and not any(_stacked(f.rect, other.rect) for other in groups[at]):
                best, share = groups[at], overlap
        if best is None:
            groups.append([f])
            heights.append((top, bottom))
        else:
            best.append(f)
    groups.sort(key=lambda group: (round(group[0].rect.middle, 1), group[0].rect.x0))
    return [_row(page, tuple(sorted(group, key=lambda f: f.rect.x0)), column, left, right) for group in groups]


def _row(page: int, fragments: tuple[Fragment, ...], column: int, left: float, right: float) -> Row:
    text, rect, size = fragments[0].text, fragments[0].rect, fragments[0].size
    for before, after in pairwise(fragments):
        gap = after.rect.x0 - before.rect.x1
        text += ("" if gap < 0.1 * max(before.size, after.size) else " ") + after.text
        rect = rect.joined(after.rect)
    if len(fragments) > 1:
        size = main_size(tuple(span for fragment in fragments for span in fragment.spans))
    return Row(page, fragments, text, rect, size, column, left, right)


def _without_side_by_side(rows: list[Row]) -> list[Row]:
    """Part captions that stand side by side in one column, with the rows below them."""
    done: list[Row] = []
    at = 0
    while at < len(rows):
        row = rows[at]
        starts = [f.rect.x0 for f in row.fragments[1:] if _CAPTION.match(f.text)]
        if not starts or not _CAPTION.match(row.text):
            done.append(row)
            at += 1
            continue
        cut = starts[0] - 4
        run = [row]
        while at + len(run) < len(rows) and _parts_at(rows[at + len(run)], run[-1], cut):
            run.append(rows[at + len(run)])
        for side in (0, 1):
            for each in run:
                part = tuple(f for f in each.fragments if (f.rect.x0 >= cut) == bool(side))
                if part:
                    left, right = (each.left, cut) if side == 0 else (cut + 4, each.right)
                    done.append(_row(each.page, part, each.column, left, right))
        at += len(run)
    return done


def _parts_at(row: Row, above: Row, cut: float) -> bool:
    near = row.rect.y0 - above.rect.y1 < 0.8 * row.size and row.column == above.column
    clear = all(f.rect.x1 <= cut + 2 or f.rect.x0 >= cut - 2 for f in row.fragments)
    return near and clear and abs(row.size - above.size) < 0.6


def _same_row(one: Rect, other: Rect) -> bool:
    return _overlap(one, other) > 0.4


def _overlap(one: Rect, other: Rect) -> float:
    """Return the shared height as a part of the lesser height."""
    if one.y1 <= other.y0 or other.y1 <= one.y0:
        return 0.0
    shared = min(one.y1, other.y1) - max(one.y0, other.y0)
    return shared / max(0.1, min(one.height, other.height))


def _stacked(one: Rect, other: Rect) -> bool:
    """Whether one stands above the other, as in a fraction."""
    shared = min(one.x1, other.x1) - max(one.x0, other.x0)
    return shared > 0.3 * min(one.width, other.width)
