"""The cards of one paper: made by rules, and by a language model where one may be asked; the best of them are dealt."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime
from itertools import chain

from rag.answering.bookshelf import Bookshelf
from rag.answering.extractive import short_name
from rag.answering.frames import Frames, Instead
from rag.answering.given import new_id
from rag.domain.answer import EXTRACTIVE
from rag.domain.flashcard import Deck
from rag.errors import ModelFailed
from rag.index.ports import Embedder
from rag.language.ports import Finding, Models
from rag.questions.covering import CHARACTERS
from rag.questions.extractive import ExtractiveProposer
from rag.questions.gate import QuestionGate
from rag.questions.ground import Ground
from rag.questions.likeness import Likeness
from rag.questions.topics import Topic, marks
from rag.studying import things
from rag.studying.card_rules import Drafted, definitions, drafts
from rag.studying.choosing_cards import MOST_CARDS, chosen
from rag.studying.model_cards import CardWriter
from rag.studying.seeking import Reader
from rag.wording import counted

log = logging.getLogger(__name__)

OF_PAPER = {
    Topic.IDEA: 0.0, Topic.PROBLEM: 1.5, Topic.ARCHITECTURE: 1.5, Topic.LIMIT: 1.5, Topic.HARDWARE: 1.5,
    Topic.GENERALIZATION: 1.5, Topic.DATA: 1.8, Topic.SETTINGS: 1.8, Topic.COMPARISON: 1.8, Topic.COST: 1.8,
    Topic.METRIC: 1.8,
}  # fmt: skip
"""What can be asked of any paper by its name, on a card, and the score (rag.studying.seeking) from which a sentence
answers it there: a card has to be surer than a field. The idea is asked for in any case.
"""
RESULTS = 8
"""Sentences with results that may become cards."""
FEW = 10
"""With fewer cards, a notice says that there are no more."""


class Dealer:
    """Deals the cards of one paper to one guild."""

    def __init__(
        self,
        *,
        ground: Ground,
        shelf: Bookshelf,
        embedder: Embedder | None,
        models: Models,
        guild: str,
        now: Callable[[], datetime],
        characters: int = CHARACTERS,
        make_id: Callable[[], str] = new_id,
    ) -> None:
        self._ground = ground
        self._shelf = shelf
        self._embedder = embedder
        self._likeness = Likeness(embedder)
        self._models = models
        self._guild = guild
        self._now = now
        self._characters = characters
        self._make_id = make_id

    def deal(self, most: int = MOST_CARDS) -> Deck:
        """Return at most so many cards; fewer where fewer good ones can be made, and a notice says so."""
        written, prompt, why_not = self._written()
        cards = chosen([*written, *self._ruled()], likeness=self._likeness, shelf=self._shelf, most=most)
        few = f"{counted(len(cards), 'card')}: I found no more that are good."
        fronts = {one.front for one in written}
        kept = any(card.front in fronts for card in cards)
        ground = self._ground
        return Deck(
            paper=ground.paper,
            called=ground.own_name or short_name(ground.paper),
            cards=tuple(cards),
            writer=self._models.name if kept else EXTRACTIVE,
            prompt=prompt if kept else "",
            notices=(*why_not, *([few] if len(cards) < min(FEW, most) else [])),
        )

    def _written(self) -> tuple[list[Drafted], str, tuple[str, ...]]:
        """Return the model's cards, its prompt's label, and what to say where it should have written and did not."""
        allowed, frames = self._models.of(self._guild), Frames.load()
        if allowed.model is None:
            return [], "", frames.model_absent(allowed.why_not, Instead.CARDS, self._now())
        writer = CardWriter(
            allowed.model,
            shelf=self._shelf,
            counted=lambda findings: self._models.count(self._guild, findings),
            characters=self._characters,
            make_id=self._make_id,
        )
        try:
            cards = writer.cards(self._ground)
        except ModelFailed as failed:
            log.warning("cards are made by rules alone: %s", failed)
            self._models.count(self._guild, {Finding.FAILED: int(not failed.why_not), Finding.QUOTED_INSTEAD: 1})
            return [], "", frames.model_silent(failed, Instead.CARDS, self._now())
        return cards, writer.prompt, (() if cards else (frames.model_unfounded(Instead.CARDS),))

    def _ruled(self) -> list[Drafted]:
        ground, own = self._ground, self._ground.own_or_method
        gate = QuestionGate(ground=ground, shelf=self._shelf, likeness=self._likeness)
        reader = Reader(ground, self._shelf, self._embedder)
        named = {topic: marks()[topic].asked.format(own=own) for topic in OF_PAPER if ground.own_name}
        made = drafts(
            gate.admitted(chain(definitions(ground), ExtractiveProposer().propose(ground))),
            equations=things.equations(ground, self._shelf),
            results=reader.told(Topic.RESULT, most=RESULTS),
            topics=[
                (asked, one)
                for topic, asked in named.items()
                for one in reader.told(topic, most=1)
                if one.score >= OF_PAPER[topic]
            ],
        )
        return list(made)
