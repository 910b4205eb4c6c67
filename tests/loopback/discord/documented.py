"""Discord's documented limits, as numbers of the fake's own: what the bot knows of them is not asked."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from typing import Any

from tests.loopback.discord.errors import Json
from tests.loopback.discord.messages import V2, Files
from tests.loopback.discord.reading import (
    BUTTON,
    CONTAINER,
    FILE,
    GALLERY,
    LABEL,
    LINK_STYLE,
    RADIO_GROUP,
    ROW,
    SECTION,
    SELECTS,
    STRING_SELECT,
    TEXT_DISPLAY,
    TEXT_INPUT,
    THUMBNAIL,
    components_of,
    text_of,
)  # fmt: skip

# https://docs.discord.com/developers/resources/message#create-message
CONTENT, ATTACHMENTS, EMBEDS, EMBED_TEXT, FILE_DESCRIPTION = 2000, 10, 10, 6000, 1024
# https://docs.discord.com/developers/resources/message#embed-object-embed-limits
EMBED_LIMITS = {"title": 256, "description": 4096}
EMBED_FIELDS, FIELD_NAME, FIELD_VALUE, EMBED_FOOTER, EMBED_AUTHOR = 25, 256, 1024, 2048, 256
# https://docs.discord.com/developers/components/reference
COMPONENTS, V2_TEXT, CUSTOM_ID, ROW_BUTTONS, ROWS = 40, 4000, 100, 5, 5
BUTTON_LABEL, BUTTON_URL = 80, 512
SELECT_OPTIONS, OPTION_TEXT, PLACEHOLDER = 25, 100, 150
GALLERY_ITEMS, ALT_TEXT, SECTION_TEXTS = 10, 1024, 3
MODAL_TITLE, MODAL_PARTS, LABEL_TEXT, LABEL_DESCRIPTION = 45, 5, 45, 100
INPUT_PLACEHOLDER, INPUT_VALUE, RADIO_OPTIONS = 100, 4000, (2, 10)
# https://docs.discord.com/developers/resources/channel#start-thread-from-message
THREAD_NAME, AUTO_ARCHIVE_MINUTES, FORUM_TAGS = 100, (60, 1440, 4320, 10080), 5
# https://docs.discord.com/developers/interactions/receiving-and-responding
CHOICES, CHOICE_TEXT = 25, 100
# https://docs.discord.com/developers/interactions/application-commands
SLASH_COMMANDS, MENU_COMMANDS = 100, 15
COMMAND_NAME, COMMAND_DESCRIPTION, COMMAND_OPTIONS, COMMAND_TEXT = 32, 100, 25, 8000
SLASH_NAME = r"[-_'\w]{1,32}"

Faults = Iterator[str]


def faults_in_message(body: Json, files: Files, *, edited_v2: bool = False, partial: bool = False) -> Faults:
    """Give what is wrong in a message. ``partial`` for an edit, which need not carry everything."""
    yield from _over("content", body.get("content"), CONTENT)
    yield from _too_many("attachments", body.get("attachments"), ATTACHMENTS)
    yield from _embeds(body.get("embeds") or [])
    for described in body.get("attachments") or ():
        yield from _over("an attachment's description", described.get("description"), FILE_DESCRIPTION)
    components = body.get("components") or []
    nodes = list(components_of(body))
    if edited_v2 or (body.get("flags") or 0) & V2:
        if body.get("content") or body.get("embeds"):
            yield "content or embeds beside components of the second kind"
        if len(nodes) > COMPONENTS:
            yield f"{len(nodes)} components, {COMPONENTS} at most"
        yield from _over("all text displays together", "".join(_texts(nodes)), V2_TEXT)
        yield from _hidden_files(nodes, files)
    else:
        yield from _too_many("rows", components, ROWS)
        if not partial and not (body.get("content") or body.get("embeds") or files or components or body.get("poll")):
            yield "an empty message"
    for one in nodes:
        yield from _component(one)
    yield from _twice(nodes)


def faults_in_modal(data: Json) -> Faults:
    """Give what is wrong in a form."""
    yield from _over("the title", data.get("title"), MODAL_TITLE, least=1)
    yield from _over("the custom id", data.get("custom_id"), CUSTOM_ID, least=1)
    yield from _too_many("parts of a form", data.get("components"), MODAL_PARTS)
    nodes = list(components_of(data))
    for one in nodes:
        yield from _component(one)
        if one["type"] == LABEL:
            yield from _over("a label", one.get("label"), LABEL_TEXT, least=1)
            yield from _over("a label's description", one.get("description"), LABEL_DESCRIPTION)
        elif one["type"] == TEXT_INPUT:
            yield from _over("an input's label", one.get("label"), LABEL_TEXT)
            yield from _over("an input's placeholder", one.get("placeholder"), INPUT_PLACEHOLDER)
            yield from _over("an input's value", one.get("value"), INPUT_VALUE)
        elif one["type"] == RADIO_GROUP:
            least, most = RADIO_OPTIONS
            if not least <= len(one.get("options") or ()) <= most:
                yield f"{len(one.get('options') or ())} radio buttons, {least} to {most}"
    yield from _twice(nodes)


def faults_in_choices(data: Json) -> Faults:
    """Give what is wrong in an autocomplete's answer."""
    yield from _too_many("choices", data.get("choices"), CHOICES)
    for choice in data.get("choices") or ():
        yield from _over("a choice's name", choice["name"], CHOICE_TEXT, least=1)
        if isinstance(choice["value"], str):
            yield from _over("a choice's value", choice["value"], CHOICE_TEXT, least=1)


