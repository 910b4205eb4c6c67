"""Discord's own answers fail around a question: nothing is lost, nothing is posted twice."""

from __future__ import annotations

import logging
from collections.abc import Callable

import pytest

from rag.domain.record import Delivery
from rag.errors import StorageFailed
from rag.study import Study
from tests.bot.asked import (
    answers_in,
    ask,
    delivered,
    errors_in,
    is_reply,
    newest,
    picked,
    pressed,
    reached,
    refused,
    warm,
)
from tests.bot.conftest import Start, StudyWith
from tests.bot.embedders import Gate, Troubled
from tests.bot.prepared import GROUP, SHIFT_QUESTION
from tests.loopback.discord import ANSWERS, CALLBACK, CHANNEL_MESSAGES, Channel, Exchange, Member
from tests.loopback.discord.fixtures import no_backoff

__all__ = ["no_backoff"]


@pytest.mark.usefixtures("no_backoff", "no_stages")
async def test_rate_limits_and_errors_of_the_server_are_waited_out(start: Start, mina: Member, papers: Channel) -> None:
    faults = mina.discord.faults
    async with start() as bot:
        faults.fail("POST", CALLBACK, status=500)
        faults.rate_limit("POST", CALLBACK, retry_after=0.05)
        faults.fail("PATCH", ANSWERS, status=500, times=2)
        faults.rate_limit("PATCH", ANSWERS, retry_after=0.05)
        asked = await ask(mina, channel=papers)
        await delivered(bot, mina)
    assert asked.ack_ms < 3_000
    assert answers_in(papers) == [asked.text]


@pytest.mark.usefixtures("no_stages")
@pytest.mark.parametrize("fault", ["lose_answer", "cut"])
async def test_an_acknowledgement_that_nobody_heard_of_costs_no_answer(
    fault: str, start: Start, mina: Member, papers: Channel, caplog: pytest.LogCaptureFixture
) -> None:
    async with start() as bot:
        getattr(mina.discord.faults, fault)("POST", CALLBACK)
        asked = await ask(mina, channel=papers)
        await delivered(bot, mina)
        getattr(mina.discord.faults, fault)("POST", CALLBACK)
        text = await refused(await mina.slash("ask", question="what", paper="no such thing", channel=papers))
        assert text.startswith("There is no paper called")
    assert answers_in(papers) == [asked.text]
    assert errors_in(caplog) == []


