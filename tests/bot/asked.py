"""What the tests of questions share: asking, waiting for all of an answer, looking at it and at what was noted."""

from __future__ import annotations

import asyncio
import logging
from typing import Any

import pytest

from bot.app import SeminarBot
from rag.domain.record import Delivery, KeptAnswer
from tests.bot.embedders import Gate
from tests.bot.prepared import GROUP, SHIFT_QUESTION
from tests.bot.render.discord_markdown import shown
from tests.loopback.discord import Channel, Exchange, LoopbackDiscord, Member, Message
from tests.loopback.discord.messages import V2


def is_reply(message: Message) -> bool:
    """Whether a message is a reply, not "thinking" or a stage."""
    return bool(message.json["flags"] & V2)


async def ask(person: Member, question: str = SHIFT_QUESTION, **more: Any) -> Exchange:
    """Ask with /ask and wait for the reply."""
    asked = await person.slash("ask", question=question, **more)
    return await asked.settled(is_reply, timeout=20.0)


async def pressed(person: Member, message: Message, button: str) -> Exchange:
    """Press a button and wait for what it shows."""
    return await (await person.press(message, button)).settled(is_reply)


async def picked(person: Member, message: Message, menu: str, value: str) -> Exchange:
    """Pick from a menu and wait for what it shows."""
    return await (await person.pick(message, menu, value)).settled(is_reply)


async def refused(exchange: Exchange) -> str:
    """Wait for the sentence that says no; nobody but the person sees it, and nothing else is left."""
    said = await refused_beside(exchange)
    assert len(exchange.messages) == 1
    return said


async def refused_beside(exchange: Exchange) -> str:
    """Wait for the sentence that says no beside what was there already; nobody but the person sees it."""

    def told() -> bool:
        return any("Reference" in message.text for message in exchange.messages)

    await exchange.discord.until(told, 15.0, lambda: f"nothing was refused: {exchange}")
    message = exchange.messages[-1]
    assert message.only_for is exchange.person.user
    return message.text


async def posts(discord: LoopbackDiscord, channel: Channel, count: int = 1) -> list[Message]:
    """Wait for so many messages of the bot in a channel, and return them all."""
    await discord.until(lambda: len(channel.said_by(discord.bot_user)) >= count, 15.0)
    return channel.said_by(discord.bot_user)


async def warm(bot: SeminarBot) -> None:
    """Wait until the models are loaded: what comes then is no first question."""
    await asyncio.wait_for(bot.warmed.wait(), 20)


async def reached(gate: Gate) -> None:
    """Wait until an embedder stands before a gate."""
    while not gate.reached.is_set():
        await asyncio.sleep(0.01)


def newest(bot: SeminarBot, person: Member) -> KeptAnswer:
    """The newest answer of a person."""
    return bot.desk.study.answers.recent(GROUP, person.id)[0]


async def delivered(bot: SeminarBot, person: Member) -> KeptAnswer:
    """Wait until the newest answer of a person is noted as delivered."""
    await person.discord.until(
        lambda: bot.desk.study.answers.recent(GROUP, person.id) and newest(bot, person).delivery is Delivery.DELIVERED,
        15.0,
    )
    return newest(bot, person)


def answers_in(channel: Channel) -> list[str]:
    """Every public message with an answer."""
    assert channel.guild is not None
    return [m.text for m in channel.said_by(channel.guild.discord.bot_user) if "**Sources**" in m.text]


def errors_in(caplog: pytest.LogCaptureFixture) -> list[str]:
    """What was logged as an error."""
    return [record.getMessage() for record in caplog.records if record.levelno >= logging.ERROR]


def bold(text: str) -> str:
    """What stands in bold in a message: our headings and marks, and nothing that others wrote."""
    return "".join(sign if "bold" in styles else "\n" for sign, styles in shown(text))


def links(text: str) -> set[str]:
    """Where a click in a message leads."""
    found = {style for _, styles in shown(text) for style in styles}
    return {style.removeprefix("link:") for style in found if style.startswith("link:")}
