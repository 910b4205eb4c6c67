"""The fence around the PDF library: limits, refusals, and a worker that may die."""

from __future__ import annotations

import os
import pickle
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pymupdf
import pytest

from rag.errors import BadDocument, NotFound
from rag.reading.pdf import Limits, PdfReader, read_pdf
from tests.reading.pages import bomb, finished, paper, plain_paper, prose, two_column_paper

SMALL = Limits(max_pages=5, max_bytes=2_000_000, wall_s=60.0)


@pytest.fixture(scope="module")
def reader() -> Iterator[PdfReader]:
    with PdfReader(SMALL) as reader:
        yield reader


def test_bytes_and_paths_read_the_same(reader: PdfReader, tmp_path: Path) -> None:
    content = two_column_paper()
    path = tmp_path / "paper.pdf"
    path.write_bytes(content)
    assert reader.read(content) == reader.read(path)


def test_progress_is_told_page_by_page(reader: PdfReader) -> None:
    told: list[tuple[int, int]] = []
    reader.read(plain_paper(3), progress=lambda done, total: told.append((done, total)))
    assert told == [(1, 3), (2, 3), (3, 3)]


def test_a_reading_is_plain_data(reader: PdfReader) -> None:
    reading = reader.read(two_column_paper())
    assert pickle.loads(pickle.dumps(reading)) == reading


def test_a_missing_file_is_not_found(reader: PdfReader, tmp_path: Path) -> None:
    with pytest.raises(NotFound):
        reader.read(tmp_path / "nowhere.pdf")


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "empty"),
        (b"<!DOCTYPE html><html><body>Are you a robot?</body></html>", "web page"),
        (b"\n  <html><body>hello</body></html>", "web page"),
        (b"just some words", "not a PDF"),
        (b"%PDF-1.7\nand then nothing", "damaged"),
    ],
)
def test_what_is_no_pdf_is_refused_with_its_reason(reader: PdfReader, content: bytes, reason: str) -> None:
    with pytest.raises(BadDocument, match=reason):
        reader.read(content)


def test_a_pdf_with_a_password_is_refused(reader: PdfReader) -> None:
    document, (sheet,) = paper()
    sheet.paragraph(prose(8), width=480)
    locked = document.tobytes(encryption=pymupdf.PDF_ENCRYPT_AES_256, user_pw="secret", owner_pw="owner")
    with pytest.raises(BadDocument, match="password"):
        reader.read(locked)


def test_a_pdf_that_only_its_owner_may_change_is_read(reader: PdfReader) -> None:
    document, (sheet,) = paper()
    sheet.paragraph("Readable by all. " + prose(8), width=480)
    protected = document.tobytes(encryption=pymupdf.PDF_ENCRYPT_AES_256, owner_pw="owner", permissions=0)
    assert "Readable by all" in reader.read(protected).pages[0].text


@pytest.mark.parametrize("angle", [90, 180, 270])
def test_a_page_that_its_file_turns_is_read_as_it_is_shown(angle: int, reader: PdfReader) -> None:
    upright, (sheet,) = paper()
    sheet.paragraph("Readable by all. " + prose(8), width=480)
    document = pymupdf.open()
    page = document.new_page(width=612 if angle == 180 else 792, height=792 if angle == 180 else 612)
    page.show_pdf_page(page.rect, upright, 0, rotate=angle)
    page.set_rotation(angle)
    (line, *_), (shown, *_) = (reader.read(finished(d)).pages[0].lines for d in (upright, document))
    assert shown.box.x0 == pytest.approx(line.box.x0, abs=0.5)
    assert shown.box.y0 == pytest.approx(line.box.y0, abs=0.5)
    assert reader.read(finished(document)).blocks[0].text.startswith("Readable by all.")


def test_too_many_pages_are_refused_with_the_cap_and_the_setting(reader: PdfReader) -> None:
    with pytest.raises(BadDocument) as refusal:
        reader.read(plain_paper(6))
    assert "6 pages" in refusal.value.reason
    assert "at most 5" in refusal.value.reason
    assert "SEMINAR_MAX_PDF_PAGES" in refusal.value.advice


def test_a_file_over_the_byte_cap_is_refused(reader: PdfReader) -> None:
    with pytest.raises(BadDocument, match="at most 2 MB"):
        reader.read(b"%PDF-1.7" + b"\0" * 3_000_000)


def test_a_scan_without_text_is_refused_with_advice(reader: PdfReader) -> None:
    picture = pymupdf.Pixmap(pymupdf.csGRAY, pymupdf.IRect(0, 0, 200, 260))
    picture.clear_with(230)
    document, (sheet,) = paper()
    sheet.page.insert_image(sheet.page.rect, pixmap=picture)
    with pytest.raises(BadDocument) as refusal:
        reader.read(finished(document))
    assert "no text layer" in refusal.value.reason
    assert "OCR" in refusal.value.advice