async def test_an_acknowledgement_that_came_too_late_ends_there(
    start: Start, mina: Member, papers: Channel, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    discord = mina.discord
    async with start() as bot:
        gate = discord.faults.hold("POST", CALLBACK)
        await mina.slash("ask", question=SHIFT_QUESTION, channel=papers)
        await discord.until(lambda: discord.requests_to("POST", CALLBACK))
        discord.clock.pass_time(seconds=4)
        gate.set()
        await discord.until(lambda: "10062" in caplog.text)
        assert bot.desk.study.answers.recent(GROUP, mina.id) == ()
    assert errors_in(caplog) == []
    assert answers_in(papers) == []


@pytest.mark.usefixtures("no_backoff", "no_stages")
async def test_an_answer_that_cannot_be_shown_is_posted_once_under_its_askers_name(
    start: Start, mina: Member, papers: Channel
) -> None:
    async with start() as bot:
        mina.discord.faults.fail("PATCH", ANSWERS, status=500, times=1_000)
        asked = await mina.slash("ask", question=SHIFT_QUESTION, channel=papers)
        await delivered(bot, mina)
        await mina.discord.until(lambda: asked.message.deleted)
    (posted,) = answers_in(papers)
    assert posted.startswith(f"<@{mina.id}> asked:\n> {SHIFT_QUESTION}\n1. ")
    assert asked.followups == []


@pytest.mark.usefixtures("no_stages")
async def test_the_buttons_of_a_posted_answer_work(start: Start, mina: Member, papers: Channel) -> None:
    async with start() as bot:
        mina.discord.faults.cut("PATCH", ANSWERS)
        await mina.slash("ask", question=SHIFT_QUESTION, channel=papers)
        await delivered(bot, mina)
        (posted,) = papers.said_by(mina.discord.bot_user)
        assert "**[1]**" in (await pressed(mina, posted, "Quote 1")).text
        await pressed(mina, posted, "Discuss in a thread")
        assert len(papers.threads) == 1


@pytest.mark.usefixtures("no_stages")
async def test_an_answer_that_arrived_though_nobody_heard_so_stands_there_once(
    start: Start, mina: Member, papers: Channel
) -> None:
    async with start() as bot:
        mina.discord.faults.lose_answer("PATCH", ANSWERS)
        asked = await ask(mina, channel=papers)
        await delivered(bot, mina)
    assert answers_in(papers) == [asked.text]


@pytest.mark.usefixtures("no_stages")
async def test_an_answer_after_the_life_of_its_interaction_is_posted(
    start: Start, study_with: StudyWith, mina: Member, papers: Channel, caplog: pytest.LogCaptureFixture
) -> None:
    gate = Gate()
    embedder = Troubled(gate, at_once=False)
    async with start(study=study_with(embedder)) as bot:
        await warm(bot)
        embedder.troubled = True
        asked = await (await mina.slash("ask", question=SHIFT_QUESTION, channel=papers)).acknowledged()
        await reached(gate)
        mina.discord.clock.pass_time(minutes=16)
        gate.opened.set()
        await delivered(bot, mina)
    (posted,) = answers_in(papers)
    assert posted.startswith(f"<@{mina.id}> asked:")
    assert asked.followups == []
    assert errors_in(caplog) == []


@pytest.mark.usefixtures("no_stages")
async def test_a_private_answer_that_nobody_could_be_given_is_in_answers(
    start: Start, mina: Member, papers: Channel, caplog: pytest.LogCaptureFixture
) -> None:
    discord = mina.discord
    async with start() as bot:
        discord.faults.after("POST", CALLBACK, lambda: discord.clock.pass_time(minutes=16))
        await mina.slash("ask", question=SHIFT_QUESTION, private=True, channel=papers)
        await discord.until(lambda: bot.desk.study.answers.recent(GROUP, mina.id), 15.0)
        await discord.until(lambda: newest(bot, mina).delivery is Delivery.SENDING)
        await discord.until(lambda: [sent.status for sent in discord.requests_to("PATCH", ANSWERS)][-1:] == [401])
        assert answers_in(papers) == []
        listed = await (await mina.slash("answers")).settled(is_reply)
        again = await picked(mina, listed.message, "Open an answer again", SHIFT_QUESTION)
        assert "**Sources**" in again.text
        assert newest(bot, mina).private
    assert errors_in(caplog) == []


@pytest.mark.usefixtures("no_stages")
async def test_what_a_moderator_deleted_is_not_posted(
    start: Start, mina: Member, papers: Channel, caplog: pytest.LogCaptureFixture
) -> None:
    discord = mina.discord

    def delete() -> None:
        discord.messages.delete(next(iter(discord.exchanges.values())).message)

    async with start() as bot:
        discord.faults.after("POST", CALLBACK, delete)
        asked = await mina.slash("ask", question=SHIFT_QUESTION, channel=papers)
        await delivered(bot, mina)
    assert answers_in(papers) == []
    assert asked.messages == []
    assert errors_in(caplog) == []


@pytest.mark.usefixtures("no_stages")
async def test_a_channel_that_takes_nothing_leaves_the_answer_to_answers(
    start: Start, mina: Member, papers: Channel, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    discord = mina.discord
    papers.deny(discord.bot_user, send_messages=True)
    async with start() as bot:
        discord.faults.after("POST", CALLBACK, lambda: discord.clock.pass_time(minutes=16))
        await mina.slash("ask", question=SHIFT_QUESTION, channel=papers)
        await discord.until(lambda: "the person could not be told" in caplog.text, 15.0)
        assert newest(bot, mina).delivery is Delivery.SENDING
        listed = await (await mina.slash("answers")).settled(is_reply)
        assert "**Sources**" in (await picked(mina, listed.message, "Open an answer again", SHIFT_QUESTION)).text
    assert errors_in(caplog) == []


async def test_an_answer_that_was_shown_stays_though_that_cannot_be_noted(
    start: Start, study_for: Callable[..., Study], mina: Member, monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:  # fmt: skip
    def full(*_: object) -> None:
        raise StorageFailed(reason="database or disk is full")

    study = study_for()
    monkeypatch.setattr(study.answers, "delivered", full)
    async with start(study=study):
        asked = await ask(mina)
        await mina.discord.until(lambda: "was sent, but" in caplog.text)
    assert "**Sources**" in asked.text
    assert not asked.message.deleted
    assert asked.followups == []


@pytest.mark.usefixtures("no_backoff", "no_stages")
async def test_an_answer_that_cannot_even_be_looked_for_is_left_to_answers_and_nothing_is_deleted(
    start: Start, mina: Member, papers: Channel
) -> None:
    """It arrived, its confirmation did not, and for a while nothing else gets through."""
    async with start() as bot:
        mina.discord.faults.lose_answer("PATCH", ANSWERS)
        mina.discord.faults.fail("GET", ANSWERS, times=5)  # the library asks so often
        asked: Exchange = await mina.slash("ask", question=SHIFT_QUESTION, channel=papers)
        await asked.followed_up(timeout=15.0)
        assert newest(bot, mina).delivery is Delivery.SENDING
    assert answers_in(papers) == [asked.text]
    assert not asked.message.deleted
    assert asked.followups[0].text.startswith("Discord did not take my message. Nothing is lost")
    assert asked.followups[0].only_for is mina.user
    assert asked.discord.requests_to("POST", CHANNEL_MESSAGES)[1:] == []
