"""An answer while a model writes it: what people see of it, how often, and what is left when it never ends."""

from __future__ import annotations

import asyncio
import itertools
import re
import threading
from functools import partial

import pytest

from bot.stages import stages_of
from rag.domain.answer import Outcome
from rag.domain.record import Delivery
from rag.errors import ModelFailed
from rag.study import Study
from tests.bot.asked import ask, is_reply, posts
from tests.bot.conftest import Start
from tests.bot.dictated import (
    NAME,
    SHIFT_QUOTE,
    SHIFT_SAID,
    TARGET_QUOTE,
    TARGET_SAID,
    WEAK_QUOTE,
    WEAK_SAID,
    Dictated,
    Killed,
)
from tests.bot.drawing import Draw, draw
from tests.bot.prepared import GROUP, SHIFT_QUESTION
from tests.loopback.discord import Channel, Exchange, Member, labels_of

__all__ = ["draw"]

FIRST, SECOND = (SHIFT_SAID, SHIFT_QUOTE), (TARGET_SAID, TARGET_QUOTE)
INVENTED = ("Ping @everyone: it never happens.", "this stands on no page of any paper here")
PACE_S = 0.06


@pytest.fixture
def model(study: Study, monkeypatch: pytest.MonkeyPatch) -> Dictated:
    """The model of all servers; people see what it writes sooner than they would."""
    monkeypatch.setattr("rag.answering.model_writer.SHOW_EVERY_S", 0.0)
    for door in ("bot.cogs.ask", "bot.late"):
        monkeypatch.setattr(f"{door}.stages_of", partial(stages_of, pace_s=PACE_S))
    return Dictated().set_up_in(study)


def sentences(text: str) -> list[str]:
    """The lines of an answer that end with its marks, without their numbers."""
    lines = (re.fullmatch(r"(?:\d+\. )?(.*\*\*(?:\[\d+\])+\*\*(?: \*\(.*)?)", line) for line in text.splitlines())
    return [found[1] for found in lines if found]


def previews(asked: Exchange) -> list[tuple[float, str]]:
    """What stood where "thinking" stood while the answer was written, and when."""
    return [(at, json["content"]) for at, json in asked.edits if "so far" in json["content"]]


async def test_checked_sentences_stand_where_thinking_stood_until_the_answer_replaces_them(
    start: Start, study: Study, model: Dictated, mina: Member, papers: Channel, draw: Draw
) -> None:
    async with start(study=study) as bot:
        asked = await mina.slash("ask", question=SHIFT_QUESTION, channel=papers)
        model.says(FIRST)
        await asked.staged("1 sentence so far, each checked before you see it", 20.0)
        model.says(INVENTED, SECOND)
        await asked.staged("2 sentences so far")
        assert "everyone" not in asked.text
        model.says((WEAK_SAID, WEAK_QUOTE), None)
        await asked.settled(is_reply)
        draw("discord-written", {mina.id: "Mina", str(bot.application_id): "Seminar"}, (asked.message, "/ask", "Mina"))
        await mina.discord.until(lambda: study.answers.recent(GROUP, mina.id)[0].delivery is Delivery.DELIVERED)
    whole = sentences(asked.text)
    assert whole == [f"{SHIFT_SAID} **[1]**", f"{TARGET_SAID} **[2]**", f"{WEAK_SAID} **[3]** *(weakly supported)*"]
    for _, shown in previews(asked):
        assert sentences(shown) == whole[: len(sentences(shown))]
    times = [at for at, _ in previews(asked)]
    assert all(later - earlier >= PACE_S for earlier, later in itertools.pairwise(times))
    assert "so far" not in asked.text
    assert f"\n> {SHIFT_QUOTE}" in asked.text
    assert asked.text.endswith("-# Written by the language model example\\:scripted · 3 citations checked on the page")
    assert labels_of(asked.message)[:3] == ["Quote 1", "Quote 2", "Quote 3"]
    assert not any(json["mentions"] or json["mention_everyone"] for _, json in asked.edits)
    assert len(papers.said_by(mina.discord.bot_user)) == 1
    assert len(model.asked) == 1, "loading the models asks nobody"
    (kept,) = study.answers.recent(GROUP, mina.id)
    assert (kept.answer.outcome, kept.answer.writer) == (Outcome.GROUNDED, NAME)


