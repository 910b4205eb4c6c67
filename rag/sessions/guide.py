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
_BACK = re.compile(r"(?:references|bibliography|acknowledge?ments?|appendix|appendices|supplementary)\b", re.IGNORECASE)


def reading_guide(
    paper: Paper, sections: Sequence[Section], passages: Sequence[Passage], questions: Sequence[Question]
) -> ReadingGuide:
    """Return the guide, of stored facts only; an item stands in the last section that begins before it."""
    tops = [section for section in sections if section.depth == 1 and not _BACK.match(section.title)][:MOST_PARTS]
    placed: dict[int, dict[str, int | None]] = defaultdict(dict)
    for item in dict.fromkeys(item for question in questions for item in items_in(question.about)):
        for passage in find_item(item, passages)[:1]:
            at = _part_of(passage, tops)
            if at is not None:
                placed[at][str(item)] = passage.first_page
    parts = (
        GuidePart(f"{section.number} {section.title}".strip(), section.page, tuple(placed[n].items()))
        for n, section in enumerate(tops)
    )
    return ReadingGuide(paper.page_count, tuple(parts))


def _part_of(passage: Passage, tops: Sequence[Section]) -> int | None:
    """Return which top section a passage stands in: by its own path, else by its page."""
    top = passage.section[0].casefold() if passage.section else ""
    for n, section in enumerate(tops):
        if top and top in (section.title.casefold(), f"{section.number} {section.title}".strip().casefold()):
            return n
    before = [n for n, section in enumerate(tops) if section.page and section.page <= (passage.first_page or 0)]
    return before[-1] if before else None
