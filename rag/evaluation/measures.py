"""How good a ranked list is, for one question and over a set. Gains are binary."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

RANKS = 10  # what a person scans, and the depth the field reports (BEIR: nDCG@10)
RESAMPLES = 10_000  # so that the bounds do not move in the second decimal from seed to seed


@dataclass(frozen=True, slots=True)
class Ranking:
    """One question's result, judged: ``found[i]`` are the pieces of gold that the passage at rank i + 1 holds.

    ``pieces`` is how many pieces of gold there are, ``relevant`` how many passages of the library hold any.
    """

    found: tuple[frozenset[int], ...]
    pieces: int
    relevant: int


@dataclass(frozen=True, slots=True)
class Quality:
    """Ranking measures of one question, or their means over a set."""

    recall_5: float
    recall_10: float
    ndcg_10: float
    mrr_10: float


@dataclass(frozen=True, slots=True)
class Difference:
    """Mean paired difference of a measure and its 95 % bootstrap interval. ``clear``: the interval excludes 0."""

    mean: float
    low: float
    high: float

    @property
    def clear(self) -> bool:
        """Whether chance in the choice of questions is an unlikely explanation."""
        return self.low > 0 or self.high < 0


def quality(ranking: Ranking) -> Quality:
    """Measure one judged ranking."""
    return Quality(
        recall_5=recall(ranking, 5),
        recall_10=recall(ranking, 10),
        ndcg_10=ndcg(ranking),
        mrr_10=reciprocal_rank(ranking),
    )


def recall(ranking: Ranking, depth: int) -> float:
    """Return the share of the pieces of gold that the first ``depth`` passages hold.

    Over pieces of gold, not over passages, so that it does not depend on how finely a paper is cut
    (nugget recall: Voorhees, TREC 2003 question answering track). With one piece it is success@depth.
    """
    if ranking.pieces == 0:
        return 0.0
    return len(frozenset().union(*ranking.found[:depth])) / ranking.pieces


def ndcg(ranking: Ranking, depth: int = RANKS) -> float:
    """Return DCG over the best DCG possible, with gain 1 for a passage that holds gold, and 1 / log2(rank + 1).

    Järvelin and Kekäläinen, "Cumulated gain-based evaluation of IR techniques", ACM TOIS 20(4), 2002, with the
    discount that trec_eval and BEIR use.
    """
    ideal = sum(1 / math.log2(rank + 1) for rank in range(1, min(ranking.relevant, depth) + 1))
    gained = sum(1 / math.log2(rank + 1) for rank, pieces in enumerate(ranking.found[:depth], start=1) if pieces)
    return gained / ideal if ideal else 0.0


def reciprocal_rank(ranking: Ranking, depth: int = RANKS) -> float:
    """Return 1 / rank of the first passage that holds gold, 0 when none does within ``depth``.

    Its mean is MRR (Voorhees, TREC-8 question answering track, 1999).
    """
    return next((1 / rank for rank, pieces in enumerate(ranking.found[:depth], start=1) if pieces), 0.0)


def mean_quality(qualities: Collection[Quality]) -> Quality:
    """Return the mean of each measure over questions; zeros for none."""
    if not qualities:
        return Quality(0.0, 0.0, 0.0, 0.0)
    return Quality(
        recall_5=_mean([q.recall_5 for q in qualities]),
        recall_10=_mean([q.recall_10 for q in qualities]),
        ndcg_10=_mean([q.ndcg_10 for q in qualities]),
        mrr_10=_mean([q.mrr_10 for q in qualities]),
    )


def paired_difference(ours: Sequence[float], theirs: Sequence[float], *, seed: int = 0) -> Difference:
    """Return the mean of ours - theirs, question by question, with its 95 % percentile bootstrap interval.

    Questions are drawn with replacement (Efron and Tibshirani, "An Introduction to the Bootstrap", 1993, chapter 13;
    for retrieval: Sakai, SIGIR 2006). The same seed gives the same interval. Raises ValueError on unequal lengths.
    """
    if len(ours) != len(theirs):
        message = f"{len(ours)} values cannot be paired with {len(theirs)}"
        raise ValueError(message)
    if not ours:
        return Difference(0.0, 0.0, 0.0)
    differences = np.asarray(ours, dtype=np.float64) - np.asarray(theirs, dtype=np.float64)
    chance = np.random.default_rng(seed)
    means = np.asarray(
        [differences[chance.integers(0, len(differences), len(differences))].mean() for _ in range(RESAMPLES)]
    )
    low, high = np.percentile(means, [2.5, 97.5])
    return Difference(float(differences.mean()), float(low), float(high))


def _mean(values: Sequence[float]) -> float:
    return math.fsum(values) / len(values)
