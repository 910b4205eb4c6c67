"""Sessions: opened once a paper, answered, marked; who leaves, leaves; what was half sent is found again."""

from __future__ import annotations

import sqlite3
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from rag.domain.paper import Paper
from rag.errors import NotFound, Refused, SessionClosed, SessionIsOpen
from rag.sessions.sessions import MOST_CHARS, MOST_OF_A_PERSON, Sessions
from rag.study import Study
from tests.conftest import NOW
from tests.record.groups import Clock, everything_written
from tests.sessions.conftest import GROUP, MINA, OMAR, WHY, opened, say, sessions_of


def test_an_opened_session_is_read_as_it_was_also_after_a_restart(
    sessions: Sessions, paper: Paper, study: Study
) -> None:
    session = opened(sessions, paper)
    assert (session.guild, session.paper_key, session.title) == (GROUP, paper.key, paper.title)
    assert (session.channel, session.opened_by, session.opened_at) == ("7", MINA, NOW)
    assert [asked.question.number for asked in session.questions] == [1, 2, 3]
    assert session.questions[0].question.evidence[0].quote.page == 1
    assert session.silent == ("Safety & Bias",)
    assert session.is_open
    assert study.sessions.session(GROUP, session.session_id) == session
    with pytest.raises(NotFound):
        sessions.session("another", session.session_id)


def test_a_session_keeps_why_its_questions_are_as_they_are(study: Study, clock: Clock, paper: Paper) -> None:
    sessions = sessions_of(study, clock, notices=WHY)
    session = opened(sessions, paper)
    assert session.notices == WHY
    assert study.sessions.session(GROUP, session.session_id).notices == WHY
    say(sessions, session, 1, "shortcuts help")
    assert sessions.close(GROUP, session.session_id).session.notices == WHY
    assert all(why not in study.export_notes(GROUP) for why in WHY), "it is no part of the notes"


def test_a_session_whose_questions_are_as_wanted_has_nothing_to_say_of_them(sessions: Sessions, paper: Paper) -> None:
    assert opened(sessions, paper).notices == ()


def test_a_paper_has_one_open_session_at_a_time(sessions: Sessions, paper: Paper) -> None:
    first = sessions.placed(GROUP, opened(sessions, paper).session_id, thread="70")
    with pytest.raises(SessionIsOpen) as refused:
        opened(sessions, paper)
    assert (refused.value.session_id, refused.value.thread) == (first.session_id, "70")
    assert sessions.open_on(GROUP, paper) == first
    assert [session.session_id for session in sessions.list(GROUP)] == [first.session_id]


def test_of_two_that_open_at_once_one_is_told_of_the_other(sessions: Sessions, paper: Paper) -> None:
    together = threading.Barrier(2)

    def one(_n: int) -> int:
        together.wait(timeout=5)
        try:
            return opened(sessions, paper).session_id
        except SessionIsOpen:
            return 0

    with ThreadPoolExecutor(2) as pool:
        ids = list(pool.map(one, range(2)))
    assert sorted(bool(i) for i in ids) == [False, True]
    assert len(sessions.list(GROUP)) == 1


def test_titles_are_those_of_the_open_or_the_closed_sessions_newest_first(
    sessions: Sessions, paper: Paper, study: Study
) -> None:
    first = opened(sessions, paper)
    sessions.close(GROUP, first.session_id, empty_notes=False)
    again, other = opened(sessions, paper), opened(sessions, study.paper(GROUP, "Normalising Small Networks"))
    assert list(sessions.titles(GROUP, is_open=True).items()) == [
        (other.session_id, other.title), (again.session_id, paper.title),
    ]  # fmt: skip
    assert sessions.titles(GROUP, is_open=False) == {first.session_id: paper.title}
    assert sessions.titles("another", is_open=True) == {}


