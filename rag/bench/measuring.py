"""One run of the benchmark: the rounds beside the peers, then what only Seminar is asked."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from rag.bench import rounds
from rag.bench.figures import Spread
from rag.bench.machine import machine
from rag.bench.report import Adding, Answering, Asked, Measured, Report, Resting, Size
from rag.bench.rounds import Job, on_disk_mb
from rag.bench.running import Run, run
from rag.bench.systems import System, seminar, surroundings
from rag.domain.sizes import MB

Progress = Callable[[str, int, int], None]

_CHECKOUT = Path(__file__).parents[2]
_RUNNING_BOT = "tests.benchmarks.running_bot"
_BOUND = "SEMINAR_EXACT_SEARCH_PASSAGES"
AS_SET, BY_CHROMA, CHROMA_ALONE = "as set", "Chroma", "Chroma alone, its defaults"
ENOUGH = 3
"""Processes that answer all questions from the library that only we read."""
SETTLED_QUESTIONS, QUESTIONS_BESIDE = 10, 20
"""Questions that the running bot is asked before its memory is read again; that each system answers in a round."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What to measure. ``beside``: papers of the rounds; ``library``: papers of the library that only we read."""

    pdfs: tuple[Path, ...]
    questions: tuple[str, ...]
    peers: tuple[System, ...]
    rounds: int
    beside: int
    library: int
    sizes: tuple[int, ...]
    idle_s: float  # how long the bot is left alone before it counts as idle
    command: str


def measure(plan: Plan, folder: Path, *, now: datetime, progress: Progress) -> Report:
    """Measure everything in an empty folder. Raises Refused for a system that fails."""
    on = machine()
    job = Job(spread_over(plan.pdfs, plan.beside), plan.questions[:QUESTIONS_BESIDE])
    systems = (seminar(), *plan.peers)
    about = [system.about(folder) for system in systems]
    library = folder / "library"
    progress("a library beside an event loop", 0, 0)
    adding = _adding(spread_over(plan.pdfs, plan.library), library, folder)
    progress("answers", 0, 0)
    answering = _answering(plan, library, folder)
    progress("the running bot", 0, 0)
    resting = _resting(plan, library, job.pdfs, folder)
    samples = rounds.play(systems, job, rounds=plan.rounds, folder=folder, progress=progress)
    return Report(
        made_at=now,
        command=plan.command,
        machine=on,
        rounds=plan.rounds,
        papers=len(job.pdfs),
        pages=samples[systems[0].name][0].pages,
        questions=len(plan.questions),
        systems=tuple(
            Measured(
                name=system.name,
                python=told["python"],
                versions=told["versions"],
                weights=told["weights"],
                distributions=told["distributions"],
                installed_mb=told["bytes"] / MB,
                samples=tuple(samples[system.name]),
            )
            for system, told in zip(systems, about, strict=True)
        ),
        started_s=_started_s(plan.rounds, folder),
        adding=adding,
        answering=answering,
        resting=resting,
        sizes=tuple(_sizes(plan, library, folder, progress)),
    )


