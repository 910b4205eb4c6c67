"""Cards to learn a paper by: a question or a gap, and the answer in the paper's words with its page."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from enum import StrEnum

from rag.domain.answer import EXTRACTIVE, Citation
from rag.domain.paper import Paper


class CardKind(StrEnum):
    """What a card asks for: what something is, a formula, a number or setting, or a reason or finding."""

    CONCEPT = "concept"
    EQUATION = "equation"
    NUMBER = "number"
    REASON = "reason"


@dataclass(frozen=True, slots=True)
class Flashcard:
    """One card. ``front`` can be read without the paper at hand; ``citations`` (never empty) carry ``back``.

    ``weak``: the quotes stand on their pages, but a check did not find that they say all of ``back``.
    """

    kind: CardKind
    front: str
    back: str
    citations: tuple[Citation, ...]
    weak: bool = False

    @property
    def guid(self) -> str:
        """Return an id that stays the same while the card asks for the same quote of the same paper."""
        first = self.citations[0]
        told = "\n".join((first.paper.paper_id, self.kind.value, str(first.quote.page), first.quote.text))
        return hashlib.sha256(told.encode()).hexdigest()[:16]


@dataclass(frozen=True, slots=True)
class Deck:
    """The cards of one paper. ``writer`` and ``prompt`` as in an answer."""

    paper: Paper
    called: str  # what the paper is called on its cards: "ResNet"
    cards: tuple[Flashcard, ...]
    writer: str = EXTRACTIVE
    prompt: str = ""
    notices: tuple[str, ...] = ()
