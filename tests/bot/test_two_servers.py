"""Two servers with the same bot: the same questions in both, and nothing of one shows in the other."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from bot.app import SeminarBot
from tests.bot.asked import ask, is_reply, links, posts, pressed, refused
from tests.bot.conftest import Start
from tests.bot.prepared import (
    GROUP,
    OTHERS,
    POOLING_QUESTION,
    POOLING_TITLE,
    PRIMER_TITLE,
    RESIDUAL_ID,
    RESIDUAL_QUESTION,
    RESIDUAL_TITLE,
    SHIFT_ID,
    SHIFT_QUESTION,
    SHIFT_TITLE,
)
from tests.loopback.discord import Guild, Member, Message, menus_of

OURS = (PRIMER_TITLE, SHIFT_TITLE, SHIFT_ID, "covariate", "moving target")
THEIRS = (POOLING_TITLE, "weighted mean", "ours alone")


@pytest.fixture
async def bot(start: Start, group: Guild, others: Guild) -> AsyncIterator[SeminarBot]:
    assert group.has_bot
    assert others.has_bot
    async with start() as bot:
        yield bot


@pytest.fixture
def omar(others: Guild) -> Member:
    return others.add_member("Omar")


def shows_none(message: Message, words: tuple[str, ...], *, question: str = "") -> bool:
    """Whether a message shows none of these, the question that it repeats left aside."""
    shown = str(message.json).replace(question, "") if question else str(message.json)
    return not [word for word in words if word in shown]


async def test_each_server_is_answered_from_its_own_papers_and_notes(
    bot: SeminarBot, mina: Member, omar: Member
) -> None:
    for question in (SHIFT_QUESTION, POOLING_QUESTION, RESIDUAL_QUESTION):
        ours, theirs = await ask(mina, question), await ask(omar, question)
        assert shows_none(ours.message, THEIRS, question=question)
        assert shows_none(theirs.message, OURS, question=question)
    assert "I could not find this" in (await ask(mina, POOLING_QUESTION)).text
    assert "**Sources**" in (await ask(omar, POOLING_QUESTION)).text


async def test_a_paper_that_both_hold_brings_no_notes_of_the_other(bot: SeminarBot, mina: Member, omar: Member) -> None:
    ours = await ask(mina, RESIDUAL_QUESTION, paper=RESIDUAL_ID)
    theirs = await ask(omar, RESIDUAL_QUESTION, paper=RESIDUAL_ID)
    assert links(ours.text) == links(theirs.text) == {f"https://arxiv.org/pdf/{RESIDUAL_ID}v1#page=2"}
    assert "a detour around layers" in theirs.text
    assert "detour" not in ours.text


async def test_a_paper_of_the_other_is_no_paper_here_and_is_not_suggested(
    bot: SeminarBot, mina: Member, omar: Member
) -> None:
    for name in (SHIFT_ID, SHIFT_TITLE, PRIMER_TITLE):
        text = await refused(await omar.slash("ask", question=SHIFT_QUESTION, paper=name))
        assert text.startswith("There is no paper called")
        assert "Did you mean" not in text or RESIDUAL_TITLE in text or POOLING_TITLE in text
    for typed in ("", "normalis", SHIFT_ID[:4]):
        suggested = await omar.autocomplete("ask", {"paper": typed}, focused="paper")
        assert not [word for word in OURS if word in str(suggested.choices)]


async def test_the_same_person_in_both_has_two_lists_of_answers(bot: SeminarBot, mina: Member, others: Guild) -> None:
    there = others.add_member(mina)
    await ask(mina, SHIFT_QUESTION)
    listed = await (await there.slash("answers")).settled(is_reply)
    assert listed.text == "You have no kept answers in this server yet."
    await ask(there, POOLING_QUESTION)
    listed = await (await there.slash("answers")).settled(is_reply)
    (menu,) = menus_of(listed.message)
    assert [option["label"] for option in menu["options"]] == [POOLING_QUESTION]


async def test_threads_are_each_servers_own(
    bot: SeminarBot, mina: Member, omar: Member, group: Guild, others: Guild
) -> None:
    for person, question in ((mina, SHIFT_QUESTION), (omar, POOLING_QUESTION)):
        channel = person.guild.channel("papers")
        asked = await ask(person, question, channel=channel)
        await pressed(person, asked.message, "Discuss in a thread")
        (thread,) = channel.threads
        await person.says(thread, "and how is it defined?", mentions_bot=True)
        *_, answer = await posts(person.discord, thread, 2)
        assert shows_none(answer, THEIRS if person is mina else OURS)
    (ours,), (theirs,) = group.channel("papers").threads, others.channel("papers").threads
    thread = bot.desk.study.answers.thread
    assert len(thread(GROUP, ours.id)) == len(thread(OTHERS, theirs.id)) == 2
    assert thread(GROUP, theirs.id) == thread(OTHERS, ours.id) == ()


async def test_who_asks_often_in_one_server_is_still_heard_in_the_other(
    start: Start, mina: Member, others: Guild
) -> None:
    there = others.add_member(mina)
    async with start(questions_per_person_per_minute=1):
        await ask(mina)
        assert "That was fast" in await refused(await mina.slash("ask", question=SHIFT_QUESTION))
        await ask(there, POOLING_QUESTION)