async def test_a_question_that_a_model_has_to_read_first_says_so(
    start: Start, study: Study, model: Dictated, mina: Member, papers: Channel
) -> None:
    async with start(study=study) as bot:
        await asyncio.wait_for(bot.warmed.wait(), 20)
        asked = await mina.slash("ask", question=f"was ist eigentlich ein {SHIFT_QUESTION}?", channel=papers)
        await asked.staged("Reading your question …")
        model.thinking.set()
        model.says(FIRST, None)
        await asked.settled(is_reply, timeout=20.0)


async def test_a_private_answer_grows_before_its_asker_alone(
    start: Start, study: Study, model: Dictated, mina: Member, papers: Channel
) -> None:
    async with start(study=study):
        asked = await mina.slash("ask", question=SHIFT_QUESTION, private=True, channel=papers)
        model.says(FIRST)
        await asked.staged("1 sentence so far", 20.0)
        assert asked.ephemeral
        model.says(None)
        await asked.settled(is_reply)
    assert asked.ephemeral
    assert papers.visible == []


async def test_who_mentions_the_bot_sees_the_answer_when_it_is_whole(
    start: Start, study: Study, model: Dictated, mina: Member, papers: Channel
) -> None:
    async with start(study=study):
        model.says(FIRST, SECOND, None)
        await mina.says(papers, SHIFT_QUESTION, mentions_bot=True)
        (answer,) = await posts(mina.discord, papers)
    assert len(sentences(answer.text)) == 2
    assert [bool(json["components"]) for _, json in answer.edits] == [True]


async def test_a_bot_that_is_stopped_while_a_model_writes_answers_after_the_restart(
    start: Start, study: Study, model: Dictated, mina: Member, papers: Channel
) -> None:
    async with start(study=study):
        asked = await mina.slash("ask", question=SHIFT_QUESTION, channel=papers)
        model.says(FIRST)
        await asked.staged("1 sentence so far", 20.0)
        model.says(Killed())
    assert len(study.answers.waiting.left(asked.created_at.replace(year=2000))) == 1
    assert not is_reply(asked.message)
    async with start(study=study):
        model.says(FIRST, SECOND, None)
        await asked.settled(is_reply, timeout=20.0)
    assert len(sentences(asked.text)) == 2
    assert papers.said_by(mina.discord.bot_user) == [asked.message]


async def test_a_model_that_takes_long_holds_up_no_command_and_its_answer_comes_when_discord_waits_no_more(
    start: Start, study: Study, model: Dictated, mina: Member, papers: Channel
) -> None:
    async with start(study=study, ask_threads=1):
        asked = await mina.slash("ask", question=SHIFT_QUESTION, channel=papers)
        model.says(FIRST)
        await asked.staged("1 sentence so far", 20.0)
        waits = await mina.slash("ask", question="what is a residual block", channel=papers)
        await waits.staged("Waiting for a free place …")
        status = await (await mina.slash("status")).settled("Papers")
        assert status.ack_ms < 3_000
        mina.discord.clock.pass_time(minutes=16)
        model.says(SECOND, None, None)
        said = await posts(mina.discord, papers, 3)
    header = f"<@{mina.id}> asked:"
    (posted,) = [message for message in said if message.text.startswith(header) and SHIFT_SAID in message.text]
    assert len(sentences(posted.text)) == 2


async def test_a_model_that_dies_while_it_writes_costs_a_notice_and_the_papers_are_quoted(
    start: Start, study: Study, model: Dictated, mina: Member, papers: Channel
) -> None:
    async with start(study=study):
        model.says(FIRST, ModelFailed(NAME, "it did not answer within 60 s"))
        asked = await ask(mina, SHIFT_QUESTION, channel=papers)
    question, notice, *_ = asked.text.splitlines()
    assert question == f"> {SHIFT_QUESTION}"
    assert notice == "-# The language model did not answer, so the papers are quoted instead."
    assert asked.text.endswith(
        "-# Quoted from the papers; no language model wrote this · 2 citations checked on the page"
    )


async def test_what_is_made_with_a_model_for_minutes_holds_up_no_question(
    start: Start, study: Study, mina: Member, papers: Channel
) -> None:
    over = threading.Event()
    async with start(study=study) as bot:
        making = [asyncio.ensure_future(bot.lanes.make(over.wait, 30)) for _ in range(4)]
        try:
            await ask(mina, SHIFT_QUESTION, channel=papers)
            assert not any(one.done() for one in making)
        finally:
            over.set()
            await asyncio.gather(*making)
