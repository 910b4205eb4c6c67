"""New notes behind old ones: whatever people write, the file reads back to the same."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from rag.discussion.appending import answer_lines, appended, merged, next_ordinal, question_line
from rag.discussion.notes_in import parse_notes
from rag.discussion.notes_out import export_notes
from rag.domain.note import Discussion

OLD = "## Discussion 5 Adam - 2014\n1. What\n- it\n## Discussion 5a Other\n1. Why\n- so\n\n"

HOSTILE = (
    "## Discussion 9 Mine - 2020", "Discussion 3: ResNet (2015)", "1. What?", "12) why", "(3) so", "Q7: hm", "- - a",
    "* x", "• y", "---", "***", "**bold**", "# head", "<@123456> said", "@everyone", "```py", "`x", "> quote", "🦆🏳️‍🌈",
    "\u202eabc", "مرحبا", "\ufeff", "\u2028", "a\x0bb", "\x85", "\x00", "\ud800", "５．x", "–", "-5", "1.5 billion",
    "\t- z",
)  # fmt: skip
LINES = st.one_of(st.sampled_from(HOSTILE), st.text(max_size=40))
TEXTS = st.lists(LINES, min_size=0, max_size=5).map("\n".join)
ITEMS = st.lists(st.tuples(LINES, TEXTS), min_size=1, max_size=5)


def written(items: list[tuple[str, str]]) -> list[tuple[str, tuple[str, ...]]]:
    return [(question_line(question), answer_lines(text)) for question, text in items]


@settings(max_examples=150)
@given(title=LINES, year=st.none() | st.integers(1900, 2100), items=ITEMS)
@example(title="## Discussion 4 X - 1999", year=None, items=[("1. 2. 3.", "1. a\n- 2. b\n## Discussion 1 c")])
@example(title="ResNet - 2015", year=None, items=[("x", "y" * 4_000)])
@example(title="", year=2015, items=[("", "")])
def test_appended_notes_parse_back_to_the_same_and_leave_the_others_alone(
    title: str, year: int | None, items: list[tuple[str, str]]
) -> None:
    old = parse_notes(OLD).discussions
    notes = appended(old, titles=[title, "2001.00001"], year=year, items=written(items))
    text = export_notes(notes)
    assert text.startswith(OLD)
    read = parse_notes(text)
    assert read.discussions == tuple(notes)
    assert [(note.question, note.answer) for note in notes[-1].notes] == written(items)
    assert (notes[-1].ordinal, notes[-1].year) == ("6", year)


@settings(max_examples=100)
@given(before=ITEMS, now=ITEMS)
def test_notes_that_nobody_touched_become_what_they_are_to_say(
    before: list[tuple[str, str]], now: list[tuple[str, str]]
) -> None:
    """A session asks the same questions when it is closed again; only what was answered differs."""
    questions = [f"question {n}" for n in range(max(len(before), len(now)))]
    first = written([(q, text) for q, (_q, text) in zip(questions, before, strict=False)])
    texts = [text for _q, text in now] + [""] * len(before)
    second = [(q, answer_lines(text)) for (q, _lines), text in zip(first, texts, strict=False)]
    (discussion,) = appended((), titles=["ResNet"], year=2015, items=first)
    changed = merged(discussion, first, second)
    assert [(n.question, n.answer) for n in changed.notes] == second
    assert parse_notes(export_notes([changed])).discussions == (changed,)


def test_what_people_changed_stays_when_a_session_is_closed_again() -> None:
    before = [("a", ("one", "two")), ("b", ("three",)), ("c", ())]
    (discussion,) = appended((), titles=["ResNet"], year=2015, items=before)
    notes = list(discussion.notes)
    notes[0] = replace(notes[0], question="a, better", answer=("one!", "two", "by hand"))
    by_hand = replace(discussion, notes=tuple(notes[:2]))  # they took the third out
    changed = merged(by_hand, before, [("a", ("two", "new")), ("b", ()), ("c", ()), ("", ("beside",))])
    assert [(note.question, note.answer) for note in changed.notes] == [
        ("a, better", ("one!", "two", "by hand", "new")), ("b", ()), ("", ("beside",)),
    ]  # fmt: skip


def test_lines_that_stand_twice_come_and_go_one_by_one() -> None:
    before = [("What is a block ?", ("conv", "relu", "conv", "relu", "add"))]
    (discussion,) = appended((), titles=["ResNet"], year=2015, items=before)
    note = discussion.notes[0]
    assert note.answer == before[0][1]
    by_hand = replace(discussion, notes=(replace(note, answer=("a block:", *note.answer)),))
    shorter = [(note.question, ("conv", "relu", "add"))]
    assert sorted(merged(by_hand, before, shorter).notes[0].answer) == ["a block:", "add", "conv", "relu"]
    longer = [(note.question, (*note.answer, "relu"))]
    assert merged(by_hand, before, longer).notes[0].answer == ("a block:", *note.answer, "relu")


def test_a_removed_item_comes_back_only_with_something_new() -> None:
    before = [("a", ("one",)), ("b", ("two",))]
    (discussion,) = appended((), titles=["ResNet"], year=2015, items=before)
    shorter = replace(discussion, notes=discussion.notes[:1])
    assert merged(shorter, before, before).notes == shorter.notes
    assert [n.question for n in merged(shorter, before, [before[0], ("b", ("two", "three"))]).notes] == ["a", "b"]


def test_an_answer_goes_to_its_own_question_when_people_took_items_out_and_numbered_anew() -> None:
    before = [("What is A?", ("a",)), ("What is B?", ()), ("What is C?", ("c",)), ("", ("beside",))]
    (discussion,) = appended((), titles=["ResNet"], year=2015, items=before)
    text = export_notes([discussion])
    for old, new in (("2. What is B?\n", ""), ("- \n3. What is C?", "2. What is C?"), ("4. ", "3. ")):
        assert old in text
        text = text.replace(old, new)
    (by_hand,) = parse_notes(text).discussions
    assert [note.ordinal for note in by_hand.notes] == ["1", "2", "3"]
    changed = merged(by_hand, before, [before[0], ("What is B?", ("b",)), before[2], ("", ("beside", "more"))])
    assert [(note.question, note.answer) for note in changed.notes] == [
        ("What is A?", ("a",)), ("What is C?", ("c",)), ("", ("beside", "more")), ("What is B?", ("b",)),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("ordinals", "following"),
    [((), "1"), (("1", "2"), "3"), (("5", "5", "6", "6"), "7"), (("9", "5a", "3.1"), "10"), (("", "x"), "1")],
)
def test_the_next_number_follows_the_highest(ordinals: tuple[str, ...], following: str) -> None:
    assert next_ordinal([Discussion(n, o, "t", None, ()) for n, o in enumerate(ordinals)]) == following


def test_new_notes_follow_the_line_ends_of_the_file() -> None:
    old = parse_notes(OLD.replace("\n", "\r\n")).discussions
    text = export_notes(appended(old, titles=["X"], year=None, items=[("a", ("b",))]))
    assert text == OLD.replace("\n", "\r\n") + "## Discussion 6 X\r\n1. a\r\n- b\r\n"


def test_bullets_that_people_type_are_the_layouts_own() -> None:
    assert answer_lines("- one\n* two\n- - three\n-5 degrees\n---") == ("one", "two", "three", "-5 degrees")


def test_nobody_is_named_by_a_mention() -> None:
    assert answer_lines("<@!123> and <@&4> say\n<#5>: yes") == ("someone and someone say", "someone: yes")
