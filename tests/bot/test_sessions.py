"""Sessions as a group holds them: /discussion, the thread, answers, what is saved, closing; and what breaks."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from discord import Permissions

from bot.app import SeminarBot
from rag.discussion.notes_in import parse_notes
from rag.domain.server import WeeklySlot
from rag.domain.session import Session
from tests.bot.arxived import RESNET, arxiv, on
from tests.bot.asked import ask, is_reply, pressed, refused
from tests.bot.conftest import Start
from tests.bot.drawing import Draw
from tests.bot.prepared import GROUP, RESIDUAL_ID, RESIDUAL_TITLE, SHIFT_ID, SHIFT_TITLE
from tests.conftest import NOW
from tests.loopback.arxiv import LoopbackArxiv
from tests.loopback.discord import (
    Channel,
    Exchange,
    Guild,
    LoopbackDiscord,
    Member,
    Message,
    labels_of,
    menus_of,
    pictures_of,
)
from tests.sessions.conftest import ask_made_questions

__all__ = ["arxiv"]

QUESTIONS = 3
QUICK: dict[str, object] = {"embedder": "none"}


@pytest.fixture(autouse=True)
def _made_questions(monkeypatch: pytest.MonkeyPatch, loopback: LoopbackDiscord) -> None:
    """Three questions on any paper: what is tried here is how they are asked. Discord's clock is not before ours."""
    ask_made_questions(monkeypatch)
    behind = NOW - datetime.now(UTC)
    loopback.clock.pass_time(seconds=max(behind, timedelta()).total_seconds())


@pytest.fixture
async def bot(start: Start, group: Guild) -> AsyncIterator[SeminarBot]:
    assert group.has_bot
    async with start(core=QUICK) as bot:
        yield bot


async def discussed(person: Member, paper: str = RESIDUAL_ID, **more: object) -> Exchange:
    """Use /discussion and wait for what it says."""
    return await (await person.slash("discussion", paper=paper, **more)).settled(is_reply, timeout=20.0)


def session_of(bot: SeminarBot, guild: str = GROUP) -> Session:
    """The newest session."""
    return bot.desk.study.sessions.list(guild)[0]


def thread_of(bot: SeminarBot, group: Guild) -> Channel:
    """The thread of the newest session."""
    thread = session_of(bot).thread
    assert thread is not None
    return next(channel for channel in group.threads if channel.id == thread)


def questions_in(thread: Channel) -> list[Message]:
    return [message for message in thread.visible if any(":say:" in b["custom_id"] for b in message.buttons)]


def openings_in(channel: Channel) -> list[Message]:
    return [message for message in channel.visible if "Close the session" in labels_of(message)]


def question(thread: Channel, number: int) -> Message:
    return next(m for m in questions_in(thread) if m.text.startswith(f"**{number}.**"))


async def answered(person: Member, message: Message, text: str) -> Exchange:
    """Press Answer, fill the form in, and wait until it is kept."""
    form = await (await person.press(message, "Answer")).acknowledged()
    assert form.modal is not None
    return await (await person.submit(form.modal, {"In your own words": text})).settled(is_reply)


async def until_asked(loopback: LoopbackDiscord, bot: SeminarBot) -> Session:
    def asked() -> bool:
        return all(one.message for one in session_of(bot).questions)

    await loopback.until(asked, 15.0)
    return session_of(bot)


