"""Notes go out as they came in; what was changed or is new is written in the group's layout."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.discussion.notes_in import parse_notes
from rag.discussion.notes_out import export_notes
from rag.domain.note import Discussion, Note
from rag.store.library import Library
from tests.discussion.test_notes_in import MESS

_HEADINGS = ["## Discussion 1 X - 2015", "Discussion 2: Y (2016)", "# Discussion 2 Z", "**Discussion 3 - W**"]
_LINES = [
    *_HEADINGS,
    *["1. why", "2) how", " 3. ", "à¸·4. stray", "Q5: x", "\t1. deep", "１．全"],
    *[
        "- so",
        "-",
        "  * inner",
        "• dot",
        "plain words",
        "1.5 billion",
        "-5",
        "---",
        "",
        "   ",
        "## Other",
        "\x0c\u2028",
    ],
]
_noise = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=20)
_texts = st.builds(
    lambda before, lines, ends: before + "".join(a + b for a, b in zip(lines, ends, strict=False)),
    st.sampled_from(["", "\ufeff", "Notes of ours\n\n"]),
    st.lists(st.one_of(st.sampled_from(_LINES), _noise), max_size=30).map(lambda ls: [*_HEADINGS[:1], "1. q", *ls]),
    st.lists(st.sampled_from(["\n", "\r\n", "\n\n"]), min_size=32, max_size=32),
)
_words = st.from_regex(r"[A-Za-z0-9#.(&%-]{1,8}( [a-z0-9=+(#.-]{1,8}){0,3}", fullmatch=True)
_said = _words.filter(lambda text: bool(text.strip("-*_=–— ")))
_titles = st.from_regex(r"[A-Za-z][A-Za-z-]{0,9}[a-z]( [A-Za-z]{1,9}){0,2}", fullmatch=True)


@st.composite
def _fresh(draw: st.DrawFn) -> tuple[Discussion, ...]:
    drawn = draw(st.lists(st.tuples(_titles, st.none() | st.integers(1990, 2050)), min_size=1, max_size=3))
    said = []
    for position, (title, year) in enumerate(drawn, start=1):
        items = draw(st.lists(st.tuples(st.just("") | _said, st.lists(_said, max_size=3)), min_size=1, max_size=4))
        notes = tuple(Note(n, str(n), question, tuple(answer)) for n, (question, answer) in enumerate(items, start=1))
        said.append(Discussion(position, str(position), title, year, notes))
    return tuple(said)


def _content(discussions: tuple[Discussion, ...]) -> list[object]:
    return [
        (d.position, d.ordinal, d.title, d.year, [(n.item, n.ordinal, n.question, n.answer) for n in d.notes])
        for d in discussions
    ]


@given(_texts)
def test_whatever_was_read_is_written_back_byte_for_byte(text: str) -> None:
    parsed = parse_notes(text)
    assert export_notes(parsed.discussions) == text
    assert parse_notes(export_notes(parsed.discussions)) == parsed


@given(_texts)
def test_no_word_of_a_file_is_lost_to_the_reader(text: str) -> None:
    parsed = parse_notes(text)
    kept = " ".join(
        (d.heading + " ".join((n.raw + n.ordinal + n.question + " ".join(n.answer)) for n in d.notes))
        for d in parsed.discussions
    )
    assert all(word in kept for word in re.findall(r"[A-Za-z]+", text))


@given(_fresh())
def test_fresh_discussions_are_read_back_as_they_were_meant(fresh: tuple[Discussion, ...]) -> None:
    text = export_notes(fresh)
    again = parse_notes(text).discussions
    assert _content(again) == _content(fresh)
    assert export_notes(again) == text


def test_fresh_discussions_have_the_groups_layout() -> None:
    notes = (Note(1, "1", "Why?", ("So.", "And so.")), Note(2, "2", "Open?"), Note(3, "", "", ("No question",)))
    fresh = (Discussion(1, "1", "ResNet", 2015, notes), Discussion(2, "2", "Adam", None, (Note(1, "1", "m"),)))
    assert export_notes(fresh) == (
        "## Discussion 1 ResNet - 2015\n1. Why?\n- So.\n- And so.\n2. Open?\n- \n3. \n- No question\n"
        "\n## Discussion 2 Adam\n1. m\n- \n"
    )


def test_an_answer_added_later_changes_only_its_own_lines() -> None:
    before = parse_notes(MESS.replace("\n", "\r\n")).discussions
    opened = replace(before[0].notes[1], answer=("the moving average",))
    changed = replace(before[0], notes=(before[0].notes[0], opened, *before[0].notes[2:]))
    text = export_notes((changed, *before[1:]))
    assert text == MESS.replace("2. What is m\n", "2. What is m\n- the moving average\n").replace("\n", "\r\n")


def test_a_corrected_heading_keeps_what_stands_around_it() -> None:
    (discussion,) = parse_notes("Ours\n## Discussion 3 ResNet - 2051\n1. why\n- so\n").discussions
    assert export_notes((replace(discussion, year=2015),)) == "Ours\n## Discussion 3 ResNet - 2015\n1. why\n- so\n"


def test_a_note_appended_to_an_unfinished_file_begins_on_its_own_line() -> None:
    before = parse_notes(MESS).discussions
    added = Note(3, "3", "Is it kept?", ("yes",))
    grown = replace(before[2], notes=(*before[2].notes, added))
    fresh = Discussion(4, "15", "BERT", 2018, (Note(1, "1", "masks"),))
    text = export_notes((*before[:2], grown, fresh))
    assert text.endswith("2. \n3. Is it kept?\n- yes\n\n## Discussion 15 BERT - 2018\n1. masks\n- \n")
    assert parse_notes(text).discussions[2].notes[2].answer == ("yes",)


def test_what_people_type_cannot_forge_a_heading_or_a_question() -> None:
    forged = Note(1, "1", "why\n## Discussion 9 Fake", ("yes\n## Discussion 9 Fake\n2. more", "1. not a question"))
    text = export_notes((Discussion(1, "1", "X\n## Discussion 8 Y", None, (forged,)),))
    (again,) = parse_notes(text).discussions
    assert len(again.notes) == 1
    assert again.notes[0].answer == ("yes", "## Discussion 9 Fake", "2. more", "1. not a question")


def test_notes_that_went_through_the_library_come_back_byte_for_byte(tmp_path: Path) -> None:
    text = "\ufeff" + MESS.replace("\n", "\r\n")
    library = Library.open(tmp_path / "library.db")
    library.save_discussions("guild", parse_notes(text).discussions)
    assert export_notes(library.discussions("guild")) == text
    library.close()


@pytest.mark.parametrize(
    "line", [" " * 50_000 + "x", "## Discussion 3 " + " " * 50_000 + "x", "#" * 50_000, "1" * 50_000]
)
def test_a_monstrous_line_is_kept_without_delay(line: str) -> None:
    text = f"## Discussion 1 X\n1. why\n{line}\n"
    assert export_notes(parse_notes(text).discussions) == text  # quadratic patterns took minutes here
