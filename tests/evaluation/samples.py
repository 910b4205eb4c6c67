"""Small made-up papers and answers for the evaluation's tests."""

from __future__ import annotations

from datetime import UTC, datetime

from rag.domain.answer import Answer, Citation, Outcome, Quote, Sentence
from rag.domain.paper import Paper, SourceKind
from rag.domain.passage import Passage
from rag.domain.reading import Block, Kind, Page, Piece

NOW = datetime(2026, 11, 21, tzinfo=UTC)


def paper(name: str, *, pages: int | None = 2) -> Paper:
    return Paper(
        key=f"key:{name}",
        paper_id=name,
        title=f"Paper {name}",
        source=SourceKind.PDF if pages else SourceKind.MARKDOWN,
        sha256="0" * 64,
        added_at=NOW,
        page_count=pages,
    )


def citation(of: Paper, text: str, page: int | None, *, section: tuple[str, ...] = (), number: int = 1) -> Citation:
    passage = Passage(f"{of.key}/0", of.key, 0, Kind.TEXT, text, section=section, first_page=page, last_page=page)
    return Citation(number, of, passage, Quote(text, page), 1.0)


def answer(*citations: Citation, outcome: Outcome = Outcome.QUOTED) -> Answer:
    sentences = tuple(Sentence(c.quote.text, (c.number,)) for c in citations)
    return Answer("?", outcome, "", sentences=sentences, citations=citations)


class Shelf:
    """Pages and blocks of a few papers, held in memory."""

    def __init__(self, *, pages: dict[str, list[str]] | None = None, blocks: dict[str, list[Block]] | None = None):
        self._pages = pages or {}
        self._blocks = blocks or {}

    def papers(self, guild: str) -> tuple[Paper, ...]:
        return () if guild == "nobody" else tuple(paper(key.removeprefix("key:")) for key in self._pages)

    def passages_of(self, key: str) -> tuple[Passage, ...]:
        texts = enumerate(self._pages.get(key, []), start=1)
        return tuple(Passage(f"{key}/{n}", key, n - 1, Kind.TEXT, t, first_page=n, last_page=n) for n, t in texts)

    def pages(self, key: str) -> tuple[Page, ...]:
        return tuple(Page(number, text) for number, text in enumerate(self._pages.get(key, []), start=1))

    def blocks(self, key: str) -> tuple[Block, ...]:
        return tuple(self._blocks.get(key, []))


def block(text: str, section: tuple[str, ...]) -> Block:
    return Block(Kind.TEXT, text, section, (Piece(None, 0, len(text)),))
