"""A running bot whose answers are pressed, forged messages with a button or a menu, and what who presses is told."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from bot.app import SeminarBot
from tests.bot.asked import is_reply
from tests.bot.conftest import Start
from tests.loopback.discord import Channel, Exchange, Guild, Message


@pytest.fixture
async def bot(start: Start, group: Guild) -> AsyncIterator[SeminarBot]:
    assert group.has_bot
    async with start() as bot:
        yield bot


def button(channel: Channel, custom_id: str) -> Message:
    """Put a message of the bot with one button into a channel, as nobody but the bot can."""
    row = {"type": 1, "components": [{"type": 2, "style": 2, "label": "Press", "custom_id": custom_id}]}
    assert channel.guild is not None
    discord = channel.guild.discord
    return discord.messages.write(channel, discord.bot_user, {"content": "forged", "components": [row]})


def menu(channel: Channel, custom_id: str, value: str) -> Message:
    """The same with a menu of one choice."""
    options = [{"label": "Choice", "value": value}]
    row = {"type": 1, "components": [{"type": 3, "custom_id": custom_id, "options": options}]}
    assert channel.guild is not None
    discord = channel.guild.discord
    return discord.messages.write(channel, discord.bot_user, {"content": "forged", "components": [row]})


async def told(exchange: Exchange) -> str:
    """What the person who pressed, and nobody else, was told."""
    await exchange.discord.until(lambda: any(is_reply(message) for message in exchange.messages), 10.0)
    (message,) = exchange.messages
    assert message.only_for is exchange.person.user
    return message.text
