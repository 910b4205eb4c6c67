"""What is said in a session: own answers, replies, what others wrote, and who is asked before it is kept."""

from __future__ import annotations

from bot.app import SeminarBot
from tests.bot.asked import pressed, refused
from tests.bot.conftest import Start
from tests.bot.drawing import Draw
from tests.bot.sessions_held import (
    _made_questions,
    answered,
    bot,
    discussed,
    openings_in,
    question,
    session_of,
    thread_of,
)
from tests.loopback.discord import Guild, LoopbackDiscord, Member, labels_of

__all__ = ["_made_questions", "bot"]


async def test_own_answers_are_changed_and_taken_back_and_a_word_on_the_paper_is_kept(
    loopback: LoopbackDiscord, bot: SeminarBot, group: Guild, mina: Member, omar: Member
) -> None:
    await discussed(mina)
    thread = thread_of(bot, group)
    kept = await answered(mina, question(thread, 1), "first try")
    form = await (await mina.press(kept.message, "Change it")).acknowledged()
    assert form.modal is not None
    await (await mina.submit(form.modal, {"In your own words": "second try"})).settled("Changed")
    await answered(omar, question(thread, 1), "another")
    read = await pressed(mina, question(thread, 1), "said")
    assert "second try" in read.text
    mine = await (await mina.pick(read.message, "Change one of yours", "second try")).settled("You said")
    await (await mina.press(mine.message, "Take it back")).settled("Taken back")
    assert [one.text for one in session_of(bot).answers] == ["another"]
    await loopback.until(lambda: "Read 1 answer" in labels_of(question(thread, 1)))
    assert "no answer of yours" in await refused(await mina.press(mine.message, "Take it back"))
    (opening,) = openings_in(group.channel("general"))
    form = await (await mina.press(opening, "Comment on the paper")).acknowledged()
    assert form.modal is not None
    await (await mina.submit(form.modal, {"In your own words": "well written"})).settled(
        "Saved as a comment on the paper"
    )
    assert [one.text for one in session_of(bot).answers_to(None)] == ["well written"]


# Messages saved


async def test_a_reply_to_a_question_is_saved_to_it_and_another_message_where_its_author_says(
    loopback: LoopbackDiscord, bot: SeminarBot, group: Guild, mina: Member
) -> None:
    elsewhere = await mina.says(group.channel("papers"), "hello")
    assert "no session is held here" in await refused(await mina.menu("Save as answer", elsewhere))
    await discussed(mina)
    thread = thread_of(bot, group)
    assert "no words of a member" in await refused(await mina.menu("Save as answer", question(thread, 1)))
    reply = await mina.says(thread, "it adds the input", reply_to=question(thread, 2))
    saved = await (await mina.menu("Save as answer", reply)).settled("Saved for question 2")
    assert saved.ephemeral
    loose = await mina.says(thread, "Table 2 has errors")
    which = await (await mina.menu("Save as answer", loose)).settled("Which question")
    await (await mina.pick(which.message, "Pick a question", "3")).settled("Saved for question 3")
    whole = await mina.says(thread, "a good paper")
    which = await (await mina.menu("Save as answer", whole)).settled("Which question")
    await (await mina.pick(which.message, "Pick a question", "0")).settled("Saved as a comment")
    again = await (await mina.menu("Save as answer", reply)).settled("Saved for question 2")
    assert again.ephemeral
    assert [(a.number, a.text, a.message) for a in session_of(bot).answers] == [
        (2, "it adds the input", reply.id), (3, "Table 2 has errors", loose.id), (None, "a good paper", whole.id),
    ]  # fmt: skip
    await loopback.until(lambda: "Read 1 answer" in labels_of(question(thread, 3)))


async def test_people_who_reply_to_a_question_talk_to_each_other_and_not_to_the_bot(
    loopback: LoopbackDiscord, bot: SeminarBot, group: Guild, mina: Member
) -> None:
    """The bot answered each of them, and told what Reveal hides."""
    await discussed(mina)
    thread, general = thread_of(bot, group), group.channel("general")
    before = len(thread.said_by(loopback.bot_user))
    await mina.says(thread, "the identity is added", reply_to=question(thread, 2))
    await mina.says(thread, "can we start at eight?", reply_to=question(thread, 1), mentions_bot=False)
    await mina.says(general, "thank you", reply_to=openings_in(general)[0])
    asked = await mina.says(thread, "what is a residual block?", mentions_bot=True)
    await loopback.until(lambda: len(thread.said_by(loopback.bot_user)) > before)
    told = thread.said_by(loopback.bot_user)[before:]
    assert [one.json["message_reference"]["message_id"] for one in told] == [asked.id]
    await loopback.until(lambda: bot.desk.study.answers.before(group.id, message=told[0].id))  # kept after it is seen
    followed = await mina.says(thread, "and why does it work?", reply_to=told[0])
    await loopback.until(lambda: len(thread.said_by(loopback.bot_user)) > before + 1)
    assert thread.said_by(loopback.bot_user)[-1].json["message_reference"]["message_id"] == followed.id
    answered = [one for one in general.said_by(loopback.bot_user) if one.json.get("message_reference")]
    assert answered == [], "the words of welcome may come at any time"


async def test_what_somebody_else_wrote_is_kept_when_they_say_yes(
    loopback: LoopbackDiscord, bot: SeminarBot, group: Guild, mina: Member, omar: Member, draw: Draw
) -> None:
    loopback.checks.mentions_allowed = True  # the author is to notice that they are asked
    await discussed(mina)
    thread = thread_of(bot, group)
    words = await mina.says(thread, "it adds the input", reply_to=question(thread, 2))
    await (await omar.menu("Save as answer", words)).settled("I asked")
    asked = thread.visible[-1]
    assert asked.json["message_reference"]["message_id"] == words.id
    sent = loopback.requests_to("POST", rf"/channels/{thread.id}/messages")[-1]
    mentions = sent.body["allowed_mentions"]
    assert (mentions["parse"], mentions["users"], mentions["replied_user"]) == ([], [int(mina.id)], False)
    assert not mentions.get("roles")
    assert f"<@{mina.id}>: <@{omar.id}> wants to save your message as an answer to question 2" in asked.text
    assert session_of(bot).answers == ()
    draw("session-consent", {mina.id: "Mina", omar.id: "Omar"}, asked)
    assert "Only the person who wrote" in await refused(await omar.press(asked, "Yes"))
    await (await mina.press(asked, "No")).settled("Not saved")
    assert session_of(bot).answers == ()
    await (await omar.menu("Save as answer", words)).settled("I asked")
    await (await mina.press(thread.visible[-1], "Yes")).settled("Saved as an answer to question 2")
    (kept,) = session_of(bot).answers
    assert (kept.person, kept.name, kept.text) == (mina.id, "Mina", "it adds the input")


async def test_after_a_restart_the_words_of_a_message_have_to_be_given_again(
    start: Start, loopback: LoopbackDiscord, group: Guild, mina: Member, omar: Member
) -> None:
    loopback.checks.mentions_allowed = True
    async with start() as bot:
        await discussed(mina)
        thread = thread_of(bot, group)
        words = await mina.says(thread, "it adds the input", reply_to=question(thread, 2))
        await (await omar.menu("Save as answer", words)).settled("I asked")
    async with start() as bot:
        assert "Use Save as answer on it again" in await refused(await mina.press(thread.visible[-1], "Yes"))
        await (await mina.menu("Save as answer", words)).settled("Saved for question 2")


# Which paper
