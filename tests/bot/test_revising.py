"""Old notes made better in Discord: /notes fill, check and history, for everybody to see and organisers to decide."""

from __future__ import annotations

import asyncio
import shutil
import threading
from functools import partial
from pathlib import Path

import pytest

from bot.app import SeminarBot
from bot.render.limits import MESSAGE_TEXT_CHARS
from bot.render.revision import PAGE_CHANGES, PAGE_CHECKS, checks_reply, decided_reply, history_reply
from rag.answering.frames import Frames, Instead
from rag.domain.note import Discussion, Note
from rag.domain.revision import CheckCounts, Decision, Grade, NoteChange, NoteCheck, NoteChecks
from rag.domain.server import ServerSettings
from tests.bot.asked import refused_beside
from tests.bot.conftest import Start
from tests.bot.drawing import Draw
from tests.bot.words_only import ADMIN, Running, bot, group, jo, mina
from tests.conftest import NOW
from tests.loopback.discord import Guild, Member, Message, labels_of
from tests.revision.conftest import GROUP, NOTES, made

__all__ = ["bot", "group", "jo", "made", "mina"]

DEFINITION = "We define internal covariate shift as the change in the distribution of network activations during"


@pytest.fixture
def words_only(start: Start, made: Path, tmp_path: Path) -> Running:
    shutil.copytree(made, tmp_path / "data")
    return lambda: start(core={"embedder": "none"})


async def first_proposal(person: Member) -> Message:
    return (await (await person.slash("notes fill")).settled("Fill in the notes")).message


def exported(bot: SeminarBot) -> str:
    return bot.desk.study.export_notes(GROUP)


async def test_an_organiser_accepts_a_proposal_and_takes_it_back(bot: SeminarBot, mina: Member, draw: Draw) -> None:
    shown = await mina.slash("notes fill")
    await shown.settled("Fill in the notes")
    assert shown.ephemeral
    assert "1 of 5" in shown.text
    assert f"> “{DEFINITION}" in shown.text
    assert "p. 2" in shown.text
    assert labels_of(shown.message) == ["Accept", "Edit", "Reject", "Previous", "Next"]
    draw("notes-fill", {}, (shown.message, "/notes fill", "Mina"), width_px=1200)
    accepted = await mina.press(shown.message, "Accept")
    await accepted.settled("Written into the notes")
    assert f"“{DEFINITION}" in exported(bot)
    draw("notes-accepted", {}, (accepted.message, "", "Mina"), width_px=1200)
    await (await mina.press(accepted.message, "Undo")).settled("Taken back")
    assert exported(bot) == NOTES
    assert [change.person for change in bot.desk.study.revision.history(GROUP)] == [mina.id, mina.id]


async def test_buttons_work_after_a_restart(words_only: Running, group: Guild, mina: Member) -> None:
    async with words_only():
        shown = await first_proposal(mina)
    async with words_only() as again:
        await (await mina.press(shown, "Accept")).settled("Written into the notes")
        assert DEFINITION in exported(again)


async def test_the_second_of_two_people_is_told(bot: SeminarBot, group: Guild, mina: Member) -> None:
    kim = group.add_member("Kim", permissions=ADMIN)
    hers, his = await first_proposal(mina), await first_proposal(kim)
    both = [await mina.press(hers, "Accept"), await kim.press(his, "Accept")]
    await both[0].settled("Written into the notes")
    assert "changed this note since you looked" in await refused_beside(both[1])
    assert len(bot.desk.study.revision.history(GROUP)) == 1


async def test_members_look_and_organisers_decide(bot: SeminarBot, group: Guild, jo: Member) -> None:
    shown = await first_proposal(jo)
    assert labels_of(shown) == ["Previous", "Next"]
    assert "Organisers decide" in shown.text
    await (await jo.press(shown, "Next")).settled("2 of 5")
    role = group.add_role("organisers")
    kim = group.add_member("Kim", roles=[role])
    await bot.desk.servers.save(GROUP, ServerSettings(organiser_role=role.id))
    theirs = await first_proposal(kim)
    await bot.desk.servers.save(GROUP, ServerSettings())
    for button in ("Accept", "Edit", "Reject"):
        assert "can write into the notes" in await refused_beside(await kim.press(theirs, button))
    assert exported(bot) == NOTES