def test_people_answer_edit_and_take_back_what_is_their_own(sessions: Sessions, paper: Paper) -> None:
    session = opened(sessions, paper)
    mine, more = say(sessions, session, 1, " shortcuts help "), say(sessions, session, 1, "and depth")
    theirs = say(sessions, session, 2, "a stack of layers", OMAR)
    sessions.edit(GROUP, session.session_id, mine, person=MINA, text="shortcuts help a lot")
    sessions.withdraw(GROUP, session.session_id, more, person=MINA)
    for other in (mine, 999):
        with pytest.raises(NotFound):
            sessions.edit(GROUP, session.session_id, other, person=OMAR, text="no")
        with pytest.raises(NotFound):
            sessions.withdraw(GROUP, session.session_id, other, person=OMAR)
    now = sessions.session(GROUP, session.session_id)
    assert [(a.answer_id, a.number, a.text, a.name) for a in now.answers] == [
        (mine, 1, "shortcuts help a lot", "n1"), (theirs, 2, "a stack of layers", "n2"),
    ]  # fmt: skip
    assert now.names == ("n1", "n2")
    assert [asked.question.number for asked in now.unanswered] == [3]


def test_a_message_is_one_answer_however_often_it_is_saved(sessions: Sessions, paper: Paper) -> None:
    session = opened(sessions, paper)
    given = {"person": MINA, "name": "Mina", "text": "it adds", "message": "900"}
    first = sessions.answer(GROUP, session.session_id, 1, **given)
    again = sessions.answer(GROUP, session.session_id, 2, **given)
    assert again == first
    assert len(sessions.session(GROUP, session.session_id).answers) == 1


@pytest.mark.parametrize("text", ["", "  \n ", "---", "- \n-", "x" * (MOST_CHARS + 1), "\x00\x07"])
def test_an_answer_that_cannot_be_kept_is_refused(sessions: Sessions, paper: Paper, text: str) -> None:
    session = opened(sessions, paper)
    with pytest.raises(Refused):
        say(sessions, session, 1, text)
    assert sessions.session(GROUP, session.session_id).answers == ()


def test_one_person_cannot_take_the_room_for_the_others_answers(sessions: Sessions, paper: Paper) -> None:
    session = opened(sessions, paper)
    ids = [say(sessions, session, None, f"{n}") for n in range(MOST_OF_A_PERSON)]
    with pytest.raises(Refused, match="you gave 100 answers"):
        say(sessions, session, 1, "one more")
    say(sessions, session, 1, "theirs", OMAR)
    sessions.withdraw(GROUP, session.session_id, ids[0], person=MINA)
    say(sessions, session, 1, "one more")


def test_a_question_that_is_not_asked_has_no_answers(sessions: Sessions, paper: Paper) -> None:
    session = opened(sessions, paper)
    with pytest.raises(NotFound):
        say(sessions, session, 4, "hm")
    with pytest.raises(NotFound):
        sessions.unclear(GROUP, session.session_id, 4, person=MINA)
    with pytest.raises(NotFound):
        sessions.answer("another", session.session_id, 1, person=MINA, name="", text="hm")


def test_a_mark_of_unclear_is_one_persons_and_comes_off_again(sessions: Sessions, paper: Paper) -> None:
    session = opened(sessions, paper)
    turn = [sessions.unclear(GROUP, session.session_id, 2, person=person) for person in (MINA, OMAR, MINA)]
    assert turn == [True, True, False]
    asked = sessions.session(GROUP, session.session_id).asked(2)
    assert asked is not None
    assert asked.unclear == (OMAR,)


def test_where_it_stands_in_discord_is_noted_step_by_step(sessions: Sessions, paper: Paper) -> None:
    session = opened(sessions, paper)
    number = session.session_id
    assert sessions.placed(GROUP, number, message="71").message == "71"
    assert sessions.placed(GROUP, number, thread="72").message == "71"
    sessions.asked(GROUP, number, 1, "73")
    found = sessions.in_thread(GROUP, "72")
    assert found is not None
    assert [asked.message for asked in found.questions] == ["73", None, None]
    assert sessions.in_thread("another", "72") is None
    with pytest.raises(NotFound):
        sessions.asked(GROUP, number, 9, "73")
    with pytest.raises(NotFound):
        sessions.placed("another", number, thread="1")


