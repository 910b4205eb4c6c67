"""Extract sheets from PDF bytes with PyMuPDF. Runs in the worker only; with ``strokes`` all here that knows PyMuPDF."""

from __future__ import annotations

import logging
import re
import sys
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import Any

from rag.errors import BadDocument
from rag.reading.drawings import clustered, merged_rules
from rag.reading.hidden import DARK_ENOUGH, Sight, why_hidden
from rag.reading.mending import plain
from rag.reading.printed import ABSURD, Fragment, Outline, Rect, Sheet, Sheets, Span, Word, main_size
from rag.reading.strokes import Stroke, addresses_of, strokes_of
from rag.reading.texfonts import as_drawn

log = logging.getLogger(__name__)

Progress = Callable[[int, int], None]
_MOST_LINES = 20_000  # of text on one page; a dense table has 2,000
_PRINTED = bytes(grey < DARK_ENOUGH for grey in range(256))
_TABLE = re.compile(r"T?(?:able|ABLE)|Tab\.")  # what a caption's first fragment begins with
_BROKEN = ("encountered syntax errors", "is not a stream", "premature end of data", "cannot load", "cannot find")


def load_pymupdf() -> Any:
    """Import PyMuPDF without its layout model, which costs 74 MB and half a second and is not used for text."""
    for name in ("pymupdf.layout", "pymupdf4llm"):
        sys.modules.setdefault(name, None)  # type: ignore[arg-type]  # None makes the import fail, as documented
    import pymupdf

    pymupdf.TOOLS.mupdf_display_errors(on=False)
    pymupdf.TOOLS.mupdf_display_warnings(on=False)
    return pymupdf


def extract(source: bytes | Path, *, most_pages: int, progress: Progress | None = None) -> Sheets:
    """Return every page of a PDF as it stands. Raise BadDocument when it is none that can be read."""
    pymupdf = load_pymupdf()
    try:
        document = opened(pymupdf, source)
    except (pymupdf.FileDataError, pymupdf.mupdf.FzErrorBase, RuntimeError, ValueError) as error:
        raise_if_out_of_memory(error)
        log.debug("MuPDF refused a file: %s", error)
        raise BadDocument("this file", "it is damaged beyond reading", "Download it again.") from None
    with document:
        _check(document, most_pages)
        return _read(pymupdf, document, progress)


def raise_if_out_of_memory(error: Exception) -> None:
    """MuPDF tells a failed allocation by its words alone: "calloc (4104 x 1 bytes) failed"."""
    if re.search(r"alloc\b.*failed|out of memory", str(error)):
        raise MemoryError from error


def opened(pymupdf: Any, source: bytes | Path) -> Any:
    """Return the document. Raise what MuPDF raises for a file that is none."""
    if isinstance(source, Path):
        return pymupdf.open(source, filetype="pdf")
    return pymupdf.open(stream=source, filetype="pdf")


def _check(document: Any, most_pages: int) -> None:
    if not document.is_pdf:
        raise BadDocument("this file", "it is not a PDF", "Give a PDF, or the page's own address.")
    if document.needs_pass:
        raise BadDocument("this PDF", "it is encrypted and needs a password", "Save a copy without the password.")
    count = document.page_count
    if count == 0:
        raise BadDocument("this PDF", "it has no pages that can be found", "Download it again.")
    if count > most_pages:
        raise BadDocument(
            "this PDF",
            f"it has {count} pages and at most {most_pages} are taken",
            "Add the chapter that you need, or raise SEMINAR_MAX_PDF_PAGES.",
        )


def _read(pymupdf: Any, document: Any, progress: Progress | None) -> Sheets:
    sheets, count = [], document.page_count
    for index in range(count):
        try:
            sheets.append(_sheet(pymupdf, document, index))
        except (pymupdf.mupdf.FzErrorBase, RuntimeError, ValueError, IndexError) as error:
            raise_if_out_of_memory(error)
            log.debug("page %d could not be read: %s", index + 1, error)
            sheets.append(Sheet(index + 1, 612.0, 792.0, trouble="it is damaged", unread=True))
        if progress is not None:
            progress(index + 1, count)
    title = str((document.metadata or {}).get("title") or "")
    return Sheets(tuple(sheets), _outline(pymupdf, document), title, bool(document.is_repaired))


