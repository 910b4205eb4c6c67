"""The arithmetic of the benchmark: percentiles, and ratios taken within a round."""

from __future__ import annotations

import math
import statistics
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Spread:
    """Median, 95th percentile and largest of values, in their unit."""

    p50: float
    p95: float
    most: float
    number: int

    @classmethod
    def of(cls, values: Sequence[float], *, times: float = 1.0) -> Spread:
        """Return the spread of values, each times a factor (1,000 makes milliseconds of seconds)."""
        scaled = sorted(value * times for value in values)
        return cls(statistics.median(scaled), percentile(scaled, 0.95), scaled[-1], len(scaled))


@dataclass(frozen=True, slots=True)
class Ratio:
    """How many times as much a peer needs: the median over rounds of the ratio within the round, least and most."""

    median: float
    least: float
    most: float


def percentile(ordered: Sequence[float], share: float) -> float:
    """Return the smallest value below which this share of the ordered values lies, or on it.

    >>> percentile([1, 2, 3, 4], 0.95), percentile([1, 2, 3, 4], 0.5)
    (4, 2)
    """
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)]


def ratio(theirs: Sequence[float], ours: Sequence[float]) -> Ratio:
    """Return how many times as much as ours theirs is; the two are by round.

    >>> ratio([4.0, 9.0, 2.0], [1.0, 3.0, 1.0])
    Ratio(median=3.0, least=2.0, most=4.0)
    """
    each = [peer / own for peer, own in zip(theirs, ours, strict=True)]
    return Ratio(statistics.median(each), min(each), max(each))
