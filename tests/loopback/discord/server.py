"""The loopback Discord itself: one HTTP server in the test's own event loop, and what tests ask of it."""

from __future__ import annotations

import asyncio
import contextlib
import json
import re
import time
from collections.abc import AsyncIterator, Callable, Sequence
from datetime import timedelta
from types import TracebackType
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

import yarl
from aiohttp import web
from discord.gateway import DiscordWebSocket
from discord.http import Route

from tests.loopback.discord import rest_application, rest_channels, rest_events, rest_interactions
from tests.loopback.discord.calls import Call, read
from tests.loopback.discord.checking import Checks
from tests.loopback.discord.commands import CommandBook
from tests.loopback.discord.errors import ApiError, Json
from tests.loopback.discord.exchange import Exchange
from tests.loopback.discord.faults import Faults
from tests.loopback.discord.gateway import Gateway
from tests.loopback.discord.guild import Guild
from tests.loopback.discord.ids import Clock, Snowflakes
from tests.loopback.discord.messages import Messages
from tests.loopback.discord.world import DM, Channel, User

if TYPE_CHECKING:
    from discord import Client

API = "/api/v10"
ROUTES = (rest_application.ROUTES, rest_interactions.ROUTES, rest_channels.ROUTES, rest_events.ROUTES)
BY_TOKEN_IN_PATH = ("/interactions/", "/webhooks/")
POLL_S = 0.01
"""How often ``until`` looks again when nothing was heard: conditions may be about the bot."""


