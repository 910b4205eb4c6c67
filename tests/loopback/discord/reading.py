"""What a person sees in a message: its text, buttons, menus, pictures and files."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from tests.loopback.discord.errors import Json

if TYPE_CHECKING:
    from tests.loopback.discord.messages import Message

ROW, BUTTON, STRING_SELECT, TEXT_INPUT, USER_SELECT, ROLE_SELECT, MENTIONABLE_SELECT, CHANNEL_SELECT = range(1, 9)
SECTION, TEXT_DISPLAY, THUMBNAIL, GALLERY, FILE, SEPARATOR = range(9, 15)
CONTAINER, LABEL, FILE_UPLOAD, RADIO_GROUP, CHECKBOX_GROUP, CHECKBOX = 17, 18, 19, 21, 22, 23
SELECTS = (STRING_SELECT, USER_SELECT, ROLE_SELECT, MENTIONABLE_SELECT, CHANNEL_SELECT)
LINK_STYLE = 5


def components_of(message: Message | Json) -> Iterator[Json]:
    """Give every component of a message or modal, nested ones and accessories too, in reading order."""
    json = message if isinstance(message, dict) else message.json
    for one in json.get("components") or ():
        yield one
        yield from components_of(one)
        yield from (part for key in ("accessory", "component") if (part := one.get(key)))


def text_of(message: Message | Json) -> str:
    """Return all text of a message: content, embeds, text displays. Labels of buttons are with ``buttons_of``."""
    json = message if isinstance(message, dict) else message.json
    parts = [json.get("content") or ""]
    for embed in json.get("embeds") or ():
        parts += [(embed.get("author") or {}).get("name", ""), embed.get("title", ""), embed.get("description", "")]
        parts += [text for one in embed.get("fields") or () for text in (one["name"], one["value"])]
        parts.append((embed.get("footer") or {}).get("text", ""))
    parts += [one["content"] for one in components_of(json) if one["type"] == TEXT_DISPLAY]
    return "\n".join(part for part in parts if part)


def buttons_of(message: Message | Json) -> list[Json]:
    """Return the buttons of a message in reading order, links too."""
    return [one for one in components_of(message) if one["type"] == BUTTON]


def labels_of(message: Message | Json) -> list[str]:
    """Return the labels of a message's buttons in reading order."""
    return [button.get("label") or "" for button in buttons_of(message)]


def menus_of(message: Message | Json) -> list[Json]:
    """Return the select menus of a message in reading order."""
    return [one for one in components_of(message) if one["type"] in SELECTS]


def pictures_of(message: Message | Json) -> list[Json]:
    """Return the pictures in galleries and thumbnails: ``{"media": {"url": …}, "description": …}``."""
    found: list[Json] = []
    for one in components_of(message):
        found += one["items"] if one["type"] == GALLERY else [one] if one["type"] == THUMBNAIL else []
    return found


def accent_of(message: Message | Json) -> int | None:
    """Return the colour of the first container, None if it has none."""
    return next((one.get("accent_color") for one in components_of(message) if one["type"] == CONTAINER), None)
