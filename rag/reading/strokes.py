"""What is drawn on a page besides text, and which addresses its links name. Runs in the worker only."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from rag.reading.printed import Rect

Stroke = tuple[str, Rect]
"""What it is ("fill-path", "stroke-path", "fill-shade", "fill-image", "fill-imgmask") and where it is shown."""

# More strokes than this on one page are a picture anyway; looking at each would cost seconds.
_MOST_STROKES = 20_000


def strokes_of(pymupdf: Any, page: Any) -> list[Stroke]:
    """Return what is drawn on a page, the first of very many; text is none of it."""
    turned, matrix = page.rotation, page.rotation_matrix
    if turned:
        page.set_rotation(0)
    try:
        drawn: list[Stroke] = []
        device = _device(pymupdf.mupdf)(drawn)
        pymupdf.mupdf.fz_run_page(page.this, device, pymupdf.mupdf.FzMatrix(), pymupdf.mupdf.FzCookie())
        pymupdf.mupdf.fz_close_device(device)
    finally:
        if turned:
            page.set_rotation(turned)
    return [(kind, Rect(*(pymupdf.Rect(*_box(rect)) * matrix))) for kind, rect in drawn] if turned else drawn


def addresses_of(pymupdf: Any, page: Any) -> tuple[str, ...]:
    """Return the web addresses that a page's links lead to, in order.

    PyMuPDF's own list also finds out where links within the document lead, which takes twenty times as long.
    """
    found = []
    link = pymupdf.mupdf.fz_load_links(page.this)
    while link.m_internal:
        uri = str(link.uri() or "")
        if uri.lower().startswith(("http://", "https://")):
            found.append(uri)
        link = link.next()
    return tuple(found)


def _box(rect: Rect) -> tuple[float, float, float, float]:
    return rect.x0, rect.y0, rect.x1, rect.y1


@lru_cache(maxsize=1)
def _device(mupdf: Any) -> Any:
    """Return the class of a device that notes strokes. PyMuPDF's own is told of all text, too: half of its time."""
    bound, moved, unit = mupdf.ll_fz_bound_path, mupdf.ll_fz_transform_rect, mupdf.fz_unit_rect

    class Strokes(mupdf.FzDevice2):  # type: ignore[misc]  # SWIG's classes are untyped
        def __init__(self, drawn: list[Stroke]) -> None:
            super().__init__()
            self._drawn = drawn
            self.use_virtual_fill_path()
            self.use_virtual_stroke_path()
            self.use_virtual_fill_shade()
            self.use_virtual_fill_image()
            self.use_virtual_fill_image_mask()

        def fill_path(self, _context: Any, path: Any, _even_odd: int, matrix: Any, *_paint: Any) -> None:
            self._note("fill-path", bound, path, None, matrix)

        def stroke_path(self, _context: Any, path: Any, pen: Any, matrix: Any, *_paint: Any) -> None:
            self._note("stroke-path", bound, path, pen, matrix)

        def fill_shade(self, _context: Any, shade: Any, matrix: Any, *_paint: Any) -> None:
            self._note("fill-shade", mupdf.ll_fz_bound_shade, shade, matrix)

        def fill_image(self, _context: Any, _image: Any, matrix: Any, *_paint: Any) -> None:
            self._note("fill-image", moved, unit, matrix)

        def fill_image_mask(self, _context: Any, _image: Any, matrix: Any, *_paint: Any) -> None:
            self._note("fill-imgmask", moved, unit, matrix)

        def _note(self, kind: str, bounds: Any, *of: Any) -> None:
            if len(self._drawn) < _MOST_STROKES:
                box = bounds(*of)
                self._drawn.append((kind, Rect(box.x0, box.y0, box.x1, box.y1)))

    return Strokes
