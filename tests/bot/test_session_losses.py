"""What breaks while a session is held: restarts, threads and questions that are gone. No answer is lost."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from bot.app import SeminarBot
from tests.bot.asked import refused
from tests.bot.conftest import Start
from tests.bot.prepared import RESIDUAL_ID
from tests.bot.sessions_held import (
    QUESTIONS,
    QUICK,
    _made_questions,
    answered,
    bot,
    discussed,
    openings_in,
    question,
    questions_in,
    session_of,
    thread_of,
    until_asked,
)
from tests.loopback.discord import Guild, LoopbackDiscord, Member, labels_of

__all__ = ["_made_questions", "bot"]


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
