"""A progress bar on stderr; nothing where nobody looks."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from rag.domain.stage import Stage, Told, untold
from rag.intake.results import Step
from rag.wording import stage_words

if TYPE_CHECKING:
    from rich.console import Console

    from rag.cli.door import Door

_STAGES = {"fetch": "fetching", "read": "reading", "embed": "embedding", "store": "storing"}

Shown = Callable[[Step, str], None]


@contextmanager
def shown_steps(console: Console, inputs: int) -> Iterator[Shown]:
    """Show how far an add of several inputs is; one line for all of them."""
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn("{task.description}", markup=False), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task("starting", total=inputs)
        seen: list[str] = []

        def told(step: Step, name: str) -> None:
            if not seen or seen[-1] != step.given:
                seen.append(step.given)
            part = f" {step.done * 100 // step.total} %" if step.total else ""
            bar.update(
                task,
                completed=min(len(seen) - 1, inputs),
                description=f"{_STAGES[step.stage]} {name[:48]}{part}",
            )

        yield told
        bar.update(task, completed=inputs)


@contextmanager
def shown_count(console: Console, what: str) -> Iterator[Callable[[int, int], None]]:
    """Show a single count towards a total (0: unknown)."""
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    with Progress(
        TextColumn(what, markup=False),
        BarColumn(),
        MofNCompleteColumn(),
        console=console,
        transient=True,
        disable=not console.is_terminal,
    ) as bar:
        task = bar.add_task(what, total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total or None)


@contextmanager
def shown_stages(console: Console) -> Iterator[Callable[[str, int, int], None]]:
    """Show one stage after the other, each with its count."""
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn("{task.description}", markup=False), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task("starting", total=None)
        yield lambda stage, done, total: bar.update(task, description=stage, completed=done, total=total or None)


@contextmanager
def shown_writing(door: Door) -> Iterator[Told]:
    """Show how far a question is, and what is written of its answer so far; gone when the answer is there."""
    if not door.watched:
        yield untold
        return
    from rich.live import Live
    from rich.text import Text

    with Live(
        console=door.err, transient=True, auto_refresh=False, redirect_stdout=False, redirect_stderr=False
    ) as live:

        def told(stage: Stage) -> None:
            written = Text(f"{stage.text}\n" if stage.text else "")
            live.update(written.append(stage_words(stage), "dim"), refresh=True)

        yield told
