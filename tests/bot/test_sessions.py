"""Sessions as a group holds them: /discussion, the thread, the questions, and where one can be held."""

from __future__ import annotations

from discord import Permissions

from bot.app import SeminarBot
from rag.discussion.notes_in import parse_notes
from tests.bot.arxived import RESNET, arxiv, on
from tests.bot.asked import ask, is_reply, pressed, refused
from tests.bot.conftest import Start
from tests.bot.drawing import Draw
from tests.bot.prepared import GROUP, RESIDUAL_ID, RESIDUAL_TITLE, SHIFT_ID, SHIFT_TITLE
from tests.bot.sessions_held import (
    QUESTIONS,
    _made_questions,
    answered,
    bot,
    discussed,
    openings_in,
    question,
    questions_in,
    session_of,
    thread_of,
)
from tests.conftest import NOW
from tests.loopback.arxiv import LoopbackArxiv
from tests.loopback.discord import Guild, LoopbackDiscord, Member, labels_of, menus_of, pictures_of

__all__ = ["_made_questions", "arxiv", "bot"]


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