async def test_a_person_writes_an_answer_where_nothing_is_proposed(bot: SeminarBot, mina: Member) -> None:
    shown = await first_proposal(mina)
    await (await mina.press(shown, "Next")).settled("2 of 5")
    assert "I found nothing in the paper" in shown.text
    form = await (await mina.press(shown, "Write it")).acknowledged()
    await (await mina.submit(form.modal, {"Answer": "- my own\nwords"})).settled("in your words")
    assert "9. What\n- my own\n- words\n10." in exported(bot)
    await (await mina.press(shown, "Go on")).settled("2 of 4")


async def test_one_discussion_is_filled_in_alone(bot: SeminarBot, mina: Member) -> None:
    shown = await (await mina.slash("notes fill", discussion="small networks")).settled("1 of 4")
    await (await mina.press(shown.message, "Next")).settled("2 of 4")
    await (await mina.press(shown.message, "Leave it open")).settled("Not proposed again")
    await (await mina.press(shown.message, "Go on")).settled("2 of 3")
    nothing = await (await mina.slash("notes fill", discussion="nothing known")).settled("1 of 1")
    assert "tied to no paper" in nothing.text
    assert "fits several discussions" in await refused_beside(await mina.slash("notes fill", discussion="4"))


async def test_a_form_that_is_typed_through_a_restart_is_heard(words_only: Running, group: Guild, mina: Member) -> None:
    async with words_only():
        shown = await first_proposal(mina)
        form = await (await mina.press(shown, "Edit")).acknowledged()
        assert DEFINITION in str(form.modal.json)
    async with words_only() as again:
        empty = await (await mina.press(shown, "Edit")).acknowledged()
        assert DEFINITION not in str(empty.modal.json)
        await (await mina.submit(form.modal, {"Answer": "in short: it moves"})).settled("in your words")
        assert "2. internal covariate shift\n- in short: it moves\n3." in exported(again)


async def test_a_form_opens_at_once_though_questions_wait_and_the_library_has_changed(
    bot: SeminarBot, mina: Member
) -> None:
    shown = await first_proposal(mina)
    more = b"## Discussion 8 More - 2016\n1. why\n"
    await bot.lanes.ingest(partial(bot.desk.study.import_notes, GROUP, more, search_arxiv=False))
    answered = threading.Event()
    waiting = [asyncio.ensure_future(bot.lanes.ask(answered.wait, 30)) for _ in range(4)]
    try:
        form = await (await mina.press(shown, "Edit")).acknowledged()
        assert DEFINITION in str(form.modal.json)
        assert not any(question.done() for question in waiting)
    finally:
        answered.set()
        await asyncio.gather(*waiting)


async def test_a_rejected_proposal_does_not_come_back(bot: SeminarBot, mina: Member) -> None:
    shown = await first_proposal(mina)
    await (await mina.press(shown, "Reject")).settled("Not proposed again")
    assert DEFINITION not in (await first_proposal(mina)).text
    assert exported(bot) == NOTES


