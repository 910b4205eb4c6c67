"""Discord's components, version 2, by the numbers that its API gives them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from .controls import action_row, button
from .markup import Reader, markup, plain_markup
from .pictures import file_card, file_name, gallery, thumbnail
from .pieces import Piece, blank, box, layered, padded, row, stack, words
from .theme import CARD, CHAT, FAULT, GAP, LINE, PADDING, RADIUS, STRIPE, WIDEST_CARD, Colour, colour, css

Component = Mapping[str, object]

_THUMBNAIL = 80.0
_NARROW = 16.0


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a component is drawn in: who reads, the files of the message, the room, and the colour behind."""

    reader: Reader
    files: Mapping[str, bytes]
    width: float
    behind: Colour = CHAT


def components(items: Sequence[Component], around: Surroundings) -> Piece:
    """All of them, one below the other."""
    return stack([component(item, around) for item in items], GAP)


def component(item: Component, around: Surroundings) -> Piece:
    """One of them; a red note stands for what is not known here, so that nothing is left out unseen."""
    draw = _KINDS.get(item.get("type"))
    return draw(item, around) if draw else _fault(f"component type {item.get('type')} is not drawn", around)


def card(inside: Piece, width: float, accent: Colour | None, *, padding: float = PADDING) -> Piece:
    """A panel with a coloured edge on its left."""
    content = padded(inside, padding + (STRIPE if accent else 0), padding, padding, padding)
    height = content.height
    if accent is None:
        return layered(box(width, height, CARD, radius=RADIUS, border=LINE), content)
    panel = padded(box(width - STRIPE, height, CARD, radius=RADIUS / 2), STRIPE)
    seam = padded(box(RADIUS / 2, height, CARD), STRIPE)  # the panel is square where it meets the edge
    return layered(blank(width, height), box(2 * RADIUS, height, accent, radius=RADIUS / 2), panel, seam, content)


def _container(item: Component, around: Surroundings) -> Piece:
    width = min(around.width, WIDEST_CARD)
    accent = item.get("accent_color")
    stripe = colour(accent) if isinstance(accent, int) else None
    within = replace(around, width=width - 2 * PADDING - (STRIPE if stripe else 0), behind=CARD)
    return card(components(_inside(item), within), width, stripe)


def _text(item: Component, around: Surroundings) -> Piece:
    return words(markup(str(item.get("content", "")), around.reader), around.width, css())


def _section(item: Component, around: Surroundings) -> Piece:
    accessory = item.get("accessory")
    if not isinstance(accessory, Mapping):
        return _fault("a section without an accessory, which Discord refuses", around)
    side = (
        button(accessory, around.behind)
        if accessory.get("type") == 2
        else thumbnail(accessory, around.files, _THUMBNAIL)
    )
    room = around.width - side.width - _NARROW
    said = stack([component(text, replace(around, width=room)) for text in _inside(item)], GAP / 2)
    return row([layered(blank(room, 0), said), side], _NARROW)


def _rule(item: Component, around: Surroundings) -> Piece:
    room = 16.0 if item.get("spacing") == 2 else 6.0
    line = box(around.width, 1, LINE if item.get("divider", True) else around.behind)
    return padded(line, 0, room / 2, 0, room / 2)


def _gallery(item: Component, around: Surroundings) -> Piece:
    items = item.get("items")
    return gallery(items if isinstance(items, Sequence) else (), around.files, around.width)


def _file(item: Component, around: Surroundings) -> Piece:
    file = item.get("file")
    name = file_name(str(file.get("url", ""))) if isinstance(file, Mapping) else ""
    content, size = around.files.get(name), item.get("size")
    known = len(content) if content is not None else size if isinstance(size, int) else None
    return file_card(str(item.get("name") or name), known, around.width)


def _row(item: Component, around: Surroundings) -> Piece:
    return action_row(_inside(item), around.reader, around.width, around.behind)


def _inside(item: Component) -> Sequence[Component]:
    inside = item.get("components")
    return inside if isinstance(inside, Sequence) else ()


def _fault(said: str, around: Surroundings) -> Piece:
    note = words(f"<p>{plain_markup(said)}</p>", around.width - 16, css(13, "#ffffff"))
    return layered(box(around.width, note.height + 8, FAULT, radius=RADIUS / 2), padded(note, 8, 4))


_KINDS: Mapping[object, Callable[[Component, Surroundings], Piece]] = {
    1: _row,
    9: _section,
    10: _text,
    12: _gallery,
    13: _file,
    14: _rule,
    17: _container,
}
