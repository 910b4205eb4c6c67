"""The bot: what it is made of, how it starts, and how it ends."""

from __future__ import annotations

import asyncio
import logging
import sys
import threading
import time
from collections.abc import Callable, Coroutine
from datetime import datetime
from enum import StrEnum
from typing import Any

import discord
from discord import app_commands
from discord.ext import commands

from bot.desk import Desk
from bot.errors import report_to
from bot.lanes import Lanes, ask_threads
from bot.rates import Rates
from bot.refusals import Refusals
from bot.servers import KnownServers
from bot.settings import BotSettings
from bot.syncing import CommandSync
from bot.tree import SeminarTree
from bot.views.press import ITEMS, Actions
from rag.language.reach import reach_of
from rag.settings import Settings
from rag.study import Study
from rag.wording import counted

log = logging.getLogger(__name__)

CATCHING_UP = "catching up"
_ANSWERING = (
    *("CommandTree-invoker", "discord-ui-", "discord.py: on_message", "discord.py: on_interaction"),
    *("discord.py: on_ready", "discord.py: on_guild_", CATCHING_UP),
)
"""How the library, and we, name the tasks in which somebody is answered, or a server is welcomed."""

PERMISSIONS = discord.Permissions(
    view_channel=True,
    send_messages=True,
    send_messages_in_threads=True,
    create_public_threads=True,
    attach_files=True,
    embed_links=True,
    read_message_history=True,
)
"""Exactly what the bot uses; asked for by the invite link."""


class Sends(StrEnum):
    """When the bot tells Discord its commands."""

    CHANGED = "changed"
    ALWAYS = "always"
    NOTHING = "nothing"


