"""A reply to an answer goes on from it: in any channel, to any message that shows it, along the chain of replies."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from bot.app import SeminarBot
from bot.render import limits
from rag.domain.record import Delivery, KeptAnswer
from tests.bot.asked import ask, is_reply, links, posts, pressed
from tests.bot.conftest import Start
from tests.bot.prepared import (
    GROUP,
    RESIDUAL_ID,
    RESIDUAL_QUESTION,
    RESIDUAL_TITLE,
    SHIFT_ID,
    SHIFT_QUESTION,
    SHIFT_TITLE,
)
from tests.loopback.discord import ANSWERS, Channel, Guild, Member, Message

AGAIN = "how is it defined?"
RESIDUAL_PAGE = f"https://arxiv.org/pdf/{RESIDUAL_ID}v1#page=2"


@pytest.fixture
async def bot(start: Start, group: Guild) -> AsyncIterator[SeminarBot]:
    assert group.has_bot
    async with start() as bot:
        await posts(group.discord, group.channel("general"))  # the welcome
        yield bot


async def noted(bot: SeminarBot, person: Member) -> None:
    """Wait until all is noted of what a person was told: people take longer to reply than tests."""
    recent = bot.desk.study.answers.recent
    await person.discord.until(
        lambda: all(kept.delivery is Delivery.DELIVERED for kept in recent(GROUP, person.id)), 15.0
    )


async def after(bot: SeminarBot, person: Member, channel: Channel, text: str, **how: object) -> Message:
    """Say something and return the answer to it."""
    before = len(channel.said_by(person.discord.bot_user))
    await person.says(channel, text, **how)  # type: ignore[arg-type]
    answer = (await posts(person.discord, channel, before + 1))[before]
    await noted(bot, person)
    return answer


def chain(bot: SeminarBot, person: Member) -> list[KeptAnswer]:
    """What a person's newest answer follows, and the answer itself last."""
    answers = bot.desk.study.answers
    found = [answers.recent(GROUP, person.id)[0]]
    while found[0].follows is not None:
        found.insert(0, answers.read(GROUP, found[0].follows))
    return found


async def test_a_reply_to_an_answer_in_a_channel_is_a_follow_up_for_whoever_replies(
    bot: SeminarBot, mina: Member, group: Guild, papers: Channel
) -> None:
    answer = await after(bot, mina, papers, RESIDUAL_QUESTION, mentions_bot=True)
    await after(bot, mina, papers, SHIFT_QUESTION, mentions_bot=True)  # the last thing said is not what is meant
    paul = group.add_member("Paul")
    follow_up = await after(bot, paul, papers, AGAIN, reply_to=answer)
    assert RESIDUAL_TITLE in follow_up.text
    assert links(follow_up.text) == {RESIDUAL_PAGE}
    first, second = chain(bot, paul)
    assert (first.answer.question, first.asker) == (RESIDUAL_QUESTION, mina.id)
    assert (second.channel, second.thread) == (papers.id, None)


async def test_a_reply_to_the_answer_of_a_command_that_mentions_us_is_one_too(
    bot: SeminarBot, mina: Member, papers: Channel
) -> None:
    asked = await ask(mina, RESIDUAL_QUESTION, channel=papers)
    await noted(bot, mina)
    follow_up = await after(bot, mina, papers, AGAIN, reply_to=asked.message, mentions_bot=True)
    assert links(follow_up.text) == {RESIDUAL_PAGE}
    assert len(chain(bot, mina)) == 2


async def test_a_reply_to_a_reply_goes_on_along_the_chain(bot: SeminarBot, mina: Member, papers: Channel) -> None:
    first = await after(bot, mina, papers, RESIDUAL_QUESTION, mentions_bot=True)
    second = await after(bot, mina, papers, AGAIN, reply_to=first)
    third = await after(bot, mina, papers, "on which page?", reply_to=second)
    assert links(third.text) == {RESIDUAL_PAGE}
    assert [kept.answer.question for kept in chain(bot, mina)] == [RESIDUAL_QUESTION, AGAIN, "on which page?"]


async def test_a_reply_that_asks_something_else_is_answered_from_where_that_stands(
    bot: SeminarBot, mina: Member, papers: Channel
) -> None:
    first = await after(bot, mina, papers, RESIDUAL_QUESTION, mentions_bot=True)
    second = await after(bot, mina, papers, SHIFT_QUESTION, reply_to=first)
    assert SHIFT_TITLE in second.text
    assert len(chain(bot, mina)) == 2


async def test_a_reply_to_any_message_of_a_long_answer_counts(
    bot: SeminarBot, mina: Member, papers: Channel, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "MESSAGE_TEXT_CHARS", 700)
    answers = bot.desk.study.answers
    asked = await ask(mina, SHIFT_QUESTION, channel=papers)
    await mina.says(papers, RESIDUAL_QUESTION, mentions_bot=True)

    def delivered() -> int:
        return [kept.delivery for kept in answers.recent(GROUP, mina.id)].count(Delivery.DELIVERED)

    await mina.discord.until(lambda: delivered() == 2, 15.0)
    shown = [answers.before(GROUP, message=message.id) for message in papers.said_by(mina.discord.bot_user)]
    questions = [kept.answer.question for (kept,) in shown]
    assert questions.count(SHIFT_QUESTION) == len(asked.messages) > 1
    assert questions.count(RESIDUAL_QUESTION) == len(questions) - len(asked.messages) > 1