def test_half_a_pdf_is_read_as_far_as_it_goes(reader: PdfReader) -> None:
    document, sheets = paper(pages=4)
    for number, sheet in enumerate(sheets):
        sheet.paragraph(f"Page {number + 1} begins. " + prose(14, seed=number), width=480)
    whole = document.tobytes(deflate=False)
    reading = reader.read(whole[: len(whole) * 2 // 3])
    assert "Page 1 begins" in reading.pages[0].text
    assert reading.warnings
    missing = [page.number for page in reading.pages if not page.text]
    assert missing
    assert list(reading.unread_pages) == missing
    assert f"{missing[-1]}" in " ".join(reading.warnings)


def test_a_pdf_whose_head_is_gone_is_repaired(reader: PdfReader) -> None:
    document, sheets = paper(pages=3)
    for number, sheet in enumerate(sheets):
        sheet.paragraph(f"Page {number + 1} begins. " + prose(14, seed=number), width=480)
    whole = document.tobytes(deflate=False)
    reading = reader.read(b"\0" * 8 + whole[8:])
    assert any("begins" in page.text for page in reading.pages)
    assert "damaged" in reading.warnings[0]


def test_a_bomb_is_refused_in_bounded_memory_and_time() -> None:
    limits = Limits(memory_bytes=400 * 1024 * 1024, cpu_s=20, wall_s=20.0)
    content = bomb(60)
    assert len(content) < 1_000_000
    began = time.monotonic()
    with PdfReader(limits) as reader:
        with pytest.raises(BadDocument, match="400 MB of memory"):
            reader.read(content)
        assert time.monotonic() - began < 30
        assert reader.read(plain_paper()).page_count == 1


def test_a_page_that_takes_too_long_is_given_up() -> None:
    with PdfReader(Limits(wall_s=0.5)) as reader, pytest.raises(BadDocument, match=r"longer than 0\.5 s"):
        reader.read(bomb(60))


def test_a_worker_that_dies_is_replaced() -> None:
    with PdfReader() as reader:
        content = plain_paper()
        reader.read(content)
        worker = reader.fence.pid
        assert worker is not None

        def kill(done: int, total: int) -> None:
            if done == 1:
                os.kill(worker, signal.SIGKILL)

        with pytest.raises(BadDocument, match="killed"):
            reader.read(plain_paper(40), progress=kill)
        assert reader.read(content).page_count == 1


def test_one_worker_stays_warm_and_ends_with_its_reader() -> None:
    reader = PdfReader()
    reader.read(plain_paper())
    first = reader.fence.pid
    assert first is not None
    reader.read(plain_paper())
    assert reader.fence.pid == first
    reader.close()
    assert reader.fence.pid is None
    assert reader.read(plain_paper()).page_count == 1
    reader.close()


def test_a_single_read_needs_no_reader() -> None:
    assert read_pdf(plain_paper()).page_count == 1


def test_a_page_of_absurdly_much_text_is_refused(reader: PdfReader) -> None:
    with pytest.raises(BadDocument, match="absurdly much text"):
        reader.read(bomb(3))


def test_a_worker_that_has_nothing_to_read_ends_and_the_next_paper_starts_another() -> None:
    with PdfReader(idle_s=0.05) as reader:
        assert reader.read(plain_paper()).page_count == 1
        resting = reader.fence._resting
        assert resting is not None
        resting.join(30)
        assert reader.fence.pid is None
        assert reader.read(plain_paper()).page_count == 1


def test_closing_does_not_wait_for_what_another_thread_reads() -> None:
    reader, failed, stopped = PdfReader(SMALL), list[BadDocument](), threading.Event()

    def stop(_done: int, _total: int) -> None:
        assert reader.fence.pid is not None
        os.kill(reader.fence.pid, signal.SIGSTOP)  # it reads for ever
        stopped.set()

    def read() -> None:
        try:
            reader.read(plain_paper(3), progress=stop)
        except BadDocument as refusal:
            failed.append(refusal)

    reading, closing = (threading.Thread(target=work, daemon=True) for work in (read, reader.close))
    reading.start()
    assert stopped.wait(30)
    closing.start()
    for thread in (closing, reading):
        thread.join(30)  # half of what it may take to read
        assert not thread.is_alive()
    assert len(failed) == 1
    assert reader.fence.pid is None


@pytest.mark.skipif(sys.platform != "linux", reason="reads the signals that are blocked from /proc")
def test_no_ctrl_c_reaches_a_worker_whichever_thread_starts_it_and_be_it_the_first(tmp_path: Path) -> None:
    (tmp_path / "paper.pdf").write_bytes(plain_paper(1))
    script = tmp_path / "script.py"
    script.write_text(
        "import signal, sys, threading; from pathlib import Path; from rag.reading.pdf import PdfReader\n"
        "if __name__ == '__main__':\n"
        "    for reads_in in (lambda read: read(), lambda read: threading.Thread(target=read).start()):\n"
        "        with PdfReader() as reader:\n"
        "            done = threading.Event()\n"
        "            reads_in(lambda: (reader.read(Path(sys.argv[1])), done.set()))\n"
        "            assert done.wait(60)\n"
        "            status = Path(f'/proc/{reader.fence.pid}/status').read_text()\n"
        "        print(next(line.split()[1] for line in status.splitlines() if line.startswith('SigBlk')))\n"
        "        assert signal.SIGINT not in signal.pthread_sigmask(signal.SIG_BLOCK, ())\n"
    )
    ran = subprocess.run([sys.executable, script, tmp_path / "paper.pdf"], capture_output=True, text=True, check=True)
    masks = [int(mask, 16) for mask in ran.stdout.split()]
    assert [bool(mask & 1 << signal.SIGINT - 1) for mask in masks] == [True, True]
