"""The notes reader keeps every line, counts as people count, and says what is odd."""

from __future__ import annotations

from pathlib import Path

import pytest

from rag.discussion.notes_in import NoteCounts, decode_notes, parse_notes
from rag.discussion.notes_out import export_notes
from rag.domain.note import Note, NoteStatus
from rag.errors import BadDocument

SEED = Path(__file__).parents[2].parent / "shared" / "seeds" / "001_df484a9212ffd2af.txt"

MESS = (
    "## Discussion 5 Adam - 2014\n"
    "1. what is this paper try to convey ?\n- adaptive steps\n- momentum\n"
    "2. What is m\n"
    "3. \n- \n"
    "4. \n- only an answer\n"
    "5. k\n-\n"
    "\n\n"
    "## Discussion 5 DenseNet - 2017\n"
    "1. growth rate\n- number of maps\n"
    "8. negative class\n- none\n"
    "8. activation\nsmooth, written without a bullet\n"
    "à¸·9. stray\n- kept\n"
    "\n"
    "## Discussion 14 Transformer\n"
    "1. unfinished\n- says something\n"
    "2. "
)


def one(text: str) -> Note:
    """Read the only item of a discussion whose lines these are."""
    (note,) = parse_notes(f"## Discussion 1 X\n{text}").discussions[0].notes
    return note


def test_the_groups_own_file_is_read_as_they_count_it() -> None:
    if not SEED.exists():
        pytest.skip("the group's notes are not on this machine")
    text = decode_notes(SEED.read_bytes())
    parsed = parse_notes(text)
    assert parsed.counts == NoteCounts(24, 277, answered=226, open=41, no_question=3, blank=7)
    assert [d.ordinal for d in parsed.discussions].count("5") == 2
    assert [d.year for d in parsed.discussions][14:] == [2017, *[None] * 9]
    assert export_notes(parsed.discussions).encode() == SEED.read_bytes()


def test_every_item_has_a_status() -> None:
    parsed = parse_notes(MESS)
    assert [n.status for n in parsed.discussions[0].notes] == [
        NoteStatus.ANSWERED,
        NoteStatus.OPEN,
        NoteStatus.BLANK,
        NoteStatus.NO_QUESTION,
        NoteStatus.OPEN,
    ]
    assert parsed.counts == NoteCounts(3, 11, answered=6, open=2, no_question=1, blank=2)


def test_repeated_numbers_keep_their_places_and_are_reported() -> None:
    parsed = parse_notes(MESS)
    assert [(d.position, d.ordinal) for d in parsed.discussions] == [(1, "5"), (2, "5"), (3, "14")]
    assert [(n.item, n.ordinal) for n in parsed.discussions[1].notes] == [(1, "1"), (2, "8"), (3, "8"), (4, "9")]
    assert "Discussion 5 stands 2 times (Adam, DenseNet)." in parsed.warnings
    assert "Discussion 5 DenseNet: question 8 stands more than once." in parsed.warnings
    assert "No year is given for Transformer." in parsed.warnings


def test_stray_characters_before_a_number_are_reported_and_not_part_of_the_question() -> None:
    parsed = parse_notes(MESS)
    assert parsed.discussions[1].notes[3].question == "stray"
    assert any("stray characters 'à¸·' before question 9" in warning for warning in parsed.warnings)


def test_a_number_after_other_signs_that_does_not_carry_on_is_no_question() -> None:
    assert one("1. how fast\n≈7. or so\n").answer == ("≈7. or so",)


def test_an_answer_without_a_bullet_belongs_to_its_question() -> None:
    parsed = parse_notes(MESS)
    assert parsed.discussions[1].notes[2].answer == ("smooth, written without a bullet",)
    assert any("has no bullet" in warning for warning in parsed.warnings)


def test_an_unfinished_last_question_is_kept() -> None:
    last = parse_notes(MESS).discussions[-1].notes[-1]
    assert (last.ordinal, last.question, last.raw) == ("2", "", "2. ")


