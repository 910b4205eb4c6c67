"""The measures give the values that a hand gives."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.evaluation.measures import (
    Quality,
    Ranking,
    mean_quality,
    ndcg,
    paired_difference,
    quality,
    recall,
    reciprocal_rank,
)

NOTHING = frozenset[int]()
FIRST = frozenset({0})
SECOND = frozenset({1})


def test_one_piece_at_rank_three() -> None:
    """DCG = 1 / log2(4) = 0.5, the best possible is 1 / log2(2) = 1."""
    measured = quality(Ranking(found=(NOTHING, NOTHING, FIRST), pieces=1, relevant=1))
    assert measured == Quality(recall_5=1.0, recall_10=1.0, ndcg_10=0.5, mrr_10=pytest.approx(1 / 3))


def test_two_pieces_at_ranks_two_and_seven() -> None:
    """DCG = 1/log2(3) + 1/log2(8) = 0.63093 + 0.33333; ideal = 1 + 0.63093; 0.96426 / 1.63093 = 0.59124."""
    found = (NOTHING, FIRST, NOTHING, NOTHING, NOTHING, NOTHING, SECOND, NOTHING, NOTHING, NOTHING)
    measured = quality(Ranking(found=found, pieces=2, relevant=2))
    assert measured.recall_5 == 0.5
    assert measured.recall_10 == 1.0
    assert measured.mrr_10 == 0.5
    assert measured.ndcg_10 == pytest.approx(0.59124, abs=5e-6)


def test_a_piece_found_twice_counts_once_for_recall_and_twice_for_ndcg() -> None:
    """Three passages hold the one piece: ideal = 1 + 0.63093 + 0.5 = 2.13093; found at 1 and 3: 1.5; 0.70392."""
    ranking = Ranking(found=(FIRST, NOTHING, FIRST), pieces=1, relevant=3)
    assert recall(ranking, 5) == 1.0
    assert ndcg(ranking) == pytest.approx(0.70392, abs=5e-6)


def test_the_eleventh_rank_does_not_count() -> None:
    ranking = Ranking(found=(*([NOTHING] * 10), FIRST), pieces=1, relevant=1)
    assert quality(ranking) == Quality(0.0, 0.0, 0.0, 0.0)


def test_the_sixth_rank_counts_for_recall_10_only() -> None:
    ranking = Ranking(found=(*([NOTHING] * 5), FIRST), pieces=1, relevant=1)
    assert (recall(ranking, 5), recall(ranking, 10)) == (0.0, 1.0)


def test_more_than_ten_relevant_passages_can_still_score_one() -> None:
    assert ndcg(Ranking(found=(FIRST,) * 10, pieces=1, relevant=40)) == pytest.approx(1.0)


def test_nothing_found_and_nothing_to_find_score_zero() -> None:
    assert quality(Ranking(found=(), pieces=0, relevant=0)) == Quality(0.0, 0.0, 0.0, 0.0)
    assert reciprocal_rank(Ranking(found=(), pieces=1, relevant=1)) == 0.0


def test_means_are_over_questions() -> None:
    assert mean_quality([Quality(1, 1, 1, 1), Quality(0, 1, 0.5, 0.25)]) == Quality(0.5, 1.0, 0.75, 0.625)
    assert mean_quality([]) == Quality(0.0, 0.0, 0.0, 0.0)


def test_a_constant_difference_has_an_interval_of_no_width() -> None:
    difference = paired_difference([0.75, 0.5, 1.0], [0.5, 0.25, 0.75])
    assert (difference.mean, difference.low, difference.high) == (0.25, 0.25, 0.25)
    assert difference.clear


def test_the_interval_is_near_the_normal_one() -> None:
    """100 differences, half 1 and half 0: mean 0.5, standard error 0.05, so about 0.402 to 0.598."""
    difference = paired_difference([1.0, 0.0] * 50, [0.0] * 100)
    assert difference.mean == 0.5
    assert difference.low == pytest.approx(0.402, abs=0.015)
    assert difference.high == pytest.approx(0.598, abs=0.015)


def test_noise_is_not_clear_and_the_same_seed_repeats() -> None:
    ours, theirs = [0.0, 1.0, 0.0, 1.0, 0.4], [1.0, 0.0, 1.0, 0.0, 0.3]
    assert not paired_difference(ours, theirs).clear
    assert paired_difference(ours, theirs, seed=3) == paired_difference(ours, theirs, seed=3)


def test_unpaired_values_are_refused() -> None:
    with pytest.raises(ValueError, match="cannot be paired"):
        paired_difference([1.0], [])


@given(st.lists(st.booleans(), max_size=15))
def test_every_measure_lies_between_zero_and_one(gains: list[bool]) -> None:
    found = tuple(FIRST if gain else NOTHING for gain in gains)
    measured = quality(Ranking(found=found, pieces=1, relevant=max(1, sum(gains))))
    for value in (measured.recall_5, measured.recall_10, measured.ndcg_10, measured.mrr_10):
        assert 0.0 <= value <= 1.0
