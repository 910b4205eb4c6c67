"""Replies on their way to Discord: shown once wherever it can be, and posted at most once where it cannot."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import discord
import pytest
from discord.ext import commands

import bot.replying
from bot.errors import DISCORD_ERRORS
from bot.render.reply import Reply, Text, Tone, said
from bot.replying import deliver, follow, post, show, turn
from tests.bot.asked import is_reply
from tests.loopback.discord import ANSWERS, CALLBACK, CHANNEL_MESSAGES, Channel, Exchange, LoopbackDiscord, Member
from tests.loopback.discord.fixtures import loopback, no_backoff

__all__ = ["loopback", "no_backoff"]

Act = Callable[[discord.Interaction[Any]], Awaitable[None]]
LONG = Reply(tuple(Text(f"{letter}{letter} " * 1_100) for letter in "abc"), Tone.ANSWER)
"""Three messages."""
HEADER = "<@1> asked:"


class Teller(commands.Bot):
    """Does what a test wants done with an interaction, and keeps what was raised."""

    def __init__(self, act: Act) -> None:
        super().__init__(
            commands.when_mentioned,
            intents=discord.Intents(guilds=True),
            allowed_mentions=discord.AllowedMentions.none(),
        )
        self.raised: BaseException | None = None
        self.done = asyncio.Event()

        @self.tree.command(description="Do it.")
        async def do(interaction: discord.Interaction[Any]) -> None:
            try:
                await act(interaction)
            except DISCORD_ERRORS as error:
                self.raised = error
            finally:
                self.done.set()

    async def setup_hook(self) -> None:
        await self.tree.sync()


@pytest.fixture(autouse=True)
def _at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bot.replying, "_AGAIN_S", 0.0)


@pytest.fixture
def mina(loopback: LoopbackDiscord) -> Member:
    return loopback.add_guild("Study group", channels=["papers"]).add_member("Mina")


@pytest.fixture
def papers(mina: Member) -> Channel:
    return mina.guild.channel("papers")


async def do(mina: Member, act: Act) -> tuple[Exchange, BaseException | None]:
    """Let the bot act on a command; return the exchange and what was raised."""
    teller = Teller(act)
    async with mina.discord.running(teller):
        exchange = await mina.slash("do")
        await asyncio.wait_for(teller.done.wait(), 10)
    return exchange, teller.raised


def deferring(reply: Reply, before: Callable[[], Any] = lambda: None) -> Act:
    """Defer, let something happen, then deliver."""

    async def act(interaction: discord.Interaction[Any]) -> None:
        await interaction.response.defer(thinking=True)
        before()
        await deliver(interaction, reply, header=HEADER)

    return act


def beside(exchange: Exchange, channel: Channel) -> list[str]:
    """What stands in the channel as messages of the bot's own."""
    answers = [exchange.original, *exchange.followups]
    return [m.text for m in channel.said_by(channel_bot(exchange)) if m not in answers]


def channel_bot(exchange: Exchange) -> Any:
    return exchange.discord.bot_user


# Showing


async def test_a_reply_takes_the_place_of_thinking(mina: Member, papers: Channel) -> None:
    asked, raised = await do(mina, deferring(said("the answer")))
    assert raised is None
    assert (asked.text, asked.followups, beside(asked, papers)) == ("the answer", [], [])


async def test_a_reply_can_be_the_first_response(mina: Member) -> None:
    asked, _ = await do(mina, lambda interaction: show(interaction, said("at once"), ephemeral=True))
    assert asked.text == "at once"
    assert asked.ephemeral


async def test_a_stage_before_it_is_gone(mina: Member) -> None:
    async def act(interaction: discord.Interaction[Any]) -> None:
        await interaction.response.defer(thinking=True)
        await interaction.edit_original_response(content="Searching …")
        await deliver(interaction, said("the answer"), header=HEADER)

    asked, _ = await do(mina, act)
    assert asked.text == "the answer"
    assert asked.message.json["content"] == ""


async def test_a_long_reply_goes_on_in_further_messages(mina: Member, papers: Channel) -> None:
    asked, _ = await do(mina, deferring(LONG))
    assert [message.text[:2] for message in asked.messages] == ["aa", "bb", "cc"]
    assert beside(asked, papers) == []


