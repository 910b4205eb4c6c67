"""The group's notes in Discord: brought by organisers after a look, read by everybody, never another server's."""

from __future__ import annotations

import asyncio
import gc
import threading
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from discord import Permissions

from bot.app import SeminarBot
from bot.rates import BROWSED_A_MINUTE
from bot.render.fitting import fitted
from bot.render.notes import discussion_reply
from rag import samples
from rag.domain.server import ServerSettings
from rag.errors import SeminarError
from tests.bot.asked import refused
from tests.bot.conftest import Start
from tests.bot.words_only import ADMIN, Running, bot, group, jo, mina, words_only
from tests.loopback.arxiv import LoopbackArxiv
from tests.loopback.discord import (
    Exchange,
    Guild,
    LoopbackDiscord,
    Member,
    Message,
    accent_of,
    buttons_of,
    labels_of,
    menus_of,
)
from tests.made import paper_pdf

__all__ = ["bot", "group", "jo", "mina", "words_only"]

NOTES = b"""## Discussion 1 AlexNet - 2012
1. What is this paper try to convey ?
- bigger is better
2. Why ReLU

## Discussion 5 ResNet - 2015
1. What is a shortcut
- the input is added to the output
2. Why does it help
"""
MORE = b"## Discussion 5 ResNet - 2015\n1. What is a shortcut\n- a better answer\n"
HOSTILE = b"""## Discussion 1 @everyone [click](https://evil.example) - 2015
1. <@{id}> **bold** ```fence <@&{id}> https://evil.example
- # heading
- @here [a](https://evil.example) `code`
- -# faked footer
"""
MEMBER = Permissions.none()


async def previewed(person: Member, content: bytes = NOTES, name: str = "notes.md") -> Exchange:
    return await (await person.slash("notes import", file=(name, content))).settled("Keep these notes?")


async def kept(person: Member, content: bytes = NOTES) -> Exchange:
    """Import a file and wait until all of it is over."""
    preview = await previewed(person, content)
    pressed = await person.press(preview.message, "Keep these notes")
    await pressed.followed_up()
    return await pressed.settled("are kept")


async def brought(bot: SeminarBot, group: Guild, notes: bytes) -> None:
    """Put notes into a library, in the lane where everything is that changes it."""
    await bot.lanes.ingest(bot.desk.study.import_notes, group.id, notes, search_arxiv=False)


async def said_privately(exchange: Exchange) -> str:
    """What only the person who pressed was told, beside the message with the button."""
    await exchange.followed_up()
    assert exchange.followups[-1].only_for is exchange.person.user
    return exchange.followups[-1].text


async def test_a_file_is_shown_with_its_counts_and_kept_only_when_somebody_says_so(
    bot: SeminarBot, group: Guild, mina: Member
) -> None:
    study = bot.desk.study
    preview = await previewed(mina)
    assert preview.ephemeral
    assert "**notes.md** holds 2 discussions: all are new." in preview.text
    assert "4 items: 2 answered, 2 open, 0 without a question, 0 blank" in preview.text
    assert labels_of(preview.message) == ["Keep these notes", "Do not keep"]
    assert study.discussions(group.id) == ()
    pressed = await mina.press(preview.message, "Keep these notes")
    await (await pressed.settled("are kept")).followed_up()
    assert study.export_notes(group.id).encode() == NOTES
    assert buttons_of(preview.message) == []
    [told] = pressed.followups
    assert told.only_for is None
    assert told.text.startswith(f"<@{mina.id}> imported notes.")
    assert "**Notes kept** · 2 discussions\n4 items: 2 answered, 2 open" in told.text


async def test_what_is_not_kept_is_forgotten(bot: SeminarBot, group: Guild, mina: Member) -> None:
    preview = await previewed(mina)
    pressed = await mina.press(preview.message, "Do not keep")
    await pressed.settled("Nothing was kept")
    assert buttons_of(preview.message) == []
    assert bot.desk.study.discussions(group.id) == ()
    assert announced(group) == []


