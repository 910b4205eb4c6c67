"""The report as plain values for tools; ``report.schema.json`` beside this file describes them."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from rag.bench.report import RATIOS, Report
from rag.bench.targets import targets

FORMAT = 1


def as_json(report: Report) -> dict[str, Any]:
    """Return every sample, with medians, ratios within the rounds, and targets."""
    told = asdict(report) | {"format": FORMAT, "made_at": report.made_at.isoformat()}
    for system, measured in zip(told["systems"], report.systems, strict=True):
        system["medians"] = {name: measured.median(figure) for name, figure in RATIOS.items()}
        system["times_seminar"] = {name: asdict(report.times(measured, figure)) for name, figure in RATIOS.items()}
    told["targets"] = [
        {"figure": one.figure, "wanted": one.wanted, "measured": one.measured, "least": one.least, "met": one.met}
        for one in targets(report)
    ]
    return told
