"""Messages as Discord keeps them: written, edited, deleted, with their files on a CDN of this machine."""

from __future__ import annotations

import json
import mimetypes
import struct
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from tests.loopback.discord.errors import ApiError, Json, invalid_body
from tests.loopback.discord.polls import poll_from
from tests.loopback.discord.reading import buttons_of, components_of, labels_of, text_of
from tests.loopback.discord.world import DM, Channel, User

if TYPE_CHECKING:
    from tests.loopback.discord.exchange import Exchange
    from tests.loopback.discord.server import LoopbackDiscord

EPHEMERAL, HAS_THREAD, LOADING, SUPPRESS_EMBEDS, V2 = 64, 32, 128, 4, 32768
REPLY, SLASH_ANSWER, MENU_ANSWER = 19, 20, 23
Files = Mapping[str, tuple[str, bytes]]
"""Uploads: the number in ``files[n]`` -> file name and content."""


@dataclass(eq=False)
class Message:
    """One message. ``json`` is the message object as it is now; ``edits`` is how it was at each moment."""

    id: str
    channel: Channel
    author: User
    json: Json
    files: dict[str, bytes] = field(default_factory=dict)
    """What is attached now, by file name."""
    only_for: User | None = None
    """The one person who sees an ephemeral message."""
    exchange: Exchange | None = None
    """The interaction that it answers."""
    thread: Channel | None = None
    deleted: bool = False
    edits: list[tuple[float, Json]] = field(default_factory=list)
    """``time.monotonic()`` and the object, the first writing included."""

    @property
    def text(self) -> str:
        """Return all its text."""
        return text_of(self.json)

    @property
    def buttons(self) -> list[Json]:
        """Return its buttons."""
        return buttons_of(self.json)

    @property
    def labels(self) -> list[str]:
        """Return the labels of its buttons."""
        return labels_of(self.json)

    @property
    def thinking(self) -> bool:
        """Whether it only says that the bot is thinking."""
        return bool(self.json["flags"] & LOADING)

    def __repr__(self) -> str:
        return f"<Message {self.id} by {self.author.name}{' deleted' if self.deleted else ''}: {self.text[:200]!r}>"


