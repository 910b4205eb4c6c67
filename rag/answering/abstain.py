"""The floor: below it nothing is answered. A small logistic model over what the best evidence shows.

Weights are calibrated (see ``WITH_MEANING``); until then they are set by hand.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from rag.answering.evidence import Scored, Wanted
from rag.answering.questions import Asks
from rag.answering.wording import is_there

FLOOR = 0.5
"""Probability from which a question counts as answered by the library."""


@dataclass(frozen=True, slots=True)
class Signs:
    """What the best evidence shows, each about 0 to 1. ``meaning`` is None without an embedder."""

    meaning: float | None  # best cosine of the chosen sentences to the question
    covered: float  # share of the question's weight in words, all chosen sentences together
    known: float  # share of the question's weight in words that the papers in scope hold at all
    rarest: float  # 1 when the chosen sentences hold the question's rarest word, else 0


def answers(wanted: Wanted, chosen: Sequence[Scored]) -> bool:
    """Whether the evidence stands above the floor.

    A question of one to three words gives meaning little to hold on to: it counts as answered when one sentence holds
    all of them.
    """
    if not chosen:
        return False
    if wanted.asked.kind is Asks.COMPARISON and len(wanted.others) > 1:
        return True  # the papers named are here, and each says something
    if wanted.asked.terse:
        return any(all(is_there(word, one.candidate.stems) for word in wanted.words) for one in chosen)
    return likelihood(signs(wanted, chosen)) >= FLOOR


def signs(wanted: Wanted, chosen: Sequence[Scored]) -> Signs:
    """Measure the evidence that would be shown."""
    stems = frozenset().union(*(s.candidate.stems for s in chosen)) if chosen else frozenset()
    weights = {word: wanted.rarity(word) for word in wanted.words}
    total = sum(weights.values()) or 1.0
    cosines = [s.meaning for s in chosen if s.meaning is not None]
    rarest = max(weights, key=lambda word: weights[word], default="")
    return Signs(
        meaning=max(cosines) if cosines else None,
        covered=sum(weight for word, weight in weights.items() if is_there(word, stems)) / total,
        known=sum(weight for word, weight in weights.items() if wanted.rarity.knows(word)) / total,
        rarest=float(is_there(rarest, stems)),
    )


def likelihood(seen: Signs) -> float:
    """Return the probability that evidence with these signs answers its question, 0 to 1."""
    if seen.meaning is None:
        x = -4.0 + 3.5 * seen.covered + 2.0 * seen.known + 1.0 * seen.rarest
    else:
        x = -5.0 + 5.0 * seen.meaning + 2.5 * seen.covered + 1.5 * seen.known + 0.7 * seen.rarest
    return 1 / (1 + math.exp(-x))
