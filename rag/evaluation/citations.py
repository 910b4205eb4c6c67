"""Whether the citations of answers stand where they say, checked without the code that made them."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rag.domain.answer import Outcome
from rag.evaluation.correctness import Correctness, correctness

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rag.domain.answer import Answer, Citation
    from rag.evaluation.ports import Shelf
    from rag.evaluation.questions import Question

_HYPHENS = frozenset("-\u00ad\u2010\u2011\u2212")  # typed, soft, hyphen, non-breaking hyphen, minus


@dataclass(frozen=True, slots=True)
class JudgedAnswer:
    """One answered question, judged. The flags are None where the question or the answer has nothing to judge.

    ``on_page``: a citation is on a gold page of a paper that may hold gold; ``first_on_page``: the first one is.
    ``right_paper``: a citation is from a gold paper; ``first_right_paper``: the first one is.
    """

    question: Question
    refused: bool
    citations: int
    verified: int
    on_page: bool | None
    first_on_page: bool | None
    right_paper: bool | None
    first_right_paper: bool | None
    uncited_sentences: int
    sentences: int
    weak: int
    by_model: bool
    correct: Correctness | None = None


@dataclass(frozen=True, slots=True)
class Trust:
    """What the answers of a set are worth. Shares are None where nothing could be judged.

    ``false_refusals``: share of answerable questions refused; ``abstentions``: share of unanswerable ones refused.
    ``page_accuracy`` and its kin: share of the answered questions that have such gold. ``citations_on_refusals`` and
    ``uncited_sentences`` must be 0, ``verified`` 1 (rule four of the house). ``f1``, ``recall`` and ``numbers`` compare
    with what people answered (:mod:`rag.evaluation.correctness`), refusals counted as 0; ``with_answers``: questions
    that have such answers. ``by_model``: answers that a model wrote; ``weak``: share of its sentences that were shown
    as weakly supported.
    """

    asked: int
    answered: int
    citations: int
    verified: float | None
    page_accuracy: float | None
    first_page_accuracy: float | None
    right_paper: float | None
    first_right_paper: float | None
    false_refusals: float | None
    abstentions: float | None
    citations_on_refusals: int
    uncited_sentences: int
    by_model: int = 0
    weak: float | None = None
    with_answers: int = 0
    f1: float | None = None
    recall: float | None = None
    numbers: float | None = None


def judge_answer(
    question: Question, answer: Answer, library: Shelf, *, gold_keys: Sequence[str] | None
) -> JudgedAnswer:
    """Judge one answer. ``gold_keys``: keys of the papers that may hold the gold, None when the set does not say."""
    cited = answer.citations
    right = [gold_keys is None or c.paper.key in gold_keys for c in cited]
    paged = [ok and c.quote.page in question.gold_pages for ok, c in zip(right, cited, strict=True)]
    refused = answer.outcome is Outcome.NOT_FOUND
    pages_known = bool(question.gold_pages) and not refused
    papers_known = bool(question.gold_papers) and not refused
    numbers = {c.number for c in cited}
    return JudgedAnswer(
        question=question,
        refused=refused,
        citations=len(cited),
        verified=sum(stands(c, library) for c in cited),
        on_page=any(paged) if pages_known else None,
        first_on_page=bool(paged and paged[0]) if pages_known else None,
        right_paper=any(right) if papers_known else None,
        first_right_paper=bool(right and right[0]) if papers_known else None,
        uncited_sentences=sum(1 for s in answer.sentences if not s.citations or not set(s.citations) <= numbers),
        sentences=len(answer.sentences),
        weak=sum(sentence.weak for sentence in answer.sentences),
        by_model=answer.outcome is Outcome.GROUNDED,
        correct=correctness(answer, question.answers) if question.answerable else None,
    )


def trust(asked: Sequence[JudgedAnswer]) -> Trust:
    """Sum up the judged answers of a set."""
    citations = sum(a.citations for a in asked)
    by_model = [a for a in asked if a.by_model]
    written = sum(a.sentences for a in by_model)
    correct = [a.correct for a in asked if a.correct is not None]
    return Trust(
        asked=len(asked),
        answered=sum(1 for a in asked if not a.refused),
        citations=citations,
        verified=sum(a.verified for a in asked) / citations if citations else None,
        page_accuracy=_share([a.on_page for a in asked]),
        first_page_accuracy=_share([a.first_on_page for a in asked]),
        right_paper=_share([a.right_paper for a in asked]),
        first_right_paper=_share([a.first_right_paper for a in asked]),
        false_refusals=_share([a.refused for a in asked if a.question.answerable]),
        abstentions=_share([a.refused for a in asked if not a.question.answerable]),
        citations_on_refusals=sum(a.citations for a in asked if a.refused),
        uncited_sentences=sum(a.uncited_sentences for a in asked),
        by_model=len(by_model),
        weak=sum(a.weak for a in by_model) / written if written else None,
        with_answers=len(correct),
        f1=_share([one.f1 for one in correct]),
        recall=_share([one.recall for one in correct]),
        numbers=_share([one.numbers for one in correct]),
    )


def stands(citation: Citation, library: Shelf) -> bool:
    """Whether the quote stands on its page, character by character (in a block, for sources without pages).

    Both sides are compared without white space and hyphens, ligatures resolved (NFKC): what a line break may add
    or take away. Case, digits and punctuation must agree. Never trusts the passage or the answer's own check.
    """
    quote = _bare(citation.quote.text)
    if not quote or citation.passage.paper_key != citation.paper.key:
        return False
    page = citation.quote.page
    if page is not None:
        return any(quote in _bare(p.text) for p in library.pages(citation.paper.key) if p.number == page)
    if library.pages(citation.paper.key):
        return False  # a paper with pages owes its quotes a page
    section = citation.passage.section
    blocks = [block for block in library.blocks(citation.paper.key) if block.section == section]
    return any(quote in _bare(block.text) for block in blocks) or quote in _bare(" ".join(b.text for b in blocks))


def _bare(text: str) -> str:
    composed = unicodedata.normalize("NFKC", text)
    return "".join(c for c in composed if c not in _HYPHENS and not c.isspace())


def _share(flags: Sequence[float | None]) -> float | None:
    known = [flag for flag in flags if flag is not None]
    return sum(known) / len(known) if known else None
