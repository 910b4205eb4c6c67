"""Words, typing errors, acronyms and numbered things of a question."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.retrieval.glossary import definitions
from rag.retrieval.items import Item, items_in
from rag.retrieval.spelling import Speller
from rag.retrieval.words import content_words, joined_words, mostly_non_latin, plain, search_words, spelled_out

VOCABULARY = {
    "covariate": 20, "shift": 30, "internal": 10, "normalization": 40, "dimension": 12, "phenomenon": 3, "gradient": 50,
    "growth": 5, "rate": 60, "batch": 80, "norm": 9, "layer": 90, "lawyer": 1, "gain": 4, "capital": 2, "normalize": 5,
    "baseline": 30, "useful": 7, "usefully": 1,
}  # fmt: skip


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("coveriat", ("covariate",)), ("normalisation", ("normalization",)), ("dimention", ("dimension",)),
        ("gradeint", ("gradient",)), ("growthrate", ("growth", "rate")), ("batchnorm", ("batch", "norm")),
        ("usefull", ("useful",)),
    ],
)  # fmt: skip
def test_a_typing_error_is_mended_with_the_librarys_words(typed: str, meant: tuple[str, ...]):
    assert Speller(VOCABULARY).mend(typed) == meant


@pytest.mark.parametrize(
    "word", ["layer", "lawyer", "gan", "relu", "res50net", "normalizes", "normalized", "xylophone", "dashline"]
)
def test_known_short_numbered_and_strange_words_are_left_alone(word: str):
    assert Speller(VOCABULARY).mend(word) == ()


def test_content_words_keep_symbols_and_drop_function_words():
    assert content_words("What is V and S in GoogLeNet network?") == ("V", "S", "GoogLeNet", "network")
    assert content_words("k") == ("k",)
    assert content_words("what is a") == ("a",)
    assert content_words("what is it") == ()


def test_latex_is_read_as_words():
    assert content_words(plain(r"the role of $\mathbf{Y}^{N V}$ and $\gamma$")) == ("role", "Y", "N", "V", "gamma")


@given(st.text(max_size=200))
def test_searched_words_hold_nothing_but_letters_and_digits(text: str):
    assert all(word.isalnum() for word in search_words(text))


def test_mostly_another_script_is_noticed():
    assert mostly_non_latin("내부 공변량 변화 batch")
    assert not mostly_non_latin("what is γ in batch normalization")
    assert not mostly_non_latin("12 + 3")


@pytest.mark.parametrize(
    ("text", "items"),
    [
        ("what is equation 1", [Item("equation", "1")]),
        ("eq. (3) and Eqn 4", [Item("equation", "3"), Item("equation", "4")]),
        ("Figure 2a vs fig.3", [Item("figure", "2a"), Item("figure", "3")]),
        ("Table 4, table S", [Item("table", "4"), Item("table", "S")]),
        ("theorem 1, section 3.2 (app. A)", [Item("theorem", "1"), Item("section", "3.2")]),
        ("Algorithm 1 on page 5, p. 6", [Item("algorithm", "1"), Item("page", "5"), Item("page", "6")]),
        ("a table a day, page turner, configure 2", []),
        ("DROP TABLE papers; WHAT IS A PROPER DEFINITION, SECTS, FIGHT", []),
        ("THIS TABLE IS EMPTY, see TABLE II and TableA1", [Item("table", "II"), Item("table", "A1")]),
        ("AppendixB, Fig2, TABLE I", [Item("section", "B"), Item("figure", "2"), Item("table", "I")]),
    ],
)  # fmt: skip
def test_numbered_things_are_read(text: str, items: list[Item]):
    assert list(items_in(text)) == items


def test_acronyms_are_learned_where_papers_define_them():
    text = (
        "We use batch normalization (BN), a Region Proposal Network (RPN) and Convolutional Neural Networks (CNNs; 2)."
    )

    assert definitions([text]) == {
        "bn": "batch normalization", "rpn": "region proposal network", "cnn": "convolutional neural networks",
    }  # fmt: skip


def test_hyphenated_names_with_short_parts_are_looked_for_whole():
    assert joined_words("multi-head attention in R-CNN and GPT-4") == ("R-CNN", "GPT-4")


def test_short_forms_and_british_spellings_are_spelled_out():
    assert spelled_out(["conv", "normalisation", "depth"]) == (
        "conv", "convolution", "normalisation", "normalization", "depth",
    )  # fmt: skip


def test_a_word_of_its_own_is_no_error_of_another_that_begins_otherwise():
    assert Speller({"tested": 9, "network": 3}).mend("nested") == ()


@pytest.mark.parametrize("word", ["quote", "quoted", "Quotes", "later", "capital", "explaining"])
def test_a_common_english_word_is_no_error_though_it_stands_in_no_paper(word: str):
    assert Speller({"quite": 40, "layer": 90, "capita": 5, "exploring": 7}).mend(word) == ()


def test_slips_of_question_words_and_of_words_with_a_prefix_are_mended():
    speller = Speller({"inter": 9, "internal": 40, "covariate": 30, "shift": 50})
    typed = ["waht", "is", "interal", "covarite", "shfit"]
    assert [speller.mend(word) for word in typed] == [("what",), (), ("internal",), ("covariate",), ("shift",)]
    assert Speller({"wat": 3}).mend("wat") == ()