def spread_over(pdfs: Sequence[Path], number: int) -> tuple[Path, ...]:
    """Return so many of the PDFs, evenly spread over their order.

    >>> [path.name for path in spread_over([Path(name) for name in "abcdef"], 3)]
    ['a', 'c', 'e']
    """
    number = min(number, len(pdfs))
    return tuple(pdfs[place * len(pdfs) // number] for place in range(number))


def _started_s(tries: int, folder: Path) -> tuple[float, ...]:
    """Return the seconds from process start to the first text of ``seminar --help``, each try."""
    command = [*seminar().cold, "--help"]
    return tuple(run(command, environment=surroundings(), folder=folder).lines[0].at_s for _ in range(tries))


def _adding(pdfs: Sequence[Path], library: Path, folder: Path) -> Adding:
    shutil.rmtree(library, ignore_errors=True)
    command = [sys.executable, "-m", "rag.bench.lag", str(library), *map(str, pdfs)]
    added = run(command, environment=surroundings(), folder=folder)
    alone, beside = (line.told["seconds"] for line in added.events("late"))
    held = added.event("held").told
    return Adding(
        papers=len(pdfs),
        pages=held["pages"],
        passages=held["passages"],
        peak_mb=added.peak_bytes / MB,
        late=Spread.of(beside, times=1_000),
        late_beside_nothing=Spread.of(alone, times=1_000),
        disk_mb=on_disk_mb(library) / len(pdfs),
    )


def _answering(plan: Plan, library: Path, folder: Path) -> Answering:
    asked = _questions(plan, folder)
    command = [*seminar().recipe, "ask", str(library), str(asked)]
    runs = [run(command, environment=surroundings(), folder=folder) for _ in range(min(plan.rounds, ENOUGH))]
    answers = [line for each in runs for line in each.events("answer")]
    return Answering(
        answered=Spread.of([line.told["took"] for line in answers], times=1_000),
        searched=Spread.of([line.told["searched"] for line in answers], times=1_000),
        rss_mb=max(each.event("done").used.rss_bytes for each in runs) / MB,
    )


def _resting(plan: Plan, library: Path, pdfs: Sequence[Path], folder: Path) -> Resting | None:
    """Measure the running bot on a copy of the library, which the loopback server takes over; more papers come in."""
    if not (_CHECKOUT / _RUNNING_BOT.replace(".", "/")).with_suffix(".py").is_file():
        return None
    bot = folder / "bot"
    shutil.copytree(library, bot, dirs_exist_ok=True)
    few = folder / "few.txt"
    few.write_text("\n".join(plan.questions[:SETTLED_QUESTIONS]))
    held = set(spread_over(plan.pdfs, plan.library))
    new = [pdf for pdf in plan.pdfs if pdf not in held][: len(pdfs)] or list(pdfs)
    command = [sys.executable, "-m", _RUNNING_BOT, str(bot), str(plan.idle_s), str(few), *map(str, new)]
    environment = surroundings() | {"PYTHONPATH": str(_CHECKOUT)}
    seen = {line.told["event"]: line.told for line in run(command, environment=environment, folder=folder).lines}
    return Resting(
        idle_mb=seen["idle"]["mb"],
        asked_mb=seen["asked"]["mb"],
        adding_peak_mb=seen["added"]["mb"],
        questions=seen["asked"]["questions"],
        added=len(new),
    )


def _sizes(plan: Plan, library: Path, folder: Path, progress: Progress) -> list[Size]:
    """Grow one drawn library from size to size; the largest also beyond the bound, and by a peer's Chroma."""
    drawn, asked, found = folder / "drawn", _questions(plan, folder), []
    shutil.rmtree(drawn, ignore_errors=True)
    measured = [sys.executable, "-m", "rag.bench.sizes", str(drawn), str(asked)]
    for number, passages in enumerate(sorted(plan.sizes)):
        progress(f"a library of {passages:,} passages", number, len(plan.sizes))
        grow = [sys.executable, "-m", "rag.bench.drawn", str(library), str(drawn), str(passages)]
        run(grow, environment=surroundings(), folder=folder)
        found.append(size_of(run(measured, environment=surroundings(), folder=folder), AS_SET))
    if found:
        progress("the largest library by Chroma", 0, 0)
        largest = found[-1]
        beyond = surroundings() | {_BOUND: str(largest.passages // 2)}
        found.append(size_of(run(measured, environment=beyond, folder=folder), BY_CHROMA))
        for command in [searching for peer in plan.peers if (searching := peer.searching)][:1]:
            store = folder / "chroma-alone"
            shutil.rmtree(store, ignore_errors=True)
            searched = run([*command, "search", str(store), str(drawn)], environment=surroundings(), folder=folder)
            full = searched.event("ready").used.rss_bytes / MB
            found.append(Size(largest.passages, largest.papers, CHROMA_ALONE, full, _asked(searched)))
    return found


def size_of(measured: Run, by: str) -> Size:
    """Return what :mod:`rag.bench.sizes` told."""
    timed = measured.event("timed")
    passages, papers = timed.told["passages"], timed.told["papers"]
    return Size(passages, papers, by, timed.used.rss_bytes / MB, _asked(measured))


def _asked(measured: Run) -> tuple[Asked, ...]:
    asked = [line.told for line in measured.events("asked")]
    recalls = [line.told for line in measured.events("recall")]
    return tuple(_of_scope(told, [one for one in asked if one["scope"] == told["scope"]]) for told in recalls)


def _of_scope(told: Mapping[str, Any], asked: Sequence[Mapping[str, Any]]) -> Asked:
    return Asked(
        scope=told["scope"],
        searched=Spread.of([one["searched"] for one in asked], times=1_000),
        answered=Spread.of([one["took"] for one in asked], times=1_000) if "took" in asked[0] else None,
        recall=told["recall"],
    )


def _questions(plan: Plan, folder: Path) -> Path:
    path = folder / "questions.txt"
    path.write_text("\n".join(plan.questions))
    return path
