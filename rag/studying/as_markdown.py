"""An analysis as a Markdown document in the template's own layout, with its sources at the end."""

from __future__ import annotations

import re

from rag.domain.analysis import Analysis, FilledField, Filling
from rag.domain.answer import EXTRACTIVE, Citation, Sentence
from rag.domain.paper import Paper
from rag.wording import counted

NOT_FOUND = "Not found in the paper."
NOT_DRAWN = "Not drawn."
DRAW_FROM = "Not drawn. To draw it, start from:"

_SPECIAL = re.compile(r"([\\`*_\[\]<>|~])")
_BEGINS = re.compile(r"^(\s*)(#{1,6}\s|[-+>]\s|\d+[.)]\s)")


def analysis_as_markdown(analysis: Analysis) -> str:
    """Return the document."""
    lines = [f"# {plain(analysis.template_title) or 'Analysis'}", ""]
    lines += [f"Paper name: {plain(analysis.paper.title)}  "]
    lines += [f"Public date: {month_of(analysis.paper) or 'not known'}", ""]
    for number, title in analysis.sections:
        lines += [f"## {number}. {plain(title)}" if number else f"## {plain(title)}", ""]
        for one in analysis.of_section(title):
            lines += _field(one, analysis)
        lines.append("")
    lines += ["## Sources", ""]
    said = {sentence.text for one in analysis.fields for sentence in one.sentences}
    lines += [_source(one, shown=f"“{one.quote.text}”" in said) for one in analysis.citations] or ["None."]
    return "\n".join([*lines, "", *(f"_{plain(line)}_  " for line in notes_on(analysis)), ""])


def month_of(paper: Paper) -> str:
    """Return year and month in which a paper was published, "2015/12"; "" when neither is known."""
    day = paper.published or paper.arxiv_month
    return f"{day:%Y/%m}" if day is not None else ""


def notes_on(analysis: Analysis) -> list[str]:
    """Return what a reader has to know of how it was made: by whom, when, and what "not found" means."""
    by = (
        "Quoted from the paper; no language model wrote this."
        if analysis.writer == EXTRACTIVE
        else f"Written by {analysis.writer} ({analysis.prompt}) and checked: every quote stands on its page. "
        "What is in quotation marks is quoted from the paper."
    )
    notes = [f"{by} Made on {analysis.made_at:%Y-%m-%d}."]
    if any(one.filling is Filling.NOT_FOUND for one in analysis.fields):
        notes.append(
            "“Not found” means that a search of the paper’s text found no clear sentence; it may still say so."
        )
    return [*notes, *analysis.notices]


def summary_of(analysis: Analysis) -> str:
    """Return how much of the template was found, and with how many quotes."""
    said = sum(one.filling is Filling.SAID for one in analysis.fields)
    asked = sum(one.filling is not Filling.NOT_DRAWN for one in analysis.fields)
    return f"{said} of {counted(asked, 'field')} filled, {counted(len(analysis.citations), 'quote')}"


def said_in(one: FilledField, analysis: Analysis) -> list[str]:
    """Return what stands below a field, line by line, as plain text with pages."""
    lines = [_sentence(sentence, analysis) for sentence in one.sentences]
    if one.filling is Filling.NOT_FOUND:
        return [NOT_FOUND]
    return [DRAW_FROM if lines else NOT_DRAWN, *lines] if one.filling is Filling.NOT_DRAWN else lines


def _field(one: FilledField, analysis: Analysis) -> list[str]:
    """Return a field as the group wrote it, and below it what the paper says."""
    field = one.field
    colon = "" if field.name.endswith(("?", ":")) else ":"
    hint = " ".join(filter(None, (field.hint, "; ".join(field.parts))))
    lines = [f"- **{plain(field.name)}{colon}**" + (f" _{plain(hint)}_" if hint else "")]
    if one.filling is not Filling.SAID:
        lines.append(f"  - {said_in(one, analysis)[0]}")
    return lines + [f"  - {_sentence(sentence, analysis, bold=True)}" for sentence in one.sentences]


def _sentence(sentence: Sentence, analysis: Analysis, *, bold: bool = False) -> str:
    held = {citation.number: citation for citation in analysis.citations}
    marks = ", ".join(_mark(held[number]) for number in sentence.citations if number in held)
    weak = " (weakly supported)" if sentence.weak else ""
    return f"{plain(sentence.text)} **[{marks}]**{weak}" if bold else f"{sentence.text} [{marks}]{weak}"


def _mark(citation: Citation) -> str:
    page = f", p. {citation.quote.page}" if citation.quote.page is not None else ""
    return f"{citation.number}{page}"


def _source(citation: Citation, *, shown: bool) -> str:
    """Return a source: its quote, too, where that does not stand above word for word."""
    place = f"page {citation.quote.page}" if citation.quote.page is not None else " › ".join(citation.passage.section)
    link = f" <{citation.url}>" if citation.url else ""
    quote = "" if shown else f": “{plain(citation.quote.text)}”"
    return f"{citation.number}. {plain(place)}{quote}{link}"


def plain(text: str) -> str:
    """Return a text of others as one line that Markdown shows as it is."""
    line = " ".join(text.split())
    return _BEGINS.sub(r"\1\\\2", _SPECIAL.sub(r"\\\1", line))
