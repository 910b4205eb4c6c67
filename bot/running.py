"""Run the bot from start to end: own the library, log in, stop when asked to."""

from __future__ import annotations

import asyncio
import logging
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import AsyncExitStack, ExitStack, contextmanager

import aiohttp
import discord

from bot.app import CLOSING_S, SeminarBot, point_to
from bot.health import HealthServer
from bot.settings import BotSettings
from rag.errors import LibraryBusy, Refused, Unreachable
from rag.settings import Settings
from rag.study import Study
from rag.wiring import build, now_utc

log = logging.getLogger(__name__)

_BAD_TOKEN = 4004  # https://discord.com/developers/docs/topics/opcodes-and-status-codes#gateway
_PATIENCE_S = 30.0
"""How long a new bot waits for an old one that is still shutting down."""


def run(settings: BotSettings, core_settings: Settings) -> bool:
    """Run until a signal ends it; say whether all work had ended too. Raises Refused, LibraryBusy, Unreachable."""
    token = _token(settings)
    study = build(core_settings)
    try:
        with _owned(study, time.monotonic):
            bot = SeminarBot(study=study, settings=settings, core_settings=core_settings, clock=now_utc)
            asyncio.run(_serve_until_stopped(bot, token))
            return bot.lanes.close(patience_s=CLOSING_S)
    finally:
        study.close()


async def serve(bot: SeminarBot, token: str) -> None:
    """Log in and serve until the bot is closed. Raises Refused, Unreachable."""
    point_to(bot.desk.settings)
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(bot)
        if bot.desk.settings.health_port:
            await stack.enter_async_context(HealthServer(bot, bot.desk.settings.health_port))
        try:
            await bot.start(token)
        except discord.LoginFailure as error:
            raise _refused_token("Discord does not accept it") from error
        except discord.PrivilegedIntentsRequired as error:
            advice = "Seminar asks for none of them: see whether a fork of it runs here."
            raise Refused(what="The connection", reason="it wants a privileged intent", advice=advice) from error
        except discord.ConnectionClosed as error:
            if error.code == _BAD_TOKEN:
                raise _refused_token("Discord has stopped accepting it") from error
            raise Unreachable(service="Discord", reason=f"it closed the connection ({error.code})") from error
        except (OSError, aiohttp.ClientError, discord.HTTPException, discord.GatewayNotFound) as error:
            raise Unreachable(service="Discord", reason=str(error) or type(error).__name__) from error


async def _serve_until_stopped(bot: SeminarBot, token: str) -> None:
    """Serve until SIGTERM or SIGINT, which close the bot in good order."""
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, bot.spawn_close)
    await serve(bot, token)


async def send_commands(settings: BotSettings, core_settings: Settings, *, server: str = "") -> int:
    """Send the commands to Discord without running; to one server only when it is named. Return how many."""
    study = build(core_settings)
    bot = SeminarBot(study=study, settings=settings, core_settings=core_settings, clock=now_utc, sync_always=True)
    point_to(settings)
    try:
        async with bot:
            await bot.login(_token(settings))
            if server:
                here = discord.Object(int(server))
                bot.tree.copy_global_to(guild=here)
                return len(await bot.tree.sync(guild=here))
            return len(bot.command_ids)
    except discord.LoginFailure as error:
        raise _refused_token("Discord does not accept it") from error
    finally:
        bot.lanes.close(patience_s=1.0)
        study.close()


def _token(settings: BotSettings) -> str:
    token = settings.discord_token.get_secret_value().strip()
    if not token:
        raise Refused(
            what="Starting the bot",
            reason="DISCORD_TOKEN is not set",
            advice="Make a bot at https://discord.com/developers/applications (Bot, Reset Token), then start with "
            "DISCORD_TOKEN=… seminar run; deploy/RUNBOOK.md shows each step.",
        )
    return token


def _refused_token(reason: str) -> Refused:
    return Refused(
        what="The Discord token",
        reason=reason,
        advice="Copy it anew: https://discord.com/developers/applications, your application, Bot, Reset Token.",
    )


@contextmanager
def _owned(study: Study, clock: Callable[[], float]) -> Iterator[None]:
    """Own the data directory, waiting a while for a bot that is shutting down. Raises LibraryBusy."""
    until = clock() + _PATIENCE_S
    with ExitStack() as stack:
        while True:
            try:
                stack.enter_context(study.directory.owned("run the bot"))
                break
            except LibraryBusy:
                if clock() > until:
                    raise
                log.info("another Seminar is using this library: waiting for it to end")
                time.sleep(1.0)
        yield
