"""A question to an answer: retrieval, evidence, the floor, a writer, the gate; the group's notes beside it."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING

from rag.answering.abstain import answers, floor_for
from rag.answering.bookshelf import Bookshelf
from rag.answering.evidence import Scorer, Wanted
from rag.answering.extractive import ExtractiveWriter, short_name
from rag.answering.frames import Frames
from rag.answering.gate import marked, passed
from rag.answering.picking import Picked, about_code, described, labelled, of_item, picked
from rag.answering.ports import Evidence, NoteSearcher, Searcher, Shelf, Writer
from rag.answering.questions import Asked, Asks, understand
from rag.answering.terms import names_itself, terms_of, words_beside_names
from rag.answering.wording import Rarity
from rag.domain.answer import Answer, Outcome
from rag.domain.codelink import CodeLink
from rag.domain.note import NoteHit
from rag.domain.paper import Paper
from rag.domain.passage import Hit, Passage, Scope
from rag.domain.reading import Kind
from rag.errors import BadQuestion
from rag.index.ports import Embedder
from rag.retrieval.items import items_in
from rag.retrieval.names import names_of

if TYPE_CHECKING:
    from rag.retrieval.retriever import Retrieved

MAX_QUESTION = 2_000
"""Characters of a question; more is a pasted page, not a question."""
HITS = 12
"""Passages whose sentences are looked at."""
NEAREST = 3
NOTES = 3
WHICH = 5
"""Papers that are named when one has to be chosen."""
CODE_PAPERS = 3
"""Papers whose code links are shown when a question about code names none."""
_OVERVIEW = re.compile(r"abstract|introduction|conclusion|discussion|summary|overview", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class _Case:
    """One question being answered. ``papers`` are those it is asked of: given, named, or the only one; () for all."""

    asked: Asked
    scope: Scope
    retrieved: Retrieved
    papers: tuple[Paper, ...]
    visible: tuple[Paper, ...]
    shelf: Bookshelf


class Answerer:
    """Answers questions from one library. Threads may share it as far as the embedder allows."""

    def __init__(
        self,
        *,
        library: Shelf,
        retriever: Searcher,
        embedder: Embedder | None,
        writer: Writer | None = None,
        frames: Frames | None = None,
        note_search: NoteSearcher | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._library = library
        self._retriever = retriever
        self._scorer = Scorer(embedder=embedder)
        self._floor = floor_for(embedder.name if embedder else None)
        self._frames = frames or Frames.load()
        self._writer = writer or ExtractiveWriter(frames=self._frames)
        self._note_search = note_search
        self._clock = clock
        self._rarities: dict[str, tuple[int, Rarity]] = {}

    def ask(self, question: str, *, guild: str, paper_keys: Sequence[str] | None = None) -> Answer:
        """Answer from the papers that the guild sees, or from those of the keys alone.

        Raises BadQuestion for one that is empty or longer than 2,000 characters. ``took_ms`` of the answer holds
        "retrieve", "answer" and "total".
        """
        began = self._clock()
        _check(question)
        scope = Scope(guild, tuple(paper_keys) if paper_keys is not None else None)
        retrieved = self._retriever.search(question, scope, HITS)
        found = self._clock()
        answer = self._answer(self._case(question, scope, retrieved))
        notes = self._notes(retrieved.repaired_query or question, scope)
        ended = self._clock()
        took = {"retrieve": found - began, "answer": ended - found, "total": ended - began}
        return replace(
            answer,
            question=question,
            notes=notes,
            notices=(*self._read_as(retrieved), *retrieved.notices),
            took_ms={name: 1000 * seconds for name, seconds in took.items()},
            writer=self._writer.name,
        )

    def _read_as(self, retrieved: Retrieved) -> tuple[str, ...]:
        mended = retrieved.repaired_query
        return (self._frames.read_as(mended),) if mended else ()

    def _case(self, question: str, scope: Scope, retrieved: Retrieved) -> _Case:
        held = self._library.papers(scope.guild)
        visible = tuple(p for p in held if scope.paper_keys is None or p.key in scope.paper_keys)
        papers = retrieved.mentioned_papers or (visible if len(visible) == 1 else ())
        asked = understand(retrieved.repaired_query or question)
        if asked.kind is Asks.DEFINITION and len(papers) == 1 and names_itself(asked.subject, papers[0]):
            asked = replace(asked, kind=Asks.PURPOSE)
        return _Case(asked, scope, retrieved, papers, visible, Bookshelf(self._library))

    def _answer(self, case: _Case) -> Answer:
        if not case.visible:
            return Answer("", Outcome.NOT_FOUND, self._frames.empty_library())
        if case.asked.kind is Asks.CODE:
            return self._code(case)
        if case.asked.kind is Asks.ITEM and case.retrieved.items:
            return self._item(case)
        if case.asked.kind is Asks.PURPOSE:
            return self._purpose(case)
        hits = list(case.retrieved.hits)
        if case.asked.kind is Asks.COMPARISON and len(case.papers) > 1:
            hits += [hit for paper in case.papers for hit in self._overview(paper)]
        best = self._picked(case, hits)
        if not answers(
            self._wanted(case), best.scored, case.retrieved.hits, named=bool(case.papers), floor=self._floor
        ):
            return self._not_found(case)
        return self._written(case, best.evidence)

    def _item(self, case: _Case) -> Answer:
        """Answer with a numbered item itself and the sentences that speak of it."""
        pointed, papers = _pointed(case), case.papers
        if not papers:
            held = (Hit(1, 0.0, p, paper) for paper in case.visible for p in self._library.passages_of(paper.key))
            having = labelled(case.retrieved.items, held)
            pointed = described(case.asked.words, having, self._rarity(case.scope.guild))
            papers = tuple(dict.fromkeys(hit.paper for hit in pointed))
            if not papers:
                return self._which(case, having)
        around = [Hit(1, 0.0, passage, paper) for paper in papers for passage in self._passages(paper)]
        return self._written(case, of_item(case.retrieved.items, pointed, around, case.shelf))

    def _which(self, case: _Case, having: Sequence[Hit]) -> Answer:
        """Ask which of the papers that have the item is meant, the most likely first."""
        likely = {hit.paper.key: n for n, hit in reversed(list(enumerate(case.retrieved.hits)))}
        papers = sorted(dict.fromkeys(hit.paper for hit in having), key=lambda p: likely.get(p.key, HITS))
        names = list(dict.fromkeys(short_name(paper) for paper in papers))[:WHICH]
        text = self._frames.which_paper(str(case.retrieved.items[0]), names)
        return Answer("", Outcome.NOT_FOUND, text, nearest=case.retrieved.hits[:NEAREST])

    def _purpose(self, case: _Case) -> Answer:
        """Answer what a paper is about from its abstract, introduction and conclusion."""
        if len(case.papers) != 1:
            return Answer("", Outcome.NOT_FOUND, self._frames.which_paper())
        (paper,) = case.papers
        return self._written(case, self._picked(case, self._overview(paper)).evidence)

    def _overview(self, paper: Paper) -> list[Hit]:
        """Return the passages in which a paper says what it does: abstract, introduction, conclusion."""
        passages = self._passages(paper)
        overview = [p for p in passages if p.kind is Kind.ABSTRACT or _OVERVIEW.search(" ".join(p.section[:1]))]
        return [Hit(rank, 0.0, passage, paper) for rank, passage in enumerate(overview or passages[:HITS], 1)]

    def _passages(self, paper: Paper) -> list[Passage]:
        return [p for p in self._library.passages_of(paper.key) if p.kind in (Kind.ABSTRACT, Kind.TEXT)]

    def _code(self, case: _Case) -> Answer:
        """Answer where code is: what the paper says, then the links that are known, with their sources and dates."""
        papers = case.papers or tuple(dict.fromkeys(hit.paper for hit in case.retrieved.hits))[:CODE_PAPERS]
        links = {p: self._library.code_links(p.key, guild=case.scope.guild) for p in papers}
        hits = [Hit(1, 0.0, passage, paper) for paper in case.papers for passage in self._passages(paper)]
        answer = self._written(case, about_code(hits, case.shelf))
        said = [answer.text] if answer.citations else []
        told = [
            self._frames.code(short_name(p), known, self._checked(p))
            for p, known in links.items()
            if known or (case.papers and not any(c.paper == p and "://" in c.quote.text for c in answer.citations))
        ]
        return replace(
            answer,
            text="\n".join([*said, *told]) or self._frames.code_which(),
            code_links=_all(links.values()),
            nearest=() if any(links.values()) else answer.nearest,
        )

    def _checked(self, paper: Paper) -> datetime | None:
        report = self._library.code_link_check(paper.key)
        return report.checked_at if report else None

    def _picked(self, case: _Case, hits: Sequence[Hit]) -> Picked:
        keys = [paper.key for paper in case.papers]
        between = len(keys) > 1
        wanted = self._wanted(case)
        return picked(wanted, hits, scorer=self._scorer, shelf=case.shelf, papers=keys, between=between)

    def _wanted(self, case: _Case) -> Wanted:
        names = terms_of(case.asked, (hit.passage.text for hit in case.retrieved.hits), case.papers)
        others = {p.key: tuple(n for q in case.papers if q != p for n in names_of(q)) for p in case.papers}
        return Wanted(
            asked=case.asked,
            text=_embedded(case, names),
            terms=names,
            words=words_beside_names(case.asked.words, case.papers),
            rarity=self._rarity(case.scope.guild),
            others=others,
            names={paper.key: names_of(paper) for paper in case.papers},
        )

    def _rarity(self, guild: str) -> Rarity:
        revision = self._library.revision()
        kept = self._rarities.get(guild)
        if kept is None or kept[0] != revision:
            made = Rarity(self._library.word_frequencies(guild), self._library.passage_count(guild))
            kept = self._rarities[guild] = (revision, made)
        return kept[1]

    def _written(self, case: _Case, evidence: Sequence[Evidence]) -> Answer:
        """Let the writer write and the gate check; what is left is the answer."""
        sentences, citations = passed(self._writer.write(case.asked, evidence), evidence, case.shelf)
        if not citations:
            return self._not_found(case)
        outcome = Outcome.GROUNDED if self._writer.invents else Outcome.QUOTED
        return Answer("", outcome, marked(sentences), sentences, citations)

    def _not_found(self, case: _Case) -> Answer:
        nearest = case.retrieved.hits[:NEAREST]
        named = short_name(case.papers[0]) if len(case.papers) == 1 else ""
        places = [(short_name(hit.paper), hit.passage.first_page) for hit in nearest]
        return Answer("", Outcome.NOT_FOUND, self._frames.not_found(paper=named, nearest=places), nearest=nearest)

    def _notes(self, question: str, scope: Scope) -> tuple[NoteHit, ...]:
        if self._note_search is None:
            return ()
        return tuple(self._note_search.search(question, guild=scope.guild, paper_keys=scope.paper_keys, limit=NOTES))


def _check(question: str) -> None:
    if not question.strip():
        raise BadQuestion("the question", "it is empty", "Write what you want to know, for example “what is RPN”.")
    if len(question) > MAX_QUESTION:
        reason = f"it has {len(question):,} characters and the limit is {MAX_QUESTION:,}"
        raise BadQuestion("the question", reason, "Ask for one thing in a sentence or two.")


def _embedded(case: _Case, names: Sequence[str]) -> str:
    """Return what sentences are compared with by meaning: the question, an acronym beside what it stands for; for what
    a paper is about, its title.
    """
    if case.asked.kind is Asks.PURPOSE and case.papers:
        return case.papers[0].title
    asked = case.asked.question
    spelled = [name for name in names if name.casefold() not in asked.casefold()]
    return f"{asked} ({', '.join(spelled)})" if spelled else asked


def _pointed(case: _Case) -> list[Hit]:
    """Return the hits that are the numbered item itself, when it is clear of which paper."""
    items = case.retrieved.items
    if not items:
        return []
    hits = [h for h in case.retrieved.hits if h.passage.label and any(i in items for i in items_in(h.passage.label))]
    asked_of = {paper.key for paper in case.papers}
    return [hit for hit in hits if hit.paper.key in asked_of]


def _all(groups: object) -> tuple[CodeLink, ...]:
    return tuple(link for group in groups for link in group)  # type: ignore[attr-defined]
