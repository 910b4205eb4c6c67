"""What one guild holds, ready for understanding questions; made again only when the library has changed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from rag.domain.paper import Paper
from rag.retrieval.kept import KeptByGuild
from rag.retrieval.mentions import NameBook
from rag.retrieval.signals import stem_frequencies
from rag.retrieval.spelling import Speller
from rag.retrieval.words import tokens
from rag.store.library import Library


@dataclass(frozen=True)
class Catalogue:
    """The papers of one guild by key, its words, and its papers' names. Never holds another guild's."""

    papers: Mapping[str, Paper]
    speller: Speller
    names: NameBook
    stems: Mapping[str, int]  # passages that each stem stands in
    passages: int


class Catalogues:
    """Catalogues by guild, kept while ``Library.revision()`` stays the same. Threads may share it."""

    def __init__(self, library: Library) -> None:
        self._library = library
        self._kept = KeptByGuild(library.revision, self._made)

    def of(self, guild: str) -> Catalogue:
        """Return the guild's catalogue as of now."""
        return self._kept.of(guild)

    def _made(self, guild: str) -> Catalogue:
        papers = self._library.papers(guild)
        frequency = self._library.word_frequencies(guild)
        known = dict(frequency)
        for paper in papers:
            for name in (*paper.aliases, paper.title):
                for token in tokens(name):
                    known.setdefault(token.text.casefold(), 1)
        count = self._library.passage_count(guild)
        return Catalogue(
            papers={p.key: p for p in papers},
            speller=Speller(known),
            names=NameBook(papers, frequency=frequency, passages=count),
            stems=stem_frequencies(frequency),
            passages=count,
        )
