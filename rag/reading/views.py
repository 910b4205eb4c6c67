"""Which stretches of a page are shown around what is quoted: whole lines, a column wide, of a shape that fits screens.

Units are PDF points from the top left of the page. Nothing here draws.
"""

from __future__ import annotations

from collections.abc import Sequence

from rag.reading.printed import Rect

_USUAL = 10.0  # points: the height of a line where none is known
_NEAR = 5.0  # lines: what is further apart is two places
_CONTEXT = 3.7  # lines above and below
_BESIDE = 1.5  # lines: neighbours so near tell the column
_AIR = 0.3  # of a line, above the first and below the last
_SIDE = 8.0  # points beside a column; also the widest gap within one, which is less than between two
_NARROWEST = 225.0  # points
_SQUAT = 0.6  # height by width: places that fit in such a view are shown in one, though much lies between them
_MOST_PLACES = 3


def views(subjects: Sequence[Rect], lines: Sequence[Rect], page: Rect) -> tuple[Rect, ...]:
    """Return what to show, in reading order: one view, or views of one width where the subjects lie far apart.

    ``lines`` are the printed lines of the page: a view goes to the edges of their column and cuts none in two.
    """
    size = _size(lines)
    around = [_around(place, lines, page, size) for place in _places(subjects, size)]
    whole = _joined(around)
    if len(around) > _MOST_PLACES or whole.height <= _SQUAT * whole.width:
        around = [whole]
    width = max(_NARROWEST, *(view.width for view in around))
    return tuple(_widened(view, width, page) for view in around)


def _size(lines: Sequence[Rect]) -> float:
    """Return the height of most of what is printed, by its length: a figure may hold very many tiny words."""
    printed = sorted((line.height, line.width) for line in lines if line.height > 0)
    left = sum(width for _, width in printed) / 2
    for height, width in printed:
        left -= width
        if left <= 0:
            return height
    return _USUAL


def _places(subjects: Sequence[Rect], size: float) -> list[Rect]:
    """Return boxes around the subjects that lie together, in the order of their first ones."""
    places: list[Rect] = []
    for subject in subjects:
        near = [place for place in places if _near(place, subject, size)]
        at = places.index(near[0]) if near else len(places)
        places = [place for place in places if place not in near]
        places.insert(at, _joined([subject, *near]))
    return places


def _near(one: Rect, other: Rect, size: float) -> bool:
    apart_x = max(one.x0, other.x0) - min(one.x1, other.x1)
    apart_y = max(one.y0, other.y0) - min(one.y1, other.y1)
    return apart_x < _SIDE and apart_y < _NEAR * size


def _around(place: Rect, lines: Sequence[Rect], page: Rect, size: float) -> Rect:
    """Return the place with lines above and below, as wide as the column that it stands in."""
    column = _column(place, lines, _BESIDE * size)
    if column.width < _NARROWEST:
        column = _column(place, lines, _CONTEXT * size)
    own = [line for line in lines if line.x0 < column.x1 and line.x1 > column.x0 and line.height < 3 * size]
    top, bottom = place.y0 - _CONTEXT * size, place.y1 + _CONTEXT * size
    for line in own:
        if line.x0 < column.x0 - _SIDE or line.x1 > column.x1 + _SIDE:  # it is cut at the sides: the view ends before
            top = max(top, line.y1) if line.y1 <= place.y0 else top
            bottom = min(bottom, line.y0) if line.y0 >= place.y1 else bottom
    for _ in range(2):  # what is moved out of one line may come to stand in another
        top, bottom = min([top, *_cut(own, top, "y0")]), max([bottom, *_cut(own, bottom, "y1")])
    above = max((line.y1 for line in own if line.y1 <= top), default=page.y0)
    below = min((line.y0 for line in own if line.y0 >= bottom), default=page.y1)
    return _within(
        Rect(
            column.x0 - _SIDE,
            max(top - _AIR * size, (above + top) / 2),
            column.x1 + _SIDE,
            min(bottom + _AIR * size, (below + bottom) / 2),
        ),
        page,
    )


def _column(place: Rect, lines: Sequence[Rect], reach: float) -> Rect:
    """Return the place widened by the lines within reach that stand in one column with it."""
    beside = [line for line in lines if line.y0 < place.y1 + reach and line.y1 > place.y0 - reach]
    while near := [line for line in beside if line.x0 < place.x1 + _SIDE and line.x1 > place.x0 - _SIDE]:
        beside = [line for line in beside if line not in near]
        place = _joined([place, *(Rect(line.x0, place.y0, line.x1, place.y1) for line in near)])
    return place


def _cut(lines: Sequence[Rect], edge: float, side: str) -> list[float]:
    """Return how far the lines that an edge would cut reach beyond it."""
    return [getattr(line, side) for line in lines if line.y0 < edge < line.y1]


def _widened(view: Rect, width: float, page: Rect) -> Rect:
    """Return the view at this width, or the page's where that is less, its middle moved as little as possible."""
    width = min(width, page.width)
    left = (view.x0 + view.x1 - width) / 2
    left = max(page.x0, min(left, page.x1 - width))
    return Rect(left, view.y0, left + width, view.y1)


def _within(view: Rect, page: Rect) -> Rect:
    return Rect(max(view.x0, page.x0), max(view.y0, page.y0), min(view.x1, page.x1), min(view.y1, page.y1))


def _joined(rects: Sequence[Rect]) -> Rect:
    whole = rects[0]
    for rect in rects[1:]:
        whole = whole.joined(rect)
    return whole
