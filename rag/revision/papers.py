"""The papers that notes are set beside: their sentences, what they say to a question, and who compares."""

from __future__ import annotations

import json

from rag.answering.asking import Answerer
from rag.answering.wording import Rarity
from rag.domain.answer import Answer
from rag.domain.note import Discussion
from rag.domain.paper import Paper
from rag.errors import BadQuestion
from rag.index.ports import Embedder
from rag.retrieval.catalogue import Catalogues
from rag.retrieval.kept import KeptByGuild
from rag.revision.grading import Grader
from rag.revision.reading import PaperSentence, sentences_of
from rag.store.library import Library


class PapersOfNotes:
    """What is read of papers for their notes, kept while the library stays the same. Threads may share it."""

    def __init__(self, *, library: Library, catalogues: Catalogues, embedder: Embedder | None) -> None:
        self.library = library
        self._catalogues = catalogues
        self._embedder = embedder
        self._sentences = KeptByGuild(library.revision, self._read)  # by guild and paper
        self._rarities = KeptByGuild(
            library.revision, lambda guild: Rarity(library.word_frequencies(guild), library.passage_count(guild))
        )

    def paper(self, guild: str, discussion: Discussion) -> Paper | None:
        """Return the paper that a discussion is tied to; None for none of the guild's."""
        return self._catalogues.of(guild).papers.get(discussion.paper_key or "")

    def sentences(self, guild: str, paper: Paper) -> tuple[PaperSentence, ...]:
        """Return the sentences of a paper; none where no text of it could be read."""
        return self._sentences.of(json.dumps([guild, paper.key]))

    def grader(self, guild: str) -> Grader:
        """Return who looks for what notes say."""
        mend = self._catalogues.of(guild).speller.mend
        return Grader(embedder=self._embedder, rarity=self._rarities.of(guild), mend=mend)

    def _read(self, place: str) -> tuple[PaperSentence, ...]:
        guild, key = json.loads(place)
        paper = self.library.papers_by_key(guild, [key]).get(key)
        return sentences_of(paper, self.library.passages_of(key)) if paper is not None else ()


def said_by(answerer: Answerer, guild: str, question: str, paper: Paper, *, quoting: bool = False) -> Answer | None:
    """Return what a paper says to a question, ``quoting``: in its own words; None for one that cannot be asked."""
    try:
        return answerer.ask(question, guild=guild, paper_keys=[paper.key], quoting=quoting)
    except BadQuestion:
        return None
