"""An answer is discussed in a thread: one, opened once, where Discord lets us open it."""

from __future__ import annotations

import pytest

from bot.app import SeminarBot
from tests.bot.asked import ask, is_reply, newest, pressed
from tests.bot.prepared import GROUP, RESIDUAL_QUESTION, SHIFT_QUESTION
from tests.bot.pressing import bot, button, told
from tests.loopback.discord import Channel, Guild, Member, labels_of

__all__ = ["bot"]

THREADS = r"/channels/\d+/messages/\d+/threads"


async def test_a_thread_is_opened_once_and_named_after_the_question(
    bot: SeminarBot, mina: Member, group: Guild, papers: Channel
) -> None:
    asked = await ask(mina, channel=papers)
    opened = await pressed(mina, asked.message, "Discuss in a thread")
    (thread,) = papers.threads
    assert thread.name == SHIFT_QUESTION
    assert opened.ephemeral
    assert opened.text == f"Let us talk about it in {thread.mention}."
    (welcome,) = thread.visible
    assert welcome.text.startswith("Reply to this message or mention me")
    assert bot.mention_of("ask") in welcome.text
    assert newest(bot, mina).thread == thread.id
    again = await pressed(group.add_member("Paul"), asked.message, "Discuss in a thread")
    assert again.text == f"It is discussed in {thread.mention}."
    assert papers.threads == [thread]


@pytest.mark.parametrize(
    ("denied", "named"),
    [
        ({"create_public_threads": True}, "**Create Public Threads**"),
        ({"send_messages_in_threads": True}, "**Send Messages in Threads**"),
        (
            {"create_public_threads": True, "send_messages_in_threads": True},
            "**Create Public Threads** and **Send Messages in Threads**",
        ),
    ],
)
async def test_a_missing_permission_is_named(
    denied: dict[str, bool], named: str, bot: SeminarBot, mina: Member, papers: Channel
) -> None:
    papers.deny(mina.discord.bot_user, **denied)
    asked = await ask(mina, channel=papers)
    text = await told(await mina.press(asked.message, "Discuss in a thread"))
    assert text.startswith(f"I lack the permission {named} in this channel. An admin can grant it")
    assert papers.threads == []


async def test_there_are_no_threads_in_threads(bot: SeminarBot, mina: Member, papers: Channel) -> None:
    asked = await ask(mina, channel=papers)
    await pressed(mina, asked.message, "Discuss in a thread")
    (thread,) = papers.threads
    again = await ask(mina, RESIDUAL_QUESTION, channel=thread)
    assert "Discuss in a thread" not in labels_of(again.message)
    forged = button(thread, f"press:thread:{newest(bot, mina).answer_id}")
    assert (await told(await mina.press(forged, "Press"))).startswith("No thread can be opened here")


async def test_where_discord_has_no_threads_it_is_said(bot: SeminarBot, mina: Member, papers: Channel) -> None:
    asked = await ask(mina, channel=papers)
    mina.discord.faults.fail("POST", THREADS, status=400, code=50024)
    text = await told(await mina.press(asked.message, "Discuss in a thread"))
    assert text.startswith("No thread can be opened here")


async def test_two_who_press_at_once_get_one_thread_and_one_welcome(
    bot: SeminarBot, mina: Member, group: Guild, papers: Channel
) -> None:
    paul, discord = group.add_member("Paul"), mina.discord
    asked = await ask(mina, channel=papers)
    gate = discord.faults.hold("POST", THREADS)
    presses = [await person.press(asked.message, "Discuss in a thread") for person in (mina, paul)]
    for press in presses:
        await press.acknowledged()
    gate.set()
    for press in presses:
        await press.settled(is_reply)
    (thread,) = papers.threads
    assert len(thread.visible) == 1
    assert all(thread.mention in press.text for press in presses)


async def test_a_thread_that_somebody_opened_in_the_meantime_is_found_and_not_welcomed_again(
    bot: SeminarBot, mina: Member, papers: Channel
) -> None:
    asked = await ask(mina, channel=papers)
    await pressed(mina, asked.message, "Discuss in a thread")
    bot.desk.study.answers.open_thread(GROUP, newest(bot, mina).answer_id, "1")  # as if it had not been noted yet
    again = await pressed(mina, asked.message, "Discuss in a thread")
    (thread,) = papers.threads
    assert again.text == f"Let us talk about it in {thread.mention}."
    assert len(thread.visible) == 1
    assert newest(bot, mina).thread == thread.id


async def test_a_thread_that_was_deleted_is_opened_anew(
    bot: SeminarBot, mina: Member, group: Guild, papers: Channel
) -> None:
    asked = await ask(mina, channel=papers)
    await pressed(mina, asked.message, "Discuss in a thread")
    (thread,) = papers.threads
    group.remove_channel(thread)
    opened = await pressed(mina, asked.message, "Discuss in a thread")
    assert opened.text.startswith("Let us talk about it in")
    assert len(papers.threads) == 1
