"""Search and ask, one at a time or a file of questions."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, Annotated, Any

import typer

from rag.cli.door import Door, print_json

if TYPE_CHECKING:
    from rag.domain.reading import Kind

Question = Annotated[str, typer.Argument(help="The question, in quotes.", show_default=False)]
PaperName = Annotated[str | None, typer.Option("--paper", help="Only in this paper: an id, a title or a name.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object.")]
Batch = Annotated[
    Path | None,
    typer.Option(
        "--batch", help='A JSONL file, {"id", "question", "paper"?} a line; one JSON line each.', dir_okay=False
    ),
]


def register(app: typer.Typer) -> None:
    """Add this file's commands."""
    app.command("ask")(ask)
    app.command("search")(search)


def ask(
    context: typer.Context,
    question: Question = "",
    paper: PaperName = None,
    batch: Batch = None,
    as_json: AsJson = False,
) -> int:
    """Answer a question from the papers, with checked citations."""
    door: Door = context.obj
    door.hasten()
    from rag.answering.as_json import answer_as_json

    if batch is not None:
        return _answer_lines(batch, lambda q, p: answer_as_json(door.study.ask(q, guild=door.guild, paper=p)), paper)
    from rag.cli.progress import shown_writing

    with shown_writing(door) as told:
        answer = door.study.ask(question, guild=door.guild, paper=paper, told=told)
    if as_json:
        print_json(answer_as_json(answer))
    else:
        from rag.cli.answer_page import print_answer

        print_answer(door, answer)
    return 0 if answer.found else 1


def search(
    context: typer.Context,
    query: Question = "",
    paper: PaperName = None,
    limit: Annotated[int, typer.Option("-k", "--limit", min=1, max=200, help="How many passages.")] = 10,
    kind: Annotated[
        list[str] | None,
        typer.Option(help="Only abstract, text, caption, equation, table or theorem; may be repeated."),
    ] = None,
    batch: Batch = None,
    as_json: AsJson = False,
) -> int:
    """Find passages."""
    door: Door = context.obj
    kinds = _kinds(kind or [])
    door.hasten()

    def found(query: str, paper: str | None) -> dict[str, Any]:
        from rag.answering.as_json import hit_as_json
        from rag.errors import BadQuestion

        if not query.strip():
            raise BadQuestion(what="the search", reason="nothing was written")
        start = monotonic()
        retrieved = door.study.search(query, guild=door.guild, paper=paper, kinds=kinds, limit=limit)
        took = round((monotonic() - start) * 1_000, 1)
        hits = [hit_as_json(hit) for hit in retrieved.hits]
        return {"query": query, "hits": hits, "notices": list(retrieved.notices), "took_ms": {"total": took}}

    if batch is not None:
        return _answer_lines(batch, found, paper)
    result = found(query, paper)
    if as_json:
        print_json(result)
    else:
        _print_hits(door, result)
    return 0 if result["hits"] else 1


def _answer_lines(path: Path, answered: Callable[[str, str | None], dict[str, Any]], paper: str | None) -> int:
    """Answer a file of questions, one JSON line each; a line that fails says so and the next goes on."""
    from rag.errors import SeminarError
    from rag.wording import sentence_for

    failed = False
    for line in _lines(path):
        given = line.given
        try:
            shown = answered(line.question(), given.get("paper") or paper)
        except SeminarError as error:
            shown, failed = {"question": given.get("question"), "error": sentence_for(error)}, True
        print_json({"id": given.get("id")} | shown)
    return 1 if failed else 0


@dataclass(frozen=True, slots=True)
class _Line:
    """One line of a file of questions; ``wrong`` says what it is instead."""

    number: int
    given: dict[str, Any]
    wrong: str = ""

    def question(self) -> str:
        """Return the question. Raises BadDocument for a line that holds none."""
        from rag.errors import BadDocument

        wrong = self.wrong
        if not wrong and not isinstance(self.given.get("question"), str):
            wrong = 'it has no "question"'
        if not wrong and not isinstance(self.given.get("paper"), str | None):
            wrong = '"paper" is not a text'
        if wrong:
            raise BadDocument(what=f"Line {self.number}", reason=wrong)
        return str(self.given["question"])


def _lines(path: Path) -> Iterator[_Line]:
    from rag.errors import BadDocument, NotFound

    try:
        text = path.read_text("utf-8-sig")
    except FileNotFoundError as error:
        raise NotFound(what="file", name=str(path)) from error
    except UnicodeDecodeError as error:
        raise BadDocument(what=path.name, reason="it is not UTF-8 text") from error
    for number, raw in enumerate(text.split("\n"), 1):  # splitlines would cut at U+2028 within a JSON string too
        if raw.strip():
            yield _line(number, raw)


def _line(number: int, raw: str) -> _Line:
    try:
        found = json.loads(raw)
    except (ValueError, RecursionError):
        return _Line(number, {}, "it is not JSON")
    return _Line(number, found) if isinstance(found, dict) else _Line(number, {}, "it is not an object")


def _kinds(names: list[str]) -> list[Kind] | None:
    from rag.domain.reading import Kind

    try:
        return [Kind(name) for name in names] or None
    except ValueError as error:
        raise typer.BadParameter(f"--kind is one of {', '.join(Kind)}.") from error


def _print_hits(door: Door, result: dict[str, Any]) -> None:
    from rich.text import Text

    for notice in result["notices"]:
        door.err.print(notice, markup=False, style="yellow")
    if not result["hits"]:
        door.out.print("Nothing found.")
    for hit in result["hits"]:
        page = f", p. {hit['page']}" if hit["page"] is not None else ""
        place = f" · {hit['section']}" if hit["section"] else ""
        door.out.print(Text(f"{hit['rank']}. {hit['title']}{page}{place}", style="bold"))
        door.out.print(Text(f"   {' '.join(hit['text'].split())[:300]}"))