class Messages:
    """Writes, edits and deletes messages, and tells the gateway."""

    def __init__(self, discord: LoopbackDiscord) -> None:
        self._discord = discord
        self.cdn: dict[str, tuple[str, bytes]] = {}
        """What was ever uploaded: attachment id -> file name and content."""

    def write(
        self,
        channel: Channel,
        author: User,
        body: Json,
        files: Files | None = None,
        *,
        only_for: User | None = None,
        exchange: Exchange | None = None,
        kind: int = 0,
        id_: str | None = None,
        **more: Any,
    ) -> Message:
        """Put a new message into a channel. ``id_``: the first of a forum's post has the post's."""
        message = Message(id_ or self._discord.new_id(), channel, author, {}, only_for=only_for, exchange=exchange)
        flags = (body.get("flags") or 0) | (EPHEMERAL if only_for else 0)
        json_: Json = {
            "id": message.id, "channel_id": channel.id, "type": kind, "author": author.json(), "content": "",
            "timestamp": self._discord.clock.now().isoformat(), "edited_timestamp": None, "tts": False, "mentions": [],
            "mention_roles": [], "mention_everyone": False, "attachments": [], "embeds": [], "components": [],
            "pinned": False, "flags": flags, "nonce": body.get("nonce"),
        }  # fmt: skip
        if body.get("poll"):
            json_["poll"] = poll_from(body["poll"], self._discord.clock.now())
        message.json = json_ | more
        self._fill(message, body, files or {}, fresh=True)
        channel.messages[message.id] = message
        if channel.is_thread:
            channel.members.add(author.id)
            channel.archived = channel.archived and only_for is not None
        if only_for is None:
            self._discord.gateway.message_event("MESSAGE_CREATE", message)
        return message

    def rewrite(self, message: Message, body: Json, files: Files | None = None) -> None:
        """Edit a message: what the body names is replaced, the rest stays. A deferred answer stops thinking."""
        flags: int = message.json["flags"]
        if body.get("flags") is not None:
            flags = (flags & ~(SUPPRESS_EMBEDS)) | (body["flags"] & (V2 | SUPPRESS_EMBEDS))
        self._fill(message, body, files or {}, fresh=False, flags=flags & ~LOADING)
        if not message.json["flags"] & LOADING:
            message.json["edited_timestamp"] = self._discord.clock.now().isoformat()
        message.json["flags"] = flags & ~LOADING
        message.edits[-1] = (message.edits[-1][0], json.loads(json.dumps(message.json)))
        if message.only_for is None:
            self._discord.gateway.message_event("MESSAGE_UPDATE", message)

    def delete(self, message: Message) -> None:
        """Delete a message."""
        message.deleted = True
        if message.only_for is None:
            self._discord.gateway.message_event("MESSAGE_DELETE", message)

    def _fill(self, message: Message, body: Json, files: Files, *, fresh: bool, flags: int = 0) -> None:
        """Set content, embeds, components and attachments; nothing is changed when Discord refuses."""
        new = {key: body[key] for key in ("content", "embeds", "components") if key in body}
        new = {key: ("" if key == "content" else []) if value is None else value for key, value in new.items()}
        attachments, kept = self._attachments(message, body, files)
        merged = message.json | json.loads(json.dumps(new)) | {"attachments": attachments}
        flags = message.json["flags"] if fresh else flags
        _check_shape(merged, flags)
        _resolve(merged, {one["filename"]: one for one in attachments})
        message.json, message.files = merged, kept
        message.edits.append((time.monotonic(), json.loads(json.dumps(merged))))

    def _attachments(self, message: Message, body: Json, files: Files) -> tuple[list[Json], dict[str, bytes]]:
        named = body.get("attachments")
        described = {str(one.get("id")): one for one in named or ()}
        old = [a for a in message.json["attachments"] if named is None or a["id"] in described]
        new = [self.attachment(message.channel, *file, described.get(n, {}), private=message.only_for is not None)
               for n, file in files.items()]  # fmt: skip
        return old + new, {a["filename"]: self.cdn[a["id"]][1] for a in old + new}

    def attachment(self, channel: Channel, name: str, content: bytes, told: Json, *, private: bool = False) -> Json:
        """Keep an upload and return the attachment object."""
        if len(content) > (channel.guild.attachment_limit if channel.guild else 10 * 1024 * 1024):
            raise ApiError(413, 40005, "Request entity too large")
        id_ = self._discord.new_id()
        name = told.get("filename") or name
        self.cdn[id_] = (name, content)
        url = f"{self._discord.cdn_url}/attachments/{channel.id}/{id_}/{quote(name)}?ex=0&is=0&hm=0"
        json_: Json = {"id": id_, "filename": name, "size": len(content), "url": url, "proxy_url": url}
        json_["content_type"] = mimetypes.guess_type(name)[0] or "application/octet-stream"
        if content.startswith(b"\x89PNG") and len(content) > 24:
            json_["width"], json_["height"] = struct.unpack(">II", content[16:24])
        if told.get("description"):
            json_["description"] = told["description"]
        return json_ | ({"ephemeral": True} if private else {})


def seen_by_bot(message: Message, *, content: bool, bot: User) -> Json:
    """Return a message as the bot gets it: without the content intent, another's text only where it was meant for it.

    https://docs.discord.com/developers/events/gateway#message-content-intent
    """
    mine = message.author is bot or message.channel.type == DM
    if content or mine or any(user["id"] == bot.id for user in message.json["mentions"]):
        return message.json
    return message.json | {"content": "", "embeds": [], "attachments": [], "components": []}


def _check_shape(merged: Json, flags: int) -> None:
    if flags & V2:
        for old in ("content", "embeds", "poll", "sticker_ids"):
            if merged.get(old):
                raise invalid_body(f"{old} cannot be used with components of the second kind")
        if not merged["components"]:
            raise ApiError(400, 50006, "Cannot send an empty message")
    elif any(one["type"] >= 9 for one in merged["components"]):
        raise invalid_body("these components need the flag IS_COMPONENTS_V2")
    elif not flags & LOADING and not any(
        merged.get(k) for k in ("content", "embeds", "attachments", "components", "sticker_ids", "poll")
    ):
        raise ApiError(400, 50006, "Cannot send an empty message")


def _resolve(merged: Json, attachments: Mapping[str, Json]) -> None:
    """Put addresses for ``attachment://name``, and give each component its number, as Discord does in its answer."""
    for place in _media(merged):
        if place["url"].startswith("attachment://"):
            name = place["url"].removeprefix("attachment://")
            if name not in attachments:
                raise invalid_body(f"the attachment {name!r} that a component shows was not uploaded")
            found = attachments[name]
            place |= {k: found[k] for k in ("url", "proxy_url", "content_type", "width", "height") if k in found}
            place["attachment_id"] = found["id"]
    for number, one in enumerate(components_of(merged), 1):
        one.setdefault("id", number)


def _media(merged: Json) -> Iterator[Json]:
    for one in components_of(merged):
        yield from (item["media"] for item in one.get("items") or ())
        yield from (one[key] for key in ("media", "file") if key in one)
    for embed in merged["embeds"]:
        yield from (embed[key] for key in ("image", "thumbnail") if key in embed)
