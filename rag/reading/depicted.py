"""Where the figure or table of a caption stands, as far as its drawing tells."""

from __future__ import annotations

from collections.abc import Sequence

from rag.reading.printed import Rect

_REACH = 40.0  # points between a caption and what it describes
_PART = 45.0  # points between two parts of one figure
_PICTURE = 12.0  # points: what is lower is no picture
_CLOSE = 8.0  # points between a table's rows and its last rule
_LABEL = 8.0  # points between a drawing and the words at its axes
_STRETCH = 40.0  # points: less between a caption and running text is a sub-caption or white space
PROSE = 7
"""Words: a line of so many is running text or a caption, not part of a figure."""

Line = tuple[Rect, int]
"""A printed line and the number of its words, 0 when they are no running text."""


def depicted(caption: Rect, pictures: Sequence[Rect], lines: Sequence[Line], page: Rect) -> Rect | None:
    """Return the box of a caption's figure: pictures right above it, else right below, with words at their edges.

    None when nothing is drawn there.
    """
    prose = [rect for rect, words in lines if words >= PROSE]
    for above in (True, False):
        parts = [part for p in pictures if (part := _on_side(p, caption, above=above)).height > _PICTURE]
        near = [p for p in parts if _beside(p, caption) and _gap(p, caption, above=above) < _REACH]
        near = [p for p in near if not any(_between(p, caption, line) for line in prose)]
        if near:
            box = max(near, key=lambda picture: picture.width * picture.height)
            box = _grown(box, parts, prose, _bounds(box, caption, page))
            return _labelled(box, [rect for rect, words in lines if words < PROSE], caption)
    return None


def ruled(caption: Rect, rules: Sequence[Rect], lines: Sequence[Line], *, above_only: bool = False) -> Rect | None:
    """Return the box between rules of one width right above or below a caption, no running text in it.

    None where there are none, and where rules on both sides leave open which table is the caption's.
    """
    sides = [
        side for above in ((True,) if above_only else (True, False)) if (side := _side(caption, rules, above=above))
    ]
    if len(sides) != 1:
        return None
    box, *others = sides[0]
    prose = [rect for rect, words in lines if words >= PROSE and rect.width > 0.6 * box.width]
    for rule in others:
        if any(_between(box, rule, line) for line in prose):
            break
        if abs(rule.x0 - box.x0) < 5 and abs(rule.x1 - box.x1) < 5:
            box = box.joined(rule)
    return box if box.height > _PICTURE else None


def surroundings(
    caption: Rect, drawn: Sequence[Rect], rules: Sequence[Rect], lines: Sequence[Line], page: Rect, *, of_table: bool
) -> Rect:
    """Return where a caption's item must be, though no drawing tells: rather too much than a part of it.

    What stands between rules or beside a bar next to the caption, else all up to the next running text, else the column
    above a figure's caption, or that side of a table's caption which is longer.
    """
    bounds = _bounds(caption, caption, page)
    own = [(rect, words) for rect, words in lines if bounds.holds(rect, 0) and not _inside(rect, caption)]
    sides = (True, False) if not of_table else (False, True)
    pens = [rect for rect in drawn if bounds.holds(rect, 0)]
    things = [rect for rect, _ in own] + pens
    for above in sides:
        if box := _boxed(caption, pens, rules, above=above):
            beside = [rect for rect, _ in own if box.y0 < rect.middle < box.y1 and rect.x0 > box.x0 - 1]
            return _all_of([box, *beside])
        box = _up_to_prose(caption, own, things, above=above)
        if box and (box.height > _STRETCH or any(box.holds(pen, 0) and pen.height > _LABEL for pen in pens)):
            return box
    rest = [_side_of(caption, things, above=above) for above in sides]
    return max(rest, key=lambda box: box.height) if of_table or rest[0].height < _STRETCH else rest[0]


def closed(item: Rect, rules: Sequence[Rect]) -> Rect:
    """Return an item's box with the rules that close it above and below: long ones, right at its edges."""
    for rule in rules:
        near = min(abs(rule.middle - item.y0), abs(rule.middle - item.y1)) < _CLOSE
        if near and _beside(rule, item) and rule.width > 0.5 * item.width:
            item = item.joined(rule)
    return item


