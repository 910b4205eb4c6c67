"""A floor is drawn where the data say."""

from __future__ import annotations

import pytest

from rag.domain.passage import Hit, Passage, Scope
from rag.domain.reading import Kind
from rag.evaluation.calibration import Scored, best_scores, curve, floor, scores
from rag.evaluation.questions import Question
from tests.evaluation.samples import paper


def scored(good: list[float], bad: list[float]) -> list[Scored]:
    return [Scored(f"g{v}", True, {"dense": v}) for v in good] + [Scored(f"b{v}", False, {"dense": v}) for v in bad]


def test_a_floor_turns_away_no_more_answerable_questions_than_allowed() -> None:
    """Twenty answerable: 5 % is one, so the floor is the second lowest, 0.31; 0.1 and 0.2 fall below it."""
    drawn = floor(scored([0.30 + n / 100 for n in range(20)], [0.1, 0.2, 0.4, 0.45]), "dense")
    assert drawn.value == pytest.approx(0.31)
    assert (drawn.false_refusals, drawn.abstentions) == (0.05, 0.5)


def test_the_area_by_hand() -> None:
    """Pairs (0.5, 0.4), (0.5, 0.5), (0.9, 0.4), (0.9, 0.5): 1 + half + 1 + 1 of 4."""
    assert floor(scored([0.5, 0.9], [0.4, 0.5]), "dense").area == 0.875


def test_a_signal_that_was_not_seen_is_the_lowest() -> None:
    rows = [Scored("g", True, {"dense": 0.2}), Scored("b", False, {})]
    assert floor(rows, "dense").abstentions == 1.0


def test_one_sort_of_question_draws_no_floor() -> None:
    with pytest.raises(ValueError, match="answerable and unanswerable"):
        floor(scored([0.5], []), "dense")


def test_the_curve_names_every_choice() -> None:
    assert curve(scored([0.5, 0.9], [0.4]), "dense") == ((0.4, 0.0, 0.0), (0.5, 0.0, 1.0), (0.9, 0.5, 1.0))


class OneHit:
    def search(self, query: str, scope: Scope, limit: int) -> list[Hit]:
        passage = Passage("p", "key:one", 0, Kind.TEXT, query)
        return [Hit(1, 2.0, passage, paper("one"), dense=0.3, lexical=None)][:limit]


def test_each_question_keeps_its_best_signals() -> None:
    kept = scores(OneHit(), [Question("q", "why?", answerable=False)], lambda _q: Scope("g"))
    assert kept == (Scored("q", False, {"score": 2.0, "dense": 0.3, "dense of three": 0.3}),)
    assert best_scores([]) == {}