async def test_a_session_from_its_first_question_to_its_notes(
    loopback: LoopbackDiscord, bot: SeminarBot, group: Guild, mina: Member, omar: Member, draw: Draw
) -> None:
    names = {mina.id: "Mina", omar.id: "Omar", str(bot.application_id): "Seminar"}
    opened = await discussed(mina)
    assert opened.ack_ms < 3_000
    assert opened.ephemeral
    thread = thread_of(bot, group)
    names[thread.id] = thread.name
    assert f"<#{thread.id}>" in opened.text
    assert thread.name == RESIDUAL_TITLE
    (opening,) = openings_in(group.channel("general"))
    assert opening.thread is thread
    assert RESIDUAL_TITLE in opening.text
    assert f"Opened by <@{mina.id}>" in opening.text
    assert "Read it in this order" in opening.text
    assert "I found nothing in the paper on: Safety" in opening.text
    shown = questions_in(thread)
    assert [m.text.splitlines()[0] for m in shown] == [
        "**1.** What does this paper try to convey?", "**2.** What is a residual block?",
        "**3.** What does Table 2 show?",
    ]  # fmt: skip
    assert "Save as answer" in shown[0].text
    assert "Save as answer" not in shown[1].text
    assert labels_of(shown[0]) == ["Answer", "Evidence", "Reveal", "Mark unclear"]
    draw("session-opening", names, opening, *shown)

    kept = await answered(mina, shown[0], "shortcuts are **zebra** crossings <@42>")
    assert kept.ephemeral
    assert "Saved for question 1" in kept.text
    await loopback.until(lambda: "Read 1 answer" in labels_of(question(thread, 1)))
    assert "zebra" not in question(thread, 1).text, "nobody is led before they tried"
    evidence = await pressed(omar, shown[1], "Evidence")
    assert evidence.ephemeral
    assert len(pictures_of(evidence.message)) == 1
    revealed = await pressed(omar, shown[1], "Reveal")
    assert "Because it says so." in revealed.text
    assert revealed.ephemeral
    unclear = await pressed(omar, shown[2], "Mark unclear")
    assert unclear.ephemeral
    await loopback.until(lambda: "unclear to 1" in question(thread, 3).text)
    read = await pressed(omar, question(thread, 1), "Read 1 answer")
    assert "**Mina**" in read.text
    assert menus_of(read.message) == []
    draw("session-alone", names, kept.message, evidence.message, revealed.message, read.message)

    form = await (await mina.press(shown[1], "Answer")).acknowledged()
    assert form.modal is not None
    closed = await (await mina.slash("session close", channel=thread)).settled("is closed")
    assert not closed.ephemeral
    assert "1 of 3 questions answered, 1 unclear" in closed.text
    assert "Took part: Mina." in closed.text
    assert "Still open" in closed.text
    ((name, file),) = closed.message.files.items()
    assert name.endswith(".md")
    (noted,) = parse_notes(file.decode()).discussions
    stored = bot.desk.study.discussions(GROUP)[-1]
    assert noted.notes == stored.notes
    assert noted.notes[0].answer == ("shortcuts are **zebra** crossings someone",)
    assert "Mina" not in file.decode()
    draw("session-closed", names, closed.message)

    exported = bot.desk.study.export_notes(GROUP)
    assert parse_notes(exported).discussions[-1].notes == stored.notes
    found = await ask(mina, "zebra crossings")
    assert "Your group’s notes" in found.text
    assert "zebra" in found.text

    late = await mina.submit(form.modal, {"In your own words": "late"})
    assert "This session is closed already. To go on: /session reopen" in await refused(late)
    again = await pressed(mina, closed.message, "Reopen")
    assert "open again" in again.text
    assert session_of(bot).is_open


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
    before = len(thread.said_by(loopback.bot_user)), len(general.said_by(loopback.bot_user))
    await mina.says(thread, "the identity is added", reply_to=question(thread, 2))
    await mina.says(thread, "can we start at eight?", reply_to=question(thread, 1), mentions_bot=False)
    await mina.says(general, "thank you", reply_to=openings_in(general)[0])
    asked = await mina.says(thread, "what is a residual block?", mentions_bot=True)
    await loopback.until(lambda: len(thread.said_by(loopback.bot_user)) > before[0])
    told = thread.said_by(loopback.bot_user)[before[0] :]
    assert [one.json["message_reference"]["message_id"] for one in told] == [asked.id]
    followed = await mina.says(thread, "and why does it work?", reply_to=told[0])
    await loopback.until(lambda: len(thread.said_by(loopback.bot_user)) > before[0] + 1)
    assert thread.said_by(loopback.bot_user)[-1].json["message_reference"]["message_id"] == followed.id
    assert len(general.said_by(loopback.bot_user)) == before[1]


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


async def test_a_name_that_fits_several_papers_is_asked_about(bot: SeminarBot, group: Guild, mina: Member) -> None:
    for paper in (RESIDUAL_ID, SHIFT_ID):
        bot.desk.study.set_aliases(GROUP, paper, ["nets"])
    which = await discussed(mina, "nets")
    assert sorted(labels_of(which.message)) == sorted([RESIDUAL_TITLE, SHIFT_TITLE])
    assert "Let us discuss" in (await pressed(mina, which.message, SHIFT_TITLE)).text
    assert session_of(bot).title == SHIFT_TITLE


async def test_a_paper_that_is_not_here_is_offered_to_organisers(
    bot: SeminarBot, group: Guild, mina: Member, omar: Member
) -> None:
    told = await discussed(mina, "alexnet on wheels")
    assert "Ask an organiser to add it" in told.text
    offered = await discussed(omar, "resnet")
    assert labels_of(offered.message) == ["Add 1512.03385 and discuss it"]
    pressed_by_mina = await mina.slash("discussion", paper="1512.03385")
    assert labels_of((await pressed_by_mina.settled(is_reply)).message) == []
    assert bot.desk.study.sessions.list(GROUP) == ()


