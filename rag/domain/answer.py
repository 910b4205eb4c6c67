"""An answer: sentences about papers, each with quotes that the program has found on their pages."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from rag.domain.codelink import CodeLink
from rag.domain.note import NoteHit
from rag.domain.paper import Paper
from rag.domain.passage import Hit, Passage
from rag.domain.reading import Box

EXTRACTIVE = "extractive"
"""The writer that needs no model."""


class Outcome(StrEnum):
    """``GROUNDED``: a model wrote it and every sentence is verified. ``QUOTED``: extractive.
    ``NOT_FOUND``: no evidence in a paper (notes, code links and facts may still be shown).
    """

    GROUNDED = "grounded"
    QUOTED = "quoted"
    NOT_FOUND = "not_found"


@dataclass(frozen=True, slots=True)
class Quote:
    """Exact text found on one page. ``page`` is the quote's own, 1-based; None for sources without pages,
    where the text was found in its section.
    """

    text: str
    page: int | None
    boxes: tuple[Box, ...] = ()


@dataclass(frozen=True, slots=True)
class Citation:
    """A numbered, verified pointer from an answer into a paper. Cannot exist without a found quote."""

    number: int  # 1-based
    paper: Paper
    passage: Passage
    quote: Quote
    score: float

    @property
    def url(self) -> str:
        """Return the link that opens the paper at the quote's page; "" when it has no public address."""
        return self.paper.page_url(self.quote.page)


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence of an answer and the numbers of the citations that carry it (never empty).

    ``weak``: its quotes stand on their pages, but a check did not find that they say what it says.
    """

    text: str
    citations: tuple[int, ...]
    weak: bool = False


@dataclass(frozen=True, slots=True)
class Fact:
    """A line of what is stored of a paper, or ("" as its key) of the library, and who says so; never the paper's prose.

    ``url``: an address that the line ends with. ``missing``: it says that what was asked is not stored, or what is in
    its place.
    """

    paper_key: str
    text: str
    source: str = ""
    url: str = ""
    missing: bool = False


@dataclass(frozen=True, slots=True)
class Answer:
    """What is shown for one question. ``text`` is made of ``facts``, and of ``sentences`` with [n] marks, or is the
    not-found words.
    """

    question: str
    outcome: Outcome
    text: str
    sentences: tuple[Sentence, ...] = ()
    citations: tuple[Citation, ...] = ()
    notes: tuple[NoteHit, ...] = ()
    code_links: tuple[CodeLink, ...] = ()
    nearest: tuple[Hit, ...] = ()  # passages offered when nothing was found
    notices: tuple[str, ...] = ()  # "lexical search only: ...", shown with the answer
    took_ms: dict[str, float] = field(default_factory=dict)
    writer: str = EXTRACTIVE
    prompt: str = ""  # what a model answered for it, with its version: "rephrase/1, answer/2"; "" without a model
    asked_of: tuple[str, ...] = ()  # keys of the papers it was asked of, () for all: a follow-up is asked of them, too
    facts: tuple[Fact, ...] = ()  # of records: who wrote a paper, when, where it is

    @property
    def found(self) -> bool:
        """Whether there is something to show for the question: of the papers' text, or of what is stored of them."""
        return self.outcome is not Outcome.NOT_FOUND or any(not fact.missing for fact in self.facts)