@pytest.mark.parametrize(
    ("line", "ordinal", "title", "year"),
    [
        ("## Discussion 3 ResNet - 2015", "3", "ResNet", 2015),
        ("# Discussion 3 ResNet - 2015", "3", "ResNet", 2015),
        ("### Discussion 3 - ResNet — 2015 ###", "3", "ResNet", 2015),
        ("Discussion 3: ResNet (2015)", "3", "ResNet", 2015),
        ("**Discussion 3: ResNet (2015)**", "3", "ResNet", 2015),
        ("##Discussion 3 ResNet", "3", "ResNet", None),
        ("\t## discussion #3 ResNet, 2015", "3", "ResNet", 2015),
        ("＃＃　Discussion　３　ResNet（２０１５）", "３", "ResNet", 2015),
        ("## Discussion３ ResNet", "３", "ResNet", None),
        ("## Dicussion 3 ResNet - 2015", "3", "ResNet", 2015),
        ("## Discussion: ResNet", "", "ResNet", None),
        ("## Discussion 3", "3", "", None),
        ("## Discussion 7 3D-R2N2 - 2016", "7", "3D-R2N2", 2016),
        ("## Discussion 7 ImageNet 2012", "7", "ImageNet 2012", None),
        ("## Discussion 8 ResNet - 9999", "8", "ResNet - 9999", None),
    ],
)
def test_headings_in_many_hands(line: str, ordinal: str, title: str, year: int | None) -> None:
    (discussion,) = parse_notes(f"{line}\n1. why\n- so\n").discussions
    assert (discussion.ordinal, discussion.title, discussion.year) == (ordinal, title, year)


@pytest.mark.parametrize("line", ["Discussion 4 was long", "Discussion of results", "## Discussion points", "## Ideas"])
def test_prose_and_other_headings_open_no_discussion(line: str) -> None:
    parsed = parse_notes(f"## Discussion 1 X\n1. why\n- so\n{line}\n2. next\n")
    assert len(parsed.discussions) == 1
    assert line in parsed.discussions[0].notes[0].answer
    assert any(line in warning for warning in parsed.warnings)


@pytest.mark.parametrize(
    "line",
    ["1. why", "1) why", "(1) why", "1．why", "１. why", "Q1: why", "\t1. why", "  1.why", "1 . why", "\u200b1. why"],
)
def test_numbers_in_many_hands(line: str) -> None:
    assert (one(f"{line}\n- so\n").question, one(f"{line}\n- so\n").answer) == ("why", ("so",))


@pytest.mark.parametrize("line", ["- so", "* so", "+ so", "• so", "– so", "-so", "\t- so", "    ◦ so", "-\tso", "so"])
def test_bullets_in_many_hands(line: str) -> None:
    assert one(f"1. why\n{line}\n").answer == ("so",)


@pytest.mark.parametrize("line", ["-5 degrees", "1.5 billion multiply-adds", "*emphasis* first", "2014. A year", "+3"])
def test_signs_that_are_no_bullets_and_no_numbers_stay(line: str) -> None:
    assert one(f"1. why\n{line}\n").answer == (line,)


def test_nested_bullets_and_nested_numbers_belong_to_one_answer() -> None:
    note = one("1. how\n- first\n  - inner\n    1. step one\n    2. step two\n\n- after a gap\n")
    assert note.answer == ("first", "inner", "1. step one", "2. step two", "after a gap")


def test_an_indented_file_has_its_questions_all_the_same() -> None:
    parsed = parse_notes("## Discussion 1 X\n\t1. a\n\t- b\n\t2. c\n\t- d\n")
    assert [note.question for note in parsed.discussions[0].notes] == ["a", "c"]


def test_rules_and_bare_bullets_say_nothing() -> None:
    assert one("1. why\n---\n- \n*\n").answer == ()


def test_text_before_the_first_heading_and_the_first_question_survives() -> None:
    text = "\ufeffOur notes\n\n## Discussion 1 X\nWe were four.\n1. why\n- so\n"
    parsed = parse_notes(text)
    assert parsed.discussions[0].title == "X"
    assert export_notes(parsed.discussions) == text
    assert sum("kept, not searched" in warning for warning in parsed.warnings) == 2


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_line_ends_are_kept(end: str) -> None:
    text = MESS.replace("\n", end)
    parsed = parse_notes(text)
    assert export_notes(parsed.discussions) == text
    assert parsed.counts == parse_notes(MESS).counts
    assert parsed.discussions[0].title == "Adam"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "it is empty"),
        ("\ufeff \n\t\n", "it is empty"),
        ("# My paper list\n1. ResNet\n2. Adam\n", "it has no discussion heading"),
        ('{"notes": []}', "it has no discussion heading"),
        ("## Discussion 1 X\nno numbers here\n", "no discussion in it has a numbered question"),
        ("%PDF-1.5\x00\x01\x02", "it is not a text file"),
    ],
)
def test_a_file_of_another_shape_is_refused_with_the_expected_shape(text: str, reason: str) -> None:
    with pytest.raises(BadDocument) as refusal:
        parse_notes(text)
    assert refusal.value.reason == reason
    assert "## Discussion 3 ResNet - 2015" in refusal.value.advice


def test_bytes_are_decoded_or_refused() -> None:
    assert decode_notes("naïve".encode("utf-16")) == "naïve"
    with pytest.raises(BadDocument, match="not UTF-8"):
        decode_notes("naïve".encode("latin-1"))
    with pytest.raises(BadDocument, match="not a text file"):
        decode_notes(bytes(range(256)) * 4)