async def test_a_long_private_reply_stays_private(mina: Member) -> None:
    async def act(interaction: discord.Interaction[Any]) -> None:
        await interaction.response.defer(thinking=True, ephemeral=True)
        await show(interaction, LONG, ephemeral=True)

    asked, _ = await do(mina, act)
    assert len(asked.messages) == 3
    assert all(message.only_for is mina.user for message in asked.messages)


# When Discord or the interaction fails


async def test_an_interaction_that_took_too_long_is_answered_in_its_channel(
    loopback: LoopbackDiscord, mina: Member, papers: Channel
) -> None:
    asked, raised = await do(mina, deferring(said("the answer"), lambda: loopback.clock.pass_time(minutes=16)))
    assert raised is None
    assert beside(asked, papers) == [f"{HEADER}\nthe answer"]
    refused = loopback.requests_to("PATCH", ANSWERS)[0]
    assert (refused.status, refused.answer["code"]) == (401, 50027)


async def test_a_reply_that_a_moderator_deleted_is_not_posted(
    loopback: LoopbackDiscord, mina: Member, papers: Channel
) -> None:
    def delete() -> None:
        (exchange,) = loopback.exchanges.values()
        loopback.messages.delete(exchange.message)

    asked, raised = await do(mina, deferring(said("the answer"), delete))
    assert raised is None
    assert beside(asked, papers) == []


async def test_a_reply_that_arrived_though_nobody_heard_so_is_not_posted_again(
    loopback: LoopbackDiscord, mina: Member, papers: Channel
) -> None:
    loopback.faults.lose_answer("PATCH", ANSWERS)
    asked, raised = await do(mina, deferring(said("the answer")))
    assert raised is None
    assert (asked.text, beside(asked, papers)) == ("the answer", [])


async def test_a_reply_that_did_not_arrive_is_posted_once_and_the_thinking_goes(
    loopback: LoopbackDiscord, mina: Member, papers: Channel
) -> None:
    loopback.faults.cut("PATCH", ANSWERS)
    asked, raised = await do(mina, deferring(said("the answer")))
    assert raised is None
    assert beside(asked, papers) == [f"{HEADER}\nthe answer"]
    assert asked.message.deleted


@pytest.mark.usefixtures("no_backoff")
@pytest.mark.parametrize("status", [500, 502, 503])
async def test_edits_that_fail_for_good_end_in_one_message_of_its_own(
    status: int, loopback: LoopbackDiscord, mina: Member, papers: Channel
) -> None:
    loopback.faults.fail("PATCH", ANSWERS, status=status, times=100)
    asked, raised = await do(mina, deferring(said("the answer")))
    assert raised is None
    assert beside(asked, papers) == [f"{HEADER}\nthe answer"]
    assert asked.message.deleted


@pytest.mark.usefixtures("no_backoff")
async def test_edits_that_fail_for_a_while_end_in_the_answer_itself(
    loopback: LoopbackDiscord, mina: Member, papers: Channel
) -> None:
    loopback.faults.fail("PATCH", ANSWERS, status=500, times=2)
    loopback.faults.rate_limit("PATCH", ANSWERS, retry_after=0.01)
    asked, raised = await do(mina, deferring(said("the answer")))
    assert raised is None
    assert (asked.text, beside(asked, papers)) == ("the answer", [])


async def test_nothing_is_posted_while_nobody_can_say_whether_it_is_there(
    loopback: LoopbackDiscord, mina: Member, papers: Channel
) -> None:
    loopback.faults.cut("PATCH", ANSWERS)
    loopback.faults.cut("GET", ANSWERS, times=10)
    asked, raised = await do(mina, deferring(said("the answer")))
    assert isinstance(raised, DISCORD_ERRORS)
    assert beside(asked, papers) == []


async def test_what_discord_does_not_take_is_raised_and_not_posted(
    loopback: LoopbackDiscord, mina: Member, papers: Channel
) -> None:
    loopback.faults.fail("PATCH", ANSWERS, status=400, code=50035)
    asked, raised = await do(mina, deferring(said("the answer")))
    assert isinstance(raised, discord.HTTPException)
    assert beside(asked, papers) == []


