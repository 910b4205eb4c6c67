"""Percentiles, ratios within a round, targets, and how the tables say them."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from rag.bench.as_json import as_json
from rag.bench.figures import Ratio, Spread, percentile, ratio
from rag.bench.machine import machine
from rag.bench.measuring import spread_over
from rag.bench.plots import draw
from rag.bench.report import Adding, Answering, Asked, Measured, Report, Resting, Size
from rag.bench.rounds import Sample
from rag.bench.table import as_markdown
from rag.bench.targets import targets
from tests.benchmarks.test_whole_run import PNG, SCHEMA

MADE_AT = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)


def sample(paper_s: float, *, cold_s: float = 1.0, stages: dict[str, float] | None = None) -> Sample:
    return Sample(
        paper_s=paper_s,
        cpu_s=2 * paper_s,
        whole_s=paper_s + 1,
        stages=stages or {"total": paper_s},
        pages=12,
        passages=60,
        peak_mb=400.0,
        disk_mb=0.5,
        cold_s=cold_s,
        asked_s=(0.1, 0.2),
        searched_s=(0.01, 0.02),
        answering_mb=200.0,
    )


def system(name: str, *samples: Sample) -> Measured:
    return Measured(name, "3.11.7", {"thing": "1.0"}, "53aa", 10, 800.0, samples)


def spread(p50: float, p95: float) -> Spread:
    return Spread(p50, p95, p95, 20)


SCOPES = ("everything", "one guild of five", "one paper of a guild")


def size(passages: int, by: str, p95: float, recall: float, *, answered: bool = True) -> Size:
    answers = spread(90, 120) if answered else None
    asked = tuple(Asked(scope, spread(5, p95), answers, recall) for scope in SCOPES)
    return Size(passages, passages // 65, by, 400.0, asked)


def written(report: Report) -> Any:
    """What a tool reads of it."""
    return json.loads(json.dumps(as_json(report)))


@pytest.fixture
def report() -> Report:
    """Two rounds, in the second of which the machine was half as fast for everybody."""
    stages = {"read": 0.1, "embed": 0.35, "store": 0.05}
    return Report(
        made_at=MADE_AT,
        command="seminar bench (6 PDFs)",
        machine=machine(),
        rounds=2,
        papers=6,
        pages=79,
        questions=40,
        systems=(
            system("Seminar", sample(0.5, stages=stages), sample(1.0, stages=stages)),
            system("LangChain recipe", sample(2.5, cold_s=9.0), sample(5.0, cold_s=5.0)),
        ),
        started_s=(0.1, 0.2, 0.9),
        adding=Adding(20, 250, 1_300, 380.0, spread(0.2, 12.0), spread(0.1, 0.3), 0.6),
        answering=Answering(spread(150, 390), spread(20, 30), 240.0),
        resting=Resting(idle_mb=210.0, asked_mb=250.0, adding_peak_mb=610.0, questions=10, added=6),
        sizes=(
            size(975, "as set", 10, 1.0),
            size(99_970, "as set", 25, 1.0),
            size(99_970, "Chroma", 80, 0.97),
            size(99_970, "Chroma alone, its defaults", 290, 0.5, answered=False),
        ),
    )


def test_a_percentile_is_a_value_that_was_measured() -> None:
    hundred = [float(n) for n in range(1, 101)]
    assert percentile(hundred, 0.95) == 95.0
    assert percentile([3.0], 0.95) == 3.0
    assert Spread.of([0.3, 0.1, 0.2], times=1_000) == Spread(200.0, 300.0, 300.0, 3)


def test_a_slow_minute_slows_everybody_and_changes_no_ratio(report: Report) -> None:
    ours, theirs = report.systems
    assert report.times(theirs, lambda one: one.paper_s) == Ratio(5.0, 5.0, 5.0)
    assert report.times(theirs, lambda one: one.cold_s) == Ratio(7.0, 5.0, 9.0)
    assert (ours.median(lambda one: one.paper_s), theirs.median(lambda one: one.paper_s)) == (0.75, 3.75)


def test_a_ratio_needs_both_in_every_round() -> None:
    with pytest.raises(ValueError, match="longer"):
        ratio([1.0], [1.0, 2.0])


def test_the_table_sets_ours_beside_theirs_with_the_ratio(report: Report) -> None:
    lines = as_markdown(report).splitlines()
    assert "| 6 papers, 79 pages | Seminar | LangChain recipe |" in lines
    assert "| seconds a paper, models loaded | **0.75** | 3.75 (5.0 times, 5.0 to 5.0) |" in lines
    assert "| of it read / embed / store, s | 0.10 / 0.35 / 0.05 | not told apart |" in lines
    assert "| first text of `seminar --help`, s | 0.20 |" in lines
    assert "| 99,970 | Chroma | everything | 5, 80 | 90, 120 | 0.970 | 400 |" in lines
    assert "| 99,970 | Chroma alone, its defaults | everything | 5, 290 | not made | 0.500 | 400 |" in lines


def test_targets_say_what_was_met_and_what_was_missed(report: Report) -> None:
    met = {one.figure: one.met for one in targets(report)}
    assert met == {
        "seconds a paper: LangChain recipe is slower": True,
        "start to first answer: LangChain recipe is slower": True,
        "`/ask`, warm, 20 papers, median": True,
        "the same, 95th percentile": True,
        "first text of `seminar --help`": True,
        "event loop late while adding, 95th percentile": True,
        "the same, at most": True,
        "the running bot, idle with 20 papers": True,
        "the same, at most while it adds papers": False,
        "search in 99,970 passages, guild and paper, 95th percentile": True,
        "recall@10 there, of every scope and search": False,
    }
    lines = as_markdown(report).splitlines()
    assert "| the same, at most while it adds papers | at most 600 MB | 610 MB | **missed** |" in lines
    assert "| recall@10 there, of every scope and search | at least 0.990 | 0.970 | **missed** |" in lines


def test_small_runs_have_no_targets_of_large_ones(report: Report) -> None:
    small = replace(report, sizes=report.sizes[:1], resting=None, systems=report.systems[:1])
    assert not any("slower" in one.figure or "recall" in one.figure for one in targets(small))
    jsonschema.validate(written(small), SCHEMA)


def test_json_holds_samples_medians_ratios_and_targets(report: Report) -> None:
    told = written(report)
    jsonschema.validate(told, SCHEMA)
    theirs = told["systems"][1]
    assert theirs["medians"]["paper_s"] == 3.75
    assert theirs["times_seminar"]["cold_s"] == {"median": 7.0, "least": 5.0, "most": 9.0}
    assert [one["paper_s"] for one in theirs["samples"]] == [2.5, 5.0]


def test_pictures_are_drawn_of_whatever_there_is(report: Report, tmp_path: Path) -> None:
    both = draw(report, tmp_path)
    assert [path.name for path in both] == ["bench-peers.png", "bench-sizes.png"]
    assert all(path.read_bytes().startswith(PNG) for path in both)
    assert [path.name for path in draw(replace(report, sizes=()), tmp_path)] == ["bench-peers.png"]


def test_papers_are_taken_from_the_whole_list() -> None:
    pdfs = [Path(f"{number:02}.pdf") for number in range(44)]
    assert [pdf.name for pdf in spread_over(pdfs, 4)] == ["00.pdf", "11.pdf", "22.pdf", "33.pdf"]
    assert spread_over(pdfs[:2], 20) == (*pdfs[:2],)
