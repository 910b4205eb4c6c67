"""``seminar schedule``: the slot, the queue, and the simulation, on a real library."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.runner import Run, parsed

pytestmark = pytest.mark.usefixtures("words_only")


@pytest.fixture
def papers(seminar: Run, tmp_path: Path) -> list[str]:
    """The ids of two papers that were added."""
    files = []
    for name in ("Small Networks", "Large Networks"):
        files.append(tmp_path / f"{name}.md")
        files[-1].write_text(f"# {name}\n\n## Abstract\n\nWe define a block of {name.lower()} as a stack of layers.\n")
    code, out, _err = seminar("add", *map(str, files), "--json")
    assert code == 0
    return [paper["paper_id"] for paper in json.loads(out)["papers"]]


SPRING = ("--from", "2027-03-15", "--to", "2027-04-11")


def test_a_simulation_prints_each_week_once_and_marks_the_gap(seminar: Run) -> None:
    code, out, _err = seminar(
        "schedule", "simulate", *SPRING, "--zone", "europe/berlin", "--day", "sun", "--time", "2:30"
    )
    assert code == 0
    assert out.splitlines() == [
        "Sundays at 02:30 (Europe/Berlin)",
        "2027-W11  questions   Sun 2027-03-21 02:30 +0100  2027-03-21 01:30 UTC",
        (
            "2027-W12  questions   Sun 2027-03-28 03:30 +0200  2027-03-28 01:30 UTC"
            "  02:30 does not exist on this day: the clocks go forward"
        ),
        "2027-W13  questions   Sun 2027-04-04 02:30 +0200  2027-04-04 00:30 UTC",
        "2027-W14  questions   Sun 2027-04-11 02:30 +0200  2027-04-11 00:30 UTC",
        "4 posts.",
    ]


def test_a_simulation_as_json_has_reminders_and_the_fold(seminar: Run) -> None:
    words = ("--from", "2027-10-25", "--to", "2027-10-31", "--zone", "Europe/Berlin", "--day", "7", "--time", "02:30")
    shown = parsed(seminar("schedule", "simulate", *words, "--reminder-hours", "24", "--json")[1])
    assert [(post["kind"], post["local"], post["clock_change"]) for post in shown["posts"]] == [
        ("reminder", "2027-10-30T02:30:00+02:00", "fold"),
        ("questions", "2027-10-31T02:30:00+02:00", "fold"),
    ]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--from", "2027-01-01", "--to", "2026-01-01", "--zone", "UTC"), "comes before"),
        (("--from", "soon", "--to", "2026-01-01", "--zone", "UTC"), "2027-01-01"),
        (("--from", "1800-01-01", "--to", "2026-01-01", "--zone", "UTC"), "1972"),
        ((*SPRING, "--zone", "Berlin"), "Did you mean Europe/Berlin"),
        (SPRING, "No weekly slot is set"),
        ((*SPRING, "--zone", "UTC", "--day", "t", "--time", "19:30"), "is no day"),
        ((*SPRING, "--zone", "UTC", "--day", "thu", "--time", "25:30"), "no time of day"),
    ],
)
def test_what_cannot_be_simulated_is_said(seminar: Run, words: tuple[str, ...], said: str) -> None:
    code, out, err = seminar("schedule", "simulate", *words)
    assert code in (1, 2)
    assert said in err
    assert out == ""


def test_a_slot_is_set_shown_used_by_the_simulation_and_cleared(seminar: Run) -> None:
    words = ("thursday", "19:30", "europe/berlin", "--channel", "77", "--reminder-hours", "0", "--event", "--json")
    code, out, _err = seminar("schedule", "set", *words)
    assert code == 0
    assert parsed(out)["slot"] == {
        "day": "thursday", "time": "19:30", "zone": "Europe/Berlin", "channel": "77", "reminder_hours": 0,
        "event": True,
    }  # fmt: skip
    assert "Thursdays at 19:30 (Europe/Berlin) in the channel 77" in seminar("schedule", "show")[1]
    simulated = parsed(seminar("schedule", "simulate", "--from", "2027-01-04", "--to", "2027-01-10", "--json")[1])
    assert [post["local"] for post in simulated["posts"]] == ["2027-01-07T19:30:00+01:00"]
    kept = parsed(seminar("schedule", "set", "fri", "20:00", "UTC", "--json")[1])["slot"]
    assert (kept["day"], kept["channel"]) == ("friday", "77")
    code, _out, err = seminar("schedule", "set", "fri", "20:00", "UTC", "--channel", "papers")
    assert code == 1
    assert "not the number of a channel" in err
    assert parsed(seminar("schedule", "clear", "--json")[1])["slot"] is None


def test_the_queue_is_filled_moved_and_emptied(seminar: Run, papers: list[str]) -> None:
    assert "The queue is empty" in seminar("schedule", "queue", "list")[1]
    assert seminar("schedule", "queue", "add", "small networks")[1].startswith("Queued at place 1: Small Networks")
    assert parsed(seminar("schedule", "queue", "add", papers[1], "--json")[1])["position"] == 2
    assert "Moved to place 1: Large Networks" in seminar("schedule", "queue", "move", "large networks", "1")[1]
    listed = parsed(seminar("schedule", "queue", "list", "--json")[1])
    assert [(e["position"], e["paper_id"], e["in_library"]) for e in listed["queue"]] == [
        (1, papers[1], True),
        (2, papers[0], True),
    ]
    assert "Large Networks" in seminar("schedule", "show")[1]
    assert parsed(seminar("schedule", "queue", "remove", "1", "--json")[1])["removed"] == papers[1]
    code, out, _err = seminar("schedule", "queue", "add", "small networks", "--json")
    assert code == 1
    assert "in the queue already, at place 1" in parsed(out)["error"]


def test_an_arxiv_id_that_cannot_be_added_is_not_queued(seminar: Run) -> None:
    code, out, _err = seminar("schedule", "queue", "add", "1512.03385", "--json")
    assert code == 1
    assert "It was not queued" in parsed(out)["error"]
    assert parsed(seminar("schedule", "queue", "list", "--json")[1])["queue"] == []
