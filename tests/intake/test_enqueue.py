"""Adds that strangers ask for through a door: written down at once, carried out by another thread, never a path."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.domain.paper import SourceKind
from rag.errors import BadIdentifier, Unreachable
from rag.intake.given import AddRequest, Given, Upload
from rag.intake.queue import KEEP_ENDED
from rag.intake.results import AddOptions, AddResult, AddStatus, Step
from rag.settings import Settings
from rag.sources.identifiers import LocalDocument, identify
from rag.store.jobs import JobStatus
from rag.study import Study
from rag.wiring import build
from tests.conftest import NOW
from tests.intake.test_queue import Owner
from tests.loopback.arxiv import LoopbackArxiv, Reply
from tests.made import RESIDUAL, paper_pdf

PATIENCE_S = 30.0


@pytest.fixture
def arxiv() -> Iterator[LoopbackArxiv]:
    with LoopbackArxiv() as server:
        for n in range(1, 7):
            server.add_paper(f"2001.0000{n}", title=f"Paper number {n}", pdf=paper_pdf(f"Paper number {n}"))
        yield server


@pytest.fixture
def online(study_for: Callable[..., Study], arxiv: LoopbackArxiv) -> Study:
    return study_for(embedder="none", arxiv_api_url=arxiv.api, arxiv_pdf_url=arxiv.pdf_address.split("/{id}")[0])


@pytest.fixture
def study(study_for: Callable[..., Study]) -> Study:
    return study_for(embedder="none")


class Reports:
    """What ``finished`` was told, and ``progress`` beside it, in order."""

    def __init__(self) -> None:
        self.results: dict[int, AddResult] = {}
        self.origins: dict[int, str] = {}
        self.order: list[tuple[str, int]] = []

    def progress(self, step: Step) -> None:
        if ("step", step.job_id) not in self.order:
            self.order.append(("step", step.job_id))

    def finished(self, job_id: int, origin: str, result: AddResult) -> None:
        assert job_id not in self.results
        self.results[job_id], self.origins[job_id] = result, origin
        self.order.append(("finished", job_id))


def test_a_queued_add_waits_until_it_is_carried_out_and_is_reported_to_its_origin(online: Study) -> None:
    first, second = online.enqueue(["2001.00001", "2001.00002"], guild="g", origin="channel 7, message 9")
    assert online.papers("g") == ()
    reports = Reports()
    online.carry_out(reports.progress, reports.finished)
    assert [paper.paper_id for paper in online.papers("g")] == ["2001.00001", "2001.00002"]
    assert reports.origins == dict.fromkeys((first, second), "channel 7, message 9")
    assert [result.status for result in reports.results.values()] == [AddStatus.ADDED, AddStatus.ADDED]


def test_each_result_is_reported_as_it_ends_and_every_step_names_its_job(online: Study) -> None:
    ids = online.enqueue(["2001.00001", "not a paper", "2001.00002"], guild="g")
    reports = Reports()
    online.carry_out(reports.progress, reports.finished)
    assert reports.order == [(what, job_id) for job_id in ids for what in ("step", "finished")]
    assert isinstance(reports.results[ids[1]].error, BadIdentifier)


def test_a_failure_that_is_worth_another_try_is_reported_as_one(online: Study, arxiv: LoopbackArxiv) -> None:
    arxiv.always("/api/query", Reply(status=403))
    [job_id] = online.enqueue(["2001.00001"], guild="g")
    reports = Reports()
    online.carry_out(finished=reports.finished)
    assert isinstance(reports.results[job_id].error, Unreachable)
    job = online.library.job(job_id)
    assert job is not None
    assert job.status is JobStatus.FAILED


def test_what_a_person_says_of_a_queued_paper_counts(online: Study) -> None:
    online.enqueue(["2001.00001"], guild="g", options=AddOptions(aliases=("the first one",)))
    online.carry_out()
    assert online.paper("g", "the first one").paper_id == "2001.00001"


def test_arxiv_is_asked_once_for_all_that_wait(online: Study, arxiv: LoopbackArxiv) -> None:
    online.enqueue([f"2001.0000{n}" for n in range(1, 6)], guild="g")
    online.carry_out()
    assert len(online.papers("g")) == 5
    assert sum(seen.path == "/api/query" for seen in arxiv.requests) == 1


def test_adds_that_come_meanwhile_are_carried_out_in_the_same_round(online: Study) -> None:
    [first] = online.enqueue(["2001.00001"], guild="g")
    later: list[int] = []
    reports = Reports()

    def progress(step: Step) -> None:
        reports.progress(step)
        if not later:
            later.extend(online.enqueue(["2001.00002"], guild="h"))

    online.carry_out(progress, reports.finished)
    assert list(reports.results) == [first, *later]
    assert [paper.paper_id for paper in online.papers("h")] == ["2001.00002"]


def test_guilds_are_served_in_turn_and_each_in_its_order(study: Study) -> None:
    busy = study.enqueue([f"no paper {n}" for n in range(4)], guild="busy")
    one, two = study.enqueue(["no paper", "no paper either"], guild="quiet")
    late: list[int] = []
    reports = Reports()

    def finished(job_id: int, origin: str, result: AddResult) -> None:
        reports.finished(job_id, origin, result)
        if job_id == two:
            late.extend(study.enqueue(["no paper here"], guild="new"))

    study.carry_out(finished=finished)
    assert list(reports.results) == [busy[0], one, busy[1], two, *late, *busy[2:]]


def test_turns_are_remembered_from_one_round_to_the_next(study: Study) -> None:
    first, _ = study.enqueue(["no paper", "no paper either"], guild="g")
    [theirs] = study.enqueue(["no paper"], guild="h")
    reports = Reports()
    for _ in range(2):
        once = iter([True])
        study.carry_out(finished=reports.finished, go_on=lambda once=once: next(once, False))  # type: ignore[misc]
    assert list(reports.results) == [first, theirs]


def test_more_adds_of_one_guild_than_anybody_should_queue_hide_nobody_elses(study: Study) -> None:
    for n in range(1_005):
        study.library.add_job("busy", "add", AddRequest(Given(f"no paper {n}")).as_json(), now=NOW)
    [one] = study.enqueue(["no paper"], guild="quiet")
    reports, rounds = Reports(), iter(range(3))
    study.carry_out(finished=reports.finished, go_on=lambda: next(rounds, 2) < 2)
    assert list(reports.results)[1] == one


def test_what_was_cut_off_comes_before_whose_turn_it_is(study: Study) -> None:
    left, _ = study.enqueue(["no paper", "no paper either"], guild="g")
    study.carry_out()
    waiting = study.enqueue(["no paper at all"], guild="h")
    left = study.enqueue(["no paper, again"], guild="g")[0]
    study.library.take_job(left, now=NOW)  # by a process that died
    reports = Reports()
    study.carry_out(finished=reports.finished)
    assert list(reports.results) == [left, *waiting]


def test_jobs_that_ended_long_ago_are_not_kept(settings_for: Callable[..., Settings], study: Study) -> None:
    [old] = study.enqueue(["no paper"], guild="g")
    study.carry_out()
    later = build(settings_for(embedder="none"), clock=lambda: NOW + KEEP_ENDED + timedelta(hours=1))
    [young] = later.enqueue(["no paper"], guild="g")
    later.carry_out()
    assert (later.library.job(old), later.library.job(young) is None) == (None, False)
    later.close()


def test_threads_may_queue_while_another_carries_out(online: Study) -> None:
    begun, release = threading.Event(), threading.Event()
    reports = Reports()

    def progress(_step: Step) -> None:
        begun.set()
        assert release.wait(PATIENCE_S)

    def asked_by(person: int) -> None:
        for n in range(1, 7):
            ids.extend(online.enqueue([f"2001.0000{n}"], guild=f"guild {person}", origin=str(person)))

    ids = list(online.enqueue(["2001.00001"], guild="g"))
    work = threading.Thread(target=online.carry_out, args=(progress, reports.finished))
    work.start()
    assert begun.wait(PATIENCE_S)
    people = [threading.Thread(target=asked_by, args=(person,)) for person in range(4)]
    for person in people:
        person.start()
    release.set()  # some are queued while papers are read and written
    for person in people:
        person.join(PATIENCE_S)
    work.join(PATIENCE_S * 4)
    online.carry_out(finished=reports.finished)  # for one that came after the last look
    assert sorted(reports.results) == sorted(ids)
    assert {result.error for result in reports.results.values()} == {None}
    assert [len(online.papers(f"guild {person}")) for person in range(4)] == [6, 6, 6, 6]


def test_two_threads_never_carry_one_add_out_twice(online: Study) -> None:
    [job_id] = online.enqueue(["2001.00001"], guild="g")
    begun, doubled = threading.Event(), threading.Event()
    reports = Reports()

    def slow(_step: Step) -> None:
        if not begun.is_set():
            begun.set()
            doubled.wait(0.3)  # time for the other thread to do what it must not

    first = threading.Thread(target=online.carry_out, args=(slow, reports.finished))
    first.start()
    assert begun.wait(PATIENCE_S)
    online.carry_out(lambda _step: doubled.set(), reports.finished)
    assert not doubled.is_set()
    assert reports.results[job_id].status is AddStatus.ADDED  # whoever waits finds it done
    first.join(PATIENCE_S)


def test_two_threads_that_add_at_once_have_each_their_own_results(online: Study) -> None:
    found: dict[int, list[AddResult]] = {}

    def add(n: int) -> None:
        found[n] = online.add([f"2001.0000{n}"], guild="g")

    people = [threading.Thread(target=add, args=(n,)) for n in range(1, 5)]
    for person in people:
        person.start()
    for person in people:
        person.join(PATIENCE_S)
    assert {n: [result.paper_id for result in results] for n, results in found.items()} == {
        n: [f"2001.0000{n}"] for n in range(1, 5)
    }


def test_an_add_that_a_killed_process_left_is_resumed_and_reported_to_its_origin(
    online: Study, study_for: Callable[..., Study], arxiv: LoopbackArxiv
) -> None:
    [job_id] = online.enqueue(["2001.00001"], guild="g", origin="where it was asked")
    online.library.take_job(job_id, now=NOW)  # as a process does just before it dies
    online.close()
    again = study_for(embedder="none", arxiv_api_url=arxiv.api, arxiv_pdf_url=arxiv.pdf_address.split("/{id}")[0])
    reports = Reports()
    again.carry_out(finished=reports.finished)
    assert reports.origins == {job_id: "where it was asked"}
    assert len(again.papers("g")) == 1


def test_while_another_process_owns_the_library_what_is_queued_waits(online: Study) -> None:
    [job_id] = online.enqueue(["2001.00001"], guild="g")
    reports = Reports()
    with Owner(online.directory.path):
        online.carry_out(finished=reports.finished)
        assert reports.results == {}
    online.carry_out(finished=reports.finished)
    assert reports.results[job_id].status is AddStatus.ADDED


def test_discussions_are_tied_to_queued_papers(online: Study) -> None:
    online.import_notes("g", b"## Discussion 1 Paper number 2 - 2020\n1. q\n- a\n", search_arxiv=False)
    online.enqueue(["2001.00001"], guild="h")
    online.enqueue(["2001.00001", "2001.00002"], guild="g")
    online.carry_out()
    assert [discussion.paper_id for discussion in online.discussions("g")] == ["2001.00002"]


@pytest.mark.parametrize(
    "typed",
    ["{path}", "a.pdf", "./a.pdf", "file://{path}", "~/a.pdf", "{folder}", "{folder}/", "../{name}/a.pdf", "note"],
)
@pytest.mark.parametrize("by_a_command", [False, True])
def test_a_strangers_path_is_never_followed(
    study: Study, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, typed: str, by_a_command: bool
) -> None:
    (tmp_path / "a.pdf").write_bytes(paper_pdf())
    (tmp_path / "note").write_text("# A note\n\n[of](somebody)")
    monkeypatch.setenv("HOME", str(tmp_path))
    text = typed.format(path=tmp_path / "a.pdf", folder=tmp_path, name=tmp_path.name)
    [job_id] = study.enqueue([text], guild="g")
    reports = Reports()
    if by_a_command:  # whoever carries it out, it stays a stranger's
        study.add([], guild="g")
    else:
        study.carry_out(finished=reports.finished)
        assert isinstance(reports.results[job_id].error, BadIdentifier)
    job = study.library.job(job_id)
    assert job is not None
    assert (job.status, study.papers("g")) == (JobStatus.FAILED, ())
    assert "is not something to add" in job.error


def test_a_strangers_arxiv_id_is_never_a_file_that_happens_to_lie_here(
    online: Study, arxiv: LoopbackArxiv, tmp_path: Path
) -> None:
    (tmp_path / "2001.00001.pdf").write_bytes(paper_pdf("A private draft", RESIDUAL))
    (tmp_path / "2001.00002.pdf").write_bytes(paper_pdf("Another", RESIDUAL))
    online.enqueue(["2001.00001.pdf", "2001.00002.pdf"], guild="g")
    online.carry_out()
    assert [paper.title for paper in online.papers("g")] == ["Paper number 1", "Paper number 2"]
    assert sum(seen.path == "/api/query" for seen in arxiv.requests) == 1


PATHS = st.one_of(
    st.tuples(
        st.sampled_from(["/", "~", "~root/", "./", "../", "file:", "file://", "FILE:///", "C:\\", "\\\\"]), st.text()
    ),
    st.tuples(st.text(alphabet="abc/._-~ "), st.sampled_from([".pdf", ".md", ".html", ".PDF"])),
).map("".join)


@given(PATHS)
def test_whatever_looks_like_a_path_is_refused_without_a_look_at_the_disk(text: str) -> None:
    def looked(_path: Path) -> SourceKind | None:
        raise AssertionError

    with pytest.raises(BadIdentifier):
        identify(text, local=False, sniffed=looked)


@given(st.text())
def test_whatever_a_stranger_types_is_never_a_file(text: str) -> None:
    try:
        found = identify(text, local=False)
    except BadIdentifier:
        return
    assert not isinstance(found, LocalDocument)


def test_text_that_cannot_be_stored_is_refused_and_those_behind_it_come_in(online: Study) -> None:
    ids = online.enqueue(["\udcff", "\x00", "x" * 5_000, "", "2001.00001"], guild="g")
    reports = Reports()
    online.carry_out(finished=reports.finished)
    assert [reports.results[job_id].status for job_id in ids] == [AddStatus.FAILED] * 4 + [AddStatus.ADDED]


def test_a_commands_relative_path_begins_where_it_was_given_whoever_carries_it_out(
    study: Study, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    here, there = tmp_path / "here", tmp_path / "there"
    for folder, title in ((here, "What was meant"), (there, "A decoy")):
        folder.mkdir()
        (folder / "a.pdf").write_bytes(paper_pdf(title))
        (folder / "2001.00001.pdf").write_bytes(paper_pdf(title, RESIDUAL))
    (there / "missing.pdf").write_bytes(paper_pdf("Another decoy", pages=3))
    monkeypatch.chdir(here)
    with Owner(study.directory.path):
        queued = study.add(["a.pdf", "./2001.00001.pdf", "missing.pdf"], guild="g")
    assert {result.status for result in queued} == {AddStatus.QUEUED}
    monkeypatch.chdir(there)
    reports = Reports()
    study.carry_out(finished=reports.finished)
    assert [paper.title for paper in study.papers("g")] == ["What was meant", "What was meant"]
    assert [result.status for result in reports.results.values()][2] is AddStatus.FAILED


@pytest.mark.parametrize(
    "request_",
    [
        AddRequest(Given("1502.03167")),
        AddRequest(Given("a.pdf", folder=Path("/somewhere")), AddOptions("1502.03167", "T", ("a", "b"))),
        AddRequest(
            Given("a.pdf", upload=Upload("f" * 64 + "-1", "f" * 64, SourceKind.MARKDOWN)), origin='{"channel": 1}'
        ),
    ],
)
def test_a_request_is_understood_again_after_it_was_written_down(study: Study, request_: AddRequest) -> None:
    job = study.library.job(study.library.add_job("g", "add", request_.as_json(), now=NOW))
    assert job is not None
    assert AddRequest.of_job(job.request) == request_


def test_a_job_of_the_first_version_is_a_commands(study: Study) -> None:
    kept = {"given": "a.pdf", "options": {"arxiv_id": "", "title": "", "aliases": []}}
    assert AddRequest.of_job(kept) == AddRequest(Given("a.pdf", folder=Path()))
