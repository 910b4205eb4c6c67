"""The process ends between an answer and its message: the next one posts it once, or leaves it to /answers."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import timedelta

import pytest

from rag.domain.record import Delivery
from rag.study import Study
from tests.bot.asked import answers_in, ask, delivered, reached, warm
from tests.bot.conftest import Start, StudyWith
from tests.bot.embedders import Gate, Troubled
from tests.bot.prepared import GROUP, RESIDUAL_QUESTION, SHIFT_ID, SHIFT_QUESTION
from tests.conftest import NOW
from tests.loopback.discord import Channel, Guild, Member


async def kept_for(mina: Member, study: Study, channel: Channel, *, private: bool = False, asker: str = "") -> int:
    """What a process that was killed after this leaves behind."""
    answer = study.ask(SHIFT_QUESTION, guild=GROUP, paper=SHIFT_ID)
    return study.answers.keep(answer, guild=GROUP, asker=asker or mina.id, channel=channel.id, private=private)


async def test_an_answer_of_a_killed_process_is_posted_once(
    start: Start, study_for: Callable[..., Study], mina: Member, papers: Channel
) -> None:
    study = study_for()
    answer_id = await kept_for(mina, study, papers)
    for _ in range(2):
        async with start(study=study) as bot:
            await mina.discord.until(lambda: study.answers.read(GROUP, answer_id).delivery is Delivery.DELIVERED, 15.0)
            await ask(mina, RESIDUAL_QUESTION, private=True)
            assert bot.is_ready()
    (posted,) = answers_in(papers)
    assert posted.startswith(f"<@{mina.id}> asked, before I was restarted:\n> {SHIFT_QUESTION}\n")


async def test_what_a_killed_process_may_have_sent_is_not_sent_again(
    start: Start, study_for: Callable[..., Study], mina: Member, papers: Channel
) -> None:
    study = study_for()
    private = await kept_for(mina, study, papers, private=True)
    sending = await kept_for(mina, study, papers)
    study.answers.sending(GROUP, sending)
    last = await kept_for(mina, study, papers)
    async with start(study=study):
        await mina.discord.until(lambda: study.answers.read(GROUP, last).delivery is Delivery.DELIVERED, 15.0)
    assert len(answers_in(papers)) == 1
    assert study.answers.read(GROUP, private).delivery is Delivery.WAITING
    assert study.answers.read(GROUP, sending).delivery is Delivery.SENDING


async def test_what_is_an_hour_old_interests_nobody_any_more(
    start: Start, study_for: Callable[..., Study], mina: Member, papers: Channel, monkeypatch: pytest.MonkeyPatch
) -> None:
    study = study_for()
    monkeypatch.setattr(study.answers, "_clock", lambda: NOW - timedelta(minutes=61))
    await kept_for(mina, study, papers)
    monkeypatch.setattr(study.answers, "_clock", lambda: NOW - timedelta(minutes=59))
    last = await kept_for(mina, study, papers)
    async with start(study=study):
        await mina.discord.until(lambda: study.answers.read(GROUP, last).delivery is Delivery.DELIVERED, 15.0)
    assert len(answers_in(papers)) == 1


async def test_one_channel_that_is_gone_does_not_keep_the_others_from_their_answers(
    start: Start, study_for: Callable[..., Study], mina: Member, group: Guild, papers: Channel
) -> None:
    study = study_for()
    gone = group.add_channel("gone")
    await kept_for(mina, study, gone)
    group.remove_channel(gone)
    last = await kept_for(mina, study, papers)
    async with start(study=study):
        await mina.discord.until(lambda: study.answers.read(GROUP, last).delivery is Delivery.DELIVERED, 15.0)
    assert len(answers_in(papers)) == 1


async def test_an_answer_that_is_found_while_the_bot_stops_takes_its_place_after_the_restart(
    start: Start, study_with: StudyWith, mina: Member, papers: Channel
) -> None:
    gate = Gate()
    embedder = Troubled(gate, at_once=False)
    study = study_with(embedder)
    async with start(study=study) as bot:
        await warm(bot)
        embedder.troubled = True
        asked = await mina.slash("ask", question=SHIFT_QUESTION, channel=papers)
        await reached(gate)
        asyncio.get_running_loop().run_in_executor(None, gate_later, gate)
    (kept,) = study.answers.recent(GROUP, mina.id)
    assert kept.delivery is Delivery.WAITING
    async with start(study=study) as bot:
        await delivered(bot, mina)
    assert answers_in(papers) == [asked.text]


def gate_later(gate: Gate) -> None:
    """Open a gate while the bot closes."""
    gate.opened.wait(0.5)
    gate.opened.set()