def _boxed(caption: Rect, drawn: Sequence[Rect], rules: Sequence[Rect], *, above: bool) -> Rect | None:
    """Return what stands between rules of one width near a caption, or beside a bar, though it be running text."""
    bars = [r for r in drawn if r.height > _STRETCH and 0 <= _gap(r, caption, above=above) < _REACH and r.width < 3]
    if bars:
        return min(bars, key=lambda r: (_gap(r, caption, above=above), r.x0))
    side = _side(caption, rules, above=above)
    if not side:
        return None
    box, parts = side[0], 1
    for rule in side[1:]:
        alike = abs(rule.x0 - box.x0) < 5 and abs(rule.x1 - box.x1) < 5
        if alike and (parts % 2 or _apart(rule, box) < _PART):  # a box is closed by every second rule
            box, parts = box.joined(rule), parts + 1
    return box if parts > 1 and box.height > _PICTURE else None


def _up_to_prose(caption: Rect, lines: Sequence[Line], things: Sequence[Rect], *, above: bool) -> Rect | None:
    """Return what stands between a caption and the next running text; None when nothing does."""
    prose = [rect for rect, words in lines if words >= PROSE]
    edge = min((gap for rect in prose if (gap := _gap(rect, caption, above=above)) > -2), default=float("inf"))
    near = [rect for rect in things if (gap := _gap(rect, caption, above=above)) > -2 and gap + rect.height <= edge]
    return _all_of(near) if near else None


def _side_of(caption: Rect, things: Sequence[Rect], *, above: bool) -> Rect:
    """Return everything above a caption, or below it."""
    return _all_of([r for r in things if _gap(r, caption, above=above) > -2] or [caption])


def _all_of(rects: Sequence[Rect]) -> Rect:
    whole = rects[0]
    for rect in rects[1:]:
        whole = whole.joined(rect)
    return whole


def _inside(rect: Rect, box: Rect) -> bool:
    return box.y0 - 1 < rect.middle < box.y1 + 1 and rect.x0 < box.x1 and rect.x1 > box.x0


def _side(caption: Rect, rules: Sequence[Rect], *, above: bool) -> list[Rect]:
    """Return the rules on one side of a caption, the nearest first; none when that one is far away."""
    own = [rule for rule in rules if _beside(rule, caption) and _gap(rule, caption, above=above) >= -2]
    own.sort(key=lambda rule: _gap(rule, caption, above=above))
    return own if own and _gap(own[0], caption, above=above) < _REACH else []


def _on_side(picture: Rect, caption: Rect, *, above: bool) -> Rect:
    """Return the part of a picture above or below a caption: an image's box goes on where the image is cut off."""
    if above:
        return Rect(picture.x0, picture.y0, picture.x1, min(picture.y1, caption.y0))
    return Rect(picture.x0, max(picture.y0, caption.y1), picture.x1, picture.y1)


def _gap(thing: Rect, caption: Rect, *, above: bool) -> float:
    return caption.y0 - thing.y1 if above else thing.y0 - caption.y1


def _beside(thing: Rect, caption: Rect) -> bool:
    overlap = min(thing.x1, caption.x1) - max(thing.x0, caption.x0)
    return overlap > 0.3 * min(thing.width, caption.width)


def _between(one: Rect, other: Rect, line: Rect) -> bool:
    low, high = min(one.y1, other.y1), max(one.y0, other.y0)
    return low < line.middle < high and line.x0 < max(one.x1, other.x1) and line.x1 > min(one.x0, other.x0)


def _bounds(box: Rect, caption: Rect, page: Rect) -> Rect:
    """Return where further parts may lie: in the caption's half of the page where it keeps to one."""
    both = box.joined(caption)
    centre = (page.x0 + page.x1) / 2
    left = page.x0 if both.x0 < centre - 5 else centre
    right = page.x1 if both.x1 > centre + 5 else centre
    return Rect(left, page.y0, right, page.y1)


def _grown(box: Rect, pictures: Sequence[Rect], prose: Sequence[Rect], bounds: Rect) -> Rect:
    """Join the pictures that lie near within the bounds, no prose between."""
    left = [p for p in pictures if bounds.holds(p, 0)]
    while True:
        near = [p for p in left if _apart(p, box) < _PART and not any(_between(p, box, line) for line in prose)]
        if not near:
            return box
        left = [p for p in left if p not in near]
        for picture in near:
            box = box.joined(picture)


def _apart(one: Rect, other: Rect) -> float:
    apart_x = max(one.x0, other.x0) - min(one.x1, other.x1)
    apart_y = max(one.y0, other.y0) - min(one.y1, other.y1)
    return max(apart_x, apart_y, 0.0)


def _labelled(box: Rect, labels: Sequence[Rect], caption: Rect) -> Rect:
    """Add the words at a drawing's edges: names of axes, titles, a legend."""
    for _ in range(2):
        for label in labels:
            if _apart(label, box) < _LABEL and _apart(label, caption) > 0:
                box = box.joined(label)
    return box
