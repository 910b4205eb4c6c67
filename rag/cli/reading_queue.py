"""The reading queue: add, list, move, remove."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from rag.cli.door import Door, print_json

if TYPE_CHECKING:
    from rag.domain.agenda import QueuedPaper
    from rag.intake.results import AddResult

group = typer.Typer(help="The papers that wait to be read.", no_args_is_help=True, rich_markup_mode=None)

AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object.")]
Named = Annotated[str, typer.Argument(help="Its place in the queue, an id, a title or a name such as resnet.")]


@group.command("add")
def add(
    context: typer.Context,
    paper: Annotated[str, typer.Argument(help="An id, a title or a name; an arXiv id may be new to the library.")],
    as_json: AsJson = False,
) -> int:
    """Put a paper at the end of the queue."""
    door: Door = context.obj
    entry = door.study.agenda.queue.add(door.guild, paper, added_by="")
    failed = "" if entry.ready else _added(door, entry)
    if failed:
        door.study.agenda.queue.remove(door.guild, entry.paper_id)
    else:
        entry = door.study.agenda.queue.find(door.guild, entry.paper_id)
    if as_json:
        print_json({"error": failed} if failed else entry_as_json(entry))
    elif failed:
        door.err.print(failed, markup=False, style="red")
    else:
        door.out.print(f"Queued at place {entry.position}: {_called(entry)}", markup=False)
    return 1 if failed else 0


@group.command("list")
def list_queue(context: typer.Context, as_json: AsJson = False) -> None:
    """List the queue, the next paper first."""
    door: Door = context.obj
    queue = door.study.agenda.queue.of(door.guild)
    if as_json:
        print_json({"guild": door.guild, "queue": [entry_as_json(entry) for entry in queue]})
        return
    for entry in queue:
        missing = "" if entry.ready else ", not in the library"
        door.out.print(f"{entry.position:>3}. {_called(entry)}{missing}", markup=False)
    if not queue:
        door.out.print("The queue is empty. Put a paper in: seminar schedule queue add PAPER")


@group.command("move")
def move(
    context: typer.Context,
    paper: Named,
    position: Annotated[int, typer.Argument(help="Its new place; 1 is next.")],
    as_json: AsJson = False,
) -> None:
    """Put a queued paper at another place."""
    door: Door = context.obj
    entry = door.study.agenda.queue.move(door.guild, paper, position)
    if as_json:
        print_json(entry_as_json(entry))
    else:
        door.out.print(f"Moved to place {entry.position}: {_called(entry)}", markup=False)


@group.command("remove")
def remove(context: typer.Context, paper: Named, as_json: AsJson = False) -> None:
    """Take a paper out of the queue; it stays in the library."""
    door: Door = context.obj
    entry = door.study.agenda.queue.remove(door.guild, paper)
    if as_json:
        print_json({"removed": entry.paper_id, "title": entry.title})
    else:
        door.out.print(f"Taken out of the queue: {_called(entry)}", markup=False)


def entry_as_json(entry: QueuedPaper) -> dict[str, Any]:
    """Return the fields of an entry that tools may rely on."""
    return {
        "position": entry.position,
        "paper_id": entry.paper_id,
        "title": entry.title,
        "in_library": entry.ready,
        "added_by": entry.added_by or None,
        "added_at": entry.added_at.isoformat(),
    }


def _added(door: Door, entry: QueuedPaper) -> str:
    """Add a queued paper to the library; return what went wrong. A running bot adds it soon."""
    from rag.cli.progress import shown_steps
    from rag.wording import sentence_for

    with shown_steps(door.err, 1) as progress:
        result: AddResult = door.study.add(
            [entry.paper_id], guild=door.guild, progress=lambda step: progress(step, step.given)
        )[0]
    return f"{sentence_for(result.error)} It was not queued." if result.error else ""


def _called(entry: QueuedPaper) -> str:
    return f"{entry.title} ({entry.paper_id})" if entry.title != entry.paper_id else entry.paper_id
