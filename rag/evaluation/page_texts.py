"""Readings made from texts that people or parsers wrote down: data sets come so, without a PDF.

A line is a paragraph, as these sets write them. Headings are recognised by their numbers, tables and captions by
their LaTeX and their labels. Makes no boxes: such a page has no picture.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from rag.domain.reading import Block, Kind, Page, Piece, Reading, Section

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_HEADING = re.compile(r"(?P<number>\d{1,2}(?:\.\d{1,2}){0,3}|[A-Z](?:\. ?\d{1,2}){0,2})\.? (?P<title>[A-Z].{1,85})")
_CAPTION = re.compile(r"(?P<kind>Figure|Fig\.|Table|Algorithm) ?(?P<number>[A-Z]?\.?\d+)\s?[:.|]")
_REFERENCE = re.compile(r"\[\d{1,3}\] [A-Z]|[A-Z][^.:]{5,250}\. [^.]{10,300}\..*\b(?:19|20)\d\d ?[a-z]?\.", re.ASCII)
_PRINTED_IN = re.compile(r"arXiv|CoRR|Proceedings|Conference|Journal|Transactions|preprint|Press|URL|pages|Association")
_TABLE_START, _TABLE_END = "\\begin{tabular}", "\\end{tabular}"
_CONTINUES = re.compile(r"\$\$|[a-z(]|- |\\item")
_NOT_HEADING = re.compile(r"&|\\\\|https?:|\.{3,}|[.;,:]$")


@dataclass(slots=True)
class _Writing:
    """What has been read so far."""

    blocks: list[Block] = field(default_factory=list)
    sections: list[Section] = field(default_factory=list)
    references: list[str] = field(default_factory=list)
    path: tuple[str, ...] = ()

    def add(self, kind: Kind, text: str, page: int | None, label: str | None = None) -> None:
        self.blocks.append(Block(kind, text, self.path, (Piece(page, 0, len(text)),), label))

    def extend(self, text: str, page: int | None) -> bool:
        """Join a line to the paragraph before it on the same page; False when there is none."""
        last = self.blocks[-1] if self.blocks else None
        if last is None or last.kind is not Kind.TEXT or last.pieces[0].page != page or last.section != self.path:
            return False
        self.blocks.pop()
        self.add(Kind.TEXT, f"{last.text} {text}", page)
        return True

    def open_section(self, number: str, title: str, depth: int, page: int | None) -> None:
        self.sections.append(Section(depth, number, title, page))
        self.path = (*self.path[: depth - 1], f"{number} {title}".strip())


def reading_of_pages(texts: Sequence[str], *, title: str) -> Reading:
    """Read one text per page, the first being page 1. The whole text stays on its Page, references are set apart."""
    writing = _Writing()
    for number, text in enumerate(texts, start=1):
        for lines in _units(text.split("\n")):
            _write(writing, lines, number)
    return Reading(
        pages=tuple(Page(number, text) for number, text in enumerate(texts, start=1)),
        blocks=tuple(writing.blocks),
        sections=tuple(writing.sections),
        references=tuple(writing.references),
        title=title,
        page_count=len(texts),
    )


def reading_of_paragraphs(paragraphs: Sequence[str], *, title: str) -> Reading:
    """Read paragraphs of a source without pages; those that look like headings open sections ("A ::: B": B in A)."""
    writing = _Writing()
    for paragraph in paragraphs:
        text = " ".join(paragraph.split())
        if is_heading(text):
            names = [name.strip() for name in text.split(":::")]
            writing.path = tuple(names[:-1])
            writing.open_section("", names[-1], len(names), None)
        elif text:
            writing.add(Kind.TEXT, text, None)
    return Reading(
        pages=(), blocks=tuple(writing.blocks), sections=tuple(writing.sections), title=title, page_count=None
    )


def is_heading(paragraph: str) -> bool:
    """Whether a paragraph of a source without pages is a heading: short, capital, no sentence."""
    words = paragraph.split()
    if not words or len(paragraph) > 160:
        return False
    short = len(words) <= 10 and paragraph[0].isalnum() and not paragraph[0].islower()
    return ":::" in paragraph or (short and paragraph[-1] not in ".?!:;,$")


def _units(lines: Iterable[str]) -> list[list[str]]:
    """Split a page into paragraphs (one line each) and tables (all their lines)."""
    units: list[list[str]] = []
    depth = 0
    for line in lines:
        text = line.strip()
        if depth and text:
            units[-1].append(text)
        elif text:
            units.append([text])
        depth = max(0, depth + text.count(_TABLE_START) - text.count(_TABLE_END))
    return units


def _write(writing: _Writing, lines: list[str], page: int) -> None:
    text = " ".join(" ".join(lines).split())
    heading = _HEADING.fullmatch(text)
    caption = _CAPTION.match(text)
    if _TABLE_START in text:
        _write_table(writing, text, page)
    elif heading and not _NOT_HEADING.search(text) and (text[0].isdigit() or writing.sections):  # "A Title" is none
        number = heading["number"].replace(" ", "")
        writing.open_section(number, heading["title"], number.count(".") + 1, page)
    elif caption:
        _write_caption(writing, text, caption, page)
    elif _is_reference(text):
        writing.references.append(text)
    elif not (_CONTINUES.match(text) and writing.extend(text, page)):
        writing.add(Kind.TEXT, text, page)


def _write_table(writing: _Writing, text: str, page: int) -> None:
    """Write a table, together with the caption printed above it."""
    last = writing.blocks[-1] if writing.blocks else None
    above = last is not None and last.kind is Kind.CAPTION and (last.label or "").startswith("Table")
    if last is not None and above and last.pieces[0].page == page:
        writing.blocks.pop()
        writing.add(Kind.TABLE, f"{last.text} {text}", page, last.label)
    else:
        writing.add(Kind.TABLE, text, page)


def _write_caption(writing: _Writing, text: str, caption: re.Match[str], page: int) -> None:
    """Write a caption; that of an unnamed table right above it goes to the table."""
    kind = "Figure" if caption["kind"] == "Fig." else caption["kind"]
    label = f"{kind} {caption['number']}"
    last = writing.blocks[-1] if writing.blocks else None
    if last is not None and kind == "Table" and last.kind is Kind.TABLE and last.label is None:
        writing.blocks.pop()
        writing.add(Kind.TABLE, f"{text} {last.text}", last.pieces[0].page or page, label)
    else:
        writing.add(Kind.CAPTION, text, page, label)


def _is_reference(text: str) -> bool:
    return _REFERENCE.match(text) is not None and _PRINTED_IN.search(text) is not None and len(text) < 700
