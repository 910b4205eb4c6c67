"""Sources of an answer as lines: a paper that several are of is named once, and each says its page and section."""

from __future__ import annotations

from collections.abc import Sequence

from bot.render.escaping import clip, masked_link, plain, plain_line, quoted
from bot.render.signs import one_line
from rag.answering.extractive import short_name
from rag.domain.answer import Citation
from rag.domain.paper import Paper

TITLE_CHARS = 90
SECTION_CHARS = 60
AUTHOR_CHARS = 40


def source_lines(citations: Sequence[Citation], *, quote_chars: int | None = 0) -> list[str]:
    """Return the sources of each paper together, in the order in which the papers come first: a string for each.

    ``quote_chars``: how much of each quote stands below its place; None for all of it.
    """
    papers: dict[str, list[Citation]] = {}
    for citation in citations:
        papers.setdefault(citation.paper.key, []).append(citation)
    return [_of_one_paper(group, quote_chars) for group in papers.values()]


def place_of(citation: Citation) -> str:
    """Return paper, page and section; the page links to itself."""
    name = _linked(clip(citation.paper.title, TITLE_CHARS), citation.url)
    page = f", p. {citation.quote.page}" if citation.quote.page is not None else ""
    return f"{name}{page}{_section(citation)}"


def _of_one_paper(citations: Sequence[Citation], quote_chars: int | None) -> str:
    places = [place_of(c) if len(citations) == 1 else _place_within(c) for c in citations]
    lines = [f"**[{c.number}]** {place}{_quote(c, quote_chars)}" for c, place in zip(citations, places, strict=True)]
    return "\n".join(lines if len(citations) == 1 else [_paper(citations[0].paper), *lines])


def _quote(citation: Citation, most_chars: int | None) -> str:
    if most_chars == 0:
        return ""
    text = citation.quote.text
    shown = plain(text) if most_chars is None else plain_line(clip(one_line(text), most_chars))
    return f"\n{quoted(shown)}"


def _paper(paper: Paper) -> str:
    """Return a paper as the answer above calls it, with who wrote it and when."""
    written = [_authors(paper.authors), f"{paper.published:%Y}" if paper.published else ""]
    said = ", ".join(word for word in written if word)
    return _linked(short_name(paper), paper.page_url(None)) + (f" · {said}" if said else "")


def _authors(authors: Sequence[str]) -> str:
    names = [plain_line(clip(one_line(author), AUTHOR_CHARS)) for author in authors[:2]]
    return f"{names[0]} et al." if len(authors) > 2 else " and ".join(names)


def _place_within(citation: Citation) -> str:
    """Return page and section of a paper that was named; the page, or else the section, links to itself."""
    section, page = citation.passage.section, citation.quote.page
    if page is None:
        shown = clip(section[-1], SECTION_CHARS) if section else ""
        return _linked(shown if one_line(shown) else "in the text", citation.url)
    return f"{_linked(f'p. {page}', citation.url)}{_section(citation)}"


def _linked(text: str, url: str) -> str:
    return masked_link(text, url) if url else plain_line(text)


def _section(citation: Citation) -> str:
    section = citation.passage.section
    return f" · {plain_line(clip(section[-1], SECTION_CHARS))}" if section else ""
