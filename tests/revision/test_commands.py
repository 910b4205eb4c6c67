"""``seminar notes fill``, ``check``, ``history`` and ``undo`` as people and tools use them."""

from __future__ import annotations

import io
import json
import shutil
import sys
from pathlib import Path

import pytest

from tests.cli.runner import Run, runner
from tests.revision.conftest import GROUP, NOTES


@pytest.fixture
def seminar(made: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    shutil.copytree(made, tmp_path / "data")
    monkeypatch.setenv("SEMINAR_EMBEDDER", "none")
    return runner(tmp_path / "data", capfd, "--guild", GROUP)


class Terminal(io.StringIO):
    """What a person types."""

    def isatty(self) -> bool:
        return True


def test_a_proposal_is_accepted_by_its_name_and_taken_back(seminar: Run) -> None:
    code, out, _ = seminar("notes", "fill", "--session", "small networks", "--json")
    [first, *_] = json.loads(out)["proposals"]
    assert (code, first["item"], first["evidence"][0]["page"]) == (0, "1.2", 2)
    assert first["proposed"]["lines"][0].endswith("(p. 2)")
    assert seminar("notes", "fill", "--accept", "1.2", "--person", "Anna")[0] == 0
    assert first["proposed"]["lines"][0] in seminar("notes", "export")[1]
    assert "Anna: accepted" in seminar("notes", "history")[1]
    assert seminar("notes", "undo", "--person", "Ben")[0] == 0
    assert seminar("notes", "export")[1] == NOTES
    [undone, accepted] = json.loads(seminar("notes", "history", "--json")[1])["changes"]
    assert [undone["person"], accepted["person"]] == ["Ben", "Anna"]


def test_what_can_be_accepted_comes_first_and_says_how(seminar: Run) -> None:
    code, out, _ = seminar("notes", "fill")
    assert code == 0
    assert out.startswith("2 proposals, then 3 where I found nothing.")
    assert out.index("--accept 1.10`") < out.index("--edit 1.9")
    assert "accept: `seminar notes fill --accept 1.2` · reject: `--reject 1.2`" in out


def test_what_holds_for_all_proposals_is_said_once(seminar: Run) -> None:
    told = json.loads(seminar("notes", "fill", "--json")[1])["proposals"]
    assert [each["item"] for each in told if "Searched by words only" in "".join(each["notices"])] == [
        "1.2",
        "1.9",
        "1.11",
    ]
    assert seminar("notes", "fill")[2].count("Searched by words only") == 1


def test_a_person_goes_through_the_proposals_at_a_terminal(seminar: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", Terminal("a\nx\ne\nmy own words\nr\nq\n"))
    code, *_ = seminar("notes", "fill", "--person", "Anna")
    assert code == 0
    exported = seminar("notes", "export")[1]
    assert "(p. 2)" in exported
    assert "9. What\n- my own words\n" in exported
    decisions = [each["decision"] for each in json.loads(seminar("notes", "history", "--json")[1])["changes"]]
    assert decisions == ["rejected", "edited", "accepted"]


def test_a_check_says_what_not_found_means_and_that_nobody_judges(seminar: Run) -> None:
    code, out, _ = seminar("notes", "check", "--paper", "small networks")
    assert code == 0
    assert "✓ supported" in out
    assert "It may still be right" in out
    assert "language model" in out
    told = json.loads(seminar("notes", "check", "--json")[1])
    assert told["judge"] == ""
    grades = {each["item"]: each["grade"] for each in told["checks"]}
    assert (grades["1.3"], grades["1.4"]) == ("not found in the paper", "supported")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("fill", "--accept", "77.1"), "There is no note “77.1”"),
        (("fill", "--accept", "1.9"), "nothing in it"),
        (("fill", "--session", "4"), "fits several discussions"),
        (("fill", "--edit", "1.9", " "), "empty"),
        (("undo",), "no change of a note is left"),
    ],
)
def test_what_cannot_be_done_is_said_in_a_sentence(seminar: Run, words: tuple[str, ...], said: str) -> None:
    code, out, err = seminar("notes", *words)
    assert (code, out) == (1, "")
    assert said in err
