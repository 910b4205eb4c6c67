"""The buttons under an answer, and /answers: for whom they work, and that they outlive restarts."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest

from bot.app import SeminarBot
from rag.domain.record import Verdict
from rag.study import Study
from tests.bot.asked import ask, is_reply, newest, picked, pressed
from tests.bot.conftest import Start
from tests.bot.prepared import (
    FOUR_SOURCES,
    GROUP,
    OTHERS,
    PRIMER_TITLE,
    RESIDUAL_QUESTION,
    SHIFT_ID,
    SHIFT_QUESTION,
    SHIFT_TITLE,
)
from tests.bot.pressing import bot, button, menu, told
from tests.loopback.discord import Channel, Guild, Member, labels_of, menus_of, pictures_of

__all__ = ["bot"]

GONE = "This answer is kept no more"
ON_EVERY_ANSWER = ("quote:{}:1", "sources:{}", "thread:{}", "helpful:{}", "not_helpful:{}", "wrong_citation:{}")


# Opinions


async def test_opinions_are_kept_and_the_last_of_a_person_counts(bot: SeminarBot, mina: Member, group: Guild) -> None:
    paul = group.add_member("Paul")
    asked = await ask(mina)
    answer_id = newest(bot, mina).answer_id
    ratings = bot.desk.study.answers.ratings
    thanks = await pressed(mina, asked.message, "Helpful")
    assert thanks.ephemeral
    assert thanks.text == "Thank you. Noted as helpful."
    assert ratings(GROUP, answer_id) == {Verdict.HELPFUL: 1}
    await pressed(paul, asked.message, "Helpful")
    assert ratings(GROUP, answer_id) == {Verdict.HELPFUL: 2}
    assert "not helpful" in (await pressed(mina, asked.message, "Not helpful")).text
    assert ratings(GROUP, answer_id) == {Verdict.HELPFUL: 1, Verdict.NOT_HELPFUL: 1}


async def test_of_several_citations_the_wrong_one_is_picked(bot: SeminarBot, mina: Member) -> None:
    asked = await ask(mina)
    which = await pressed(mina, asked.message, "Wrong citation")
    assert which.ephemeral
    (choices,) = menus_of(which.message)
    assert [option["label"] for option in choices["options"]] == [f"[1] {PRIMER_TITLE}", f"[2] {SHIFT_TITLE}"]
    assert choices["options"][1]["description"].startswith("We define internal covariate shift")
    thanks = await picked(mina, which.message, "Which citation is wrong?", "2")
    assert thanks.text.startswith("Thank you. Citation 2 is noted as wrong")
    answer_id = newest(bot, mina).answer_id
    assert bot.desk.study.answers.ratings(GROUP, answer_id) == {Verdict.WRONG_CITATION: 1}


async def test_a_single_citation_needs_no_picking(bot: SeminarBot, mina: Member) -> None:
    asked = await ask(mina, RESIDUAL_QUESTION)
    thanks = await pressed(mina, asked.message, "Wrong citation")
    assert thanks.text.startswith("Thank you. Citation 1 is noted as wrong")


# /answers


async def test_ones_last_answers_can_be_opened_again(bot: SeminarBot, mina: Member, group: Guild) -> None:
    first = await ask(mina, SHIFT_QUESTION)
    await ask(mina, RESIDUAL_QUESTION, private=True)
    await ask(group.add_member("Paul"), FOUR_SOURCES)
    listed = await (await mina.slash("answers")).settled(is_reply)
    assert listed.ephemeral
    (choices,) = menus_of(listed.message)
    assert [option["label"] for option in choices["options"]] == [RESIDUAL_QUESTION, SHIFT_QUESTION]
    assert choices["options"][0]["description"] == "21 Nov 2026 09:30 UTC"
    again = await picked(mina, listed.message, "Open an answer again", SHIFT_QUESTION)
    assert again.ephemeral
    assert again.text == first.text
    assert labels_of(again.message) == [label for label in labels_of(first.message) if "thread" not in label]
    assert (await pressed(mina, again.message, "Quote 2")).text.startswith("**[2]**")


async def test_who_asked_nothing_is_told_so(bot: SeminarBot, mina: Member) -> None:
    listed = await (await mina.slash("answers")).settled(is_reply)
    assert listed.text == "You have no kept answers in this server yet."
    assert menus_of(listed.message) == []


async def test_nobody_opens_the_answer_of_another(bot: SeminarBot, mina: Member, group: Guild, papers: Channel) -> None:
    paul = group.add_member("Paul")
    await ask(mina)
    forged = menu(papers, "pick:reopen", str(newest(bot, mina).answer_id))
    text = await told(await paul.pick(forged, "pick:reopen", "Choice"))
    assert text.startswith("Only the person who asked can do this.")


@pytest.mark.parametrize("pattern", ON_EVERY_ANSWER)
async def test_nobody_presses_under_the_private_answer_of_another(
    pattern: str, bot: SeminarBot, mina: Member, group: Guild, papers: Channel
) -> None:
    paul = group.add_member("Paul")
    await ask(mina, private=True)
    answer_id = newest(bot, mina).answer_id
    text = await told(await paul.press(button(papers, f"press:{pattern.format(answer_id)}"), "Press"))
    assert text.startswith("Only the person who asked can do this.")
    assert bot.desk.study.answers.ratings(GROUP, answer_id) == {}


# Other servers, other times


@pytest.mark.parametrize("pattern", [*ON_EVERY_ANSWER, "wrong", "reopen"])
async def test_an_answer_of_another_server_is_not_there(
    pattern: str, bot: SeminarBot, mina: Member, others: Guild
) -> None:
    await ask(mina)
    answer_id = newest(bot, mina).answer_id
    omar, channel = others.add_member("Omar"), others.channel("papers")
    if pattern == "wrong":
        press = await omar.pick(menu(channel, f"pick:wrong:{answer_id}", "1"), "pick", "Choice")
    elif pattern == "reopen":
        press = await omar.pick(menu(channel, "pick:reopen", str(answer_id)), "pick", "Choice")
    else:
        press = await omar.press(button(channel, f"press:{pattern.format(answer_id)}"), "Press")
    text = await told(press)
    assert text.startswith(GONE)
    assert PRIMER_TITLE not in text
    assert others.threads == []
    for guild in (GROUP, OTHERS):
        assert bot.desk.study.answers.ratings(guild, answer_id) == {}


async def test_everything_works_after_a_restart(start: Start, mina: Member, papers: Channel) -> None:
    async with start():
        asked = await ask(mina, FOUR_SOURCES, channel=papers)
        listed = await (await mina.slash("answers")).settled(is_reply)
        which = await pressed(mina, asked.message, "Wrong citation")
    async with start() as bot:
        for label, shows in {
            "Quote 2": "**[2]**",
            "More sources (1)": "**All sources**",
            "Discuss in a thread": "Let us talk",
            "Helpful": "Noted as helpful",
            "Not helpful": "Noted as not helpful",
            "Wrong citation": "Which citation",
        }.items():
            assert shows in (await pressed(mina, asked.message, label)).text
        assert "Citation 3 is noted" in (await picked(mina, which.message, "Which citation is wrong?", "3")).text
        assert "**Sources**" in (await picked(mina, listed.message, "Open an answer again", FOUR_SOURCES)).text
        assert bot.desk.study.answers.ratings(GROUP, newest(bot, mina).answer_id) == {Verdict.WRONG_CITATION: 1}


@pytest.mark.parametrize("label", ["Quote 1", "Discuss in a thread", "Helpful", "Wrong citation"])
async def test_an_answer_whose_paper_was_removed_went_with_it(
    label: str, start: Start, study_for: Callable[..., Study], mina: Member, papers: Channel
) -> None:
    study = study_for()
    async with start(study=study) as bot:
        asked = await ask(mina, channel=papers)
        await bot.lanes.ingest(study.remove, GROUP, SHIFT_ID)
        text = await told(await mina.press(asked.message, label))
    assert text.startswith(GONE)
    assert papers.threads == []


@pytest.mark.parametrize(
    "custom_id",
    ["press:frobnicate:1", "press:quote", "press:quote:1:1:1", "press:quote:one:1", f"press:helpful:{'9' * 30}",
     "press:helpful:²", "press:helpful:"],
)  # fmt: skip
async def test_a_button_that_nobody_knows_any_more_says_so(
    custom_id: str, bot: SeminarBot, mina: Member, papers: Channel, caplog: pytest.LogCaptureFixture
) -> None:
    await ask(mina)
    text = await told(await mina.press(button(papers, custom_id), "Press"))
    assert text.startswith("This button is from an older version. Use the command again.")
    assert [record for record in caplog.records if record.levelname == "ERROR"] == []


async def test_ten_who_press_at_once_are_all_served(bot: SeminarBot, mina: Member, group: Guild) -> None:
    asked = await ask(mina)
    people = [group.add_member(f"Reader {n}") for n in range(10)]
    quotes = await asyncio.gather(*(pressed(person, asked.message, "Quote 1") for person in people))
    assert all(quote.ack_ms < 3_000 and len(pictures_of(quote.message)) == 1 for quote in quotes)
