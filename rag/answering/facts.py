"""What is stored of a paper, as sentences with their sources; what is not stored is said to be missing."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from rag.answering.extractive import short_name
from rag.answering.frames import Frames
from rag.answering.front import Front
from rag.answering.records import Field
from rag.domain.answer import Fact
from rag.domain.paper import Paper, SourceKind
from rag.wording import counted

MAX_AUTHORS = 30
"""Authors that are listed; of more the number is said."""


class Facts:
    """Facts of records, in the words of the frames."""

    def __init__(self, frames: Frames) -> None:
        self._frames = frames

    def of(self, paper: Paper, field: Field, front: Front) -> tuple[Fact, ...]:
        """Return the facts of a field. ``front``: what the first page says, which is quoted beside them."""
        match field:
            case Field.AUTHORS:
                return self._authors(paper, front)
            case Field.DATE:
                return self._date(paper, front)
            case Field.VENUE:
                return self._venue(paper, front)
            case Field.LINK:
                return self._link(paper)
            case Field.PAGES:
                return self._pages(paper)
            case Field.ID:
                return self._id(paper)
            case _:
                return self._title(paper)

    def _authors(self, paper: Paper, front: Front) -> tuple[Fact, ...]:
        if paper.authors:
            named = ", ".join(paper.authors[:MAX_AUTHORS])
            more = len(paper.authors) - MAX_AUTHORS
            authors = self._frames.record("record_authors_more", authors=named, number=str(more)) if more > 0 else named
            return (self._said(paper, "record_authors", self._stored(paper), authors=authors),)
        return self._missing(paper, "record_authors", bool(front.names))

    def _date(self, paper: Paper, front: Front) -> tuple[Fact, ...]:
        later = front.stamp and (paper.version or 1) > 1
        stamp = [Fact(paper.key, self._frames.record("record_stamp", version=str(paper.version)))] if later else []
        if paper.published is not None:
            return (self._said(paper, "record_published", self._stored(paper), date=_day(paper.published)), *stamp)
        if paper.arxiv_month is not None:
            month = f"{paper.arxiv_month:%B %Y}"
            return (self._said(paper, "record_month", self._frames.record("source_id"), month=month), *stamp)
        return self._missing(paper, "record_date", bool(front.stamp or front.appeared))

    def _venue(self, paper: Paper, front: Front) -> tuple[Fact, ...]:
        if paper.venue:
            return (self._said(paper, "record_venue", self._stored(paper), venue=paper.venue),)
        return self._missing(paper, "record_venue", bool(front.appeared))

    def _link(self, paper: Paper) -> tuple[Fact, ...]:
        url = paper.source_url or paper.page_url(None)
        if url:
            text = self._frames.record("record_link", paper=short_name(paper))
            return (Fact(paper.key, text, self._stored(paper), url),)
        return self._missing(paper, "record_link", said=False)

    def _pages(self, paper: Paper) -> tuple[Fact, ...]:
        if paper.page_count is None:
            return self._missing(paper, "record_pages", said=False)
        source = self._frames.record("source_pdf", date=_day(paper.added_at))
        return (self._said(paper, "record_pages", source, pages=counted(paper.page_count, "page")),)

    def _id(self, paper: Paper) -> tuple[Fact, ...]:
        if paper.arxiv_id is None:
            return self._missing(paper, "record_id", said=False)
        if paper.version is None:
            return (self._said(paper, "record_id", self._stored(paper), id=paper.arxiv_id),)
        version = str(paper.version)
        return (self._said(paper, "record_id_version", self._stored(paper), id=paper.arxiv_id, version=version),)

    def _title(self, paper: Paper) -> tuple[Fact, ...]:
        text = self._frames.record("record_title", id=paper.arxiv_id or paper.paper_id, title=paper.title)
        return (Fact(paper.key, text, self._stored(paper)),)

    def _said(self, paper: Paper, name: str, source: str, **values: str) -> Fact:
        return Fact(paper.key, self._frames.record(name, paper=short_name(paper), **values), source)

    def _missing(self, paper: Paper, name: str, said: bool) -> tuple[Fact, ...]:
        """Say that something is not stored, and that the first page says it, or what else is known."""
        if said:
            return (self._said(paper, f"{name}_page", ""),)
        known = [f"“{paper.title}”", *([paper.arxiv_id] if paper.arxiv_id else [])]
        known += [_day(paper.published)] if paper.published else []
        known += [counted(paper.page_count, "page")] if paper.page_count is not None else []
        text = self._frames.record("record_known", known=", ".join(known))
        instead = Fact(paper.key, text, self._stored(paper), missing=True)
        return (replace(self._said(paper, f"{name}_none", ""), missing=True), instead)

    def _stored(self, paper: Paper) -> str:
        name = "source_arxiv" if paper.source is SourceKind.ARXIV else "source_file"
        return self._frames.record(name, date=_day(paper.added_at))


def _day(moment: date) -> str:
    return f"{moment.day} {moment:%B %Y}"
