"""The group's notes: import, export, list, tie."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from rag.cli.door import Door, print_json

if TYPE_CHECKING:
    from rag.domain.note import Discussion
    from rag.intake.notebook import NotesImported

group = typer.Typer(help="The group's notes of past discussions.", no_args_is_help=True, rich_markup_mode=None)

AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object.")]


def register(app: typer.Typer) -> None:
    """Add this file's commands."""
    app.add_typer(group, name="notes")


@group.command("import")
def import_notes(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(help="A notes file in the group's layout.", dir_okay=False)],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would happen.")] = False,
    search_arxiv: Annotated[bool, typer.Option(help="Look unknown headings up on arXiv.")] = True,
    as_json: AsJson = False,
) -> None:
    """Import discussion notes; discussions with the same heading are replaced, others stay."""
    door: Door = context.obj
    if dry_run:
        with _named(file):
            imported = door.study.preview_notes(door.guild, read_bytes(file))
        print_json(notes_as_json(imported)) if as_json else _print_imported(door, imported)
        return
    imported = import_file(
        door, file, ask=not as_json and sys.stdin.isatty(), search_arxiv=search_arxiv, silent=as_json
    )
    if as_json:
        print_json(notes_as_json(imported))


@group.command("export")
def export_notes(
    context: typer.Context,
    file: Annotated[
        Path | None, typer.Argument(help="Where to write; stdout without it, or for -.", dir_okay=False)
    ] = None,
) -> None:
    """Write the notes out in the layout they came in."""
    door: Door = context.obj
    text = door.study.export_notes(door.guild)
    if file is None or str(file) == "-":
        sys.stdout.buffer.write(text.encode())
        return
    from rag.errors import StorageFailed

    try:
        file.write_bytes(text.encode())
    except OSError as error:
        raise StorageFailed(reason=f"{file.name}: {error.strerror}") from error


@group.command("list")
def list_notes(
    context: typer.Context,
    unanswered: Annotated[bool, typer.Option("--open", help="Show the questions nobody answered.")] = False,
    as_json: AsJson = False,
) -> None:
    """List the discussions, or the open questions."""
    from rag.discussion.notes_in import NoteCounts
    from rag.domain.note import NoteStatus

    door: Door = context.obj
    discussions = door.study.discussions(door.guild)
    if as_json:
        counts = _counts_as_json(NoteCounts.of(discussions))
        print_json({"counts": counts, "discussions": [_discussion_as_json(d) for d in discussions]})
        return
    if not discussions:
        door.out.print("No notes yet. Import a file: seminar notes import FILE")
    for discussion in discussions:
        tied = f" → {discussion.paper_id}" if discussion.paper_id else " (no paper)"
        year = f" - {discussion.year}" if discussion.year else ""
        line = f"{discussion.position:>3}. Discussion {discussion.ordinal} {discussion.title}{year}{tied}"
        door.out.print(f"{line}, {len(discussion.notes)} items", markup=False)
        for note in discussion.notes:
            if unanswered and note.status is NoteStatus.OPEN:
                door.out.print(f"       {note.ordinal}. {note.question}", markup=False)


@group.command("tie")
def tie(
    context: typer.Context,
    position: Annotated[int, typer.Argument(help="The discussion's place in `notes list`.")],
    paper: Annotated[str, typer.Argument(help="An id, a title or a name such as resnet.")],
    as_json: AsJson = False,
) -> None:
    """Say which paper a discussion was about."""
    door: Door = context.obj
    tied = door.study.tie_discussion(door.guild, position, paper)
    if as_json:
        print_json(_discussion_as_json(tied))
    else:
        door.out.print(f"Discussion {tied.ordinal} {tied.title} → {tied.paper_id}", markup=False)


def read_bytes(file: Path) -> bytes:
    """Read a file a person named. Raises NotFound, StorageFailed."""
    from rag.errors import NotFound, StorageFailed

    try:
        return file.read_bytes()
    except FileNotFoundError as error:
        raise NotFound(what="file", name=str(file)) from error
    except OSError as error:
        raise StorageFailed(reason=f"{file.name}: {error.strerror}") from error