def _outline(pymupdf: Any, document: Any) -> tuple[Outline, ...]:
    try:
        entries = document.get_toc(simple=True)
    except (pymupdf.mupdf.FzErrorBase, RuntimeError, ValueError, KeyError, TypeError):
        return ()
    return tuple(Outline(depth, plain(" ".join(str(title).split())), page) for depth, title, page in entries if title)


def _sheet(pymupdf: Any, document: Any, index: int) -> Sheet:
    pymupdf.TOOLS.reset_mupdf_warnings()
    page = document[index]
    textpage = textpage_of(pymupdf, page)
    blocks = page.get_text("dict", textpage=textpage)["blocks"]
    if sum(len(block["lines"]) for block in blocks) > _MOST_LINES:
        return Sheet(index + 1, page.rect.width, page.rect.height, trouble=ABSURD, unread=True)
    width, height = page.rect.width, page.rect.height
    strokes = strokes_of(pymupdf, page)
    sight = Sight(width, height, scanned=_is_scan(strokes, blocks, width * height), printed=_printed_on(pymupdf, page))
    level, turned, hidden = _fragments(blocks, sight)
    words: tuple[Word, ...] = ()
    if any(_TABLE.match(fragment.text) for fragment in level):
        words = _words(textpage, level if hidden else None, _misnamed(blocks))
    trouble = _trouble(pymupdf.TOOLS.mupdf_warnings())
    pictured = any("image" in kind and rect.width * rect.height > 0.4 * width * height for kind, rect in strokes)
    return Sheet(
        number=index + 1,
        width=width,
        height=height,
        fragments=level,
        turned=turned,
        words=words,
        rules=merged_rules(rect for kind, rect in strokes if "path" in kind or "mask" in kind),
        pictures=clustered((rect for _, rect in strokes), width, height),
        links=addresses_of(pymupdf, page),
        hidden=tuple(sorted(hidden.items())),
        trouble=trouble,
        unread=not level and not turned and (bool(trouble) or pictured),
    )


def textpage_of(pymupdf: Any, page: Any) -> Any:
    """Return a page's text as it is shown, without remarks that a reader typed into the file: no words of the paper's.

    Flags 0: ligatures opened, no images, off-page text included so that it can be reported. A turned page and one with
    remarks go by their display list: PyMuPDF's own way reads turned pages as if they were not.
    """
    try:
        remarks = next(page.annots(types=[pymupdf.PDF_ANNOT_FREE_TEXT]), None)
    except (pymupdf.mupdf.FzErrorBase, RuntimeError, ValueError) as error:
        raise_if_out_of_memory(error)
        remarks = None
    if remarks is None and not page.rotation:
        return page.get_textpage(clip=pymupdf.INFINITE_RECT(), flags=0)
    textpage = pymupdf.TextPage(page.get_displaylist(annots=0).get_textpage(0))
    textpage.parent = page
    return textpage


def _is_scan(strokes: list[Stroke], blocks: list[Any], area: float) -> bool:
    """Whether the page is a picture with a text layer that a program read off it (all of it drawn invisibly)."""
    covered = any("image" in kind and rect.width * rect.height > 0.6 * area for kind, rect in strokes)
    if not covered:
        return False
    seen = unseen = 0
    for block in blocks:
        for line in block["lines"]:
            for span in line["spans"]:
                if span["char_flags"] & 48:
                    seen += len(span["text"])
                else:
                    unseen += len(span["text"])
    return unseen > 4 * seen


def _printed_on(pymupdf: Any, page: Any) -> Callable[[Rect], float]:
    """Return a function that tells how much of a rectangle is printed on, of 1; it renders once, when asked."""
    pictures: list[Any] = []

    def printed(rect: Rect) -> float:
        if not pictures:
            pictures.append(page.get_pixmap(dpi=72, colorspace=pymupdf.csGRAY, alpha=False))
        picture = pictures[0]
        x0, x1 = max(0, int(rect.x0)), min(picture.width, int(rect.x1) + 1)
        rows = range(max(0, int(rect.y0)), min(picture.height, int(rect.y1) + 1))
        samples, stride = picture.samples_mv, picture.stride
        signs = b"".join(bytes(samples[y * stride + x0 : y * stride + x1]) for y in rows)
        return sum(signs.translate(_PRINTED)) / len(signs) if signs else 0.0

    return printed


