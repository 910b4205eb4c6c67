"""PDFs made with PyMuPDF: small papers whose every line is known."""

from __future__ import annotations

import textwrap
import zlib
from collections.abc import Iterable, Sequence

import pymupdf

WIDTH, HEIGHT = 612.0, 792.0
LEFT, RIGHT = 54.0, 315.0  # left edges of two columns
COLUMN = 243.0  # their width
LEADING = 12.0

WORDS = """deep networks learn useful features from data while training methods decide how quickly they settle and each
layer sees inputs whose distribution depends on every layer below it so that small changes grow with depth""".split()  # noqa: SIM905


def prose(sentences: int, *, seed: int = 0) -> str:
    """Return plain sentences of eleven words."""
    parts = []
    for number in range(sentences):
        start = (seed * 7 + number * 5) % len(WORDS)
        words = [WORDS[(start + step) % len(WORDS)] for step in range(11)]
        parts.append(" ".join(words).capitalize() + ".")
    return " ".join(parts)


class Sheet:
    """One page under the pen; ``y`` is the baseline of the next line."""

    def __init__(self, document: pymupdf.Document, *, width: float = WIDTH, height: float = HEIGHT) -> None:
        self._document, self._index = document, document.page_count
        document.new_page(width=width, height=height)
        self.y = 72.0

    @property
    def page(self) -> pymupdf.Page:
        """Return the page anew: PyMuPDF forgets page objects when pages are added."""
        return self._document[self._index]

    def line(
        self, text: str, *, x: float = LEFT, size: float = 10.0, font: str = "tiro", gap: float = 0.0, **more: object
    ) -> None:
        """Write one line and move down."""
        self.y += gap
        self.page.insert_text((x, self.y), text, fontsize=size, fontname=font, **more)
        self.y += size * 1.2

    def justified(
        self, lines: Sequence[str], *, x: float = LEFT, width: float = COLUMN, size: float = 10.0, indent: float = 0.0
    ) -> None:
        """Write lines, all but the last drawn out to the width as TeX does (word by word)."""
        for number, text in enumerate(lines):
            start = x + (indent if number == 0 else 0.0)
            if number == len(lines) - 1:
                self.line(text, x=start, size=size)
                continue
            words = text.split()
            widths = [pymupdf.get_text_length(word, fontname="tiro", fontsize=size) for word in words]
            space = (width - (start - x) - sum(widths)) / max(1, len(words) - 1)
            at = start
            for word, taken in zip(words, widths, strict=True):
                self.page.insert_text((at, self.y), word, fontsize=size, fontname="tiro")
                at += taken + space
            self.y += size * 1.2

    def paragraph(
        self, text: str, *, x: float = LEFT, width: float = COLUMN, size: float = 10.0, indent: float = 10.0
    ) -> None:
        """Break text into lines that fill the width and write them."""
        letters = int(width / (0.47 * size))
        self.justified(textwrap.wrap(text, letters), x=x, width=width, size=size, indent=indent)

    def heading(self, text: str, *, x: float = LEFT, size: float = 12.0) -> None:
        """Write a bold heading with space around it."""
        self.line(text, x=x, size=size, font="tibo", gap=10.0)
        self.y += 4.0

    def rule(self, *, x0: float = LEFT, x1: float = LEFT + COLUMN) -> None:
        """Draw a horizontal line here."""
        self.page.draw_line((x0, self.y - 8.0), (x1, self.y - 8.0), width=0.5)
        self.y += 4.0


def paper(*, pages: int = 1) -> tuple[pymupdf.Document, list[Sheet]]:
    """Return an empty document with sheets."""
    document = pymupdf.open()
    return document, [Sheet(document) for _ in range(pages)]


def finished(document: pymupdf.Document) -> bytes:
    """Return the document's bytes."""
    return bytes(document.tobytes(deflate=True))


def titled(sheet: Sheet, title: str = "A Title Worth Reading", authors: str = "Ada Author, Bo Writer") -> None:
    """Write a centred title and authors across the page."""
    width = pymupdf.get_text_length(title, fontname="tibo", fontsize=17)
    sheet.line(title, x=(WIDTH - width) / 2, size=17, font="tibo")
    width = pymupdf.get_text_length(authors, fontname="tiro", fontsize=11)
    sheet.line(authors, x=(WIDTH - width) / 2, size=11, gap=6)
    sheet.y += 16


def two_column_paper() -> bytes:
    """Return one page: title, abstract and first section left, second section right."""
    document, (sheet,) = paper()
    titled(sheet)
    top = sheet.y
    sheet.heading("Abstract")
    sheet.paragraph("The abstract begins here. " + prose(4, seed=1), indent=0)
    sheet.heading("1 Introduction")
    sheet.paragraph("Left text begins here. " + prose(20, seed=2))
    sheet.y = top
    sheet.heading("2 Method", x=RIGHT)
    sheet.paragraph("Right text begins here. " + prose(20, seed=3), x=RIGHT)
    return finished(document)


def plain_paper(count: int = 1, *, lines: Iterable[str] = ()) -> bytes:
    """Return pages of one paragraph each, in one column, the first with extra lines above."""
    document, sheets = paper(pages=count)
    for number, sheet in enumerate(sheets):
        if number == 0:
            for text in lines:
                sheet.line(text)
        sheet.paragraph(f"Page {number + 1} begins. " + prose(12, seed=number), width=480)
    return finished(document)


def raw_pdf(objects: Sequence[bytes]) -> bytes:
    """Return a PDF of these objects, numbered from 1, with a table of their places."""
    body, places = b"%PDF-1.4\n", []
    for number, content in enumerate(objects, start=1):
        places.append(len(body))
        body += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    table = b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    table += b"".join(b"%010d 00000 n \n" % place for place in places)
    trailer = b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, len(body))
    return body + table + trailer


def bomb(megabytes: int) -> bytes:
    """Return a small PDF whose page unpacks to so many megabytes of text operators."""
    packer = zlib.compressobj(9)
    block = b"BT /F1 10 Tf 72 700 Td (word word word word word word) Tj ET\n" * 16_384
    packed = b"".join(packer.compress(block) for _ in range(megabytes)) + packer.flush()
    return raw_pdf(
        [
            b"<< /Type /Catalog /Pages 2 0 R >>",
            b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 4 0 R /Resources 6 0 R >>",
            b"<< /Length %d /Filter /FlateDecode >>\nstream\n%s\nendstream" % (len(packed), packed),
            b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
            b"<< /Font << /F1 5 0 R >> >>",
        ]
    )
