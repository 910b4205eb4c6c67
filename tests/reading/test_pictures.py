"""Pictures of quoted lines: the marks lie on the words however the page is turned, and no page does harm."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from dataclasses import replace

import pymupdf
import pytest

from rag.answering.quotes import find_quote
from rag.domain.reading import Box, Reading
from rag.errors import BadDocument
from rag.reading.camera import ALLOWANCE, PageCamera
from rag.reading.fence import Fence
from rag.reading.motif import Motif
from rag.reading.pdf import PdfReader
from rag.reading.pixels import GREY
from tests.reading.coloured import (
    QUOTE,
    Seen,
    coloured_page,
    cropped,
    is_blue,
    is_red,
    is_white,
    is_yellow,
    motif_of,
    turned,
    with_a_remark,
    with_odd_origin,
)
from tests.reading.pages import RIGHT, bomb, finished, paper, plain_paper, prose

MB = 1024 * 1024


@pytest.mark.parametrize(
    "document",
    [
        coloured_page,
        cropped,
        with_odd_origin,
        lambda: turned(90),
        lambda: turned(180),
        lambda: turned(270),
        with_a_remark,
    ],
    ids=["plain", "cropped", "odd origin", "turned right", "upside down", "turned left", "turned with a remark"],
)
def test_the_marks_lie_on_the_quoted_words_and_on_no_others(
    document: Callable[[], pymupdf.Document], reader: PdfReader, camera: PageCamera
) -> None:
    content = finished(document())
    picture = camera.take(content, motif_of(reader.read(content), QUOTE))
    seen = Seen(picture)
    assert (seen.width, seen.height) == (picture.width, picture.height)
    red = seen.places(is_red)
    assert len(red) > 500
    for x, y in red:  # a letter of the quote: what is left and right of it is never bare paper
        assert not is_white(seen.at(x - 2, y))
        assert not is_white(seen.at(min(x + 2, seen.width - 1), y))
    for x, y in seen.places(is_blue):
        assert not is_yellow(seen.at(x - 1, y))
        assert not is_yellow(seen.at(min(x + 1, seen.width - 1), y))
    assert len(seen.places(is_blue)) > len(red)  # lines around it are there


def test_a_turned_page_is_shown_upright(reader: PdfReader, camera: PageCamera) -> None:
    upright, lying = finished(coloured_page()), finished(turned(90))
    first, second = (Seen(camera.take(c, motif_of(reader.read(c), QUOTE))) for c in (upright, lying))
    assert abs(first.width - second.width) < 30
    assert abs(first.height - second.height) < 30
    assert abs(first.box(is_red)[0] - second.box(is_red)[0]) < 30


@pytest.mark.parametrize("width", [200.0, 243.0, 480.0])
def test_a_picture_is_as_wide_as_people_can_read(width: float, reader: PdfReader, camera: PageCamera) -> None:
    document, (sheet,) = paper()
    sheet.paragraph(prose(20) + " A sentence that is quoted here. " + prose(20, seed=4), width=width)
    content = finished(document)
    picture = camera.take(content, motif_of(reader.read(content), "A sentence that is quoted here."))
    assert 900 <= picture.width <= 1400
    assert picture.height < picture.width
    assert picture.page == 1
    assert len(picture.png) < 1_000_000


def two_columns(*, left: int, right: int) -> tuple[bytes, str]:
    """Return a page whose quote begins at the end of the left column, after so many sentences, and goes on right."""
    document, (sheet,) = paper()
    sheet.paragraph(prose(left))
    sheet.justified(["The quote begins in the left column of this", "page as its very last lines and then it is"])
    sheet.y = 72.0
    sheet.paragraph(prose(right, seed=3), x=RIGHT)
    sheet.justified(["carried on at another height in the column", "on the right."], x=RIGHT)
    sheet.paragraph(prose(12, seed=5), x=RIGHT)
    quote = (
        "The quote begins in the left column of this page as its very last lines and then it is carried on at another "
        "height in the column on the right."
    )
    return finished(document), quote


def lines_of(reading: Reading, quote: str) -> Motif:
    """Return the motif of a quote whose halves stand apart on the page."""
    page = reading.pages[0]
    first, second = quote.split(" carried")
    halves = find_quote(first, page), find_quote("carried" + second, page)
    assert all(halves)
    return Motif(1, tuple(box for half in halves if half for box in half.boxes), quote)


def test_columns_at_one_height_are_shown_side_by_side(reader: PdfReader, camera: PageCamera) -> None:
    content, quote = two_columns(left=6, right=6)
    seen = Seen(camera.take(content, lines_of(reader.read(content), quote)))
    left, _, right, _ = seen.box(is_yellow)
    assert seen.width in (1200, 1201)
    assert left < 0.2 * seen.width
    assert right > 0.6 * seen.width
    assert not any(seen.row(y) == bytes([GREY]) * (3 * seen.width) for y in range(seen.height))


def test_places_far_apart_are_shown_one_below_the_other(reader: PdfReader, camera: PageCamera) -> None:
    content, quote = two_columns(left=36, right=0)
    seen = Seen(camera.take(content, lines_of(reader.read(content), quote)))
    (first, *_, last) = [y for y in range(seen.height) if seen.row(y) == bytes([GREY]) * (3 * seen.width)]
    yellow = [y for _, y in seen.places(is_yellow)]
    assert min(yellow) < first
    assert max(yellow) > last
    assert seen.height < seen.width


def test_a_picture_full_of_colours_stays_small(camera: PageCamera) -> None:
    noise = random.Random(7).randbytes(900 * 900 * 3)
    document, (sheet,) = paper()
    sheet.page.insert_image(pymupdf.Rect(60, 60, 560, 560), pixmap=pymupdf.Pixmap(pymupdf.csRGB, 900, 900, noise, 0))
    picture = camera.take(finished(document), Motif(1, item=(Box(1, 60, 60, 560, 560),)))
    assert len(picture.png) <= 1_000_000


def test_no_page_is_too_large_for_a_picture(camera: PageCamera) -> None:
    document = pymupdf.open()
    document.new_page(width=14_000, height=14_000)
    picture = camera.take(finished(document), Motif(1, (Box(1, 10, 10, 13_990, 13_990),)))
    assert picture.width * picture.height < 4_000_000


@pytest.mark.parametrize("content", [b"", b"not a PDF", b"%PDF-1.7\nand then nothing"])
def test_what_is_no_document_is_refused(content: bytes, camera: PageCamera) -> None:
    with pytest.raises(BadDocument):
        camera.take(content, Motif(1, (Box(1, 10, 10, 100, 20),)))


@pytest.mark.parametrize("page", [0, -1, 2])
def test_a_page_that_is_not_there_is_refused(page: int, camera: PageCamera) -> None:
    with pytest.raises(BadDocument, match=f"no page {page}"):
        camera.take(plain_paper(), Motif(page, (Box(page, 10, 10, 100, 20),)))


def test_a_locked_document_is_refused(camera: PageCamera) -> None:
    document, (sheet,) = paper()
    sheet.paragraph(prose(8), width=480)
    locked = document.tobytes(encryption=pymupdf.PDF_ENCRYPT_AES_256, user_pw="secret", owner_pw="owner")
    with pytest.raises(BadDocument):
        camera.take(locked, Motif(1, (Box(1, 10, 10, 100, 20),)))


def test_a_bomb_is_refused_and_the_next_picture_is_taken() -> None:
    allowance = replace(ALLOWANCE, memory_bytes=400 * MB)
    began = time.monotonic()
    with PageCamera(allowance) as camera:
        with pytest.raises(BadDocument, match="400 MB of memory"):
            camera.take(bomb(60), Motif(1, (Box(1, 72, 60, 300, 100),)))
        assert time.monotonic() - began < 30
        assert camera.take(plain_paper(), Motif(1, (Box(1, 54, 64, 534, 74),))).page == 1


def test_a_page_that_takes_too_long_is_given_up() -> None:
    with PageCamera(replace(ALLOWANCE, wall_s=0.5)) as camera, pytest.raises(BadDocument, match=r"longer than 0\.5 s"):
        camera.take(bomb(60), Motif(1, (Box(1, 72, 60, 300, 100),)))


def test_a_picture_does_not_wait_for_a_paper_that_is_being_read(camera: PageCamera) -> None:
    content = plain_paper(40)
    taken: list[int] = []

    def take(done: int, total: int) -> None:
        if done == 1:
            taken.append(camera.take(content, Motif(2, (Box(2, 54, 64, 534, 74),))).page)

    with PdfReader() as reader:
        assert reader.read(content, progress=take).page_count == 40
        assert taken == [2]
        assert reader.fence.pid != camera.fence.pid


def test_a_camera_that_nobody_needs_ends_its_worker_and_starts_another() -> None:
    motif = Motif(1, (Box(1, 54, 64, 534, 74),))
    with PageCamera(idle_s=0.05) as camera:
        assert camera.fence.pid is None  # none before the first picture
        first = camera.take(plain_paper(), motif)
        assert_ends(camera.fence)
        assert camera.take(plain_paper(), motif) == first


def assert_ends(fence: Fence) -> None:
    deadline = time.monotonic() + 20
    while fence.pid is not None:
        assert time.monotonic() < deadline
        time.sleep(0.02)
