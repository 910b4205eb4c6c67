"""The floor: below it nothing is answered. A logistic model of five numbers that anybody can recompute.

:data:`WITH_MEANING` says on which data it was calibrated, when, and what it refuses.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from rag.answering.evidence import Scored, Wanted
from rag.answering.questions import Asks
from rag.answering.terms import coined_names
from rag.answering.wording import is_there, share_covered, stems_of, words_in
from rag.domain.passage import Hit

TERSE_SHARE, TERSE_SHARE_NAMED = 0.7, 0.5
"""A catchword is answered by a sentence that holds this share of its weight; less is asked when the paper is named."""


LEAST_AROUND = 0.45
"""Without a paper named, passages that hold less of the question's weight than this speak of something else."""


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
    named: float  # what naming the paper adds: who names it has seen it; by hand, as the fit says 3
    least: float

    def clears(self, seen: Signs, *, named: bool) -> bool:
        """Whether evidence with these signs is shown."""
        return self.total(seen, named=named) >= self.least

    def total(self, seen: Signs, *, named: bool) -> float:
        """Return the weighted sum, in nats of log-odds up to a constant."""
        shown = (seen.meaning, seen.passage, seen.around, seen.known, seen.names)
        return self.named * named + sum(weight * sign for weight, sign in zip(self.weights, shown, strict=True))


WITH_MEANING = Floor((0.99, 8.15, 2.87, 2.12, 1.56), named=1.5, least=9.29)
"""Fitted on 608 questions, 2026-11-21, with MiniLM in float32, five folds.

``least`` refuses one in twenty of those that the libraries answer: of our study set on the 21 study papers 0 % (of 23),
ARAGOG on its 14 PDFs 0 % (49), OHR-Bench within the paper 4 % (68) and among its 10 papers 9 % (65, half of these ask
about references), QASPER within the paper 7 % (88). Of those that they do not answer it refuses: absent ones asked of
the study papers 96 % (118) and of ARAGOG's 92 % (61), QASPER's nameless ones ("which baselines do they compare to?")
asked of the study papers 72 % (40), the study set asked of OHR-Bench's papers 76 % (25), questions asked of a wrong
paper 75 % (65). Area under the ROC curve 0.96.

The fit is older than the choice of sentences by names, units and instances and than :data:`LEAST_AROUND` and the rule
on coined names, all set by hand. Measured again with them on the same day, weights unchanged: of those answered it
refuses 0 % of the study set (33) and 6.8 % of QASPER (88), of the absent ones 96.7 % (121), as before. And again on
2026-11-22 with MiniLM in int8 and the ranking of that day: the same three shares.
"""
WORDS_ONLY = Floor((0.0, 0.0, 3.71, 2.57, 1.84), named=1.0, least=6.23)
"""The same without meaning, also for embedders whose cosines nobody has calibrated: 5 % of the answered refused (study
0 %, ARAGOG 6 %, OHR-Bench 6 %, QASPER 5 %), of the absent ones 92 % and 77 %. Area 0.92.
"""
CALIBRATED = "minilm-l6"
"""Part of the name of embedders that :data:`WITH_MEANING` holds for."""


def floor_for(embedder_name: str | None) -> Floor:
    """Return the floor that holds for an embedder; None for words alone."""
    calibrated = embedder_name is not None and CALIBRATED in embedder_name.casefold()
    return WITH_MEANING if calibrated else WORDS_ONLY


def answers(
    wanted: Wanted, chosen: Sequence[Scored], hits: Sequence[Hit], *, named: bool, floor: Floor = WITH_MEANING
) -> bool:
    """Whether the evidence stands above the floor. ``named``: the question is asked of one paper, or names papers.

    A question of one to three words gives meaning little to hold on to: its words decide. Papers that are compared
    are there, and each says something.
    """
    if not chosen:
        return False
    if wanted.asked.kind is Asks.COMPARISON and len(wanted.others) > 1:
        return True
    if not named and not _speaks_of_the_names(wanted, chosen):
        return False
    if wanted.asked.terse and not named and all(len(word) == 1 for word in wanted.words):
        return False  # "k" is another thing in every paper
    if wanted.asked.terse:
        needed = TERSE_SHARE_NAMED if named else TERSE_SHARE
        return any(share_covered(wanted.words, one.candidate.stems, wanted.rarity) >= needed for one in chosen)
    if all(hit.dense is None for hit in hits):
        floor = WORDS_ONLY  # no index, or a stale one
    seen = signs(wanted, chosen, hits)
    return floor.clears(seen, named=named) and (named or seen.around >= LEAST_AROUND)


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


def _speaks_of_the_names(wanted: Wanted, chosen: Sequence[Scored]) -> bool:
    """Whether one of the sentences to be shown holds the coined names of the question ("EfficientNet-B7")."""
    coined = [name.casefold() for name in coined_names(wanted.asked.question) if name.casefold() in wanted.words]
    said = (one.candidate.stems | stems_of(one.candidate.lead) for one in chosen)
    return not coined or any(all(is_there(name, stems) for name in coined) for stems in said)


def _names(wanted: Wanted) -> list[str]:
    """Return the words that are written as names: capitals or digits inside, or a capital after the first word."""
    written = words_in(wanted.asked.question)
    looks = (
        w for n, w in enumerate(written) if _NAME.search(w.text) or (n and w.text[0].isupper() and len(w.text) > 1)
    )
    return [w.text.casefold() for w in looks if w.text.casefold() in wanted.words]


_NAME = re.compile(r".[A-Z]|[A-Za-z].*\d")
