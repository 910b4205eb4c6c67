"""Passages that a question points at, by number ("equation 3", "page 5") or by letter ("k")."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from rag.domain.paper import Paper
from rag.domain.passage import Passage
from rag.retrieval.items import PAGE, SECTION, Item, find_item, mentions_item

LABEL_BOOST = 8.0
"""The item itself stands first: more than the spread of fused z-scores."""

PLACE_BOOST = 5.0
"""What passages of the section or page asked about gain: ahead of the rest, in their own order."""

TALK_BOOST = 1.0
"""What passages that speak of the item ("as Fig. 2 shows") gain."""

SYMBOL_BOOST = 1.0
"""What a passage that says what a symbol is gains: "growth rate k", "where k denotes"."""


def boosts(
    items: Sequence[Item], symbols: Sequence[str], pointed: Mapping[str, Item], passages: Mapping[str, Passage]
) -> dict[str, float]:
    """Return what each passage gains; ``pointed`` are the passages that are the items."""
    gains: dict[str, float] = {}
    for i, passage in passages.items():
        gain = 0.0
        if i in pointed:
            gain += PLACE_BOOST if pointed[i].noun in (SECTION, PAGE) else LABEL_BOOST
        elif any(mentions_item(item, passage.text) for item in items):
            gain += TALK_BOOST
        gain += SYMBOL_BOOST * sum(_defines(symbol, passage.text) for symbol in symbols)
        if gain:
            gains[i] = gain
    return gains


def items_of(paper_passages: Sequence[Passage], items: Sequence[Item]) -> dict[str, Item]:
    """Return which passages of one paper are which item, by passage id."""
    return {passage.passage_id: item for item in items for passage in find_item(item, paper_passages)}


def not_there(items: Sequence[Item], found: Mapping[str, Item], papers: Sequence[Paper]) -> tuple[str, ...]:
    """Return a sentence for each item that none of the papers has by that number."""
    if not papers:
        return ()
    where = " or ".join(f"“{paper.title}”" for paper in papers)
    return tuple(f"{item} was not recognised in {where}." for item in items if item not in found.values())


def _defines(symbol: str, text: str) -> bool:
    letter = re.escape(symbol)
    before = (
        r"(?:where|let|denot\w*|call(?:ed)?|rate|factor|size|number|width|depth|dimension\w*|parameter|variable"
        r"|constant|by|as)"
    )
    after = r"(?:is|are|denotes?|represents?|controls?|refers?|stands|=|∈)"
    near = rf"\b{before}\W{{1,4}}{letter}\b|(?<![^\W_]){letter}\W{{1,3}}{after}\b|(?<![^\W_]){letter}\s*[=∈]"
    return re.search(near, text) is not None
