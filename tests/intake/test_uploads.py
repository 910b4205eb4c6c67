"""Documents that people send: what is taken, how it survives a kill, and that nothing of it is left behind."""

from __future__ import annotations

import io
import os
import signal
import subprocess
import sys
import time
import unicodedata
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.domain.paper import SourceKind
from rag.errors import BadDocument
from rag.intake.kept import BROUGHT, KeptPdfs
from rag.intake.queue import MAX_ATTEMPTS
from rag.intake.results import AddOptions, AddResult, AddStatus
from rag.intake.uploads import Uploads, shown_name
from rag.store.jobs import JobStatus
from rag.study import Study
from rag.wording import sentence_for
from tests.conftest import NOW
from tests.made import RESIDUAL, paper_pdf

MARKDOWN = b"# Small Networks\n\n## Abstract\n\nWe define a residual block as a stack of layers with a shortcut.\n"
WEB_PAGE = b"<!doctype html><html><head><title>T</title></head><body><h1>Small</h1><p>Words of it.</p></body></html>"


@pytest.fixture
def study(study_for: Callable[..., Study]) -> Study:
    return study_for(embedder="none")


@pytest.fixture
def uploads(tmp_path: Path) -> Uploads:
    return Uploads(tmp_path / "uploads", max_bytes=1024 * 1024)


@pytest.fixture
def kept(tmp_path: Path) -> KeptPdfs:
    return KeptPdfs(tmp_path / "data" / "papers")


def waiting_files(study: Study) -> list[Path]:
    return sorted((study.directory.path / "uploads").iterdir())


def brought_files(study: Study) -> list[Path]:
    return sorted((study.directory.path / "papers" / BROUGHT).glob("*"))


def carried_out(study: Study) -> dict[int, AddResult]:
    results: dict[int, AddResult] = {}

    def finished(job_id: int, _origin: str, result: AddResult) -> None:
        results[job_id] = result

    study.carry_out(finished=finished)
    return results


