"""What the lexical index takes for a word, and that nothing typed is query syntax."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from rag.store.words import any_of, searched, words_of


def test_sizes_are_one_word_however_they_are_printed() -> None:
    assert words_of("3×3 and 3 × 3") == ["3x3", "and", "3x3"]
    assert searched("x × y") == "x × y"


def test_a_hyphenated_word_is_a_phrase() -> None:
    assert any_of(["R-CNN", "mask"]) == '"r cnn" OR "mask"'


@given(st.lists(st.text(max_size=40), max_size=5))
def test_a_query_is_quoted_letters_and_digits(words: list[str]) -> None:
    phrases = any_of(words).split(" OR ") if any_of(words) else []
    assert all(p[0] == p[-1] == '"' and p[1:-1].replace(" ", "").isalnum() for p in phrases)
