"""Formulas, tables and figures in pictures: framed as a whole, with their captions."""

from __future__ import annotations

from dataclasses import replace

import pymupdf

from rag.domain.reading import Box
from rag.reading.camera import PageCamera
from rag.reading.motif import Motif
from rag.reading.pdf import PdfReader
from tests.reading.coloured import (
    GREEN,
    RED,
    Seen,
    is_amber,
    is_red,
    is_yellow,
    motif_of,
)
from tests.reading.pages import Sheet, finished, paper, prose


def test_a_formula_is_framed_and_keeps_its_white_ground(camera: PageCamera) -> None:
    document, (sheet,) = paper()
    sheet.paragraph(prose(6), width=480)
    sheet.line("y = f(x) + x        (3)", x=220, gap=14, color=RED)
    top = sheet.y - 24
    sheet.y += 14
    sheet.paragraph(prose(6, seed=2), width=480)
    seen = Seen(camera.take(finished(document), Motif(1, item=(Box(1, 220, top, 330, top + 12),))))
    left, upper, right, lower = seen.box(is_amber)
    x0, y0, x1, y1 = seen.box(is_red)
    assert left < x0 < x1 < right
    assert upper < y0 < y1 < lower
    assert not seen.places(is_yellow)


def test_a_frame_runs_around_signs_that_stand_out_of_their_line(camera: PageCamera) -> None:
    document, (sheet,) = paper()
    sheet.line("(", x=260, size=30, color=RED, gap=40)  # a bracket that reaches beyond the line's box
    sheet.page.draw_rect(pymupdf.Rect(270, 93, 330, 123), color=RED, fill=RED)
    seen = Seen(camera.take(finished(document), Motif(1, item=(Box(1, 260, 100, 330, 112),))))
    _, upper, _, lower = seen.box(is_amber)
    _, y0, _, y1 = seen.box(is_red)
    assert upper < y0
    assert lower > y1


def test_a_figure_is_framed_with_its_caption(reader: PdfReader, camera: PageCamera) -> None:
    document, (sheet,) = paper()
    sheet.paragraph(prose(6), width=480)
    sheet.page.draw_rect(pymupdf.Rect(150, 150, 400, 290), color=GREEN, fill=GREEN)
    sheet.y = 310
    caption = "Figure 2: What the caption of this figure says of the box above it."
    sheet.line(caption, x=120)
    sheet.y += 20
    sheet.paragraph(prose(12, seed=2), width=480)
    content = finished(document)
    motif = motif_of(reader.read(content), caption)
    seen = Seen(camera.take(content, replace(motif, item=motif.lines, caption="Figure 2")))
    left, upper, right, lower = seen.box(is_amber)
    x0, y0, x1, y1 = seen.box(lambda pixel: pixel[0] < 10 and 140 < pixel[1] < 170 and pixel[2] < 10)
    assert left < x0 < x1 < right
    assert upper < y0 < y1 < min(y for _, y in seen.places(is_yellow)) < lower


def test_a_figure_of_running_text_between_rules_is_framed_whole(camera: PageCamera) -> None:
    document, (sheet,) = paper()
    sheet.paragraph(prose(6), width=480)
    sheet.y += 20
    sheet.rule(x1=534)
    sheet.line(".", color=GREEN, size=20)
    sheet.paragraph(prose(8, seed=5), width=480)
    sheet.line(".", color=RED, size=20)
    sheet.rule(x1=534)
    sheet.y += 8
    assert_framed(camera, document, sheet, "Figure 3")


def test_a_figure_of_words_without_a_drawing_is_framed_up_to_the_running_text(camera: PageCamera) -> None:
    document, (sheet,) = paper()
    sheet.paragraph(prose(6), width=480)
    sheet.y += 10
    sheet.line(".", color=GREEN, size=20)
    for n in range(5):
        sheet.line(f"for step {n}: go on", x=200)
    sheet.line(".", color=RED, size=20)
    sheet.y += 8
    assert_framed(camera, document, sheet, "Figure 3")


def test_a_figure_that_nothing_tells_from_running_text_is_shown_with_its_column(camera: PageCamera) -> None:
    document, (sheet,) = paper()
    sheet.line(".", color=GREEN, size=20)
    sheet.paragraph(prose(12), width=480)
    sheet.line(".", color=RED, size=20)
    sheet.paragraph(prose(1), width=480)
    sheet.y += 8
    assert_framed(camera, document, sheet, "Figure 3")


def assert_framed(camera: PageCamera, document: pymupdf.Document, sheet: Sheet, label: str) -> None:
    """Write a caption and some text below it; its frame must hold the green dot and the red one above."""
    top = sheet.y - 7.5
    sheet.line(f"{label}: What these words above are.", x=180)
    sheet.paragraph(prose(6, seed=2), width=480)
    seen = Seen(camera.take(finished(document), Motif(1, item=(Box(1, 180, top, 330, top + 10),), caption=label)))
    left, upper, right, lower = seen.box(is_amber)
    for colour in (lambda pixel: pixel[0] < 10 and 140 < pixel[1] < 170, is_red):
        x0, y0, x1, y1 = seen.box(colour)
        assert left < x0 < x1 < right
        assert upper < y0 < y1 < lower
