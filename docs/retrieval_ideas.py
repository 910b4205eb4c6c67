"""Ideas for ranking, each a function from what the search found for one question to scores of its passages.

Every idea changes one thing of :func:`served_before`, what was served on 2026-11-21. :data:`KEPT` together are what is
served since 2026-11-22.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache, partial

import numpy as np
from numpy.typing import NDArray

from rag.domain.passage import Passage
from rag.reading.sentences import sentences
from rag.retrieval.candidates import Candidates
from rag.retrieval.catalogue import Catalogue
from rag.retrieval.context import NEIGHBOUR_WEIGHT, PARTS_LIFTED, PARTS_LIFTED_FOR_VALUES, with_context
from rag.retrieval.fusion import LEXICAL_WEIGHT, fused, z_scores
from rag.retrieval.signals import TABLE_BOOST, Signals, idf, is_table, stem, wants_value
from rag.retrieval.understanding import Understood
from rag.retrieval.weighing import TOPIC, Weights, weighed, weights_for
from rag.retrieval.words import tokens

Scores = dict[str, float]
BEFORE = Weights(coverage=0.2, sentence=0.0, phrases=0.2, section=0.1)
FEATURES = ("lexical", "dense", "coverage", "phrases", "section")


@dataclass(frozen=True, slots=True)
class Case:
    """One question: what was understood, found and read. Vectors: of passages, as embedded and without title and
    headings, by id; ``embed`` gives those of other texts.
    """

    understood: Understood
    found: Candidates
    read: Mapping[str, Signals]
    papers: int
    catalogue: Catalogue
    vectors: Mapping[str, NDArray[np.float32]]
    bare: Mapping[str, NDArray[np.float32]]
    embed: Callable[[Sequence[str]], NDArray[np.float32]]

    @property
    def asks_a_topic(self) -> bool:
        """Whether it is what is served as a topic, at least half."""
        return weights_for(self.understood, papers=self.papers).section >= (TOPIC.section + BEFORE.section) / 2


Idea = Callable[[Case], Scores]


def scored(
    case: Case,
    *,
    lexical: float = LEXICAL_WEIGHT,
    dense: Mapping[str, float | None] | None = None,
    weights: Weights = BEFORE,
    tables: float = TABLE_BOOST,
    extra: Mapping[str, float] | None = None,
    share: float = NEIGHBOUR_WEIGHT,
    lifted: int = PARTS_LIFTED,
) -> Scores:
    """Return scores as the retriever makes them, with some of its numbers changed and ``extra`` added."""
    value = wants_value(case.understood.text)
    found = case.found
    scores = fused(found.lexical, found.dense if dense is None else dense, weight=lexical)
    said = weighed(case.read, weights)
    summed = {
        i: scores.get(i, 0.0) + said[i] + (tables * is_table(p) * value) + (extra or {}).get(i, 0.0)
        for i, p in found.passages.items()
    }
    return with_context(summed, found.passages, share=share, lifted=lifted)


def served_before(case: Case) -> Scores:
    """Return the scores of 2026-11-21: one set of weights for every question."""
    return scored(case)


def kept(case: Case) -> Scores:
    """Return the scores that are served: the kept ideas together."""
    weights = weights_for(case.understood, papers=case.papers)
    return scored(case, weights=weights, lifted=_lifted(case))


def _lifted(case: Case) -> int:
    return PARTS_LIFTED_FOR_VALUES if wants_value(case.understood.text) else PARTS_LIFTED


def _parts_for_values(case: Case) -> Scores:
    return scored(case, lifted=_lifted(case))


def _sentence_words(case: Case) -> Scores:
    return scored(case, weights=replace(BEFORE, coverage=0.0, sentence=0.2))


def _topics(case: Case) -> Scores:
    weights = weights_for(case.understood, papers=case.papers)
    return scored(case, weights=weights if case.asks_a_topic else BEFORE)


def _topics_anywhere(case: Case) -> Scores:
    weights = weights_for(case.understood, papers=1)
    return scored(case, weights=weights if weights.section > BEFORE.section else BEFORE)


def _best_sentence(case: Case, *, added: float = 0.0, instead: float = 0.0) -> Scores:
    """Compare the question with each sentence; the best cosine is added, or takes a share of the passage's place."""
    best = {i: _nearest_sentence(case, p) for i, p in case.found.passages.items()}
    dense = {i: c if c is None else (1 - instead) * c + instead * best[i] for i, c in case.found.dense.items()}
    return scored(case, dense=dense, extra=_times(added, best))


def _nearest_sentence(case: Case, passage: Passage) -> float:
    return float((case.embed(_sentences_of(passage.text)) @ _query(case)).max())


@cache
def _sentences_of(text: str) -> tuple[str, ...]:
    return tuple(text[s.start : s.end] for s in sentences(text)) or (text,)


@cache
def _stem_counts(text: str) -> Counter[str]:
    return Counter(stem(token.text) for token in tokens(text))


def _bare(case: Case) -> Scores:
    """Compare with vectors of the text alone, without title and headings."""
    query = _query(case)
    return scored(case, dense={i: float(case.bare[i] @ query) for i in case.found.dense})


def _feedback(case: Case, *, weight: float, first: int = 3) -> Scores:
    """Add how near a passage is to the mean of the first ones (Rocchio)."""
    best = _first(case, first)
    mean = np.mean([case.vectors[i] for i in best], axis=0)
    return scored(case, extra=_times(weight, {i: float(case.vectors[i] @ mean) for i in case.found.passages}))