def faults_in_thread(body: Json) -> Faults:
    """Give what is wrong in a new or changed thread."""
    if "name" in body:
        yield from _over("the thread's name", body["name"], THREAD_NAME, least=1)
    if (minutes := body.get("auto_archive_duration")) is not None and minutes not in AUTO_ARCHIVE_MINUTES:
        yield f"archived after {minutes} minutes, one of {AUTO_ARCHIVE_MINUTES} is possible"
    yield from _too_many("tags", body.get("applied_tags"), FORUM_TAGS)


def faults_in_commands(commands: list[Json]) -> Faults:
    """Give what is wrong in the commands of one scope."""
    for kind, most in ((1, SLASH_COMMANDS), (2, MENU_COMMANDS), (3, MENU_COMMANDS)):
        yield from _too_many(f"commands of type {kind}", [c for c in commands if c.get("type", 1) == kind], most)
    for command in commands:
        slash = command.get("type", 1) == 1
        name = command["name"]
        if slash and (not re.fullmatch(SLASH_NAME, name) or name != name.lower()):
            yield f"the command's name {name!r}"
        yield from _over("the command's name", name, COMMAND_NAME, least=1)
        yield from _over(
            f"the description of {name}", command.get("description"), COMMAND_DESCRIPTION, least=int(slash)
        )
        yield from _options(command, name)
        yield from _over(f"all texts of {name} together", "".join(_command_texts(command)), COMMAND_TEXT)


def _options(command: Json, path: str) -> Faults:
    options = command.get("options") or []
    yield from _too_many(f"options of {path}", options, COMMAND_OPTIONS)
    optional = False
    for one in options:
        here = f"{path} {one['name']}"
        if not re.fullmatch(SLASH_NAME, one["name"]) or one["name"] != one["name"].lower():
            yield f"the name of {here!r}"
        yield from _over(f"the description of {here}", one.get("description"), COMMAND_DESCRIPTION, least=1)
        if one.get("required") and optional:
            yield f"{here} is required after an optional one"
        optional = optional or (one["type"] > 2 and not one.get("required"))
        yield from faults_in_choices(one)
        yield from _options(one, here)


def _command_texts(command: Json) -> Iterator[str]:
    yield from (command["name"], command.get("description") or "")
    for choice in command.get("choices") or ():
        yield from (choice["name"], str(choice["value"]))
    for one in command.get("options") or ():
        yield from _command_texts(one)


