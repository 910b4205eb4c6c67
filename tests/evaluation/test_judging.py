"""Gold is recognised in passages, however it was cut and printed."""

from __future__ import annotations

from rag.domain.paper import Paper, SourceKind
from rag.domain.passage import Hit, Passage
from rag.domain.reading import Kind
from rag.evaluation.judging import gold_of, holds, judged
from rag.evaluation.questions import Question
from tests.evaluation.samples import NOW

WORDS = list("abcdefghijklmnopqrst")


def passage(
    name: str, text: str, *, paper: str = "p", pages: tuple[int, int] | None = None, ordinal: int = 0
) -> Passage:
    first, last = pages or (None, None)
    return Passage(name, paper, ordinal, Kind.TEXT, text, first_page=first, last_page=last)


def test_a_sentence_within_a_longer_passage_is_held() -> None:
    assert holds("Before it. The loss is the sum of both terms. After it.", "The loss is the sum of both terms.")


def test_a_passage_within_a_longer_gold_paragraph_holds_its_part() -> None:
    assert holds("the loss is the sum of both terms", "First. The loss is the sum of both terms. And more " * 3)


def test_case_ligatures_and_punctuation_do_not_matter() -> None:
    assert holds("The e\ufb03cient, \u201cfinal\u201d layer", "the efficient final layer")


def test_the_same_words_in_another_order_are_not_held() -> None:
    assert not holds(" ".join(reversed(WORDS)), " ".join(WORDS))


def test_gold_cut_in_the_middle_counts_for_the_larger_part_only() -> None:
    gold = " ".join(WORDS)
    before, after = " ".join(["x"] * 30 + WORDS[:12]), " ".join(WORDS[12:] + ["y"] * 30)
    assert holds(before, gold)
    assert not holds(after, gold)


def test_a_heading_sized_passage_does_not_stand_for_a_paragraph() -> None:
    assert not holds("The loss", "The loss is the sum of both terms and so on and on")


def test_a_short_gold_needs_all_of_itself() -> None:
    assert holds("it reaches 89 0 on the test", "89.0")
    assert not holds("it reaches 89 9 on the test", "89.0")


def test_nothing_holds_nothing() -> None:
    assert not holds("", "gold")
    assert not holds("passage", "...")


def test_text_decides_within_the_gold_pages() -> None:
    passages = [
        passage("here", "the sum of both terms is the loss", pages=(2, 3)),
        passage("there", "the sum of both terms is the loss", pages=(8, 8)),
        passage("beside", "something else entirely stands here now", pages=(3, 3)),
    ]
    question = Question("q", "?", gold_pages=(3,), gold_texts=("The sum of both terms is the loss.",))
    gold = gold_of(question, passages, paper_keys=("p",))
    assert gold.passages == {"here": frozenset({0})}
    assert (gold.pieces, gold.missing) == (1, 0)


def test_pages_alone_make_each_page_a_piece() -> None:
    passages = [passage("a", "x", pages=(1, 2)), passage("b", "y", pages=(2, 2)), passage("c", "z", pages=(3, 3))]
    gold = gold_of(Question("q", "?", gold_pages=(1, 2)), passages, paper_keys=None)
    assert gold.passages == {"a": frozenset({0, 1}), "b": frozenset({1})}
    assert gold.pieces == 2


def test_gold_of_another_paper_does_not_count() -> None:
    passages = [passage("a", "x", paper="p"), passage("b", "y", paper="other")]
    gold = gold_of(Question("q", "?", gold_papers=("p",)), passages, paper_keys=("p",))
    assert set(gold.passages) == {"a"}


def test_gold_in_no_passage_is_missing_and_not_judgeable() -> None:
    gold = gold_of(Question("q", "?", gold_texts=("never said anywhere",)), [passage("a", "x")], paper_keys=None)
    assert (gold.missing, gold.pieces, gold.judgeable) == (1, 0, False)


def test_a_result_is_judged_rank_by_rank() -> None:
    passages = [passage("a", "x", pages=(1, 1)), passage("b", "y", pages=(2, 2))]
    gold = gold_of(Question("q", "?", gold_pages=(2,)), passages, paper_keys=None)
    paper = Paper("p", "p", "P", SourceKind.PDF, "", NOW)
    ranking = judged([Hit(1, 2.0, passages[0], paper), Hit(2, 1.0, passages[1], paper)], gold)
    assert ranking.found == (frozenset(), frozenset({0}))
    assert (ranking.pieces, ranking.relevant) == (1, 1)
