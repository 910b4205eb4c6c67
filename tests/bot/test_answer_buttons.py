"""The buttons under an answer, and /answers: for whom they work, and that they outlive restarts."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pymupdf
import pytest

from bot.app import SeminarBot
from rag.domain.record import Verdict
from rag.study import Study
from tests.bot.asked import ask, is_reply, links, newest, picked, pressed
from tests.bot.conftest import Start
from tests.bot.prepared import GROUP, OTHERS, PRIMER_TITLE, RESIDUAL_QUESTION, SHIFT_ID, SHIFT_QUESTION, SHIFT_TITLE
from tests.loopback.discord import (
    Channel,
    Exchange,
    Guild,
    Member,
    Message,
    buttons_of,
    labels_of,
    menus_of,
    pictures_of,
)

FOUR_SOURCES = "compare normalisation and shortcuts"
THREADS = r"/channels/\d+/messages/\d+/threads"
GONE = "This answer is kept no more"
ON_EVERY_ANSWER = ("quote:{}:1", "sources:{}", "thread:{}", "helpful:{}", "not_helpful:{}", "wrong_citation:{}")


@pytest.fixture
async def bot(start: Start, group: Guild) -> AsyncIterator[SeminarBot]:
    assert group.has_bot
    async with start() as bot:
        yield bot


def button(channel: Channel, custom_id: str) -> Message:
    """Put a message of the bot with one button into a channel, as nobody but the bot can."""
    row = {"type": 1, "components": [{"type": 2, "style": 2, "label": "Press", "custom_id": custom_id}]}
    assert channel.guild is not None
    discord = channel.guild.discord
    return discord.messages.write(channel, discord.bot_user, {"content": "forged", "components": [row]})


def menu(channel: Channel, custom_id: str, value: str) -> Message:
    """The same with a menu of one choice."""
    options = [{"label": "Choice", "value": value}]
    row = {"type": 1, "components": [{"type": 3, "custom_id": custom_id, "options": options}]}
    assert channel.guild is not None
    discord = channel.guild.discord
    return discord.messages.write(channel, discord.bot_user, {"content": "forged", "components": [row]})


async def told(exchange: Exchange) -> str:
    """What the person who pressed, and nobody else, was told."""
    await exchange.discord.until(lambda: any(is_reply(message) for message in exchange.messages), 10.0)
    (message,) = exchange.messages
    assert message.only_for is exchange.person.user
    return message.text


# Quotes and sources


async def test_a_quote_is_shown_to_whoever_pressed_with_its_lines_on_the_page(bot: SeminarBot, mina: Member) -> None:
    asked = await ask(mina, paper=SHIFT_ID)
    quote = await pressed(mina, asked.message, "Quote 1")
    assert quote.ephemeral
    lines = quote.text.splitlines()
    assert lines[0].startswith(f"**[1]** [{SHIFT_TITLE}](<https://arxiv.org/pdf/{SHIFT_ID}v2#page=2>), p. 2")
    assert lines[1].startswith("> We define internal covariate shift as the change in the distribution")
    assert lines[-1] == "-# Seminar found this text on the page before it showed you the answer."
    (picture,) = pictures_of(quote.message)
    assert picture["description"].startswith(f"Page 2 of {SHIFT_TITLE}, the cited lines marked: We define internal")
    assert quote.message.files["quote-1.png"].startswith(b"\x89PNG")
    (link,) = buttons_of(quote.message)
    assert (link["label"], link["url"]) == ("Open page 2", f"https://arxiv.org/pdf/{SHIFT_ID}v2#page=2")
    assert asked.message.labels[0] == "Quote 1", "the answer stays as it was"


async def test_a_quote_of_a_document_without_an_address_has_no_link(bot: SeminarBot, mina: Member) -> None:
    quote = await pressed(mina, (await ask(mina)).message, "Quote 1")
    assert PRIMER_TITLE in quote.text
    assert links(quote.text) == set()
    assert buttons_of(quote.message) == []
    assert len(pictures_of(quote.message)) == 1


async def test_a_quote_says_why_there_is_no_picture(bot: SeminarBot, mina: Member, tmp_path: Path) -> None:
    asked = await ask(mina)
    shutil.rmtree(tmp_path / "data" / "papers")
    quote = await pressed(mina, asked.message, "Quote 1")
    assert pictures_of(quote.message) == []
    assert "-# There is no picture: the PDF is not kept here" in quote.text
    assert "Add its arXiv id or the PDF again" in quote.text
    assert "> Internal covariate shift is the change" in quote.text


async def test_pictures_can_be_switched_off(start: Start, mina: Member) -> None:
    async with start(page_pictures=False):
        quote = await pressed(mina, (await ask(mina)).message, "Quote 1")
        formula = await ask(mina, "equation 8", paper="primer")
    assert pictures_of(quote.message) == []
    assert "picture" not in quote.text
    assert pictures_of(formula.message) == []


async def test_a_formula_is_shown_as_it_stands_on_the_page(bot: SeminarBot, mina: Member) -> None:
    asked = await ask(mina, "equation 8", paper="primer")
    pictures = pictures_of(asked.message)
    assert 1 <= len(pictures) <= 2
    assert pictures[0]["description"].startswith("Page ")
    assert asked.message.files


@pytest.mark.parametrize("item", ["figure 1", "Table 1 of the primer"])
async def test_what_is_asked_for_by_its_number_is_shown_in_the_answer(item: str, bot: SeminarBot, mina: Member) -> None:
    asked = await ask(mina, item, paper="primer")
    (picture, *_) = pictures_of(asked.message)
    noun, number, *_ = item.split()
    assert f"{noun.capitalize()} {number}" in picture["description"]
    (file, *_) = asked.message.files.values()
    drawn = pymupdf.Pixmap(file)
    assert drawn.height > 0.3 * drawn.width, "the item as a whole, not its caption"


async def test_more_sources_are_all_there(bot: SeminarBot, mina: Member) -> None:
    asked = await ask(mina, FOUR_SOURCES)
    assert asked.text.count("\n**[3]**") == 1
    assert "\n**[4]**" not in asked.text
    assert labels_of(asked.message)[:5] == [
        "Quote 1", "Quote 2", "Quote 3", "More sources (1)", "Discuss in a thread",
    ]  # fmt: skip
    sources = await pressed(mina, asked.message, "More sources (1)")
    assert sources.ephemeral
    assert sources.text.startswith(f"**All sources** of “{FOUR_SOURCES}”")
    assert sources.text.count(PRIMER_TITLE.partition(":")[0]) == 1
    assert all(f"**[{number}]** p. " in sources.text for number in (1, 2, 3, 4))


# Threads


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
