"""Sets ``primer.md`` as ``primer.pdf``: ``python -m docs.primer.make_primer``. The same bytes on every run."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path

import pymupdf

from docs.primer.figure import draw_residual_blocks
from docs.primer.sheet import ACCENT, COLUMN, MARGIN, WIDTH, Sheet
from docs.primer.typesetting import (
    BOLD,
    BOLD_ITALIC,
    ITALIC,
    ROMAN,
    SetLine,
    Word,
    broken,
    formula,
    width_of,
    words_of,
)
from rag.samples import primer_pdf

SOURCE = Path(__file__).with_name("primer.md")
TITLE = "Normalisation and Residual Learning: A Four-Page Primer"
LICENCE = "© The Seminar founders. Licence: AGPL-3.0-or-later, the same as the program Seminar, with which it comes."
DATED = "D:20261121000000Z"
SIZE, LEADING = 10.9, 13.9
SMALL, SMALL_LEADING = 9.2, 11.2
FIGURE = 184.0  # points the drawing takes, with the room under it


def make_primer(target: Path) -> None:
    """Write the primer. Raises ValueError when it does not fill exactly four pages."""
    press = _Press(pymupdf.open(), TITLE, LICENCE)
    for piece in SOURCE.read_text(encoding="utf-8").strip().split("\n\n"):
        press.take(piece.strip())
    press.finish()
    document = press.document
    if document.page_count != 4:
        raise ValueError(f"a four-page primer of {document.page_count} pages")
    document.set_toc([[depth, name, page] for depth, name, page in press.outline])
    document.set_metadata(
        {"title": TITLE, "author": "The Seminar founders", "subject": LICENCE, "creationDate": DATED, "modDate": DATED}
    )
    document.subset_fonts()
    document.save(target, garbage=4, deflate=True, no_new_id=True)


@dataclass
class _Press(Sheet):
    """Sets the pieces of the source one after another."""

    outline: list[tuple[int, str, int]] = field(default_factory=list)
    first: bool = True  # the next paragraph follows a heading: not indented
    caption: str = ""
    in_abstract: bool = False

    def take(self, piece: str) -> None:
        """Set one piece of the source."""
        heading = re.match(r"(#+) (.+)", piece)
        if heading and len(heading[1]) == 1:
            self._title(heading[2])
        elif heading and heading[2] == "Abstract":
            self.in_abstract = True
        elif heading:
            self._heading(heading[2], len(heading[1]) - 1)
        elif self.in_abstract:
            self._abstract(piece)
        elif piece.startswith("> "):
            self._proposition(piece[2:])
        elif piece.startswith("$$"):
            self._equation(piece)
        elif piece.startswith("!["):
            self._figure(piece[2 : piece.index("]")])
        elif piece.startswith("|"):
            self._table(piece)
        elif piece.startswith("Table "):
            self.caption = piece
        elif re.match(r"\[\d+\] ", piece):
            self._reference(piece)
        else:
            self._paragraph(piece)

    def finish(self) -> None:
        """Set what still waits, and the last page's words."""
        while self.waiting:
            self.next_column()
        self.write()

    def _title(self, text: str) -> None:
        self.next_page()
        name, _, subtitle = text.partition(": ")
        self.centred(f"{name}:", BOLD, 20, 76, ACCENT)
        self.centred(subtitle, BOLD, 20, 99, ACCENT)
        self.centred("The Seminar founders", ROMAN, 11, 123)
        self.y = 143

    def _abstract(self, text: str) -> None:
        self.in_abstract = False
        inset = 34.0
        self.rule(MARGIN + inset, WIDTH - MARGIN - inset, self.y - 4, 0.6)
        self.y += 11
        self.centred("Abstract", BOLD, 10.4, self.y, ACCENT)
        self.y += 3
        for line in broken(words_of(text, 10.4), WIDTH - 2 * MARGIN - 2 * inset, 10.4):
            self.y += 12.6
            self.line(line, MARGIN + inset, self.y)
        self.rule(MARGIN + inset, WIDTH - MARGIN - inset, self.y + 8, 0.6)
        self.top = self.y + 22
        self.y = self.top

    def _heading(self, text: str, depth: int) -> None:
        size, name = (12.2, BOLD) if depth == 1 else (10.4, BOLD_ITALIC)
        above = (13.0 if depth == 1 else 8.0) if self.y > self.top + 1 else 0.0
        self.need(above + size + (5 if depth == 1 else 2.4) * LEADING)
        above = above if self.y > self.top + 1 else 0.0
        self.y += above + (size * 1.02 if above else LEADING)
        number, _, words = text.partition(" ")
        shown = f"{number}  {words}" if number[0].isdigit() else text
        self.text(self.x, self.y, shown, name, size, ACCENT)
        self.y += 4.2 if depth == 1 else 2.6
        self.outline.append((depth, text, self.document.page_count))
        self.first = True

    def _paragraph(self, text: str) -> None:
        continues = text[0].islower() or self.first
        lines = broken(words_of(text, SIZE), COLUMN, SIZE, indent=0.0 if continues else 12.0)
        self.lines(lines, LEADING)
        self.first = False

    def _proposition(self, text: str) -> None:
        self.y += 5
        self.lines(broken(words_of(text, SIZE), COLUMN, SIZE), LEADING)
        self.y += 5
        self.first = True

    def _reference(self, text: str) -> None:
        mark, _, entry = text.partition(" ")
        hang = 21.0
        lines = broken(words_of(entry, SMALL), COLUMN - hang, SMALL, ragged=True)
        self.need(len(lines) * SMALL_LEADING)
        for index, line in enumerate(lines):
            self.y += SMALL_LEADING
            if index == 0:
                self.text(self.x, self.y, mark + " ", ROMAN, SMALL)
            self.line(line, self.x + hang, self.y)
        self.y += 1.6

    def _equation(self, source: str) -> None:
        tag = re.search(r"\\tag\{(\d+)\}", source)
        number = f"({tag[1]})" if tag else ""
        body = re.sub(r"\\tag\{\d+\}", "", source).strip("$ ")
        word = formula(body, SIZE)
        right = width_of(number, ROMAN, SIZE)
        size = SIZE * min(1.0, (COLUMN - right - 18) / word.width)
        word = formula(body, size)
        self.need(2.1 * LEADING)
        self.y += LEADING + 5.5
        offset = max(0.0, min((COLUMN - word.width) / 2, COLUMN - right - 18 - word.width))
        self.line(SetLine(((offset, word),)), self.x, self.y)
        self.text(self.x + COLUMN - right, self.y, number, ROMAN, SIZE)
        self.y += 5.5
        self.first = True

    def _figure(self, caption: str) -> None:
        lines = broken(_captioned(caption), COLUMN, SMALL)

        def draw() -> None:
            assert self.page is not None
            draw_residual_blocks(self.page, self.text, self.x, self.y + 2, COLUMN)
            self.y += FIGURE
            self._small(lines)
            self.y += 10

        self.float_on(draw)

    def _table(self, source: str) -> None:
        rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in source.split("\n")]
        rows = [row for row in rows if not set("".join(row)) <= set("-: ")]
        lines = broken(_captioned(self.caption), COLUMN, SMALL)

        def draw() -> None:
            self.y += 4
            self._small(lines)
            self._cells(rows)

        self.float_on(draw)

    def _cells(self, rows: list[list[str]]) -> None:
        at = (0.0, 0.28, 0.55, 0.75)
        self.y += 6
        self.rule(self.x, self.x + COLUMN, self.y, 0.9)
        for index, row in enumerate(rows):
            self.y += 13.5
            for share, cell in zip(at, row, strict=True):
                name = BOLD if index == 0 else ITALIC if share in at[1:3] else ROMAN
                self.text(self.x + share * COLUMN, self.y - 1.5, cell + " ", name, 9.0)
            if index == 0:
                self.y += 2.5
                self.rule(self.x, self.x + COLUMN, self.y, 0.5)
        self.y += 4
        self.rule(self.x, self.x + COLUMN, self.y, 0.9)
        self.y += 12

    def _small(self, lines: list[SetLine]) -> None:
        for line in lines:
            self.y += SMALL_LEADING
            self.line(line, self.x, self.y)
        self.y += 4


def _captioned(text: str) -> list[Word]:
    name, _, said = text.partition(": ")
    return words_of(f"**{name}:** {said}", SMALL)


if __name__ == "__main__":
    make_primer(primer_pdf())
