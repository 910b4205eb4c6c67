"""An analysis as a Markdown document in the template's own layout, with its sources at the end."""

from __future__ import annotations

import re

from rag.domain.analysis import Analysis, FilledField, Filling
from rag.domain.answer import Citation, Sentence
from rag.domain.paper import Paper

NOT_FOUND = "Not found in the paper."
NOT_DRAWN = "Not drawn."
DRAW_FROM = "Not drawn. To draw it, start from:"
EXTRACTIVE = "extractive"

_SPECIAL = re.compile(r"([\\`*_\[\]<>|~])")
_BEGINS = re.compile(r"^(\s*)(#{1,6}\s|[-+>]\s|\d+[.)]\s)")


def analysis_as_markdown(analysis: Analysis) -> str:
    """Return the document."""
    lines = [f"# {_plain(analysis.template_title) or 'Analysis'}", ""]
    lines += [f"Paper name: {_plain(analysis.paper.title)}  "]
    lines += [f"Public date: {month_of(analysis.paper) or 'not known'}", ""]
    for number, title in analysis.sections:
        lines += [f"## {number}. {_plain(title)}" if number else f"## {_plain(title)}", ""]
        for one in analysis.of_section(title):
            lines += _field(one, analysis)
        lines.append("")
    lines += ["## Sources", ""]
    said = {sentence.text for one in analysis.fields for sentence in one.sentences}
    lines += [_source(one, shown=f"“{one.quote.text}”" in said) for one in analysis.citations] or ["None."]
    return "\n".join([*lines, "", *(f"_{_plain(line)}_  " for line in notes_on(analysis)), ""])


def month_of(paper: Paper) -> str:
    """Return year and month in which a paper was published, "2015/12"; "" when neither is known."""
    day = paper.published or paper.arxiv_month
    return f"{day:%Y/%m}" if day is not None else ""


def notes_on(analysis: Analysis) -> list[str]:
    """Return what a reader has to know of how it was made: by whom, when, and what "not found" means."""
    by = (
        "Quoted from the paper; no language model was used."
        if analysis.writer == EXTRACTIVE
        else f"Written by {analysis.writer} ({analysis.prompt}) and checked: every quote stands on its page."
    )
    notes = [f"{by} Made on {analysis.made_at:%Y-%m-%d}."]
    if any(one.filling is Filling.NOT_FOUND for one in analysis.fields):
        notes.append(
            "“Not found” means that a search of the paper’s text found no clear sentence; it may still say so."
        )
    return [*notes, *analysis.notices]


def _field(one: FilledField, analysis: Analysis) -> list[str]:
    """Return a field as the group wrote it, and below it what the paper says."""
    field = one.field
    colon = "" if field.name.endswith(("?", ":")) else ":"
    hint = " ".join(filter(None, (field.hint, "; ".join(field.parts))))
    lines = [f"- **{_plain(field.name)}{colon}**" + (f" _{_plain(hint)}_" if hint else "")]
    if one.filling is Filling.NOT_FOUND:
        lines.append(f"  - {NOT_FOUND}")
    if one.filling is Filling.NOT_DRAWN:
        lines.append(f"  - {DRAW_FROM if one.sentences else NOT_DRAWN}")
    return lines + [f"  - {_sentence(sentence, analysis)}" for sentence in one.sentences]


def _sentence(sentence: Sentence, analysis: Analysis) -> str:
    held = {citation.number: citation for citation in analysis.citations}
    marks = ", ".join(_mark(held[number]) for number in sentence.citations if number in held)
    weak = " (weakly supported)" if sentence.weak else ""
    return f"{_plain(sentence.text)} **[{marks}]**{weak}"


def _mark(citation: Citation) -> str:
    page = f", p. {citation.quote.page}" if citation.quote.page is not None else ""
    return f"{citation.number}{page}"


def _source(citation: Citation, *, shown: bool) -> str:
    """Return a source: its quote, too, where that does not stand above word for word."""
    place = f"page {citation.quote.page}" if citation.quote.page is not None else " › ".join(citation.passage.section)
    link = f" <{citation.url}>" if citation.url else ""
    quote = "" if shown else f": “{_plain(citation.quote.text)}”"
    return f"{citation.number}. {_plain(place)}{quote}{link}"


def _plain(text: str) -> str:
    """Return a text of others as one line that Markdown shows as it is."""
    line = " ".join(text.split())
    return _BEGINS.sub(r"\1\\\2", _SPECIAL.sub(r"\\\1", line))
