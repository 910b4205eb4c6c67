"""Votes on the next paper: counted once, the winner told once, whatever dies or fails in between."""

from __future__ import annotations

from tests.bot.asked import refused
from tests.bot.conftest import Start
from tests.bot.drawing import Draw
from tests.bot.prepared import GROUP, RESIDUAL_ID, RESIDUAL_TITLE, SHIFT_ID, SHIFT_TITLE
from tests.bot.scheduled import HOUR, QUICK, GroupClock, _made_questions, clock, poll, use
from tests.conftest import NOW
from tests.loopback.discord import Channel, Guild, LoopbackDiscord, Member, Message, polls

__all__ = ["_made_questions", "clock"]


def told_in(channel: Channel) -> list[Message]:
    return [message for message in channel.visible if "has won the vote" in message.text]


async def voted(omar: Member, channel: Channel) -> Message:
    """Return an ended poll that ResNet won."""
    for paper in (SHIFT_ID, RESIDUAL_ID):
        await use(omar, "queue add", paper=paper)
    await use(omar, "vote", hours=1)
    (poll_,) = [message for message in channel.visible if message.json.get("poll")]
    polls.vote(poll_, omar, RESIDUAL_TITLE)
    polls.finish(poll_)
    return poll_


async def test_a_vote_moves_the_winner_to_the_front_once(
    loopback: LoopbackDiscord, start: Start, clock: GroupClock, group: Guild, mina: Member, omar: Member,
    draw: Draw,
) -> None:  # fmt: skip
    general = group.channel("general")
    async with start(core=QUICK, clock=clock) as bot:
        assert "fewer than two papers" in await refused(await omar.slash("schedule vote", hours=24))
        for paper in (SHIFT_ID, RESIDUAL_ID, "primer"):
            await use(omar, "queue add", paper=paper)
        begun = await use(omar, "vote", hours=24)
        assert begun.ephemeral
        (poll_,) = [m for m in general.visible if m.json.get("poll")]
        assert [a["poll_media"]["text"] for a in poll_.json["poll"]["answers"]][:2] == [SHIFT_TITLE, RESIDUAL_TITLE]
        assert "another one is open" in await refused(await omar.slash("schedule vote", hours=24))
        for person in (mina, omar):
            polls.vote(poll_, person, RESIDUAL_TITLE)
    clock.set(NOW + 25 * HOUR)
    polls.finish(poll_)
    async with start(core=QUICK, clock=clock) as bot:
        await poll(bot)
        await poll(bot)
        assert bot.desk.study.agenda.queue.of(GROUP)[0].paper_id == RESIDUAL_ID
        told = [m for m in general.visible if "has won the vote" in m.text]
        assert len(told) == 1
        assert bot.desk.study.agenda.votes.to_count() == ()
        draw("schedule-vote", {}, begun.message, told[0])
    assert loopback.violations == []


async def test_a_vote_whose_process_died_before_it_noted_the_poll_is_counted_all_the_same(
    loopback: LoopbackDiscord, start: Start, clock: GroupClock, group: Guild, mina: Member, omar: Member
) -> None:
    general = group.channel("general")
    async with start(core=QUICK, clock=clock) as bot:
        for paper in (SHIFT_ID, RESIDUAL_ID):
            await use(omar, "queue add", paper=paper)
        await use(omar, "vote", hours=1)
        with bot.desk.study.library._writing() as connection:
            connection.exec_driver_sql("update votes set message = null")
        (poll_,) = [m for m in general.visible if m.json.get("poll")]
        polls.vote(poll_, mina, RESIDUAL_TITLE)
        polls.finish(poll_)
        clock.set(NOW + 2 * HOUR)
        await poll(bot)
        assert bot.desk.study.agenda.queue.of(GROUP)[0].paper_id == RESIDUAL_ID


async def test_a_tie_goes_to_the_paper_that_waits_longer_and_no_votes_change_nothing(
    start: Start, clock: GroupClock, group: Guild, mina: Member, omar: Member
) -> None:
    general = group.channel("general")
    async with start(core=QUICK, clock=clock) as bot:
        for paper in ("primer", SHIFT_ID, RESIDUAL_ID):
            await use(omar, "queue add", paper=paper)
        await use(omar, "vote", hours=1)
        (poll_,) = [m for m in general.visible if m.json.get("poll")]
        polls.vote(poll_, mina, RESIDUAL_TITLE)
        polls.vote(poll_, omar, SHIFT_TITLE)
        polls.finish(poll_)
        clock.set(NOW + 2 * HOUR)
        await poll(bot)
        order = [entry.paper_id for entry in bot.desk.study.agenda.queue.of(GROUP)]
        assert order[0] == SHIFT_ID
        await use(omar, "vote", hours=1)
        polls.finish(next(m for m in general.visible if m.json.get("poll") and m is not poll_))
        clock.set(NOW + 4 * HOUR)
        await poll(bot)
        assert [entry.paper_id for entry in bot.desk.study.agenda.queue.of(GROUP)] == order


async def test_a_winner_is_told_once_though_the_process_is_killed_before_or_behind_the_message(
    loopback: LoopbackDiscord, start: Start, clock: GroupClock, group: Guild, omar: Member
) -> None:
    general = group.channel("general")
    async with start(core=QUICK, clock=clock) as bot:
        poll_ = await voted(omar, general)
        clock.set(NOW + 2 * HOUR)
        votes = bot.desk.study.agenda.votes
        (vote,) = votes.to_count()
        votes.count(vote, [0, 1])  # killed here
        assert told_in(general) == []
    async with start(core=QUICK, clock=clock) as bot:
        await poll(bot)
        (told,) = told_in(general)
        assert told.json["message_reference"]["message_id"] == poll_.id
        with bot.desk.study.library._writing() as connection:  # killed before it was noted
            connection.exec_driver_sql("update votes set winner = (select min(entry_id) from reading_queue)")
        told.json["nonce"] = None  # which Discord remembers for minutes
        clock.set(NOW + 3 * HOUR)
        await poll(bot)
        await poll(bot)
        assert len(told_in(general)) == 1
        assert bot.desk.study.agenda.votes.to_tell() == ()
    assert loopback.violations == []


async def test_a_winner_that_discord_does_not_take_is_told_the_next_time(
    loopback: LoopbackDiscord, start: Start, clock: GroupClock, group: Guild, omar: Member
) -> None:
    general = group.channel("general")
    async with start(core=QUICK, clock=clock) as bot:
        await voted(omar, general)
        clock.set(NOW + 2 * HOUR)
        loopback.faults.fail("POST", f"/channels/{general.id}/messages", status=400)
        await poll(bot)
        assert bot.desk.study.agenda.queue.of(group.id)[0].paper_id == RESIDUAL_ID
        await poll(bot)  # the bot's own round may have been there between
        assert len(told_in(general)) == 1
