"""The question sets of a guild's papers."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime

from rag.answering.asking import Answerer
from rag.answering.bookshelf import Bookshelf
from rag.answering.frames import Frames, Instead
from rag.domain.paper import Paper
from rag.domain.question import Question, QuestionSet
from rag.domain.template import Template
from rag.errors import ModelFailed, Refused
from rag.index.ports import Embedder
from rag.intake.ownership import DataDirectory
from rag.language.ports import Finding, Models, NoModels
from rag.questions.covering import CHARACTERS
from rag.questions.extractive import ExtractiveProposer
from rag.questions.gate import QuestionGate
from rag.questions.ground import Ground
from rag.questions.group_notes import answered, called_in
from rag.questions.likeness import Likeness
from rag.questions.making import Making
from rag.questions.model_proposer import ModelProposer
from rag.questions.proposal import Proposal, Proposer
from rag.questions.reading_template import own_template, read_template
from rag.store.library import Library

log = logging.getLogger(__name__)

MOST = 25


class QuestionSets:
    """Makes question sets from papers and templates, and keeps the guilds' templates. Threads may share it.

    ``characters``: how much of a paper a model is given to ask about.
    """

    def __init__(
        self,
        *,
        library: Library,
        answerer: Answerer,
        embedder: Embedder | None,
        directory: DataDirectory,
        clock: Callable[[], datetime],
        proposer: Proposer | None = None,
        models: Models | None = None,
        characters: int = CHARACTERS,
    ) -> None:
        self._library = library
        self._answerer = answerer
        self._embedder = embedder
        self._directory = directory
        self._clock = clock
        self._proposer = proposer or ExtractiveProposer()
        self._models = models or NoModels()
        self._characters = characters
        self._frames = Frames.load()

    def template(self, guild: str) -> Template:
        """Return the template that the guild's sets follow: its own, else the one that Seminar brings along."""
        given = self._library.template_of(guild)
        return read_template(given) if given is not None else own_template()

    def set_template(self, guild: str, name: str, content: bytes, *, person: str) -> Template:
        """Keep a template for a guild; ``name`` is the file's. Raises BadDocument, and then the one before stays."""
        template = read_template(content)
        with self._directory.owned("change the template"):
            self._library.put_template(guild, name, content, person=person, now=self._clock())
        return template

    def clear_template(self, guild: str) -> bool:
        """Go back to the template that Seminar brings along; return whether there was another."""
        with self._directory.owned("change the template"):
            return self._library.drop_template(guild)

    def of(self, guild: str, paper: Paper, *, n: int = 12, follow_ups: Sequence[Question] = ()) -> QuestionSet:
        """Return up to ``n`` questions (1 to 25) on a paper, the first of them what it tries to convey.

        ``follow_ups`` come next, as they are, with as much of their evidence as still stands. Fewer are returned where
        fewer good ones exist, and a notice says so. The same library gives the same set. Raises Refused for a paper
        without text.
        """
        discussions = self._library.discussions(guild)
        ground = self._ground(guild, paper, called_in(discussions, paper.key))
        if not ground.said and not ground.items:
            reason = "nothing that reads as text was found in it"
            raise Refused(f"A question set on “{paper.title}”", reason, "Add a PDF of it that has a text layer.")
        likeness, template, n = Likeness(self._embedder), self.template(guild), max(1, min(n, MOST))
        shelf = Bookshelf(self._library)
        written, notices = self._written(guild, ground, template, shelf, n)
        making = Making(
            ground=ground,
            template=template,
            gate=QuestionGate(
                ground=ground, shelf=shelf, likeness=likeness, discussed=answered(discussions, paper.key)
            ),
            likeness=likeness,
            embedder=self._embedder,
            ask=lambda asked: self._answerer.ask(asked, guild=guild, paper_keys=[paper.key], quoting=True).citations,
            discussions=discussions,
            proposer=self._proposer,
            written=written,
        )
        made = making.made(n=n, follow_ups=follow_ups)
        if written and made.writer == self._proposer.name and len(follow_ups) + 1 < n:  # there was room for them
            notices = (self._frames.model_unfit(Instead.QUESTIONS),)
        return replace(made, notices=(*notices, *made.notices))

    def _written(
        self, guild: str, ground: Ground, template: Template, shelf: Bookshelf, n: int
    ) -> tuple[list[Proposal], tuple[str, ...]]:
        """Return what the guild's model proposes, and why it does not; nobody is asked for the first question alone."""
        if n == 1:
            return [], ()
        allowed = self._models.of(guild)
        if allowed.model is None:
            return [], self._frames.model_absent(allowed.why_not, Instead.QUESTIONS, self._clock())
        asking = ModelProposer(
            allowed.model,
            shelf=shelf,
            fields=template.fields,
            n=n,
            counted=lambda findings: self._models.count(guild, findings),
            characters=self._characters,
        )
        try:
            proposed = asking.propose(ground)
        except ModelFailed as failed:
            log.warning("questions are made without a model: %s", failed)
            self._models.count(guild, {Finding.FAILED: int(not failed.why_not)})
            return [], self._frames.model_silent(failed, Instead.QUESTIONS, self._clock())
        return proposed, (() if proposed else (self._frames.model_unfounded(Instead.QUESTIONS),))

    def _ground(self, guild: str, paper: Paper, called: str) -> Ground:
        others = tuple(other for other in self._library.papers(guild) if other.key != paper.key)
        spread = self._library.word_spread(guild, without=paper.key)
        return Ground(paper, self._library.passages_of(paper.key), others, spread, called)
