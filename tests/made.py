"""Papers made for tests: real PDFs with pages, sections and a stamp, drawn here."""

from __future__ import annotations

from collections.abc import Sequence

import pymupdf

SHIFT = "We define internal covariate shift as the change in the distribution of network activations during training."
RESIDUAL = (
    "We define a residual block as a stack of layers whose input is added to its output by a shortcut connection."
)
FILLER = (
    "The experiments in this section were repeated five times with different random seeds. "
    "Every run used the same schedule and the same number of updates. "
    "The differences between runs were small and are not discussed further. "
)


def paper_pdf(
    title: str = "Normalising Small Networks",
    definition: str = SHIFT,
    *,
    stamp: str | None = None,
    pages: int = 2,
    link: str | None = None,
) -> bytes:
    """Return a PDF whose definition stands on page 2 (page 1 when there is one page only)."""
    with pymupdf.open() as document:
        for number in range(1, pages + 1):
            page = document.new_page(width=612, height=792)
            lines = _first_page(title, link) if number == 1 else [("2 Definitions" if number == 2 else "3 More", 12)]
            if number == min(2, pages):
                lines = [*lines, (definition, 10)]
            _write(page, [*lines, (FILLER * 2, 10)])
            page.insert_text((300, 770), str(number), fontsize=9)
            if number == 1 and stamp:
                page.insert_text((30, 500), stamp, fontsize=14, rotate=90)
        return document.tobytes(no_new_id=True)


def _first_page(title: str, link: str | None) -> list[tuple[str, int]]:
    abstract = (
        f"This paper studies how layers influence each other. Our code is available at {link}." if link else FILLER
    )
    return [(title, 18), ("Abstract", 12), (abstract, 10), ("1 Introduction", 12), (FILLER, 10)]


def _write(page: pymupdf.Page, lines: Sequence[tuple[str, int]]) -> None:
    y = 80.0
    for text, size in lines:
        height = 16.0 * (2 + len(text) * size // 900)
        page.insert_textbox(pymupdf.Rect(72, y, 540, y + height + 20), text, fontsize=size, fontname="helv")
        y += height + 14