async def test_an_organiser_adds_a_paper_and_discusses_it_in_one_go(
    start: Start, group: Guild, omar: Member, arxiv: LoopbackArxiv
) -> None:
    async with start(core=on(arxiv)) as bot:
        offered = await discussed(omar, "resnet")
        assert "Deep Residual Learning" in offered.text
        added = await omar.press(offered.message, f"Add {RESNET} and discuss it")
        await added.settled("Let us discuss", timeout=20.0)
        assert session_of(bot).paper_id == RESNET
        assert len(questions_in(thread_of(bot, group))) == QUESTIONS


async def test_a_paper_has_one_session_and_its_thread_is_shown(
    bot: SeminarBot, group: Guild, mina: Member, omar: Member
) -> None:
    await discussed(mina)
    again = await discussed(omar)
    assert "is open in" in again.text
    assert f"<#{session_of(bot).thread}>" in again.text
    assert len(bot.desk.study.sessions.list(GROUP)) == 1
    assert len(openings_in(group.channel("general"))) == 1


# Places


async def test_in_a_forum_a_session_is_a_post(bot: SeminarBot, group: Guild, mina: Member) -> None:
    forum = group.add_forum("meetings")
    host, study = bot.cogs["DiscussionCog"]._host, bot.desk.study  # type: ignore[attr-defined]
    paper = study.paper(GROUP, RESIDUAL_ID)
    session = await host.complete(study.sessions.open(GROUP, paper, channel=forum.id, opened_by=mina.id))
    (post,) = forum.threads
    assert (session.thread, post.name) == (post.id, RESIDUAL_TITLE)
    assert len(questions_in(post)) == QUESTIONS + 1  # the opening takes a word on the paper
    assert await host.find_opening(forum.id, session, since=NOW) == session.message


async def test_in_a_thread_a_session_is_held_there_one_at_a_time(bot: SeminarBot, group: Guild, mina: Member) -> None:
    asked = await ask(mina)
    await (await mina.press(asked.message, "Discuss in a thread")).settled("Let us talk")
    (thread,) = group.threads
    await discussed(mina, channel=thread)
    assert session_of(bot).thread == thread.id
    assert len(questions_in(thread)) == QUESTIONS + 1
    second = await mina.slash("discussion", paper=SHIFT_ID, channel=thread)
    assert "is open in this thread" in await refused(second)


async def test_what_the_bot_may_not_do_is_said_before_anything_is_made(
    bot: SeminarBot, group: Guild, mina: Member, loopback: LoopbackDiscord
) -> None:
    general = group.channel("general")
    for lacking in ("create_public_threads", "send_messages_in_threads", "send_messages"):
        general.overwrites.clear()
        general.deny(loopback.bot_user, **{lacking: True})
        loopback.gateway.dispatch("CHANNEL_UPDATE", general.json())
        told = await refused(await mina.slash("discussion", paper=RESIDUAL_ID))
        assert f"**{lacking.replace('_', ' ').title().replace(' In ', ' in ')}**" in told
    assert bot.desk.study.sessions.list(GROUP) == ()


async def test_another_server_sees_and_changes_nothing_of_a_session(
    loopback: LoopbackDiscord, bot: SeminarBot, group: Guild, others: Guild, mina: Member
) -> None:
    await discussed(mina)
    await answered(mina, question(thread_of(bot, group), 1), "ours alone")
    before = session_of(bot)
    eve = others.add_member("Eve", permissions=Permissions(manage_guild=True))
    presses = ("say:1:1", "typed:1:1:hm", "evidence:1:1", "reveal:1:1", "unclear:1:1", "said:1:1", "session_close:1")
    for press in presses:
        row = {"type": 1, "components": [{"type": 2, "style": 2, "label": "Press", "custom_id": f"press:{press}"}]}
        channel = others.channel("general")
        forged = loopback.messages.write(channel, loopback.bot_user, {"content": "forged", "components": [row]})
        told = await refused(await eve.press(forged, "Press"))
        assert "There is no session" in told
        assert "ours alone" not in told
    listed = await (await eve.slash("session list")).settled(is_reply)
    assert "no sessions here yet" in listed.text
    assert session_of(bot) == before


# What breaks


