"""Run the bot from start to end: own the library, log in, stop when asked to."""

from __future__ import annotations

import asyncio
import gc
import logging
import os
import signal
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import AsyncExitStack, ExitStack, contextmanager

import aiohttp
import discord

from bot.app import SeminarBot, Sends, point_to
from bot.health import HealthServer
from bot.settings import BotSettings
from rag.errors import LibraryBusy, Refused, SeminarError, Unreachable
from rag.settings import Settings
from rag.study import Study
from rag.wiring import build, now_utc
from rag.wording import sentence_for

log = logging.getLogger(__name__)

_BAD_TOKEN = 4004  # https://discord.com/developers/docs/topics/opcodes-and-status-codes#gateway
_PATIENCE_S = 30.0
"""How long a new bot waits for an old one that is still shutting down."""


def run(settings: BotSettings, core_settings: Settings) -> None:
    """Run until a signal ends it. Raises Refused, LibraryBusy, Unreachable.

    Where work is left that Python would wait for, the process ends here: the work is written down.
    """
    token = _token(settings)
    study = build(core_settings)
    bot = SeminarBot(study=study, settings=settings, core_settings=core_settings, clock=now_utc)
    with _owned(study, time.monotonic):
        try:
            asyncio.run(_serve_until_stopped(bot, token))
        except SeminarError as error:
            _end(bot, study, failed=sentence_for(error))
            raise
        _end(bot, study)


async def serve(bot: SeminarBot, token: str) -> None:
    """Log in and serve until the bot is closed. Raises Refused, Unreachable."""
    point_to(bot.desk.settings)
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(bot)
        if bot.desk.settings.health_port:
            await stack.enter_async_context(HealthServer(bot, bot.desk.settings.health_port))
        with _in_our_words(bot):
            await bot.start(token)


async def _serve_until_stopped(bot: SeminarBot, token: str) -> None:
    """Serve until SIGTERM or SIGINT, which close the bot in good order."""
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, bot.spawn_close)
    settling = loop.create_task(_settled(bot))
    try:
        await serve(bot, token)
    finally:
        settling.cancel()


async def _settled(bot: SeminarBot) -> None:
    """Leave what is loaded out of the garbage collector's rounds once all is: the loop stands still for one, 60 ms.

    Only where a process begins, here and in :mod:`rag.cli.sweeping`: what is left out is never freed.
    """
    await bot.warmed.wait()
    gc.freeze()


async def send_commands(settings: BotSettings, core_settings: Settings, *, server: str = "") -> int:
    """Send the commands to Discord without running; to one server only when it is named. Return how many.

    Raises Refused, Unreachable.
    """
    token = _token(settings)
    if server and not server.isdecimal():
        raise _no_server(server, "that is not the number of a server")
    study = build(core_settings)
    sends = Sends.NOTHING if server else Sends.ALWAYS
    bot = SeminarBot(study=study, settings=settings, core_settings=core_settings, clock=now_utc, sends=sends)
    point_to(settings)
    try:
        with _in_our_words(bot):
            async with bot:
                await bot.login(token)
                if not server:
                    return len(bot.command_ids)
                try:
                    return await bot.send_commands_to(int(server))
                except (discord.Forbidden, discord.NotFound) as error:
                    raise _no_server(server, "the bot is not in it") from error
        return 0
    finally:
        bot.lanes.close(patience_s=1.0)
        study.close()


@contextmanager
def _in_our_words(bot: SeminarBot) -> Iterator[None]:
    """Turn what ends the connection into Refused or Unreachable; into nothing when we were told to stop."""
    try:
        yield
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
        if not bot.stopping.is_set():
            raise Unreachable(service="Discord", reason=str(error) or type(error).__name__) from error
    except RuntimeError:
        if not bot.stopping.is_set():  # else the session was closed below a request that was under way
            raise


def _end(bot: SeminarBot, study: Study, *, failed: str = "") -> None:
    """Close what is open, unless a thread still reads a paper or waits for arXiv, and Python would wait for it.

    Then closing would make that paper fail. Its job is written down, and goes on with the next start.
    """
    if bot.lanes.close(patience_s=bot.patience_s):
        study.close()
        return
    if failed:
        sys.stderr.write(f"{failed}\n")
    sys.stderr.flush()
    os._exit(1 if failed else 0)


def _token(settings: BotSettings) -> str:
    token = settings.discord_token.get_secret_value().strip()
    if not token:
        raise Refused(
            what="Starting the bot",
            reason="DISCORD_TOKEN is not set",
            advice="Make a bot at https://discord.com/developers/applications (Bot, Reset Token), then start with "
            "DISCORD_TOKEN=… seminar run; deploy/RUNBOOK.md shows each step.",
        )
    if not token.isascii() or not token.isprintable() or " " in token:
        raise _refused_token("it holds a space, a line break or a sign that no token has")
    return token


def _no_server(server: str, reason: str) -> Refused:
    advice = "Copy its id in Discord: Settings, Advanced, Developer Mode; then right-click the server."
    return Refused(what=f"The server “{server}”", reason=reason, advice=advice)


def _refused_token(reason: str) -> Refused:
    return Refused(
        what="The Discord token",
        reason=reason,
        advice="Copy it anew: https://discord.com/developers/applications, your application, Bot, Reset Token.",
    )


@contextmanager
def _owned(study: Study, clock: Callable[[], float]) -> Iterator[None]:
    """Own the data directory, waiting a while for a bot that is shutting down. Raises LibraryBusy."""
    until, told = clock() + _PATIENCE_S, False
    with ExitStack() as stack:
        while True:
            try:
                stack.enter_context(study.directory.owned("run the bot"))
                break
            except LibraryBusy:
                if clock() > until:
                    raise
                if not told:
                    log.info("another Seminar is using this library: waiting up to %.0f s for it to end", _PATIENCE_S)
                told = True
                time.sleep(1.0)
        yield
