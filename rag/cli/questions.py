"""Question sets on papers, and the template that they follow."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from rag.cli.door import Door, print_json
from rag.cli.notes import read_bytes

if TYPE_CHECKING:
    from rag.domain.answer import Citation
    from rag.domain.question import QuestionSet
    from rag.domain.template import Template

AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object.")]
_PERSON = "command line"


def register(app: typer.Typer) -> None:
    """Add this file's commands."""
    app.command("questions")(questions)
    app.command("template")(template)


def questions(
    context: typer.Context,
    paper: Annotated[str, typer.Argument(help="An id, a title or a name such as resnet.")],
    n: Annotated[int, typer.Option("--n", "-n", min=1, max=25, help="How many questions.")] = 12,
    answers: Annotated[bool, typer.Option("--answers", help="Show evidence and expected answers, too.")] = False,
    as_json: AsJson = False,
) -> None:
    """Make a question set on a paper from the group's template, each question with evidence from its pages."""
    door: Door = context.obj
    if not paper.strip():
        raise typer.BadParameter("Say which paper.")
    sets = door.study.question_sets
    made = sets.of(door.guild, door.study.paper(door.guild, paper), n=n)
    if as_json:
        from rag.questions.as_json import set_as_json

        print_json(set_as_json(made, sets.template(door.guild)))
        return
    _print_set(door, made, answers=answers)


def template(
    context: typer.Context,
    file: Annotated[
        Path | None, typer.Option("--set", help="Use this Markdown file from now on.", dir_okay=False)
    ] = None,
    clear: Annotated[bool, typer.Option("--clear", help="Use Seminar's own again.")] = False,
    as_json: AsJson = False,
) -> None:
    """Show, set or clear the template that question sets follow."""
    door: Door = context.obj
    sets = door.study.question_sets
    if clear:
        sets.clear_template(door.guild)
    if file is not None:
        sets.set_template(door.guild, file.name, read_bytes(file), person=_PERSON)
    held = sets.template(door.guild)
    if file is not None and not as_json:
        from rag.wording import counted

        fields = sum(len(section.fields) for section in held.sections)
        size = f"{counted(len(held.sections), 'section')}, {counted(fields, 'field')}"
        door.out.print(f"Set. Question sets follow it now: {size}.", markup=False)
        return
    if as_json:
        from rag.questions.as_json import template_as_json

        print_json(template_as_json(held))
        return
    _print_template(door, held)


def _print_set(door: Door, made: QuestionSet, *, answers: bool) -> None:
    door.out.print(f"{made.paper.title} ({made.paper.paper_id})", markup=False, style="bold")
    for question in made.questions:
        pages = ", ".join(dict.fromkeys(_place(one) for one in question.evidence))
        about = "; ".join(part for part in (question.field, pages) if part)
        origin = "" if question.origin.value == "template" else f" ({question.origin.value})"
        door.out.print(f"{question.number:>2}. {question.text}{origin}", markup=False)
        if about:
            door.out.print(f"    {about}", markup=False, style="dim")
        if answers:
            _print_answer(door, question.expected, question.evidence)
    if made.silent:
        door.out.print(f"I found nothing in the paper on: {'; '.join(made.silent)}.", markup=False)
    if made.prompt:
        by_model = sum(bool(question.prompt) for question in made.questions)
        count = f"{by_model} of {len(made.questions)} questions were written by {made.writer}"
        door.out.print(f"{count}; their quotes were found on their pages.", markup=False, style="dim")
    for notice in made.notices:
        door.err.print(notice, markup=False, style="yellow")


def _print_answer(door: Door, expected: str, evidence: tuple[Citation, ...]) -> None:
    if expected:
        door.out.print(f"    Expected: {expected}", markup=False)
    for one in evidence:
        door.out.print(f"    {_place(one)}: “{one.quote.text}”", markup=False, style="dim")


def _place(one: Citation) -> str:
    if one.quote.page is not None:
        return f"page {one.quote.page}"
    return one.passage.section[-1] if one.passage.section else "text"


def _print_template(door: Door, held: Template) -> None:
    door.out.print(held.title or "Template", markup=False, style="bold")
    for section in held.sections:
        door.out.print(f"{section.number} {section.title}".strip(), markup=False)
        for field in section.fields:
            hint = f": {field.hint}" if field.hint else ""
            parts = f" [{'; '.join(field.parts)}]" if field.parts else ""
            door.out.print(f"  - {field.name}{hint}{parts}", markup=False)
