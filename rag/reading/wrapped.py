"""Text that runs around a figure: the narrow rows beside it are told from the figure's own words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from rag.reading.printed import Fragment, Rect

_ENOUGH = 5  # rows that end (or begin) at one line make an edge
_NARROW, _WIDE = 0.3, 0.86  # of the column's width: what text beside a figure takes
_STEP = 1.7  # times the size: from one row of a paragraph to the next
_SPEAKS = 15  # characters
_MOST_RUNS = 8  # of narrow rows in a column; no page has more


@dataclass(frozen=True, slots=True)
class Wrapped:
    """Part of a column where text runs beside something else, which is read first (so that text stays together)."""

    text: tuple[Fragment, ...]
    aside: tuple[Fragment, ...]
    edge: float  # of the text, towards the other
    at_left: bool  # where the text stands


def wrapped_text(fragments: Sequence[Fragment], left: float, right: float) -> list[Wrapped]:
    """Return where a column's paragraphs run around a figure or table, from top to bottom."""
    found: list[Wrapped] = []
    taken: set[int] = set()
    for at_left in (True, False):
        for run in _runs(fragments, left, right, at_left=at_left):
            wrapped = _parted(run, fragments, at_left=at_left)
            if wrapped is not None and not taken & {id(f) for f in wrapped.text + wrapped.aside}:
                found.append(wrapped)
                taken |= {id(f) for f in wrapped.text + wrapped.aside}
    return sorted(found, key=lambda each: _joined(each.text).y0)


def _runs(fragments: Sequence[Fragment], left: float, right: float, *, at_left: bool) -> list[list[Fragment]]:
    """Return the runs of justified narrow rows at one edge of the column."""
    width = right - left
    narrow = [f for f in fragments if _NARROW * width < f.rect.width < _WIDE * width and len(f.text) > _SPEAKS]
    outer = [f for f in narrow if (f.rect.x0 < left + 3 if at_left else f.rect.x1 > right - 3)]
    margin = Counter(round(f.rect.x0 if at_left else f.rect.x1) for f in outer).most_common(1)
    here = [f for f in outer if abs((f.rect.x0 if at_left else f.rect.x1) - margin[0][0]) < 3]
    inner = Counter(round(f.rect.x1 if at_left else f.rect.x0) for f in here)
    runs = []
    for edge in (edge for edge, count in inner.most_common(2 * _MOST_RUNS) if count >= _ENOUGH // 2):
        flush = [f for f in here if abs((f.rect.x1 if at_left else f.rect.x0) - edge) < 2.5]
        runs.extend(_dense_runs(flush))
    return sorted(runs, key=len, reverse=True)[:_MOST_RUNS]


def _dense_runs(flush: Sequence[Fragment]) -> list[list[Fragment]]:
    runs: list[list[Fragment]] = []
    for f in sorted(flush, key=lambda f: f.rect.y0):
        if runs and f.rect.y1 - runs[-1][-1].rect.y1 < 4 * _STEP * f.size:
            runs[-1].append(f)
        else:
            runs.append([f])
    return [run for run in runs if len(run) >= _ENOUGH and _is_dense(run)]


def _is_dense(run: Sequence[Fragment]) -> bool:
    steps = [below.rect.y1 - above.rect.y1 for above, below in pairwise(run)]
    return sum(0.8 * run[0].size < step < _STEP * run[0].size for step in steps) >= 0.6 * len(steps)


def _parted(run: Sequence[Fragment], fragments: Sequence[Fragment], *, at_left: bool) -> Wrapped | None:
    """Part what stands beside a run of narrow rows from them; None where nothing or a table's next column does."""
    box = _joined(run)
    edge = box.x1 if at_left else box.x0
    inside = _reach(box, edge, fragments, 2 * run[0].size)
    ours = [f for f in inside if (f.rect.x1 <= edge + 2 if at_left else f.rect.x0 >= edge - 2)]
    aside = [f for f in inside if (f.rect.x0 >= edge + 2 if at_left else f.rect.x1 <= edge - 2)]
    if len(ours) + len(aside) < len(inside) or not aside or _in_line(run, aside):
        return None
    return Wrapped(tuple(ours), tuple(aside), edge, at_left)


def _reach(box: Rect, edge: float, fragments: Sequence[Fragment], gap: float) -> list[Fragment]:
    """Return what stands beside the run, and on above and below it up to white space or a row across the edge."""
    inside = [f for f in fragments if box.y0 - 1 <= f.rect.middle <= box.y1 + 1]
    for going_down in (True, False):
        beyond = [f for f in fragments if (f.rect.middle > box.y1 + 1 if going_down else f.rect.middle < box.y0 - 1)]
        end = box.y1 if going_down else box.y0
        for f in sorted(beyond, key=lambda f: f.rect.middle, reverse=not going_down):
            far = f.rect.y0 - end if going_down else end - f.rect.y1
            if far > gap or f.rect.x0 + 2 < edge < f.rect.x1 - 2:
                break
            inside.append(f)
            end = max(end, f.rect.y1) if going_down else min(end, f.rect.y0)
    return inside


def _in_line(run: Sequence[Fragment], aside: Sequence[Fragment]) -> bool:
    """Whether the rows beside stand on the same lines: the run is a column of a table."""
    level = sum(any(abs(f.rect.y1 - other.rect.y1) < 1 for other in aside) for f in run)
    return level >= 0.8 * len(run)


def _joined(run: Sequence[Fragment]) -> Rect:
    box = run[0].rect
    for f in run[1:]:
        box = box.joined(f.rect)
    return box
