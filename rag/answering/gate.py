"""The gate: the one place through which sentences reach an answer. No citation, no claim."""

from __future__ import annotations

import logging
from collections.abc import Sequence

from rag.answering.bookshelf import Bookshelf
from rag.answering.ports import Draft, Evidence
from rag.domain.answer import Citation, Sentence

log = logging.getLogger(__name__)

WEAK = "(weakly supported)"
"""Stands behind a sentence that its quotes may not carry, wherever the text of an answer is read."""


def passed(
    draft: Draft, evidence: Sequence[Evidence], shelf: Bookshelf
) -> tuple[tuple[Sentence, ...], tuple[Citation, ...]]:
    """Return the draft's sentences that hold, and their citations, numbered in the order in which they are met.

    Each quote is looked up once more, as it will be shown, on the page it names (in its section for sources without
    pages). A sentence that names evidence which was not given, or whose quote is not there, is dropped: that is
    logged, never shown.
    """
    holds = [one.passage.paper_key == one.paper.key and shelf.holds(one.found.quote, one.passage) for one in evidence]
    numbers: dict[int, int] = {}
    sentences: list[Sentence] = []
    for sentence in draft.sentences:
        leans_on = sentence.evidence
        if not leans_on or not all(0 <= i < len(holds) and holds[i] for i in leans_on):
            log.warning("dropped a sentence whose quote is not on its page")
            continue
        for i in leans_on:
            numbers.setdefault(i, len(numbers) + 1)
        sentences.append(Sentence(sentence.text, tuple(numbers[i] for i in leans_on), sentence.weak))
    return tuple(sentences), tuple(_citation(number, evidence[i]) for i, number in numbers.items())


def marked(sentences: Sequence[Sentence]) -> str:
    """Return the sentences as the text of an answer, a line each, with the numbers of their citations."""
    return "\n".join(
        f"{s.text} {''.join(f'[{number}]' for number in s.citations)}{f' {WEAK}' if s.weak else ''}" for s in sentences
    )


def _citation(number: int, one: Evidence) -> Citation:
    return Citation(number, one.paper, one.passage, one.found.quote, round(one.score, 4))
