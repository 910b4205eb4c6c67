"""Messages below each other as a channel shows them."""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from zlib import crc32

import pymupdf

from .components import Surroundings, components
from .embeds import embed
from .markup import Reader, line_markup, markup, plain_markup
from .pictures import file_card, gallery
from .pieces import Piece, blank, box, centred, disc, label, layered, padded, row, stack, stroke, words
from .theme import (
    AVATAR,
    AVATARS,
    BLURPLE,
    BRIGHT,
    CHAT,
    CHAT_EPHEMERAL,
    GAP,
    GUTTER,
    MARGIN,
    MUTED,
    WHITE,
    WIDTH,
    Colour,
    colour,
    css,
)

EPHEMERAL, LOADING = 1 << 6, 1 << 7
_SAME_TALK = timedelta(minutes=7)
_PICTURES = (".png", ".jpg", ".jpeg", ".gif")


@dataclass(frozen=True, slots=True)
class Entry:
    """A message as Discord's API gives it, its files by name, and the command that it answers, if one was used."""

    message: Mapping[str, object]
    files: Mapping[str, bytes] = field(default_factory=dict)
    used: str = ""
    by: str = ""


def read_entry(written: Mapping[str, object]) -> Entry:
    """An entry of a transcript: ``{"message": …, "files": {name: base64}, "used": "/ask …", "by": "Mina"}``."""
    message, files = written.get("message"), written.get("files") or {}
    if not isinstance(message, Mapping) or not isinstance(files, Mapping):
        raise TypeError("an entry of a transcript holds a message and may hold files by name")
    contents = {str(name): base64.b64decode(str(content)) for name, content in files.items()}
    return Entry(message, contents, used=str(written.get("used") or ""), by=str(written.get("by") or ""))


def lay_out(entries: Sequence[Entry], names: Mapping[str, str]) -> pymupdf.Document:
    """One page, as long as the talk; the text on it can be read back."""
    times = [time for entry in entries if (time := _sent(entry.message))]
    now = max(times, default=datetime(1970, 1, 1, tzinfo=UTC))
    rows = []
    for at, entry in enumerate(entries):
        goes_on = at > 0 and _goes_on(entries[at - 1], entry)
        rows.append(_message(entry, Reader({**names, **_named(entry.message)}, now), goes_on=goes_on))
    talk = padded(stack(rows), 0, MARGIN / 2, 0, MARGIN)
    document = pymupdf.open()
    page = document.new_page(width=WIDTH, height=talk.height)
    box(WIDTH, talk.height, CHAT).paint(page, 0, 0)
    talk.paint(page, 0, 0)
    return document


def _message(entry: Entry, reader: Reader, *, goes_on: bool) -> Piece:
    message = entry.message
    width = WIDTH - GUTTER - MARGIN
    lines = [] if goes_on else [_header(message, reader.now)]
    body = stack([*lines, *_content(entry, reader, width)], 4)
    if _flags(message) & EPHEMERAL:
        body = stack([body, _only_you()], 6)
    parts = [padded(body, GUTTER)]
    above = _above(entry)
    if above:
        parts.insert(0, above)
    if not goes_on:
        parts[-1] = layered(parts[-1], padded(_avatar(message), MARGIN, 2))
    whole = padded(stack(parts, 4), 0, 2 if goes_on else MARGIN / 2 + 4, 0, 4)
    behind = box(WIDTH, whole.height, CHAT_EPHEMERAL if _flags(message) & EPHEMERAL else CHAT)
    return layered(behind, whole)


def _header(message: Mapping[str, object], now: datetime) -> Piece:
    parts = [label(f"<b>{plain_markup(_author(message))}</b>", css(16, BRIGHT))]
    author = message.get("author")
    if isinstance(author, Mapping) and author.get("bot"):
        app = label("<b>APP</b>", css(10.5, WHITE))
        parts.append(layered(box(app.width + 10, 15, BLURPLE, radius=4), centred(app, app.width + 10, 15)))
    sent = _sent(message)
    if sent:
        day = "Today at" if sent.date() == now.date() else f"{sent:%d/%m/%Y}"
        parts.append(label(f"{day} {sent:%H:%M}", css(12, MUTED)))
    return row(parts, 7, middle=True)


