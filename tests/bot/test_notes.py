"""The group's notes in Discord once they are kept: read by everybody, never another server's; nobody waits for them."""

from __future__ import annotations

import asyncio
import gc
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.app import SeminarBot
from bot.rates import BROWSED_A_MINUTE
from bot.render.fitting import fitted
from bot.render.notes import discussion_reply
from rag import samples
from tests.bot.asked import refused
from tests.bot.notes_brought import NOTES, brought, kept
from tests.bot.words_only import ADMIN, bot, group, jo, mina, words_only
from tests.loopback.discord import Guild, LoopbackDiscord, Member, Message, accent_of, buttons_of, menus_of
from tests.made import paper_pdf

__all__ = ["bot", "group", "jo", "mina", "words_only"]

HOSTILE = b"""## Discussion 1 @everyone [click](https://evil.example) - 2015
1. <@{id}> **bold** ```fence <@&{id}> https://evil.example
- # heading
- @here [a](https://evil.example) `code`
- -# faked footer
"""


async def test_no_server_sees_the_notes_of_another(
    loopback: LoopbackDiscord, bot: SeminarBot, group: Guild, mina: Member
) -> None:
    lee = loopback.add_guild("Others", channels=["talk"]).add_member("Lee", permissions=ADMIN)
    await kept(mina)
    await (await lee.slash("notes show")).settled("There are no notes here yet")
    await (await lee.slash("notes open")).settled("No question in your notes waits")
    await (await lee.slash("notes export")).settled("There are no notes here yet")
    assert (await lee.autocomplete("notes show", {}, focused="discussion")).choices == []
    for command, options in (("show", {"discussion": "1"}), ("tie", {"discussion": "1", "paper": "resnet"})):
        assert "There is no discussion “1”" in await refused(await lee.slash(f"notes {command}", options=options))
    listed = await (await mina.slash("notes show")).settled("2 discussions")
    picked = await lee.pick(theirs_as(listed.message, lee), "Show a discussion", ["#1"])
    assert "There is no discussion “#1”" in await refused(picked)


async def test_discussions_are_listed_by_the_page_and_picked_from(bot: SeminarBot, group: Guild, jo: Member) -> None:
    notes = "".join(f"## Discussion {n} Topic {n} - 2015\n1. Why\n" for n in range(1, 24))
    await brought(bot, group, notes.encode())
    listed = await (await jo.slash("notes show")).settled("Page 1 of 3")
    assert listed.ephemeral
    assert "- Discussion 10 Topic 10 - 2015 · 1 item · 1 open · no paper" in listed.text
    assert "Topic 11" not in listed.text
    await (await jo.press(listed.message, "Next")).settled("Page 2 of 3")
    await (await jo.press(listed.message, "Next")).settled("Page 3 of 3")
    [menu] = menus_of(listed.message)
    assert [option["value"] for option in menu["options"]] == ["#21", "#22", "#23"]
    assert [button["disabled"] for button in buttons_of(listed.message)] == [False, True]
    picked = await (await jo.pick(listed.message, "Show a discussion", ["#22"])).settled("Discussion 22 Topic 22")
    assert picked.ephemeral
    assert "open: nobody answered" in picked.text


async def test_a_discussion_is_shown_with_what_was_asked_and_said(bot: SeminarBot, mina: Member, jo: Member) -> None:
    await kept(mina)
    shown = await (await jo.slash("notes show", discussion="resnet")).settled("ResNet")
    assert accent_of(shown.message) == 0xC9A227
    assert shown.text == (
        "**Discussion 5 ResNet - 2015**\nTied to no paper\n-# Your group’s words, not what the paper says\n"
        "**1.** What is a shortcut\n> the input is added to the output\n\n"
        "**2.** Why does it help\n-# open: nobody answered"
    )


@pytest.mark.parametrize(
    ("typed", "advice"), [("9", ""), ("resnett", "Did you mean Discussion 5 ResNet"), ("zzz", ""), ("9" * 200, "")]
)
async def test_a_discussion_that_is_not_there_is_answered(
    bot: SeminarBot, mina: Member, typed: str, advice: str
) -> None:
    await kept(mina)
    text = await refused(await mina.slash("notes show", discussion=typed))
    assert "There is no discussion" in text
    assert advice in text


