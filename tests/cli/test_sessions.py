"""`seminar session`: a whole session without Discord, and what is told where none fits."""

from __future__ import annotations

import pytest

from rag.discussion.notes_in import parse_notes
from tests.cli.conftest import NOTES
from tests.cli.runner import Run, parsed
from tests.sessions.conftest import WHY, ask_made_questions

pytestmark = pytest.mark.usefixtures("words_only")


@pytest.fixture(autouse=True)
def _made_questions(monkeypatch: pytest.MonkeyPatch) -> None:
    ask_made_questions(monkeypatch)


def test_a_session_is_opened_answered_closed_reopened_and_listed(filled: Run) -> None:
    opened = parsed(filled("session", "open", "second", "--json")[1])
    assert [question["number"] for question in opened["questions"]] == [1, 2, 3]
    evidence = [one for question in opened["questions"] for one in question["evidence"]]
    assert [(one["paper_id"], one["verified"]) for one in evidence] == [(opened["paper_id"], True)] * len(evidence)
    assert evidence
    assert opened["guide"]["pages"] == 2
    assert opened["before"] == {"discussions": [], "open": [], "related": []}
    code, _out, err = filled("session", "open", "second")
    assert (code, "is open already: number 1" in err) == (1, True)
    assert parsed(filled("session", "answer", "1", "shortcuts help", "--json")[1])["number"] == 1
    assert filled("session", "answer", "0", "well written")[0] == 0
    assert "marked as unclear" in filled("session", "unclear", "2")[1]
    shown = filled("session", "show")[1]
    assert "- shortcuts help  (1, command line)" in shown
    assert "2. What is a residual block?  (unclear)" in shown
    assert "Nothing was found in the paper on: Safety & Bias." in shown
    assert "The paper: Because it says so." not in shown
    assert "The paper: Because it says so." in filled("session", "show", "--reveal")[1]
    closed = filled("session", "close")[1]
    assert "1 of 3 questions answered, 1 unclear" in closed
    assert "Written into the notes as Discussion 2 Second" in closed
    notes = filled("notes", "export")[1]
    assert notes.startswith(NOTES)
    assert parse_notes(notes).discussions[-1].notes[0].answer == ("shortcuts help",)
    assert filled("session", "close", "--session", "1")[0] == 1
    assert "is closed. Reopen it (number 1)" in filled("session", "answer", "1", "late", "--session", "1")[2]
    assert filled("session", "reopen", "1")[0] == 0
    assert "shortcuts help a lot" in filled("session", "edit", "1", "shortcuts help a lot")[1]
    assert parsed(filled("session", "close", "--json")[1])["notes"] == "Discussion 2 Second"
    assert filled("notes", "export")[1] == notes.replace("shortcuts help", "shortcuts help a lot")
    assert [one["session"] for one in parsed(filled("session", "list", "--json")[1])["sessions"]] == [1]


def test_why_the_questions_are_as_they_are_is_told_with_the_session(
    filled: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert parsed(filled("session", "open", "1502.03167", "--json")[1])["notices"] == []
    ask_made_questions(monkeypatch, notices=WHY)
    _code, out, err = filled("session", "open", "second")
    assert [err.replace("\n", " ").count(why) for why in WHY] == [1, 1]
    assert not any(why in out for why in WHY)
    assert WHY[1] in filled("session", "show", "--session", "2")[2]
    assert parsed(filled("session", "show", "--session", "2", "--json")[1])["notices"] == list(WHY)
    assert WHY[1] not in "".join(filled("session", "show", "--session", "1")[1:])


def test_what_does_not_fit_is_told_in_a_sentence(filled: Run) -> None:
    assert "No session is open. Open one with `seminar session open PAPER`" in filled("session", "show")[2]
    assert "No sessions yet" in filled("session", "list")[1]
    assert filled("session", "open", "no such paper")[0] == 1
    assert 'Answer: `seminar session answer 1 "…"`' in filled("session", "open", "second")[1]
    assert "Nobody has answered yet. `--keep-questions`" in filled("session", "close")[2]
    assert "There is no question “9”" in filled("session", "answer", "9", "hm")[2]
    assert "Your answer is empty." in filled("session", "answer", "1", " -- ")[2]
    assert filled("session", "open", "1502.03167")[0] == 0
    several = "Several sessions are open: 2 Normalising Small Networks, 1 Second: Shortcuts. Say which: `--session 2`."
    assert several in filled("session", "show")[2]
    closed = filled("session", "close", "--session", "1", "--no-notes")[1]
    assert "No notes were written" in closed
    assert "open:" not in closed


def test_what_an_answer_says_begins_no_line_of_what_is_shown(filled: Run) -> None:
    assert filled("session", "open", "second")[0] == 0
    assert filled("session", "answer", "1", "two lines\n## Discussion 99\n 3. fake")[0] == 0
    lines = filled("session", "show")[1].splitlines()
    at = lines.index("       - two lines")
    assert lines[at + 1 : at + 3] == ["         ## Discussion 99", "          3. fake  (1, command line)"]
