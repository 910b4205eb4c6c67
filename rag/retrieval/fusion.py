"""Scores of two searches made one."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from statistics import fmean

LEXICAL_WEIGHT = 0.5
"""Share of BM25 in the sum; cosine has the rest. Folds of QASPER by paper choose 0.3 to 0.5 (measured 2026-11-21)."""

PAPER_BONUS = 0.2
"""What a passage gains for each standard deviation that its paper's best passages stand above the mean."""

BEST_OF_PAPER = 3
"""A paper is as good as the mean of this many best passages."""


QUOTA_SLACK = 0.6
"""How much worse, in fused z-scores, a passage of another paper may be and still take a place beyond the quota."""


def fused(
    lexical: Mapping[str, float], dense: Mapping[str, float | None], *, weight: float = LEXICAL_WEIGHT
) -> dict[str, float]:
    """Return ``weight * z(BM25) + (1 - weight) * z(cosine)`` for every id that either search saw.

    z is (score - mean) / standard deviation over all the ids. An id without BM25 has none of the words: it gets 0.
    An id whose cosine is None or missing has no vector yet: its z is 0, neither praise nor blame. One empty side
    leaves the other alone.
    """
    ids = list(dict.fromkeys([*lexical, *dense]))
    words = z_scores({i: lexical.get(i, 0.0) for i in ids}) if lexical else {}
    sense = z_scores({i: score for i in ids if (score := dense.get(i)) is not None})
    if not sense:
        return words
    if not words:
        return {i: sense.get(i, 0.0) for i in ids}
    return {i: weight * words[i] + (1 - weight) * sense.get(i, 0.0) for i in ids}


def z_scores(scores: Mapping[str, float]) -> dict[str, float]:
    """Return scores with mean 0 and standard deviation 1; all 0 when they are equal."""
    if not scores:
        return {}
    mean = fmean(scores.values())
    spread = math.sqrt(fmean([(score - mean) ** 2 for score in scores.values()]))
    return {i: (score - mean) / spread if spread > 1e-12 else 0.0 for i, score in scores.items()}


def with_paper_bonus(
    scores: Mapping[str, float], papers: Mapping[str, str], *, bonus: float = PAPER_BONUS
) -> dict[str, float]:
    """Return scores raised for papers with several good passages; ``papers`` names the paper of each id."""
    by_paper: dict[str, list[float]] = defaultdict(list)
    for i, score in scores.items():
        by_paper[papers[i]].append(score)
    if len(by_paper) < 2:
        return dict(scores)
    best = {paper: fmean(sorted(held, reverse=True)[:BEST_OF_PAPER]) for paper, held in by_paper.items()}
    above = z_scores(best)
    return {i: score + bonus * above[papers[i]] for i, score in scores.items()}


def with_quota(
    scores: Mapping[str, float], papers: Mapping[str, str], *, limit: int, quota: int, slack: float = QUOTA_SLACK
) -> list[str]:
    """Return the first ``limit`` ids, best first, with more than ``quota`` of one paper only where that is earned.

    A passage beyond the quota gives way to one of a paper that still has room when that one's score is at most
    ``slack`` lower; places that nobody fills so go to those that gave way.
    """
    ranked = sorted(scores, key=lambda i: -scores[i])
    chosen: list[str] = []
    held: dict[str, int] = defaultdict(int)
    while ranked and len(chosen) < limit:
        best = ranked[0]
        rival = next((i for i in ranked if held[papers[i]] < quota), None)
        taken = rival if rival is not None and scores[best] - scores[rival] <= slack else best
        ranked.remove(taken)
        held[papers[taken]] += 1
        chosen.append(taken)
    return sorted(chosen, key=lambda i: -scores[i])


def balanced(ranked: Sequence[str], papers: Mapping[str, str], *, between: Sequence[str], limit: int) -> list[str]:
    """Return ``limit`` ids in which the papers of ``between`` take turns, each best first; others fill what is left.

    A turn goes to the paper whose next passage stands higher, as long as no paper is more than one ahead.
    """
    queues = {paper: [i for i in ranked if papers[i] == paper] for paper in between}
    chosen: list[str] = []
    for turn in range(limit):
        row = [queue[turn] for queue in queues.values() if turn < len(queue)]
        chosen.extend(sorted(row, key=ranked.index))
    named = set(chosen)
    return [*chosen, *(i for i in ranked if i not in named)][:limit]
