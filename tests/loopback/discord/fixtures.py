"""What test files import, or a ``conftest.py`` for them: a Discord of their own, which nothing may break.

>>> from tests.loopback.discord.fixtures import loopback  # a conftest.py: then it is there for every test beside it
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import discord.http
import discord.webhook.async_
import pytest

from tests.loopback.discord.server import LoopbackDiscord


@pytest.fixture
async def loopback() -> AsyncIterator[LoopbackDiscord]:
    """Give a loopback Discord; afterwards no request may have broken a limit or a rule."""
    async with LoopbackDiscord() as discord:
        yield discord
    assert discord.violations == []


@pytest.fixture
def no_backoff(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let discord.py try again at once after an error of the server; else it takes 25 s to give up."""

    class AtOnce:
        def __getattr__(self, name: str) -> Any:
            return getattr(asyncio, name)

        async def sleep(self, _seconds: float) -> None:
            await asyncio.sleep(0)

    for module in (discord.http, discord.webhook.async_):
        monkeypatch.setattr(module, "asyncio", AtOnce())