def _word_feedback(case: Case, *, weight: float, first: int = 3, words: int = 10) -> Scores:
    """Add the share that a passage holds of the words that mark the first ones (as RM3 does)."""
    stems = {i: _stem_counts(p.text) for i, p in case.found.passages.items()}
    asked = {stem(t.text) for t in tokens(case.understood.text)}
    total = case.catalogue.passages
    mass: defaultdict[str, float] = defaultdict(float)
    for i in _first(case, first):
        length = stems[i].total() or 1
        for word, count in stems[i].items():
            if len(word) > 2 and word not in asked and not word.isdigit():
                mass[word] += count / length * idf(min(total, case.catalogue.stems.get(word, 0)), total)
    marks = sorted(mass.items(), key=lambda pair: -pair[1])[:words]
    return scored(case, extra=_times(weight, {i: sum(m for w, m in marks if w in held) for i, held in stems.items()}))


def _alike(case: Case, *, weight: float, least: float = 0.5) -> Scores:
    """Lend each passage the scores of those that say the like (similarity beyond ``least``, squared)."""
    ids = list(case.found.passages)
    rows = np.stack([case.vectors[i] for i in ids])
    near = rows @ rows.T
    np.fill_diagonal(near, 0.0)
    near = np.where(near > least, near, 0.0) ** 2
    near /= near.sum(axis=1, keepdims=True) + 1e-9
    before = scored(case, share=0.0, lifted=1)
    lent = near @ np.array([before[i] for i in ids])
    return scored(case, extra=dict(zip(ids, (weight * lent).tolist(), strict=True)))


def _query(case: Case) -> NDArray[np.float32]:
    vector: NDArray[np.float32] = case.embed([case.understood.text])[0]
    return vector


def _first(case: Case, count: int) -> list[str]:
    before = served_before(case)
    return sorted(before, key=lambda i: -before[i])[:count]


def _times(weight: float, signal: Mapping[str, float]) -> Scores:
    return {i: weight * score for i, score in z_scores(signal).items()} if weight else {}


def features(case: Case) -> NDArray[np.float64]:
    """Return the z-scores that a learned combination adds up: a row a passage, columns as :data:`FEATURES`."""
    found, ids = case.found, list(case.found.passages)
    lexical = z_scores({i: found.lexical.get(i, 0.0) for i in ids})
    dense = fused({}, {i: found.dense.get(i) for i in ids})
    columns = [lexical, dense]
    columns += [z_scores({i: getattr(case.read[i], name) for i in ids}) for name in FEATURES[2:]]
    return np.array([[column.get(i, 0.0) for column in columns] for i in ids])


def combined(case: Case, weights: Sequence[float], *, topics_only: bool = False) -> Scores:
    """Return the scores of a learned combination; ``topics_only``: as served where no topic is asked for."""
    if topics_only and not case.asks_a_topic:
        return kept(case)
    ids = list(case.found.passages)
    base = dict(zip(ids, (features(case) @ np.asarray(weights)).tolist(), strict=True))
    empty = replace(case.found, lexical={}, dense={})
    nothing = Weights(coverage=0.0, sentence=0.0, phrases=0.0, section=0.0)
    return scored(replace(case, found=empty), weights=nothing, extra=base)


IDEAS: dict[str, tuple[Idea, str]] = {
    "words count 0.4 of the sum, not 0.5": (partial(scored, lexical=0.4), "no"),
    "words count 0.6": (partial(scored, lexical=0.6), "no"),
    "no phrases": (partial(scored, weights=replace(BEFORE, phrases=0.0)), "for topics, nearly"),
    "headings count 0.3, not 0.1": (partial(scored, weights=replace(BEFORE, section=0.3)), "for topics"),
    "neighbours lend nothing, not 0.2": (partial(scored, share=0.0), "no"),
    "neighbours lend 0.4": (partial(scored, share=0.4), "no"),
    "tables gain 0.6 where a value is asked for, not 0.3": (partial(scored, tables=0.6), "no: too little"),
    "the best sentence's cosine beside the passage's (0.2)": (partial(_best_sentence, added=0.2), "no, and slow"),
    "the best sentence's cosine for half of the passage's": (partial(_best_sentence, instead=0.5), "no, and slow"),
    "vectors of the text without title and headings": (_bare, "no: they stay in"),
    "feedback by vectors, three first passages (0.1)": (partial(_feedback, weight=0.1), "no"),
    "feedback by vectors (0.2)": (partial(_feedback, weight=0.2), "no"),
    "feedback by words, ten of three passages (0.1)": (partial(_word_feedback, weight=0.1), "no"),
    "passages that say the like lend their scores (0.2)": (partial(_alike, weight=0.2), "no"),
    "**words of the best sentence** for those of the passage": (_sentence_words, "for details"),
    "five parts of a long table, not three": (partial(scored, lifted=5), "for values"),
    "**five parts where a value is asked for**": (_parts_for_values, "yes"),
    "**a topic asked of one paper** goes by headings": (_topics, "yes"),
    "the same for short questions asked of many papers": (_topics_anywhere, "no: study loses"),
}
"""What was tried, and whether it was kept. The learned combination stands apart: it is fitted."""