@pytest.mark.parametrize("steps", [0, 1, 3])
async def test_a_session_that_was_cut_off_anywhere_goes_on_after_a_restart(
    start: Start, loopback: LoopbackDiscord, group: Guild, mina: Member, steps: int
) -> None:
    """Cut off: after so many steps Discord did the next and nobody noted it."""
    async with start(core=QUICK) as bot:
        study = bot.desk.study
        noted = study.sessions.placed, study.sessions.asked
        left = [steps]

        def dying(note: Callable[..., object]) -> Callable[..., object]:
            def noting(*given: object, **more: object) -> object:
                left[0] -= 1
                if left[0] < 0:
                    raise OSError("killed")
                return note(*given, **more)

            return noting

        for name, note in zip(("placed", "asked"), noted, strict=True):
            setattr(study.sessions, name, dying(note))
        used = await mina.slash("discussion", paper=RESIDUAL_ID)
        await refused(used)
    async with start(core=QUICK) as bot:
        session = await until_asked(loopback, bot)
        thread = thread_of(bot, group)
        assert len(openings_in(group.channel("general"))) == 1
        assert len(questions_in(thread)) == QUESTIONS
        assert session.is_open


async def test_presses_and_forms_work_after_a_restart(start: Start, group: Guild, mina: Member) -> None:
    async with start(core=QUICK) as bot:
        await discussed(mina)
        thread = thread_of(bot, group)
        form = await (await mina.press(question(thread, 1), "Answer")).acknowledged()
        assert form.modal is not None
    async with start(core=QUICK) as bot:
        await answered(mina, question(thread, 2), "after the restart")
        typed = await mina.submit(form.modal, {"In your own words": "typed through the restart"})
        await typed.settled("Saved for question 1")
        texts = [one.text for one in session_of(bot).answers]
        assert texts == ["after the restart", "typed through the restart"]


async def test_a_thread_that_was_deleted_loses_no_answer_and_begins_anew(
    loopback: LoopbackDiscord, bot: SeminarBot, group: Guild, mina: Member
) -> None:
    await discussed(mina)
    thread = thread_of(bot, group)
    await answered(mina, question(thread, 1), "kept")
    group.remove_channel(thread)
    again = await discussed(mina, channel=group.channel("papers"))
    assert "Let us discuss" in again.text
    new = thread_of(bot, group)
    assert new is not thread
    assert new.parent is group.channel("papers")
    assert len(questions_in(new)) == QUESTIONS
    assert "Read 1 answer" in labels_of(question(new, 1))
    assert [one.text for one in session_of(bot).answers] == ["kept"]


async def test_a_question_that_was_deleted_comes_back_with_its_answers(
    bot: SeminarBot, group: Guild, mina: Member
) -> None:
    await discussed(mina)
    thread = thread_of(bot, group)
    await answered(mina, question(thread, 2), "kept")
    mina.deletes(question(thread, 2))
    assert "is open in" in (await discussed(mina)).text
    assert "Read 1 answer" in labels_of(question(thread, 2))
    assert len(questions_in(thread)) == QUESTIONS


async def test_a_thread_that_was_put_away_is_taken_back_and_one_that_is_locked_loses_no_answer(
    bot: SeminarBot, group: Guild, mina: Member, loopback: LoopbackDiscord
) -> None:
    await discussed(mina)
    thread = thread_of(bot, group)
    thread.archived = True
    loopback.faults.fail("PATCH", r"/channels/\d+/messages/\d+", status=400, code=50083)
    await answered(mina, question(thread, 1), "still here")
    await loopback.until(lambda: "Read 1 answer" in labels_of(question(thread, 1)))
    assert not thread.archived
    thread.archived = thread.locked = True
    loopback.faults.fail("PATCH", r"/channels/\d+/messages/\d+", status=400, code=50083)
    kept = await answered(mina, question(thread, 1), "kept all the same")
    assert "Saved for question 1" in kept.text
    assert len(session_of(bot).answers) == 2
    assert thread.archived


# Closing


async def test_a_session_in_which_nobody_answered_asks_before_it_writes(
    bot: SeminarBot, group: Guild, mina: Member
) -> None:
    await discussed(mina)
    thread = thread_of(bot, group)
    before = len(bot.desk.study.discussions(GROUP))
    asked = await (await mina.slash("session close", channel=thread)).settled("Nobody has answered")
    assert asked.ephemeral
    await (await mina.press(asked.message, "Leave it open")).settled("stays open")
    asked = await (await mina.slash("session close", channel=thread)).settled("Nobody has answered")
    ended = await (await mina.press(asked.message, "Keep the questions")).followed_up()
    assert "Written into your notes" in ended.followups[0].text
    assert len(bot.desk.study.discussions(GROUP)) == before + 1
    assert "is closed" in await refused(await mina.slash("session close", session="1"))


