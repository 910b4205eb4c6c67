"""The report as Markdown, ready for the README: every table names its machine, date and versions once, at the end."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from rag.bench.figures import Ratio, Spread
from rag.bench.machine import as_sentence
from rag.bench.report import Measured, Report, Size
from rag.bench.rounds import Sample
from rag.bench.targets import targets
from rag.retrieval.candidates import DEPTH
from rag.wording import counted

_Figure = Callable[[Sample], float]

_COMPARED: tuple[tuple[str, _Figure, str], ...] = (
    ("seconds a paper, models loaded", lambda one: one.paper_s, "{:.2f}"),
    ("processor seconds a paper", lambda one: one.cpu_s, "{:.1f}"),
    ("process start to first answer, s", lambda one: one.cold_s, "{:.2f}"),
    ("most memory while adding, MB", lambda one: one.peak_mb, "{:.0f}"),
    ("memory while answering, MB", lambda one: one.answering_mb, "{:.0f}"),
    ("disk a paper without the PDF, MB", lambda one: one.disk_mb, "{:.2f}"),
)
"""What every system has, with how it is written; less is better in all of them."""


def as_markdown(report: Report) -> str:
    """Return the tables, and how they came about."""
    return "\n".join(
        (
            *_beside_peers(report),
            "",
            *_targets(report),
            "",
            *_alone(report),
            "",
            *_sizes(report.sizes),
            "",
            *_how(report),
        )
    )


def _beside_peers(report: Report) -> Iterator[str]:
    yield from _head((f"{report.papers} papers, {report.pages} pages", *(one.name for one in report.systems)))
    for name, figure, shape in _COMPARED:
        cells = (_beside(report, system, figure, shape) for system in report.systems)
        yield _row((name, *cells))
    yield _row(("of it read / embed / store, s", *(_stages(system) for system in report.systems)))
    yield _row(("a search, warm, ms: median, 95th percentile", *(_searched(system) for system in report.systems)))
    yield _row(("passages of these papers", *(f"{system.samples[0].passages:,}" for system in report.systems)))
    yield _row(("installed, MB", *(f"{system.installed_mb:,.0f}" for system in report.systems)))


def _beside(report: Report, system: Measured, figure: _Figure, shape: str) -> str:
    value = shape.format(system.median(figure))
    if system is report.ours:
        return f"**{value}**"
    return f"{value} ({_times(report.times(system, figure))})"


def _times(of: Ratio) -> str:
    return f"{of.median:.1f} times, {of.least:.1f} to {of.most:.1f}"


def _stages(system: Measured) -> str:
    names = ("read", "embed", "store")
    if any(name not in system.samples[0].stages for name in names):
        return "not told apart"
    return " / ".join(f"{system.median(lambda one, name=name: one.stages[name]):.2f}" for name in names)  # type: ignore[misc]


def _searched(system: Measured) -> str:
    return _ms(system.spread(lambda one: one.searched_s))


def _alone(report: Report) -> Iterator[str]:
    adding, answering = report.adding, report.answering
    yield from _head(("Seminar alone", "measured"))
    yield _row(
        (f"`/ask` without a model, warm, {adding.papers} papers, ms: median, 95th percentile", _ms(answering.answered))
    )
    yield _row(("of it the search", _ms(answering.searched)))
    yield _row(("first text of `seminar --help`, s", f"{report.help_s:.2f}"))
    late = f"{adding.late.p50:.1f}, {adding.late.p95:.1f}, {adding.late.most:.0f}"
    yield _row((f"event loop late while {adding.papers} papers are added, ms: median, 95th percentile, most", late))
    quiet = adding.late_beside_nothing
    yield _row(("the same beside nothing", f"{quiet.p50:.1f}, {quiet.p95:.1f}, {quiet.most:.0f}"))
    yield _row((f"most memory while {adding.papers} papers are added, worker included, MB", f"{adding.peak_mb:.0f}"))
    if report.resting is not None:
        bot = report.resting
        yield _row((f"the running bot with {adding.papers} papers, idle, MB", f"{bot.idle_mb:.0f}"))
        yield _row((f"after {bot.questions} questions, MB", f"{bot.asked_mb:.0f}"))
        yield _row((f"at most while it adds {bot.added} more papers, worker included, MB", f"{bot.adding_peak_mb:.0f}"))
    yield _row(("disk a paper without the PDF, MB", f"{adding.disk_mb:.2f}"))


def _targets(report: Report) -> Iterator[str]:
    yield from _head(("target", "wanted", "measured", ""))
    for one in targets(report):
        wanted = ("at least " if one.least else "at most ") + one.shown(one.wanted)
        yield _row((one.figure, wanted, one.shown(one.measured), "met" if one.met else "**missed**"))


def _sizes(sizes: Sequence[Size]) -> Iterator[str]:
    yield from _head(
        (
            "passages",
            "nearest by",
            "asked of",
            "search, ms: median, 95th percentile",
            "answer, ms",
            "recall@10",
            "memory, MB",
        )
    )
    for size in sizes:
        for number, asked in enumerate(size.asked):
            first = number == 0
            yield _row(
                (
                    f"{size.passages:,}" if first else "",
                    size.by if first else "",
                    asked.scope,
                    _ms(asked.searched),
                    "not made" if asked.answered is None else _ms(asked.answered),
                    f"{asked.recall:.3f}",
                    f"{size.rss_mb:.0f}" if first else "",
                )
            )


def _how(report: Report) -> Iterator[str]:
    yield (
        f"Medians of {counted(report.rounds, 'interleaved round')}, every system in fresh processes; in brackets how "
        "many times as much as Seminar, within a round: median, least and most. Memory is resident memory of all "
        "processes of a system together. No system is given a language model; a peer's answer is its four nearest "
        "passages, Seminar's is sentences with checked quotes."
    )
    yield ""
    yield (
        "Larger libraries are drawn from the real papers' sentences; their vectors lie between real ones, with noise. "
        f"Recall@10 is counted against exact search in float32: Seminar asks for {DEPTH}, as for every question, of "
        "which the first ten count; Chroma alone is asked for ten. “As set” searches in memory up to a bound that a "
        "setting moves. “Chroma” is beyond it, where at most 10,000 passages, as those of one paper, are compared from "
        "SQL, and Chroma is asked for all else. Of Chroma alone only the search by vector is measured, with vectors "
        "that are at hand."
    )
    yield ""
    for system in report.systems:
        versions = ", ".join(f"{name} {number}" for name, number in system.versions.items())
        weights = f", weights {system.weights}" if system.weights else ""
        yield f"- {system.name}: Python {system.python}, {versions}{weights}."
    yield ""
    yield f"Measured {report.made_at:%Y-%m-%d} by `{report.command}` on {as_sentence(report.machine)}."


def _head(names: Sequence[str]) -> Iterator[str]:
    yield _row(names)
    yield "|" + "---|" * len(names)


def _row(cells: Sequence[str]) -> str:
    return "| " + " | ".join(cells) + " |"


def _ms(of: Spread) -> str:
    return f"{of.p50:.0f}, {of.p95:.0f}"