class SeminarBot(commands.Bot):
    """Seminar in Discord. Needs no privileged intent: people mention it, reply to it, or use commands."""

    def __init__(
        self,
        *,
        study: Study,
        settings: BotSettings,
        core_settings: Settings,
        clock: Callable[[], datetime],
        sends: Sends = Sends.CHANGED,
        **options: Any,
    ) -> None:
        intents = discord.Intents.none()
        intents.guilds = True
        intents.guild_messages = True
        discord.VoiceClient.warn_nacl = discord.VoiceClient.warn_dave = False  # there is nothing to hear
        super().__init__(
            command_prefix=commands.when_mentioned,
            help_command=None,
            intents=intents,
            tree_cls=SeminarTree,
            allowed_installs=app_commands.AppInstallationType(guild=True, user=False),
            allowed_contexts=app_commands.AppCommandContext(guild=True, dm_channel=False, private_channel=False),
            allowed_mentions=discord.AllowedMentions.none(),
            member_cache_flags=discord.MemberCacheFlags.none(),
            chunk_guilds_at_startup=False,
            max_messages=None,
            **options,
        )
        self._sends = sends
        self.actions = Actions()
        self.lanes = Lanes(ask_threads=ask_threads(settings.ask_threads, reach_of(core_settings)))
        self.desk = Desk(
            study=study,
            lanes=self.lanes,
            settings=settings,
            core_settings=core_settings,
            servers=KnownServers(servers=study.servers, lanes=self.lanes),
            actions=self.actions,
            rates=Rates(settings, clock=time.monotonic),
            clock=clock,
        )
        self.command_ids: dict[str, int] = {}
        self.warmed = asyncio.Event()
        self.stopping = threading.Event()
        """Set when the bot is to end: nothing long is begun any more."""
        self._stop_by: float | None = None
        self.refusals = Refusals(clock=time.monotonic)
        self._warming: asyncio.Task[None] | None = None
        self._background: set[asyncio.Task[None]] = set()
        self._closing: asyncio.Task[None] | None = None

    async def setup_hook(self) -> None:
        """Put everything in its place before the gateway opens; called once."""
        from bot.cogs import cogs_for

        await self.lanes.look(self.desk.study.furnish)
        await self.desk.servers.load()
        for cog in cogs_for(self):
            await self.add_cog(cog)
        self.add_dynamic_items(*ITEMS)
        assert self.application_id is not None
        if self._sends is not Sends.NOTHING:
            sync, always = CommandSync(library=self.desk.study.library, lanes=self.lanes), self._sends is Sends.ALWAYS
            self.command_ids = await sync.sync(self.tree, application=self.application_id, force=always)
        log.info("invite me: %s", self.invite_url)

    async def on_ready(self) -> None:
        """Load the models once the gateway is up. Discord says ready again after reconnects: nothing is done twice."""
        log.info("ready as %s in %s", self.user, counted(len(self.guilds), "server"))
        if self._warming is None:
            self._warming = self.spawn(self._warm(), "warm")

    async def on_message(self, message: discord.Message, /) -> None:
        """Leave messages to the cogs: there are no prefix commands."""

    async def on_error(self, event_method: str, /, *args: Any, **_kwargs: Any) -> None:
        """Answer the message whose handling failed; log what came from anything else."""
        error = sys.exc_info()[1]
        assert error is not None
        if args and isinstance(args[0], discord.Message):
            await report_to(args[0], error, aloud=self.refusals.first(args[0], error))
        elif self.is_closed():  # it had its time
            log.info("%s was cut off by the stop: %r", event_method, error)
        else:
            log.error("%s failed", event_method, exc_info=error)

    async def send_commands_to(self, server: int) -> int:
        """Send the commands to one server only, where they work at once; return how many."""
        here = discord.Object(server)
        self.tree.copy_global_to(guild=here)
        return len(await self.tree.sync(guild=here))

    @property
    def invite_url(self) -> str:
        """The link by which an admin lets the bot into a server."""
        assert self.application_id is not None
        return discord.utils.oauth_url(
            self.application_id, permissions=PERMISSIONS, scopes=("bot", "applications.commands")
        )

    def mention_of(self, command: str) -> str:
        """Return a command so that people can click it: ``</paper add:123>``; plain text where its id is not known."""
        command_id = self.command_ids.get(command.split(" ")[0])
        return f"</{command}:{command_id}>" if command_id else f"`/{command}`"

    def spawn(self, work: Coroutine[Any, Any, None], name: str) -> asyncio.Task[None]:
        """Let a coroutine run beside the gateway; it ends with the bot, and what it raises is logged."""
        task = asyncio.create_task(work, name=name)
        self._background.add(task)
        task.add_done_callback(self._ended)
        return task

    def keep_doing(self, work: Callable[[], Coroutine[Any, Any, None]], name: str, *, every_s: float) -> None:
        """Let a piece of work be done again and again beside the gateway; what goes wrong once is logged."""

        async def again() -> None:
            await self.wait_until_ready()
            while True:
                once = asyncio.create_task(work(), name=name)
                try:
                    await asyncio.wait({once})
                finally:
                    once.cancel()
                self._ended(once)
                await asyncio.sleep(every_s)

        self.spawn(again(), name)

    def spawn_close(self) -> None:
        """Begin to close, from a signal; a second signal changes nothing."""
        if self._closing is None:
            log.info("stopping")
            self.stopping.set()
            self._stop_by = time.monotonic() + self.desk.settings.stop_within_s
            self._closing = asyncio.get_running_loop().create_task(self._answer_and_close(), name="close")

    @property
    def patience_s(self) -> float:
        """How long running work may still take to end."""
        if self._stop_by is None:
            return self.desk.settings.stop_within_s
        return max(self._stop_by - time.monotonic(), 0.1)

    async def close(self) -> None:
        """Stop taking work, let go of Discord, and give what runs a few seconds."""
        if self.is_closed():
            return
        for task in list(self._background):
            task.cancel()
        await super().close()
        log.info("closed the connection to Discord")

    async def _answer_and_close(self) -> None:
        """Let those have their answers who were to get one soon, then close."""
        answering = {task for task in asyncio.all_tasks() if task.get_name().startswith(_ANSWERING)}
        if answering:
            await asyncio.wait(answering, timeout=self.patience_s)
        await self.close()

    async def _warm(self) -> None:
        await self.lanes.ask(self.desk.study.warm)
        self.warmed.set()
        log.info("the models are loaded")

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._background.discard(task)
        if not task.cancelled() and (error := task.exception()):
            log.error("%s failed", task.get_name(), exc_info=error)


def point_to(settings: BotSettings) -> None:
    """Use another address than Discord's own; the library keeps its addresses on classes."""
    import yarl
    from discord.gateway import DiscordWebSocket
    from discord.http import Route

    if settings.discord_api_url:
        Route.BASE = settings.discord_api_url
    if settings.discord_gateway_url:
        DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(settings.discord_gateway_url)