async def test_of_a_long_reply_only_what_is_left_is_posted(
    loopback: LoopbackDiscord, mina: Member, papers: Channel
) -> None:
    loopback.faults.after("PATCH", ANSWERS, lambda: loopback.clock.pass_time(minutes=16))
    asked, raised = await do(mina, deferring(LONG))
    assert raised is None
    assert asked.text[:2] == "aa"
    first, *more = beside(asked, papers)
    assert first.startswith(f"{HEADER}\nbb")
    assert [text[:2] for text in more] == ["cc"]
    assert not asked.message.deleted


async def test_a_follow_up_that_may_have_arrived_is_not_posted_again(
    loopback: LoopbackDiscord, mina: Member, papers: Channel
) -> None:
    loopback.faults.lose_answer("POST", ANSWERS)
    asked, raised = await do(mina, deferring(LONG))
    assert isinstance(raised, DISCORD_ERRORS)
    assert [message.text[:2] for message in asked.messages] == ["aa", "bb"]
    assert beside(asked, papers) == []


# Posting


def posting(channel: Channel) -> Act:
    async def act(interaction: discord.Interaction[Any]) -> None:
        await post(interaction.client.get_partial_messageable(int(channel.id)), said("the news"))

    return act


@pytest.mark.parametrize("fault", ["lose_answer", "cut"])
async def test_a_message_whose_fate_is_unknown_is_sent_again_and_stands_there_once(
    fault: str, loopback: LoopbackDiscord, mina: Member, papers: Channel
) -> None:
    getattr(loopback.faults, fault)("POST", CHANNEL_MESSAGES)
    _, raised = await do(mina, posting(papers))
    assert raised is None
    assert [message.text for message in papers.visible] == ["the news"]
    assert len(loopback.requests_to("POST", CHANNEL_MESSAGES)) == 2


async def test_a_message_is_sent_again_once_only(loopback: LoopbackDiscord, mina: Member, papers: Channel) -> None:
    loopback.faults.cut("POST", CHANNEL_MESSAGES, times=10)
    _, raised = await do(mina, posting(papers))
    assert isinstance(raised, DISCORD_ERRORS)
    assert len(loopback.requests_to("POST", CHANNEL_MESSAGES)) == 2


async def test_two_equal_messages_are_two(mina: Member, papers: Channel) -> None:
    async def act(interaction: discord.Interaction[Any]) -> None:
        for _ in range(2):
            await posting(papers)(interaction)

    await do(mina, act)
    assert [message.text for message in papers.visible] == ["the news"] * 2


async def test_a_forbidden_message_is_raised_at_once(loopback: LoopbackDiscord, mina: Member, papers: Channel) -> None:
    papers.deny(loopback.bot_user, send_messages=True)
    _, raised = await do(mina, posting(papers))
    assert isinstance(raised, discord.Forbidden)
    assert len(loopback.requests_to("POST", CHANNEL_MESSAGES)) == 1


# Presses


async def test_a_press_that_took_too_long_leaves_its_message_as_it_was(loopback: LoopbackDiscord, mina: Member) -> None:
    async def act(interaction: discord.Interaction[Any]) -> None:
        await interaction.response.send_message("a page")
        loopback.clock.pass_time(minutes=16)
        await turn(interaction, said("the next page"))

    asked, raised = await do(mina, act)
    assert raised is None
    assert asked.text == "a page"


async def test_what_came_of_a_press_is_told_in_the_channel_when_the_interaction_is_gone(
    loopback: LoopbackDiscord, mina: Member, papers: Channel
) -> None:
    async def act(interaction: discord.Interaction[Any]) -> None:
        await interaction.response.defer(thinking=True)
        loopback.clock.pass_time(minutes=16)
        await follow(interaction, said("the news"), header=HEADER)

    asked, raised = await do(mina, act)
    assert raised is None
    assert beside(asked, papers) == [f"{HEADER}\nthe news"]


async def test_a_callback_that_failed_is_tried_again(loopback: LoopbackDiscord, mina: Member) -> None:
    loopback.faults.rate_limit("POST", CALLBACK, retry_after=0.02)
    asked, raised = await do(mina, deferring(said("the answer")))
    assert raised is None
    assert is_reply(asked.message)
    assert [call.status for call in loopback.requests_to("POST", CALLBACK)] == [429, 200]