async def test_suggestions_tell_discussions_of_one_number_apart(bot: SeminarBot, mina: Member) -> None:
    twice = NOTES + b"## Discussion 5 Batch Norm - 2015\n1. Why\n"
    await kept(mina, twice)
    suggested = await mina.autocomplete("notes show", {"discussion": "5"}, focused="discussion")
    assert suggested.choices == [
        {"name": "Discussion 5 Batch Norm - 2015", "value": "#3"},
        {"name": "Discussion 5 ResNet - 2015", "value": "#2"},
    ]
    assert "**Discussion 5 ResNet" in (await (await mina.slash("notes show", discussion="#2")).settled("ResNet")).text
    asked_which = await refused(await mina.slash("notes show", discussion="5"))
    assert "Discussion 5 ResNet - 2015 (#2) or Discussion 5 Batch Norm - 2015 (#3)" in asked_which.replace("\\", "")
    assert (await mina.autocomplete("notes tie", {"discussion": "zz"}, focused="discussion")).choices == []


async def test_open_questions_stand_under_their_discussions(bot: SeminarBot, group: Guild, jo: Member) -> None:
    notes = "".join(
        f"## Discussion {n} Topic {n} - 2015\n1. Why {n} one\n2. Said\n- yes\n3. Why {n} three\n" for n in range(1, 7)
    )
    await brought(bot, group, notes.encode())
    listed = await (await jo.slash("notes open")).settled("Page 1 of 2")
    assert "**12 open questions**" in listed.text
    assert "**Discussion 5 Topic 5 - 2015**\n- **1.** Why 5 one\n- **3.** Why 5 three" in listed.text
    assert "Said" not in listed.text
    await (await jo.press(listed.message, "Next")).settled("Page 2 of 2")
    assert listed.text.count("- **") == 2
    await (await jo.press(listed.message, "Previous")).settled("Page 1 of 2")


async def test_an_organiser_ties_a_discussion_to_a_paper(
    bot: SeminarBot, group: Guild, mina: Member, tmp_path: Path
) -> None:
    await kept(mina)
    path = tmp_path / "a.pdf"
    path.write_bytes(paper_pdf("Deep Shortcuts"))
    [added] = await bot.lanes.ingest(bot.desk.study.add, [str(path)], guild=group.id)
    tied = await (await mina.slash("notes tie", discussion="resnet", paper="deep shortcuts")).settled("is tied to")
    assert not tied.ephemeral
    assert f"**Discussion 5 ResNet - 2015** is tied to **Deep Shortcuts** (`{added.paper_id}`)." in tied.text
    assert bot.desk.study.discussions(group.id)[1].paper_id == added.paper_id
    assert "no paper called" in await refused(await mina.slash("notes tie", discussion="1", paper="zzz"))


async def test_the_file_comes_out_as_it_went_in(bot: SeminarBot, group: Guild, mina: Member) -> None:
    content = samples.sample_notes().read_bytes()
    await kept(mina, content)
    exported = await (await mina.slash("notes export")).settled("as they were written")
    assert exported.ephemeral
    assert exported.message.files == {"notes.md": content}


async def test_a_long_discussion_goes_on_or_becomes_a_file(bot: SeminarBot, group: Guild, mina: Member) -> None:
    lines = "".join(f"{n}. What is {n}\n- {'word ' * 60}\n" for n in range(1, 200))
    await brought(bot, group, f"## Discussion 1 Long - 2015\n{lines}".encode())
    shown = await (await mina.slash("notes show", discussion="1")).settled("Long")
    everything = "".join(message.text for message in shown.messages) + "".join(
        content.decode() for message in shown.messages for content in message.files.values()
    )
    assert "What is 199" in everything


