"""Talking to the bot: mentions, replies in an answer's thread, and "Ask about this"."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from bot.app import SeminarBot
from bot.cogs.conversation import without_mention
from rag.domain.server import ServerSettings
from tests.bot.asked import ask, is_reply, links, posts, pressed, refused
from tests.bot.conftest import Start
from tests.bot.prepared import (
    GROUP,
    NOBODY_KNOWS,
    PRIMER_TITLE,
    RESIDUAL_ID,
    RESIDUAL_QUESTION,
    RESIDUAL_TITLE,
    SHIFT_ID,
    SHIFT_QUESTION,
    SHIFT_TITLE,
)
from tests.loopback.discord import Channel, Guild, LoopbackDiscord, Member, Message, labels_of
from tests.loopback.discord.messages import REPLY

HINT = "I see the words of messages that mention me"


@pytest.fixture
async def bot(start: Start, group: Guild) -> AsyncIterator[SeminarBot]:
    assert group.has_bot
    async with start() as bot:
        await posts(group.discord, group.channel("general"))  # the welcome
        yield bot


async def thread_of(asker: Member, channel: Channel, question: str = SHIFT_QUESTION, **more: str) -> Channel:
    """Ask, open a thread at the answer, and return it."""
    asked = await ask(asker, question, channel=channel, **more)
    await pressed(asker, asked.message, "Discuss in a thread")
    await posts(asker.discord, channel.threads[-1])
    return channel.threads[-1]


async def after(person: Member, channel: Channel, text: str, **how: object) -> Message:
    """Say something and return what the bot says next."""
    before = len(channel.said_by(person.discord.bot_user))
    await person.says(channel, text, **how)  # type: ignore[arg-type]
    return (await posts(person.discord, channel, before + 1))[before]


async def nothing_said(bot: SeminarBot, person: Member, channel: Channel) -> None:
    """Assert that what was said so far was not answered: a question after it is, and nothing else."""
    before = len(channel.said_by(person.discord.bot_user))
    await person.says(channel, SHIFT_QUESTION, mentions_bot=True)
    later = await posts(person.discord, channel, before + 1)
    assert [("Sources" in message.text) for message in later[before:]] == [True]


# Mentions


async def test_a_mention_with_a_question_is_answered_with_a_reply(
    bot: SeminarBot, mina: Member, papers: Channel
) -> None:
    answer = await after(mina, papers, SHIFT_QUESTION, mentions_bot=True)
    assert answer.text.startswith(f"> {SHIFT_QUESTION}\n1. ")
    assert SHIFT_TITLE in answer.text
    assert answer.json["type"] == REPLY
    assert answer.json["message_reference"]["message_id"] == papers.said_by(mina.user)[0].id
    assert {"Quote 1", "Discuss in a thread", "Helpful"} <= set(labels_of(answer))
    assert papers.typing >= 1
    (kept,) = bot.desk.study.answers.recent(GROUP, mina.id)
    assert (kept.channel, kept.private, kept.thread) == (papers.id, False, None)


async def test_its_buttons_work_as_under_any_answer(bot: SeminarBot, mina: Member, papers: Channel) -> None:
    answer = await after(mina, papers, SHIFT_QUESTION, mentions_bot=True)
    assert (await pressed(mina, answer, "Quote 1")).ephemeral
    await pressed(mina, answer, "Discuss in a thread")
    assert papers.threads[0].name == SHIFT_QUESTION


async def test_a_mention_without_a_question_is_told_how_to_ask(bot: SeminarBot, mina: Member, papers: Channel) -> None:
    answer = await after(mina, papers, "", mentions_bot=True)
    assert answer.text == f"Ask me something: mention me with a question, or use {bot.mention_of('ask')}."


async def test_who_mentions_it_again_and_again_is_told_how_to_ask_once(
    bot: SeminarBot, mina: Member, papers: Channel
) -> None:
    await after(mina, papers, "", mentions_bot=True)
    for _ in range(10):
        await mina.says(papers, "", mentions_bot=True)
    await nothing_said(bot, mina, papers)


async def test_two_refusals_that_differ_are_both_told(bot: SeminarBot, mina: Member, papers: Channel) -> None:
    first = await after(mina, papers, "???", mentions_bot=True)
    second = await after(mina, papers, "why " * 600, mentions_bot=True)
    assert first.text.partition("-# ")[0] != second.text.partition("-# ")[0]


async def test_a_mention_that_finds_nothing_says_so(bot: SeminarBot, mina: Member, papers: Channel) -> None:
    answer = await after(mina, papers, NOBODY_KNOWS, mentions_bot=True)
    assert "I could not find this" in answer.text


@pytest.mark.parametrize(
    ("text", "why"), [("???", "there are no words in it."), ("why " * 600, "it has 2,399 characters and the limit is")]
)
async def test_a_mention_that_is_refused_is_answered_in_one_sentence_and_not_again_at_once(
    text: str, why: str, bot: SeminarBot, mina: Member, papers: Channel
) -> None:
    answer = await after(mina, papers, text, mentions_bot=True)
    assert answer.text.startswith(f"The question was not asked: {why}")
    await mina.says(papers, text, mentions_bot=True)
    await nothing_said(bot, mina, papers)


async def test_messages_that_mean_somebody_else_are_left_alone(
    bot: SeminarBot, mina: Member, group: Guild, papers: Channel
) -> None:
    discord = mina.discord
    await mina.says(papers, "what is internal covariate shift")
    await mina.says(papers, "@everyone what is internal covariate shift")
    first = await group.add_member("Paul").says(papers, "hello")
    await mina.says(papers, "hello you", reply_to=first)
    robot = group.add_member(discord.add_user("Robot", bot=True))
    await robot.says(papers, SHIFT_QUESTION, mentions_bot=True)
    discord.messages.write(
        papers, discord.bot_user, {"content": discord.bot_user.mention}, mentions=[discord.bot_user.json()]
    )
    await nothing_said(bot, mina, papers)


async def test_direct_messages_are_left_alone(bot: SeminarBot, mina: Member, papers: Channel) -> None:
    await mina.says(mina.dm, SHIFT_QUESTION, mentions_bot=True)
    await nothing_said(bot, mina, papers)
    assert mina.dm.said_by(mina.discord.bot_user) == []


async def test_rates_hold_for_mentions_too(start: Start, mina: Member, papers: Channel) -> None:
    async with start(questions_per_person_per_minute=1):
        await after(mina, papers, SHIFT_QUESTION, mentions_bot=True)
        answer = await after(mina, papers, SHIFT_QUESTION, mentions_bot=True)
    assert answer.text.startswith("That was fast: you can send 1 questions a minute.")


async def test_where_it_may_answer_holds_for_mentions_hints_and_threads(
    bot: SeminarBot, mina: Member, group: Guild, papers: Channel
) -> None:
    general = group.channel("general")
    theirs = await after(mina, general, SHIFT_QUESTION, mentions_bot=True)
    await bot.desk.servers.save(GROUP, ServerSettings(channels=(papers.id,)))
    for person, text in ((mina, SHIFT_QUESTION), (group.add_member("Paul"), "")):
        answer = await after(person, general, text, mentions_bot=True)
        assert answer.text.startswith(f"The organisers let me answer in {papers.mention} only.")
    before = len(general.said_by(mina.discord.bot_user))
    await mina.says(general, "and why?", reply_to=theirs, ping=False)
    await nothing_said(bot, mina, papers)
    assert len(general.said_by(mina.discord.bot_user)) == before
    thread = await thread_of(mina, papers)
    assert "Sources" in (await after(mina, thread, SHIFT_QUESTION, mentions_bot=True)).text


async def test_a_bot_that_may_not_write_logs_so_and_works_nothing_out(
    bot: SeminarBot, mina: Member, group: Guild, papers: Channel, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO")
    papers.deny(mina.discord.bot_user, send_messages=True)
    mina.discord.gateway.guild_available(group)  # as Discord tells changed permissions
    await mina.says(papers, SHIFT_QUESTION, mentions_bot=True)
    await mina.discord.until(lambda: "the person could not be told" in caplog.text)
    assert "MissingPermission(names=('Send Messages',))" in caplog.text
    assert [record for record in caplog.records if record.levelname == "ERROR"] == []
    assert bot.desk.study.answers.recent(GROUP, mina.id) == ()


async def test_typing_that_fails_costs_no_answer(bot: SeminarBot, mina: Member, papers: Channel) -> None:
    mina.discord.faults.fail("POST", r"/channels/\d+/typing", times=5)
    answer = await after(mina, papers, SHIFT_QUESTION, mentions_bot=True)
    assert "Sources" in answer.text


async def test_a_question_that_was_deleted_is_answered_without_a_reference(
    bot: SeminarBot, mina: Member, papers: Channel
) -> None:
    discord = mina.discord
    gate = discord.faults.hold("POST", rf"/channels/{papers.id}/messages")
    message = await mina.says(papers, SHIFT_QUESTION, mentions_bot=True)
    await discord.until(lambda: discord.requests_to("POST", rf"/channels/{papers.id}/messages"))
    mina.deletes(message)
    gate.set()
    (answer,) = await posts(discord, papers)
    assert "Sources" in answer.text


# Threads


async def test_a_reply_in_the_thread_is_a_follow_up_about_the_same_paper(
    bot: SeminarBot, mina: Member, group: Guild, papers: Channel
) -> None:
    thread = await thread_of(mina, papers, SHIFT_QUESTION, paper=SHIFT_ID)
    (welcome,) = thread.visible
    paul = group.add_member("Paul")
    answer = await after(paul, thread, "and how is it defined?", reply_to=welcome)
    assert SHIFT_TITLE in answer.text
    assert f"**[1]** {PRIMER_TITLE}" not in answer.text
    assert "Discuss in a thread" not in labels_of(answer)
    root, follow_up = bot.desk.study.answers.thread(GROUP, thread.id)
    assert (root.asker, follow_up.asker) == (mina.id, paul.id)
    assert (follow_up.follows, follow_up.channel) == (root.answer_id, thread.id)


async def test_mentions_and_commands_in_the_thread_go_on_from_it_too(
    bot: SeminarBot, mina: Member, papers: Channel
) -> None:
    thread = await thread_of(mina, papers, RESIDUAL_QUESTION, paper=RESIDUAL_ID)
    mentioned = await after(mina, thread, "how is it defined?", mentions_bot=True)
    asked = await ask(mina, "how is it defined?", channel=thread)
    for text in (mentioned.text, asked.text):
        assert RESIDUAL_TITLE in text
        assert links(text) == {f"https://arxiv.org/pdf/{RESIDUAL_ID}v1#page=2"}
    assert len(bot.desk.study.answers.thread(GROUP, thread.id)) == 3


async def test_the_same_words_outside_the_thread_are_a_question_of_their_own(
    bot: SeminarBot, mina: Member, papers: Channel
) -> None:
    await thread_of(mina, papers, RESIDUAL_QUESTION, paper=RESIDUAL_ID)
    answer = await after(mina, papers, "how is it defined?", mentions_bot=True)
    (kept, *_) = bot.desk.study.answers.recent(GROUP, mina.id)
    assert (kept.follows, kept.thread) == (None, None)
    assert "Read as" not in answer.text


async def test_a_follow_up_works_after_a_restart(start: Start, mina: Member, papers: Channel) -> None:
    async with start():
        thread = await thread_of(mina, papers, SHIFT_QUESTION, paper=SHIFT_ID)
    async with start() as bot:
        (welcome,) = thread.visible
        answer = await after(mina, thread, "and how is it defined?", reply_to=welcome)
        assert SHIFT_TITLE in answer.text
        assert len(bot.desk.study.answers.thread(GROUP, thread.id)) == 2


async def test_what_somebody_asked_privately_in_a_thread_is_no_part_of_it(
    bot: SeminarBot, mina: Member, group: Guild, papers: Channel
) -> None:
    thread = await thread_of(mina, papers, RESIDUAL_QUESTION, paper=RESIDUAL_ID)
    paul = group.add_member("Paul")
    await ask(paul, SHIFT_QUESTION, paper=SHIFT_ID, private=True, channel=thread)
    answer = await after(mina, thread, "how is it defined?", mentions_bot=True)
    assert SHIFT_TITLE not in answer.text
    assert "covariate" not in answer.text.partition("Your group’s notes")[0]
    (kept, *_) = bot.desk.study.answers.recent(GROUP, mina.id)
    assert kept.follows == bot.desk.study.answers.thread(GROUP, thread.id)[0].answer_id


async def test_a_reply_without_the_ping_is_told_once_how_to_be_heard(
    bot: SeminarBot, mina: Member, group: Guild, papers: Channel
) -> None:
    thread = await thread_of(mina, papers)
    (welcome,) = thread.visible
    hint = await after(mina, thread, "and why?", reply_to=welcome, ping=False)
    assert hint.text.startswith(HINT)
    await mina.says(thread, "I agree with you", reply_to=welcome, ping=False)
    await nothing_said(bot, mina, thread)
    hint = await after(group.add_member("Paul"), thread, "me too", reply_to=welcome, ping=False)
    assert hint.text.startswith(HINT)


async def test_a_reply_to_the_answer_of_a_command_is_told_to_mention(
    bot: SeminarBot, mina: Member, papers: Channel
) -> None:
    """Discord does not count the ping of such a reply as a mention."""
    asked = await ask(mina, channel=papers)
    hint = await after(mina, papers, "and why?", reply_to=asked.message)
    assert hint.text.startswith(HINT)


# "Ask about this"


async def test_a_message_can_be_asked_about(bot: SeminarBot, mina: Member, group: Guild, papers: Channel) -> None:
    said = await group.add_member("Paul").says(papers, SHIFT_QUESTION)
    opened = await (await mina.menu("Ask about this", said)).acknowledged()
    assert opened.modal.title == "Ask about this"
    assert set(opened.modal.labels) == {"Question", "Only in this paper"}
    asked = await (await mina.submit(opened.modal, {"Only in this paper": SHIFT_ID})).settled(is_reply)
    assert asked.text.startswith(f"> {SHIFT_QUESTION}")
    assert SHIFT_TITLE in asked.text
    assert f"**[1]** {PRIMER_TITLE}" not in asked.text
    assert not asked.ephemeral


async def test_what_is_asked_about_a_message_can_be_changed(
    bot: SeminarBot, mina: Member, group: Guild, papers: Channel
) -> None:
    said = await group.add_member("Paul").says(papers, "I wonder " * 200)
    opened = await (await mina.menu("Ask about this", said)).acknowledged()
    (question,) = [field for field in opened.modal.fields.values() if field.get("max_length") == 1_000]
    assert question["value"].startswith("I wonder I wonder")
    assert len(question["value"]) <= 1_000
    asked = await (await mina.submit(opened.modal, {"Question": RESIDUAL_QUESTION})).settled(is_reply)
    assert asked.text.startswith(f"> {RESIDUAL_QUESTION}")


async def test_two_who_ask_about_messages_at_once_each_ask_their_own(
    bot: SeminarBot, mina: Member, group: Guild, papers: Channel
) -> None:
    paul = group.add_member("Paul")
    forms = []
    for person, text in ((mina, SHIFT_QUESTION), (paul, RESIDUAL_QUESTION)):
        said = await person.says(papers, text)
        forms.append((await (await person.menu("Ask about this", said)).acknowledged()).modal)
    sent = [await person.submit(form, {}) for person, form in zip((mina, paul), forms, strict=True)]
    for asked, question in zip(sent, (SHIFT_QUESTION, RESIDUAL_QUESTION), strict=True):
        await asked.settled(is_reply)
        assert asked.text.startswith(f"> {question}\n")


async def test_what_goes_wrong_in_the_form_is_one_private_sentence(
    bot: SeminarBot, mina: Member, group: Guild, papers: Channel
) -> None:
    said = await group.add_member("Paul").says(papers, SHIFT_QUESTION)
    opened = await (await mina.menu("Ask about this", said)).acknowledged()
    sent = await mina.submit(opened.modal, {"Only in this paper": "no such thing"})
    assert (await refused(sent)).startswith("There is no paper called “no such thing” here.")


async def test_a_form_is_not_opened_where_it_may_not_answer(
    bot: SeminarBot, mina: Member, group: Guild, papers: Channel
) -> None:
    await bot.desk.servers.save(GROUP, ServerSettings(channels=(papers.id,)))
    said = await mina.says(group.channel("general"), SHIFT_QUESTION)
    text = await refused(await mina.menu("Ask about this", said))
    assert text.startswith("The organisers let me answer in")


@pytest.mark.parametrize(
    ("said", "heard"),
    [
        ("<@1> what is RPN?", "what is RPN?"),
        ("what\n<@!1>  is <@1>RPN", "what is RPN"),
        ("<@1>", ""),
        ("<@1> <@2> says <@3>", "Ada says <@3>"),
        ("<@12>", "<@12>"),
    ],
)
def test_what_was_said_to_the_bot_is_without_its_mention(said: str, heard: str) -> None:
    assert without_mention(said, 1, {2: "Ada"}) == heard


async def test_two_servers_converse_apart(
    loopback: LoopbackDiscord, bot: SeminarBot, mina: Member, papers: Channel
) -> None:
    """A server that joins while the bot runs has no library and sees none."""
    new = loopback.add_guild("New group", channels=["papers"])
    noah = new.add_member("Noah")
    await posts(loopback, new.channel("papers"))  # the welcome
    theirs = await after(noah, new.channel("papers"), SHIFT_QUESTION, mentions_bot=True)
    assert "There are no papers here yet" in theirs.text
    ours = await after(mina, papers, SHIFT_QUESTION, mentions_bot=True)
    assert "Sources" in ours.text
