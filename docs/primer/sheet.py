"""A sheet of two columns: where the next line goes, and what waits for the top of a column."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import pymupdf

from docs.primer.typesetting import ITALIC, ROMAN, SetLine, broken, font, runs_at, width_of, words_of

WIDTH, HEIGHT = 595.0, 842.0  # A4
MARGIN, GUTTER = 52.0, 19.0
TOP, BOTTOM = 74.0, 786.0
COLUMN = (WIDTH - 2 * MARGIN - GUTTER) / 2
INK, ACCENT = (0.0, 0.0, 0.0), (0.10, 0.24, 0.42)


@dataclass
class Sheet:
    """The page being set. ``y`` is the baseline of the last line, ``top`` where columns begin, in points."""

    document: pymupdf.Document
    title: str
    licence: str
    page: pymupdf.Page | None = None
    column: int = 1
    top: float = TOP
    y: float = BOTTOM
    waiting: list[Callable[[], None]] = field(default_factory=list)
    writers: list[tuple[tuple[float, ...], pymupdf.TextWriter]] = field(default_factory=list)  # in reading order

    @property
    def x(self) -> float:
        """Where the column begins."""
        return MARGIN + self.column * (COLUMN + GUTTER)

    def centred(self, text: str, name: str, size: float, y: float, colour: tuple[float, ...] = INK) -> None:
        """Write a line in the middle of the page."""
        self.text((WIDTH - width_of(text, name, size)) / 2, y, text, name, size, colour)

    def _footnote(self) -> None:
        lines = broken(words_of(self.licence, 7.6), COLUMN, 7.6)
        y = BOTTOM - 9.2 * (len(lines) - 1)
        self.rule(MARGIN, MARGIN + 60, y - 11, 0.4)
        for index, line in enumerate(lines):
            self.line(line, MARGIN, y + 9.2 * index)

    def bottom(self) -> float:
        """Where the column ends; the first one leaves room for the licence."""
        return BOTTOM - (32 if self.document.page_count == 1 and self.column == 0 else 0)

    def float_on(self, draw: Callable[[], None]) -> None:
        """Set a figure or table at the top of a column: this one if nothing is in it yet, else the next."""
        if self.y <= self.top + 1:
            draw()
        else:
            self.waiting.append(draw)

    def lines(self, lines: list[SetLine], leading: float) -> None:
        """Set a paragraph, never leaving one line of it alone in a column."""
        rest = list(lines)
        while rest:
            fit = int((self.bottom() - self.y + 0.5) // leading)
            if fit < len(rest):
                fit -= len(rest) - fit == 1
                fit = 0 if fit < 2 else fit
            for line in rest[:fit]:
                self.y += leading
                self.line(line, self.x, self.y)
            rest = rest[fit:]
            if rest:
                self.next_column()

    def need(self, height: float) -> None:
        """Begin a new column unless this one has the height left, in points."""
        if self.y + height > self.bottom() + 0.5:
            self.next_column()

    def next_column(self) -> None:
        """Go to the top of the next column, where waiting figures are set first."""
        if self.column == 0:
            if self.document.page_count == 1:
                self._footnote()
            self.column = 1
        else:
            self.next_page()
        self.y = self.top
        if self.waiting:
            self.waiting.pop(0)()

    def next_page(self) -> None:
        """Begin a page with its number and running head."""
        self.write()
        self.page = self.document.new_page(width=WIDTH, height=HEIGHT)
        number = self.document.page_count
        self.centred(str(number), ROMAN, 9, HEIGHT - 32)
        if number > 1:
            self.text(MARGIN, 52, self.title, ITALIC, 8.6)
            mark = "Seminar"
            self.text(WIDTH - MARGIN - width_of(mark, ITALIC, 8.6), 52, mark, ITALIC, 8.6)
            self.rule(MARGIN, WIDTH - MARGIN, 57, 0.4)
        self.top = self.y = TOP - 6
        self.column = 0

    def line(self, line: SetLine, x: float, y: float) -> None:
        """Write one set line with its baseline at ``y``."""
        for at, run, spaced in runs_at(line):
            shown = run.text.replace("\u00a0", " ") + (" " if spaced else "")
            self.text(x + at, y + run.dy, shown, run.font, run.size)
        for at, word in line.words:
            for x0, x1, dy in word.bars:
                self.rule(x + at + x0, x + at + x1, y + dy, 0.5)

    def text(self, x: float, y: float, text: str, name: str, size: float, colour: tuple[float, ...] = INK) -> None:
        """Write a text at a place of the page."""
        assert self.page is not None
        if not self.writers or self.writers[-1][0] != colour:
            self.writers.append((colour, pymupdf.TextWriter(self.page.rect, color=colour)))
        self.writers[-1][1].append((x, y), text, font=font(name), fontsize=size)

    def rule(self, x0: float, x1: float, y: float, width: float) -> None:
        """Draw a horizontal line."""
        assert self.page is not None
        self.page.draw_line((x0, y), (x1, y), color=INK, width=width)

    def write(self) -> None:
        """Put everything written onto the page."""
        for _, writer in self.writers:
            writer.write_text(self.page)
        self.writers.clear()
