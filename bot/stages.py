"""What people see while they wait: stages of the work, or that somebody types. None of it is worth a failure."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from types import TracebackType

import discord

from bot.errors import DISCORD_ERRORS, GONE
from bot.render.limits import EDIT_PACE_S
from bot.replying import Deferred

log = logging.getLogger(__name__)

LAST_EDIT_S = 1.0
"""How long an edit that is on its way may hold up the reply, which it must not arrive after."""


class Stages:
    """Shows how far a piece of work is: the latest text wins, edits keep Discord's pace, failures are no matter.

    ``sleep`` waits for so many seconds.
    """

    def __init__(
        self,
        edit: Callable[[str], Awaitable[object]],
        *,
        pace_s: float = EDIT_PACE_S,
        sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
    ) -> None:
        self._edit = edit
        self._pace_s = pace_s
        self._sleep = sleep
        self._text = ""
        self._news = asyncio.Event()
        self._editing = self._over = False
        self._task: asyncio.Task[None] | None = None

    def say(self, text: str) -> None:
        """Let people read this at the next edit."""
        if text != self._text:
            self._text = text
            self._news.set()

    async def __aenter__(self) -> Stages:
        self._task = asyncio.create_task(self._show())
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None
    ) -> None:
        assert self._task is not None
        self._over = True
        try:
            if self._editing:
                await asyncio.wait({self._task}, timeout=LAST_EDIT_S)
        finally:
            self._task.cancel()
        await asyncio.wait({self._task})

    async def _show(self) -> None:
        while not self._over:
            await self._sleep(self._pace_s)  # first too: what is quick shows no stage at all
            await self._news.wait()
            self._news.clear()
            self._editing = True
            try:
                await self._edit(self._text)
            except DISCORD_ERRORS as error:
                if getattr(error, "code", None) in GONE:
                    return  # deleted, or too late: there is no place for stages any more
                log.info("a stage could not be shown: %r", error)
            finally:
                self._editing = False


def stages_of(deferred: Deferred, *, pace_s: float = EDIT_PACE_S) -> Stages:
    """Return stages shown where "thinking" stands."""

    async def edit(text: str) -> None:
        await deferred.edit_original_response(content=text)

    return Stages(edit, pace_s=pace_s)


@contextlib.asynccontextmanager
async def typing(channel: discord.abc.Messageable) -> AsyncIterator[None]:
    """Show in a channel that we type, for as long as the block takes."""
    task = asyncio.create_task(_type_in(channel))
    try:
        yield
    finally:
        task.cancel()
        await asyncio.wait({task})


async def _type_in(channel: discord.abc.Messageable) -> None:
    with contextlib.suppress(*DISCORD_ERRORS):
        async with channel.typing():
            await asyncio.Event().wait()