def _fragments(blocks: list[Any], sight: Sight) -> tuple[tuple[Fragment, ...], tuple[Fragment, ...], dict[str, int]]:
    level: list[Fragment] = []
    turned: list[Fragment] = []
    hidden: dict[str, int] = {}
    for block in blocks:
        for line in block["lines"]:
            spans = []
            for raw in line["spans"]:
                reason = why_hidden(raw, sight)
                if reason:
                    hidden[reason] = hidden.get(reason, 0) + len(raw["text"].replace(" ", ""))
                else:
                    spans.append(_span(raw))
            fragment = _fragment(tuple(spans))
            if fragment is not None:
                upright = abs(line["dir"][0] - 1) < 0.02 and line["wmode"] == 0
                (level if upright else turned).append(fragment if upright else _boxed(fragment, line["bbox"]))
    return tuple(level), tuple(turned), {reason: count for reason, count in hidden.items() if count}


def _span(raw: dict[str, Any]) -> Span:
    size, flags, baseline = raw["size"], raw["flags"], raw["origin"][1]
    x0, _, x1, _ = raw["bbox"]
    font = raw["font"]
    bold, italic = _face(font)
    # 0.75 and 0.22 em: where the letters of a text font stand above and below the baseline.
    rect = Rect(x0, baseline - 0.75 * size, x1, baseline + 0.22 * size)
    text = as_drawn(raw["text"], font)
    return Span(text, font, size, bold or bool(flags & 16), italic or bool(flags & 2), bool(flags & 1), rect)


@lru_cache(maxsize=512)
def _face(font: str) -> tuple[bool, bool]:
    """Return whether a font's name says that it is bold, and italic."""
    bold = "Bold" in font or "-Medi" in font or font.endswith("-B") or "CMBX" in font
    return bold, "Ital" in font


def _fragment(spans: tuple[Span, ...]) -> Fragment | None:
    text = " ".join(plain("".join([span.text for span in spans])).split())
    if not text:
        return None
    if len(spans) == 1:  # as most are: what follows comes to the same
        return Fragment(spans, text, spans[0].rect, round(spans[0].size, 1))
    size = main_size(spans)
    inked = [span for span in spans if span.text.strip()] or spans
    level = [span for span in inked if span.size > 0.85 * size and not span.raised and "CMEX" not in span.font] or inked
    y0, y1 = min([span.rect.y0 for span in level]), max([span.rect.y1 for span in level])
    return Fragment(spans, text, Rect(min([s.rect.x0 for s in inked]), y0, max([s.rect.x1 for s in inked]), y1), size)


def _boxed(fragment: Fragment, box: tuple[float, float, float, float]) -> Fragment:
    return Fragment(fragment.spans, fragment.text, Rect(*box), fragment.size)


def _misnamed(blocks: list[Any]) -> dict[int, str]:
    """Return what is drawn for signs that all fonts of a page name wrongly in the same way: words know no fonts."""
    meant: dict[str, set[str]] = {}
    for span in (span for block in blocks for line in block["lines"] for span in line["spans"]):
        if not span["text"].isascii():
            for sign in {sign for sign in span["text"] if not sign.isascii()}:
                meant.setdefault(sign, set()).add(as_drawn(sign, str(span["font"])))
    return {ord(sign): drawn.pop() for sign, drawn in meant.items() if len(drawn) == 1}


def _words(textpage: Any, visible: tuple[Fragment, ...] | None, misnamed: dict[int, str]) -> tuple[Word, ...]:
    """Return the page's words; where something is hidden, only those that are part of a visible fragment."""
    found = []
    places = None if visible is None else [(fragment.rect.middle, fragment.rect) for fragment in visible]
    for x0, y0, x1, y1, text, *_ in textpage.extractWORDS():
        rect = Rect(x0, y0, x1, y1)
        if text.strip() and (places is None or _is_within(rect, places)):
            found.append(Word(plain(text.translate(misnamed)), rect))
    return tuple(found)


def _is_within(word: Rect, places: list[tuple[float, Rect]]) -> bool:
    middle, reach = word.middle, 0.8 * word.height
    return any(abs(other - middle) < reach and fragment.holds(word, 4) for other, fragment in places)


def _trouble(warnings: str) -> str:
    return "it is damaged" if any(sign in warnings for sign in _BROKEN) else ""
