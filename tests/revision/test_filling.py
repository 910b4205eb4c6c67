"""Proposals for notes that are not complete, and what people make of them."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from rag.domain.revision import Decision
from rag.errors import LibraryBusy, Refused
from rag.intake.ownership import DataDirectory
from rag.study import Study
from tests.revision.conftest import GROUP, NOTES, SAYS

Key = Callable[[int], str]
DEFINITION = SAYS.split(". ")[0] + "."
LINE = f"“{DEFINITION}” (p. 2)"


def test_open_questions_and_answers_without_one_wait_in_their_order(study: Study) -> None:
    waiting = [(d.title, note.item) for _, d, note in study.revision.waiting(GROUP)]
    known = [("Small Networks", item) for item in (2, 9, 10, 11)]
    assert waiting == [*known, ("Nothing Known", 1)]
    assert study.revision.waiting("another") == ()


def test_a_catchword_is_answered_with_quotes_from_its_paper_and_their_pages(study: Study, key: Key) -> None:
    proposal = study.revision.proposal(GROUP, key(2))
    assert proposal.lines[0] == LINE
    assert (proposal.evidence[0].quote.text, proposal.evidence[0].quote.page) == (DEFINITION, 2)
    assert study.revision.proposal(GROUP, key(2)) == proposal


def test_nothing_is_proposed_for_what_the_paper_does_not_say(study: Study, key: Key) -> None:
    for item in (9, 11):
        proposal = study.revision.proposal(GROUP, key(item))
        assert not proposal.proposes
        assert "nothing" in proposal.reason
        with pytest.raises(Refused):
            study.revision.accept(GROUP, proposal, person="7")


def test_a_discussion_without_a_paper_says_so(study: Study) -> None:
    last, *_ = study.revision.waiting(GROUP)[-1]
    assert "tied to no paper" in study.revision.proposal(GROUP, last).reason


def test_an_answer_without_a_question_gets_a_modest_one(study: Study, key: Key) -> None:
    proposal = study.revision.proposal(GROUP, key(10))
    assert proposal.question == "What does the paper say about “7x7x30”?"
    change = study.revision.accept(GROUP, proposal, person="7")
    assert (change.question_before, change.question_after) == ("", proposal.question)
    assert f"10. {proposal.question}\n- final output 7x7x30\n\n11." in study.export_notes(GROUP)


def test_what_is_accepted_stands_in_the_note_and_every_other_byte_stays(study: Study, key: Key) -> None:
    proposal = study.revision.proposal(GROUP, key(2))
    change = study.revision.accept(GROUP, proposal, person="7")
    lines = "".join(f"- {line}\n" for line in proposal.lines)
    wanted = NOTES.replace("2. internal covariate shift\n- \n", f"2. internal covariate shift\n{lines}")
    assert study.export_notes(GROUP) == wanted
    assert (change.decision, change.person, change.answer_before) == (Decision.ACCEPTED, "7", ())
    assert study.revision.history(GROUP) == (change,)
    assert 2 not in [note.item for _, _, note in study.revision.waiting(GROUP)]


def test_what_is_accepted_is_found_by_questions_at_once(study: Study, key: Key) -> None:
    study.revision.edit(GROUP, key(11), answer="because of the zygomorphic ocean", person="7")
    answer = study.ask("zygomorphic ocean", guild=GROUP)
    assert [hit.note.item for hit in answer.notes][:1] == [11]


def test_an_undo_brings_back_every_byte_and_is_kept_as_a_change(study: Study, key: Key) -> None:
    accepted = study.revision.accept(GROUP, study.revision.proposal(GROUP, key(2)), person="7")
    undone = study.revision.undo(GROUP, person="8", change_id=accepted.change_id)
    assert study.export_notes(GROUP) == NOTES
    assert [(c.decision, c.person) for c in study.revision.history(GROUP)] == [
        (Decision.UNDONE, "8"),
        (Decision.ACCEPTED, "7"),
    ]
    assert undone.at > accepted.at
    with pytest.raises(Refused, match="take back"):
        study.revision.undo(GROUP, person="8")


def test_changes_are_taken_back_one_after_the_other(study: Study, key: Key) -> None:
    first = study.revision.edit(GROUP, key(9), answer="one", person="7")
    study.revision.edit(GROUP, key(11), answer="two", person="7")
    with pytest.raises(Refused, match="newest"):
        study.revision.undo(GROUP, person="8", change_id=first.change_id)
    study.revision.undo(GROUP, person="8")
    study.revision.undo(GROUP, person="8")
    assert study.export_notes(GROUP) == NOTES


def test_a_rejected_proposal_is_not_made_again_until_that_is_taken_back(study: Study, key: Key) -> None:
    study.revision.reject(GROUP, key(2), person="7")
    assert 2 not in [note.item for _, _, note in study.revision.waiting(GROUP)]
    assert study.export_notes(GROUP) == NOTES
    study.revision.undo(GROUP, person="7")
    assert 2 in [note.item for _, _, note in study.revision.waiting(GROUP)]


def test_the_second_of_two_people_is_told(study: Study, key: Key) -> None:
    seen_by_both = study.revision.proposal(GROUP, key(2))
    study.revision.accept(GROUP, seen_by_both, person="7")
    for late in (
        lambda: study.revision.accept(GROUP, seen_by_both, person="8"),
        lambda: study.revision.edit(GROUP, seen_by_both.key, answer="mine", person="8"),
        lambda: study.revision.reject(GROUP, seen_by_both.key, person="8"),
    ):
        with pytest.raises(Refused, match="since you looked"):
            late()
    assert len(study.revision.history(GROUP)) == 1


def test_an_undo_keeps_out_of_a_note_that_came_in_anew(study: Study, key: Key) -> None:
    study.revision.edit(GROUP, key(9), answer="one", person="7")
    study.import_notes(GROUP, NOTES.replace("9. What\n-", "9. What\n- two").encode(), search_arxiv=False)
    with pytest.raises(Refused, match="since you looked"):
        study.revision.undo(GROUP, person="7")


def test_what_people_type_stays_one_note_in_the_file(study: Study, key: Key) -> None:
    typed = "- ## Discussion 9 Mine\n12. not a question\n\n  * third  "
    study.revision.edit(GROUP, key(9), answer=typed, person="7")
    exported = study.export_notes(GROUP)
    assert "9. What\n- ## Discussion 9 Mine\n- 12. not a question\n- third\n10." in exported
    again = study.preview_notes("other", exported.encode())
    assert [len(d.notes) for d in again.discussions] == [11, 1]


def test_nobody_who_is_mentioned_stays_in_the_notes_by_id(study: Study, key: Key) -> None:
    study.revision.edit(GROUP, key(9), answer="<@42> says\n- as <@!42> and <@&7> in <#5>", person="7")
    study.revision.write(GROUP, key(10), "Why does <@\x0142> ask?", person="7")
    exported = study.export_notes(GROUP)
    assert "9. What\n- someone says\n- as someone and someone in someone\n10. Why does someone ask?\n" in exported


@pytest.mark.parametrize(
    "answer", ["- x  =  a   b      (aligned   by hand)\n- **bold**\tand tab\n", f"- {'w ' * 30}\n" * 101]
)
def test_an_answer_that_gets_its_question_stays_as_it_is_however_long(study: Study, answer: str) -> None:
    study.import_notes(GROUP, f"## Discussion 7 By Hand - 2015\n1.\n{answer}".encode(), search_arxiv=False)
    [key] = [key for key, discussion, _ in study.revision.waiting(GROUP) if discussion.title == "By Hand"]
    before = study.discussions(GROUP)[-1].notes[0].answer
    study.revision.write(GROUP, key, "What is x ?", person="7")
    assert study.discussions(GROUP)[-1].notes[0].answer == before
    assert study.export_notes(GROUP).endswith(f"1. What is x ?\n{answer}")


@pytest.mark.parametrize("typed", ["", " \n", "why " * 1_001])
def test_empty_and_endless_questions_are_refused(study: Study, key: Key, typed: str) -> None:
    with pytest.raises(Refused):
        study.revision.write(GROUP, key(10), typed, person="7")
    assert study.revision.history(GROUP) == ()


@pytest.mark.parametrize("typed", ["", " \n - \n", "x" * 4_001, "\n".join("ab" for _ in range(101))])
def test_empty_and_endless_answers_are_refused(study: Study, key: Key, typed: str) -> None:
    with pytest.raises(Refused):
        study.revision.edit(GROUP, key(9), answer=typed, person="7")
    assert study.revision.history(GROUP) == ()


def test_another_process_that_owns_the_library_is_waited_for(study: Study, key: Key) -> None:
    with DataDirectory(study.directory.path).owned("try"), pytest.raises(LibraryBusy):
        study.revision.edit(GROUP, key(9), answer="one", person="7")
    assert study.export_notes(GROUP) == NOTES


def test_who_has_their_data_erased_leaves_the_change_without_a_name(study: Study, key: Key) -> None:
    study.revision.edit(GROUP, key(9), answer="one", person="7")
    study.answers.forget_person("7")
    assert [(c.person, c.answer_after) for c in study.revision.history(GROUP)] == [("", ("one",))]


def test_an_erased_server_leaves_no_changes(study: Study, key: Key) -> None:
    study.revision.edit(GROUP, key(9), answer="one", person="7")
    study.servers.erase(GROUP)
    assert study.revision.history(GROUP) == ()
