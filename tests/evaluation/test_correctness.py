"""Correctness is measured by words against what people answered, and stands beside what the citations are worth."""

from __future__ import annotations

from dataclasses import replace

import pytest

from rag.domain.answer import Outcome, Sentence
from rag.evaluation.citations import judge_answer, trust
from rag.evaluation.correctness import correctness
from rag.evaluation.questions import Question, parse_questions
from rag.evaluation.run import drawn
from rag.evaluation.shared_sets import EvaluationSet
from tests.evaluation.samples import Shelf, answer, citation, paper

ONE = paper("one")
QUOTE = "The network has 34 layers and a dropout rate of 0.1."
LIBRARY = Shelf(pages={"key:one": [QUOTE]})


def test_a_quoted_answer_is_compared_by_its_quotes_not_by_our_words_around_them() -> None:
    quoted = replace(answer(citation(ONE, QUOTE, 1)), text="One (p. 1): “…”", outcome=Outcome.QUOTED)
    found = correctness(quoted, ["34 layers, dropout 0.1"])
    assert found is not None
    assert (found.recall, found.numbers) == (1.0, 1.0)
    assert found.f1 == pytest.approx(2 * (4 / 9) / (1 + 4 / 9))  # 4 of its 9 words, articles not counted


def test_a_models_answer_is_compared_by_its_sentences() -> None:
    cited = answer(citation(ONE, QUOTE, 1))
    written = replace(cited, outcome=Outcome.GROUNDED, sentences=(Sentence("It has 34 layers.", (1,)),))
    found = correctness(written, ["34 layers"])
    assert found is not None
    assert found.f1 == pytest.approx(2 / 3)


def test_of_several_answers_by_people_the_best_fitting_counts() -> None:
    quoted = replace(answer(citation(ONE, QUOTE, 1)), outcome=Outcome.QUOTED)
    assert correctness(quoted, ["bananas", "34 layers"]) == correctness(quoted, ["34 layers"])
    assert correctness(quoted, []) is None
    assert correctness(quoted, ["…"]) is None


def test_a_wrong_number_is_seen_and_a_gold_without_numbers_has_none() -> None:
    quoted = replace(answer(citation(ONE, QUOTE, 1)), outcome=Outcome.QUOTED)
    wrong, none = correctness(quoted, ["50 layers and 0.1"]), correctness(quoted, ["dropout"])
    assert wrong is not None
    assert none is not None
    assert (wrong.numbers, none.numbers) == (0.5, None)


def test_latex_of_the_gold_does_not_count_as_words() -> None:
    quoted = replace(answer(citation(ONE, "The matrix Y N V is built from timestamps.", 1)), outcome=Outcome.QUOTED)
    found = correctness(quoted, [r"$\mathbf{Y}^{N V}$ timestamps"])
    assert found is not None
    assert found.recall == 1.0


def test_a_refusal_is_worth_nothing_where_an_answer_was_there() -> None:
    question = Question("q", "how many layers?", answers=("34",))
    right = judge_answer(question, replace(answer(citation(ONE, QUOTE, 1))), LIBRARY, gold_keys=None)
    refused = judge_answer(question, replace(answer(), outcome=Outcome.NOT_FOUND), LIBRARY, gold_keys=None)
    summed = trust([right, refused])
    assert (summed.recall, summed.with_answers, summed.verified) == (0.5, 2, 1.0)


def test_sentences_that_were_shown_as_weak_are_counted_of_a_models_answers_only() -> None:
    question = Question("q", "how many layers?")
    sentences = (Sentence("It has 34 layers.", (1,)), Sentence("It is the best.", (1,), weak=True))
    written = replace(answer(citation(ONE, QUOTE, 1)), outcome=Outcome.GROUNDED, sentences=sentences)
    quoted = replace(answer(citation(ONE, QUOTE, 1)), outcome=Outcome.QUOTED)
    judged = [judge_answer(question, one, LIBRARY, gold_keys=None) for one in (written, quoted)]
    summed = trust(judged)
    assert (summed.by_model, summed.answered, summed.weak) == (1, 2, 0.5)


def test_a_question_file_may_say_what_people_answered() -> None:
    (question,) = parse_questions(['{"id": "1", "question": "how many?", "answers": ["34", "thirty-four"]}'])
    assert question.answers == ("34", "thirty-four")


def test_a_draw_of_a_set_is_the_same_each_time_and_keeps_its_order() -> None:
    whole = EvaluationSet("s", "s", (), tuple(Question(str(n), "?") for n in range(50)))
    some = drawn(whole, 10)
    assert some == drawn(whole, 10)
    assert [int(q.id) for q in some.questions] == sorted(int(q.id) for q in some.questions)
    assert len(some.questions) == 10
    assert drawn(whole, 60) is whole
    assert drawn(whole, None) is whole
