"""Which sentences of the hits answer the question: scored by words, meaning and form, then chosen without repeats."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from rag.answering.candidates import Candidate
from rag.answering.patterns import CLAIM, CONTRAST, REASON, STRONG_CLAIM, STRONG_REASON, definingness, has_number
from rag.answering.questions import Asked, Asks
from rag.answering.wording import Rarity, is_there, share_covered, stems_of
from rag.domain.reading import Kind
from rag.index.ports import Embedder

MAX_EMBEDDED = 60
"""Sentences that are compared by meaning: about 0.15 s on two cores (performance.md)."""
MAX_CHOSEN = {Asks.DEFINITION: 3, Asks.COMPARISON: 4, Asks.PURPOSE: 4, Asks.ITEM: 3, Asks.LIST: 4}
_CHOSEN_ELSE = 3
_NEAR_COPY = 0.6
"""Share of common words from which two sentences say the same."""
_STILL_GOOD = 0.72
"""A further sentence is shown when it reaches this share of the best one's score."""


@dataclass(frozen=True, slots=True)
class Scored:
    """A candidate with what speaks for it. ``covered``: share of the question's weight in words that it holds, with its
    section and title; ``meaning``: cosine to the question, None without an embedder; ``form``: 0 to 1, how much it has
    the form of such an answer.
    """

    candidate: Candidate
    score: float
    covered: float
    meaning: float | None
    form: float
    vector: np.ndarray | None = None


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the sentences are measured against. ``text`` is what is embedded; ``terms`` are the names of the subject;
    ``words`` are the question's naming words, those of a paper's own name left out when the paper is given.
    """

    asked: Asked
    text: str
    terms: tuple[str, ...]
    words: tuple[str, ...]
    rarity: Rarity


class Scorer:
    """Scores candidates. Without an embedder it goes by words and form alone."""

    def __init__(self, *, embedder: Embedder | None) -> None:
        self._embedder = embedder

    def score(self, wanted: Wanted, candidates: Sequence[Candidate]) -> list[Scored]:
        """Return the candidates scored, best first."""
        first = [_scored(wanted, c, None, None) for c in candidates]
        first.sort(key=lambda s: -s.score)
        if self._embedder is None or not first:
            return first
        head = first[:MAX_EMBEDDED]
        vectors = self._embedder.embed([wanted.text, *(s.candidate.text for s in head)])
        rows = vectors[1:]
        both = zip(head, rows, rows @ vectors[0], strict=True)
        scored = [_scored(wanted, s.candidate, float(meaning), row) for s, row, meaning in both]
        return sorted(scored, key=lambda s: -s.score)


def chosen(wanted: Wanted, scored: Sequence[Scored], *, between: Sequence[str] = ()) -> list[Scored]:
    """Return the sentences to show, best first: no near copies, none far below the best.

    ``between`` are the keys of papers that are compared: each has its say, as far as it has one.
    """
    if not scored:
        return []
    limit = MAX_CHOSEN.get(wanted.asked.kind, _CHOSEN_ELSE)
    if len(between) > 1:
        return _taking_turns(scored, between, limit=max(limit, len(between)))
    picked: list[Scored] = []
    for one in scored:
        if len(picked) == limit or one.score < _STILL_GOOD * scored[0].score:
            break
        if not any(_alike(one, other) for other in picked):
            picked.append(one)
    return picked


def _taking_turns(scored: Sequence[Scored], between: Sequence[str], *, limit: int) -> list[Scored]:
    queues: dict[str, list[Scored]] = defaultdict(list)
    for one in scored:
        queue = queues[one.candidate.hit.paper.key]
        if not any(_alike(one, other) for other in queue):
            queue.append(one)
    picked: list[Scored] = []
    for turn in range(limit):
        for key in between:
            if turn < len(queues[key]) and len(picked) < limit:
                one = queues[key][turn]
                if turn == 0 or one.score >= _STILL_GOOD * queues[key][0].score:
                    picked.append(one)
    return picked


def _scored(wanted: Wanted, candidate: Candidate, meaning: float | None, vector: np.ndarray | None) -> Scored:
    passage = candidate.hit.passage
    stems = candidate.stems
    around = stems_of(" ".join((*passage.section, candidate.hit.paper.title, candidate.lead)))
    own = share_covered(wanted.words, stems, wanted.rarity)
    near = share_covered([w for w in wanted.words if not is_there(w, stems)], around, wanted.rarity)
    covered = own + 0.5 * (1 - own) * near
    form = _form(wanted, candidate)
    rank = 1 / (1 + 0.25 * (candidate.hit.rank - 1))
    sense = covered if meaning is None else max(0.0, meaning)
    weight = 0.35 if wanted.asked.kind is Asks.DEFINITION else 0.2
    length = 0.06 if len(candidate.words) < 9 or candidate.cut else 0.0
    leaning = 0.0 if candidate.lead else candidate.flaw
    score = 0.3 * covered + 0.35 * sense + weight * form + 0.12 * rank - 0.25 * leaning - length
    return Scored(candidate, score, covered, meaning, form, vector)


def _form(wanted: Wanted, candidate: Candidate) -> float:
    text, kind = candidate.text, wanted.asked.kind
    if kind is Asks.DEFINITION:
        return definingness(wanted.terms, text, candidate.words)
    if kind is Asks.WHY:
        return 1.0 if STRONG_REASON.search(text) else 0.6 if REASON.search(text) else 0.0
    if kind is Asks.NUMBER:
        return 1.0 if has_number(text) else 0.0
    if kind is Asks.PURPOSE:
        return _claiming(candidate)
    if kind is Asks.COMPARISON:
        return 1.0 if CONTRAST.search(text) else 0.0
    if kind is Asks.LIST:
        return 0.7 if text.count(",") > 1 else 0.0
    return 0.0


def _claiming(candidate: Candidate) -> float:
    passage = candidate.hit.passage
    form = 0.7 if STRONG_CLAIM.search(candidate.text) else 0.4 if CLAIM.search(candidate.text) else 0.0
    if form and (passage.kind is Kind.ABSTRACT or "abstract" in " ".join(passage.section).casefold()):
        return form + 0.3
    return form


def _alike(one: Scored, other: Scored) -> bool:
    a, b = one.candidate.stems, other.candidate.stems
    return len(a & b) / max(1, min(len(a), len(b))) >= _NEAR_COPY + 0.15 or len(a & b) / len(a | b) >= _NEAR_COPY


def without_vectors(scored: Sequence[Scored]) -> list[Scored]:
    """Return the same without vectors, for keeping."""
    return [replace(s, vector=None) for s in scored]
