"""A first look without Discord: sample papers, sample notes, one question answered."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import typer

from rag.cli.door import Door

if TYPE_CHECKING:
    from rag.intake.results import AddResult

ARXIV_PAPERS = ("1502.03167", "1512.03385")
QUESTION = "what is internal covariate shift"


def register(app: typer.Typer) -> None:
    """Add this file's command."""
    app.command("demo")(demo)


def demo(context: typer.Context) -> int:
    """Add sample papers and notes, and answer one question from them."""
    from rag import samples
    from rag.cli.answer_page import print_answer
    from rag.cli.progress import shown_steps

    door: Door = context.obj
    retries = min(1, door.settings.arxiv_retries)  # a first look does not wait for minutes
    door.settings = door.settings.model_copy(update={"arxiv_retries": retries})
    door.err.print("Seminar reads its own primer, and two papers from arXiv where the network allows …")
    with shown_steps(door.err, 1 + len(ARXIV_PAPERS)) as progress:
        results = door.study.add(
            [str(samples.primer_pdf()), *ARXIV_PAPERS],
            guild=door.guild,
            progress=lambda step: progress(step, "the primer" if "/" in step.given else step.given),
        )
    door.study.import_notes(door.guild, samples.sample_notes().read_bytes(), search_arxiv=False)
    _print_added(door, results)
    door.out.print(f"\n> {QUESTION}\n", style="bold")
    print_answer(door, door.study.ask(QUESTION, guild=door.guild))
    door.out.print(
        f"\nGo on with a question of your own: {sys.argv[0]} --data-dir {door.settings.data_dir} "
        'ask "what is the degradation problem"',
        markup=False,
    )
    return 0


def _print_added(door: Door, results: list[AddResult]) -> None:
    from rag.errors import Unreachable
    from rag.wording import sentence_for

    for result in results:
        if result.error is None:
            door.out.print(f"{result.status.value:<10} {result.title}", markup=False)
    failed = [result.error for result in results if result.error is not None]
    if any(isinstance(error, Unreachable) for error in failed):
        door.err.print("arXiv could not be reached, so the answer comes from the primer alone.", style="yellow")
    for error in failed:
        if not isinstance(error, Unreachable):
            door.err.print(sentence_for(error), markup=False, style="red")
