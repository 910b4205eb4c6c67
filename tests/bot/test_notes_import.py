"""The group's notes brought into Discord by organisers: shown first, then kept or not, each file decided on once."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from bot.app import SeminarBot
from rag.domain.server import ServerSettings
from rag.errors import SeminarError
from tests.bot.asked import refused
from tests.bot.conftest import Start
from tests.bot.notes_brought import NOTES, kept, previewed
from tests.bot.words_only import ADMIN, Running, bot, group, jo, mina, words_only
from tests.loopback.arxiv import LoopbackArxiv
from tests.loopback.discord import Exchange, Guild, LoopbackDiscord, Member, Message, buttons_of, labels_of
from tests.made import paper_pdf

__all__ = ["bot", "group", "jo", "mina", "words_only"]

MORE = b"## Discussion 5 ResNet - 2015\n1. What is a shortcut\n- a better answer\n"


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


async def test_a_preview_is_forgotten_after_a_day(bot: SeminarBot, mina: Member) -> None:
    preview = await previewed(mina)
    held = bot.desk.study.held_notes
    held._clock = lambda: bot.desk.clock() + timedelta(days=1, minutes=1)
    assert "more than a day" in await said_privately(await mina.press(preview.message, "Keep these notes"))


def announced(group: Guild) -> list[Message]:
    """What the bot told everybody about notes."""
    channel = group.channel("papers")
    return [message for message in channel.said_by(group.discord.bot_user) if "imported notes." in message.text]
