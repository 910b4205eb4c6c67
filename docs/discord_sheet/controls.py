"""What can be pressed and picked: buttons and menus."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from .markup import Reader, plain_markup
from .pieces import Piece, blank, box, centred, label, layered, padded, row, stroke, wrapped
from .theme import BUTTONS, CHAT, DEEP, GAP, LINE, MUTED, RADIUS, TEXT, WHITE, Colour, colour, css

_BUTTON_HEIGHT, _MENU_HEIGHT, _WIDEST_MENU = 32.0, 40.0, 400.0
_MARK = colour(MUTED)
_SIGNS = {"user": "@", "role": "@", "channel": "#"}


def action_row(items: Sequence[Mapping[str, object]], reader: Reader, width: float, behind: Colour = CHAT) -> Piece:
    """Buttons beside each other, on further lines where the room ends; or one menu."""
    pieces = [button(item, behind) if item.get("type") == 2 else _menu(item, reader, width) for item in items]
    return wrapped(pieces, width, GAP)


def button(item: Mapping[str, object], behind: Colour = CHAT) -> Piece:
    """A button in its colour, paler when it cannot be pressed; a link's with an arrow out of a box."""
    style = item.get("style")
    fill = BUTTONS.get(style if isinstance(style, int) else 2, BUTTONS[2])
    shade = WHITE
    if item.get("disabled"):
        fill, shade = _between(fill, behind), MUTED
    parts = []
    emoji = item.get("emoji")
    if isinstance(emoji, Mapping) and emoji.get("name"):
        name = str(emoji["name"])
        parts.append(label(plain_markup(f":{name}:" if emoji.get("id") else name), css(14, shade)))
    if item.get("label"):
        parts.append(label(f"<b>{plain_markup(str(item['label']))}</b>", css(14, shade)))
    if style == 5:
        parts.append(_arrow_out(colour(shade)))
    inside = row(parts, 8, middle=True)
    width = max(60.0, inside.width + 32)
    return layered(box(width, _BUTTON_HEIGHT, fill, radius=RADIUS), centred(inside, width, _BUTTON_HEIGHT))


def _menu(item: Mapping[str, object], reader: Reader, width: float) -> Piece:
    width = min(width, _WIDEST_MENU)
    chosen = _chosen(item, reader)
    shown = ", ".join(chosen) or str(item.get("placeholder") or "Make a selection")
    said = label(plain_markup(shown), css(15, TEXT if chosen and not item.get("disabled") else MUTED))
    at = width - 30
    chevron = padded(stroke([(at, 17), (at + 6, 23), (at + 12, 17)], _MARK, 2))
    text = padded(said, 12, (_MENU_HEIGHT - said.height) / 2)
    frame = box(width, _MENU_HEIGHT, DEEP, radius=RADIUS, border=LINE)
    cover = padded(box(42, _MENU_HEIGHT - 4, DEEP), width - 44, 2)  # a long choice ends at the chevron
    return layered(blank(width, _MENU_HEIGHT), frame, text, cover, chevron)


def _chosen(item: Mapping[str, object], reader: Reader) -> list[str]:
    options, values = item.get("options"), item.get("default_values")
    if isinstance(options, Sequence):
        return [str(option.get("label")) for option in options if option.get("default")]
    if not isinstance(values, Sequence):
        return []
    return [
        _SIGNS.get(str(value.get("type")), "") + reader.names.get(str(value.get("id")), "unknown") for value in values
    ]


def _arrow_out(shade: Colour) -> Piece:
    frame = stroke([(5, 2), (1, 2), (1, 12), (11, 12), (11, 8)], shade)
    return layered(blank(13, 13), frame, stroke([(5, 8), (12, 1)], shade), stroke([(8, 1), (12, 1), (12, 5)], shade))


def _between(first: Colour, second: Colour) -> Colour:
    red, green, blue = ((a + b) / 2 for a, b in zip(first, second, strict=True))
    return red, green, blue