async def test_closing_and_reopening_count_as_questions_do(start: Start, group: Guild, mina: Member) -> None:
    async with start(core=QUICK, questions_per_person_per_minute=3) as bot:
        await discussed(mina)
        thread = thread_of(bot, group)
        await answered(mina, question(thread, 1), "kept")
        closed = await (await mina.slash("session close", channel=thread)).settled("is closed")
        await (await mina.press(closed.message, "Reopen")).settled("is open again")
        assert "That was fast" in await refused(await mina.slash("session close", channel=thread))
        assert session_of(bot).is_open


async def test_closing_is_for_organisers_and_for_who_opened_it(
    loopback: LoopbackDiscord, bot: SeminarBot, group: Guild, mina: Member, omar: Member
) -> None:
    await discussed(omar)
    thread = thread_of(bot, group)
    await answered(mina, question(thread, 1), "kept")
    (opening,) = openings_in(group.channel("general"))
    for tried in (
        await mina.slash("session close", channel=thread),
        await mina.press(opening, "Close the session"),
        await mina.slash("session reopen", session="1"),
    ):
        assert "Only members with Manage Server" in await refused(tried)
    await (await omar.press(opening, "Close the session")).settled("is closed")
    await loopback.until(lambda: any("is closed" in message.text for message in thread.visible))


async def test_a_closed_session_shows_that_it_is_and_reopening_turns_it_back(
    loopback: LoopbackDiscord, bot: SeminarBot, group: Guild, mina: Member, draw: Draw
) -> None:
    await discussed(mina)
    thread = thread_of(bot, group)
    (opening,) = openings_in(group.channel("general"))
    shown = [question(thread, number) for number in (1, 2, 3)]
    await answered(mina, shown[0], "kept")
    await (await mina.slash("session close", channel=thread)).settled("is closed")
    await loopback.until(lambda: not any("Mark unclear" in labels_of(message) for message in shown))
    assert labels_of(shown[0]) == ["Evidence", "Reveal", "Read 1 answer"]
    assert labels_of(opening) == ["Reopen"]
    assert "**Closed** · 1 of 3 questions answered · notes: Discussion" in opening.text
    draw("session-closed-opening", {mina.id: "Mina", str(bot.application_id): "Seminar"}, opening, *shown)
    twice = await refused(await mina.slash("session close", channel=thread))
    assert "This session is closed already. To go on: /session reopen" in twice
    host = bot.cogs["DiscussionCog"]._host  # type: ignore[attr-defined]
    assert await host.find_opening(group.channel("general").id, session_of(bot), since=NOW) == opening.id
    mina.deletes(shown[1])
    await (await mina.press(opening, "Reopen")).settled("open again")
    await loopback.until(lambda: "Mark unclear" in labels_of(shown[2]))
    assert labels_of(opening) == ["Comment on the paper", "Close the session"]
    assert "Read it in this order" in opening.text


async def test_sessions_are_listed_and_suggested(bot: SeminarBot, group: Guild, mina: Member) -> None:
    none = await (await mina.slash("session list")).settled(is_reply)
    assert "no sessions here yet" in none.text
    assert "No session is open here. Open one with /discussion." in await refused(await mina.slash("session close"))
    assert "No session is closed here." in await refused(await mina.slash("session reopen"))
    assert "There is no session" in await refused(await mina.slash("session close", session="yesterday"))
    await discussed(mina)
    listed = await (await mina.slash("session list")).settled(is_reply)
    assert RESIDUAL_TITLE in listed.text
    assert f"<#{session_of(bot).thread}>" in listed.text
    choices = (await mina.autocomplete("session close", {"session": "shortc"}, focused="session")).choices
    assert [choice["value"] for choice in choices] == ["1"]
    assert (await mina.autocomplete("session reopen", {"session": ""}, focused="session")).choices == []


async def test_a_session_whose_thread_is_gone_is_closed_elsewhere_and_the_next_meeting_is_told(
    bot: SeminarBot, group: Guild, mina: Member
) -> None:
    slot = WeeklySlot(3, "19:30", "Europe/Berlin", group.channel("general").id)
    await bot.desk.servers.save(GROUP, replace(bot.desk.servers.settings(GROUP), weekly=slot))
    await discussed(mina)
    thread = thread_of(bot, group)
    await answered(mina, question(thread, 1), "kept")
    group.remove_channel(thread)
    closed = await (await mina.slash("session close", session="1")).settled("is closed")
    assert "Written into your notes" in closed.text
    meeting = int(datetime(2026, 11, 25, 18, 30, tzinfo=UTC).timestamp())
    assert f"Next meeting: <t:{meeting}:F>" in closed.text