def packed(*names: str) -> bytes:
    into = io.BytesIO()
    with zipfile.ZipFile(into, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in names:
            archive.writestr(name, "<xml/>" * 200)
    return into.getvalue()


def headless(pdf: bytes) -> bytes:
    """The same with its beginning wiped out, as by a download that went wrong."""
    return bytes(12) + pdf[12:]


@pytest.mark.parametrize(
    ("name", "content", "kind"),
    [
        ("a.pdf", paper_pdf(), SourceKind.PDF),
        ("no suffix", paper_pdf(), SourceKind.PDF),
        ("wrong.docx", paper_pdf(), SourceKind.PDF),
        ("wiped.pdf", headless(paper_pdf()), SourceKind.PDF),
        ("late.pdf", bytes(1000) + paper_pdf(), SourceKind.PDF),
        ("wrong.md", paper_pdf(), SourceKind.PDF),
        ("a.html", WEB_PAGE, SourceKind.HTML),
        ("a.txt", WEB_PAGE, SourceKind.HTML),
        ("part.html", b"<div>no doctype, [a](link)</div>", SourceKind.HTML),
        ("a.md", MARKDOWN, SourceKind.MARKDOWN),
        ("A.MD", b"plain words only", SourceKind.MARKDOWN),
        ("a.txt", MARKDOWN, SourceKind.MARKDOWN),
    ],
)
def test_what_a_document_is_shows_in_its_bytes_and_among_texts_in_its_name(
    uploads: Uploads, name: str, content: bytes, kind: SourceKind
) -> None:
    upload = uploads.store(name, content)
    assert upload.kind is kind
    assert uploads.read(name, upload) == content


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        (
            "thesis.pdf",
            packed("[Content_Types].xml", "word/document.xml"),
            "a Word document, though its name ends in .pdf",
        ),
        ("odd.docx", packed("[Content_Types].xml", "docProps/app.xml", "word/document2.xml"), "a Word document."),
        ("windows.docx", packed("word\\document.xml"), "a Word document."),
        ("half.docx", packed("[Content_Types].xml", "word/styles.xml")[:-120], "a Word document."),
        ("visio.pdf", packed("[Content_Types].xml", "visio/document.xml"), "an Office document, though"),
        ("password/x.zip", packed("sword/x"), "a ZIP archive."),
        ("talk.pptx", packed("[Content_Types].xml", "ppt/presentation.xml"), "a PowerPoint presentation."),
        ("source.zip", packed("main.tex"), "a ZIP archive."),
        ("old.doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(100), "an old Office document."),
        ("photo.pdf", b"\x89PNG\r\n\x1a\n" + bytes(100), "a picture, though its name ends in .pdf"),
        ("page.pdf", WEB_PAGE, "a web page under the name of a PDF"),
        ("words.pdf", MARKDOWN, "plain text, though its name ends in .pdf"),
        ("words.txt", b"only words", "plain text."),
        ("noise.md", bytes(range(256)), "a file of another kind, though its name ends in .md"),
        ("empty.pdf", b"", "it is empty"),
        ("large.pdf", b"%PDF-1.5" + bytes(1024 * 1024 * 3 // 2), "it has 2 MB, more than the 1 allowed"),
    ],
)
def test_what_is_no_paper_is_refused_in_a_sentence_that_says_what_it_is(
    uploads: Uploads, tmp_path: Path, name: str, content: bytes, said: str
) -> None:
    with pytest.raises(BadDocument) as caught:
        uploads.store(name, content)
    sentence = sentence_for(caught.value)
    assert sentence.startswith(f"{name} cannot be read: ")
    assert said in sentence
    assert not (tmp_path / "uploads").exists()


@given(st.text())
def test_a_sent_files_name_is_shown_without_folders_and_without_what_cannot_be_seen(name: str) -> None:
    shown = shown_name(name)
    assert 0 < len(shown) <= 120
    assert not set(shown) & set("/\\")
    assert not [c for c in shown if unicodedata.category(c).startswith("C")]
    assert shown_name(shown) == shown


def test_what_was_sent_is_read_as_it_was_or_not_at_all(uploads: Uploads, tmp_path: Path) -> None:
    upload = uploads.store("a.md", MARKDOWN)
    (tmp_path / "uploads" / upload.file).write_bytes(MARKDOWN[:-1])
    with pytest.raises(BadDocument, match="damaged"):
        uploads.read("a.md", upload)
    uploads.drop(upload)
    with pytest.raises(BadDocument, match="no longer here"):
        uploads.read("a.md", upload)
    uploads.drop(upload)


def test_old_files_that_wait_for_no_job_are_swept(uploads: Uploads, tmp_path: Path) -> None:
    left, waiting, young = (uploads.store("a.md", MARKDOWN) for _ in range(3))
    old = time.time() - 7_200
    for upload in (left, waiting):
        os.utime(tmp_path / "uploads" / upload.file, (old, old))
    uploads.sweep([waiting])
    assert {path.name for path in (tmp_path / "uploads").iterdir()} == {waiting.file, young.file}


def test_a_sent_pdf_becomes_a_paper_and_lives_on_only_as_the_kept_pdf(study: Study, kept: KeptPdfs) -> None:
    job_id = study.enqueue_upload("My notes on shift.pdf", paper_pdf(""), guild="g", options=AddOptions(aliases=("s",)))
    assert len(waiting_files(study)) == 1
    result = carried_out(study)[job_id]
    assert (result.status, result.given) == (AddStatus.ADDED, "My notes on shift.pdf")
    assert waiting_files(study) == []
    paper = study.paper("g", "s")
    path = kept.of(paper)
    assert path is not None
    assert path.read_bytes() == paper_pdf("")


def test_a_sent_pdf_whose_beginning_was_wiped_out_is_repaired(study: Study) -> None:
    """It was refused as "a file of another kind", and the command line read it."""
    wiped = headless(paper_pdf("Residual Blocks", RESIDUAL))
    assert b"endobj" in wiped
    job_id = study.enqueue_upload("wiped.pdf", wiped, guild="g")
    assert carried_out(study)[job_id].status is AddStatus.ADDED


def test_a_sent_pdf_with_a_damaged_table_of_objects_is_read(study: Study) -> None:
    path = Path(__file__).parents[3] / "shared" / "pdfs" / "edge-adam-damaged-xref.pdf"
    if not path.is_file():
        pytest.skip("needs ../shared")
    study.enqueue_upload(path.name, path.read_bytes(), guild="g")
    [result] = carried_out(study).values()
    assert (result.status, result.pages) == (AddStatus.ADDED, 15)


def test_the_name_of_a_sent_file_stands_in_for_a_title_and_is_never_a_path(study: Study, tmp_path: Path) -> None:
    before = {path for path in tmp_path.rglob("*") if "data" not in path.parts}
    study.enqueue_upload("../../outside/words\n.md", b"only words, and no heading at all", guild="g")
    [result] = carried_out(study).values()
    assert result.given == "words .md"
    assert [paper.title for paper in study.papers("g")] == ["words"]
    assert {path for path in tmp_path.rglob("*") if "data" not in path.parts} == before


def test_a_sent_text_is_not_kept_once_it_was_read(study: Study) -> None:
    study.enqueue_upload("a.md", MARKDOWN, guild="g")
    carried_out(study)
    assert len(study.papers("g")) == 1
    assert waiting_files(study) == brought_files(study) == []


def test_a_document_that_cannot_be_read_is_named_and_leaves_nothing(study: Study) -> None:
    job_id = study.enqueue_upload("half.pdf", b"%PDF-1.5\n1 0 obj\n<<", guild="g")
    error = carried_out(study)[job_id].error
    assert isinstance(error, BadDocument)
    assert error.what == "half.pdf"
    assert waiting_files(study) == brought_files(study) == []


def test_two_servers_that_send_the_same_file_each_have_it_until_both_let_it_go(study: Study, kept: KeptPdfs) -> None:
    content = paper_pdf(stamp="arXiv:1502.03167v3 [cs.LG] 2 Mar 2015")
    ids = [study.enqueue_upload("a.pdf", content, guild=guild) for guild in ("g1", "g2")]
    assert len(waiting_files(study)) == 2
    assert {result.status for result in carried_out(study).values()} == {AddStatus.ADDED}
    assert len(ids) == 2
    assert [len(study.papers(guild)) for guild in ("g1", "g2", "g3")] == [1, 1, 0]
    assert len(brought_files(study)) == 1
    mine, theirs = study.papers("g1")[0], study.papers("g2")[0]
    study.remove("g1", "1502.03167")
    assert kept.of(theirs) is not None
    study.remove("g2", "1502.03167")
    assert (kept.of(mine), kept.of(theirs), brought_files(study)) == (None, None, [])


def test_sending_a_file_again_brings_back_a_pdf_that_was_lost(study: Study, kept: KeptPdfs) -> None:
    study.enqueue_upload("a.pdf", paper_pdf(), guild="g")
    carried_out(study)
    brought_files(study)[0].unlink()
    study.enqueue_upload("a.pdf", paper_pdf(), guild="g")
    [result] = carried_out(study).values()
    assert result.status is AddStatus.UNCHANGED
    assert kept.of(study.papers("g")[0]) is not None


def test_the_same_file_sent_twice_at_once_is_one_paper(study: Study) -> None:
    for name in ("a.pdf", "copy.pdf"):
        study.enqueue_upload(name, paper_pdf(), guild="g")
    assert [result.status for result in carried_out(study).values()] == [AddStatus.ADDED, AddStatus.UNCHANGED]
    assert len(study.papers("g")) == 1


def test_an_upload_that_kills_its_process_again_and_again_is_given_up_and_gone(study: Study) -> None:
    job_id = study.enqueue_upload("bomb.pdf", paper_pdf(), guild="g")
    for _ in range(MAX_ATTEMPTS):
        study.library.take_job(job_id, now=NOW)
    error = carried_out(study)[job_id].error
    assert error is not None
    assert "bomb.pdf was refused: adding it was cut off" in sentence_for(error)
    assert waiting_files(study) == []
    assert study.papers("g") == ()


def test_what_a_process_stored_and_died_before_writing_its_job_is_swept(study: Study) -> None:
    Uploads(study.directory.path / "uploads", max_bytes=10_000_000).store("a.pdf", paper_pdf())
    study.enqueue_upload("b.md", MARKDOWN, guild="g")
    old = time.time() - 7_200
    for path in waiting_files(study):
        os.utime(path, (old, old))
    assert [result.status for result in carried_out(study).values()] == [AddStatus.ADDED]  # its own job's file stayed
    assert waiting_files(study) == []


def test_the_name_of_an_upload_that_failed_is_kept_for_the_status_page(study: Study) -> None:
    study.enqueue_upload("half.pdf", b"%PDF-1.5\n1 0 obj\n<<", guild="g")
    carried_out(study)
    [job] = study.library.recent_failures("g")
    assert job.request["given"] == "half.pdf"
    assert job.error.startswith("half.pdf cannot be read")


SEND_AND_HANG = """
import sys, time
from pathlib import Path
from rag.settings import read_settings
from rag.wiring import build

def hang_at(stage):
    def progress(step):
        if step.stage == stage:
            print("there", flush=True)
            time.sleep(600)
    return progress

data, document, stage = sys.argv[1:]
settings = read_settings(data_dir=Path(data), ask_code_links_online=False, embedder="none")
study = build(settings)
study.enqueue_upload("a.pdf", Path(document).read_bytes(), guild="g", origin="channel 7")
if stage == "queued":
    print("there", flush=True)
    time.sleep(600)
study.carry_out(hang_at(stage))
"""


@pytest.mark.parametrize("stage", ["queued", "fetch", "read", "embed", "store"])
def test_kill_9_at_any_stage_of_an_upload_loses_and_doubles_nothing(
    study_for: Callable[..., Study], tmp_path: Path, kept: KeptPdfs, stage: str
) -> None:
    content = paper_pdf("Residual Blocks", RESIDUAL)
    (tmp_path / "document").write_bytes(content)
    process = subprocess.Popen(
        [sys.executable, "-c", SEND_AND_HANG, str(tmp_path / "data"), str(tmp_path / "document"), stage],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        cwd=Path(__file__).parents[2],
        start_new_session=True,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == b"there\n"
    os.killpg(process.pid, signal.SIGKILL)
    process.communicate()
    study, told = study_for(embedder="none"), []
    study.carry_out(finished=lambda _job_id, origin, result: told.append((origin, result.status)))
    assert told == [("channel 7", AddStatus.ADDED)]
    [paper] = study.papers("g")
    path = kept.of(paper)
    assert path is not None
    assert path.read_bytes() == content
    assert waiting_files(study) == []
    assert study.library.jobs(JobStatus.RUNNING) == study.library.jobs(JobStatus.QUEUED) == ()
