from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.reading.mending import joined, plain, vocabulary

KNOWN = vocabulary(
    ["normalization helps the best-performing network", "state-of-the-art networks and fine-tuning of networks"]
)


def test_a_hyphenated_word_is_mended() -> None:
    assert joined("we use normal-", "ization often", KNOWN) == "we use normalization often"


def test_a_compound_keeps_its_hyphen() -> None:
    assert joined("the state-of-", "the-art result", KNOWN) == "the state-of-the-art result"
    assert joined("our best-", "performing network", KNOWN) == "our best-performing network"
    assert joined("by fine-", "tuning it", KNOWN) == "by fine-tuning it"


def test_an_unknown_word_is_joined() -> None:
    assert joined("the opti-", "mizer", Counter()) == "the optimizer"


def test_a_name_after_a_hyphen_keeps_it() -> None:
    assert joined("the Mask R-", "CNN model", Counter()) == "the Mask R-CNN model"
    assert joined("a long-", "Range", Counter()) == "a long-Range"


def test_capitals_divided_at_a_line_end_are_joined_where_the_paper_writes_them_so() -> None:
    known = Counter({"direct": 3, "bert-base": 4, "bert": 9, "base": 5})
    assert joined("prompting with DI-", "RECT answers", known) == "prompting with DIRECT answers"
    assert joined("the model BERT-", "Base is", known) == "the model BERT-Base is"


def test_two_words_of_the_paper_keep_the_hyphen_between_them() -> None:
    known = Counter({"batch": 9, "normalized": 4})
    assert joined("a batch-", "normalized network", known) == "a batch-normalized network"


def test_a_word_that_english_closes_is_closed() -> None:
    known = Counter({"more": 9, "over": 4})
    assert joined("and more-", "over it", known) == "and moreover it"


def test_lines_without_a_hyphen_get_one_space() -> None:
    assert joined("one line", "another", Counter()) == "one line another"
    assert joined("a minus −", "b", Counter()) == "a minus − b"


def test_a_url_broken_behind_a_slash_is_mended() -> None:
    assert (
        joined("at https://github.com/", "google-research/bert.", KNOWN)
        == "at https://github.com/google-research/bert."
    )
    assert joined("either/", "or", KNOWN) == "either/ or"


def test_halves_at_line_ends_are_no_words() -> None:
    assert "ization" not in vocabulary(["batch normal-", "ization layers"])
    assert "normal" not in vocabulary(["batch normal-", "ization layers"])


@pytest.mark.parametrize(
    ("printed", "meant"),
    [
        ("ﬁne eﬃcient ﬂow", "fine efficient flow"),
        ("Piotr Doll´ar", "Piotr Dollár"),
        ("Petar Veliˇckovi´c", "Petar Veličković"),
        (
            "D´epartement d’informatique et de recherche op´erationnelle",
            "Département d’informatique et de recherche opérationnelle",
        ),
        ("L´eon Bottou", "Léon Bottou"),
        ("´Eric", "Éric"),
        ("Schl¨uter", "Schlüter"),
        ("G¨ul¸cehre", "Gülçehre"),
        ("a\u202eb\u200bc", "abc"),
        ("non\u00adbreaking", "non-breaking"),
    ],
)
def test_ligatures_accents_and_marks_are_mended(printed: str, meant: str) -> None:
    assert plain(printed) == meant


def test_code_and_formulas_keep_their_signs() -> None:
    assert plain("run `make` twice") == "run `make` twice"
    assert plain("x ˆ y") == "x ˆ y"


@given(st.text())
def test_mending_never_fails_and_is_settled_after_one_pass_of_signs(text: str) -> None:
    mended = plain(text)
    assert not set(mended) & set("ﬀﬁﬂﬃﬄ\u200b\u00ad\x00")


@given(st.text(max_size=40), st.text(max_size=40))
def test_joining_loses_no_letter(before: str, after: str) -> None:
    whole = joined(before, after, KNOWN)
    assert [c for c in whole if c.isalnum()] == [c for c in before + after if c.isalnum()]


@given(st.from_regex(r"[a-z]{2,8}", fullmatch=True), st.from_regex(r"[a-z]{2,8}", fullmatch=True))
def test_a_word_the_paper_writes_whole_is_always_joined(first: str, second: str) -> None:
    assert joined(f"{first}-", second, Counter({first + second: 1})) == first + second


@given(st.from_regex(r"[a-z]{2,8}", fullmatch=True), st.from_regex(r"[a-z]{2,8}", fullmatch=True))
def test_a_compound_the_paper_writes_is_never_closed(first: str, second: str) -> None:
    assert joined(f"{first}-", second, Counter({f"{first}-{second}": 1})) == f"{first}-{second}"
