"""Discord, the gateway, the models or the process fail around a question: nothing is lost, nothing is posted twice."""

from __future__ import annotations

import asyncio
import itertools
import logging
from collections.abc import Callable
from datetime import timedelta
from functools import partial

import pytest

from bot.app import SeminarBot
from bot.render.limits import EDIT_PACE_S
from bot.stages import stages_of
from rag.domain.record import Delivery, KeptAnswer
from rag.errors import NotFound, StorageFailed
from rag.study import Study
from tests.bot.asked import ask, is_reply, picked, posts, pressed, refused
from tests.bot.conftest import Start
from tests.bot.embedders import Gate, Troubled, burns, sleeps
from tests.bot.prepared import GROUP, RESIDUAL_QUESTION, SHIFT_ID, SHIFT_QUESTION
from tests.conftest import NOW
from tests.loopback.discord import ANSWERS, CALLBACK, CHANNEL_MESSAGES, Channel, Exchange, Guild, Member
from tests.loopback.discord.fixtures import no_backoff

__all__ = ["no_backoff"]

StudyWith = Callable[[Troubled], Study]


@pytest.fixture
def papers(group: Guild) -> Channel:
    return group.channel("papers")


@pytest.fixture
def study_with(study_for: Callable[..., Study], monkeypatch: pytest.MonkeyPatch) -> StudyWith:
    """Open the library with a troubled embedder."""

    def made(embedder: Troubled) -> Study:
        monkeypatch.setattr("rag.wiring.embedder_from", lambda *_args, **_more: embedder)
        return study_for()

    return made


@pytest.fixture
def no_stages(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the first edit be the answer, however slow this machine is: the next edit is the one that fails."""
    monkeypatch.setattr("bot.cogs.ask.stages_of", partial(stages_of, pace_s=1_000.0))


async def warm(bot: SeminarBot) -> None:
    """Wait until the models are loaded: what comes then is no first question."""
    await asyncio.wait_for(bot.warmed.wait(), 20)


async def reached(gate: Gate) -> None:
    while not gate.reached.is_set():
        await asyncio.sleep(0.01)


def newest(bot: SeminarBot, person: Member) -> KeptAnswer:
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
    return [record.getMessage() for record in caplog.records if record.levelno >= logging.ERROR]


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


# Discord's answers


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


# The process


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


# What nobody expected


async def test_an_unexpected_error_is_one_private_sentence_with_a_reference_that_stands_in_the_log(
    start: Start, study_for: Callable[..., Study], mina: Member, papers: Channel, monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:  # fmt: skip
    def broken(*_args: object, **_more: object) -> None:
        wires = {"red": 1}
        wires["blue"]

    study = study_for()
    monkeypatch.setattr(study.answerer, "ask", broken)
    caplog.set_level(logging.DEBUG, "bot")
    async with start(study=study) as bot:
        text = await refused(await mina.slash("ask", question="what is a secret question", channel=papers))
        sentence, reference = text.split("\n-# Reference ")
        assert sentence.startswith("Something went wrong that Seminar did not expect.")
        assert "KeyError" not in text
        await mina.says(papers, "what is a secret question", mentions_bot=True)
        (told,) = await posts(mina.discord, papers)
        assert told.text.startswith("Something went wrong that Seminar did not expect.")
        assert bot.is_ready()
    ours = [record for record in caplog.records if record.name.startswith("bot")]
    failed = [record for record in ours if reference in record.getMessage()]
    assert len(failed) == 1
    assert failed[0].exc_info is not None
    assert "KeyError" in str(failed[0].exc_info)
    assert "secret question" not in "\n".join(record.getMessage() for record in ours)


async def test_an_error_after_a_stage_takes_the_stage_away(
    start: Start, study_with: StudyWith, mina: Member, papers: Channel, monkeypatch: pytest.MonkeyPatch
) -> None:
    gate = Gate()
    embedder = Troubled(gate, at_once=False)
    study = study_with(embedder)

    def removed_meanwhile(*_args: object, **_more: object) -> int:
        raise NotFound(what="paper", name=SHIFT_ID)

    monkeypatch.setattr(study.answers, "keep", removed_meanwhile)
    async with start(study=study) as bot:
        await warm(bot)
        embedder.troubled = True
        asked = await mina.slash("ask", question=SHIFT_QUESTION, channel=papers)
        await asked.staged("Searching 3 papers …")
        gate.opened.set()
        text = await refused(asked)
    assert text.startswith(f"There is no paper called “{SHIFT_ID}” here")
    assert papers.visible == []


async def test_a_person_who_cannot_be_told_of_an_error_is_no_further_error(
    start: Start, mina: Member, papers: Channel, caplog: pytest.LogCaptureFixture
) -> None:
    async with start():
        for method in ("GET", "DELETE", "POST"):
            mina.discord.faults.cut(method, ANSWERS, times=10)
        await mina.slash("ask", question=SHIFT_QUESTION, paper="no such thing", channel=papers)
        await mina.discord.until(lambda: "the person could not be told" in caplog.text)
    assert errors_in(caplog) == []


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
