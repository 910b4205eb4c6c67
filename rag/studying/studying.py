"""Study aids for a guild's papers: the template filled, cards to learn from."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from rag.answering.asking import Answerer
from rag.answering.bookshelf import Bookshelf
from rag.domain.analysis import Analysis, FillStep, FillTold, fill_untold
from rag.domain.answer import EXTRACTIVE
from rag.domain.flashcard import Deck
from rag.domain.paper import Paper
from rag.domain.template import Template
from rag.errors import LibraryBusy, Refused
from rag.index.ports import Embedder
from rag.intake.ownership import DataDirectory
from rag.language.ports import Models, NoModels
from rag.questions.covering import CHARACTERS
from rag.questions.fields import FieldMap
from rag.questions.ground import Ground
from rag.questions.group_notes import called_in
from rag.questions.question_sets import QuestionSets
from rag.store.library import Library
from rag.studying.assembling import Written, assembled
from rag.studying.choosing_cards import MOST_CARDS
from rag.studying.dealing import Dealer
from rag.studying.filling import Filler
from rag.studying.seeking import Reader
from rag.studying.writing import FieldWriting

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
        models: Models | None = None,
        characters: int = CHARACTERS,
    ) -> None:
        """``characters``: how much of a paper fits into one prompt."""
        self._library = library
        self._sets = question_sets
        self._answerer = answerer
        self._embedder = embedder
        self._directory = directory
        self._clock = clock
        self._models = models or NoModels()
        self._characters = characters

    def kept(self, guild: str, paper: Paper) -> Analysis | None:
        """Return the last analysis, if the template and the paper's text are still those that it was made of."""
        held = self._library.kept_analysis(guild, paper.key)
        if held is None or held.paper.sha256 != paper.sha256:
            return None
        return replace(held, paper=paper) if held.template_sha256 == self._sets.template(guild).sha256 else None

    def calls(self, guild: str, paper: Paper, *, anew: bool = False) -> int:
        """Return how often a language model is asked for an analysis, at most; 0 where none is, or where one is kept.

        Fields that show rows of a table are quoted whoever writes, so a section of those alone asks nobody.
        """
        if self._models.of(guild).model is None or (not anew and self.kept(guild, paper) is not None):
            return 0
        return len(self._sets.template(guild).sections)

    def analysis(self, guild: str, paper: Paper, *, anew: bool = False, told: FillTold = fill_untold) -> Analysis:
        """Return the guild's template filled from a paper: the kept one, or a new one, which is kept unless
        a language model failed while writing it.

        ``told`` hears each section, in this thread. Raises Refused for a paper without text.
        """
        held = None if anew else self.kept(guild, paper)
        if held is not None:
            return held
        made = self._made(guild, paper, self._sets.template(guild), told)
        if made.notices:  # a model should have written it and did not: the next one who asks may have more luck
            return made
        try:
            with self._directory.owned("keep the analysis"):
                self._library.keep_analysis(guild, made)
        except LibraryBusy:  # beside a running bot: it is shown all the same
            log.info("the analysis of %s is not kept: the library is busy", paper.paper_id)
        return made

    def _made(self, guild: str, paper: Paper, template: Template, told: FillTold) -> Analysis:
        shelf, ground = Bookshelf(self._library), self.ground(guild, paper)
        writing = FieldWriting(
            models=self._models,
            guild=guild,
            paper=paper,
            shelf=shelf,
            filler=Filler(
                ground=ground,
                shelf=shelf,
                reader=Reader(ground, shelf, self._embedder),
                fields=FieldMap(template, self._embedder),
                ask=lambda question: self._answerer.ask(question, guild=guild, paper_keys=[paper.key]),
            ),
            now=self._clock,
            characters=self._characters,
        )
        written: list[Written] = []
        for done, section in enumerate(template.sections):
            told(FillStep(done, len(template.sections), section.title))
            written += writing.section(section)
        writing.ended()
        fields, citations = assembled(written, shelf)
        return Analysis(
            paper=paper,
            template_title=template.title,
            template_sha256=template.sha256,
            sections=tuple((section.number, section.title) for section in template.sections),
            fields=fields,
            citations=citations,
            made_at=self._clock(),
            writer=writing.writer or EXTRACTIVE,
            prompt=writing.prompt,
            notices=tuple(writing.notices),
        )

    def cards(self, guild: str, paper: Paper, *, most: int = MOST_CARDS) -> Deck:
        """Return cards on a paper, at most ``most``; a model is asked once. Raises Refused for a paper without text."""
        dealer = Dealer(
            ground=self.ground(guild, paper),
            shelf=Bookshelf(self._library),
            embedder=self._embedder,
            models=self._models,
            guild=guild,
            now=self._clock,
            characters=self._characters,
        )
        return dealer.deal(most)

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
