"""Pages in colours, and the pixels of a picture of them: what lies where can be counted."""

from __future__ import annotations

from collections.abc import Callable

import pymupdf

from rag.answering.quotes import find_quote
from rag.domain.picture import QuotePicture
from rag.domain.reading import Reading
from rag.reading.motif import Motif
from rag.reading.pixels import AMBER, YELLOW
from tests.reading.pages import Sheet, prose

RED, BLUE, GREEN = (1, 0, 0), (0, 0, 1), (0, 0.6, 0)
Pixel = tuple[int, int, int]
QUOTE = "The quoted words begin in the midst of a line, run over its end and stop before the next sentence does."


class Seen:
    """The pixels of a picture."""

    def __init__(self, picture: QuotePicture) -> None:
        self._pixmap = pymupdf.Pixmap(picture.png)
        self.width, self.height = self._pixmap.width, self._pixmap.height
        self.samples, self.stride = self._pixmap.samples, self._pixmap.stride

    def at(self, x: int, y: int) -> Pixel:
        start = y * self.stride + 3 * x
        return tuple(self.samples[start : start + 3])

    def row(self, y: int) -> bytes:
        return self.samples[y * self.stride : y * self.stride + 3 * self.width]

    def places(self, fits: Callable[[Pixel], bool]) -> list[tuple[int, int]]:
        return [(x, y) for y in range(self.height) for x in range(self.width) if fits(self.at(x, y))]

    def box(self, fits: Callable[[Pixel], bool]) -> tuple[int, int, int, int]:
        places = self.places(fits)
        assert places
        xs, ys = [x for x, _ in places], [y for _, y in places]
        return min(xs), min(ys), max(xs), max(ys)


def is_red(pixel: Pixel) -> bool:
    return pixel[0] > 200 and pixel[1] < 60 and pixel[2] < 60


def is_blue(pixel: Pixel) -> bool:
    return pixel[0] < 60 and pixel[1] < 60 and pixel[2] > 120


def is_yellow(pixel: Pixel) -> bool:
    return pixel == YELLOW


def is_amber(pixel: Pixel) -> bool:
    return pixel == AMBER


def is_white(pixel: Pixel) -> bool:
    return pixel == (255, 255, 255)


def coloured_page(*, width: float = 612, height: float = 792) -> pymupdf.Document:
    """Return a page of blue sentences with the quote in red among them, five lines of it in one paragraph."""
    document = pymupdf.open()
    sheet = Sheet(document, width=width, height=height)
    sheet.y = 200.0
    words = [(word, BLUE) for word in prose(6, seed=1).split()]
    words += [(word, RED) for word in QUOTE.split()]
    words += [(word, BLUE) for word in prose(8, seed=2).split()]
    x, y = 72.0, 200.0
    for word, colour in words:
        wide = pymupdf.get_text_length(word, fontname="tiro", fontsize=10)
        if x + wide > 520:
            x, y = 72.0, y + 12
        sheet.page.insert_text((x, y), word, fontsize=10, fontname="tiro", color=colour)
        x += wide + 2.5
    return document


def turned(angle: int) -> pymupdf.Document:
    """Return the page stored lying on its side, and turned by its file so that it is shown upright."""
    document, size = pymupdf.open(), (612, 792) if angle == 180 else (792, 612)
    page = document.new_page(width=size[0], height=size[1])
    page.show_pdf_page(page.rect, coloured_page(), 0, rotate=angle)
    page.set_rotation(angle)
    return document


def cropped() -> pymupdf.Document:
    document = coloured_page()
    document[0].set_cropbox(pymupdf.Rect(40, 60, 580, 700))
    return document


def with_odd_origin() -> pymupdf.Document:
    document = coloured_page()
    document[0].set_mediabox(pymupdf.Rect(-30, -45, 612, 792))
    return document


def with_a_remark() -> pymupdf.Document:
    document = turned(90)
    document[0].add_freetext_annot((300, 20, 420, 40), "typed by a reader")
    return document


def motif_of(reading: Reading, quote: str, page: int = 1) -> Motif:
    found = find_quote(quote, reading.pages[page - 1])
    assert found is not None
    return Motif(page, found.boxes, found.text)
