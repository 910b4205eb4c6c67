"""Notes with another question or answer: nothing of the file changes but what was changed."""

from __future__ import annotations

from dataclasses import replace

import pytest

from rag import samples
from rag.discussion.appending import answer_lines
from rag.discussion.notes_in import parse_notes
from rag.discussion.notes_out import export_notes
from rag.discussion.rewriting import rewritten
from rag.domain.note import Discussion, Note

ODD = "## Discussion 1 A - 2012\r\n1. why ?\r\n- because\r\n  more\r\n\r\n\r\n2.  \r\n- said\r\nà¸¶3. stray\r\n-\r\n"
LAST = "## Discussion 1 A - 2012\n1. why\n2. last"


def changed(text: str, item: int, **said: object) -> str:
    [discussion] = parse_notes(text).discussions
    note = discussion.notes[item - 1]
    new = rewritten(note, **({"question": note.question, "answer": note.answer} | said))  # type: ignore[arg-type]
    return exported(discussion, new)


def exported(discussion: Discussion, new: Note) -> str:
    notes = tuple(new if note.item == new.item else note for note in discussion.notes)
    return export_notes([replace(discussion, notes=notes)])


@pytest.mark.parametrize(
    ("item", "said", "before", "after"),
    [
        (1, {"answer": ("two", "lines")}, "- because\r\n  more\r\n", "- two\r\n- lines\r\n"),
        (2, {"question": "what ?"}, "2.  \r\n", "2. what ?\r\n"),
        (3, {"answer": ("here",)}, "stray\r\n-\r\n", "stray\r\n- here\r\n"),
        (1, {"question": "how"}, "1. why ?", "1. how"),
    ],
)
def test_only_what_changes_is_written_anew(item: int, said: dict[str, object], before: str, after: str) -> None:
    assert before in ODD
    assert changed(ODD, item, **said) == ODD.replace(before, after, 1)


def test_the_last_line_of_a_file_without_an_end_gets_one() -> None:
    assert changed(LAST, 2, answer=("here",)) == f"{LAST}\n- here\n"
    assert changed(LAST, 2, question="first").startswith("## Discussion 1 A - 2012\n1. why\n2. first")


def test_every_note_of_the_samples_can_be_changed_and_read_again() -> None:
    text = samples.sample_notes().read_text()
    discussions = parse_notes(text).discussions
    for discussion in discussions:
        for note in discussion.notes:
            new = rewritten(note, question="Why is that so?", answer=("“quoted” (p. 3)", "2. not a question"))
            [again] = parse_notes(exported(discussion, new)).discussions
            others = [n for n in again.notes if n.item != note.item]
            assert others == [n for n in discussion.notes if n.item != note.item]
            read = again.notes[note.item - 1]
            assert (read.question, read.answer) == (new.question, new.answer)


@pytest.mark.parametrize(
    ("typed", "lines"),
    [
        ("- one\n\n* two \n three", ("one", "two", "three")),
        (" \n-\n", ()),
        ("## Discussion 2 B - 2013\n3. why", ("## Discussion 2 B - 2013", "3. why")),
        ("a\x0bb\u2028c", ("a", "b", "c")),
        ("- – \n***\n- - said", ("said",)),
    ],
)
def test_what_is_typed_becomes_lines_that_read_back(typed: str, lines: tuple[str, ...]) -> None:
    assert answer_lines(typed) == lines
    [read] = parse_notes(changed(LAST, 2, answer=lines)).discussions
    assert read.notes[1].answer == lines
