"""Questions that were acknowledged by a process that was killed: answered once after the restart, in their place."""

from __future__ import annotations

import signal
import sqlite3
import threading
from collections.abc import Callable
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from rag.domain.record import Delivery, WaitingQuestion
from rag.errors import StorageFailed
from rag.study import Study
from tests.bot.asked import ask, is_reply, links, posts, pressed, refused
from tests.bot.conftest import Start
from tests.bot.prepared import (
    GROUP,
    RESIDUAL_ID,
    RESIDUAL_QUESTION,
    RESIDUAL_TITLE,
    SHIFT_ID,
    SHIFT_QUESTION,
)
from tests.bot.process import started, surroundings
from tests.conftest import NOW
from tests.loopback.discord import ANSWERS, CALLBACK, Channel, Exchange, Guild, LoopbackDiscord, Member

TWICE = "I was restarted twice while I answered this. Please ask again."
COUNT = "select count(*) from waiting_questions"
LONG_AGO = NOW - timedelta(days=1)


class Killed(BaseException):
    """As a kill: nothing after it is run."""


@pytest.fixture
def killed(start: Start, study: Study, monkeypatch: pytest.MonkeyPatch) -> Callable[[Any], Any]:
    """Let a process be killed when it has the answer to what is asked in it, before it keeps it."""

    async def die(asks: Callable[[], Any]) -> Exchange:
        def kill(*_args: object, **_more: object) -> int:
            dead.set()
            raise Killed

        dead = threading.Event()
        with monkeypatch.context() as patch:
            patch.setattr(study.answers, "keep", kill)
            async with start(study=study):
                exchange: Exchange = await (await asks()).acknowledged()
                await exchange.discord.until(dead.is_set, 20.0)
        return exchange

    return die


def waiting(study: Study) -> tuple[WaitingQuestion, ...]:
    return study.answers.waiting.left(LONG_AGO)


async def none_left(study: Study, discord: LoopbackDiscord) -> None:
    await discord.until(lambda: waiting(study) == (), 20.0)


async def delivered(study: Study, person: Member) -> None:
    recent = study.answers.recent
    await person.discord.until(
        lambda: [kept.delivery for kept in recent(GROUP, person.id, limit=1)] == [Delivery.DELIVERED], 20.0
    )


async def test_what_was_thought_about_is_answered_in_its_place_once(
    start: Start, study: Study, killed: Any, mina: Member, papers: Channel
) -> None:
    asked = await killed(lambda: mina.slash("ask", question=RESIDUAL_QUESTION, paper=RESIDUAL_ID, channel=papers))
    assert not is_reply(asked.message)
    (left,) = waiting(study)
    assert (left.text, left.paper, left.token) == (RESIDUAL_QUESTION, RESIDUAL_ID, asked.token)
    for _ in range(2):
        async with start(study=study):
            await asked.settled(is_reply, timeout=20.0)
            await delivered(study, mina)
    assert asked.text.startswith(f"> {RESIDUAL_QUESTION}\n{RESIDUAL_TITLE} (p. 2)")
    assert papers.said_by(mina.discord.bot_user) == [asked.message]
    assert len(study.answers.recent(GROUP, mina.id)) == 1
    assert waiting(study) == ()


async def test_such_an_answer_has_buttons_that_work_and_can_be_replied_to(
    start: Start, study: Study, killed: Any, mina: Member, papers: Channel
) -> None:
    asked = await killed(lambda: mina.slash("ask", question=RESIDUAL_QUESTION, channel=papers))
    async with start(study=study):
        await asked.settled(is_reply, timeout=20.0)
        await delivered(study, mina)
        assert "**[1]**" in (await pressed(mina, asked.message, "Quote 1")).text
        await mina.says(papers, "how is it defined?", reply_to=asked.message, mentions_bot=True)
        follow_up = (await posts(mina.discord, papers, 2))[-1]
    assert links(follow_up.text) == {f"https://arxiv.org/pdf/{RESIDUAL_ID}v1#page=2"}


async def test_a_private_question_is_answered_to_its_asker_alone(
    start: Start, study: Study, killed: Any, mina: Member, papers: Channel
) -> None:
    asked = await killed(lambda: mina.slash("ask", question=SHIFT_QUESTION, private=True, channel=papers))
    async with start(study=study):
        await asked.settled(is_reply, timeout=20.0)
        await delivered(study, mina)
    assert asked.ephemeral
    assert "**Sources**" in asked.text
    assert papers.visible == []
    assert study.answers.recent(GROUP, mina.id)[0].private


