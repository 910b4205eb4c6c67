"""Answers from papers' records: what is stored of them, what their first pages say of them, which papers there are."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from rag.answering.case import Case
from rag.answering.extractive import ExtractiveWriter
from rag.answering.facts import Facts
from rag.answering.frames import Frames
from rag.answering.front import Front, front_of
from rag.answering.gate import marked, passed
from rag.answering.ports import Evidence
from rag.answering.quotes import Found, find_quote
from rag.answering.records import Field, Request, is_only
from rag.answering.thread import Place
from rag.answering.wording import content_words, is_there, stems_of
from rag.domain.answer import Answer, Fact, Outcome, Quote
from rag.domain.paper import Paper, name_form
from rag.domain.passage import Passage
from rag.domain.reading import Kind, Page
from rag.retrieval.mentions import Mention
from rag.wording import counted

RECORDS = 3
"""Papers whose records are shown where a question names several."""
LISTED = 10
"""Papers that are listed; of more the number is said."""
NEAREST = 3
QUOTES = 8
"""Runs of a first page that are quoted."""


class Recorded:
    """Answers questions on records, in the words of the frames. No model writes here."""

    def __init__(self, *, frames: Frames) -> None:
        self._frames = frames
        self._facts = Facts(frames)
        self._quoting = ExtractiveWriter(frames=frames)

    def answer(self, case: Case, request: Request) -> Answer:
        """Answer from the records of the papers asked of; ask which, when none is."""
        if request.field is Field.PAPERS:
            return self._papers(case, request.of)
        if not case.papers:
            text = self._frames.record("record_not_here", name=request.of) if request.of else ""
            return Answer("", Outcome.NOT_FOUND, text or self._frames.record("record_which"))
        facts: list[Fact] = []
        evidence: list[Evidence] = []
        for paper in case.papers[:RECORDS]:
            first = next(iter(case.shelf.pages(paper.key)), None)
            front = front_of(first, paper.title) if first is not None else Front()
            for field in dict.fromkeys((request.field, *request.also)):
                stored = self._facts.of(paper, field, front)
                facts += stored
                if first is not None and not stored[0].missing:
                    evidence += _quoted(paper, first, front, field, len(evidence))
        sentences, citations = passed(self._quoting.write(case.brief(evidence)), evidence, case.shelf)
        said = [*map(_line, facts), *([marked(sentences)] if sentences else [])]
        outcome = Outcome.QUOTED if citations else Outcome.NOT_FOUND
        return Answer("", outcome, "\n".join(said), sentences, citations, facts=tuple(facts))

    def _papers(self, case: Case, topic: str) -> Answer:
        """Say which papers are here, the newest first; those that name a topic, in their titles before others."""
        wanted = content_words(topic)
        named = sorted(((_names(p, wanted), n, p) for n, p in enumerate(case.visible)), key=lambda one: one[:2])
        papers = [paper for naming, _, paper in reversed(named) if naming]
        if not papers:
            text = self._frames.record("papers_none", topic=topic)
            return Answer("", Outcome.NOT_FOUND, text, nearest=case.retrieved.hits[:NEAREST])
        number = counted(len(papers), "paper")
        every = str(len(case.visible))
        lead = (
            self._frames.record("papers_about", number=number, all=every, topic=topic)
            if wanted
            else self._frames.record("papers_all", number=number)
        )
        facts = [Fact("", lead), *map(self._listed, papers[:LISTED])]
        if len(papers) > LISTED:
            facts.append(Fact("", self._frames.record("papers_more", number=str(len(papers) - LISTED))))
        return Answer("", Outcome.NOT_FOUND, "\n".join(map(_line, facts)), facts=tuple(facts))

    def _listed(self, paper: Paper) -> Fact:
        text = self._frames.record("papers_one", title=paper.title, id=paper.paper_id)
        return Fact(paper.key, text)


def meant(
    request: Request, place: Place, visible: Sequence[Paper], mentions: Callable[[str], Sequence[Mention]]
) -> tuple[Paper, ...] | None:
    """Return the papers whose records are asked for, () when it has to be asked which; None where the words name
    something that is no paper, so that the question is an ordinary one.
    """
    if request.field is Field.PAPERS:
        return ()
    if not request.of:
        return tuple(visible) if len(visible) == 1 or place.of_thread else ()
    named = mentions(request.of)
    if is_only(request.of, [mention.text for mention in named]):
        chosen = None if place.keys is None or place.of_thread else place.keys
        return tuple(mention.paper for mention in named if chosen is None or mention.paper.key in chosen)
    return () if request.outright else None


def _quoted(paper: Paper, first: Page, front: Front, field: Field, place: int) -> list[Evidence]:
    """Return what the first page says of a field, each found there; its title when it says nothing of that."""
    said = {
        Field.AUTHORS: _with_authors(paper, front.names),
        Field.DATE: (front.stamp, *front.appeared),
        Field.VENUE: front.appeared,
        Field.ID: (front.stamp,),
    }.get(field, ())
    evidence: list[Evidence] = []
    for at, text in enumerate([text for text in said if text][:QUOTES] or [front.title], place):
        quote = _found(text, first)
        if quote is not None:
            found = Found(quote, cut_after=text in front.cut)
            passage = Passage(f"front:{paper.key}", paper.key, 0, Kind.TEXT, quote.text, first_page=1, last_page=1)
            evidence.append(Evidence(paper, passage, found, 1 - 0.01 * at, at))
    return evidence


def _found(text: str, first: Page) -> Quote | None:
    """Return a text as it stands on the page; a stamp after a word that runs over the line, from its id on."""
    return find_quote(text, first) or find_quote(text.removeprefix("arXiv:"), first) if text else None


def _with_authors(paper: Paper, names: Sequence[str]) -> tuple[str, ...]:
    """Return the runs of names in which an author of the record stands; all when the record has none."""
    last = [name_form(author.split()[-1]) for author in paper.authors if author.split()]
    return tuple(run for run in names if not last or any(name in name_form(run) for name in last))


def _names(paper: Paper, wanted: Sequence[str]) -> int:
    """Return 2 for a paper whose names are of all that is wanted, 1 where its abstract helps, else 0."""
    called = " ".join((paper.title, *paper.aliases))
    names, whole = stems_of(called), stems_of(f"{called} {paper.abstract}")
    return 2 * all(is_there(word, names) for word in wanted) or int(all(is_there(word, whole) for word in wanted))


def _line(fact: Fact) -> str:
    """Return a fact as a line of text, its source behind it."""
    said = f"{fact.text} {fact.url}".rstrip()
    return f"{said} ({fact.source})" if fact.source else said
