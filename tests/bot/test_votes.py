"""The winner of a vote is told once, whatever dies or fails between the count and the message."""

from __future__ import annotations

from tests.bot.conftest import Start
from tests.bot.prepared import RESIDUAL_ID, RESIDUAL_TITLE, SHIFT_ID
from tests.bot.test_schedule import HOUR, QUICK, GroupClock, clock, poll, use
from tests.conftest import NOW
from tests.loopback.discord import Channel, Guild, LoopbackDiscord, Member, Message, polls

__all__ = ["clock"]


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
