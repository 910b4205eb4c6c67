"""The next add is fetched and read while one is embedded and stored; what comes of both is as if it had waited."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest

from rag.domain.paper import Paper
from rag.domain.passage import Passage
from rag.domain.reading import Reading
from rag.errors import BadDocument
from rag.index.ports import Vectored
from rag.intake.documents import Document, Told
from rag.intake.indexing import Indexing
from rag.intake.results import AddResult, AddStatus, Step
from rag.reading.passages import WordCounter
from rag.store.jobs import JobStatus
from rag.study import Study
from tests.conftest import NOW
from tests.loopback.arxiv import LoopbackArxiv, Reply
from tests.made import RESIDUAL, paper_pdf


@pytest.fixture
def study(study_for: Callable[..., Study]) -> Study:
    return study_for(embedder="none")


class Watched:
    """Notes each reading of a study and the thread it was read in; embedding waits for what is begun meanwhile."""

    def __init__(self, study: Study) -> None:
        self.read: list[tuple[str, str]] = []
        self.waits = True
        self.begun, self.holds = threading.Event(), threading.Event()
        self.holds.set()
        self._queue = study._queue
        self._documents, self._indexing = study._queue._intake._documents, study._queue._intake._indexing
        self._really_read, self._really_embed = self._documents.read, self._indexing.embed
        self._documents.read = self._reads  # type: ignore[method-assign]
        self._indexing.embed = self._embeds  # type: ignore[method-assign]

    def _reads(self, document: Document, told: Told | None = None) -> Reading:
        self.read.append((document.name, threading.current_thread().name))
        if threading.current_thread().name == "ahead":
            self.begun.set()
            assert self.holds.wait(60)
        return self._really_read(document, told)

    def _embeds(self, paper: Paper, passages: Sequence[Passage], progress: Callable[[int], None]) -> list[Vectored]:
        thread = self._queue._ahead._thread
        if thread is not None and self.waits:
            thread.join(60)
        elif thread is not None:
            assert self.begun.wait(60)
        return self._really_embed(paper, passages, progress)


def written(folder: Path, name: str, data: bytes) -> str:
    path = folder / name
    path.write_bytes(data)
    return str(path)


def papers(folder: Path, names: str = "abc") -> list[str]:
    return [
        written(folder, f"{name}.pdf", paper_pdf(f"Paper {name}", RESIDUAL, pages=n + 1))
        for n, name in enumerate(names)
    ]


def test_each_paper_after_the_first_is_read_before_its_turn_and_once(study: Study, tmp_path: Path) -> None:
    watched, steps = Watched(study), list[Step]()
    results = study.add(papers(tmp_path), guild="g", progress=steps.append)
    assert [result.status for result in results] == [AddStatus.ADDED] * 3
    assert {paper.title for paper in study.papers("g")} == {"Paper a", "Paper b", "Paper c"}
    assert watched.read == [("a", threading.current_thread().name), ("b", "ahead"), ("c", "ahead")]
    assert study._queue._ahead.job_id == 0
    stages = [(step.job_id, step.stage) for step in steps if not step.done]
    assert [stage for job, stage in stages if job == stages[-1][0]] == ["fetch", "read", "embed", "store"]
    assert [job for job, _ in stages] == sorted(job for job, _ in stages)


def test_the_next_papers_words_are_learnt_before_its_turn(
    study: Study, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    met: list[tuple[str, str]] = []

    class Learning(WordCounter):
        def learn(self, text: str) -> None:
            met.append((threading.current_thread().name, text))

    monkeypatch.setattr(Indexing, "counter", Learning())
    Watched(study)
    study.add(papers(tmp_path, "ab"), guild="g")
    here = threading.current_thread().name
    assert [thread for thread, _ in met] == [here, "ahead", here]
    assert met[1][1] == met[2][1] != met[0][1]


def test_an_add_whose_turn_comes_while_it_is_begun_tells_where_it_is_and_goes_on(study: Study, tmp_path: Path) -> None:
    watched, steps = Watched(study), list[Step]()
    watched.waits, watched.holds = False, threading.Event()

    def heard(step: Step) -> None:
        steps.append(step)
        if step.given.endswith("b.pdf"):
            watched.holds.set()

    study.add(papers(tmp_path, "ab"), guild="g", progress=heard)
    assert [thread for _, thread in watched.read] == [threading.current_thread().name, "ahead"]
    told = [(step.stage, step.done) for step in steps if step.given.endswith("b.pdf")]
    assert told[0] == ("read", 0)
    assert ("read", 1) in told
    assert len({step.job_id for step in steps}) == 2


def test_what_it_says_is_what_it_says_without(study_for: Callable[..., Study], tmp_path: Path) -> None:
    given = papers(tmp_path)
    ahead, alone = study_for(embedder="none"), study_for(embedder="none", data_dir=tmp_path / "other")
    ahead.add(given, guild="g")
    for one in given:
        alone.add([one], guild="g")
    for ours, theirs in zip(ahead.papers("g"), alone.papers("g"), strict=True):
        assert ours == theirs
        assert ahead.library.passages_of(ours.key) == alone.library.passages_of(theirs.key)


def test_the_same_bytes_twice_in_line_are_one_paper(study: Study, tmp_path: Path) -> None:
    Watched(study)
    twice = [written(tmp_path, name, paper_pdf("Paper", RESIDUAL)) for name in ("a.pdf", "b.pdf")]
    assert [result.status for result in study.add(twice, guild="g")] == [AddStatus.ADDED, AddStatus.UNCHANGED]
    assert len(study.papers("g")) == 1


def test_a_document_that_cannot_be_read_fails_in_its_turn_and_is_tried_once(study: Study, tmp_path: Path) -> None:
    watched = Watched(study)
    first, last = papers(tmp_path, "ac")
    bad = written(tmp_path, "b.pdf", b"%PDF-1.7 and nothing else")
    results = study.add([first, bad, last], guild="g")
    assert [result.status for result in results] == [AddStatus.ADDED, AddStatus.FAILED, AddStatus.ADDED]
    assert isinstance(results[1].error, BadDocument)
    assert results[1].error.what == "b.pdf"
    assert [name for name, _ in watched.read] == ["a", "b", "c"]


def test_behind_one_that_was_cut_off_nothing_is_begun_and_none_that_was_is_begun_ahead(
    study: Study, tmp_path: Path
) -> None:
    watched = Watched(study)
    first, *rest = papers(tmp_path)
    request = {"given": first, "options": {"arxiv_id": "", "title": "", "aliases": []}}
    study.library.take_job(study.library.add_job("g", "add", request, now=NOW), now=NOW)  # and then it died
    study.add(rest, guild="g")
    here = threading.current_thread().name
    assert watched.read == [("a", here), ("b", here), ("c", "ahead")]
    assert study.library.jobs(JobStatus.RUNNING) == ()


def test_where_the_work_is_to_end_nothing_more_is_begun(study: Study) -> None:
    watched = Watched(study)
    for name in "ab":
        study.enqueue_upload(f"{name}.pdf", paper_pdf(f"Paper {name}"), guild="g")
    asked = iter([True])
    study.carry_out(go_on=lambda: next(asked, False))
    assert [name for name, _ in watched.read] == ["a"]
    assert len(study.papers("g")) == 1


def test_what_was_begun_when_others_wanted_their_turn_is_not_read_again(study: Study) -> None:
    watched = Watched(study)
    for name in "ab":
        study.enqueue_upload(f"{name}.pdf", paper_pdf(f"Paper {name}"), guild="g")
    asked = iter([True, True])
    study.carry_out(go_on=lambda: next(asked, False))
    assert [paper.title for paper in study.papers("g")] == ["Paper a"]
    study.carry_out()
    assert {paper.title for paper in study.papers("g")} == {"Paper a", "Paper b"}
    assert [thread for _, thread in watched.read] == [threading.current_thread().name, "ahead"]


def test_what_was_begun_for_a_server_that_was_erased_is_let_go(study: Study) -> None:
    Watched(study)
    for name in "ab":
        study.enqueue_upload(f"{name}.pdf", paper_pdf(f"Paper {name}"), guild="g")
    asked = iter([True, True])
    study.carry_out(go_on=lambda: next(asked, False))
    assert study._queue._ahead._errand is not None
    study.servers.erase("g")
    study.carry_out()
    assert study._queue._ahead._errand is None
    assert study.papers("g") == ()


def test_a_guild_that_waits_longer_goes_first_though_another_paper_was_begun(study: Study) -> None:
    watched = Watched(study)
    for name in "ab":
        study.enqueue_upload(f"{name}.pdf", paper_pdf(f"Paper {name}"), guild="g1")
    ended: list[int] = []

    def finished(job_id: int, _origin: str, _result: AddResult) -> None:
        if not ended:
            study.enqueue_upload("c.pdf", paper_pdf("Paper c"), guild="g2")
        ended.append(job_id)

    study.carry_out(finished=finished)
    assert ended == sorted(ended, key=lambda job: (0, 2, 1)[job - ended[0]])
    assert sorted(name for name, _ in watched.read) == ["a", "b", "c"]
    assert [name for name, thread in watched.read if thread == "ahead"] == ["b"]


@pytest.fixture
def arxiv() -> Iterator[LoopbackArxiv]:
    with LoopbackArxiv() as server:
        yield server


def test_arxiv_is_asked_as_often_as_without_also_for_what_it_does_not_have(
    study_for: Callable[..., Study], arxiv: LoopbackArxiv
) -> None:
    address = arxiv.pdf_address.split("/{id}")[0]
    study = study_for(embedder="none", arxiv_api_url=arxiv.api, arxiv_pdf_url=address)
    watched = Watched(study)
    for number, title in enumerate(("One Paper", "Another Paper", "Third Paper"), start=1):
        arxiv.add_paper(f"2001.0000{number}", version=1, title=title, pdf=paper_pdf(title))
    arxiv.script("/pdf/2001.00002v1", Reply(404))
    results = study.add(["2001.00001", "2001.00002", "2001.00003"], guild="g")
    assert [result.status for result in results] == [AddStatus.ADDED, AddStatus.FAILED, AddStatus.ADDED]
    assert [request.path for request in arxiv.requests] == [
        "/api/query",
        *(f"/pdf/2001.0000{number}v1" for number in (1, 2, 3)),
    ]
    assert [thread for _, thread in watched.read] == [threading.current_thread().name] * 2
