"""Embeds: the cards from before components, which webhooks and older bots still send."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from .components import Component, Surroundings, card
from .markup import line_markup, markup, plain_markup
from .pictures import gallery, thumbnail
from .pieces import Piece, blank, layered, row, stack, words
from .theme import BRIGHT, PADDING, STRIPE, TEXT, WIDEST_EMBED, colour, css

_THUMBNAIL, _GAP = 80.0, 8.0
_NO_COLOUR = colour("#1e1f22")


def embed(item: Component, around: Surroundings) -> Piece:
    """The card, with a thumbnail at its right if it has one."""
    width = min(around.width, WIDEST_EMBED)
    room = width - 2 * PADDING - STRIPE
    small = item.get("thumbnail")
    text_room = room - (_THUMBNAIL + PADDING if isinstance(small, Mapping) else 0)
    said = stack([*_head(item, around, text_room), *_fields(item, around, text_room)], _GAP)
    body = layered(blank(text_room, 0), said)
    if isinstance(small, Mapping):
        body = row([body, thumbnail(small, around.files, _THUMBNAIL)], PADDING)
    parts = [body]
    if isinstance(item.get("image"), Mapping):
        parts.append(gallery([item["image"]], around.files, room))
    parts += _foot(item, room)
    shade = item.get("color")
    return card(stack(parts, _GAP), width, colour(shade) if isinstance(shade, int) else _NO_COLOUR, padding=PADDING)


def _head(item: Component, around: Surroundings, width: float) -> list[Piece]:
    parts = []
    author = item.get("author")
    if isinstance(author, Mapping) and author.get("name"):
        parts.append(words(f"<p><b>{plain_markup(str(author['name']))}</b></p>", width, css(14, BRIGHT)))
    if item.get("title"):
        title = line_markup(str(item["title"]), around.reader)
        title = f'<span class="link">{title}</span>' if item.get("url") else title
        parts.append(words(f"<p><b>{title}</b></p>", width, css(16, BRIGHT)))
    if item.get("description"):
        parts.append(words(markup(str(item["description"]), around.reader), width, css(14)))
    return parts


def _fields(item: Component, around: Surroundings, width: float) -> list[Piece]:
    """Inline fields stand by threes."""
    fields = item.get("fields")
    lines: list[list[Component]] = []
    for field in fields if isinstance(fields, Sequence) else ():
        if field.get("inline") and lines and len(lines[-1]) < 3 and lines[-1][0].get("inline"):
            lines[-1].append(field)
        else:
            lines.append([field])
    return [
        row([_field(field, around, (width - _GAP * (len(line) - 1)) / len(line)) for field in line], _GAP)
        for line in lines
    ]


def _field(field: Component, around: Surroundings, width: float) -> Piece:
    name = line_markup(str(field.get("name", "")), around.reader)
    value = markup(str(field.get("value", "")), around.reader)
    return stack([words(f"<p><b>{name}</b></p>", width, css(14, BRIGHT)), words(value, width, css(14))], 2)


def _foot(item: Component, width: float) -> list[Piece]:
    footer = item.get("footer")
    parts = [str(footer["text"])] if isinstance(footer, Mapping) and footer.get("text") else []
    if item.get("timestamp"):
        parts.append(f"{datetime.fromisoformat(str(item['timestamp'])):%d/%m/%Y %H:%M}")
    line = plain_markup(" • ".join(parts))
    return [words(f"<p>{line}</p>", width, css(12, TEXT))] if parts else []
