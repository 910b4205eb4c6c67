"""What came of an add waits until it was told to whoever asked, also over a kill; then nobody knows who it was."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from rag.errors import BadIdentifier
from rag.intake.results import AddResult, AddStatus, Ended
from rag.study import Study
from rag.wording import sentence_for
from tests.intake.test_enqueue import Reports, arxiv, online
from tests.loopback.arxiv import LoopbackArxiv
from tests.made import paper_pdf

__all__ = ["arxiv", "online"]

HERE, THERE = "discord:7:11", "discord:7:12"


def origins(study: Study) -> list[str]:
    """Return every origin that is written down, whatever its job's state."""
    with study.library._reading() as connection:
        kept = connection.exec_driver_sql("select json_extract(request, '$.origin') from jobs").scalars()
        return [origin for origin in kept if origin]


def test_what_was_not_told_before_a_kill_waits_for_the_next_process(
    online: Study, study_for: Callable[..., Study]
) -> None:
    [good, bad] = online.enqueue(["2001.00001", "not a paper"], guild="g", origin=HERE)
    reports = Reports()
    online.carry_out(finished=reports.finished)
    online.close()  # as a killed process: nobody was told

    later = study_for(embedder="none")
    added, refused = later.untold_adds()
    assert added == Ended(good, HERE, replace(reports.results[good], took_ms={}))
    assert (added.result.title, added.result.pages) == ("Paper number 1", 2)
    assert (refused.job_id, refused.origin, refused.result.status) == (bad, HERE, AddStatus.FAILED)
    assert isinstance(reports.results[bad].error, BadIdentifier)
    assert refused.result.error is not None
    assert sentence_for(refused.result.error) == sentence_for(reports.results[bad].error)


def test_a_warning_is_told_after_a_restart_too(online: Study) -> None:
    result = AddResult("x", AddStatus.ADDED, warnings=("Page 3 could not be read.", "ünïcode"))
    assert AddResult.of_job(result.as_json()) == result


def test_what_was_told_is_told_once_and_who_asked_is_forgotten(online: Study) -> None:
    first, second = online.enqueue(["2001.00001", "2001.00002"], guild="g", origin=HERE)
    online.carry_out()
    online.adds_told([first])
    assert [ended.job_id for ended in online.untold_adds()] == [second]
    assert origins(online) == [HERE]
    online.adds_told([first, second])
    assert online.untold_adds() == ()
    assert origins(online) == []


def test_a_failed_add_that_was_told_is_still_known_as_a_failure_of_its_server(online: Study) -> None:
    job_ids = online.enqueue(["not a paper"], guild="g", origin=HERE)
    online.carry_out()
    online.adds_told(job_ids)
    [failure] = online.library.recent_failures("g")
    assert failure.request["given"] == "not a paper"
    assert "result" not in failure.request


def test_adds_of_the_command_line_wait_for_nobody(online: Study) -> None:
    online.enqueue(["2001.00001"], guild="g")
    online.carry_out()
    assert online.untold_adds() == ()


def test_a_waiting_add_cannot_be_told(online: Study) -> None:
    job_ids = online.enqueue(["2001.00001"], guild="g", origin=HERE)
    online.adds_told(job_ids)
    online.carry_out()
    assert [ended.origin for ended in online.untold_adds()] == [HERE]


def test_one_person_is_forgotten_in_waiting_and_in_ended_adds_and_others_are_not(online: Study) -> None:
    online.enqueue(["2001.00001"], guild="g", origin=HERE)
    online.enqueue(["2001.00002"], guild="h", origin=THERE)
    online.carry_out()
    online.enqueue(["2001.00003"], guild="g", origin=HERE)
    online.enqueue_upload("notes.pdf", paper_pdf("Sent"), guild="g", origin=HERE)
    online.forget_origins(lambda origin: origin.endswith(":11"))
    assert origins(online) == [THERE]
    reports = Reports()
    online.carry_out(finished=reports.finished)
    assert {result.error for result in reports.results.values()} == {None}
    assert [ended.origin for ended in online.untold_adds()] == [THERE]


@pytest.mark.parametrize("after", [1, 2])
def test_who_carries_out_may_stop_between_two_adds_and_go_on_later(online: Study, after: int) -> None:
    ids = online.enqueue(["2001.00001", "2001.00002", "2001.00003"], guild="g", origin=HERE)
    reports = Reports()
    online.carry_out(finished=reports.finished, go_on=lambda: len(reports.results) < after)
    assert list(reports.results) == list(ids[:after])
    online.carry_out(finished=reports.finished)
    assert list(reports.results) == list(ids)
    assert len(online.papers("g")) == 3


def test_discussions_are_tied_to_papers_that_came_in_before_a_stop(online: Study, arxiv: LoopbackArxiv) -> None:
    online.import_notes("g", b"## Discussion 1 Paper number 1\n1. What is it?\n- A paper.\n", search_arxiv=False)
    assert [discussion.paper_key for discussion in online.discussions("g")] == [None]
    online.enqueue(["2001.00001", "2001.00002"], guild="g")
    reports = Reports()
    online.carry_out(finished=reports.finished, go_on=lambda: not reports.results)
    [tied] = online.discussions("g")
    assert tied.paper_key == online.paper("g", "2001.00001").key
