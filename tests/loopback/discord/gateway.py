"""The gateway: one session at a time, kept while the socket is away, resumed or invalidated as a test asks.

https://docs.discord.com/developers/events/gateway
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from aiohttp import WSMsgType, web

from tests.loopback.discord.errors import Json, NobodyListens
from tests.loopback.discord.messages import Message, seen_by_bot

if TYPE_CHECKING:
    from tests.loopback.discord.guild import Guild
    from tests.loopback.discord.server import LoopbackDiscord

GUILDS, GUILD_MEMBERS, PRESENCES, GUILD_MESSAGES, DIRECT_MESSAGES, MESSAGE_CONTENT = (
    1 << bit for bit in (0, 1, 8, 9, 12, 15)
)
PRIVILEGED = GUILD_MEMBERS | PRESENCES | MESSAGE_CONTENT
NEEDS = {"MESSAGE": (GUILD_MESSAGES, DIRECT_MESSAGES), "GUILD": (GUILDS, 0), "CHANNEL": (GUILDS, GUILDS),
         "THREAD": (GUILDS, 0)}  # fmt: skip
"""The intent that events of a kind need, in a server and in direct messages."""


@dataclass(eq=False)
class Session:
    """What a bot identified with, and every event since, so that it can resume."""

    id: str
    intents: int
    sent: list[str] = field(default_factory=list)
    socket: Socket | None = None

    def send(self, event: str, body: Any) -> None:
        """Number an event, keep it, and send it if there is a socket."""
        frame = json.dumps({"op": 0, "t": event, "s": len(self.sent) + 1, "d": body})
        self.sent.append(frame)
        if self.socket is not None:
            self.socket.send(frame)


class Socket:
    """One connection. Frames go out in order from a queue, so that whoever makes an event need not wait."""

    def __init__(self, request: web.Request) -> None:
        self._request = request
        self._queue: asyncio.Queue[str | int] = asyncio.Queue()
        self.ws = web.WebSocketResponse(compress=False)

    def send(self, frame: str) -> None:
        """Send a text frame after those before it."""
        self._queue.put_nowait(frame)

    def close(self, code: int) -> None:
        """Close with a code after what is in the queue."""
        self._queue.put_nowait(code)

    def cut(self) -> None:
        """Break the connection off without a word."""
        if self._request.transport is not None:
            self._request.transport.abort()

    async def write(self) -> None:
        """Empty the queue, for as long as the connection is there."""
        with contextlib.suppress(ConnectionError):
            while isinstance(frame := await self._queue.get(), str):
                await self.ws.send_str(frame)
            await self.ws.close(code=frame)


class Gateway:
    """Counts what the bot does (``identified``, ``resumed``, ``beats``) and tells it what happens."""

    def __init__(self, discord: LoopbackDiscord) -> None:
        self._discord = discord
        self.session: Session | None = None
        self.heartbeat_interval_ms = 41_250
        """Told to the bot at its next connection."""
        self.allowed_intents = ~PRIVILEGED
        """Which intents the developer portal has switched on."""
        self.identified = self.resumed = self.connected = 0
        self.beats = 0
        """How many heartbeats came."""
        self._longest_gap_s = 0.0
        self._quiet_since: float | None = None
        self.closed_with: list[int] = []
        """The codes by which Discord closed the connection."""

    @property
    def longest_gap_s(self) -> float:
        """The longest time between two heartbeats of a connection: much above the interval, the loop was blocked."""
        quiet_s = 0.0 if self._quiet_since is None else time.monotonic() - self._quiet_since
        return max(self._longest_gap_s, quiet_s)

    def dispatch(self, event: str, body: Any, *, guild: Guild | None = None, needed: bool = False) -> None:
        """Tell the bot an event if its intents ask for it. Raises NobodyListens for a needed one without a session."""
        if self.session is None:
            if needed:
                raise NobodyListens(f"the bot is not connected, {event} is lost")
            return
        kind = NEEDS.get(event.split("_")[0])
        in_guild = guild is not None or (isinstance(body, dict) and "guild_id" in body) or event.startswith("GUILD")
        if kind is None or self.session.intents & kind[0 if in_guild else 1]:
            self.session.send(event, body)

    def guild_created(self, guild: Guild) -> None:
        """Tell the bot that it joined a server."""
        self.dispatch("GUILD_CREATE", guild.created_json())

    def guild_available(self, guild: Guild) -> None:
        """Tell the bot about a server that it is in."""
        self.dispatch("GUILD_CREATE", guild.created_json() | {"unavailable": False})

    def message_event(self, event: str, message: Message) -> None:
        """Tell the bot about a message that it may see."""
        channel = message.channel
        body: Json = {"channel_id": channel.id, "id": message.id}
        guild = channel.guild
        if guild is not None:
            bot = self._discord.bot_user
            if not guild.has_bot or not guild.permissions_of(bot, channel).view_channel:
                return
            body["guild_id"] = guild.id
            if message.author is not bot and event != "MESSAGE_DELETE":
                member = guild.member_json(message.author)
                body["member"] = {key: value for key, value in member.items() if key != "user"}
        if event != "MESSAGE_DELETE":
            content = self.session is not None and bool(self.session.intents & MESSAGE_CONTENT)
            body = seen_by_bot(message, content=content, bot=self._discord.bot_user) | body
        self.dispatch(event, body, guild=guild)

    def drop(self, code: int | None = None) -> None:
        """Break the connection off; with a code, close it so. The session stays and can be resumed."""
        if self.session is not None and (socket := self.session.socket) is not None:
            self.session.socket = None
            if code is None:
                socket.cut()
            else:
                socket.close(code)

    def ask_to_reconnect(self) -> None:
        """Send op 7: the bot reconnects and resumes."""
        self._control({"op": 7, "d": None})

    def invalidate(self, *, resumable: bool = False) -> None:
        """Send op 9: the bot resumes, or forgets its session and identifies anew."""
        self._control({"op": 9, "d": resumable})
        if not resumable:
            self.session = None

    def forget(self) -> None:
        """Forget the session, and who is connected: a bot that tries to resume is told to identify."""
        self.drop()
        self.session = None

    async def connect(self, request: web.Request) -> web.WebSocketResponse:
        """Serve one connection."""
        socket = Socket(request)
        await socket.ws.prepare(request)
        self.connected += 1
        writing = asyncio.create_task(socket.write())
        socket.send(json.dumps({"op": 10, "d": {"heartbeat_interval": self.heartbeat_interval_ms}}))
        try:
            async for frame in socket.ws:
                if frame.type is WSMsgType.TEXT:
                    self._heard(socket, json.loads(frame.data))
                    self._discord.changed()
        finally:
            writing.cancel()
            self._longest_gap_s, self._quiet_since = self.longest_gap_s, None
            if self.session is not None and self.session.socket is socket:
                self.session.socket = None
                if socket.ws.close_code in (1000, 1001):  # the bot went away for good
                    self.session = None
            self._discord.changed()
        return socket.ws

    def _heard(self, socket: Socket, frame: Json) -> None:
        body: Any = frame.get("d")
        match frame["op"]:
            case 1:
                self._longest_gap_s = self.longest_gap_s
                self._quiet_since = time.monotonic()
                self.beats += 1
                socket.send('{"op": 11}')
            case 2:
                self._identify(socket, body)
            case 6:
                self._resume(socket, body)
            case 8:
                self._send_members(body)

    def _identify(self, socket: Socket, body: Json) -> None:
        if body["token"].removeprefix("Bot ") != self._discord.token:
            return self._refuse(socket, 4004)
        if body["intents"] & ~self.allowed_intents & PRIVILEGED:
            return self._refuse(socket, 4014)
        self.identified += 1
        self.session = Session(self._discord.new_id(), body["intents"], socket=socket)
        here = [guild for guild in self._discord.guilds if guild.has_bot]
        ready = {
            "v": 10, "user": self._discord.bot_user.json() | {"verified": True, "mfa_enabled": False},
            "guilds": [{"id": guild.id, "unavailable": True} for guild in here], "session_id": self.session.id,
            "resume_gateway_url": self._discord.gateway_url, "shard": body.get("shard", [0, 1]),
            "application": {"id": self._discord.application_id, "flags": 0},
        }  # fmt: skip
        self.session.send("READY", ready)
        for guild in here:
            if guild.available:
                self.guild_available(guild)
        return None

    def _resume(self, socket: Socket, body: Json) -> None:
        if self.session is None or self.session.id != body["session_id"]:
            return socket.send('{"op": 9, "d": false}')
        self.resumed += 1
        for frame in self.session.sent[body["seq"] or 0 :]:
            socket.send(frame)
        self.session.socket = socket
        self.session.send("RESUMED", {})
        return None

    def _send_members(self, body: Json) -> None:
        guild = next(guild for guild in self._discord.guilds if guild.id == str(body["guild_id"]))
        ids = body.get("user_ids")
        wanted = [ids] if isinstance(ids, (str, int)) else ids
        asked = [str(id_) for id_ in wanted] if wanted is not None else list(guild.members)
        found = [guild.member_json(guild.members[id_].user) for id_ in asked if id_ in guild.members]
        self.dispatch("GUILD_MEMBERS_CHUNK", {
            "guild_id": guild.id, "members": found, "chunk_index": 0, "chunk_count": 1, "not_found": [],
            "nonce": body.get("nonce"),
        })  # fmt: skip

    def _refuse(self, socket: Socket, code: int) -> None:
        self.closed_with.append(code)
        socket.close(code)

    def _control(self, frame: Json) -> None:
        if self.session is not None and self.session.socket is not None:
            self.session.socket.send(json.dumps(frame))
