"""A bot as people meet it: the real one, on a loopback Discord, with a real library."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import datetime
from functools import partial
from typing import Any

import pytest

from bot.app import SeminarBot
from bot.settings import read_bot_settings
from bot.stages import stages_of
from rag.settings import Settings
from rag.study import Study
from rag.wiring import build
from tests.bot.drawing import draw
from tests.bot.embedders import Troubled
from tests.bot.prepared import group, mina, omar, others, papers, prepared, remembering, study
from tests.conftest import NOW
from tests.loopback.discord import LoopbackDiscord
from tests.loopback.discord.fixtures import loopback

__all__ = ["draw", "group", "loopback", "mina", "omar", "others", "papers", "prepared", "remembering", "study"]

Start = Callable[..., AbstractAsyncContextManager[SeminarBot]]
StudyWith = Callable[[Troubled], Study]


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


@pytest.fixture
def study_with(study_for: Callable[..., Study], monkeypatch: pytest.MonkeyPatch) -> StudyWith:
    """Open the library with a troubled embedder."""

    def made(embedder: Troubled) -> Study:
        monkeypatch.setattr("rag.wiring.embedder_from", lambda *_args, **_more: embedder)
        return study_for()

    return made


@pytest.fixture
def no_stages(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the first edit be the answer, however slow this machine is: the next edit is the one that fails."""
    monkeypatch.setattr("bot.cogs.ask.stages_of", partial(stages_of, pace_s=1_000.0))
