"""What counts how much, by the kind of question: a topic looked for in one paper, or anything else."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from rag.retrieval.fusion import z_scores
from rag.retrieval.signals import Signals, stem
from rag.retrieval.understanding import Understood
from rag.retrieval.words import content_words

TOPIC_WORDS, DETAIL_WORDS = 4, 8
"""Up to so many content words a question asked of one paper is a topic, from so many on it is not; half-way, half.
QASPER's have 3 (median), OHR-Bench's, written by a model, 10; the weights that fit the ones cost the others 0.06."""


@dataclass(frozen=True, slots=True)
class Weights:
    """Weights of the z-scored :class:`rag.retrieval.signals.Signals` beside the fused score, round numbers.

    What was tried, and by how much each helped or hurt: docs/retrieval_experiments.md (2026-11-22).
    """

    coverage: float
    sentence: float
    phrases: float
    section: float


DETAIL = Weights(coverage=0.0, sentence=0.2, phrases=0.2, section=0.1)
"""Many words, or many papers: one sentence that holds the words is better than words all over a passage."""

TOPIC = Weights(coverage=0.2, sentence=0.0, phrases=0.05, section=0.4)
"""Few words asked of one paper ("which datasets are used?"): its headings say where. Chosen on QASPER; folds by paper
choose the same."""


def weights_for(understood: Understood, *, papers: int) -> Weights:
    """Return the weights for a question asked of so many papers. Who names "table 1" looks for no topic."""
    if papers > 1 or understood.items:
        return DETAIL
    words = len({stem(word) for word in content_words(understood.topic)})
    share = min(1.0, max(0.0, (DETAIL_WORDS - words) / (DETAIL_WORDS - TOPIC_WORDS)))
    return Weights(
        coverage=_between(DETAIL.coverage, TOPIC.coverage, share),
        sentence=_between(DETAIL.sentence, TOPIC.sentence, share),
        phrases=_between(DETAIL.phrases, TOPIC.phrases, share),
        section=_between(DETAIL.section, TOPIC.section, share),
    )


def weighed(read: Mapping[str, Signals], weights: Weights) -> dict[str, float]:
    """Return the weighted sum of each passage's signals, in z-scores over all of them."""
    coverage = z_scores({i: signals.coverage for i, signals in read.items()})
    sentence = z_scores({i: signals.sentence for i, signals in read.items()})
    phrases = z_scores({i: signals.phrases for i, signals in read.items()})
    section = z_scores({i: signals.section for i, signals in read.items()})
    return {
        i: weights.coverage * coverage[i]
        + weights.sentence * sentence[i]
        + weights.phrases * phrases[i]
        + weights.section * section[i]
        for i in read
    }


def _between(one: float, other: float, share: float) -> float:
    return (1 - share) * one + share * other
