"""Code links: import a Papers-with-Code dump, or say where a paper's code is."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from rag.cli.door import Door, print_json

group = typer.Typer(help="Where the code of papers is.", no_args_is_help=True, rich_markup_mode=None)


def register(app: typer.Typer) -> None:
    """Add this file's commands."""
    app.add_typer(group, name="codelinks")


@group.command("import")
def import_dump(
    context: typer.Context,
    file: Annotated[
        Path, typer.Argument(help="links-between-papers-and-code as JSON, gzip or Parquet.", dir_okay=False)
    ],
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Import the Papers-with-Code links dump; it replaces an earlier one."""
    from rag.cli.progress import shown_count

    door: Door = context.obj
    with shown_count(door.err, "links") as progress:
        imported = door.study.import_code_links(file, lambda done: progress(done, 0))
    if as_json:
        print_json({"links": imported.links, "skipped": imported.skipped, "papers": imported.papers})
        return
    skipped = f", {imported.skipped:,} incomplete rows left out" if imported.skipped else ""
    door.out.print(f"{imported.links:,} links imported{skipped}; {imported.papers} papers here gained links.")


@group.command("set")
def set_links(
    context: typer.Context,
    paper: Annotated[str, typer.Argument(help="An id, a title or a name such as resnet.")],
    urls: Annotated[list[str] | None, typer.Argument(help="The repositories; none to take your links back.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Say where a paper's code is; this wins over every other source."""
    door: Door = context.obj
    links = door.study.set_code_links(door.guild, paper, urls or [])
    if as_json:
        print_json({"code_links": [{"url": link.url, "source": link.source.value} for link in links]})
        return
    for link in links:
        door.out.print(f"{link.url} ({link.source.value})", markup=False)
    if not links:
        door.out.print("No code links are known.")
