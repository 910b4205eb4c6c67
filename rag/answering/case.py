"""One question being answered: what is asked, where, and what was found there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rag.answering.bookshelf import Bookshelf
from rag.answering.ports import Brief, Evidence
from rag.answering.questions import Asked, Asks
from rag.answering.smalltalk import is_smalltalk
from rag.answering.thread import Place
from rag.domain.paper import Paper
from rag.domain.passage import Hit, Scope
from rag.domain.stage import Told
from rag.errors import BadQuestion
from rag.retrieval.items import items_in

if TYPE_CHECKING:
    from rag.retrieval.retriever import Retrieved

MAX_QUESTION = 2_000
"""Characters of a question; more is a pasted page, not a question."""


@dataclass(frozen=True, slots=True)
class Case:
    """``papers`` are those it is asked of: given, named, or the only one; () for all. ``named``: whether the person
    said so, or the floor has to make sure that they are meant. ``narrowed``: the person named or gave papers, and there
    are others. ``quoting``: only the papers' own words are wanted, whoever may write. ``typed``: the question as the
    person wrote it. ``dead``: the model has failed for this question already, and is not waited for again.
    """

    asked: Asked
    scope: Scope
    retrieved: Retrieved
    papers: tuple[Paper, ...]
    visible: tuple[Paper, ...]
    named: bool
    narrowed: bool
    shelf: Bookshelf
    told: Told
    retrieve_s: float
    quoting: bool = False
    typed: str = ""
    dead: bool = False

    @property
    def asked_of(self) -> tuple[str, ...]:
        """Return the keys of the papers that it was asked of, () for all."""
        return tuple(paper.key for paper in self.papers) or self.scope.paper_keys or ()

    def embedded(self, names: Sequence[str]) -> str:
        """Return what sentences are compared with by meaning: the question, an acronym beside what it stands for; for
        what a paper is about, its title.
        """
        if self.asked.kind is Asks.PURPOSE and self.papers:
            return self.papers[0].title
        asked = self.asked.question
        spelled = [name for name in names if name.casefold() not in asked.casefold()]
        return f"{asked} ({', '.join(spelled)})" if spelled else asked

    def brief(self, evidence: Sequence[Evidence]) -> Brief:
        """Return what a writer is given: beside the evidence, of papers that are asked of, passages of those alone."""
        typed = self.typed or self.asked.question
        own = {paper.key for paper in self.papers}
        hits = tuple(hit for hit in self.retrieved.hits if not own or hit.paper.key in own)
        return Brief(typed, self.asked, self.scope.guild, tuple(evidence), hits, self.shelf)

    def pointed(self) -> list[Hit]:
        """Return the hits that are the numbered item itself, when it is clear of which paper."""
        items = self.retrieved.items
        if not items:
            return []
        labelled = (hit for hit in self.retrieved.hits if hit.passage.label)
        hits = [hit for hit in labelled if any(item in items for item in items_in(hit.passage.label or ""))]
        asked_of = {paper.key for paper in self.papers}
        return [hit for hit in hits if hit.paper.key in asked_of]


def is_named(retrieved: Retrieved, place: Place, visible: Sequence[Paper], held: Sequence[Paper]) -> bool:
    """Whether the papers asked of are those that the person means: named, given, the only ones, or meant by the words
    that a follow-up borrows. A new question that a thread narrows may be about another paper.
    """
    if retrieved.mentioned_papers:
        return True
    return place.meant if place.of_thread and len(held) > 1 else len(visible) == 1


def is_narrowed(retrieved: Retrieved, place: Place, held: Sequence[Paper]) -> bool:
    """Whether the person, not the thread, chose papers among several."""
    given = place.keys is not None and not place.of_thread
    return len(held) > 1 and (given or bool(retrieved.mentioned_papers))


def check(question: str) -> None:
    """Raise BadQuestion for one that is empty, has no words, only thanks or greets, or has over 2,000 characters."""
    if not any(sign.isalnum() for sign in question):
        reason = "there are no words in it" if question.strip() else "it is empty"
        raise BadQuestion("the question", reason, "Write what you want to know, for example “what is RPN”.")
    if is_smalltalk(question):
        reason = "a greeting or a word of thanks is kind, but it is no question"
        raise BadQuestion("the question", reason, "Ask about a paper, for example: “what is RPN”.")
    if len(question) > MAX_QUESTION:
        reason = f"it has {len(question):,} characters and the limit is {MAX_QUESTION:,}"
        raise BadQuestion("the question", reason, "Ask for one thing in a sentence or two.")
