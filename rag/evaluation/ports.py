"""What the evaluation asks of the rest of the house, and what is handed to it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from rag.domain.answer import Answer
    from rag.domain.paper import Paper
    from rag.domain.passage import Hit, Passage, Scope
    from rag.domain.reading import Block, Page, Reading


class Searcher(Protocol):
    """Finds passages for a question."""

    def search(self, query: str, scope: Scope, limit: int) -> Sequence[Hit]:
        """Return at most ``limit`` hits, best first, without repeats."""
        ...


class Asker(Protocol):
    """Answers a question with verified citations, or abstains."""

    def ask(self, question: str, scope: Scope) -> Answer:
        """Return the answer; ``Outcome.NOT_FOUND`` is an abstention."""
        ...


class Shelf(Protocol):
    """What is read back of a library (:class:`rag.store.library.Library` is one)."""

    def papers(self, guild: str) -> tuple[Paper, ...]:
        """Return the papers that this guild sees."""
        ...

    def passages_of(self, key: str) -> tuple[Passage, ...]:
        """Return one paper's passages by ordinal."""
        ...

    def pages(self, key: str) -> tuple[Page, ...]:
        """Return one paper's pages; empty for sources without pages."""
        ...

    def blocks(self, key: str) -> tuple[Block, ...]:
        """Return one paper's blocks."""
        ...


@dataclass(frozen=True, slots=True)
class Document:
    """One paper that a set needs in its library: a PDF at ``path``, or a ``reading`` made from a data set's texts."""

    name: str  # what the set's questions call it
    title: str
    path: Path | None = None
    reading: Reading | None = None
    arxiv_id: str | None = None


@dataclass(frozen=True, slots=True)
class Subject:
    """A library under test. ``searchers`` by system name; the first is judged against the others.

    ``askers`` answer over the passages of the searcher of the same name; a system may lack one.
    ``keys`` maps document names to paper keys, where they differ from the paper ids of the library. ``writers`` answer
    over the first searcher's passages as its asker does, by the name of who writes.
    """

    guild: str
    library: Shelf
    searchers: Mapping[str, Searcher]
    askers: Mapping[str, Asker]
    keys: Mapping[str, str]
    versions: Mapping[str, str]  # what took part, for the report: {"embedder": "minilm-int8", ...}
    close: Callable[[], None] = lambda: None  # let go of the library's files
    writers: Mapping[str, Asker] = field(default_factory=dict)


class Build(Protocol):
    """Makes a library of its own in an empty folder, holding the documents."""

    def __call__(
        self, documents: Sequence[Document], *, folder: Path, progress: Callable[[str, int, int], None]
    ) -> Subject:
        """Return the library, ready to search."""
        ...
