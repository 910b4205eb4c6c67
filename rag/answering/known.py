"""What is known of papers beside their text: where their code is."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime

from rag.answering.case import Case
from rag.answering.extractive import short_name
from rag.answering.frames import Frames
from rag.answering.picking import about_code
from rag.answering.ports import Evidence, Shelf
from rag.domain.answer import Answer
from rag.domain.paper import Paper
from rag.domain.passage import Hit

CODE_PAPERS = 3
"""Papers whose code links are shown when a question about code names none."""

Written = Callable[[Case, Sequence[Evidence]], Answer]


class Known:
    """Answers from what the library keeps of a paper beside its text. ``written`` makes an answer of evidence."""

    def __init__(self, *, library: Shelf, frames: Frames, written: Written) -> None:
        self._library = library
        self._frames = frames
        self._written = written

    def code(self, case: Case) -> Answer:
        """Answer where code is: what the paper says, then the links that are known, with their sources and dates."""
        papers = case.papers or tuple(dict.fromkeys(hit.paper for hit in case.retrieved.hits))[:CODE_PAPERS]
        links = {p: self._library.code_links(p.key, guild=case.scope.guild) for p in papers}
        hits = [Hit(1, 0.0, passage, paper) for paper in case.papers for passage in case.shelf.running_text(paper.key)]
        answer = self._written(case, about_code(hits, case.shelf))
        said = [answer.text] if answer.citations else []
        if case.papers:
            said += [
                self._frames.code(short_name(p), known=bool(known), checked=self._checked(p))
                for p, known in links.items()
                if known or not any(c.paper == p and "://" in c.quote.text for c in answer.citations)
            ]
        elif any(links.values()):
            said.append(self._frames.code_nearest([short_name(paper) for paper, known in links.items() if known]))
        return replace(
            answer,
            text="\n".join(said) or self._frames.code_which(),
            code_links=tuple(link for known in links.values() for link in known),
            nearest=() if any(links.values()) else answer.nearest,
        )

    def _checked(self, paper: Paper) -> datetime | None:
        report = self._library.code_link_check(paper.key)
        return report.checked_at if report else None