def test_a_removed_paper_leaves_the_session_and_takes_what_was_quoted(
    sessions: Sessions, paper: Paper, study: Study
) -> None:
    session = opened(sessions, paper)
    say(sessions, session, 1, "my own words")
    study.remove(GROUP, paper.paper_id)
    now = sessions.session(GROUP, session.session_id)
    assert (now.paper_key, now.title) == (None, paper.title)
    assert [asked.question.text for asked in now.questions] == [a.question.text for a in session.questions]
    assert [(a.question.evidence, a.question.expected) for a in now.questions] == [((), "")] * 3
    assert now.answers[0].text == "my own words"
    assert "Because it says so." not in everything_written(study)
    assert paper.sha256 not in everything_written(study)
    notes = sessions.close(GROUP, session.session_id).discussion
    assert notes is not None
    assert (notes.title, notes.paper_key) == (paper.title, None)


def test_forgetting_a_person_takes_answers_marks_and_name_and_leaves_the_others(
    sessions: Sessions, paper: Paper, study: Study
) -> None:
    session = opened(sessions, paper)
    say(sessions, session, 1, "secret of Mina")
    say(sessions, session, 1, "said by Omar", OMAR)
    sessions.unclear(GROUP, session.session_id, 1, person=MINA)
    assert study.answers.forget_person(MINA).said == 1
    left = everything_written(study)
    assert MINA not in left
    assert "secret of Mina" not in left
    assert [a.text for a in sessions.session(GROUP, session.session_id).answers] == ["said by Omar"]


def test_erasing_a_server_takes_its_sessions(sessions: Sessions, paper: Paper, study: Study) -> None:
    session = opened(sessions, paper)
    say(sessions, session, 1, "said in the server")
    study.servers.erase(GROUP)
    assert "said in the server" not in everything_written(study)
    assert "residual block" not in everything_written(study)
    with pytest.raises(NotFound):
        sessions.session(GROUP, session.session_id)


def test_the_server_that_adopts_the_local_library_gets_its_sessions(sessions: Sessions, study: Study) -> None:
    paper = study.paper(GROUP, "Shortcuts in Deep Networks")
    session = opened(sessions, paper)
    study.library.hand_over(GROUP, to="222")
    assert sessions.session("222", session.session_id).questions == session.questions


def test_the_guide_names_the_sections_in_order(sessions: Sessions, paper: Paper) -> None:
    guide = sessions.guide(opened(sessions, paper))
    assert guide.pages == 2
    assert [(part.name, part.page) for part in guide.parts][-2:] == [("1 Introduction", 1), ("2 Definitions", 2)]


def test_what_was_half_sent_is_found_again_but_a_weekly_post_is_left_to_who_claimed_it(
    sessions: Sessions, paper: Paper, study: Study
) -> None:
    number = opened(sessions, paper).session_id
    half = timedelta(days=2)
    assert [one.session_id for one in sessions.unplaced(half)] == [number]
    with sqlite3.connect(study.directory.path / "seminar.db") as connection:
        connection.execute(
            "insert into postings (guild, iso_year, iso_week, kind, due_at, state, claimant, claimed_at, lease_until,"
            " attempt, channel, session_id, reason) values (?, 2026, 47, 'questions', '2026-11-21', 'claimed', '', "
            "'2026-11-21', '2026-11-21', 1, '7', ?, '')",
            (GROUP, number),
        )
    assert sessions.unplaced(half) == ()
    sessions.placed(GROUP, number, message="71")
    assert [one.session_id for one in sessions.unplaced(half)] == [number]
    sessions.placed(GROUP, number, thread="71")
    for asked in range(1, 4):
        sessions.asked(GROUP, number, asked, f"8{asked}")
    assert sessions.unplaced(half) == ()
    sessions.asked(GROUP, number, 2, None)
    sessions.close(GROUP, number, empty_notes=False)
    assert sessions.unplaced(half) == ()


def test_a_session_begins_anew_elsewhere_with_its_answers(sessions: Sessions, paper: Paper) -> None:
    number = opened(sessions, paper).session_id
    sessions.placed(GROUP, number, message="71", thread="71")
    sessions.asked(GROUP, number, 1, "81")
    sessions.answer(GROUP, number, 1, person=MINA, name="Mina", text="kept")
    moved = sessions.move(GROUP, number, channel="9")
    assert (moved.channel, moved.thread, moved.message) == ("9", None, None)
    assert [asked.message for asked in moved.questions] == [None, None, None]
    assert [one.text for one in moved.answers] == ["kept"]
    sessions.close(GROUP, number)
    with pytest.raises(SessionClosed):
        sessions.move(GROUP, number, channel="10")
