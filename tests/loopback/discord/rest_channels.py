"""The API about channels, messages and threads, with the bot's permissions checked as Discord checks them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.loopback.discord.calls import Call, Routes
from tests.loopback.discord.errors import ApiError, Json, invalid_body, missing_access, missing_permissions, unknown
from tests.loopback.discord.messages import HAS_THREAD, REPLY, Message
from tests.loopback.discord.world import DM, FORUM, PRIVATE_THREAD, PUBLIC_THREAD, TEXT, Channel

if TYPE_CHECKING:
    from tests.loopback.discord.server import LoopbackDiscord

ROUTES = Routes()


@ROUTES.at("GET", "/channels/{channel}")
async def get_channel(discord: LoopbackDiscord, call: Call) -> Json:
    """Answer a channel or thread."""
    return channel_for(discord, call).json()


@ROUTES.at("PATCH", "/channels/{channel}")
async def edit_channel(discord: LoopbackDiscord, call: Call) -> Json:
    """Rename, archive or lock a thread; other channels the bot may not manage."""
    thread = channel_for(discord, call, *(() if _owns(discord, call) else ("manage_threads",)))
    if not thread.is_thread:
        raise missing_permissions()
    thread.name = call.body.get("name", thread.name)
    thread.archived = call.body.get("archived", thread.archived)
    thread.locked = call.body.get("locked", thread.locked)
    discord.gateway.dispatch("THREAD_UPDATE", thread.json())
    return thread.json()


@ROUTES.at("POST", "/channels/{channel}/typing")
async def type_in(discord: LoopbackDiscord, call: Call) -> None:
    """Note that the bot types."""
    channel_for(discord, call, "send_messages").typing += 1


@ROUTES.at("GET", "/channels/{channel}/messages")
async def list_messages(discord: LoopbackDiscord, call: Call) -> list[Json]:
    """Answer messages, newest first, with ``before``, ``after`` and ``limit``."""
    channel = channel_for(discord, call, "read_message_history")
    before, after = int(call.query.get("before", 2**63)), int(call.query.get("after", 0))
    found = [message.json for message in channel.visible if after < int(message.id) < before]
    limit = int(call.query.get("limit", 50))
    return found[:limit][::-1] if "after" in call.query else found[::-1][:limit]


@ROUTES.at("POST", "/channels/{channel}/messages")
async def post(discord: LoopbackDiscord, call: Call) -> Json:
    """Write a message."""
    channel = channel_for(discord, call, "send_messages", *(["attach_files"] if call.files else []))
    if call.body.get("poll"):
        _require(discord, channel, "send_polls")
    if channel.type == FORUM:
        raise ApiError(400, 50008, "Cannot send messages in a non-text channel")
    if channel.type == DM and channel.recipient is not None and channel.recipient.id in discord.refuses_dm:
        raise ApiError(403, 50007, "Cannot send messages to this user")
    if (known := _known_by_nonce(discord, channel, call.body)) is not None:
        return known.json
    reference = call.body.get("message_reference")
    if reference is None:
        return discord.messages.write(channel, discord.bot_user, call.body, call.files).json
    _require(discord, channel, "read_message_history")
    target = channel.messages.get(str(reference["message_id"]))
    if target is None or target.deleted or target.only_for is not None:
        if reference.get("fail_if_not_exists", True):
            raise invalid_body("message_reference: Unknown message")
        return discord.messages.write(channel, discord.bot_user, call.body, call.files).json
    where = {"message_id": target.id, "channel_id": channel.id}
    return discord.messages.write(
        channel, discord.bot_user, call.body, call.files,
        kind=REPLY, message_reference=where, referenced_message=target.json,
    ).json  # fmt: skip


@ROUTES.at("GET", "/channels/{channel}/messages/{message}")
async def get_message(discord: LoopbackDiscord, call: Call) -> Json:
    """Answer one message."""
    return message_in(channel_for(discord, call, "read_message_history"), call).json


@ROUTES.at("PATCH", "/channels/{channel}/messages/{message}")
async def edit(discord: LoopbackDiscord, call: Call) -> Json:
    """Edit one of the bot's own messages."""
    message = message_in(channel_for(discord, call), call)
    if message.author is not discord.bot_user:
        raise ApiError(403, 50005, "Cannot edit a message authored by another user")
    discord.messages.rewrite(message, call.body, call.files)
    return message.json


@ROUTES.at("DELETE", "/channels/{channel}/messages/{message}")
async def delete(discord: LoopbackDiscord, call: Call) -> None:
    """Delete a message."""
    message = message_in(channel_for(discord, call), call)
    if message.author is not discord.bot_user:
        _require(discord, message.channel, "manage_messages")
    discord.messages.delete(message)


