"""Weekly posts are sent exactly once: whoever is killed, reconnects or polls beside another."""

from __future__ import annotations

import asyncio

import pytest

from bot.cogs.schedule import ScheduleCog
from bot.hosting import SessionHost
from rag.domain.agenda import PostKind, PostState
from rag.domain.session import Session
from tests.bot.conftest import Start
from tests.bot.prepared import GROUP, RESIDUAL_ID, SHIFT_ID
from tests.bot.scheduled import (
    HOUR,
    MEETS_AT,
    QUICK,
    GroupClock,
    _made_questions,
    clock,
    meet_weekly,
    notices_in,
    openings_in,
    poll,
    row,
    use,
)
from tests.loopback.discord import Guild, LoopbackDiscord, Member

__all__ = ["_made_questions", "clock"]


@pytest.mark.parametrize("forum", [False, True])
async def test_a_post_that_was_sent_when_the_bot_was_killed_is_known_again_and_not_sent_twice(
    loopback: LoopbackDiscord, start: Start, clock: GroupClock, group: Guild, omar: Member, forum: bool
) -> None:
    papers = group.add_forum("meetings") if forum else group.channel("papers")
    async with start(core=QUICK, clock=clock) as bot:
        await meet_weekly(omar, papers, reminder_hours=0)
        await use(omar, "queue add", paper=RESIDUAL_ID)
    clock.set(MEETS_AT)
    path = rf"/channels/{papers.id}/{'threads' if forum else 'messages'}"
    loopback.faults.lose_answer("POST", path, times=9)
    killed: list[str] = []
    async with start(core=QUICK, clock=clock) as bot:  # it polls when it starts
        loopback.faults.after("POST", path, lambda: killed.append(""), times=1)
        await loopback.until(lambda: killed, 15.0)
        waiting = row(bot.desk.study)
        assert waiting is not None
        assert (waiting.state, waiting.message) == (PostState.CLAIMED, None)
        assert waiting.sending_since is not None
    loopback.faults.over()
    for message in papers.said_by(loopback.bot_user):
        message.json["nonce"] = None  # an hour later Discord does not know it any more
    sent = len(group.threads) if forum else len(openings_in(papers))
    clock.set(MEETS_AT + HOUR)
    async with start(core=QUICK, clock=clock) as bot:
        await poll(bot)
        await loopback.until(lambda: (found := row(bot.desk.study)) and found.state is PostState.DONE, 15.0)
        assert (len(group.threads) if forum else len(openings_in(papers))) == sent == 1
        assert bot.desk.study.agenda.queue.of(GROUP) == ()
        (session,) = bot.desk.study.sessions.list(GROUP)
        assert all(one.message for one in session.questions)


async def test_a_notice_that_was_sent_when_the_bot_was_killed_is_known_again(
    loopback: LoopbackDiscord, start: Start, clock: GroupClock, group: Guild, omar: Member
) -> None:
    papers = group.channel("papers")
    async with start(core=QUICK, clock=clock) as bot:
        await meet_weekly(omar, papers)
        await use(omar, "queue add", paper=RESIDUAL_ID)
    clock.set(MEETS_AT - 20 * HOUR)
    path, killed = rf"/channels/{papers.id}/messages", []
    loopback.faults.lose_answer("POST", path, times=9)
    async with start(core=QUICK, clock=clock):
        loopback.faults.after("POST", path, lambda: killed.append(""), times=1)
        await loopback.until(lambda: killed, 15.0)
    loopback.faults.over()
    notices_in(papers)[0].json["nonce"] = None
    clock.set(MEETS_AT - 19 * HOUR)
    async with start(core=QUICK, clock=clock) as bot:
        await poll(bot)
        reminder = row(bot.desk.study, PostKind.REMINDER)
        assert reminder is not None
        assert (reminder.state, reminder.message) == (PostState.DONE, notices_in(papers)[0].id)
        assert len(notices_in(papers)) == 1


async def test_a_reconnect_posts_nothing_again(
    loopback: LoopbackDiscord, start: Start, clock: GroupClock, group: Guild, omar: Member
) -> None:
    papers = group.channel("papers")
    async with start(core=QUICK, clock=clock) as bot:
        await meet_weekly(omar, papers)
        await use(omar, "queue add", paper=RESIDUAL_ID)
        clock.set(MEETS_AT)
        loopback.faults.after("POST", rf"/channels/{papers.id}/messages", loopback.gateway.drop)
        await poll(bot)
        await loopback.ready()
        await poll(bot)
        assert len(openings_in(papers)) == 1


async def test_two_bots_that_poll_beside_each_other_post_once(
    loopback: LoopbackDiscord, start: Start, clock: GroupClock, group: Guild, omar: Member
) -> None:
    """An old process that is still shutting down: it has the same library, and a claimant's name of its own."""
    from bot.poster import Poster
    from rag.wiring import build

    papers = group.channel("papers")
    async with start(core=QUICK, clock=clock) as bot:
        await meet_weekly(omar, papers)
        await use(omar, "queue add", paper=RESIDUAL_ID)
        await use(omar, "queue add", paper=SHIFT_ID)
        cog = bot.get_cog("ScheduleCog")
        assert isinstance(cog, ScheduleCog)
        other = build(bot.desk.core_settings, clock=clock)
        old = Poster(bot.desk, bot, cog.poster._host, commands=cog._commands)
        old._posts = other.agenda.posts
        clock.set(MEETS_AT)
        await asyncio.gather(old.poll(), cog.poster.poll(), old.poll())
        other.close()
        assert len(openings_in(papers)) == 1
        assert [entry.paper_id for entry in bot.desk.study.agenda.queue.of(GROUP)] == [SHIFT_ID]


async def test_a_step_that_never_ends_is_put_off_and_holds_nobody_up(
    start: Start, clock: GroupClock, group: Guild, omar: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    papers, real = group.channel("papers"), SessionHost.complete

    async def stuck(_self: SessionHost, _session: Session) -> Session:
        await asyncio.Event().wait()
        raise AssertionError

    async with start(core=QUICK, clock=clock) as bot:
        await meet_weekly(omar, papers, reminder_hours=0)
        await use(omar, "queue add", paper=RESIDUAL_ID)
        monkeypatch.setattr(SessionHost, "complete", stuck)
        monkeypatch.setattr("bot.poster.STEP_S", 0.5)
        clock.set(MEETS_AT)
        async with asyncio.timeout(20):
            await poll(bot)
        waiting = row(bot.desk.study)
        assert waiting is not None
        assert (waiting.state, waiting.claimant) == (PostState.POSTED, "")
        monkeypatch.setattr(SessionHost, "complete", real)
        monkeypatch.setattr("bot.poster.STEP_S", 15.0)
        clock.set(MEETS_AT + HOUR)
        await poll(bot)
        posted = row(bot.desk.study)
        assert posted is not None
        assert posted.state is PostState.DONE
        assert len(openings_in(papers)) == 1
