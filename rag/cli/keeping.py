"""Keeping the library in order: reindex, status, doctor."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from typing import Annotated

import typer

from rag.cli.door import Door, print_json

AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object.")]


def register(app: typer.Typer) -> None:
    """Add this file's commands."""
    app.command("reindex")(reindex)
    app.command("status")(status)
    app.command("doctor")(doctor)


def reindex(context: typer.Context, as_json: AsJson = False) -> None:
    """Build the vector index anew; the old one serves until it is done."""
    from rag.cli.progress import shown_count

    door: Door = context.obj
    with shown_count(door.err, "passages") as progress:
        count = door.study.reindex(progress)
    if as_json:
        print_json({"passages": count})
    else:
        door.out.print(f"Indexed {count} passages with {door.study.indexing.status().embedder}.")


def status(context: typer.Context, as_json: AsJson = False) -> None:
    """Show what the library holds, what serves it, and what went wrong last."""
    from rag.health import status_of
    from rag.wording import begins_with

    door: Door = context.obj
    known = [] if door.settings.guild else [server.guild for server in door.study.servers.known()]
    guilds = known if len(known) > 1 else [door.guild]
    reports = [status_of(door.study, door.settings, guild) for guild in guilds]
    if as_json:
        shown = [asdict(report) for report in reports]
        print_json(shown[0] if len(shown) == 1 else {"servers": shown})
        return
    for report in reports:
        _print_lines(door, report.own_lines())
        for failure in report.last_errors:
            given = "" if begins_with(failure["input"], failure["error"]) else f"{failure['input']}: "
            door.out.print(f"{failure['at'][:16]}  {given}{failure['error']}", markup=False, style="red")
        if len(reports) > 1:
            door.out.print()
    _print_lines(door, reports[0].shared_lines())


def _print_lines(door: Door, lines: Iterable[tuple[str, str]]) -> None:
    for name, value in lines:
        door.out.print(f"{name:<14}{value}", markup=False)


def doctor(context: typer.Context, as_json: AsJson = False) -> int:
    """Check that everything works: weights, index, disk, settings, network."""
    from rag.health import examine, holdings

    door: Door = context.obj
    checks = examine(door.study, door.settings)
    if as_json:
        servers = [asdict(server) for server in holdings(door.study)]
        shown = {"checks": [asdict(check) for check in checks], "ok": all(check.ok for check in checks)}
        print_json(shown | ({"servers": servers} if len(servers) > 1 else {}))
    else:
        for check in checks:
            mark = "ok  " if check.ok else "FAIL" if check.needed else "note"
            door.out.print(f"{mark}  {check.name:<12} {check.found}", markup=False)
    return 1 if any(check.needed and not check.ok for check in checks) else 0