class LoopbackDiscord:
    """Use as an asynchronous context manager. Inside it, discord.py talks to this Discord and to no other."""

    def __init__(self, *, token: str = "loopback.token.0123456789", bot_name: str = "Seminar") -> None:
        self.token = token
        self.clock = Clock()
        self.new_id = Snowflakes(self.clock).new
        self.users: dict[str, User] = {}
        self.bot_user = self.add_user(bot_name, bot=True)
        self.owner = self.add_user("Owner")
        self.application_id = self.bot_user.id
        self.guilds: list[Guild] = []
        self.channels: dict[str, Channel] = {}
        self.refuses_dm: set[str] = set()
        """Ids of people who take no direct messages."""
        self.messages = Messages(self)
        self.commands = CommandBook(self.application_id)
        self.exchanges: dict[str, Exchange] = {}
        """Every interaction, by token, oldest first."""
        self.replies_in_components = False
        """Whether the bot does, and shows in plain content only what it replaces in a moment: ``settled`` knows."""
        self.token_lifetime = timedelta(minutes=15)
        self.gateway = Gateway(self)
        self.faults = Faults()
        self.checks = Checks(self)
        self.requests: list[Call] = []
        self.api_url = self.gateway_url = self.cdn_url = ""
        self._something = asyncio.Event()

    async def __aenter__(self) -> LoopbackDiscord:
        app = web.Application(client_max_size=64 * 1024 * 1024)
        app.router.add_route("*", API + "/{path:.*}", self._answer)
        app.router.add_get("/gateway", self.gateway.connect)
        app.router.add_get("/gateway/", self.gateway.connect)
        app.router.add_get("/attachments/{channel}/{id}/{name}", self._download)
        self._runner = web.AppRunner(app, shutdown_timeout=0.2, access_log=None)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        host = f"127.0.0.1:{self._runner.addresses[0][1]}"
        self.cdn_url, self.gateway_url, self.api_url = f"http://{host}", f"ws://{host}/gateway", f"http://{host}{API}"
        self._before = Route.BASE, DiscordWebSocket.DEFAULT_GATEWAY
        Route.BASE, DiscordWebSocket.DEFAULT_GATEWAY = self.api_url, yarl.URL(self.gateway_url)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, value: BaseException | None, tb: TracebackType | None
    ) -> None:
        Route.BASE, DiscordWebSocket.DEFAULT_GATEWAY = self._before
        self.gateway.drop()
        await self._runner.cleanup()

    def add_user(self, name: str, *, bot: bool = False) -> User:
        """Open an account. To let a person join a server: ``guild.add_member(name)``."""
        user = User(self.new_id(), name, bot)
        self.users[user.id] = user
        return user

    def add_guild(
        self, name: str, *, channels: Sequence[str] = ("general",), with_bot: bool = True, id_: str | None = None
    ) -> Guild:
        """Open a server with text channels; the first is its system channel. A connected bot is told that it joined.

        ``id_`` is for a server that a library made beforehand belongs to.
        """
        guild = Guild(self, name, owner=self.add_user(f"Owner of {name}"), channels=channels, id_=id_)
        guild.has_bot = with_bot
        self.guilds.append(guild)
        if with_bot:
            self.gateway.guild_created(guild)
        return guild

    def dm_with(self, person: User) -> Channel:
        """Return the direct messages between the bot and a person."""
        for channel in self.channels.values():
            if channel.type == DM and channel.recipient is person:
                return channel
        channel = Channel(self.new_id(), DM, person.name, recipient=person)
        self.channels[channel.id] = channel
        return channel

    @contextlib.asynccontextmanager
    async def running(self, bot: Client, *, token: str | None = None) -> AsyncIterator[Client]:
        """Run a discord.py client until the end of the block; what it raises before it is ready is raised here."""
        hurry(bot)
        task = asyncio.create_task(bot.start(token or self.token))
        ready = asyncio.create_task(self.ready())
        try:
            await asyncio.wait([task, ready], return_when=asyncio.FIRST_COMPLETED)
            if task.done():
                task.result()
            await ready
            await bot.wait_until_ready()
            yield bot
        finally:
            ready.cancel()
            await bot.close()
            with contextlib.suppress(Exception):
                await task
            self.gateway.forget()

    async def ready(self, timeout: float = 30.0) -> None:
        """Wait until a bot has identified, or resumed, and was told its servers."""
        await self.until(
            lambda: self.gateway.session is not None and self.gateway.session.socket is not None,
            timeout, lambda: f"no bot connected; requests so far: {self.requests[-5:]}",
        )  # fmt: skip

    async def until(
        self,
        true: Callable[[], Any],
        timeout: float = 15.0,
        otherwise: Callable[[], str] = lambda: "it never came true",
    ) -> None:
        """Wait until a condition holds. Raises AssertionError after so many seconds."""
        end = time.monotonic() + timeout
        while not true():
            if time.monotonic() > end:
                raise AssertionError(f"after {timeout} s: {otherwise()}; last requests {self.requests[-5:]}")
            self._something.clear()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._something.wait(), POLL_S)

    def changed(self) -> None:
        """Wake who waits for a condition."""
        self._something.set()

    def requests_to(self, method: str, path: str) -> list[Call]:
        """Return the requests so far whose path, below ``/api/v10``, matches a pattern whole."""
        return [call for call in self.requests if call.method == method and re.fullmatch(path, call.path)]

    @property
    def violations(self) -> list[str]:
        """Return every request that broke a documented limit, Discord's OpenAPI file or the rule on mentions."""
        return self.checks.violations()

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        at = time.monotonic()
        call = await read(request, request.path.removeprefix(API), at)
        self.requests.append(call)
        faults = self.faults.take(call)
        for fault in faults:
            await asyncio.sleep(fault.wait_s)
            if fault.gate is not None:
                await fault.gate.wait()
        refused = next((fault for fault in faults if fault.status), None)
        if refused is not None:
            call.status, call.answer, headers = refused.status, refused.body, refused.headers
        elif any(fault.cut for fault in faults):
            return self._cut(request)
        else:
            (call.status, call.answer), headers = await self._carry_out(call), None
        for fault in faults:
            if fault.then is not None:
                asyncio.get_running_loop().call_soon(fault.then)
        self.changed()
        if any(fault.lose for fault in faults):
            return self._cut(request)
        if call.status == 204:
            return web.Response(status=204)
        exact = {"Content-Type": "application/json"}  # with a charset beside it, discord.py takes the answer for text
        return web.Response(body=json.dumps(call.answer).encode(), status=call.status, headers=exact | (headers or {}))

    async def _carry_out(self, call: Call) -> tuple[int, Json | list[Json] | None]:
        try:
            if call.token != self.token and not call.path.startswith(BY_TOKEN_IN_PATH):
                raise ApiError(401, 0, "401: Unauthorized")
            answerer = next((found for routes in ROUTES if (found := routes.find(call))), None)
            if answerer is None:
                self.checks.complain(call, "the loopback Discord does not know this address")
                raise ApiError(404, 0, "404: Not Found")
            self.checks.before(call)
            answer = await answerer(self, call)
        except ApiError as error:
            return error.status, error.json
        return (204, None) if answer is None else (200, answer)

    def _cut(self, request: web.Request) -> web.StreamResponse:
        if request.transport is not None:
            request.transport.abort()
        self.changed()
        return web.Response(status=500)

    async def _download(self, request: web.Request) -> web.StreamResponse:
        kept = self.messages.cdn.get(request.match_info["id"])
        if kept is None or kept[0] != unquote(request.match_info["name"]):
            return web.Response(status=404)
        return web.Response(body=kept[1], content_type="application/octet-stream")


def hurry(bot: Client) -> None:
    """Take out what discord.py waits for out of politeness: 2 s for servers, 5 s before it identifies again."""

    async def at_once(shard_id: int | None, *, initial: bool = False) -> None:
        return None

    bot._connection.guild_ready_timeout = 0.0
    bot.before_identify_hook = at_once  # type: ignore[method-assign]
