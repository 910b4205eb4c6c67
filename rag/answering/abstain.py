"""The floor: below it nothing is answered. A logistic model of five numbers that anybody can recompute.

Calibrated on 2026-11-21 with MiniLM (float32); see :data:`WITH_MEANING` for the data and the rates.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from rag.answering.evidence import Scored, Wanted
from rag.answering.questions import Asks
from rag.answering.wording import is_there, share_covered, stems_of, words_in
from rag.domain.passage import Hit

TERSE_SHARE, TERSE_SHARE_NAMED = 0.7, 0.5
"""A catchword is answered by a sentence that holds this share of its weight; less is asked when the paper is named."""
NAMED = 1.0
"""What naming the paper adds: who names a paper has seen it. Set by hand; the sets would have it at 2.8."""


@dataclass(frozen=True, slots=True)
class Signs:
    """What the evidence shows, each 0 to 1. ``meaning`` and ``passage`` are 0 without an embedder."""

    meaning: float  # best cosine of a chosen sentence to the question
    passage: float  # best cosine of a passage to the question
    around: float  # share of the question's weight in words that the hits in the best sentence's paper hold
    known: float  # share of it that the library holds at all
    names: float  # share of the names in the question ("GPT-4", "Claude") that those hits hold; 1 for none


@dataclass(frozen=True, slots=True)
class Floor:
    """Weights in the order of :class:`Signs`, and the sum from which a question counts as answered."""

    weights: tuple[float, ...]
    least: float

    def clears(self, seen: Signs, *, named: bool) -> bool:
        """Whether evidence with these signs is shown."""
        return self.total(seen, named=named) >= self.least

    def total(self, seen: Signs, *, named: bool) -> float:
        """Return the weighted sum, in nats of log-odds up to a constant."""
        shown = (seen.meaning, seen.passage, seen.around, seen.known, seen.names)
        return NAMED * named + sum(weight * sign for weight, sign in zip(self.weights, shown, strict=True))


WITH_MEANING = Floor((2.6, 7.2, 3.3, 2.4, 0.0), 8.26)
WORDS_ONLY = Floor((0.0, 0.0, 4.0, 2.3, 0.0), 4.9)


def answers(wanted: Wanted, chosen: Sequence[Scored], hits: Sequence[Hit], *, named: bool) -> bool:
    """Whether the evidence stands above the floor. ``named``: the question is asked of one paper, or names papers.

    A question of one to three words gives meaning little to hold on to: its words decide. Papers that are compared
    are there, and each says something.
    """
    if not chosen:
        return False
    if wanted.asked.kind is Asks.COMPARISON and len(wanted.others) > 1:
        return True
    if wanted.asked.terse:
        needed = TERSE_SHARE_NAMED if named else TERSE_SHARE
        return any(share_covered(wanted.words, one.candidate.stems, wanted.rarity) >= needed for one in chosen)
    floor = WORDS_ONLY if chosen[0].meaning is None else WITH_MEANING
    return floor.clears(signs(wanted, chosen, hits), named=named)


def signs(wanted: Wanted, chosen: Sequence[Scored], hits: Sequence[Hit]) -> Signs:
    """Measure the evidence that would be shown; ``chosen`` holds at least one sentence."""
    paper = chosen[0].candidate.hit.paper
    texts = (text for h in hits if h.paper == paper for text in (h.paper.title, *h.passage.section, h.passage.text))
    around = stems_of(" ".join(texts)) | chosen[0].candidate.stems
    names = _names(wanted)
    weight = sum(map(wanted.rarity, wanted.words)) or 1.0
    return Signs(
        meaning=max(0.0, *(one.meaning or 0.0 for one in chosen)),
        passage=max((hit.dense or 0.0 for hit in hits), default=0.0),
        around=share_covered(wanted.words, around, wanted.rarity),
        known=sum(wanted.rarity(word) for word in wanted.words if wanted.rarity.knows(word)) / weight,
        names=sum(is_there(name, around) for name in names) / len(names) if names else 1.0,
    )


def _names(wanted: Wanted) -> list[str]:
    """Return the words that are written as names: capitals or digits inside, or a capital after the first word."""
    written = words_in(wanted.asked.question)
    looks = (
        w for n, w in enumerate(written) if _NAME.search(w.text) or (n and w.text[0].isupper() and len(w.text) > 1)
    )
    return [w.text.casefold() for w in looks if w.text.casefold() in wanted.words]


_NAME = re.compile(r".[A-Z]|[A-Za-z].*\d")
