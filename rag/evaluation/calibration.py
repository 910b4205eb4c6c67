"""How well a number tells answerable questions from others, and where to draw the line."""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from rag.domain.passage import Hit, Scope
    from rag.evaluation.ports import Searcher
    from rag.evaluation.questions import Question

FALSE_REFUSAL = 0.05  # share of answerable questions that a floor may turn away: one in twenty


@dataclass(frozen=True, slots=True)
class Scored:
    """One question and what its search gave, by signal name. A signal that was not seen is missing."""

    question_id: str
    answerable: bool
    signals: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Floor:
    """A line for one signal: questions below ``value`` are refused.

    ``area``: chance that an answerable question scores above an unanswerable one (area under the ROC curve, ties
    count half). ``false_refusals`` and ``abstentions``: shares of answerable and unanswerable questions refused.
    """

    signal: str
    value: float
    area: float
    false_refusals: float
    abstentions: float
    answerable: int
    unanswerable: int


def scores(
    searcher: Searcher,
    questions: Sequence[Question],
    scope_of: Callable[[Question], Scope],
    *,
    signals: Callable[[Question, Sequence[Hit]], Mapping[str, float]] | None = None,
    limit: int = 10,
) -> tuple[Scored, ...]:
    """Search each question and keep its signals: by default the best dense, lexical and fused score among the hits."""
    measure = signals or (lambda _question, hits: best_scores(hits))
    found = ((q, searcher.search(q.question, scope_of(q), limit)) for q in questions)
    return tuple(Scored(q.id, q.answerable, measure(q, hits)) for q, hits in found)


def best_scores(hits: Sequence[Hit]) -> dict[str, float]:
    """Return the best "score", "dense" and "lexical" of a result, and the "dense" mean of its first three."""
    dense = sorted((hit.dense for hit in hits if hit.dense is not None), reverse=True)
    lexical = [hit.lexical for hit in hits if hit.lexical is not None]
    values: dict[str, float] = {}
    if hits:
        values["score"] = max(hit.score for hit in hits)
    if dense:
        values["dense"] = dense[0]
        values["dense of three"] = math.fsum(dense[:3]) / len(dense[:3])
    if lexical:
        values["lexical"] = max(lexical)
    return values


def floor(scored: Sequence[Scored], signal: str, *, false_refusals: float = FALSE_REFUSAL) -> Floor:
    """Return the highest floor that turns away at most this share of the answerable questions.

    A missing signal counts as the lowest. Raises ValueError unless there are questions of both sorts.
    """
    good = sorted(s.signals.get(signal, -math.inf) for s in scored if s.answerable)
    bad = sorted(s.signals.get(signal, -math.inf) for s in scored if not s.answerable)
    if not good or not bad:
        message = "a floor needs answerable and unanswerable questions"
        raise ValueError(message)
    value = good[min(int(false_refusals * len(good)), len(good) - 1)]
    return Floor(
        signal=signal,
        value=value,
        area=_area(good, bad),
        false_refusals=bisect_left(good, value) / len(good),
        abstentions=bisect_left(bad, value) / len(bad),
        answerable=len(good),
        unanswerable=len(bad),
    )


def curve(scored: Sequence[Scored], signal: str) -> tuple[tuple[float, float, float], ...]:
    """Return (floor, false refusals, abstentions) for every floor that changes anything, lowest first."""
    good = sorted(s.signals.get(signal, -math.inf) for s in scored if s.answerable)
    bad = sorted(s.signals.get(signal, -math.inf) for s in scored if not s.answerable)
    values = sorted({*good, *bad})
    return tuple((v, bisect_left(good, v) / max(1, len(good)), bisect_left(bad, v) / max(1, len(bad))) for v in values)


def _area(good: Sequence[float], bad: Sequence[float]) -> float:
    """Mann and Whitney's U over the number of pairs (Hanley and McNeil, Radiology 143, 1982)."""
    wins = sum((bisect_left(bad, g) + bisect_right(bad, g)) / 2 for g in good)
    return wins / (len(good) * len(bad))
