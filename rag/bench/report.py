"""What one run of the benchmark found, as values; :mod:`rag.bench.table` and :mod:`rag.bench.plots` show it."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from rag.bench.figures import Ratio, Spread, ratio
from rag.bench.machine import Machine
from rag.bench.rounds import Sample


@dataclass(frozen=True, slots=True)
class Measured:
    """One system's rounds. ``installed_mb``: its distributions with all that they need, without Python itself."""

    name: str
    python: str
    versions: Mapping[str, str]
    weights: str  # the first digits of their hash: equal means that all embedded with the same numbers
    distributions: int
    installed_mb: float
    samples: tuple[Sample, ...]

    def median(self, figure: Callable[[Sample], float]) -> float:
        """Return the median of a figure over the rounds."""
        return statistics.median(figure(one) for one in self.samples)

    def spread(self, figure: Callable[[Sample], Sequence[float]]) -> Spread:
        """Return the spread of what was measured once a question, over all rounds, in milliseconds."""
        return Spread.of([value for one in self.samples for value in figure(one)], times=1_000)


@dataclass(frozen=True, slots=True)
class Asked:
    """One scope of a library. Milliseconds. ``recall``: of the nearest 10, against exact search in float32.

    ``answered`` is None where only a search by vector was measured, without the question's embedding and words.
    """

    scope: str
    searched: Spread
    answered: Spread | None
    recall: float


@dataclass(frozen=True, slots=True)
class Size:
    """One drawn library. ``by``: what found the nearest. ``rss_mb``: after the questions; of a peer, once filled."""

    passages: int
    papers: int
    by: str
    rss_mb: float
    asked: tuple[Asked, ...]


@dataclass(frozen=True, slots=True)
class Adding:
    """A library of several papers added in one go beside an event loop. Lateness in milliseconds."""

    papers: int
    pages: int
    passages: int
    peak_mb: float
    late: Spread
    late_beside_nothing: Spread
    disk_mb: float  # a paper, without the PDF


@dataclass(frozen=True, slots=True)
class Answering:
    """Warm questions to the library of :class:`Adding`, each once a process. Milliseconds, and MB after the last."""

    answered: Spread
    searched: Spread
    rss_mb: float


@dataclass(frozen=True, slots=True)
class Resting:
    """The running bot on a loopback Discord, in MB: idle, after questions, at most while papers were added."""

    idle_mb: float
    asked_mb: float
    adding_peak_mb: float
    questions: int
    added: int


@dataclass(frozen=True, slots=True)
class Report:
    """One run. ``papers``: those of the rounds. ``started_s``: from ``seminar --help`` to its first text, each try."""

    made_at: datetime  # aware UTC
    command: str
    machine: Machine
    rounds: int
    papers: int
    pages: int
    questions: int
    systems: tuple[Measured, ...]
    started_s: tuple[float, ...]
    adding: Adding
    answering: Answering
    resting: Resting | None  # None where there is no checkout, which holds the loopback Discord
    sizes: tuple[Size, ...]

    @property
    def ours(self) -> Measured:
        """Return Seminar's rounds."""
        return self.systems[0]

    @property
    def help_s(self) -> float:
        """Return the median of ``started_s``."""
        return statistics.median(self.started_s)

    def times(self, peer: Measured, figure: Callable[[Sample], float]) -> Ratio:
        """Return how many times as much as Seminar a peer needs."""
        return ratio([figure(one) for one in peer.samples], [figure(one) for one in self.ours.samples])


RATIOS: Mapping[str, Callable[[Sample], float]] = {
    "paper_s": lambda one: one.paper_s,
    "cpu_s": lambda one: one.cpu_s,
    "whole_s": lambda one: one.whole_s,
    "cold_s": lambda one: one.cold_s,
    "peak_mb": lambda one: one.peak_mb,
    "answering_mb": lambda one: one.answering_mb,
    "disk_mb": lambda one: one.disk_mb,
}
"""Figures of which ratios are told."""
