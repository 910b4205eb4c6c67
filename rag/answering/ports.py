"""What answering asks of the rooms around it, and what passes between its own parts."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from rag.answering.questions import Asked
from rag.answering.quotes import Found
from rag.domain.codelink import CodeLink, CodeLinkReport
from rag.domain.note import NoteHit
from rag.domain.paper import Paper
from rag.domain.passage import Hit, Passage, Scope
from rag.domain.reading import Block, Page

if TYPE_CHECKING:
    from rag.answering.bookshelf import Bookshelf
    from rag.retrieval.mentions import Mention
    from rag.retrieval.retriever import Retrieved


class Searcher(Protocol):
    """Finds passages: :class:`rag.retrieval.retriever.Retriever`."""

    def search(self, query: str, scope: Scope, limit: int) -> Retrieved:
        """Return hits, best first, with what the question was understood to name."""
        ...

    def mentions(self, question: str, *, guild: str) -> Sequence[Mention]:
        """Return the papers that a question names, without a search."""
        ...

    def warm(self) -> None:
        """Load what searches are quicker with."""
        ...


class NoteSearcher(Protocol):
    """Finds the group's notes that speak to a question."""

    def search(self, query: str, *, guild: str, paper_keys: Sequence[str] | None, limit: int) -> Sequence[NoteHit]:
        """Return notes that are close enough to be shown, best first."""
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

    def code_links(self, key: str, *, guild: str) -> tuple[CodeLink, ...]:
        """Return the code links of a paper, the most trusted first."""
        ...

    def code_link_check(self, key: str) -> CodeLinkReport | None:
        """Return when the sources of code links were last asked about a paper; None if never."""
        ...

    def word_frequencies(self, guild: str) -> Mapping[str, int]:
        """Return in how many passages each lower-case word stands."""
        ...

    def passage_count(self, guild: str) -> int:
        """Return the number of passages."""
        ...

    def revision(self) -> int:
        """Return a number that changes whenever the library does."""
        ...


@dataclass(frozen=True, slots=True)
class Evidence:
    """A sentence of a paper that speaks to a question, and where it was found. Scores: higher is better."""

    paper: Paper
    passage: Passage
    found: Found
    score: float
    at: int  # offset in the passage: with the passage's ordinal, the reading order


@dataclass(frozen=True, slots=True)
class Brief:
    """What a writer is given for one question: nothing else may be written from.

    ``question`` as the person wrote it, in any language; ``asked`` as it was understood. ``evidence`` are the sentences
    that were picked, best first, ``hits`` the passages that they and what is near them stand in. ``shelf`` looks quotes
    up.
    """

    question: str
    asked: Asked
    guild: str
    evidence: tuple[Evidence, ...]
    hits: tuple[Hit, ...]
    shelf: Bookshelf


@dataclass(frozen=True, slots=True)
class DraftSentence:
    """A sentence that a writer proposes, and the 0-based places of the evidence it leans on."""

    text: str
    evidence: tuple[int, ...]
    weak: bool = False


@dataclass(frozen=True, slots=True)
class Draft:
    """What a writer hands in. ``evidence``: what its sentences lean on; () for that of the brief.

    ``refused``: the writer says that the passages do not answer; ``complete``: not that they answer only a part.
    """

    sentences: tuple[DraftSentence, ...]
    evidence: tuple[Evidence, ...] = ()
    refused: bool = False
    prompt: str = ""
    complete: bool = True


Shown = Callable[[Draft], None]
"""Is given a draft as it grows, with checked sentences only."""


def unshown(_draft: Draft) -> None:
    """Show nobody."""


class Writer(Protocol):
    """Writes an answer from evidence: extractive, or a language model."""

    name: str
    invents: bool  # whether its sentences are its own words (outcome "grounded") or quotes ("quoted")

    def write(self, brief: Brief, shown: Shown = unshown) -> Draft:
        """Return sentences, each leaning on evidence; the gate drops what does not hold. Raises ModelFailed."""
        ...
