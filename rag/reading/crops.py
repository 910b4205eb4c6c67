"""Draw a stretch of a page with quoted lines marked. Runs in the worker only; knows PyMuPDF.

Boxes and drawing share one space: the page as it is shown, turned and cropped as its file says, in points from the
top left. Marks are multiplied onto the finished pixels, so the file is never changed and letters stay black.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from rag.domain.picture import QuotePicture
from rag.domain.reading import Box
from rag.errors import BadDocument
from rag.reading.depicted import Line, closed, depicted, ruled, surroundings
from rag.reading.drawings import clustered, merged_rules
from rag.reading.marker import Glyph, marked
from rag.reading.motif import Motif
from rag.reading.pdfpages import load_pymupdf, opened, raise_if_out_of_memory, textpage_of
from rag.reading.pixels import Pixels, inked, stacked
from rag.reading.printed import Rect
from rag.reading.strokes import strokes_of
from rag.reading.texfonts import as_drawn
from rag.reading.views import views

_WIDE = 1200  # pixels: legible on a phone, not scaled up on a desktop
_LARGEST_SCALE = 4.0  # pixels a point, 288 dpi
_HIGHEST = 1600  # pixels
_MOST_BYTES = 1_000_000
_PAD = 4.0  # points between an item and its frame
_SPARE = 16.0  # points drawn above and below a view
_LOOSE = 0.66  # em a letter: what is set more loosely is cells of a table
_SMALL = 1000  # pixels: the longer side of a page that is only looked at


def draw(source: bytes, motif: Motif) -> QuotePicture:
    """Return the picture of a motif. Raise BadDocument when the page cannot be drawn."""
    pymupdf = load_pymupdf()
    try:
        with opened(pymupdf, source) as document:
            if document.needs_pass or not 1 <= motif.page <= document.page_count:
                raise BadDocument("this PDF", f"it has no page {motif.page} that can be shown", "Add the paper anew.")
            return _drawn(pymupdf, document[motif.page - 1], motif)
    except (pymupdf.FileDataError, pymupdf.mupdf.FzErrorBase, RuntimeError, ValueError) as error:
        raise_if_out_of_memory(error)
        raise BadDocument("this PDF", f"its page {motif.page} is damaged and cannot be drawn") from None


def _drawn(pymupdf: Any, page: Any, motif: Motif) -> QuotePicture:
    glyphs, lines = _printed(pymupdf, page)
    sheet = Rect(0.0, 0.0, page.rect.width, page.rect.height)
    everything = page.get_displaylist(annots=0)
    frame = _frame(pymupdf, page, everything, motif, lines)
    strokes = marked([_rect(box) for box in motif.lines], motif.words, glyphs)
    subjects = [*strokes, *([frame] if frame is not None else [])]
    shown = views(subjects, [rect for rect, _ in lines], sheet)
    scale = _scale(shown)
    while True:
        parts = []
        for view in shown:
            pixels = _rendered(pymupdf, everything, view, scale)
            if frame is not None:
                pixels.frame(_padded(frame, _PAD))
            pixels.mark([_padded(stroke, 0.09 * min(stroke.height, 14.0)) for stroke in strokes])
            parts.append(pixels.cut(view, _joined([s for s in subjects if view.holds(s)] or [view])))
        whole = stacked(parts)
        png = pymupdf.Pixmap(pymupdf.csRGB, whole.width, whole.height, bytes(whole.samples), 0).tobytes("png")
        if len(png) <= _MOST_BYTES or scale < 1:
            return QuotePicture(png, whole.width, whole.height, motif.page)
        scale *= 0.8


def _printed(pymupdf: Any, page: Any) -> tuple[list[Glyph], list[Line]]:
    """Return the level characters of a page, and its lines with the number of words that run on."""
    glyphs: list[Glyph] = []
    lines: list[Line] = []
    for block in page.get_text("rawdict", textpage=textpage_of(pymupdf, page))["blocks"]:
        for line in block["lines"]:
            spans = [span for span in line["spans"] if span["size"] > 1]
            text = "".join(c["c"] for span in spans for c in span["chars"])
            if not text.strip():
                continue
            if abs(line["dir"][0] - 1) > 0.02:
                lines.append((Rect(*line["bbox"]), 0))
                continue
            size, baseline = max((span["size"], span["origin"][1]) for span in spans)
            x0, x1 = line["bbox"][0], line["bbox"][2]
            running = x1 - x0 < _LOOSE * size * len(text)
            words = sum(sum(c.isalpha() for c in word) > 1 for word in text.split())
            lines.append((Rect(x0, baseline - 0.75 * size, x1, baseline + 0.22 * size), words if running else 0))
            for span in spans:
                height = 0.25 * span["size"]
                glyphs += [
                    Glyph(as_drawn(c["c"], span["font"]), c["bbox"][0], c["bbox"][2], c["origin"][1] - height)
                    for c in span["chars"]
                ]
    return glyphs, lines


def _frame(pymupdf: Any, page: Any, everything: Any, motif: Motif, lines: Sequence[Line]) -> Rect | None:
    """Return the box of the motif's item, a caption's with what it describes."""
    if not motif.item:
        return None
    box = _joined([_rect(part) for part in motif.item])
    drawn = [rect for _, rect in strokes_of(pymupdf, page)]
    rules = merged_rules(drawn)
    if not motif.caption:
        return closed(box, rules)
    sheet = Rect(0.0, 0.0, page.rect.width, page.rect.height)
    pictures = _visible(pymupdf, everything, clustered(drawn, sheet.width, sheet.height), sheet, lines)
    of_table = motif.caption.startswith("Table")
    figure, table = depicted(box, pictures, lines, sheet), ruled(box, rules, lines, above_only=not of_table)
    shown = (table or figure) if of_table else (figure or table)
    if shown is None:
        shown = surroundings(box, drawn, rules, lines, sheet, of_table=of_table)
    return box.joined(shown)


def _visible(pymupdf: Any, everything: Any, pictures: Sequence[Rect], sheet: Rect, lines: Sequence[Line]) -> list[Rect]:
    """Return what can be seen of pictures: the boxes of images reach as far as they would if nothing cut them off."""
    scale = min(1.0, _SMALL / max(sheet.width, sheet.height))
    pixmap = everything.get_pixmap(matrix=pymupdf.Matrix(scale, scale), colorspace=pymupdf.csGRAY, alpha=0)
    text, grey = [rect for rect, _ in lines], pixmap.samples
    seen = (inked(grey, pixmap.width, scale, picture, without=text) for picture in pictures)
    return [picture for picture in seen if picture is not None]


def _scale(shown: Sequence[Rect]) -> float:
    """Return the pixels a point at which all views together have a good size."""
    width, height = shown[0].width, sum(view.height for view in shown)
    return min(_WIDE / width, _LARGEST_SCALE, _HIGHEST / height)


def _rendered(pymupdf: Any, everything: Any, view: Rect, scale: float) -> Pixels:
    """Return the pixels of a view, with some more above and below to choose its edges from."""
    clip = pymupdf.Rect(view.x0, view.y0 - _SPARE, view.x1, view.y1 + _SPARE)
    pixmap = everything.get_pixmap(matrix=pymupdf.Matrix(scale, scale), colorspace=pymupdf.csRGB, alpha=0, clip=clip)
    return Pixels(pixmap.width, pixmap.height, bytearray(pixmap.samples), pixmap.x, pixmap.y, scale)


def _joined(rects: Sequence[Rect]) -> Rect:
    whole = rects[0]
    for rect in rects[1:]:
        whole = whole.joined(rect)
    return whole


def _rect(box: Box) -> Rect:
    return Rect(box.x0, box.y0, box.x1, box.y1)


def _padded(area: Rect, by: float) -> Rect:
    return Rect(area.x0 - by, area.y0 - by, area.x1 + by, area.y1 + by)
