"""A deck of the cards that were made: the best of each kind, no two that ask or answer the same."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from rag.answering.bookshelf import Bookshelf
from rag.answering.gate import passed
from rag.answering.ports import Draft, DraftSentence
from rag.domain.answer import Citation
from rag.domain.flashcard import CardKind, Flashcard
from rag.questions.likeness import Likeness, Phrased
from rag.studying.card_rules import Drafted

MOST: dict[CardKind, int] = {CardKind.CONCEPT: 8, CardKind.EQUATION: 4, CardKind.NUMBER: 6, CardKind.REASON: 6}
MOST_CARDS = 20
_ORDER = tuple(CardKind)


@dataclass(frozen=True, slots=True)
class _Held:
    card: Flashcard
    front: Phrased
    back: Phrased
    quotes: frozenset[str]


def chosen(
    drafts: Sequence[Drafted], *, likeness: Likeness, shelf: Bookshelf, most: int = MOST_CARDS
) -> list[Flashcard]:
    """Return up to ``most`` cards whose quotes stand on their pages, kind by kind in the order of the paper."""
    ranked = sorted(drafts, key=lambda one: -one.worth)
    fronts = likeness.phrased([one.front for one in ranked])
    backs = likeness.phrased([one.back for one in ranked])
    held: list[_Held] = []
    counts: Counter[CardKind] = Counter()
    for one, front, back in zip(ranked, fronts, backs, strict=True):
        if len(held) == most or counts[one.kind] == MOST[one.kind]:
            continue
        citations = one.citations or _cited(one, shelf)
        card = Flashcard(one.kind, one.front, one.back, citations, one.weak)
        new = _Held(card, front, back, frozenset(citation.quote.text for citation in citations))
        if citations and not any(_same(likeness, new, other) for other in held):
            held.append(new)
            counts[one.kind] += 1
    cards = [one.card for one in held]
    return sorted(cards, key=lambda card: (_ORDER.index(card.kind), _place(card)))


def _cited(one: Drafted, shelf: Bookshelf) -> tuple[Citation, ...]:
    draft = Draft((DraftSentence(one.back, tuple(range(len(one.evidence)))),), one.evidence)
    return passed(draft, one.evidence, shelf)[1]


def _same(likeness: Likeness, one: _Held, other: _Held) -> bool:
    if one.quotes & other.quotes or likeness.is_same(one.front, other.front):
        return True
    return likeness.have_one_answer(one.front, other.front, one.back, other.back)


def _place(card: Flashcard) -> tuple[int, int]:
    first = card.citations[0]
    return first.passage.ordinal, first.quote.page or 0
