"""Study aids for a guild's papers: the template filled, cards to learn from."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from itertools import chain

from rag.answering.asking import Answerer
from rag.answering.bookshelf import Bookshelf
from rag.answering.extractive import short_name
from rag.domain.analysis import Analysis, FillStep, FillTold, fill_untold
from rag.domain.flashcard import Deck
from rag.domain.paper import Paper
from rag.domain.template import Template
from rag.errors import LibraryBusy, Refused
from rag.index.ports import Embedder
from rag.intake.ownership import DataDirectory
from rag.questions.extractive import ExtractiveProposer
from rag.questions.fields import FieldMap
from rag.questions.gate import QuestionGate
from rag.questions.ground import Ground
from rag.questions.group_notes import called_in
from rag.questions.likeness import Likeness
from rag.questions.question_sets import QuestionSets
from rag.questions.topics import Topic, marks
from rag.store.library import Library
from rag.studying import things
from rag.studying.assembling import Written, assembled, quoted
from rag.studying.card_rules import definitions, drafts
from rag.studying.choosing_cards import MOST_CARDS, chosen
from rag.studying.filling import Filler
from rag.studying.seeking import Reader
from rag.wording import counted

OF_PAPER = (Topic.IDEA, Topic.PROBLEM, Topic.ARCHITECTURE, Topic.LIMIT, Topic.HARDWARE, Topic.GENERALIZATION)
"""What can be asked of any paper by its name, on a card."""
SURELY_TOLD = 1.5
"""Score (rag.studying.seeking) from which a sentence answers that on a card; the idea is asked for in any case."""
RESULTS = 5
"""Sentences with results that may become cards."""
FEW = 10
"""With fewer cards, a notice says that there are no more."""

log = logging.getLogger(__name__)


class Studying:
    """Fills templates and makes cards. Threads may share it. ``answerer`` quotes: it asks no model."""

    def __init__(
        self,
        *,
        library: Library,
        question_sets: QuestionSets,
        answerer: Answerer,
        embedder: Embedder | None,
        directory: DataDirectory,
        clock: Callable[[], datetime],
    ) -> None:
        self._library = library
        self._sets = question_sets
        self._answerer = answerer
        self._embedder = embedder
        self._directory = directory
        self._clock = clock

    def kept(self, guild: str, paper: Paper) -> Analysis | None:
        """Return the last analysis, if the template and the paper's text are still those that it was made of."""
        held = self._library.kept_analysis(guild, paper.key)
        if held is None or held.paper.sha256 != paper.sha256:
            return None
        return replace(held, paper=paper) if held.template_sha256 == self._sets.template(guild).sha256 else None

    def calls(self, guild: str, paper: Paper, *, anew: bool = False) -> int:  # noqa: ARG002  a model's turn comes
        """Return how often a language model is asked for an analysis; 0 where none is, or where one is kept."""
        return 0

    def analysis(self, guild: str, paper: Paper, *, anew: bool = False, told: FillTold = fill_untold) -> Analysis:
        """Return the guild's template filled from a paper: the kept one, or a new one, which is kept.

        ``told`` hears each section, in this thread. Raises Refused for a paper without text.
        """
        held = None if anew else self.kept(guild, paper)
        if held is not None:
            return held
        made = self._made(guild, paper, self._sets.template(guild), told)
        try:
            with self._directory.owned("keep the analysis"):
                self._library.keep_analysis(guild, made)
        except LibraryBusy:  # beside a running bot: it is shown all the same
            log.info("the analysis of %s is not kept: the library is busy", paper.paper_id)
        return made

    def _made(self, guild: str, paper: Paper, template: Template, told: FillTold) -> Analysis:
        shelf = Bookshelf(self._library)
        written = self._quoted(guild, paper, template, shelf, told)
        fields, citations = assembled(written, shelf)
        return Analysis(
            paper=paper,
            template_title=template.title,
            template_sha256=template.sha256,
            sections=tuple((section.number, section.title) for section in template.sections),
            fields=fields,
            citations=citations,
            made_at=self._clock(),
        )

    def _quoted(
        self, guild: str, paper: Paper, template: Template, shelf: Bookshelf, told: FillTold
    ) -> Sequence[Written]:
        ground = self.ground(guild, paper)
        filler = Filler(
            ground=ground,
            shelf=shelf,
            reader=Reader(ground, shelf, self._embedder),
            fields=FieldMap(template, self._embedder),
            ask=lambda question: self._answerer.ask(question, guild=guild, paper_keys=[paper.key]),
        )
        written: list[Written] = []
        for done, section in enumerate(template.sections):
            told(FillStep(done, len(template.sections), section.title))
            written += [quoted(filler.filled(field)) for field in section.fields]
        return written

    def cards(self, guild: str, paper: Paper, *, most: int = MOST_CARDS) -> Deck:
        """Return cards on a paper, at most ``most``; fewer where fewer good ones can be made, and a notice says so.

        Raises Refused for a paper without text.
        """
        ground, shelf, likeness = self.ground(guild, paper), Bookshelf(self._library), Likeness(self._embedder)
        gate = QuestionGate(ground=ground, shelf=shelf, likeness=likeness)
        reader = Reader(ground, shelf, self._embedder)
        named = {topic: marks()[topic].asked.format(own=ground.own_or_method) for topic in OF_PAPER if ground.own_name}
        made = drafts(
            gate.admitted(chain(definitions(ground), ExtractiveProposer().propose(ground))),
            equations=things.equations(ground, shelf),
            results=reader.told(Topic.RESULT, most=RESULTS),
            topics=[
                (asked, one)
                for topic, asked in named.items()
                for one in reader.told(topic, most=1)
                if topic is Topic.IDEA or one.score >= SURELY_TOLD
            ],
        )
        cards = chosen(list(made), likeness=likeness, shelf=shelf, most=most)
        notices = () if len(cards) >= FEW else (f"{counted(len(cards), 'card')}: I found no more that are good.",)
        return Deck(paper, ground.own_name or short_name(paper), tuple(cards), notices=notices)

    def ground(self, guild: str, paper: Paper) -> Ground:
        """Return a paper as study aids read it. Raises Refused for one without text."""
        others = tuple(other for other in self._library.papers(guild) if other.key != paper.key)
        called = called_in(self._library.discussions(guild), paper.key)
        spread = self._library.word_spread(guild, without=paper.key)
        ground = Ground(paper, self._library.passages_of(paper.key), others, spread, called)
        if not ground.text and not ground.items:
            reason = "nothing that reads as text was found in it"
            raise Refused(f"“{paper.title}”", reason, "Add a PDF of it that has a text layer.")
        return ground
