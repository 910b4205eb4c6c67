"""The reading guide of a session: a paper's sections in order, and where the questions' figures and tables stand."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence

from rag.domain.paper import Paper
from rag.domain.passage import Passage
from rag.domain.question import Question
from rag.domain.reading import Section
from rag.domain.session import GuidePart, ReadingGuide
from rag.retrieval.items import find_item, items_in

MOST_PARTS = 12
_END = re.compile(r"(?:references|bibliography)\b", re.IGNORECASE)
"""What stands behind it is an appendix, whatever it is called."""
_LETTERED = re.compile(r"(?:Appendix\s+[A-Z]\b|[A-Z]\d{1,2}\.\s)", re.IGNORECASE)
_BACK = re.compile(r"(?:references|bibliography|acknowledge?ments?|appendix|appendices|supplementary)\b", re.IGNORECASE)


def reading_guide(
    paper: Paper, sections: Sequence[Section], passages: Sequence[Passage], questions: Sequence[Question]
) -> ReadingGuide:
    """Return the guide, of stored facts only; an item stands in the last section that begins before it.

    Of the body it has every numbered section (every one where none is numbered), of the rest what is asked about.
    """
    tops, appendices = _parts([section for section in sections if section.depth == 1])
    is_numbered = any(section.number for section in tops[: len(tops) - appendices])
    placed: dict[int, dict[str, int | None]] = defaultdict(dict)
    for item in dict.fromkeys(item for question in questions for item in items_in(question.about)):
        for passage in find_item(item, passages)[:1]:
            at = _part_of(passage, tops)
            if at is not None:
                placed[at][str(item)] = passage.first_page
    body = len(tops) - appendices
    shown = [n for n, section in enumerate(tops) if placed[n] or (n < body and (section.number or not is_numbered))]
    parts = (
        GuidePart(f"{tops[n].number} {tops[n].title}".strip(), tops[n].page, tuple(placed[n].items())) for n in shown
    )
    return ReadingGuide(paper.page_count, tuple(parts), appendices - sum(n >= body for n in shown))


def _parts(sections: Sequence[Section]) -> tuple[list[Section], int]:
    """Return the body's sections, then the appendices, and how many those are; without what nobody reads."""
    ends = [n for n, section in enumerate(sections) if _END.match(section.title)]
    end = ends[-1] if ends else len(sections)
    roman = any(section.number == "II" for section in sections)
    body, appendices = [], []
    for n, section in enumerate(sections):
        lettered = (not roman and section.number[:1].isalpha()) or _LETTERED.match(section.title)
        if n > end or lettered:
            appendices += [] if _BACK.match(section.title) and not _LETTERED.match(section.title) else [section]
        elif not _BACK.match(section.title):
            body.append(section)
    return [*body[:MOST_PARTS], *appendices], len(appendices)


def _part_of(passage: Passage, tops: Sequence[Section]) -> int | None:
    """Return which top section a passage stands in: by its own path, else by its page."""
    top = passage.section[0].casefold() if passage.section else ""
    for n, section in enumerate(tops):
        if top and top in (section.title.casefold(), f"{section.number} {section.title}".strip().casefold()):
            return n
    before = [n for n, section in enumerate(tops) if section.page and section.page <= (passage.first_page or 0)]
    return before[-1] if before else None
