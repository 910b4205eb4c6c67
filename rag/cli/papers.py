"""Papers: add, list, show, alias, remove."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from rag.cli.door import Door, print_json
from rag.cli.harmless import harmless

if TYPE_CHECKING:
    from rag.domain.paper import Paper
    from rag.intake.results import AddResult, Step

_SUFFIXES = (".pdf", ".html", ".htm", ".md", ".markdown")


def register(app: typer.Typer) -> None:
    """Add this file's commands."""
    app.command("add")(add)
    app.command("list")(list_papers)
    app.command("show")(show)
    app.command("alias")(alias)
    app.command("remove")(remove)


def add(
    context: typer.Context,
    inputs: Annotated[
        list[str], typer.Argument(help="arXiv ids or URLs, PDF, HTML or Markdown files or URLs, folders of such files.")
    ],
    arxiv_id: Annotated[str, typer.Option(help="The arXiv id of a single file that does not carry it.")] = "",
    title: Annotated[str, typer.Option(help="The title of a single file, when the one found is wrong.")] = "",
    alias_: Annotated[list[str] | None, typer.Option("--alias", help="A name the group uses; may be repeated.")] = None,
    notes: Annotated[Path | None, typer.Option(help="Also import these discussion notes.", dir_okay=False)] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> int:
    """Add papers to the library."""
    from rag.cli.progress import shown_steps
    from rag.intake.results import AddOptions, AddStatus

    door: Door = context.obj
    given = _with_folders(inputs)
    options = AddOptions(arxiv_id=_checked_id(arxiv_id), title=title.strip(), aliases=tuple(alias_ or ()))
    if len(given) > 1 and options != AddOptions():
        raise typer.BadParameter("--arxiv-id, --title and --alias describe one paper: add it alone.")
    with shown_steps(door.err, len(given)) as progress:
        results = door.study.add(given, guild=door.guild, options=options, progress=_short_names(progress))
    if not as_json:
        _print_results(door, results)
    imported = {"notes": _with_notes(door, notes, silent=as_json)} if notes is not None else {}
    if as_json:
        print_json({"papers": [_result_as_json(result) for result in results]} | imported)
    failed = any(result.status is AddStatus.FAILED for result in results)
    return 1 if failed or "error" in imported.get("notes", {}) else 0


def list_papers(
    context: typer.Context, as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False
) -> None:
    """List the papers of the library."""
    door: Door = context.obj
    papers = door.study.papers(door.guild)
    counts = door.study.library.passage_counts(door.guild)
    if as_json:
        shown = [paper_as_json(paper) | {"passages": counts.get(paper.key, 0)} for paper in papers]
        print_json({"guild": door.guild, "papers": shown})
        return
    if not papers:
        door.out.print("No papers yet. Add one by its arXiv id: seminar add 1502.03167")
        return
    from rich.table import Table
    from rich.text import Text

    table = Table("id", "title", "pages", "passages", "names", box=None, pad_edge=False, header_style="bold")
    for paper in papers:
        pages = "" if paper.page_count is None else str(paper.page_count)
        cells = (paper.paper_id, paper.title, pages, str(counts.get(paper.key, 0)), ", ".join(paper.aliases[:4]))
        table.add_row(*(Text(cell) for cell in cells))
    door.out.print(table)


def show(
    context: typer.Context,
    paper: Annotated[str, typer.Argument(help="An id, a title or a name such as resnet.")],
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Show one paper: metadata, sections, code links, discussions."""
    from rag.cli.paper_card import card_as_json, print_card

    door: Door = context.obj
    card = door.study.card(door.guild, paper)
    if as_json:
        print_json(card_as_json(card))
    else:
        print_card(door.out, card)


def alias(
    context: typer.Context,
    paper: Annotated[str, typer.Argument(help="An id, a title or a name such as resnet.")],
    names: Annotated[list[str], typer.Argument(help="All names it shall go by from now on.")],
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Say which names a paper goes by."""
    door: Door = context.obj
    renamed = door.study.set_aliases(door.guild, paper, names)
    changed = renamed.paper
    if as_json:
        told = {"aliases": list(changed.aliases), "new": list(renamed.new), "gone": list(renamed.gone)}
        print_json({"paper_id": changed.paper_id, "title": changed.title} | told)
        return
    door.out.print(f"{changed.title} ({changed.paper_id}): {', '.join(changed.aliases)}", markup=False)
    for said, which in (("new", renamed.new), ("no longer", renamed.gone)):
        if which:
            door.out.print(f"{said}: {', '.join(which)}", markup=False)


def remove(
    context: typer.Context,
    paper: Annotated[str, typer.Argument(help="An id, a title or a name such as resnet.")],
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object; implies --yes.")] = False,
) -> int:
    """Remove a paper; the group's notes on it stay."""
    door: Door = context.obj
    found = door.study.paper(door.guild, paper)
    question = harmless(f"Remove {found.title} ({found.paper_id})?")
    if not (yes or as_json or typer.confirm(question, err=True)):
        door.err.print("Nothing was removed.")
        return 1
    door.study.remove(door.guild, found.paper_id)
    if as_json:
        print_json({"removed": found.paper_id, "title": found.title})
    else:
        door.out.print(f"Removed {found.title} ({found.paper_id}).", markup=False)
    return 0


def paper_as_json(paper: Paper) -> dict[str, Any]:
    """Return the fields of a paper that tools may rely on."""
    return {
        "paper_id": paper.paper_id,
        "version": paper.version,
        "title": paper.title,
        "authors": list(paper.authors),
        "published": paper.published.date().isoformat() if paper.published else None,
        "source": paper.source.value,
        "arxiv_id": paper.arxiv_id,
        "url": paper.page_url(None),
        "aliases": list(paper.aliases),
        "pages": paper.page_count,
        "unread_pages": list(paper.unread_pages),
        "added_at": paper.added_at.isoformat(),
        "warnings": list(paper.warnings),
    }


def _with_folders(inputs: list[str]) -> list[str]:
    """Replace each folder by the documents in it, in order of name."""
    given: list[str] = []
    for word in inputs:
        folder = Path(word)
        if not (word and folder.is_dir()):
            given.append(str(folder.absolute()) if word and folder.is_file() else word)
            continue
        try:
            found = [path for path in folder.absolute().iterdir() if path.suffix.lower() in _SUFFIXES]
        except OSError as error:
            raise typer.BadParameter(f"The folder {word} cannot be read: {error.strerror}.") from error
        files = sorted(str(path) for path in found if path.is_file())  # no pipes, no folders called x.pdf
        if not files:
            raise typer.BadParameter(f"There is no PDF, HTML or Markdown file in {word}.")
        given += files
    return given


def _with_notes(door: Door, file: Path, *, silent: bool) -> dict[str, Any]:
    """Import notes after papers; that the papers came in counts, also when the notes do not."""
    from rag.cli.notes import import_file, notes_as_json
    from rag.errors import SeminarError
    from rag.wording import sentence_for

    try:
        return notes_as_json(import_file(door, file, ask=False, search_arxiv=True, silent=silent))
    except SeminarError as error:
        door.err.print(sentence_for(error), markup=False, style="red")
        return {"error": sentence_for(error)}


def _checked_id(arxiv_id: str) -> str:
    if not arxiv_id:
        return ""
    from rag.errors import BadIdentifier
    from rag.sources.arxiv_ids import ArxivRef
    from rag.sources.identifiers import identify

    found = identify(arxiv_id, local=False)
    if not isinstance(found, ArxivRef):
        raise BadIdentifier(what=arxiv_id, reason="it is not an arXiv id", advice="It looks like 1502.03167.")
    return str(found)


def _short_names(progress: Any) -> Any:
    def told(step: Step) -> None:
        progress(step, Path(step.given).name if "/" in step.given and "://" not in step.given else step.given)

    return told


def _result_as_json(result: AddResult) -> dict[str, Any]:
    from rag.wording import sentence_for

    return {
        "input": result.given,
        "paper_id": result.paper_id or None,
        "version": result.version,
        "title": result.title,
        "status": result.status.value,
        "pages": result.pages,
        "passages": result.passages,
        "took_ms": result.took_ms,
        "warnings": list(result.warnings),
        "error": sentence_for(result.error) if result.error else None,
    }


def _print_results(door: Door, results: list[AddResult]) -> None:
    from rag.intake.results import AddStatus
    from rag.wording import counted, sentence_for

    for result in results:
        if result.error is not None:
            door.err.print(f"failed     {sentence_for(result.error)}", markup=False, style="red")
        elif result.status is AddStatus.QUEUED:
            door.out.print(
                f"queued     {result.given}: a running Seminar uses this library and adds it soon.", markup=False
            )
        else:
            size = f"{counted(result.pages, 'page')}, " if result.pages is not None else ""
            size += counted(result.passages, "passage")
            line = f"{result.status.value:<10} {result.paper_id}  {result.title} ({size})"
            door.out.print(line, markup=False)
            for warning in result.warnings:
                door.err.print(f"           {warning}", markup=False, style="yellow")
