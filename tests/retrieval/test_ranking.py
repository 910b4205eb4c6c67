"""Scores of two searches made one, and what texts and neighbours add."""

import pytest

from rag.domain.passage import Passage
from rag.domain.reading import Kind
from rag.retrieval.context import NEIGHBOUR_WEIGHT, PARTS_LIFTED, PARTS_LIFTED_FOR_VALUES, with_context
from rag.retrieval.fusion import balanced, fused, with_paper_bonus, z_scores
from rag.retrieval.signals import TextReader, stem, wants_value


def a_passage(ordinal: int, text: str = "", label: str | None = None, paper: str = "p") -> Passage:
    return Passage(f"{paper}{ordinal}", paper, ordinal, Kind.TEXT, text, ("2 Growth rate",), label)


def test_z_scores_have_mean_zero_and_spread_one():
    assert z_scores({"a": 1.0, "b": 3.0}) == {"a": -1.0, "b": 1.0}
    assert z_scores({"a": 2.0, "b": 2.0}) == {"a": 0.0, "b": 0.0}
    assert z_scores({}) == {}


def test_fusion_adds_weighted_z_scores_and_reads_no_word_as_zero():
    both = fused({"a": 4.0}, {"a": 0.2, "b": 0.8}, weight=0.25)

    assert both == pytest.approx({"a": 0.25 * 1 + 0.75 * -1, "b": 0.25 * -1 + 0.75 * 1})


def test_a_missing_vector_is_neither_praise_nor_blame():
    scores = fused({"a": 1.0, "b": 1.0, "c": 1.0}, {"a": 0.1, "b": 0.9, "c": None})

    assert scores["a"] < scores["c"] < scores["b"]


def test_one_empty_search_leaves_the_other_alone():
    assert fused({"a": 1.0, "b": 3.0}, {}) == {"a": -1.0, "b": 1.0}
    assert fused({}, {"a": 0.1, "b": 0.3}) == pytest.approx({"a": -1.0, "b": 1.0})
    assert fused({}, {}) == {}


def test_a_paper_with_several_good_passages_gains():
    scores = {"a1": 1.0, "a2": 1.0, "b1": 1.0, "b2": -1.0}
    raised = with_paper_bonus(scores, {i: i[0] for i in scores}, bonus=0.5)

    assert raised["a1"] == 1.5
    assert raised["b1"] == 0.5
    assert with_paper_bonus({"a1": 1.0}, {"a1": "a"}) == {"a1": 1.0}


def test_papers_compared_take_turns_until_one_runs_out():
    papers = {"a1": "a", "a2": "a", "a3": "a", "b1": "b", "c1": "c"}

    assert balanced(["c1", "a1", "a2", "a3", "b1"], papers, between=("a", "b"), limit=5) == [
        "a1",
        "b1",
        "a2",
        "a3",
        "c1",
    ]


def test_neighbours_lend_a_share():
    passages = {p.passage_id: p for p in (a_passage(0), a_passage(1), a_passage(5))}

    lent = with_context({"p0": 0.0, "p1": 2.0, "p5": 0.0}, passages)
    assert lent == {"p0": 2.0 * NEIGHBOUR_WEIGHT, "p1": 2.0, "p5": 0.0}


@pytest.mark.parametrize("lifted", [PARTS_LIFTED, PARTS_LIFTED_FOR_VALUES])
def test_rows_of_a_long_table_rise_with_its_caption_but_not_all_of_them(lifted: int):
    passages = {f"p{n}": a_passage(n * 2, label="Table 1") for n in range(6)}
    scores = {"p0": 4.0} | {f"p{n}": 1.0 - n / 10 for n in range(1, 6)}

    lent = with_context(scores, passages, lifted=lifted)
    assert [i for i in scores if lent[i] > scores[i]] == [f"p{n}" for n in range(1, lifted)]
    assert max(lent, key=lambda i: lent[i]) == "p0"


def test_texts_are_read_for_words_phrases_and_headings():
    passages = {p.passage_id: p for p in (
        a_passage(0, "The growth rate k is small."), a_passage(1, "The rate of the growth."), a_passage(2, "Nothing."),
    )}  # fmt: skip

    read = TextReader().signals("what is the growth rate", passages, frequency={"growth": 2, "rat": 2}, total=3)
    assert (read["p0"].coverage, read["p0"].phrases) == (1.0, 1.0)
    assert (read["p1"].coverage, read["p1"].phrases) == (1.0, 0.0)
    assert (read["p2"].coverage, read["p2"].section) == (0.0, 1.0)


def test_words_together_in_one_sentence_are_told_from_words_all_over_a_passage():
    passages = {p.passage_id: p for p in (
        a_passage(0, "The growth is slow. It has a rate."), a_passage(1, "It is slow. The growth has a rate."),
    )}  # fmt: skip

    read = TextReader().signals("growth and rate", passages, frequency={"growth": 2, "rat": 2}, total=4)
    assert (read["p0"].coverage, read["p0"].sentence) == (1.0, 0.5)
    assert (read["p1"].coverage, read["p1"].sentence) == (1.0, 1.0)


def test_stems_join_the_forms_of_a_word():
    assert stem("shifts") == stem("shifted") == stem("Shifting") == "shift"
    assert stem("k") == "k"


@pytest.mark.parametrize(
    ("question", "expected"), [("what accuracy does it reach", True), ("what is whitening", False)]
)
def test_questions_for_values_are_recognised(question: str, expected: bool):
    assert wants_value(question) is expected
