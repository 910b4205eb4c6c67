"""Which passages of a paper a model is given to ask about it: some of every part, in the paper's order."""

from __future__ import annotations

import re
from collections.abc import Sequence

from rag.answering.given import LONGEST, room_for_passages
from rag.domain.passage import Hit, Passage
from rag.domain.reading import Kind
from rag.questions.ground import Ground

CHARACTERS = 20_000
"""Of all passages together: about 5,000 tokens."""
MARKERS = 90
"""... and what stands around it."""
LEAST, ELSE_TOKENS = 2_000, 1_500
ITEM_SHARE = 0.3
"""Of the characters, at most so much for captions, tables, equations and their like."""

_ITEMS = (Kind.CAPTION, Kind.TABLE, Kind.EQUATION, Kind.THEOREM)
_NO_GROUND = re.compile(r"acknowledg|references|bibliography|checklist|author contributions?$|ethics", re.IGNORECASE)
_BACK = re.compile(r"^(?:appendix\b|supplement|[A-Z](?:\.\d+)*\.? )", re.IGNORECASE)


def room(context_tokens: int, output_tokens: int) -> int:
    """Return how many characters of a paper fit beside a reply and what else a prompt says."""
    return room_for_passages(context_tokens, output_tokens, else_tokens=ELSE_TOKENS, fewest=LEAST, most=CHARACTERS)


def covering(passages: Sequence[Passage], characters: int = CHARACTERS) -> tuple[Passage, ...]:
    """Return passages that together show what a paper has: its abstract, something of each section, what is numbered.

    Within a section those are taken that are far from each other. Appendices come last, and only if there is room.
    """
    held = [p for p in passages if p.kind is not Kind.CODE and not any(map(_NO_GROUND.search, p.section))]
    own = [p for p in held if not (p.section and _BACK.match(p.section[0]))]
    chosen: dict[str, Passage] = {}
    items = _once([p for p in own if p.kind in _ITEMS])
    left = characters - _add(chosen, [p for p in own if p.kind is Kind.ABSTRACT], characters)
    left -= _add(chosen, _spread(items), min(left, int(ITEM_SHARE * characters)))
    prose = [p for p in own if p.kind is Kind.TEXT]
    left -= _add(chosen, _in_turn(prose), left)
    _add(chosen, [*_spread(items), *_spread([p for p in held if p not in own])], left)
    return tuple(sorted(chosen.values(), key=lambda p: p.ordinal))


def covering_hits(ground: Ground, characters: int) -> list[Hit]:
    """Return the covering passages of one paper as what a search would bring, in the paper's order."""
    return [Hit(n, 0.0, p, ground.paper) for n, p in enumerate(covering(ground.passages, characters), 1)]


def _add(chosen: dict[str, Passage], passages: Sequence[Passage], most: int) -> int:
    """Add the passages that fit; return how many characters they take."""
    taken = 0
    for passage in passages:
        size = min(len(passage.text), LONGEST) + MARKERS
        if passage.passage_id not in chosen and taken + size <= most:
            chosen[passage.passage_id] = passage
            taken += size
    return taken


def _once(items: Sequence[Passage]) -> list[Passage]:
    """Return one passage of each numbered thing, the first that has more than its caption."""
    best: dict[str, Passage] = {}
    for passage in items:
        name = passage.label or passage.passage_id
        held = best.get(name)
        if held is None or (held.kind is Kind.CAPTION and passage.text.startswith(held.text)):
            best[name] = passage
    return list(best.values())


def _in_turn(passages: Sequence[Passage]) -> list[Passage]:
    """Return one passage of each top section after the other, then the next of each."""
    sections: dict[str, list[Passage]] = {}
    for passage in passages:
        sections.setdefault(passage.section[0] if passage.section else "", []).append(passage)
    columns = [_spread(held) for held in sections.values()]
    return [column[n] for n in range(max(map(len, columns), default=0)) for column in columns if n < len(column)]


def _spread(passages: Sequence[Passage]) -> list[Passage]:
    """Return passages so that those at the front are far apart: the first, the middle, the quarters."""
    if len(passages) < 3:
        return list(passages)
    order, waiting = [0], [(0, len(passages))]
    while waiting:
        first, last = waiting.pop(0)
        middle = (first + last) // 2
        if first < middle < last:
            order.append(middle)
            waiting += [(first, middle), (middle, last)]
    return [passages[n] for n in dict.fromkeys(order)]