async def test_a_private_answer_that_was_kept_and_not_sent_is_shown_in_its_place(
    start: Start, study: Study, mina: Member, papers: Channel, monkeypatch: pytest.MonkeyPatch
) -> None:
    def kill(*_: object) -> bool:
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(study.answers, "sending", kill)
        async with start(study=study):
            asked = await mina.slash("ask", question=SHIFT_QUESTION, private=True, channel=papers)
            await mina.discord.until(lambda: study.answers.recent(GROUP, mina.id), 20.0)
    async with start(study=study):
        await asked.settled(is_reply, timeout=20.0)
        await delivered(study, mina)
    assert asked.ephemeral
    assert papers.visible == []
    assert waiting(study) == ()


async def test_a_question_in_a_thread_goes_on_from_it_as_it_would_have(
    start: Start, study: Study, killed: Any, mina: Member, papers: Channel
) -> None:
    async with start(study=study):
        root = await ask(mina, RESIDUAL_QUESTION, paper=RESIDUAL_ID, channel=papers)
        await pressed(mina, root.message, "Discuss in a thread")
    thread = papers.threads[-1]
    asked = await killed(lambda: mina.slash("ask", question="how is it defined?", channel=thread))
    async with start(study=study):
        await asked.settled(is_reply, timeout=20.0)
        await delivered(study, mina)
    assert RESIDUAL_TITLE in asked.text
    assert [kept.answer.question for kept in study.answers.thread(GROUP, thread.id)] == [
        RESIDUAL_QUESTION, "how is it defined?",
    ]  # fmt: skip


async def test_what_a_form_asked_is_answered_too(
    start: Start, study: Study, killed: Any, mina: Member, papers: Channel
) -> None:
    async def submitted() -> Exchange:
        said = await mina.says(papers, SHIFT_QUESTION)
        opened = await (await mina.menu("Ask about this", said)).acknowledged()
        return await mina.submit(opened.modal, {})

    asked = await killed(submitted)
    async with start(study=study):
        await asked.settled(is_reply, timeout=20.0)
    assert asked.text.startswith(f"> {SHIFT_QUESTION}\n1. ")


async def test_nobody_waits_any_more_after_a_quarter_of_an_hour(
    start: Start, study: Study, killed: Any, mina: Member, papers: Channel
) -> None:
    asked = await killed(lambda: mina.slash("ask", question=SHIFT_QUESTION, channel=papers))
    before = NOW.replace(tzinfo=None) - timedelta(minutes=15)
    with closing(sqlite3.connect(study.directory.path / "seminar.db")) as connection, connection:
        connection.execute("update waiting_questions set asked_at = ?", (str(before),))
    async with start(study=study):
        later = await ask(mina, RESIDUAL_QUESTION, channel=papers)
    assert not is_reply(asked.message)
    assert [message.id for message in papers.visible if is_reply(message)] == [later.message.id]
    assert waiting(study) == ()


@pytest.mark.parametrize("private", [False, True])
async def test_where_discord_takes_the_token_no_more_it_is_posted_and_what_is_private_is_in_answers(
    private: bool, start: Start, study: Study, killed: Any, mina: Member, papers: Channel
) -> None:
    await killed(lambda: mina.slash("ask", question=SHIFT_QUESTION, private=private, channel=papers))
    mina.discord.clock.pass_time(minutes=16)
    async with start(study=study):
        await mina.discord.until(lambda: study.answers.recent(GROUP, mina.id), 20.0)
        await none_left(study, mina.discord)
        await mina.discord.until(lambda: mina.discord.requests_to("PATCH", ANSWERS)[-1:] or None)
        if not private:
            await delivered(study, mina)
        again = await ask(mina, RESIDUAL_QUESTION, private=True)
        assert is_reply(again.message)
    posted = [message.text for message in papers.visible if is_reply(message)]
    header = f"<@{mina.id}> asked, before I was restarted:\n> {SHIFT_QUESTION}\n"
    assert [text.startswith(header) for text in posted] == ([] if private else [True])