@contextmanager
def _named(file: Path) -> Iterator[None]:
    """Name the file in what is wrong with it."""
    from rag.errors import BadDocument

    try:
        yield
    except BadDocument as error:
        raise replace(error, what=file.name) from error


def import_file(door: Door, file: Path, *, ask: bool, search_arxiv: bool, silent: bool) -> NotesImported:
    """Import a notes file, say what came of it, and ask about headings that fit several papers."""
    with _named(file):
        imported = door.study.import_notes(door.guild, read_bytes(file), search_arxiv=search_arxiv)
    if not silent:
        _print_imported(door, imported)
    if ask:
        _ask_about_ties(door, imported)
    return imported


def notes_as_json(imported: NotesImported) -> dict[str, Any]:
    """Return what an import found, as tools read it."""
    from rag.discussion.tying import Tied, Undecided

    untied = []
    for discussion, tied in zip(imported.discussions, imported.ties, strict=True):
        if not isinstance(tied, Tied):
            offered = tied.choices if isinstance(tied, Undecided) else tied.suggestions
            choices = [{"paper_id": paper_id, "title": title} for paper_id, title in offered]
            untied.append({"ordinal": discussion.ordinal, "title": discussion.title, "choices": choices})
    return {
        "counts": _counts_as_json(imported.counts),
        "discussions": [_discussion_as_json(d) for d in imported.discussions],
        "untied": untied,
        "replaced": imported.replaced,
        "warnings": list(imported.warnings),
    }


def _print_imported(door: Door, imported: NotesImported) -> None:
    from rag.discussion.tying import Tied, Undecided

    c = imported.counts
    door.out.print(
        f"{c.discussions} discussions, {c.items} items: {c.answered} answered, {c.open} open, "
        f"{c.no_question} without question, {c.blank} blank."
    )
    for warning in imported.warnings:
        door.err.print(warning, markup=False, style="yellow")
    for discussion, tied in zip(imported.discussions, imported.ties, strict=True):
        if isinstance(tied, Tied):
            continue
        what = f"Discussion {discussion.ordinal} {discussion.title}"
        offered = tied.choices if isinstance(tied, Undecided) else tied.suggestions
        near = ", ".join(f"{title} ({paper_id})" for paper_id, title in offered)
        advice = ": maybe " + near if near else " in the library"
        door.out.print(f"{what} is not tied to a paper{advice}.", markup=False)


def _ask_about_ties(door: Door, imported: NotesImported) -> None:
    from rag.discussion.tying import Undecided

    stored = {d.heading: d.position for d in door.study.discussions(door.guild)}
    for discussion, tied in zip(imported.discussions, imported.ties, strict=True):
        if isinstance(tied, Undecided):
            about = f"Which paper is Discussion {discussion.ordinal} {discussion.title} about?"
            door.err.print(about, markup=False)
            for number, (paper_id, title) in enumerate(tied.choices, 1):
                door.err.print(f"  {number}. {title} ({paper_id})", markup=False)
            answer = typer.prompt("Number, or nothing to leave it", default="", show_default=False, err=True)
            if answer.isdigit() and 1 <= int(answer) <= len(tied.choices):
                door.study.tie_discussion(door.guild, stored[discussion.heading], tied.choices[int(answer) - 1][0])


def _counts_as_json(counts: Any) -> dict[str, int]:
    names = ("discussions", "items", "answered", "open", "no_question", "blank")
    return {name: getattr(counts, name) for name in names}


def _discussion_as_json(discussion: Discussion) -> dict[str, Any]:
    return {
        "position": discussion.position,
        "ordinal": discussion.ordinal,
        "title": discussion.title,
        "year": discussion.year,
        "paper_id": discussion.paper_id,
        "notes": [
            {
                "item": note.item,
                "ordinal": note.ordinal,
                "question": note.question,
                "answer": list(note.answer),
                "status": note.status.value,
            }
            for note in discussion.notes
        ],
    }
