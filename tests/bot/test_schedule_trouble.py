"""Weekly posts that cannot be sent: what is said, to whom, and what is not lost."""

from __future__ import annotations

from datetime import timedelta

from discord import Permissions

from tests.bot.conftest import Start
from tests.bot.drawing import Draw
from tests.bot.prepared import GROUP, RESIDUAL_ID
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
    use,
)
from tests.loopback.discord import Guild, LoopbackDiscord, Member

__all__ = ["_made_questions", "clock"]


async def test_a_channel_that_is_forbidden_is_told_once_and_gets_its_post_when_it_is_open(
    loopback: LoopbackDiscord, start: Start, clock: GroupClock, group: Guild, omar: Member, draw: Draw
) -> None:
    papers, general = group.channel("papers"), group.channel("general")
    async with start(core=QUICK, clock=clock) as bot:
        await meet_weekly(omar, papers, reminder_hours=0)
        await use(omar, "queue add", paper=RESIDUAL_ID)
        papers.deny(loopback.bot_user, send_messages=True)
        group._tell("CHANNEL_UPDATE", papers.json())
        clock.set(MEETS_AT)
        await poll(bot)
        clock.set(MEETS_AT + HOUR)
        await poll(bot)
        (trouble,) = notices_in(general)
        assert "Send Messages" in trouble.text
        assert "nothing is lost" in trouble.text
        assert bot.desk.study.agenda.queue.of(GROUP)[0].paper_id == RESIDUAL_ID
        papers.allow(loopback.bot_user, send_messages=True)
        group._tell("CHANNEL_UPDATE", papers.json())
        clock.set(MEETS_AT + 5 * HOUR)
        await poll(bot)
        assert len(openings_in(papers)) == 1
        assert len(notices_in(general)) == 1
        draw("schedule-trouble", {papers.id: "papers"}, trouble)


async def test_a_channel_that_is_deleted_is_told_and_another_one_gets_the_post_at_once(
    start: Start, clock: GroupClock, group: Guild, omar: Member
) -> None:
    papers, general = group.channel("papers"), group.channel("general")
    async with start(core=QUICK, clock=clock) as bot:
        await meet_weekly(omar, papers, reminder_hours=0)
        await use(omar, "queue add", paper=RESIDUAL_ID)
        group.remove_channel(papers)
        clock.set(MEETS_AT)
        await poll(bot)
        (trouble,) = notices_in(general)
        assert "the channel was deleted" in trouble.text
        await meet_weekly(omar, general, reminder_hours=0)
        await poll(bot)
        (opening,) = openings_in(general)
        assert opening.thread is not None


async def test_downtime_beyond_the_window_is_said_once_and_loses_no_paper(
    start: Start, clock: GroupClock, group: Guild, omar: Member, draw: Draw
) -> None:
    papers = group.channel("papers")
    async with start(core=QUICK, clock=clock):
        await meet_weekly(omar, papers, reminder_hours=0)
        await use(omar, "queue add", paper=RESIDUAL_ID)
    clock.set(MEETS_AT + 49 * HOUR)
    async with start(core=QUICK, clock=clock) as bot:
        await poll(bot)
        await poll(bot)
        (skipped,) = notices_in(papers)
        assert "because I was not running" in skipped.text
        assert "Add a paper" not in skipped.text  # one waits
        assert openings_in(papers) == []
        assert bot.desk.study.agenda.queue.of(GROUP)[0].paper_id == RESIDUAL_ID
        draw("schedule-skipped", {}, skipped)


async def test_an_empty_queue_asks_organisers_and_takes_the_paper_with_open_questions(
    start: Start, clock: GroupClock, group: Guild, omar: Member, draw: Draw
) -> None:
    papers = group.channel("papers")
    async with start(core=QUICK, clock=clock) as bot:
        await meet_weekly(omar, papers)
        study = bot.desk.study
        left = next(d for d, _note in study.open_notes(GROUP) if d.paper_key)
        paper = next(p for p in study.papers(GROUP) if p.key == left.paper_key)
        clock.set(MEETS_AT - 20 * HOUR)
        await poll(bot)
        (asked,) = notices_in(papers)
        assert "The reading queue is empty" in asked.text
        assert paper.title in asked.text
        clock.set(MEETS_AT)
        await poll(bot)
        (opening,) = openings_in(papers)
        assert paper.title in opening.text
        assert len(notices_in(papers)) == 1
        draw("schedule-empty", {}, asked)


async def test_a_week_without_a_paper_says_so_and_where_a_session_goes_on(
    start: Start, clock: GroupClock, group: Guild, others: Guild
) -> None:
    papers, boss = others.channel("papers"), others.add_member("Boss", permissions=Permissions(manage_guild=True))
    async with start(core=QUICK, clock=clock) as bot:
        await meet_weekly(boss, papers, reminder_hours=0)
        await use(boss, "queue add", paper=RESIDUAL_ID)
        clock.set(MEETS_AT)
        await poll(bot)
        (opening,) = openings_in(papers)
        assert opening.thread is not None
        assert notices_in(papers) == []
        clock.set(MEETS_AT + timedelta(days=7))
        await poll(bot)
        (skipped,) = notices_in(papers)
        assert "because no paper waits in the queue, and none has open questions" in skipped.text
        assert f"go on in <#{opening.thread.id}>" in skipped.text
        assert len(openings_in(papers)) == 1
