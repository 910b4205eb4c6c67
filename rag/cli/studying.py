"""Study aids for a paper: the group's template filled, and cards to learn from."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from rag.cli.door import Door, print_json

if TYPE_CHECKING:
    from rag.domain.analysis import Analysis
    from rag.domain.flashcard import Deck
    from rag.domain.paper import Paper

AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object.")]
PaperName = Annotated[str, typer.Argument(help="An id, a title or a name such as resnet.")]


def register(app: typer.Typer) -> None:
    """Add this file's commands."""
    app.command("analysis")(analysis)
    app.command("cards")(cards)


def analysis(
    context: typer.Context,
    paper: PaperName,
    markdown: Annotated[bool, typer.Option("--markdown", help="Print the whole document.")] = False,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="Write the document to this file.", dir_okay=False)
    ] = None,
    anew: Annotated[bool, typer.Option("--anew", help="Make it again, also if one is kept.")] = False,
    as_json: AsJson = False,
) -> None:
    """Fill the group's template for a paper: what the paper says to each field, with pages, or "not found"."""
    from rag.cli.progress import shown_stages
    from rag.studying.as_markdown import analysis_as_markdown

    door: Door = context.obj
    wanted = _paper(door, paper)
    studying = door.study.studying
    calls = studying.calls(door.guild, wanted, anew=anew)
    if calls:
        from rag.wording import counted

        door.err.print(f"This asks the language model {counted(calls, 'time')}.", markup=False)
    with shown_stages(door.err) as shown:
        made = studying.analysis(
            door.guild, wanted, anew=anew, told=lambda step: shown(step.section[:48], step.done, step.total)
        )
    if output is not None:
        _write(output, analysis_as_markdown(made))
    if as_json:
        from rag.studying.as_json import analysis_as_json

        print_json(analysis_as_json(made))
    elif markdown:
        door.out.print(analysis_as_markdown(made), markup=False, highlight=False, end="")
    elif output is not None:
        door.out.print(f"Wrote {output.name}: {_summary(made)}.", markup=False)
    else:
        _print_analysis(door, made)


def cards(
    context: typer.Context,
    paper: PaperName,
    n: Annotated[int, typer.Option("--n", "-n", min=1, max=30, help="How many cards at most.")] = 20,
    anki: Annotated[
        Path | None, typer.Option("--anki", help="Write a text file that Anki imports.", dir_okay=False)
    ] = None,
    markdown: Annotated[bool, typer.Option("--markdown", help="Print the cards as a Markdown document.")] = False,
    as_json: AsJson = False,
) -> None:
    """Make cards to learn a paper by: concepts, equations, numbers and reasons, each with its page."""
    from rag.studying.cards_out import deck_as_anki, deck_as_markdown

    door: Door = context.obj
    deck = door.study.studying.cards(door.guild, _paper(door, paper), most=n)
    if anki is not None:
        _write(anki, deck_as_anki(deck))
    if as_json:
        from rag.studying.as_json import deck_as_json

        print_json(deck_as_json(deck))
    elif markdown:
        door.out.print(deck_as_markdown(deck), markup=False, highlight=False, end="")
    elif anki is not None:
        from rag.wording import counted

        told = f"Wrote {anki.name}: {counted(len(deck.cards), 'card')}. In Anki: File, Import."
        door.out.print(told, markup=False)
    else:
        _print_deck(door, deck)
    for notice in deck.notices if not as_json else ():
        door.err.print(notice, markup=False, style="yellow")


def _paper(door: Door, name: str) -> Paper:
    if not name.strip():
        raise typer.BadParameter("Say which paper.")
    return door.study.paper(door.guild, name)


def _write(path: Path, text: str) -> None:
    from rag.errors import StorageFailed

    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise StorageFailed(reason=f"{path.name}: {error.strerror or type(error).__name__}") from error


def _summary(made: Analysis) -> str:
    from rag.studying.as_markdown import summary_of

    return summary_of(made)


def _print_analysis(door: Door, made: Analysis) -> None:
    from rag.studying.as_markdown import notes_on, said_in

    door.out.print(f"{made.paper.title} ({made.paper.paper_id})", markup=False, style="bold")
    for number, title in made.sections:
        door.out.print(f"\n{number}. {title}" if number else f"\n{title}", markup=False, style="bold")
        for one in made.of_section(title):
            door.out.print(f"  {one.field.name}", markup=False)
            for line in said_in(one, made):
                door.out.print(f"    {line}", markup=False, highlight=False)
    door.out.print("")
    for note in notes_on(made):
        door.err.print(note, markup=False, style="dim")


def _print_deck(door: Door, deck: Deck) -> None:
    from rag.studying.cards_out import made_by, place_of

    door.out.print(f"{deck.paper.title} ({deck.paper.paper_id})", markup=False, style="bold")
    for number, card in enumerate(deck.cards, 1):
        door.out.print(f"{number:>2}. {card.front}", markup=False, highlight=False)
        weak = " (weakly supported)" if card.weak else ""
        pages = ", ".join(dict.fromkeys(place_of(citation) for citation in card.citations))
        door.out.print(f"    {card.back}{weak}", markup=False, highlight=False)
        door.out.print(f"    {card.kind.value}; {pages}", markup=False, style="dim")
    door.err.print(made_by(deck), markup=False, style="dim")
