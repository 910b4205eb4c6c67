"""Sessions closed into the notes, and reopened without losing anything."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import pytest

from rag.discussion.finding import heading_of
from rag.discussion.notes_in import parse_notes
from rag.domain.note import NoteStatus
from rag.domain.paper import Paper
from rag.domain.question import Origin
from rag.errors import LibraryBusy, NobodyAnswered, Refused, SessionClosed, SessionIsOpen
from rag.intake.ownership import DataDirectory
from rag.sessions.sessions import Sessions
from rag.study import Study
from tests.conftest import NOW
from tests.sessions.conftest import GROUP, MINA, NOTES, OMAR, opened, say, sessions_of


def test_closing_writes_the_notes_under_the_next_number_where_ask_finds_them(
    sessions: Sessions, paper: Paper, study: Study
) -> None:
    study.import_notes(GROUP, NOTES.encode(), search_arxiv=False)
    session = opened(sessions, paper)
    say(sessions, session, 1, "shortcuts are zebra crossings\nthey help")
    say(sessions, session, 1, "the input is added", OMAR)
    say(sessions, session, None, "a good paper")
    closed = sessions.close(GROUP, session.session_id)
    notes = closed.discussion
    assert notes is not None
    assert heading_of(notes) == "Discussion 6 Shortcuts - 2015"
    assert (notes.paper_key, closed.session.ordinal, closed.session.closed_at) == (paper.key, "6", NOW)
    assert [(note.question, note.answer) for note in notes.notes] == [
        ("What does this paper try to convey?",
         ("shortcuts are zebra crossings", "they help", "the input is added")),
        ("What is a residual block?", ()),
        ("What does Table 2 show?", ()),
        ("", ("a good paper",)),
    ]  # fmt: skip
    exported = study.export_notes(GROUP)
    assert exported.startswith(NOTES + "\n\n## Discussion 6 Shortcuts - 2015\n1. What does")
    assert "Mina" not in exported
    assert "n1" not in exported
    stored = study.discussions(GROUP)
    assert [replace(d, paper_key=None, paper_id=None, trailer="") for d in stored[-1:]] == [
        replace(d, trailer="") for d in parse_notes(exported).discussions[-1:]
    ]
    assert parse_notes(exported).counts == parse_notes(study.export_notes(GROUP)).counts
    hits = study.ask("zebra crossings", guild=GROUP).notes
    assert [hit.discussion.ordinal for hit in hits] == ["6"]
    study.import_notes(GROUP, exported.encode(), search_arxiv=False)
    assert len(study.discussions(GROUP)) == len(stored)  # it knows its own heading again


def test_a_session_is_closed_once(sessions: Sessions, paper: Paper) -> None:
    session = opened(sessions, paper)
    say(sessions, session, 1, "yes")
    sessions.close(GROUP, session.session_id)
    for late in (
        lambda: sessions.close(GROUP, session.session_id),
        lambda: say(sessions, session, 2, "late"),
        lambda: sessions.unclear(GROUP, session.session_id, 1, person=MINA),
        lambda: sessions.withdraw(GROUP, session.session_id, 1, person=MINA),
    ):
        with pytest.raises(SessionClosed):
            late()


def test_an_answer_keeps_lines_that_stand_twice_and_one_said_twice_is_written_once(
    sessions: Sessions, paper: Paper
) -> None:
    session = opened(sessions, paper)
    say(sessions, session, 2, "conv\nrelu\nconv\nrelu\nadd")
    say(sessions, session, 2, "relu", OMAR)
    say(sessions, session, 2, "relu", OMAR)
    notes = sessions.close(GROUP, session.session_id).discussion
    assert notes is not None
    assert notes.notes[1].answer == ("conv", "relu", "conv", "relu", "add", "relu")


def test_what_is_said_or_taken_back_while_a_session_closes_is_so_in_its_notes(
    sessions: Sessions, paper: Paper, study: Study
) -> None:
    session = opened(sessions, paper)
    secret = say(sessions, session, 1, "secret words")
    say(sessions, session, 1, "first words")
    meanwhile = [
        lambda: say(sessions, session, 2, "second words", OMAR),
        lambda: sessions.withdraw(GROUP, session.session_id, secret, person=MINA),
    ]

    def clock() -> datetime:  # is asked between the reading and the writing
        if meanwhile:
            meanwhile.pop()()
        return NOW

    closing = sessions_of(study, clock)
    notes = closing.close(GROUP, session.session_id).discussion
    assert notes is not None
    assert [note.answer for note in notes.notes] == [("first words",), ("second words",), ()]
    assert study.discussions(GROUP) == (notes,)


def test_a_session_in_which_people_never_stop_stays_open_and_writes_nothing(
    sessions: Sessions, paper: Paper, study: Study
) -> None:
    session = opened(sessions, paper)

    def clock() -> datetime:
        say(sessions, session, 1, "more")
        return NOW

    closing = sessions_of(study, clock)
    with pytest.raises(Refused, match="people answer just now"):
        closing.close(GROUP, session.session_id, empty_notes=False)
    assert sessions.session(GROUP, session.session_id).is_open
    assert study.discussions(GROUP) == ()


def test_a_session_in_which_nobody_answered_asks_what_its_notes_shall_be(
    sessions: Sessions, paper: Paper, study: Study
) -> None:
    session = opened(sessions, paper)
    with pytest.raises(NobodyAnswered):
        sessions.close(GROUP, session.session_id)
    assert sessions.session(GROUP, session.session_id).is_open
    assert sessions.close(GROUP, session.session_id, empty_notes=False).discussion is None
    assert study.discussions(GROUP) == ()
    sessions.reopen(GROUP, session.session_id)
    notes = sessions.close(GROUP, session.session_id, empty_notes=True).discussion
    assert notes is not None
    assert {note.status for note in notes.notes} == {NoteStatus.OPEN}
    assert len(study.open_notes(GROUP)) == 3


def test_questions_that_nobody_answered_are_kept_in_the_notes_once_a_paper(
    sessions: Sessions, paper: Paper, study: Study
) -> None:
    sessions.close(GROUP, opened(sessions, paper).session_id, empty_notes=True)
    again = opened(sessions, paper)
    with pytest.raises(Refused, match=r"Discussion 1 .* has nothing but open questions"):
        sessions.close(GROUP, again.session_id, empty_notes=True)
    sessions.close(GROUP, again.session_id, empty_notes=False)
    assert len(study.discussions(GROUP)) == 1
    sessions.close(
        GROUP, sessions.open(GROUP, study.paper(GROUP, "Normalising Small Networks")).session_id, empty_notes=True
    )
    assert len(study.discussions(GROUP)) == 2


def test_what_was_left_open_or_unclear_is_asked_again_next_time(sessions: Sessions, paper: Paper) -> None:
    session = opened(sessions, paper)
    say(sessions, session, 1, "yes")
    say(sessions, session, 2, "perhaps")
    sessions.unclear(GROUP, session.session_id, 2, person=OMAR)
    sessions.close(GROUP, session.session_id)
    again = opened(sessions, paper)
    carried = [asked.question for asked in again.questions if asked.question.origin is Origin.FOLLOW_UP]
    assert [question.text for question in carried] == ["What is a residual block?", "What does Table 2 show?"]
    assert carried[0].evidence == session.questions[1].question.evidence


def test_a_reopened_session_changes_its_own_notes_and_keeps_what_people_wrote_there(
    sessions: Sessions, paper: Paper, study: Study
) -> None:
    study.import_notes(GROUP, NOTES.encode(), search_arxiv=False)
    session = opened(sessions, paper)
    first, wrong = say(sessions, session, 1, "it adds"), say(sessions, session, 1, "it multiplies")
    say(sessions, session, 2, "a stack")
    sessions.close(GROUP, session.session_id)
    by_hand = study.export_notes(GROUP).replace("- a stack\n", "- a stack of layers\n- by hand\n")
    by_hand = by_hand.replace("What does Table 2 show?", "What does Table 2 really show?")
    study.import_notes(GROUP, by_hand.encode(), search_arxiv=False)
    reopened = sessions.reopen(GROUP, session.session_id)
    assert reopened.is_open
    assert study.export_notes(GROUP) == by_hand
    sessions.withdraw(GROUP, session.session_id, wrong, person=MINA)
    sessions.edit(GROUP, session.session_id, first, person=MINA, text="it adds the input")
    say(sessions, session, 3, "errors")
    closed = sessions.close(GROUP, session.session_id)
    assert closed.discussion is not None
    assert [(n.question, n.answer) for n in closed.discussion.notes] == [
        ("What does this paper try to convey?", ("it adds the input",)),
        ("What is a residual block?", ("a stack of layers", "by hand")),
        ("What does Table 2 really show?", ("errors",)),
    ]  # fmt: skip
    assert [d.ordinal for d in study.discussions(GROUP)] == ["1", "5a", "5", "6"]
    assert parse_notes(study.export_notes(GROUP)).discussions[-1].notes == closed.discussion.notes


def test_closing_again_without_a_change_changes_no_byte(sessions: Sessions, paper: Paper, study: Study) -> None:
    session = opened(sessions, paper)
    say(sessions, session, 1, "it adds")
    sessions.close(GROUP, session.session_id)
    before = study.export_notes(GROUP)
    sessions.reopen(GROUP, session.session_id)
    sessions.close(GROUP, session.session_id)
    assert study.export_notes(GROUP) == before


def test_only_a_closed_session_is_reopened_and_never_beside_another(sessions: Sessions, paper: Paper) -> None:
    session = opened(sessions, paper)
    with pytest.raises(Refused):
        sessions.reopen(GROUP, session.session_id)
    sessions.close(GROUP, session.session_id, empty_notes=False)
    opened(sessions, paper)
    with pytest.raises(SessionIsOpen):
        sessions.reopen(GROUP, session.session_id)


def test_closing_waits_for_nobody_and_changes_nothing_while_another_process_writes(
    sessions: Sessions, paper: Paper, study: Study
) -> None:
    session = opened(sessions, paper)
    say(sessions, session, 1, "yes")
    with DataDirectory(study.directory.path).owned("do something"), pytest.raises(LibraryBusy):
        sessions.close(GROUP, session.session_id)
    assert sessions.session(GROUP, session.session_id).is_open
    assert study.discussions(GROUP) == ()