def _content(entry: Entry, reader: Reader, width: float) -> list[Piece]:
    message, around = entry.message, Surroundings(reader, entry.files, width)
    parts = []
    if _flags(message) & LOADING:
        parts.append(label(f"{plain_markup(_author(message))} is thinking…", css(16, MUTED)))
    if message.get("content"):
        parts.append(words(markup(str(message["content"]), reader), width))
    parts += [embed(item, around) for item in _list(message, "embeds")]
    if not _list(message, "components") or all(item.get("type") == 1 for item in _list(message, "components")):
        parts += _attachments(message, entry.files, width)
    if _list(message, "components"):
        parts.append(padded(components(_list(message, "components"), around), 0, 2))
    return [stack(parts, GAP)]


def _attachments(message: Mapping[str, object], files: Mapping[str, bytes], width: float) -> list[Piece]:
    parts = []
    named = [(str(item.get("filename", "")), item) for item in _list(message, "attachments")]
    pictures = [
        {"media": {"url": name}, "description": item.get("description"), "spoiler": name.startswith("SPOILER_")}
        for name, item in named
        if name.lower().endswith(_PICTURES)
    ]
    if pictures:
        parts.append(gallery(pictures, files, width))
    for name, item in named:
        if not name.lower().endswith(_PICTURES):
            size = item.get("size")
            known = size if isinstance(size, int) else len(files[name]) if name in files else None
            parts.append(file_card(name, known, width))
    return parts


def _above(entry: Entry) -> Piece | None:
    """The line over a message that says what it answers: a command or another message."""
    used, by, replied = entry.used, entry.by, entry.message.get("referenced_message")
    metadata = entry.message.get("interaction_metadata") or entry.message.get("interaction")
    if not used and isinstance(metadata, Mapping) and metadata.get("name"):
        used = f"/{metadata['name']}"
        by = by or _author({"author": metadata.get("user")})
    small = css(14, MUTED)
    if used:
        who = by or "Someone"
        command = f'<span class="mention">\u200a{plain_markup(used)}\u200a</span>'
        said = label(f"<b>{plain_markup(who)}</b> used {command}", small)
    elif isinstance(replied, Mapping):
        who = _author(replied)
        quoted = line_markup(str(replied.get("content", "")).replace("\n", " ")[:70])
        said = label(f"<b>@{plain_markup(who)}</b>  {quoted}", small)
    else:
        return None
    line = stroke([(36, 16), (36, 9), (GUTTER - 8, 9)], colour("#4e5058"), 2)
    return layered(line, padded(row([_face(who, 16), said], 6, middle=True), GUTTER))


def _only_you() -> Piece:
    eye = layered(blank(14, 10), stroke([(0, 5), (4, 1), (10, 1), (14, 5), (10, 9), (4, 9), (0, 5)], colour(MUTED)))
    pupil = padded(disc(4, colour(MUTED)), 5, 3)
    note = label('Only you can see this • <span class="link">Dismiss message</span>', css(12, MUTED))
    return row([layered(eye, pupil), note], 6, middle=True)


def _avatar(message: Mapping[str, object]) -> Piece:
    author = message.get("author")
    return _face(_author(message), AVATAR, BLURPLE if isinstance(author, Mapping) and author.get("bot") else None)


def _face(name: str, diameter: float, fill: Colour | None = None) -> Piece:
    letter = label(f"<b>{plain_markup(name[:1].upper())}</b>", css(diameter * 0.48, WHITE))
    circle = disc(diameter, fill or AVATARS[crc32(name.encode()) % len(AVATARS)])
    return layered(circle, centred(letter, diameter, diameter))


def _author(message: Mapping[str, object]) -> str:
    author = message.get("author")
    if not isinstance(author, Mapping):
        return "Unknown"
    return str(author.get("global_name") or author.get("username") or "Unknown")


def _named(message: Mapping[str, object]) -> dict[str, str]:
    return {str(user.get("id")): _author({"author": user}) for user in _list(message, "mentions")}


def _goes_on(before: Entry, entry: Entry) -> bool:
    """Whether the same person goes on talking, so that no name is shown again."""
    first, second = _sent(before.message), _sent(entry.message)
    soon = first is not None and second is not None and second - first < _SAME_TALK
    same = _author(before.message) == _author(entry.message)
    privacy = (_flags(before.message) ^ _flags(entry.message)) & EPHEMERAL
    return soon and same and not privacy and _above(entry) is None


def _sent(message: Mapping[str, object]) -> datetime | None:
    return datetime.fromisoformat(str(message["timestamp"])).astimezone(UTC) if message.get("timestamp") else None


def _flags(message: Mapping[str, object]) -> int:
    flags = message.get("flags")
    return flags if isinstance(flags, int) else 0


def _list(message: Mapping[str, object], name: str) -> Sequence[Mapping[str, object]]:
    items = message.get(name)
    return items if isinstance(items, Sequence) else ()
