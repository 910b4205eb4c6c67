"""The command line beside a bot that is in several servers: it never acts for one that nobody named."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from rag.record.servers import LOCAL
from rag.store.jobs import JobStatus
from rag.study import Study
from tests.cli.runner import Run
from tests.record.groups import DISCUSSION, OTHER_DISCUSSION

GROUP, OTHERS = "157000111222", "158000111222"

StudyFor = Callable[..., Study]

pytestmark = pytest.mark.usefixtures("words_only")


@pytest.fixture
def paper(tmp_path: Path) -> str:
    path = tmp_path / "small.md"
    path.write_text("# Small Networks\n\n## Abstract\n\nWe define a residual block as a stack of layers.\n")
    return str(path)


@pytest.fixture
def two(study_for: StudyFor) -> Study:
    """A bot's study in two servers, of which one has a discussion."""
    study = study_for(embedder="none")
    study.servers.joined(GROUP, "Study group")
    study.servers.joined(OTHERS, "Others")
    study.import_notes(GROUP, DISCUSSION, search_arxiv=False)
    return study


def parsed(out: str) -> dict[str, Any]:
    value = json.loads(out)
    assert isinstance(value, dict)
    return value


@pytest.mark.parametrize(
    "words",
    [("list",), ("add",), ("ask", "what is a shortcut"), ("search", "shortcut"), ("notes", "list"), ("show", "x")],
)
def test_with_several_servers_one_has_to_be_named(two: Study, seminar: Run, paper: str, words: tuple[str, ...]) -> None:
    """An add once went to "local", which no server takes over any more, and the list said that there are no papers."""
    words = (*words, paper) if words == ("add",) else words
    code, out, err = seminar(*words)
    said = f"2 servers are known: Study group ({GROUP}), Others ({OTHERS}). Name one with --guild or SEMINAR_GUILD."
    assert (code, out, err.strip()) == (1, "", said)
    assert parsed(seminar(*words, "--json")[1]) == {"error": said}
    assert two.papers(LOCAL) == ()
    assert two.library.jobs(JobStatus.QUEUED) == ()


def test_a_server_is_named_by_its_id_or_its_name(
    two: Study, seminar: Run, paper: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert seminar("add", paper, "--guild", "study  GROUP")[0] == 0
    assert [found.title for found in two.papers(GROUP)] == ["Small Networks"]
    assert "Small Networks" in seminar("list", "--guild", GROUP)[1]
    assert "No papers yet" in seminar("list", "--guild", "Others")[1]
    monkeypatch.setenv("SEMINAR_GUILD", "Study group")
    assert parsed(seminar("list", "--json")[1])["guild"] == GROUP


def test_a_name_that_no_server_or_more_than_one_has_is_refused(two: Study, seminar: Run, paper: str) -> None:
    code, _, err = seminar("add", paper, "--guild", "Stduy group")
    assert (code, err.strip()) == (1, "There is no server “Stduy group”. Did you mean Study group?")
    assert "`seminar status` lists those" in seminar("list", "--guild", "zzz")[2]
    two.servers.joined("159", "Others")
    code, _, err = seminar("list", "--guild", "others")
    assert (code, err.strip()) == (
        1,
        f"“others” fits several servers: Others ({OTHERS}) or Others (159). Use the id of the one you mean.",
    )
    assert two.library.guilds() == (GROUP,)


def test_status_and_doctor_list_every_server_with_what_it_has(two: Study, seminar: Run) -> None:
    code, out, _ = seminar("status")
    assert code == 0
    first, second = out.index(f"Study group ({GROUP})"), out.index(f"Others ({OTHERS})")
    assert "2 items in 1 discussion" in out[first:second]
    assert "0 items in 0 discussions" in out[second:]
    assert out.count("reranker") == 1
    shown = parsed(seminar("status", "--json")[1])["servers"]
    assert [(s["guild"], s["name"], s["discussions"]) for s in shown] == [
        (GROUP, "Study group", 1),
        (OTHERS, "Others", 0),
    ]
    code, out, _ = seminar("doctor")
    assert code == 0
    assert f"Study group ({GROUP}): 0 papers, 1 discussion\n" in out
    two.servers.left(GROUP)
    doctor = parsed(seminar("doctor", "--json")[1])
    assert [(s["name"], s["discussions"], s["left"]) for s in doctor["servers"]] == [
        ("Others", 0, False),
        ("Study group", 1, True),
    ]
    assert "1 discussion; the bot has left it" in str(doctor["checks"])


def test_status_of_one_server_says_which(two: Study, seminar: Run) -> None:
    out = seminar("status", "--guild", "Others")[1]
    assert f"Others ({OTHERS})" in out
    assert "Study group" not in out
    one = parsed(seminar("status", "--guild", "Others", "--json")[1])
    assert (one["guild"], one["name"], one["papers"]) == (OTHERS, "Others", 0)


def test_before_any_server_is_known_it_acts_for_local(seminar: Run, paper: str) -> None:
    assert "none yet" in seminar("doctor")[1]
    assert seminar("add", paper)[0] == 0
    status = parsed(seminar("status", "--json")[1])
    assert (status["guild"], status["name"], status["papers"]) == (LOCAL, "", 1)


def test_beside_one_server_what_is_still_in_local_shows_and_new_papers_are_the_servers(
    study_for: StudyFor, seminar: Run, paper: str
) -> None:
    study = study_for(embedder="none")
    study.import_notes(LOCAL, OTHER_DISCUSSION, search_arxiv=False)
    with study.directory.owned("add papers"):  # so that joining adopts nothing yet: another study holds it
        other = study_for(embedder="none")
        other.servers.joined(GROUP, "Study group")
    assert set(study.library.guilds()) == {LOCAL}
    assert seminar("add", paper)[0] == 0
    assert len(study.papers(GROUP)) == 1
    servers = parsed(seminar("status", "--json")[1])["servers"]
    assert [(s["guild"], s["papers"], s["discussions"]) for s in servers] == [(GROUP, 1, 0), (LOCAL, 0, 1)]
    study.servers.joined(GROUP, "Study group")
    status = parsed(seminar("status", "--json")[1])
    assert (status["guild"], status["papers"], status["discussions"]) == (GROUP, 1, 1)
