"""What stands around a passage speaks for it: its neighbours, and the other parts of its table."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping

from rag.domain.passage import Passage

NEIGHBOUR_WEIGHT = 0.2
"""Share of the better neighbour's score that a passage gains."""

PART_WEIGHT = 0.7
"""How far a part of a labelled item rises to the item's best part: rows of a long table are found by its caption."""


def with_context(scores: Mapping[str, float], passages: Mapping[str, Passage]) -> dict[str, float]:
    """Return scores with what neighbours and other parts of the same item lend. Only candidates lend."""
    places = {(p.paper_key, p.ordinal): i for i, p in passages.items()}
    best: dict[tuple[str, str], float] = defaultdict(lambda: float("-inf"))
    for i, passage in passages.items():
        if passage.label:
            item = (passage.paper_key, passage.label)
            best[item] = max(best[item], scores[i])
    lent: dict[str, float] = {}
    for i, passage in passages.items():
        beside = [places.get((passage.paper_key, passage.ordinal + step)) for step in (-1, 1)]
        near = max((scores[other] for other in beside if other is not None), default=0.0)
        lent[i] = scores[i] + NEIGHBOUR_WEIGHT * near
        if passage.label:
            lent[i] += PART_WEIGHT * (best[(passage.paper_key, passage.label)] - scores[i])
    return lent
