"""Citations are checked against the page by a code of their own."""

from __future__ import annotations

from dataclasses import replace

import pytest

from rag.domain.answer import Outcome, Sentence
from rag.evaluation.citations import judge_answer, stands, trust
from rag.evaluation.questions import Question
from tests.evaluation.samples import Shelf, answer, block, citation, paper

ONE = paper("one")
TWO = paper("two")
LIBRARY = Shelf(
    pages={
        "key:one": ["We de\ufb01ne the resid-\nual map as F(x) = H(x) - x.", "It is 3.57 % on the test set."],
        "key:two": ["Another paper.", "It is 3.57 % on the test set."],
    }
)
WEB = paper("web", pages=None)
WEB_LIBRARY = Shelf(blocks={"key:web": [block("First part.", ("1 A",)), block("Second part.", ("2 B",))]})


@pytest.mark.parametrize(
    "text", ["We define the residual map", "residual map as F(x) = H(x) - x.", "re\ufb01ne".replace("r", "d")]
)
def test_line_breaks_hyphens_and_ligatures_do_not_unmake_a_quote(text: str) -> None:
    assert stands(citation(ONE, text, 1), LIBRARY)


@pytest.mark.parametrize(
    ("text", "page"),
    [
        ("We define the residual map", 2),  # another page
        ("we define the residual map", 1),  # another case
        ("It is 3.75 % on the test set.", 2),  # other digits
        ("residual map F(x)", 1),  # a word left out
        ("", 1),
        (" - ", 1),
        ("We define the residual map", None),  # no page, where there are pages
        ("We define the residual map", 3),  # a page that is not there
    ],
)
def test_what_is_not_on_the_page_does_not_stand(text: str, page: int | None) -> None:
    assert not stands(citation(ONE, text, page), LIBRARY)


def test_without_pages_a_quote_stands_in_its_section_only() -> None:
    assert stands(citation(WEB, "Second part.", None, section=("2 B",)), WEB_LIBRARY)
    assert not stands(citation(WEB, "Second part.", None, section=("1 A",)), WEB_LIBRARY)


def test_a_passage_of_another_paper_does_not_stand() -> None:
    crossed = replace(citation(ONE, "It is 3.57 %", 2), passage=citation(TWO, "It is 3.57 %", 2).passage)
    assert not stands(crossed, LIBRARY)


def test_a_citation_on_a_gold_page_counts_only_in_the_right_paper() -> None:
    question = Question("q", "?", paper="one", gold_pages=(2,))
    right = judge_answer(question, answer(citation(ONE, "3.57 %", 2)), LIBRARY, gold_keys=("key:one",))
    wrong = judge_answer(question, answer(citation(TWO, "3.57 %", 2)), LIBRARY, gold_keys=("key:one",))
    assert (right.on_page, right.first_on_page, right.verified) == (True, True, 1)
    assert (wrong.on_page, wrong.first_on_page, wrong.verified) == (False, False, 1)


def test_the_first_citation_is_told_from_the_others() -> None:
    question = Question("q", "?", gold_papers=("two",), gold_pages=(2,))
    cited = answer(citation(ONE, "3.57 %", 2), citation(TWO, "3.57 %", 2, number=2))
    asked = judge_answer(question, cited, LIBRARY, gold_keys=("key:two",))
    assert (asked.on_page, asked.first_on_page) == (True, False)
    assert (asked.right_paper, asked.first_right_paper) == (True, False)


def test_a_sentence_without_its_citation_is_counted() -> None:
    given = answer(citation(ONE, "3.57 %", 2))
    bare = replace(given, sentences=(*given.sentences, Sentence("Says who?", ()), Sentence("Them.", (7,))))
    assert judge_answer(Question("q", "?"), bare, LIBRARY, gold_keys=None).uncited_sentences == 2


def test_the_sums_of_a_set_by_hand() -> None:
    """Three answerable (one refused), two unanswerable (one refused); three citations, two of them stand."""
    good = Question("a", "?", paper="one", gold_pages=(2,))
    off = Question("b", "?", paper="one", gold_pages=(1,))
    refused = answer(outcome=Outcome.NOT_FOUND)
    keys = ("key:one",)
    asked = [
        judge_answer(good, answer(citation(ONE, "3.57 %", 2)), LIBRARY, gold_keys=keys),
        judge_answer(off, answer(citation(ONE, "3.57 %", 2)), LIBRARY, gold_keys=keys),
        judge_answer(Question("c", "?", paper="one", gold_pages=(1,)), refused, LIBRARY, gold_keys=keys),
        judge_answer(Question("d", "?", answerable=False), refused, LIBRARY, gold_keys=None),
        judge_answer(
            Question("e", "?", answerable=False), answer(citation(ONE, "made up", 1)), LIBRARY, gold_keys=None
        ),
    ]
    summed = trust(asked)
    assert (summed.asked, summed.answered, summed.citations) == (5, 3, 3)
    assert summed.verified == pytest.approx(2 / 3)
    assert (summed.page_accuracy, summed.first_page_accuracy) == (0.5, 0.5)
    assert summed.false_refusals == pytest.approx(1 / 3)
    assert summed.abstentions == 0.5
    assert summed.right_paper is None


def test_citations_on_a_refusal_are_counted() -> None:
    loud = answer(citation(ONE, "3.57 %", 2), outcome=Outcome.NOT_FOUND)
    assert trust([judge_answer(Question("q", "?"), loud, LIBRARY, gold_keys=None)]).citations_on_refusals == 1


def test_nothing_asked_is_unknown_not_zero() -> None:
    assert trust([]).verified is None
    assert trust([]).false_refusals is None
