"""What reading a document yields: pages with boxes, and blocks of text in reading order."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """What a block or passage is. ``CODE`` holds code links, never text of the paper."""

    ABSTRACT = "abstract"
    TEXT = "text"
    CAPTION = "caption"
    EQUATION = "equation"
    TABLE = "table"
    THEOREM = "theorem"
    CODE = "code"


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle on a 1-based page, in PDF points from the top left."""

    page: int
    x0: float
    y0: float
    x1: float
    y1: float


@dataclass(frozen=True, slots=True)
class Line:
    """One printed line: ``Page.text[start:end]`` and its rectangle."""

    start: int
    end: int
    box: Box


@dataclass(frozen=True, slots=True)
class Page:
    """One page as it stands: every visible printed line in reading order, joined by newlines.

    Running heads, footnotes and references are part of it (a quote is checked against the page, not against
    our idea of it); invisible, off-page and tiny text is not. ``number`` is 1-based.
    """

    number: int
    text: str
    lines: tuple[Line, ...] = ()


@dataclass(frozen=True, slots=True)
class Section:
    """A heading: depth 1 is a top section. ``number`` as printed ("3.2", "A") or ""."""

    depth: int
    number: str
    title: str
    page: int | None


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of block text on one page: ``Block.text[start:end]`` was printed within these boxes."""

    page: int | None
    start: int
    end: int
    boxes: tuple[Box, ...] = ()


@dataclass(frozen=True, slots=True)
class Block:
    """One paragraph, caption, equation, table or theorem, mended for reading.

    ``text`` has hyphenation and ligatures mended and single spaces; ``pieces`` cover it in order, one per page it
    runs over (page None for sources without pages). ``section`` is the path of headings above it.
    ``label`` is its own name where it has one: "Figure 2", "Table 4", "Eq. 3", "Theorem 1".
    An equation's text is a sentence before it, the equation line(s) with its number, and the sentence after.
    """

    kind: Kind
    text: str
    section: tuple[str, ...]
    pieces: tuple[Piece, ...]
    label: str | None = None


@dataclass(frozen=True, slots=True)
class Reading:
    """Everything read from one document; plain data that crosses the worker's process border by pickle."""

    pages: tuple[Page, ...]
    blocks: tuple[Block, ...]
    sections: tuple[Section, ...]
    references: tuple[str, ...] = ()
    title: str = ""  # as printed on page 1, "" when none was recognised
    arxiv_stamp: str | None = None  # "1502.03167v3" as printed on page 1
    links: tuple[str, ...] = ()  # URLs printed in or attached to the text, in order, without repeats
    page_count: int | None = None  # None for sources without pages
    unread_pages: tuple[int, ...] = ()  # 1-based pages that could not be read
    warnings: tuple[str, ...] = ()  # plain sentences for the person who adds the paper
