"""A session is closed into the notes and opened again: who may, what is asked, what then shows."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from bot.app import SeminarBot
from rag.domain.server import WeeklySlot
from tests.bot.asked import refused
from tests.bot.conftest import Start
from tests.bot.drawing import Draw
from tests.bot.prepared import GROUP
from tests.bot.sessions_held import (
    QUICK,
    _made_questions,
    answered,
    bot,
    discussed,
    openings_in,
    question,
    session_of,
    thread_of,
)
from tests.conftest import NOW
from tests.loopback.discord import Guild, LoopbackDiscord, Member, labels_of

__all__ = ["_made_questions", "bot"]


async def test_a_session_in_which_nobody_answered_asks_before_it_writes(
    bot: SeminarBot, group: Guild, mina: Member
) -> None:
    await discussed(mina)
    thread = thread_of(bot, group)
    before = len(bot.desk.study.discussions(GROUP))
    asked = await (await mina.slash("session close", channel=thread)).settled("Nobody has answered")
    assert asked.ephemeral
    await (await mina.press(asked.message, "Leave it open")).settled("stays open")
    asked = await (await mina.slash("session close", channel=thread)).settled("Nobody has answered")
    ended = await (await mina.press(asked.message, "Keep the questions")).followed_up()
    assert "Written into your notes" in ended.followups[0].text
    assert len(bot.desk.study.discussions(GROUP)) == before + 1
    assert "is closed" in await refused(await mina.slash("session close", session="1"))


async def test_closing_and_reopening_count_as_questions_do(start: Start, group: Guild, mina: Member) -> None:
    async with start(core=QUICK, questions_per_person_per_minute=3) as bot:
        await discussed(mina)
        thread = thread_of(bot, group)
        await answered(mina, question(thread, 1), "kept")
        closed = await (await mina.slash("session close", channel=thread)).settled("is closed")
        await (await mina.press(closed.message, "Reopen")).settled("is open again")
        assert "That was fast" in await refused(await mina.slash("session close", channel=thread))
        assert session_of(bot).is_open


async def test_closing_is_for_organisers_and_for_who_opened_it(
    loopback: LoopbackDiscord, bot: SeminarBot, group: Guild, mina: Member, omar: Member
) -> None:
    await discussed(omar)
    thread = thread_of(bot, group)
    await answered(mina, question(thread, 1), "kept")
    (opening,) = openings_in(group.channel("general"))
    for tried in (
        await mina.slash("session close", channel=thread),
        await mina.press(opening, "Close the session"),
        await mina.slash("session reopen", session="1"),
    ):
        assert "Only members with Manage Server" in await refused(tried)
    await (await omar.press(opening, "Close the session")).settled("is closed")
    await loopback.until(lambda: any("is closed" in message.text for message in thread.visible))


async def test_a_closed_session_shows_that_it_is_and_reopening_turns_it_back(
    loopback: LoopbackDiscord, bot: SeminarBot, group: Guild, mina: Member, draw: Draw
) -> None:
    await discussed(mina)
    thread = thread_of(bot, group)
    (opening,) = openings_in(group.channel("general"))
    shown = [question(thread, number) for number in (1, 2, 3)]
    await answered(mina, shown[0], "kept")
    await (await mina.slash("session close", channel=thread)).settled("is closed")
    await loopback.until(lambda: not any("Mark unclear" in labels_of(message) for message in shown))
    assert labels_of(shown[0]) == ["Evidence", "Reveal", "Read 1 answer"]
    assert labels_of(opening) == ["Reopen"]
    assert "**Closed** · 1 of 3 questions answered · notes: Discussion" in opening.text
    draw("session-closed-opening", {mina.id: "Mina", str(bot.application_id): "Seminar"}, opening, *shown)
    twice = await refused(await mina.slash("session close", channel=thread))
    assert "This session is closed already. To go on: /session reopen" in twice
    host = bot.cogs["DiscussionCog"]._host  # type: ignore[attr-defined]
    assert await host.find_opening(group.channel("general").id, session_of(bot), since=NOW) == opening.id
    mina.deletes(shown[1])
    await (await mina.press(opening, "Reopen")).settled("open again")
    await loopback.until(lambda: "Mark unclear" in labels_of(shown[2]))
    assert labels_of(opening) == ["Comment on the paper", "Close the session"]
    assert "Read it in this order" in opening.text


async def test_a_session_whose_thread_is_gone_is_closed_elsewhere_and_the_next_meeting_is_told(
    bot: SeminarBot, group: Guild, mina: Member
) -> None:
    slot = WeeklySlot(3, "19:30", "Europe/Berlin", group.channel("general").id)
    await bot.desk.servers.save(GROUP, replace(bot.desk.servers.settings(GROUP), weekly=slot))
    await discussed(mina)
    thread = thread_of(bot, group)
    await answered(mina, question(thread, 1), "kept")
    group.remove_channel(thread)
    closed = await (await mina.slash("session close", session="1")).settled("is closed")
    assert "Written into your notes" in closed.text
    meeting = int(datetime(2026, 11, 25, 18, 30, tzinfo=UTC).timestamp())
    assert f"Next meeting: <t:{meeting}:F>" in closed.text