@ROUTES.at("POST", "/channels/{channel}/messages/{message}/threads")
async def thread_from(discord: LoopbackDiscord, call: Call) -> Json:
    """Open a thread at a message."""
    channel = channel_for(discord, call, "create_public_threads", "read_message_history")
    if channel.type != TEXT:
        raise ApiError(400, 50024, "Cannot execute action on this channel type")
    message = message_in(channel, call)
    if message.thread is not None:
        raise ApiError(400, 160004, "A thread has already been created for this message")
    thread = _open(discord, channel, call.body, PUBLIC_THREAD, id_=message.id)
    message.thread = thread
    message.json |= {"flags": message.json["flags"] | HAS_THREAD, "thread": thread.json()}
    return thread.json()


@ROUTES.at("POST", "/channels/{channel}/threads")
async def thread_without(discord: LoopbackDiscord, call: Call) -> Json:
    """Open a thread without a message, or a post in a forum."""
    channel = channel_for(discord, call)
    if channel.type == FORUM:
        _require(discord, channel, "send_messages", *(["attach_files"] if call.files else []))
        thread = _open(discord, channel, call.body, PUBLIC_THREAD)
        sent = call.body["message"]
        first = discord.messages.write(thread, discord.bot_user, sent, call.files, id_=thread.id)
        return thread.json() | {"message": first.json}
    kind = call.body.get("type", PRIVATE_THREAD)
    _require(discord, channel, "create_private_threads" if kind == PRIVATE_THREAD else "create_public_threads")
    return _open(discord, channel, call.body, kind).json()


@ROUTES.at("PUT", "/channels/{channel}/thread-members/{user}")
async def join(discord: LoopbackDiscord, call: Call) -> None:
    """Join a thread, or add somebody to it."""
    user = discord.bot_user.id if call.found["user"] == "@me" else call.found["user"]
    channel_for(discord, call).members.add(user)


@ROUTES.at("DELETE", "/channels/{channel}/thread-members/{user}")
async def leave(discord: LoopbackDiscord, call: Call) -> None:
    """Leave a thread, or remove somebody from it."""
    user = discord.bot_user.id if call.found["user"] == "@me" else call.found["user"]
    channel_for(discord, call).members.discard(user)


@ROUTES.at("GET", "/channels/{channel}/thread-members")
async def members(discord: LoopbackDiscord, call: Call) -> list[Json]:
    """Answer who is in a thread."""
    thread = channel_for(discord, call)
    joined = {"id": thread.id, "join_timestamp": thread.created_at, "flags": 0}
    return [joined | {"user_id": user} for user in sorted(thread.members)]


def channel_for(discord: LoopbackDiscord, call: Call, *permissions: str) -> Channel:
    """Return the channel in a call's path. Raises ApiError when the bot does not see it or may not do this there."""
    channel = discord.channels.get(call.found["channel"])
    if channel is None:
        raise unknown("Channel")
    _require(discord, channel, *permissions)
    return channel


def message_in(channel: Channel, call: Call) -> Message:
    """Return the message in a call's path; ephemeral ones are not found this way. Raises ApiError."""
    message = channel.messages.get(call.found["message"])
    if message is None or message.deleted or message.only_for is not None:
        raise unknown("Message")
    return message


def _known_by_nonce(discord: LoopbackDiscord, channel: Channel, body: Json) -> Message | None:
    """Return the message that was sent under this nonce already; real ones are remembered for a few minutes.

    https://docs.discord.com/developers/resources/message#create-message
    """
    if not body.get("enforce_nonce") or body.get("nonce") is None:
        return None
    sent = channel.said_by(discord.bot_user)
    return next((message for message in sent if message.json["nonce"] == body["nonce"]), None)


def _require(discord: LoopbackDiscord, channel: Channel, *permissions: str) -> None:
    if channel.guild is None:
        return
    if not channel.guild.has_bot:
        raise missing_access()
    may = channel.guild.permissions_of(discord.bot_user, channel)
    if not may.view_channel:
        raise missing_access()
    if channel.is_thread and "send_messages" in permissions:
        permissions = tuple("send_messages_in_threads" if p == "send_messages" else p for p in permissions)
        if channel.locked and not may.manage_threads:
            raise ApiError(400, 50083, "Thread is archived")
    if not all(getattr(may, permission) for permission in permissions):
        raise missing_permissions()


def _owns(discord: LoopbackDiscord, call: Call) -> bool:
    channel = discord.channels.get(call.found["channel"])
    return channel is not None and channel.owner is discord.bot_user


def _open(discord: LoopbackDiscord, channel: Channel, body: Json, kind: int, *, id_: str | None = None) -> Channel:
    assert channel.guild is not None
    thread = Channel(
        id_ or discord.new_id(), kind, body["name"], channel.guild, parent=channel, owner=discord.bot_user,
        members={discord.bot_user.id}, auto_archive_minutes=body.get("auto_archive_duration") or 4320,
        created_at=discord.clock.now().isoformat(),
    )  # fmt: skip
    channel.guild.threads.append(thread)
    discord.channels[thread.id] = thread
    discord.gateway.dispatch("THREAD_CREATE", thread.json() | {"newly_created": True})
    return thread
