"""What stands around a passage speaks for it: its neighbours, and the other parts of its table."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping

from rag.domain.passage import Passage

NEIGHBOUR_WEIGHT = 0.2
"""Share of the better neighbour's score that a passage gains."""

PART_WEIGHT = 0.7
"""How far a part of a labelled item rises to the item's best part: rows of a long table are found by its caption."""


PARTS_LIFTED, PARTS_LIFTED_FOR_VALUES = 3, 5
"""Parts of one item that stand so, the best included; more where a value is asked for, whose row may be any of a long
table's. All of a long table would push everything else out."""


def with_context(
    scores: Mapping[str, float],
    passages: Mapping[str, Passage],
    *,
    share: float = NEIGHBOUR_WEIGHT,
    lifted: int = PARTS_LIFTED,
) -> dict[str, float]:
    """Return scores with what neighbours (a ``share``) and ``lifted`` parts of the same item lend, if candidates."""
    places = {(p.paper_key, p.ordinal): i for i, p in passages.items()}
    lent: dict[str, float] = {}
    for i, passage in passages.items():
        beside = [places.get((passage.paper_key, passage.ordinal + step)) for step in (-1, 1)]
        near = max((scores[other] for other in beside if other is not None), default=0.0)
        lent[i] = scores[i] + share * near
    for parts in _items(passages):
        ranked = sorted(parts, key=lambda i: -scores[i])
        for i in ranked[1:lifted]:
            lent[i] += PART_WEIGHT * (scores[ranked[0]] - scores[i])
    return lent


def _items(passages: Mapping[str, Passage]) -> list[list[str]]:
    """Return the passages of each labelled item that has several."""
    items: dict[tuple[str, str], list[str]] = defaultdict(list)
    for i, passage in passages.items():
        if passage.label:
            items[(passage.paper_key, passage.label)].append(i)
    return [parts for parts in items.values() if len(parts) > 1]
