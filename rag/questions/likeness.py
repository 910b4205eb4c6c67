"""Whether two questions ask the same: by meaning and by words; without an embedder by words alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rag.answering.wording import content_words, stem
from rag.index.ports import Embedder
from rag.retrieval.items import Item, items_in

SAME_MEANING = 0.85
"""Cosine (MiniLM) from which two questions of one paper ask the same."""
SAME_WORDS = 0.7
"""Share of common stems, of all stems of the two, from which they do."""
SAME_ANSWER, NEAR_MEANING = 0.65, 0.5
"""Cosine of what the paper answers to two questions from which they ask the same, when theirs is this much."""
SAME_AS_NOTE = 0.75
"""Cosine to a question that the group answered, which is mostly a few words."""


@dataclass(frozen=True)
class Phrased:
    """A question with what it is compared by."""

    text: str
    stems: frozenset[str]
    items: frozenset[Item]
    vector: NDArray[np.float32] | None


class Likeness:
    """Compares questions. Threads may share it."""

    def __init__(self, embedder: Embedder | None) -> None:
        self._embedder = embedder

    def phrased(self, texts: Sequence[str]) -> list[Phrased]:
        """Return texts ready to be compared."""
        vectors = self._embedder.embed(list(texts)) if self._embedder is not None and texts else None
        return [
            Phrased(
                text,
                frozenset(map(stem, content_words(text))),
                frozenset(items_in(text)),
                vectors[place] if vectors is not None else None,
            )
            for place, text in enumerate(texts)
        ]

    def between(self, one: Phrased, other: Phrased) -> float:
        """Return the cosine of two questions; by words where there is no embedder."""
        if one.vector is None or other.vector is None:
            return common_words(one, other)
        return float(one.vector @ other.vector)

    def is_same(self, one: Phrased, other: Phrased) -> bool:
        """Whether two questions of a set are near-duplicates."""
        if one.items & other.items or common_words(one, other) >= SAME_WORDS:
            return True
        return one.vector is not None and other.vector is not None and self.between(one, other) >= SAME_MEANING

    def have_one_answer(self, one: Phrased, other: Phrased, answer: Phrased, other_answer: Phrased) -> bool:
        """Whether two questions near in meaning have answers that say the same; False without an embedder."""
        if answer.vector is None or other_answer.vector is None or self.between(one, other) < NEAR_MEANING:
            return False
        return self.between(answer, other_answer) >= SAME_ANSWER

    def is_repeated(self, one: Phrased, note: Phrased) -> bool:
        """Whether a question asks what a note of the group asked."""
        if one.items & note.items or (note.stems and common_words(one, note) >= SAME_WORDS):
            return True
        return one.vector is not None and note.vector is not None and self.between(one, note) >= SAME_AS_NOTE


def common_words(one: Phrased, other: Phrased) -> float:
    """Return the share of stems that two questions have in common, 0 to 1."""
    together = one.stems | other.stems
    return len(one.stems & other.stems) / len(together) if together else 0.0
