"""What candidates' texts say beyond BM25: how much of the question they hold, and whether its words stand together."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from rag.domain.passage import Passage
from rag.domain.reading import Kind
from rag.retrieval.words import content_words
from rag.store.words import searched

TABLE_BOOST = 0.3
"""What tables gain when a value is asked for."""

_KEPT = 20_000
_WORD = re.compile(r"[^\W_]+")
_SENTENCE_END = re.compile(r"(?<=[.!?])\s+(?=[A-Z(\[])|\n\n")
# Roughly: nothing is quoted from here, and rag.reading.sentences takes as long as all the rest.
_ENDINGS = ("ations", "ation", "ingly", "ings", "ing", "edly", "ed", "ies", "es", "s", "ly")
_VALUE = re.compile(
    r"\b(?:scores?|accurac\w+|recall|precision|f1|bleu|rouge\S*|perplexit\w+|percent\w*|how (?:many|much)|highest"
    r"|lowest|average|m?AP|error rates?|top-[15]|latency|flops|values?|results?|performance)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Signals:
    """Each between 0 and 1, shares of the question's idf mass. ``coverage``: words that stand in the text;
    ``sentence``: words that the best one of its sentences holds; ``phrases``: neighbouring words that stand side by
    side in it too; ``section``: words in its headings.
    """

    coverage: float
    sentence: float
    phrases: float
    section: float


class TextReader:
    """Reads candidates' texts for one guild's words. Stemmed texts are kept between questions."""

    def __init__(self) -> None:
        self._kept: dict[str, tuple[str, str]] = {}

    def signals(
        self, question: str, passages: Mapping[str, Passage], *, frequency: Mapping[str, int], total: int
    ) -> dict[str, Signals]:
        """Return the signals of every passage; ``frequency`` of stems in ``total`` passages gives idf."""
        words = list(dict.fromkeys(stem(word) for word in content_words(question)))
        wanted = set(words)
        asked = [stem(word) for word in _WORD.findall(searched(question))]
        pairs = [(a, b) for a, b in dict.fromkeys(pairwise(asked)) if a in wanted and b in wanted and a != b]
        weight = {word: idf(min(frequency.get(word, 0), total), total) for word in words}
        singles = _shares({f" {word} ": weight[word] for word in words})
        doubles = _shares({f" {a} {b} ": weight[a] + weight[b] for a, b in pairs})
        return {i: self._signal(passage, singles, doubles) for i, passage in passages.items()}

    def _signal(
        self, passage: Passage, singles: Sequence[tuple[str, float]], doubles: Sequence[tuple[str, float]]
    ) -> Signals:
        text, section = self._stemmed(passage)
        held = [(word, share) for word, share in singles if word in text]
        coverage = sum(share for _, share in held)
        return Signals(
            coverage=coverage,
            sentence=_best_sentence(text, held) if len(held) > 1 else coverage,
            phrases=sum(share for pair, share in doubles if pair in text) if len(held) > 1 else 0.0,
            section=sum(share for word, share in singles if word in section),
        )

    def _stemmed(self, passage: Passage) -> tuple[str, str]:
        """Return the stems of the text, a line for each sentence, and of the headings; spaces around each."""
        kept = self._kept.get(passage.passage_id)
        if kept is None:
            if len(self._kept) >= _KEPT:
                self._kept = {}
            text = "\n".join(_stems(sentence) for sentence in _SENTENCE_END.split(passage.text))
            kept = text, _stems(" ".join(passage.section))
            self._kept[passage.passage_id] = kept
        return kept


def wants_value(question: str) -> bool:
    """Return whether the question asks for a number, as tables give them."""
    return _VALUE.search(question) is not None


def stem_frequencies(frequency: Mapping[str, int]) -> dict[str, int]:
    """Return passage counts by stem: those of its most frequent form."""
    found: dict[str, int] = {}
    for word, count in frequency.items():
        root = stem(word)
        found[root] = max(found.get(root, 0), count)
    return found


@lru_cache(maxsize=65_536)
def stem(word: str) -> str:
    """Return a word without a common English ending: only equal stems matter, not their looks.

    >>> stem("normalizations") == stem("normalize")
    True
    >>> stem("shifts") == stem("shifted")
    True
    """
    root = word.casefold()
    if root.endswith(_ENDINGS):  # most words have none
        for ending in _ENDINGS:
            if root.endswith(ending) and len(root) - len(ending) >= 3:
                root = root[: -len(ending)]
                break
    if root.endswith("e") and len(root) > 3:
        root = root[:-1]
    return root[:-1] if len(root) > 4 and root[-1] == root[-2] else root


def is_table(passage: Passage) -> bool:
    """Return whether the passage is (part of) a table."""
    return passage.kind is Kind.TABLE


def _shares(weights: Mapping[str, float]) -> list[tuple[str, float]]:
    mass = sum(weights.values()) or 1.0
    return [(text, weight / mass) for text, weight in weights.items()]


def _best_sentence(text: str, words: Sequence[tuple[str, float]]) -> float:
    return max(sum(share for word, share in words if word in sentence) for sentence in text.split("\n"))


def _stems(text: str) -> str:
    return f" {' '.join(map(stem, _WORD.findall(searched(text))))} "


def idf(seen: int, total: int) -> float:
    """Return the idf of BM25 in the form that is never negative (as in Lucene)."""
    return math.log(1 + (total - seen + 0.5) / (seen + 0.5))
