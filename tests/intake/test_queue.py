"""Adds as jobs: kills, waiting for an owner, and a directory that is in use."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path

import pytest

from rag.domain.codelink import CodeLinkReport
from rag.domain.paper import Paper
from rag.errors import LibraryBusy
from rag.intake.ownership import DataDirectory
from rag.intake.queue import MAX_ATTEMPTS
from rag.intake.results import AddStatus
from rag.store.jobs import JobStatus
from rag.study import Study
from tests.conftest import NOW
from tests.made import RESIDUAL, paper_pdf

HOLD = """
import sys, time
from pathlib import Path
from rag.intake.ownership import DataDirectory
with DataDirectory(Path(sys.argv[1])).owned("hold"):
    print("held", flush=True)
    time.sleep(60)
"""


@pytest.fixture
def study(study_for: Callable[..., Study]) -> Study:
    return study_for(embedder="none")


class Owner:
    """Another process that owns the data directory until it is let go."""

    def __init__(self, data_dir: Path) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-c", HOLD, str(data_dir)], stdout=subprocess.PIPE, cwd=Path(__file__).parents[2]
        )
        assert self._process.stdout is not None
        assert self._process.stdout.readline() == b"held\n"

    def __enter__(self) -> Owner:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        self._process.communicate()


def written(folder: Path, name: str, data: bytes) -> str:
    path = folder / name
    path.write_bytes(data)
    return str(path)


def test_while_another_process_owns_the_library_adds_wait_and_other_writes_refuse(study: Study, tmp_path: Path) -> None:
    path = written(tmp_path, "a.pdf", paper_pdf())
    study.add([path], guild="g")
    with Owner(study.directory.path):
        [queued] = study.add([written(tmp_path, "b.pdf", paper_pdf("Second", RESIDUAL))], guild="g")
        assert queued.status is AddStatus.QUEUED
        assert len(study.search("covariate shift", guild="g").hits) > 0
        with pytest.raises(LibraryBusy):
            study.remove("g", study.papers("g")[0].paper_id)
        with pytest.raises(LibraryBusy):
            study.import_notes("g", b"## Discussion 1 A - 2015\n1. q\n- a\n")
        with pytest.raises(LibraryBusy):
            study.reindex(lambda _done, _total: None)
    assert len(study.papers("g")) == 1
    study.add([path], guild="g")  # the next owner carries out what waits
    assert len(study.papers("g")) == 2


def test_the_owner_itself_may_nest_its_writes(tmp_path: Path) -> None:
    directory = DataDirectory(tmp_path / "data")
    with directory.owned("a"), directory.owned("b"):
        assert not directory.is_owned_elsewhere()


def test_a_job_that_kills_its_process_again_and_again_is_given_up(study: Study, tmp_path: Path) -> None:
    given = written(tmp_path, "a.pdf", paper_pdf())
    request = {"given": given, "options": {"arxiv_id": "", "title": "", "aliases": []}}
    job_id = study.library.add_job("g", "add", request, now=NOW)
    for _ in range(MAX_ATTEMPTS):
        study.library.take_job(job_id, now=NOW)  # as a process does just before it dies
    study.add([written(tmp_path, "b.pdf", paper_pdf("B", RESIDUAL))], guild="g")
    job = study.library.job(job_id)
    assert job is not None
    assert job.status is JobStatus.FAILED
    assert "cut off" in job.error
    assert len(study.papers("g")) == 1


class Surprise:
    """A code link source that fails in a way nobody thought of, for one paper."""

    def find(self, paper: Paper, reading_links: Sequence[str], now: datetime, *, pages: object = ()) -> CodeLinkReport:
        if paper.title == "Second":
            raise ZeroDivisionError
        return CodeLinkReport((), now)


def test_a_surprise_in_one_document_fails_it_and_not_those_behind_it(study: Study, tmp_path: Path) -> None:
    study._queue._intake._code_links = Surprise()
    inputs = [written(tmp_path, "b.pdf", paper_pdf("Second", RESIDUAL)), written(tmp_path, "a.pdf", paper_pdf())]
    second, first = study.add(inputs, guild="g")
    assert (second.status, first.status) == (AddStatus.FAILED, AddStatus.ADDED)
    assert study.library.jobs(JobStatus.RUNNING) == ()
    [job] = study.library.recent_failures("g")
    assert "did not expect" in job.error


@pytest.mark.slow
@pytest.mark.parametrize("after_s", [0.4, 0.9, 1.4, 1.9, 2.5, 3.2])
def test_kill_9_at_any_moment_of_an_add_loses_and_doubles_nothing(
    study_for: Callable[..., Study], tmp_path: Path, after_s: float
) -> None:
    first = written(tmp_path, "a.pdf", paper_pdf())
    second = written(tmp_path, "b.pdf", paper_pdf("Second", RESIDUAL, pages=6))
    data = tmp_path / "data"
    environment = os.environ | {"SEMINAR_ASK_CODE_LINKS_ONLINE": "false"}
    process = subprocess.Popen(
        [sys.executable, "-c", "from rag.cli import main; main()", "--data-dir", str(data), "add", first, second],
        env=environment,
        cwd=Path(__file__).parents[2],
        stderr=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        start_new_session=True,
    )
    time.sleep(after_s)
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    study = study_for()
    study.add([first, second], guild="local")
    assert sorted(paper.title for paper in study.papers("local")) == ["Normalising Small Networks", "Second"]
    serving = study.indexing.serving()
    assert serving is not None
    assert serving.count() == study.library.passage_count()
    assert study.library.jobs(JobStatus.RUNNING) == study.library.jobs(JobStatus.QUEUED) == ()
    answer = study.ask("what is internal covariate shift", guild="local")
    assert [citation.quote.page for citation in answer.citations][:1] == [2]
