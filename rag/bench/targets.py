"""What was set out to be reached (issue 6 of the project), beside what was measured."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from rag.bench.report import RATIOS, Asked, Report

_MILLISECONDS, _TIMES, _MEMORY, _SHARE = "{:.0f} ms", "{:.1f} times", "{:.0f} MB", "{:.3f}"
_LARGE = 90_000
"""Passages from which a drawn library counts as one of 100,000: the last whole paper below it."""
SEARCH_MS = 30.0
"""What a search of one paper may take at that size, 95th percentile."""


@dataclass(frozen=True, slots=True)
class Target:
    """One figure. ``least``: whether more is better."""

    figure: str
    wanted: float
    measured: float
    least: bool
    shape: str

    @property
    def met(self) -> bool:
        """Whether it was reached."""
        return self.measured >= self.wanted if self.least else self.measured <= self.wanted

    def shown(self, value: float) -> str:
        """Return a value in the figure's unit."""
        return self.shape.format(value)


def targets(report: Report) -> tuple[Target, ...]:
    """Return every target that this run measured something for."""
    return (*_beside_peers(report), *_alone(report), *_at_size(report))


def _beside_peers(report: Report) -> Iterator[Target]:
    for system in report.systems[1:]:
        name = system.name
        wanted = {"LangChain recipe": 4.0, "paper-qa, chunks of 1,000": 5.0}.get(name)
        if wanted is not None:
            slower = report.times(system, RATIOS["paper_s"]).median
            yield Target(f"seconds a paper: {name} is slower", wanted, slower, least=True, shape=_TIMES)
        if name == "LangChain recipe":
            slower = report.times(system, RATIOS["cold_s"]).median
            yield Target(f"start to first answer: {name} is slower", 6.0, slower, least=True, shape=_TIMES)


def _alone(report: Report) -> Iterator[Target]:
    adding, answering, bot = report.adding, report.answering, report.resting
    yield _most(f"`/ask`, warm, {adding.papers} papers, median", 200, answering.answered.p50, _MILLISECONDS)
    yield _most("the same, 95th percentile", 400, answering.answered.p95, _MILLISECONDS)
    yield _most("first text of `seminar --help`", 300, report.help_s * 1_000, _MILLISECONDS)
    yield _most("event loop late while adding, 95th percentile", 20, adding.late.p95, _MILLISECONDS)
    yield _most("the same, at most", 100, adding.late.most, _MILLISECONDS)
    if bot is not None:
        yield _most(f"the running bot, idle with {adding.papers} papers", 300, bot.idle_mb, _MEMORY)
        yield _most("the same, at most while it adds papers", 600, bot.adding_peak_mb, _MEMORY)


def _at_size(report: Report) -> Iterator[Target]:
    ours = [size for size in report.sizes if all(asked.answered for asked in size.asked)]
    large = [size for size in ours if size.passages >= _LARGE]
    if large:
        narrow: Asked = large[0].asked[-1]
        name = f"{large[0].passages:,} passages, guild and paper"
        yield _most(f"search in {name}, 95th percentile", SEARCH_MS, narrow.searched.p95, _MILLISECONDS)
        recall = min(asked.recall for size in large for asked in size.asked)
        yield Target("recall@10 there, of every scope and search", 0.99, recall, least=True, shape=_SHARE)


def _most(figure: str, wanted: float, measured: float, shape: str) -> Target:
    return Target(figure, wanted, measured, least=False, shape=shape)