async def test_discussions_are_tied_to_papers_and_the_others_are_named(
    start: Start, group: Guild, mina: Member, tmp_path: Path
) -> None:
    with LoopbackArxiv() as arxiv:
        arxiv.add_paper("2401.00001", title="Reloaded Shortcuts: On Depth", pdf=paper_pdf())
        core = {"embedder": "none", "arxiv_api_url": arxiv.api}
        async with start(core=core) as bot:
            paper = tmp_path / "alexnet.pdf"
            paper.write_bytes(paper_pdf("AlexNet"))
            [added] = await bot.lanes.ingest(bot.desk.study.add, [str(paper)], guild=group.id)
            preview = await previewed(mina, NOTES + b"## Discussion 6 Reloaded Shortcuts - 2024\n1. Why\n")
            tied = "Discussion 1 AlexNet - 2012 → “AlexNet”"
            assert f"**Tied to papers here** · 1\n- {tied}" in preview.text
            assert "**Tied to no paper** · 2\n- Discussion 5 ResNet - 2015: maybe Deep Residual" in preview.text
            assert "2401.00001" not in preview.text  # arXiv is asked only when the notes are kept
            pressed = await mina.press(preview.message, "Keep these notes")
            await (await pressed.settled("are kept")).followed_up()
            assert tied in pressed.followups[0].text
            found = "Discussion 6 Reloaded Shortcuts - 2024: maybe Reloaded Shortcuts: On Depth (`2401.00001`)"
            assert found in pressed.followups[0].text
            shown = await (await mina.slash("notes show", discussion="1")).settled("AlexNet")
            assert f"About **AlexNet** (`{added.paper_id}`)" in shown.text


async def test_a_file_in_the_place_of_an_older_one_says_so(bot: SeminarBot, group: Guild, mina: Member) -> None:
    await kept(mina)
    preview = await previewed(mina, MORE)
    assert "1 discussion: 0 new, 1 in the place of those with the same heading here." in preview.text
    pressed = await mina.press(preview.message, "Keep these notes")
    await (await pressed.settled("are kept")).followed_up()
    assert "1 of them in the place of older ones" in pressed.followups[0].text
    assert [d.notes[0].answer for d in bot.desk.study.discussions(group.id)][1] == ("a better answer",)


@pytest.mark.parametrize(
    ("name", "content", "because"),
    [
        ("notes.md", b"", "it is empty"),
        ("notes.md", b" \n\n", "it is empty"),
        (
            "notes.docx",
            b"PK\x03\x04\x14\x00\x06\x00\xff\xfe\x9cword/document.xml" + bytes(range(256)),
            "a Word document",
        ),
        ("notes.md", b"\x89PNG\r\n\x1a\n" + bytes(64), "a picture"),
        ("notes.md", b"just words\n", "it has no discussion heading"),
        ("notes.md", b"x" * (2 * 1024 * 1024 + 60_000), "it has 2.1 MB and at most 2 MB are taken"),
        ("notes.md", "## Discussion 1 Ünder - 2015\n1. q\n".encode("latin-1"), "is not UTF-8 text"),
    ],
    ids=["empty", "blank", "docx", "picture", "words", "large", "latin-1"],
)
async def test_a_file_that_holds_no_notes_is_refused_by_its_name(
    bot: SeminarBot, mina: Member, name: str, content: bytes, because: str
) -> None:
    text = await refused(await mina.slash("notes import", file=(name, content)))
    assert text.startswith(f"{name} cannot be read: ")
    assert because in text


async def test_who_organises_imports_and_ties_and_everybody_reads(bot: SeminarBot, group: Guild, jo: Member) -> None:
    role = group.add_role("organisers")
    await bot.desk.servers.save(group.id, ServerSettings(organiser_role=role.id))
    kim = group.add_member("Kim", roles=[role])
    preview = await previewed(kim)
    await (await kim.press(preview.message, "Keep these notes")).settled("are kept")
    for command, options in (
        ("import", {"file": ("notes.md", NOTES)}),
        ("tie", {"discussion": "1", "paper": "resnet"}),
    ):
        text = await refused(await jo.slash(f"notes {command}", options=options))
        assert text.startswith(f"Only members with Manage Server or the role <@&{role.id}> can ")
    await (await jo.slash("notes show")).settled("2 discussions")
    await (await jo.slash("notes open")).settled("2 open questions")
    exported = await (await jo.slash("notes export")).settled("as they were written")
    assert exported.message.files == {"notes.md": NOTES}


async def test_who_loses_the_role_before_pressing_decides_nothing(bot: SeminarBot, group: Guild) -> None:
    role = group.add_role("organisers")
    await bot.desk.servers.save(group.id, ServerSettings(organiser_role=role.id))
    kim = group.add_member("Kim", roles=[role])
    preview = await previewed(kim)
    kim.roles.remove(role)
    for button in ("Keep these notes", "Do not keep"):
        assert "can import notes" in await refused(await kim.press(preview.message, button))
    kim.roles.append(role)
    await (await kim.press(preview.message, "Keep these notes")).settled("are kept")
    assert len(bot.desk.study.discussions(group.id)) == 2


