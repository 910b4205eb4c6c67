"""What test files import, or a ``conftest.py`` for them: a Discord of their own, which nothing may break.

>>> from tests.loopback.discord.fixtures import loopback  # a conftest.py: then it is there for every test beside it
"""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.loopback.discord.server import LoopbackDiscord


@pytest.fixture
async def loopback() -> AsyncIterator[LoopbackDiscord]:
    """Give a loopback Discord; afterwards no request may have broken a limit or a rule."""
    async with LoopbackDiscord() as discord:
        yield discord
    assert discord.violations == []
