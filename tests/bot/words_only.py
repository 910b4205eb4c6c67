"""A bot that searches nothing by meaning, in a new server with an admin and a member."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager

import pytest
from discord import Permissions

from bot.app import SeminarBot
from tests.bot.conftest import Start
from tests.bot.prepared import GROUP
from tests.loopback.discord import Guild, LoopbackDiscord, Member

ADMIN = Permissions(manage_guild=True)
Running = Callable[[], AbstractAsyncContextManager[SeminarBot]]


@pytest.fixture
def words_only(start: Start) -> Running:
    """Start the bot without an embedder."""
    return lambda: start(core={"embedder": "none"})


@pytest.fixture
async def bot(words_only: Running, group: Guild) -> AsyncIterator[SeminarBot]:
    assert group.has_bot  # it is there before the bot starts
    async with words_only() as bot:
        yield bot


@pytest.fixture
def group(loopback: LoopbackDiscord) -> Guild:
    """Give a server whose library is empty."""
    return loopback.add_guild("Study group", channels=["papers"], id_=GROUP)


@pytest.fixture
def mina(group: Guild) -> Member:
    """Give an admin."""
    return group.add_member("Mina", permissions=ADMIN)


@pytest.fixture
def jo(group: Guild) -> Member:
    """Give somebody who may nothing in particular."""
    return group.add_member("Jo")
