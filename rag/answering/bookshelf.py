"""The papers' pages and sections, read once for one question, and sentences found in them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from rag.answering.candidates import Candidate
from rag.answering.ports import Shelf
from rag.answering.quotes import Found, approximate, find_in_text, find_quote, longest, verify
from rag.domain.answer import Quote
from rag.domain.passage import Passage
from rag.domain.reading import Block, Kind, Page
from rag.reading.sentences import sentences


class Bookshelf:
    """For one question: a paper that changes meanwhile is seen as it was when first opened."""

    def __init__(self, library: Shelf) -> None:
        self._library = library
        self._pages: dict[str, tuple[Page, ...]] = {}
        self._blocks: dict[str, tuple[Block, ...]] = {}

    def pages(self, key: str) -> tuple[Page, ...]:
        """Return the pages of a paper."""
        if key not in self._pages:
            self._pages[key] = self._library.pages(key)
        return self._pages[key]

    def running_text(self, key: str) -> list[Passage]:
        """Return the passages of a paper that are read as prose: abstract and text, by ordinal."""
        return [p for p in self._library.passages_of(key) if p.kind in (Kind.ABSTRACT, Kind.TEXT)]

    def section_texts(self, key: str, section: tuple[str, ...]) -> list[str]:
        """Return the texts of one section, each alone and then all together, for sentences that run over two."""
        if key not in self._blocks:
            self._blocks[key] = self._library.blocks(key)
        texts = [block.text for block in self._blocks[key] if block.section == section]
        return [*texts, "\n".join(texts)]

    def find(self, candidate: Candidate) -> Found | None:
        """Find a sentence where its passage says it stands; with the sentence before, when it leans on that."""
        passage = candidate.hit.passage
        if candidate.lead:
            found = self._find(f"{candidate.lead} {candidate.text}", passage)
            if found is not None and not (found.cut_before or found.cut_after):
                return replace(found, cut_after=candidate.cut)
        found = self._find(candidate.text, passage)
        return replace(found, cut_after=True) if found is not None and candidate.cut else found

    def find_parts(self, candidate: Candidate) -> tuple[Found, ...]:
        """Find a text that is no prose: whole, else its sentences one by one, of each what stands in one piece."""
        whole = self.find(candidate)
        if whole is not None and not whole.cut_before and whole.cut_after == candidate.cut:
            return (whole,)
        passage = candidate.hit.passage
        pages = self._touched(passage)
        texts = (candidate.text[span.start : span.end] for span in sentences(candidate.text))
        found = (longest(text, pages) for text in texts)
        return tuple(part for part in found if part is not None)

    def holds(self, quote: Quote, passage: Passage) -> bool:
        """Whether a quote stands, as it would be shown, on the page it names, or in its section without pages."""
        if not quote.text.strip():
            return False
        key = passage.paper_key
        if quote.page is None:
            return find_in_text(quote.text, self.section_texts(key, passage.section)) is not None
        return any(page.number == quote.page and find_quote(quote.text, page) for page in self.pages(key))

    def near(self, quote: str, passage: Passage) -> Quote | None:
        """Return the page's own text for words that a model says stand in a passage: exactly, or almost, on a page that
        the passage touches (in its section without pages). None when they do not.
        """
        if passage.first_page is None:
            texts = self.section_texts(passage.paper_key, passage.section)
            found = (approximate(quote, Page(number=0, text=text)) for text in texts)
            return next((Quote(one.text, page=None) for one in found if one is not None), None)
        return next((one for page in self._touched(passage) if (one := approximate(quote, page))), None)

    def _find(self, text: str, passage: Passage) -> Found | None:
        if passage.first_page is None:
            quote = find_in_text(text, self.section_texts(passage.paper_key, passage.section))
            return Found(quote) if quote is not None else None
        return verify(text, self._touched(passage))

    def _touched(self, passage: Passage) -> Sequence[Page]:
        """Return the pages that a passage stands on."""
        first = passage.first_page
        if first is None:
            return ()
        last = passage.last_page or first
        return [page for page in self.pages(passage.paper_key) if first <= page.number <= last]