async def test_an_answer_that_was_posted_instead_can_be_replied_to(
    bot: SeminarBot, mina: Member, papers: Channel
) -> None:
    mina.discord.faults.cut("PATCH", ANSWERS)
    await mina.slash("ask", question=RESIDUAL_QUESTION, channel=papers)
    await mina.discord.until(lambda: [message for message in papers.visible if "**Sources**" in message.text], 15.0)
    (posted,) = papers.said_by(mina.discord.bot_user)[-1:]
    assert posted.text.startswith(f"<@{mina.id}> asked:")
    await noted(bot, mina)
    assert papers.visible == [posted], "thinking is gone"
    follow_up = await after(bot, mina, papers, AGAIN, reply_to=posted)
    assert links(follow_up.text) == {RESIDUAL_PAGE}


async def test_a_reply_works_after_a_restart(start: Start, mina: Member, papers: Channel) -> None:
    async with start() as bot:
        answer = await after(bot, mina, papers, RESIDUAL_QUESTION, mentions_bot=True)
    async with start() as bot:
        follow_up = await after(bot, mina, papers, AGAIN, reply_to=answer)
        assert links(follow_up.text) == {RESIDUAL_PAGE}
        assert len(chain(bot, mina)) == 2


async def test_a_reply_to_what_is_no_answer_stands_alone(
    bot: SeminarBot, mina: Member, group: Guild, papers: Channel
) -> None:
    (welcome,) = await posts(mina.discord, group.channel("general"))
    await after(bot, mina, group.channel("general"), AGAIN, reply_to=welcome)
    said = await group.add_member("Paul").says(papers, "I like residual blocks")
    await after(bot, mina, papers, AGAIN, reply_to=said, mentions_bot=True)
    assert [kept.follows for kept in bot.desk.study.answers.recent(GROUP, mina.id)] == [None, None]


async def test_a_reply_to_an_answer_that_was_forgotten_stands_alone(
    bot: SeminarBot, mina: Member, group: Guild, papers: Channel
) -> None:
    answer = await after(bot, mina, papers, RESIDUAL_QUESTION, mentions_bot=True)
    bot.desk.study.answers.forget_person(mina.id)
    paul = group.add_member("Paul")
    await after(bot, paul, papers, AGAIN, reply_to=answer)
    assert len(chain(bot, paul)) == 1


async def test_a_private_answer_is_no_context_not_even_by_the_id_of_its_message(
    bot: SeminarBot, mina: Member, papers: Channel
) -> None:
    private = await ask(mina, RESIDUAL_QUESTION, private=True, channel=papers)
    answers = bot.desk.study.answers
    (kept,) = answers.recent(GROUP, mina.id)
    answers.shown(GROUP, kept.answer_id, [private.message.id])
    await after(bot, mina, papers, AGAIN, reply_to=private.message, mentions_bot=True)
    assert len(chain(bot, mina)) == 1


async def test_in_a_thread_a_reply_goes_on_from_its_answer_and_a_mention_from_the_last(
    bot: SeminarBot, mina: Member, papers: Channel
) -> None:
    asked = await ask(mina, RESIDUAL_QUESTION, paper=RESIDUAL_ID, channel=papers)
    await pressed(mina, asked.message, "Discuss in a thread")
    thread = papers.threads[-1]
    await posts(mina.discord, thread)
    first = await after(bot, mina, thread, AGAIN, mentions_bot=True)
    await after(bot, mina, thread, f"what is internal covariate shift in {SHIFT_TITLE}", mentions_bot=True)
    replied = await after(bot, mina, thread, AGAIN, reply_to=first)
    assert links(replied.text) == {RESIDUAL_PAGE}
    assert [kept.answer.question for kept in chain(bot, mina)] == [RESIDUAL_QUESTION, AGAIN, AGAIN]
    await after(bot, mina, thread, AGAIN, mentions_bot=True)
    newest, replied_with, *_ = bot.desk.study.answers.recent(GROUP, mina.id)
    assert newest.follows == replied_with.answer_id
    assert len(bot.desk.study.answers.thread(GROUP, thread.id)) == 5


async def test_a_thread_at_a_reply_knows_what_the_reply_was_about(
    bot: SeminarBot, mina: Member, papers: Channel
) -> None:
    first = await after(bot, mina, papers, RESIDUAL_QUESTION, mentions_bot=True)
    second = await after(bot, mina, papers, "on which page?", reply_to=first)
    await pressed(mina, second, "Discuss in a thread")
    thread = papers.threads[-1]
    await posts(mina.discord, thread)
    third = await ask(mina, AGAIN, channel=thread)
    assert is_reply(third.message)
    assert links(third.text) == {RESIDUAL_PAGE}
    assert SHIFT_ID not in third.text
