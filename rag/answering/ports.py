"""What answering asks of the rooms around it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from rag.answering.questions import Asked
from rag.answering.quotes import Found
from rag.domain.codelink import CodeLink
from rag.domain.note import NoteHit
from rag.domain.paper import Paper
from rag.domain.passage import Hit, Passage, Scope
from rag.domain.reading import Block, Page


class Searcher(Protocol):
    """Finds passages: :class:`rag.retrieval` has the real one."""

    def search(self, query: str, scope: Scope, limit: int) -> Sequence[Hit]:
        """Return hits, best first."""
        ...


class NoteSearcher(Protocol):
    """Finds the group's notes that speak to a question."""

    def search(self, query: str, *, guild: str, paper_keys: Sequence[str] | None, limit: int) -> Sequence[NoteHit]:
        """Return notes, best first."""
        ...


class Shelf(Protocol):
    """What answering reads of :class:`rag.store.library.Library`."""

    def papers(self, guild: str) -> tuple[Paper, ...]:
        """Return the papers that a guild sees."""
        ...

    def pages(self, key: str) -> tuple[Page, ...]:
        """Return the pages of a paper; none for sources without pages."""
        ...

    def blocks(self, key: str) -> tuple[Block, ...]:
        """Return the blocks of a paper in reading order."""
        ...

    def passages_of(self, key: str) -> tuple[Passage, ...]:
        """Return the passages of a paper by ordinal."""
        ...

    def word_frequencies(self) -> dict[str, int]:
        """Return in how many passages each word occurs."""
        ...

    def code_links(self, key: str, *, guild: str) -> tuple[CodeLink, ...]:
        """Return the code links of a paper."""
        ...


@dataclass(frozen=True, slots=True)
class Evidence:
    """A sentence of a paper that speaks to a question, found on its page. Higher scores are better, 0 to 1."""

    paper: Paper
    passage: Passage
    found: Found
    score: float
    order: tuple[int, int]  # passage ordinal and offset in it: reading order within a paper


@dataclass(frozen=True, slots=True)
class DraftSentence:
    """A sentence that a writer proposes, and the 0-based numbers of the evidence it leans on."""

    text: str
    evidence: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Draft:
    """What a writer hands in. ``lead`` are frame words of ours; they claim nothing about a paper."""

    sentences: tuple[DraftSentence, ...]
    lead: str = ""


class Writer(Protocol):
    """Writes an answer from evidence: extractive, or a language model."""

    name: str

    def write(self, asked: Asked, evidence: Sequence[Evidence]) -> Draft:
        """Return sentences, each leaning on evidence given; the gate drops what does not hold."""
        ...