async def test_answers_stand_beside_their_paper_and_can_be_fixed(
    bot: SeminarBot, mina: Member, jo: Member, draw: Draw
) -> None:
    choices = (await mina.autocomplete("notes check", {"discussion": "small"}, focused="discussion")).choices
    assert [choice["value"] for choice in choices] == ["#1"]
    shown = await mina.slash("notes check", discussion="#1")
    await shown.settled("beside the paper")
    assert "**1 found · 6 not found (they may still be right)**" in shown.text
    assert labels_of(shown.message) == ["Fix 1", "Fix 3", "Previous", "Next"]
    await (await mina.press(shown.message, "Next")).settled("✅ **Supported**")
    draw("notes-check", {}, (shown.message, "/notes check discussion: small", "Mina"), width_px=1200)
    assert f"> “{DEFINITION}" in shown.text
    assert "❔ **Not found in the paper**" in shown.text
    form = await (await mina.press(shown.message, "Fix 5")).acknowledged()
    await (await mina.submit(form.modal, {"Answer": "1.5 billion operations at inference time"})).settled(
        lambda message: message.text.count("✅ **Supported**") == 2
    )
    assert "5. budget\n- 1.5 billion operations at inference time\n6." in exported(bot)
    theirs = await (await jo.slash("notes check", discussion="#1")).settled("beside the paper")
    assert labels_of(theirs.message) == ["Previous", "Next"]
    ambiguous = await mina.slash("notes check", discussion="4")
    assert "fits several discussions" in await refused_beside(ambiguous)


async def test_an_answer_that_is_too_long_for_a_form_is_refused_and_stays(bot: SeminarBot, mina: Member) -> None:
    long = "## Discussion 7 Endless - 2015\n1. What is a shortcut?\n" + f"- {'w ' * 50}\n" * 45
    await bot.lanes.ingest(partial(bot.desk.study.import_notes, GROUP, long.encode(), search_arxiv=False))
    shown = await (await mina.slash("notes check", discussion="7")).settled("Endless")
    refused = await refused_beside(await mina.press(shown.message, "Fix 1"))
    assert "too long for a form" in refused
    assert "/notes export" in refused
    assert exported(bot).endswith(long)


async def test_the_history_says_who_when_and_what_and_takes_back_the_newest(
    bot: SeminarBot, mina: Member, jo: Member, draw: Draw
) -> None:
    await (await mina.press(await first_proposal(mina), "Accept")).settled("Written into the notes")
    shown = await (await mina.slash("notes history")).settled("1 change of the notes")
    assert f"<@{mina.id}> accepted a proposal · Discussion 4 Small Networks - 2015, item 2" in shown.text
    assert "<t:" in shown.text
    draw("notes-history", {}, (shown.message, "/notes history", "Mina"), width_px=1200)
    theirs = await (await jo.slash("notes history")).settled("1 change of the notes")
    assert labels_of(theirs.message) == []
    await (await mina.press(shown.message, "Undo the newest change")).settled("Taken back")
    assert exported(bot) == NOTES


async def test_who_forgets_themselves_is_named_no_more(bot: SeminarBot, mina: Member) -> None:
    await (await mina.press(await first_proposal(mina), "Accept")).settled("Written into the notes")
    await bot.lanes.look(bot.desk.study.answers.forget_person, mina.id)
    shown = await (await mina.slash("notes history")).settled("1 change of the notes")
    assert mina.id not in shown.text
    assert "Somebody accepted a proposal" in shown.text


def endless(item: int) -> Note:
    return Note(item, "9" * 400, "*_" * 3_000, tuple("`|" * 2_000 for _ in range(40)))


def test_a_page_fits_one_message_whatever_was_written() -> None:
    note, discussion = endless(1), Discussion(1, "1", "[x](y)" * 900, 2_000, (endless(1),))
    check = NoteCheck("k" * 24, discussion, note, Grade.CONTRADICTED, (), "r" * 160, judged_by="_" * 99)
    beside = NoteChecks((check,) * PAGE_CHECKS, (Frames.load().model_spent(Instead.WORDS, NOW),))
    checks = checks_reply(
        discussion, beside, 0, 9, counts=CheckCounts(1, 2, 3), judge="openai:" + "_" * 99, may_fix=True
    )
    change = NoteChange(
        1, GROUP, "h" * 900, 1, Decision.EDITED, "9" * 18, NOW, note.question, note.answer, "", "q" * 900, ("a_" * 999,)
    )
    history = history_reply([change] * PAGE_CHANGES * 2, 0, undoable=1, may_undo=True)
    for reply in (checks, history, decided_reply(change)):
        assert sum(len(block.markdown) for block in reply.blocks if hasattr(block, "markdown")) < MESSAGE_TEXT_CHARS
