"""A question takes long, models load, the gateway drops: stages are seen, the heart beats, nothing is lost."""

from __future__ import annotations

import itertools
from collections.abc import Callable

import pytest

from bot.render.limits import EDIT_PACE_S
from tests.bot.asked import answers_in, ask, delivered, is_reply, posts, reached, warm
from tests.bot.conftest import Start, StudyWith
from tests.bot.embedders import Gate, Troubled, burns, sleeps
from tests.bot.prepared import RESIDUAL_QUESTION, SHIFT_QUESTION
from tests.loopback.discord import CALLBACK, Channel, Guild, Member

# Stages


async def test_a_slow_question_shows_its_stages_at_a_pace_and_nothing_after_its_answer(
    start: Start, study_with: StudyWith, mina: Member
) -> None:
    embedder = Troubled(sleeps(1.6), at_once=False)
    async with start(study=study_with(embedder)) as bot:
        await warm(bot)
        embedder.troubled = True
        asked = await ask(mina)
    *stages, (_, last) = [(at, json) for at, json in asked.edits if json["content"] or json["components"]]
    assert stages[0][1]["content"] == "Searching 3 papers …"
    assert all("…" in json["content"] and not json["components"] for _, json in stages)
    assert len(stages) >= 2
    times = [at for at, _ in stages]
    assert times[0] >= EDIT_PACE_S
    assert all(later - earlier >= EDIT_PACE_S for earlier, later in itertools.pairwise(times))
    assert last["components"]
    assert last["content"] == ""


async def test_a_question_that_comes_while_the_models_load_says_so_and_is_answered(
    start: Start, study_with: StudyWith, mina: Member
) -> None:
    gate = Gate()
    async with start(study=study_with(Troubled(gate))) as bot:
        asked = await mina.slash("ask", question=SHIFT_QUESTION)
        await asked.staged("Loading the models, your question is next …")
        assert asked.ack_ms < 3_000
        assert not bot.warmed.is_set()
        gate.opened.set()
        await asked.settled(is_reply)
        assert "Sources" in asked.text
        await warm(bot)


async def test_who_waits_for_a_free_place_sees_it(start: Start, study_with: StudyWith, mina: Member) -> None:
    gate = Gate()
    embedder = Troubled(gate, at_once=False)
    async with start(study=study_with(embedder), ask_threads=1) as bot:
        await warm(bot)
        embedder.troubled = True
        first = await mina.slash("ask", question=SHIFT_QUESTION)
        await reached(gate)
        second = await mina.slash("ask", question=RESIDUAL_QUESTION)
        await second.staged("Waiting for a free place …")
        gate.opened.set()
        for asked in (first, second):
            await asked.settled(is_reply)


# The gateway


async def test_a_dropped_gateway_costs_no_answer(
    start: Start, study_with: StudyWith, mina: Member, papers: Channel
) -> None:
    gateway = mina.discord.gateway
    embedder = Troubled(sleeps(0.5), at_once=False)
    async with start(study=study_with(embedder)) as bot:
        await warm(bot)
        embedder.troubled = True
        mina.discord.faults.after("POST", CALLBACK, gateway.drop)
        asked = await ask(mina, channel=papers)
        await mina.discord.until(lambda: gateway.resumed == 1)
        assert "Sources" in (await ask(mina, channel=papers)).text
        await delivered(bot, mina)
    assert gateway.identified == 1
    assert answers_in(papers).count(asked.text) == 2
    assert asked.followups == []


async def test_an_invalid_session_costs_no_answer_and_nothing_is_done_twice(
    start: Start, study_with: StudyWith, mina: Member, group: Guild, papers: Channel
) -> None:
    discord = mina.discord
    embedder = Troubled(sleeps(0.5), at_once=False)
    async with start(study=study_with(embedder)) as bot:
        await warm(bot)
        await posts(discord, group.channel("general"))
        embedder.troubled = True
        discord.faults.after("POST", CALLBACK, discord.gateway.invalidate)
        asked = await ask(mina, channel=papers)
        await discord.until(lambda: discord.gateway.identified == 2)
        await bot.wait_until_ready()
        assert "Sources" in (await ask(mina, RESIDUAL_QUESTION, channel=papers)).text
        await delivered(bot, mina)
    assert discord.gateway.resumed == 0
    assert len(answers_in(papers)) == 2
    assert "**Sources**" in asked.text
    assert len(group.channel("general").visible) == 1, "one welcome"


@pytest.mark.alone
@pytest.mark.parametrize("trouble", [sleeps(2.0), burns(2.0)], ids=["sleeps", "burns"])
async def test_the_heart_beats_while_an_embedder_is_slow(
    trouble: Callable[[], None], start: Start, study_with: StudyWith, mina: Member
) -> None:
    gateway = mina.discord.gateway
    gateway.heartbeat_interval_ms = 100
    embedder = Troubled(trouble, at_once=False)
    async with start(study=study_with(embedder)) as bot:
        await warm(bot)
        embedder.troubled = True
        before = gateway.beats
        asked = await ask(mina)
        assert "Sources" in asked.text
        assert gateway.beats - before >= 5
        assert gateway.longest_gap_s < 1.5
        assert asked.ack_ms < 3_000


@pytest.mark.alone
async def test_ten_questions_at_once_are_all_acknowledged_in_time_and_answered(
    start: Start, study_with: StudyWith, group: Guild
) -> None:
    people = [group.add_member(f"Reader {n}") for n in range(10)]
    async with start(study=study_with(Troubled(sleeps(0)))):  # the real embedder, while it loads
        asked = [await person.slash("ask", question=SHIFT_QUESTION) for person in people]
        for exchange in asked:
            await exchange.settled(is_reply, timeout=30.0)
    assert max(exchange.ack_ms for exchange in asked) < 3_000
    assert len({exchange.text for exchange in asked}) == 1
