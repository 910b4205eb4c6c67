"""Measure Seminar beside what a user would pick instead."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from rag.cli.door import Door, print_json, print_tables

if TYPE_CHECKING:
    from rag.bench.measuring import Plan
    from rag.bench.report import Report

_LEAST_QUESTIONS = 2


def register(app: typer.Typer) -> None:
    """Add this file's command."""
    app.command("bench")(bench)


def bench(
    context: typer.Context,
    pdfs: Annotated[list[Path], typer.Argument(help="Papers as PDF, or folders of them.", exists=True)],
    peer: Annotated[
        list[str] | None,
        typer.Option(help="name=PYTHON: langchain or paper-qa, and the Python of its environment; may be repeated."),
    ] = None,
    rounds: Annotated[int, typer.Option(min=1, help="How often each system is measured, in turn.")] = 5,
    questions: Annotated[Path | None, typer.Option(help="Questions, one a line.", dir_okay=False, exists=True)] = None,
    beside: Annotated[int, typer.Option(min=1, help="How many of the papers each system adds in a round.")] = 6,
    library: Annotated[int, typer.Option(min=1, help="How many papers the library of the running bot has.")] = 20,
    idle: Annotated[
        float, typer.Option(min=0, help="Seconds the running bot is left alone before it counts as idle.")
    ] = 75.0,
    passages: Annotated[str, typer.Option(help="Sizes of drawn libraries; empty for none.")] = "1000,10000,100000",
    out: Annotated[
        Path | None, typer.Option(help="Where bench.json, bench.md and the pictures go.", file_okay=False)
    ] = None,
    markdown: Annotated[bool, typer.Option("--markdown", help="Print the tables as Markdown.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> int:
    """Measure speed, memory and disk beside peers, in interleaved rounds: about 20 minutes with two peers.

    README, “Cost”, says how to make the peers' environments. The library in use is neither read nor changed.
    """
    from tempfile import TemporaryDirectory

    from rag.bench.as_json import as_json as report_as_json
    from rag.bench.measuring import measure
    from rag.bench.table import as_markdown
    from rag.cli.progress import shown_stages
    from rag.wiring import now_utc

    door: Door = context.obj
    if out is not None:
        _need_pictures()
    plan = _plan(pdfs, peer or [], rounds, _asked(questions), (beside, library), _sizes(passages), idle)
    with TemporaryDirectory(prefix="seminar-bench-") as folder, shown_stages(door.err) as progress:
        report = measure(plan, Path(folder), now=now_utc(), progress=progress)
    if out is not None:
        _write(report, out)
    if as_json:
        print_json(report_as_json(report))
    else:
        print_tables(door, as_markdown(report), plain=markdown)
    return 0


def _write(report: Report, folder: Path) -> None:
    import json

    from rag.bench.as_json import as_json
    from rag.bench.plots import draw
    from rag.bench.table import as_markdown

    draw(report, folder)
    (folder / "bench.json").write_text(json.dumps(as_json(report), indent=1) + "\n")
    (folder / "bench.md").write_text(as_markdown(report) + "\n")


def _plan(
    pdfs: list[Path],
    peer: list[str],
    rounds: int,
    asked: tuple[str, ...],
    papers: tuple[int, int],
    sizes: tuple[int, ...],
    idle_s: float,
) -> Plan:
    from rag.bench.machine import command_line
    from rag.bench.measuring import Plan
    from rag.bench.systems import peers

    found = _files(pdfs)
    beside, library = papers
    options = [
        *(("--peer", f"{Path(one.rpartition('=')[0]).stem}=PYTHON") for one in peer),
        ("--rounds", rounds),
        ("--beside", beside),
        ("--library", library),
        ("--passages", ",".join(map(str, sizes))),
    ]
    return Plan(
        pdfs=found,
        questions=asked,
        peers=tuple(peers(peer)),
        rounds=rounds,
        beside=beside,
        library=library,
        sizes=sizes,
        idle_s=idle_s,
        command=command_line(len(found), options),
    )


def _files(given: list[Path]) -> tuple[Path, ...]:
    """Return the PDFs, absolute: systems run in another folder."""
    from rag.errors import NotFound

    found = [pdf for path in given for pdf in (sorted(path.glob("*.pdf")) if path.is_dir() else [path])]
    if not found:
        raise NotFound(what="PDF", name=str(given[0]))
    return tuple(dict.fromkeys(pdf.resolve() for pdf in found))


def _asked(path: Path | None) -> tuple[str, ...]:
    from importlib.resources import files

    from rag.errors import BadDocument

    text = path.read_text() if path is not None else files("rag.bench").joinpath("questions.txt").read_text()
    asked = tuple(line.strip() for line in text.splitlines() if line.strip())
    if len(asked) < _LEAST_QUESTIONS:
        raise BadDocument(what="the file of questions", reason="a first answer and a warm one take two of them")
    return asked


def _sizes(text: str) -> tuple[int, ...]:
    try:
        return tuple(int(one) for one in text.split(",") if one.strip())
    except ValueError as error:
        raise typer.BadParameter("--passages is numbers with commas between, such as 1000,10000.") from error


def _need_pictures() -> None:
    """Raise Refused before an hour is spent, not after."""
    from rag.errors import Refused

    if find_spec("matplotlib") is None:
        advice = 'Install it: .venv/bin/pip install -e ".[bench]"; or leave --out away.'
        raise Refused(what="--out", reason="drawing needs matplotlib", advice=advice)