async def test_a_question_that_is_killed_twice_is_not_tried_again_and_says_so(
    start: Start, study: Study, killed: Any, mina: Member, papers: Channel
) -> None:
    asked = await killed(lambda: mina.slash("ask", question=SHIFT_QUESTION, channel=papers))

    async def again() -> Exchange:
        return asked

    await killed(again)
    (left,) = waiting(study)
    assert left.tried_again
    for _ in range(2):
        async with start(study=study):
            await asked.settled(TWICE, timeout=20.0)
    assert waiting(study) == ()
    assert study.answers.recent(GROUP, mina.id) == ()
    assert papers.said_by(mina.discord.bot_user) == [asked.message]


async def test_what_cannot_be_answered_any_more_is_told_to_its_asker_alone(
    start: Start, study: Study, killed: Any, mina: Member, papers: Channel
) -> None:
    asked = await killed(lambda: mina.slash("ask", question=SHIFT_QUESTION, paper=SHIFT_ID, channel=papers))
    study.remove(GROUP, SHIFT_ID)
    async with start(study=study):
        text = await refused(asked)
    assert text.startswith(f"There is no paper called “{SHIFT_ID}” here")
    assert papers.visible == []
    assert waiting(study) == ()


async def test_what_its_person_had_forgotten_is_not_answered(
    start: Start, study: Study, killed: Any, mina: Member, group: Guild, papers: Channel
) -> None:
    asked = await killed(lambda: mina.slash("ask", question=SHIFT_QUESTION, channel=papers))
    study.answers.forget_person(mina.id)
    async with start(study=study):
        await ask(group.add_member("Paul"), RESIDUAL_QUESTION, channel=papers)
    assert not is_reply(asked.message)
    assert study.answers.recent(GROUP, mina.id) == ()


# While nothing is wrong


async def test_what_was_answered_or_refused_or_not_acknowledged_does_not_wait(
    start: Start, study: Study, mina: Member, papers: Channel
) -> None:
    discord = mina.discord
    async with start(study=study):
        await ask(mina, SHIFT_QUESTION, channel=papers)
        await none_left(study, discord)
        await refused(await mina.slash("ask", question=SHIFT_QUESTION, paper="no such thing", channel=papers))
        assert waiting(study) == ()
        gate = discord.faults.hold("POST", CALLBACK)
        late = await mina.slash("ask", question=SHIFT_QUESTION, channel=papers)
        await discord.until(lambda: len(waiting(study)) == 1)
        discord.clock.pass_time(seconds=4)
        gate.set()
        await none_left(study, discord)
    assert late.callback is None


async def test_a_question_that_cannot_be_written_down_is_answered_all_the_same(
    start: Start, study: Study, mina: Member, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def full(*_: object) -> int:
        raise StorageFailed(reason="database or disk is full")

    monkeypatch.setattr(study.answers.waiting, "put", full)
    async with start(study=study):
        asked = await ask(mina)
    assert "**Sources**" in asked.text
    assert "a question is lost if this process is killed" in caplog.text


# A real kill


@pytest.mark.slow
async def test_a_process_that_is_killed_between_acknowledgement_and_answer_answers_after_its_restart(
    loopback: LoopbackDiscord, tmp_path: Path
) -> None:
    tom = loopback.add_guild("Readers", channels=["papers"]).add_member("Tom")
    environment, file = surroundings(loopback, tmp_path), tmp_path / "data" / "seminar.db"
    async with started(environment=environment, folder=tmp_path) as process:
        await process.until("the models are loaded")
        gate = loopback.faults.hold("POST", CALLBACK)
        asked = await tom.slash("ask", question=SHIFT_QUESTION)
        with closing(sqlite3.connect(file, isolation_level=None)) as other:
            await loopback.until(lambda: other.execute(COUNT).fetchone() == (1,), 20.0)
            other.execute("begin immediate")  # the answer cannot be kept meanwhile
            gate.set()
            await asked.acknowledged(10.0)
            process.tell(signal.SIGKILL)
            assert await process.ended() == -signal.SIGKILL
    assert asked.message.thinking
    loopback.gateway.forget()
    async with started(environment=environment, folder=tmp_path) as process:
        await asked.settled("There are no papers here yet", timeout=30.0)
        process.tell(signal.SIGTERM)
        assert await process.ended() == 0
    assert asked.token not in process.output
    with closing(sqlite3.connect(file)) as connection:
        assert connection.execute(COUNT).fetchone() == (0,)
