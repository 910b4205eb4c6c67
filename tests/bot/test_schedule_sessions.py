"""The weekly post beside sessions that people open themselves: one paper is opened once."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from bot.hosting import SessionHost
from rag.domain.agenda import PostState
from rag.domain.session import Session
from tests.bot.asked import is_reply, refused
from tests.bot.conftest import Start
from tests.bot.drawing import Draw
from tests.bot.prepared import GROUP, RESIDUAL_ID, SHIFT_ID
from tests.bot.scheduled import (
    MEETS_AT,
    QUICK,
    GroupClock,
    _made_questions,
    clock,
    meet_weekly,
    openings_in,
    poll,
    row,
    use,
)
from tests.loopback.discord import Channel, Exchange, Guild, Member
from tests.sessions.conftest import WHY, ask_made_questions

__all__ = ["_made_questions", "clock"]


async def discussed(person: Member, channel: Channel, paper: str = RESIDUAL_ID) -> Exchange:
    return await (await person.slash("discussion", paper=paper, channel=channel)).settled(is_reply, timeout=20.0)


async def test_a_discussion_typed_while_the_weekly_post_goes_out_does_not_open_it_twice(
    start: Start, clock: GroupClock, group: Guild, mina: Member, omar: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    papers, general = group.channel("papers"), group.channel("general")
    real, typed = SessionHost.send_opening, []

    async def slow(self: SessionHost, channel: str, session: Session, *, nonce: str = "") -> str:
        if not typed:
            typed.append(await mina.slash("discussion", paper=RESIDUAL_ID, channel=general))
            await asyncio.sleep(0.2)
        return await real(self, channel, session, nonce=nonce)

    monkeypatch.setattr(SessionHost, "send_opening", slow)
    async with start(core=QUICK, clock=clock) as bot:
        await meet_weekly(omar, papers, reminder_hours=0)
        await use(omar, "queue add", paper=RESIDUAL_ID)
        clock.set(MEETS_AT)
        await poll(bot)
        assert "is being posted right now" in await refused(typed[0])
        (opening,) = openings_in(papers)
        assert opening.thread is not None
        assert openings_in(general) == []
        (session,) = bot.desk.study.sessions.list(GROUP)
        assert (session.message, session.channel) == (opening.id, papers.id)


async def test_two_people_who_open_one_paper_in_two_channels_open_it_once(
    start: Start, clock: GroupClock, group: Guild, mina: Member, omar: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    papers, general = group.channel("papers"), group.channel("general")
    real, other = SessionHost.send_opening, []

    async def slow(self: SessionHost, channel: str, session: Session, *, nonce: str = "") -> str:
        sent = await real(self, channel, session, nonce=nonce)
        if not other:
            other.append(await omar.slash("discussion", paper=RESIDUAL_ID, channel=general))
            await asyncio.sleep(0.2)
        return sent

    monkeypatch.setattr(SessionHost, "send_opening", slow)
    async with start(core=QUICK, clock=clock):
        await discussed(mina, papers)
        second = await other[0].settled(is_reply, timeout=20.0)
        (opening,) = openings_in(papers)
        assert opening.thread is not None
        assert opening.thread.id in second.text
        assert openings_in(general) == []


async def test_a_week_whose_paper_people_opened_themselves_before_the_meeting_is_that_sessions(
    start: Start, clock: GroupClock, group: Guild, mina: Member, omar: Member
) -> None:
    papers = group.channel("papers")
    async with start(core=QUICK, clock=clock) as bot:
        await meet_weekly(omar, papers, reminder_hours=0)
        for paper in (RESIDUAL_ID, SHIFT_ID):
            await use(omar, "queue add", paper=paper)
        clock.set(MEETS_AT - timedelta(minutes=5))
        await discussed(mina, papers)
        clock.set(MEETS_AT)
        await poll(bot)
        (opening,) = openings_in(papers)
        posted = row(bot.desk.study)
        assert posted is not None
        assert (posted.state, posted.message) == (PostState.DONE, opening.id)
        assert [entry.paper_id for entry in bot.desk.study.agenda.queue.of(GROUP)] == [SHIFT_ID]


async def test_a_queued_paper_that_was_discussed_by_hand_is_not_posted_again(
    start: Start, clock: GroupClock, group: Guild, mina: Member, omar: Member
) -> None:
    papers = group.channel("papers")
    async with start(core=QUICK, clock=clock) as bot:
        for paper in (RESIDUAL_ID, SHIFT_ID, "primer"):
            await use(omar, "queue add", paper=paper)
        sessions, queue = bot.desk.study.sessions, bot.desk.study.agenda.queue
        await discussed(mina, papers, SHIFT_ID)
        assert queue.of(GROUP)[0].paper_id == RESIDUAL_ID
        assert len(queue.of(GROUP)) == 2
        await discussed(mina, papers)
        assert queue.of(GROUP)[0].paper_id == RESIDUAL_ID
        (session, _other) = sessions.list(GROUP)
        for asked in session.questions:
            sessions.answer(GROUP, session.session_id, asked.question.number, person="1", name="m", text="all said")
        sessions.close(GROUP, session.session_id)
        assert len(queue.of(GROUP)) == 1
        await use(omar, "queue add", paper=RESIDUAL_ID)  # people may want it again
        assert queue.of(GROUP)[1].paper_id == RESIDUAL_ID


async def test_the_weekly_post_and_a_discussion_say_once_why_their_questions_are_as_they_are(
    start: Start,
    clock: GroupClock,
    group: Guild,
    mina: Member,
    omar: Member,
    monkeypatch: pytest.MonkeyPatch,
    draw: Draw,
) -> None:
    ask_made_questions(monkeypatch, notices=WHY)
    papers, general = group.channel("papers"), group.channel("general")
    async with start(core=QUICK, clock=clock) as bot:
        await meet_weekly(omar, papers, reminder_hours=0)
        await use(omar, "queue add", paper=RESIDUAL_ID)
        clock.set(MEETS_AT)
        await poll(bot)
        told = await discussed(mina, general, SHIFT_ID)
        openings = [*openings_in(papers), *openings_in(general)]
        assert len(openings) == 2
        for opening in openings:
            assert [line for line in opening.text.splitlines() if line[3:] in WHY] == [f"-# {why}" for why in WHY]
            assert opening.thread is not None
            assert not any(why in message.text for message in opening.thread.visible for why in WHY)
        assert not any(why in told.text for why in WHY)
        draw("session-why", {mina.id: "Mina"}, *openings)
