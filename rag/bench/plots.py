"""The report as pictures (PNG), for the README. Needs the extra ``[bench]``."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rag.bench.machine import as_sentence
from rag.bench.report import Report
from rag.bench.rounds import Sample
from rag.bench.targets import SEARCH_MS
from rag.wording import counted

if TYPE_CHECKING:
    from matplotlib.figure import Figure

PEERS, SIZES = "bench-peers.png", "bench-sizes.png"
_OURS, _THEIRS, _MUTED, _SCOPES = "#2f6f4f", "#b9bec4", "#555555", ("#2f6f4f", "#4f86c6", "#c77d3a")

_BARS: tuple[tuple[str, Callable[[Sample], float]], ...] = (
    ("seconds a paper", lambda one: one.paper_s),
    ("seconds from start to first answer", lambda one: one.cold_s),
    ("MB at most while adding", lambda one: one.peak_mb),
)


def draw(report: Report, folder: Path) -> tuple[Path, ...]:
    """Write the pictures into a folder and return their paths. Raises ImportError without the extra."""
    folder.mkdir(parents=True, exist_ok=True)
    made = [_saved(_peers(report), folder / PEERS)]
    if report.sizes:
        made.append(_saved(_sizes(report), folder / SIZES))
    return tuple(made)


def _peers(report: Report) -> Figure:
    """Return one row of bars a figure: ours and theirs, median with least and most of the rounds."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(9, 1.1 + 0.42 * len(report.systems) * len(_BARS)), layout="constrained")
    for axes, (title, value) in zip(figure.subplots(len(_BARS), 1, squeeze=False)[:, 0], _BARS, strict=True):
        names = [system.name for system in report.systems]
        medians = [system.median(value) for system in report.systems]
        each = [[value(one) for one in system.samples] for system in report.systems]
        reach = [
            [middle - min(seen) for middle, seen in zip(medians, each, strict=True)],
            [max(seen) - middle for middle, seen in zip(medians, each, strict=True)],
        ]
        colours = [_OURS] + [_THEIRS] * (len(names) - 1)
        axes.barh(names, medians, xerr=reach, color=colours, ecolor=_MUTED, capsize=2)
        axes.invert_yaxis()
        axes.set_title(title, loc="left", fontsize=10)
        axes.margins(x=0.12)
        for place, (middle, most) in enumerate(zip(medians, map(max, each), strict=True)):
            shown = f"{middle:,.0f}" if middle >= 100 else f"{middle:.2f}"
            axes.text(most, place, f"  {shown}", va="center", fontsize=9)
        _plain(axes)
    return _signed(figure, report)


def _sizes(report: Report) -> Figure:
    """Return the search's 95th percentile by library size, a line a scope; Chroma alone as single marks."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(9, 3.6), layout="constrained")
    axes = figure.subplots()
    served = [size for size in report.sizes if size.by == report.sizes[0].by]
    others = [size for size in report.sizes if size not in served]
    for place, (scope, colour) in enumerate(zip([asked.scope for asked in served[0].asked], _SCOPES, strict=True)):
        x = [size.passages for size in served]
        axes.plot(x, [size.asked[place].searched.p95 for size in served], "o-", color=colour, label=scope)
        for size, mark in zip(others, "x+", strict=False):
            label = f"{scope}, by {size.by}"
            axes.plot(size.passages, size.asked[place].searched.p95, mark, color=colour, label=label)
    axes.axhline(SEARCH_MS, color=_MUTED, linewidth=0.8, linestyle=":")
    axes.set(xscale="log", ylim=(0, None), xlabel="passages in the library")
    shown = [size.passages for size in served]
    axes.set_xticks(shown, [f"{passages:,}" for passages in shown])
    axes.minorticks_off()
    axes.set_title("a search, 95th percentile, ms", loc="left", fontsize=10)
    axes.legend(frameon=False, fontsize=8)
    _plain(axes)
    return _signed(figure, report)


def _plain(axes: Any) -> None:
    axes.spines[["top", "right"]].set_visible(False)
    axes.tick_params(labelsize=9)


def _signed(figure: Figure, report: Report) -> Figure:
    """Write under a picture when and where it was measured."""
    of = f"{counted(report.rounds, 'round')} of {counted(report.papers, 'paper')}"
    made = f"{report.made_at:%Y-%m-%d}, {of}; {as_sentence(report.machine)}"
    figure.supxlabel(made, fontsize=6, color=_MUTED, wrap=True)
    return figure


def _saved(figure: Figure, path: Path) -> Path:
    figure.savefig(path, dpi=130)
    return path
