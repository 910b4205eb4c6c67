"""A bot as people meet it: the real one, on a loopback Discord, with a real library."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import datetime
from typing import Any

import pytest

from bot.app import SeminarBot
from bot.settings import read_bot_settings
from rag.settings import Settings
from rag.study import Study
from rag.wiring import build
from tests.bot.drawing import draw
from tests.bot.prepared import group, mina, omar, others, prepared, remembering
from tests.conftest import NOW
from tests.loopback.discord import LoopbackDiscord
from tests.loopback.discord.fixtures import loopback

__all__ = ["draw", "group", "loopback", "mina", "omar", "others", "prepared", "remembering"]

Start = Callable[..., AbstractAsyncContextManager[SeminarBot]]


@pytest.fixture
def start(loopback: LoopbackDiscord, settings_for: Callable[..., Settings]) -> Start:
    """Start the bot for a while: ``async with start() as bot``; again on the same library is a restart.

    Names of settings of the core and of the bot are told apart. ``study`` is one that is open already.
    """
    loopback.replies_in_components = True

    @asynccontextmanager
    async def running(
        *,
        study: Study | None = None,
        core: dict[str, object] | None = None,
        clock: Callable[[], datetime] = lambda: NOW,
        **given: Any,
    ) -> AsyncIterator[SeminarBot]:
        core_settings = settings_for(**(core or {}))
        settings = read_bot_settings(discord_token=loopback.token, **given)
        ours = study or build(core_settings, clock=clock)
        bot = SeminarBot(study=ours, settings=settings, core_settings=core_settings, clock=clock)
        try:
            with ours.directory.owned("run the bot"):
                async with loopback.running(bot):
                    yield bot
                bot.lanes.close(patience_s=10.0)
        finally:
            if study is None:
                ours.close()

    return running
