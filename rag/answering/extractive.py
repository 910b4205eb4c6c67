"""The writer that needs no model: the papers' own sentences, each under the name of its paper and its page."""

from __future__ import annotations

from collections.abc import Sequence

from rag.answering.frames import Frames
from rag.answering.ports import Brief, Draft, DraftSentence, Evidence, Shown, unshown
from rag.answering.questions import Asks
from rag.domain.answer import EXTRACTIVE
from rag.domain.paper import Paper

MAX_NAME = 60
"""Characters of a paper's name inside an answer; the citation has the whole title."""


class ExtractiveWriter:
    """Quotes. Says nothing of its own but which paper and page a quote is from."""

    name = EXTRACTIVE
    invents = False

    def __init__(self, *, frames: Frames) -> None:
        self._frames = frames

    def write(self, brief: Brief, shown: Shown = unshown) -> Draft:  # noqa: ARG002  nothing of it is slow enough
        """Return one sentence for each piece of evidence.

        The best paper comes first, in it the best sentence and then reading order; what stands at a numbered item keeps
        its own order.
        """
        sentences = []
        evidence = brief.evidence
        before: Paper | None = None
        order = range(len(evidence)) if brief.asked.kind is Asks.ITEM else _order(evidence)
        for i in order:
            one = evidence[i]
            sentences.append(DraftSentence(self._sentence(one, first=one.paper != before), (i,)))
            before = one.paper
        return Draft(tuple(sentences))

    def _sentence(self, one: Evidence, *, first: bool) -> str:
        page = one.found.quote.page
        section = one.passage.section[-1] if one.passage.section else ""
        where = self._frames.page(page) if page is not None else section
        if first:
            return self._frames.quoted_from(short_name(one.paper), where, one.found.shown)
        return self._frames.quoted_again(where, one.found.shown)


def short_name(paper: Paper) -> str:
    """Return what a paper is called in running text: its title up to a colon, cut at a word when long."""
    head, colon, _ = paper.title.partition(":")
    name = (head if colon and head.strip() else paper.title).strip() or paper.paper_id
    if len(name) <= MAX_NAME:
        return name
    return name[:MAX_NAME].rsplit(" ", 1)[0].rstrip(" ,;-") + " …"


def _order(evidence: Sequence[Evidence]) -> list[int]:
    ranked = sorted(range(len(evidence)), key=lambda i: -evidence[i].score)
    order: list[int] = []
    for paper in dict.fromkeys(evidence[i].paper.key for i in ranked):
        first, *rest = (i for i in ranked if evidence[i].paper.key == paper)
        order += [first, *sorted(rest, key=lambda i: (evidence[i].passage.ordinal, evidence[i].at))]
    return order
