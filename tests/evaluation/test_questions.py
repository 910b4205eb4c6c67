"""Question sets come in as JSONL and broken lines are named."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.errors import BadDocument, NotFound
from rag.evaluation.questions import Question, load_questions, parse_questions

if TYPE_CHECKING:
    from pathlib import Path


def test_a_full_line_becomes_a_question() -> None:
    line = (
        '{"id": "q1", "question": "What is k?", "paper": "1512.03385", "gold_pages": [3, 4],'
        ' "gold_text": "k is small", "gold_papers": ["1512.03385"], "answerable": true}'
    )
    assert parse_questions([line]) == (
        Question(
            id="q1",
            question="What is k?",
            paper="1512.03385",
            gold_pages=(3, 4),
            gold_texts=("k is small",),
            gold_papers=("1512.03385",),
        ),
    )


def test_the_smallest_line_is_answerable_and_has_no_gold() -> None:
    (question,) = parse_questions(['{"id": 7, "question": "why?"}'])
    assert question == Question(id="7", question="why?")


def test_gold_text_may_be_several_pieces() -> None:
    (question,) = parse_questions(['{"id": "a", "question": "b", "gold_text": ["one", "two"]}'])
    assert question.gold_texts == ("one", "two")


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("{", "not JSON"),
        ("[1]", "not a JSON object"),
        ('{"question": "b"}', '"id"'),
        ('{"id": "a", "question": " "}', '"question"'),
        ('{"id": "a", "question": "b", "gold_pages": [0]}', "counted from 1"),
        ('{"id": "a", "question": "b", "gold_pages": [true]}', "counted from 1"),
        ('{"id": "a", "question": "b", "gold_text": [1]}', '"gold_text"'),
        ('{"id": "a", "question": "b", "pages": [1]}', '"pages"'),
        ('{"id": "a", "question": "b", "answerable": "no"}', "neither true nor false"),
        ('{"id": "a", "question": "b", "answerable": false, "gold_pages": [1]}', "cannot have gold"),
        ('{"id": "ok", "question": "b"}', "already stands on line 1"),
    ],
)
def test_a_broken_line_is_named_by_its_number(line: str, reason: str) -> None:
    with pytest.raises(BadDocument) as caught:
        parse_questions(['{"id": "ok", "question": "fine"}', "", line], name="set.jsonl")
    assert caught.value.what == "set.jsonl, line 3"
    assert reason in caught.value.reason


def test_an_empty_set_is_refused() -> None:
    with pytest.raises(BadDocument, match="no question"):
        parse_questions(["", "  "])


def test_a_file_is_read_with_or_without_a_byte_order_mark(tmp_path: Path) -> None:
    path = tmp_path / "set.jsonl"
    path.write_bytes(b'\xef\xbb\xbf{"id": "a", "question": "b"}\n')
    assert load_questions(path)[0].id == "a"


def test_a_missing_file_is_not_found_and_a_binary_one_refused(tmp_path: Path) -> None:
    with pytest.raises(NotFound):
        load_questions(tmp_path / "none.jsonl")
    (tmp_path / "set.jsonl").write_bytes(b"\xff\xfe\x00\xd8")
    with pytest.raises(BadDocument):
        load_questions(tmp_path / "set.jsonl")


@given(st.text(max_size=60) | st.recursive(st.none() | st.integers() | st.text(), st.lists).map(json.dumps))
def test_any_line_is_a_question_or_a_named_refusal(line: str) -> None:
    try:
        questions = parse_questions([line])
    except BadDocument as refusal:
        reason = refusal.reason
    else:
        reason = questions[0].question
    assert reason


@given(st.text(min_size=1).filter(str.strip), st.lists(st.integers(min_value=1), max_size=4))
def test_what_is_written_is_read(words: str, pages: list[int]) -> None:
    line = json.dumps({"id": "x", "question": words, "gold_pages": pages})
    (question,) = parse_questions([line])
    assert (question.question, question.gold_pages) == (words.strip(), tuple(pages))
