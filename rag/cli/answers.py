"""What readers made of the answers, without their names."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any

import typer

from rag.cli.door import Door, print_json

if TYPE_CHECKING:
    from rag.domain.opinion import Disliked


def register(app: typer.Typer) -> None:
    """Add this file's commands."""
    app.command("answers")(answers)


def answers(
    context: typer.Context,
    not_helpful: Annotated[
        bool, typer.Option("--not-helpful", help="List the public ones rated not helpful or wrongly cited.")
    ] = False,
    limit: Annotated[int, typer.Option("-k", "--limit", min=1, max=1_000, help="How many are listed.")] = 5,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Say how many answers there were in the last week and how readers rated them."""
    door: Door = context.obj
    if not_helpful:
        _list(door, door.study.opinions.disliked(door.guild, limit), as_json=as_json)
        return
    from rag.domain.record import Verdict

    tally = door.study.opinions.tally(door.guild)
    rated = {verdict.value: tally.verdicts.get(verdict, 0) for verdict in Verdict}
    if as_json:
        print_json({"guild": door.guild, "last_7_days": tally.lately, "ratings": rated})
    else:
        door.out.print(f"{tally.lately:,} in the last 7 days; rated {tally.rated}", markup=False)


def _list(door: Door, disliked: tuple[Disliked, ...], *, as_json: bool) -> None:
    if as_json:
        print_json({"guild": door.guild, "answers": [_as_json(one) for one in disliked]})
        return
    if not disliked:
        door.out.print("No public answer was rated not helpful.")
    for one in disliked:
        said = [f"not helpful for {one.not_helpful}"] if one.not_helpful else []
        said += [f"wrong source {number}" for number in one.wrong]
        question = " ".join(one.question.split())
        door.out.print(f"{one.asked_at:%Y-%m-%d %H:%M}  {question}  ({', '.join(said)})", markup=False)


def _as_json(one: Disliked) -> dict[str, Any]:
    return asdict(one) | {"asked_at": one.asked_at.isoformat(), "wrong": list(one.wrong)}
