"""An answer as a page of text: what the papers say, where, and apart from it what the group said."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.text import Text

from rag.domain.answer import Outcome
from rag.wording import WEAKLY_SUPPORTED, counted

if TYPE_CHECKING:
    from rich.console import Console

    from rag.cli.door import Door
    from rag.domain.answer import Answer

_INDENT = "    "


def print_answer(door: Door, answer: Answer) -> None:
    """Print an answer for a person. Text of papers and notes is printed as it is: no markup of theirs counts."""
    out = door.out
    for notice in answer.notices:
        door.err.print(notice, markup=False, style="yellow")
    out.print(Text(answer.text))
    if any(sentence.weak for sentence in answer.sentences):
        out.print(Text(f"\n{WEAKLY_SUPPORTED}", "dim"))
    _print_sources(out, answer)
    _print_code_links(out, answer)
    _print_notes(out, answer)
    _print_nearest(out, answer)
    if answer.outcome is not Outcome.NOT_FOUND:
        out.print(Text(f"\n{_writer(answer)}", "dim"))


def _writer(answer: Answer) -> str:
    if answer.outcome is not Outcome.GROUNDED:
        return "Quoted from the papers; no language model wrote this."
    checked = f"{counted(len(answer.citations), 'citation')} checked on the page"
    return f"Written by the language model {answer.writer}; {checked}."


def _print_sources(out: Console, answer: Answer) -> None:
    if not answer.citations:
        return
    out.print(Text("\nSources", style="bold"))
    for citation in answer.citations:
        page = f", p. {citation.quote.page}" if citation.quote.page is not None else ""
        section = f" · {citation.passage.section[-1]}" if citation.passage.section else ""
        out.print(Text(f"[{citation.number}] {citation.paper.title}{page}{section}"))
        out.print(_indented(f"“{citation.quote.text}”", out, "italic"))
        if citation.url:
            out.print(Text(f"{_INDENT}{citation.url}", style="cyan"))


def _print_code_links(out: Console, answer: Answer) -> None:
    if not answer.code_links:
        return
    out.print(Text("\nCode", style="bold"))
    for link in answer.code_links:
        official = {True: "official, ", False: "unofficial, ", None: ""}[link.official]
        out.print(Text(f"- {link.url} ({official}{link.source.value}, {link.found_at:%Y-%m-%d})"))


def _print_notes(out: Console, answer: Answer) -> None:
    if not answer.notes:
        return
    out.print(Text("\nYour group's notes (what was said, not what the paper says)", style="bold"))
    for hit in answer.notes:
        where = f"Discussion {hit.discussion.ordinal} {hit.discussion.title}, item {hit.note.item}"
        out.print(Text(f"- {where}: {hit.note.question or '(no question written)'}"))
        for line in hit.note.answer:
            if line.strip():
                out.print(_indented(line, out))
        if hit.otherwise is not None:
            against = hit.otherwise
            page = f" (p. {against.page})" if against.page is not None else ""
            quote = f"✗ The paper says otherwise [{against.number}]: “{against.quote}”{page}"
            out.print(_indented(f"{quote}, as {against.judge} reads the two.", out, "yellow"))


def _print_nearest(out: Console, answer: Answer) -> None:
    if not answer.nearest:
        return
    out.print(Text("\nNearest passages", style="bold"))
    for hit in answer.nearest:
        page = f", p. {hit.passage.first_page}" if hit.passage.first_page is not None else ""
        out.print(Text(f"- {hit.paper.title}{page}: {' '.join(hit.passage.text.split())[:160]}…"))


def _indented(text: str, out: Console, style: str = "") -> Text:
    """Return a paragraph with every line of it indented."""
    lines = Text(text).wrap(out, max(out.width - len(_INDENT), 20))
    return Text("\n").join(Text(_INDENT) + Text(line.plain.rstrip(), style=style) for line in lines)
