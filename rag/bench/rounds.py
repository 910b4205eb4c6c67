"""Interleaved rounds: every system once a round, in turn forwards and backwards, each time in fresh processes.

A machine that slows down for a minute then slows all of them, and a ratio is taken within one round.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from rag.bench.running import run
from rag.bench.systems import System, surroundings
from rag.domain.sizes import MB
from rag.samples import primer_pdf


@dataclass(frozen=True, slots=True)
class Job:
    """What every system is given: PDFs to add, questions to answer; the first question is also asked cold."""

    pdfs: tuple[Path, ...]
    questions: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Sample:
    """One system in one round. Times in seconds, sizes in MB.

    ``paper_s``, ``cpu_s``: wall and processor time of all papers by their number, models loaded. ``whole_s``: the same
    from process start. ``stages``: mean over the papers of what the system says it spent. ``asked_s``, ``searched_s``:
    one value a question, warm; a peer only searches. ``answering_mb``: memory after the last question.
    """

    paper_s: float
    cpu_s: float
    whole_s: float
    stages: dict[str, float]
    pages: int  # 0 where the system does not say
    passages: int
    peak_mb: float
    disk_mb: float
    cold_s: float
    asked_s: tuple[float, ...]
    searched_s: tuple[float, ...]
    answering_mb: float


def play(
    systems: Sequence[System], job: Job, *, rounds: int, folder: Path, progress: Callable[[str, int, int], None]
) -> dict[str, list[Sample]]:
    """Return the samples of each system, one a round, by its name. Raises Refused for a system that fails."""
    found: dict[str, list[Sample]] = {system.name: [] for system in systems}
    done, total = 0, rounds * len(systems)
    for number in range(rounds):
        for system in systems if number % 2 == 0 else systems[::-1]:
            progress(f"round {number + 1}: {system.name}", done, total)
            found[system.name].append(sample(system, job, folder))
            done += 1
    return found


def sample(system: System, job: Job, folder: Path) -> Sample:
    """Measure one system once: papers in, a first question from cold, all questions warm."""
    store = folder / "store"
    shutil.rmtree(store, ignore_errors=True)
    environment = surroundings()
    names = [str(pdf) for pdf in job.pdfs]
    added = run([*system.recipe, "add", str(store), str(primer_pdf()), *names], environment=environment, folder=folder)
    ready, done, papers = added.event("ready"), added.event("done"), added.events("paper")
    asked_file = folder / "questions.txt"
    asked_file.write_text("\n".join(job.questions))
    asked = run([*system.recipe, "ask", str(store), str(asked_file)], environment=environment, folder=folder)
    answers = asked.events("answer")
    if system.cold:
        words = [*system.cold, "--data-dir", str(store), "ask", job.questions[0], "--json"]
        cold = run(words, environment=environment, folder=folder).lines[0]
    else:
        cold, *answers = answers
    number = len(names)
    return Sample(
        paper_s=(done.at_s - ready.at_s) / number,
        cpu_s=(done.used.cpu_s - ready.used.cpu_s) / number,
        whole_s=added.wall_s / number,
        stages=_means([paper.told["stages"] for paper in papers]),
        pages=sum(paper.told.get("pages") or 0 for paper in papers),
        passages=sum(paper.told["passages"] for paper in papers),
        peak_mb=added.peak_bytes / MB,
        disk_mb=on_disk_mb(store) / number,
        cold_s=cold.at_s,
        asked_s=tuple(line.told["took"] for line in answers),
        searched_s=tuple(line.told.get("searched", line.told["took"]) for line in answers),
        answering_mb=asked.event("done").used.rss_bytes / MB,
    )


def on_disk_mb(folder: Path) -> float:
    """Return what the files of a folder take, without the PDFs that it keeps."""
    files = (path for path in folder.rglob("*") if path.is_file() and path.suffix != ".pdf")
    return sum(path.stat().st_size for path in files) / MB


def _means(stages: Sequence[dict[str, float]]) -> dict[str, float]:
    return {name: sum(each[name] for each in stages) / len(stages) for name in stages[0]}