def _component(one: Json) -> Faults:
    kind = one["type"]
    if "custom_id" in one:
        yield from _over("a custom id", one["custom_id"], CUSTOM_ID, least=1)
    if kind == BUTTON:
        yield from _over("a button's label", one.get("label"), BUTTON_LABEL, least=0 if one.get("emoji") else 1)
        yield from _over("a button's address", one.get("url"), BUTTON_URL)
        if (one["style"] == LINK_STYLE) != ("url" in one) or ("url" in one) == ("custom_id" in one):
            yield "a button has either an address, as links do, or a custom id"
    elif kind in SELECTS:
        yield from _over("a menu's placeholder", one.get("placeholder"), PLACEHOLDER)
        yield from _select(one)
    elif kind == ROW:
        inner = [part["type"] for part in one["components"]]
        if not inner or len(inner) > (ROW_BUTTONS if set(inner) == {BUTTON} else 1):
            yield f"a row holds 1 to {ROW_BUTTONS} buttons or one menu, not {inner}"
    elif kind == GALLERY:
        yield from _too_many("pictures", one["items"], GALLERY_ITEMS, least=1)
        for item in one["items"]:
            yield from _over("alt text", item.get("description"), ALT_TEXT)
    else:
        yield from _block(one)


def _block(one: Json) -> Faults:
    kind = one["type"]
    if kind == THUMBNAIL:
        yield from _over("alt text", one.get("description"), ALT_TEXT)
    elif kind == SECTION:
        yield from _too_many("texts of a section", one["components"], SECTION_TEXTS, least=1)
    elif kind == TEXT_DISPLAY:
        yield from _over("a text display", one["content"], V2_TEXT, least=1)
    elif kind == CONTAINER:
        yield from _too_many("parts of a container", one["components"], COMPONENTS, least=1)


def _select(menu: Json) -> Faults:
    options = menu.get("options") or []
    if menu["type"] == STRING_SELECT:
        yield from _too_many("options of a menu", options, SELECT_OPTIONS, least=1)
        if len({option["value"] for option in options}) < len(options):
            yield "two options of a menu have the same value"
        if (menu.get("max_values") or 1) > len(options):
            yield "a menu wants more values than it has options"
    for option in options:
        yield from _over("an option's label", option["label"], OPTION_TEXT, least=1)
        yield from _over("an option's value", option["value"], OPTION_TEXT, least=1)
        yield from _over("an option's description", option.get("description"), OPTION_TEXT)


def _embeds(embeds: list[Json]) -> Faults:
    yield from _too_many("embeds", embeds, EMBEDS)
    for embed in embeds:
        for key, most in EMBED_LIMITS.items():
            yield from _over(f"an embed's {key}", embed.get(key), most)
        yield from _too_many("fields of an embed", embed.get("fields"), EMBED_FIELDS)
        for one in embed.get("fields") or ():
            yield from _over("a field's name", one["name"], FIELD_NAME, least=1)
            yield from _over("a field's value", one["value"], FIELD_VALUE, least=1)
        yield from _over("an embed's footer", (embed.get("footer") or {}).get("text"), EMBED_FOOTER)
        yield from _over("an embed's author", (embed.get("author") or {}).get("name"), EMBED_AUTHOR)
    yield from _over("all embeds together", text_of({"embeds": embeds}).replace("\n", ""), EMBED_TEXT)


def _texts(nodes: list[Json]) -> list[str]:
    return [one["content"] for one in nodes if one["type"] == TEXT_DISPLAY]


def _hidden_files(nodes: list[Json], files: Files) -> Faults:
    """Files beside components of the second kind are seen only where a component shows them."""
    shown = {item["media"]["url"] for one in nodes if one["type"] == GALLERY for item in one["items"]}
    shown |= {one["media"]["url"] for one in nodes if one["type"] == THUMBNAIL}
    shown |= {one["file"]["url"] for one in nodes if one["type"] == FILE}
    yield from (f"{name!r} is attached, and no component shows it" for name, _ in files.values()
                if f"attachment://{name}" not in shown)  # fmt: skip


def _twice(nodes: list[Json]) -> Faults:
    for key in ("custom_id", "id"):
        counted = Counter(one[key] for one in nodes if one.get(key))
        yield from (f"{key} {value!r} stands {times} times" for value, times in counted.items() if times > 1)


def _over(what: str, text: Any, most: int, *, least: int = 0) -> Faults:
    size = len(text or "")
    if not least <= size <= most:
        yield f"{what} has {size} characters, {least} to {most}"


def _too_many(what: str, things: Any, most: int, *, least: int = 0) -> Faults:
    count = len(things or ())
    if not least <= count <= most:
        yield f"{count} {what}, {least} to {most}"