async def test_notes_of_strangers_show_and_do_nothing(
    loopback: LoopbackDiscord, bot: SeminarBot, group: Guild, mina: Member
) -> None:
    hostile = HOSTILE.replace(b"{id}", mina.id.encode())
    pressed = await kept(mina, hostile)
    listed = await (await mina.slash("notes show")).settled("1 discussion")
    shown = await (await mina.slash("notes show", discussion="1")).settled("bold")
    for message in (*pressed.followups, listed.message, shown.message):
        assert "](https://evil" not in message.text
        assert "@everyone" not in message.text
        assert "@here" not in message.text
    for dangerous in (f"<@{mina.id}>", f"<@&{mina.id}>", "```", "\n> # ", "\n> -# ", " **bold**"):
        assert dangerous not in shown.text
    exported = await (await mina.slash("notes export")).settled("as they were written")
    assert exported.message.files == {"notes.md": hostile}


def theirs_as(message: Message, person: Member) -> Message:
    """A message as if it stood before somebody else, in a channel of theirs."""
    from dataclasses import replace

    return replace(message, channel=next(iter(person.guild.channels.values())), only_for=person.user)


@pytest.fixture
def no_garbage_collection() -> Iterator[None]:
    """Collect nothing meanwhile: it would be counted for whichever thread it comes upon."""
    gc.disable()
    yield
    gc.enable()


def long_notes(mb: float) -> bytes:
    """One discussion of many questions, with signs that have to be escaped."""
    line = "what *is* `this` <@1> [x](https://evil.example) about ? " * 4
    items = int(mb * 1_000_000) // (2 * len(line) + 12)
    return b"## Discussion 1 Long - 2015\n" + "".join(f"{n}. {line}\n- {line}\n" for n in range(1, items)).encode()


@pytest.mark.alone
@pytest.mark.usefixtures("no_garbage_collection")
async def test_the_loop_is_free_while_two_megabytes_of_notes_are_laid_out(
    bot: SeminarBot, group: Guild, jo: Member
) -> None:
    """Seconds are those of the loop's thread on the processor, beside what laying out takes: no clock on a wall."""
    await brought(bot, group, long_notes(1.9))
    [discussion] = bot.desk.study.discussions(group.id)
    start = time.thread_time()
    fitted(discussion_reply(discussion, None))
    laying_out_s = time.thread_time() - start
    longest_s = 0.0

    async def watch() -> None:
        nonlocal longest_s
        while True:
            before = time.thread_time()
            await asyncio.sleep(0)
            longest_s = max(longest_s, time.thread_time() - before)

    watching = asyncio.create_task(watch())
    shown = await (await jo.slash("notes show", discussion="1")).settled("Goes on in the file.")
    watching.cancel()
    assert b"what \\*is\\*" in next(iter(shown.message.files.values()))
    assert longest_s < laying_out_s / 15


async def test_nobody_waits_behind_notes_that_are_laid_out(
    bot: SeminarBot, group: Guild, mina: Member, jo: Member
) -> None:
    await brought(bot, group, NOTES)
    over = threading.Event()
    laid_out = asyncio.create_task(bot.lanes.browse(over.wait, 30.0))
    try:
        shown = await jo.slash("notes show", discussion="5")
        state = await mina.slash("status")
        await (await jo.slash("paper list")).settled("no papers here yet")
        await (await jo.slash("ask", question="what is a shortcut")).settled("There are no papers here yet")
        assert (await jo.autocomplete("notes show", {"discussion": "res"}, focused="discussion")).choices
        assert "There is no paper" in await refused(await mina.slash("notes tie", discussion="5", paper="none such"))
        assert not laid_out.done()
        assert not shown.followups
        assert "ResNet" not in shown.text
    finally:
        over.set()
    await shown.settled("What is a shortcut")
    await state.settled("Papers")


async def test_who_leafs_too_fast_is_told_to_wait(bot: SeminarBot, group: Guild, jo: Member, mina: Member) -> None:
    for _ in range(BROWSED_A_MINUTE):
        bot.desk.rates.browse(guild=group.id, person=jo.id)
    assert f"you can send {BROWSED_A_MINUTE} requests a minute" in await refused(await jo.slash("notes show"))
    assert f"you can send {BROWSED_A_MINUTE} requests a minute" in await refused(await jo.slash("status"))
    await (await mina.slash("notes show")).settled("no notes here yet")
