"""Articles in HTML: what a reader sees of them, by structure, without pages. Knows LaTeXML (ar5iv) and distill."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from rag.domain.reading import Reading
from rag.errors import BadDocument
from rag.reading.gathering import Gathering, squeezed

if TYPE_CHECKING:
    from bs4 import BeautifulSoup, Tag

MAX_HTML_BYTES = 8 * 1024 * 1024  # of the page itself; parsing takes about 1 s and 40 MB a MB


def read_html(data: bytes, url: str = "") -> Reading:
    """Read an article. Its blocks' text is what quotes are checked against; there are no pages.

    Menus, side notes, footers, scripts and whatever the page hides from its readers are left out and reported.
    Raises BadDocument when the page is too large or shows no text by itself.
    """
    from rag.reading.htmlblocks import HtmlBlocks
    from rag.reading.shallow import soup_of
    from rag.reading.unseen import drop_unseen

    what = url or "the page"
    if len(data) > MAX_HTML_BYTES:
        most = MAX_HTML_BYTES // 1024**2
        reason = f"it has {len(data) / 1024**2:.1f} MB of HTML, and at most {most} MB are read"
        raise BadDocument(what, reason, "Add it as a PDF instead.")
    soup = soup_of(_decoded(data))
    scripted = soup.find("script") is not None
    title = _title(soup)
    gathering = Gathering()
    gathering.warnings += drop_unseen(soup)
    HtmlBlocks(gathering, base=url, title=title).read(_article(soup))
    if gathering.chars < _LEAST_TEXT:
        reason = "it shows its text only in a browser that runs its scripts" if scripted else "it holds no text"
        raise BadDocument(what, reason, "Save the page from a browser, or add the paper's PDF.")
    return gathering.reading(title)


_LEAST_TEXT = 40  # characters: "Loading..." and "Please enable JavaScript" are no articles
_ARTICLES = ("d-article", "dt-article", ".ltx_document", "article", "main", "[role=main]", "#content", "body")
_MOST = 0.5  # an <article> is taken for the page only if it holds most of the text, not one teaser of many


def _decoded(data: bytes) -> str:
    """Decode by byte order mark, by what the page declares, as UTF-8, and else as what browsers assume."""
    from bs4.dammit import EncodingDetector

    bare, marked = EncodingDetector.strip_byte_order_mark(data)
    declared = marked or EncodingDetector.find_declared_encoding(bare[:4096], is_html=True)
    for encoding in (declared, "utf-8"):
        try:
            if encoding:
                return bare.decode(encoding).replace("\x00", "")
        except (LookupError, UnicodeError):
            continue
    return bare.decode("cp1252", errors="replace").replace("\x00", "")


def _title(soup: BeautifulSoup) -> str:
    """Return the title: what the page tells search engines of papers, its only main heading, or its window title."""
    meta = soup.find("meta", attrs={"name": re.compile("^(citation_title|dc.title)$", re.I)})
    if meta is not None and str(meta.get("content") or "").strip():
        return squeezed(str(meta["content"]))
    for selector in (
        "d-title h1",
        "dt-article > h1",
        "h1.ltx_title_document",
        "h1.title",
        "article h1",
        "main h1",
        "h1",
    ):
        headings = [h for h in soup.select(selector, limit=2) if h.get_text(strip=True)]
        if len(headings) == 1 or (headings and selector != "h1"):
            return squeezed(headings[0].get_text()).removeprefix("Title:").strip()
    named = soup.find("title")
    return squeezed(named.get_text()) if named is not None else ""


def _article(soup: BeautifulSoup) -> Tag:
    """Return the element that holds the article."""
    everything = len(soup.get_text())
    for selector in _ARTICLES:
        found = max(soup.select(selector, limit=200), key=lambda tag: len(tag.get_text()), default=None)
        if found is not None and len(found.get_text()) >= _MOST * everything:
            return found
    return soup