async def test_a_preview_can_be_decided_on_after_a_restart(words_only: Running, group: Guild, mina: Member) -> None:
    async with words_only():
        preview = await previewed(mina)
    async with words_only() as bot:
        await (await mina.press(preview.message, "Keep these notes")).settled("are kept")
        assert bot.desk.study.export_notes(group.id).encode() == NOTES


@pytest.mark.parametrize("first", ["Keep these notes", "Do not keep"])
@pytest.mark.parametrize("second", ["Keep these notes", "Do not keep"])
async def test_a_file_is_decided_on_once(bot: SeminarBot, group: Guild, mina: Member, first: str, second: str) -> None:
    one, other = await previewed(mina), await previewed(mina)
    await (await mina.press(one.message, first)).settled(
        "are kept" if first == "Keep these notes" else "Nothing was kept"
    )
    assert "decided on already" in await said_privately(await mina.press(other.message, second))
    assert len(bot.desk.study.discussions(group.id)) == (2 if first == "Keep these notes" else 0)


async def test_two_presses_at_once_keep_once(bot: SeminarBot, group: Guild, mina: Member) -> None:
    preview = await previewed(mina)
    one = await mina.press(preview.message, "Keep these notes")
    other = await mina.press(preview.message, "Keep these notes")
    await group.discord.until(lambda: one.followups and other.followups)
    said = sorted((message.text for message in (*one.followups, *other.followups)), key=len)
    assert "decided on already" in said[0]
    assert "Notes kept" in said[1]
    assert bot.desk.study.export_notes(group.id).encode() == NOTES


async def test_a_button_of_another_servers_file_decides_nothing(
    loopback: LoopbackDiscord, bot: SeminarBot, group: Guild, mina: Member
) -> None:
    other = loopback.add_guild("Others", channels=["talk"])
    lee = other.add_member("Lee", permissions=ADMIN)
    theirs, mine = await previewed(lee, MORE), await previewed(mina)
    for button, their_button in zip(buttons_of(mine.message), buttons_of(theirs.message), strict=True):
        assert button["custom_id"] != their_button["custom_id"]
        button["custom_id"] = their_button["custom_id"]
    for label in ("Keep these notes", "Do not keep"):
        assert "This import was refused" in await said_privately(await mina.press(mine.message, label))
    assert bot.desk.study.discussions(group.id) == bot.desk.study.discussions(other.id) == ()
    await (await lee.press(theirs.message, "Keep these notes")).settled("are kept")
    assert [d.title for d in bot.desk.study.discussions(other.id)] == ["ResNet"]


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


async def test_while_a_paper_is_taken_in_notes_wait_and_come_in_the_channel_when_that_takes_too_long(
    loopback: LoopbackDiscord, bot: SeminarBot, group: Guild, mina: Member
) -> None:
    import asyncio
    import threading

    go_on = threading.Event()
    busy = asyncio.create_task(bot.lanes.ingest(go_on.wait, 10.0))
    preview = await previewed(mina)
    pressed = await mina.press(preview.message, "Keep these notes")
    await pressed.settled("Keeping these notes.")
    loopback.clock.pass_time(minutes=16)
    go_on.set()
    await busy
    await loopback.until(lambda: announced(group))
    [message] = announced(group)
    assert message.exchange is None
    assert message.text.startswith(f"<@{mina.id}> imported notes.")


async def test_after_a_failure_the_same_button_tries_again(
    bot: SeminarBot, group: Guild, mina: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    preview = await previewed(mina)
    with monkeypatch.context() as failing:

        def full(*_: object) -> bool:
            raise SeminarError

        failing.setattr(bot.desk.study.library, "keep_held_notes", full)
        await said_privately(await mina.press(preview.message, "Keep these notes"))
    await (await mina.press(preview.message, "Keep these notes")).settled("are kept")
    assert bot.desk.study.export_notes(group.id).encode() == NOTES


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


async def test_a_preview_is_forgotten_after_a_day(bot: SeminarBot, mina: Member) -> None:
    preview = await previewed(mina)
    held = bot.desk.study.held_notes
    held._clock = lambda: bot.desk.clock() + timedelta(days=1, minutes=1)
    assert "more than a day" in await said_privately(await mina.press(preview.message, "Keep these notes"))


def announced(group: Guild) -> list[Message]:
    """What the bot told everybody about notes."""
    channel = group.channel("papers")
    return [message for message in channel.said_by(group.discord.bot_user) if "imported notes." in message.text]


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
