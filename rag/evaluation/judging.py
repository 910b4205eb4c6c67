"""Whether a passage holds the gold of a question."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import TYPE_CHECKING

from rag.evaluation.measures import Ranking

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rag.domain.passage import Hit, Passage
    from rag.evaluation.questions import Question

OVERLAP = 0.5
# Half of the shorter text: gold cut in two by a passage border counts for the part that holds more of it.
# Not beyond doubt: of ohr-bench's 609 pairs 106 are not verbatim; of 18 of those read, two held kindred text (a sister
# formula, the same row of another table) and one a fragment. It is the same for every system.
RUN = 3  # words in a row that count as common; single words in the same order are chance
ENOUGH = 6  # common words without which a short passage cannot stand for a longer piece of gold

_WORD = re.compile(r"[^\W_]+")


@dataclass(frozen=True, slots=True)
class Gold:
    """What a question's gold is in one library: passage id -> the pieces of gold that it holds.

    ``missing`` are pieces of gold that no passage holds (the reading dropped or garbled them).
    """

    passages: dict[str, frozenset[int]]
    pieces: int
    missing: int

    @property
    def judgeable(self) -> bool:
        """Whether a ranking can be measured against it."""
        return bool(self.passages)


def gold_of(question: Question, passages: Sequence[Passage], *, paper_keys: Sequence[str] | None) -> Gold:
    """Find the gold among the passages. ``paper_keys``: the papers that may hold it, None for any.

    Texts decide where a question has them, within its gold pages where it has both. Else each gold page is a
    piece, held by every passage on it; else each gold paper is (a comparison needs both), held by all its passages.
    """
    allowed = [p for p in passages if paper_keys is None or p.paper_key in paper_keys]
    if question.gold_texts:
        held = [_holding(text, _on_pages(allowed, question.gold_pages)) for text in question.gold_texts]
    elif question.gold_pages:
        held = [[p.passage_id for p in _on_pages(allowed, (page,))] for page in question.gold_pages]
    elif question.gold_papers:
        keys = dict.fromkeys(paper_keys) if paper_keys is not None else {}
        held = [[p.passage_id for p in allowed if p.paper_key == key] for key in keys]
    else:
        held = []
    pieces: dict[str, frozenset[int]] = {}
    for index, ids in enumerate(held):
        for passage_id in ids:
            pieces[passage_id] = pieces.get(passage_id, frozenset()) | {index}
    found = sum(1 for ids in held if ids)
    return Gold(passages=pieces, pieces=found, missing=len(held) - found)


def judged(hits: Sequence[Hit], gold: Gold) -> Ranking:
    """Judge a result against the gold."""
    found = tuple(gold.passages.get(hit.passage.passage_id, frozenset()) for hit in hits)
    return Ranking(found=found, pieces=gold.pieces, relevant=len(gold.passages))


def holds(passage: str, gold: str) -> bool:
    """Whether the passage holds the gold: common runs of words make up half of the shorter of the two.

    Words are compared in order, case and punctuation aside, after NFKC; runs shorter than ``RUN`` do not count.
    """
    return _overlaps(_words(passage), _words(gold))


def _holding(gold: str, passages: Sequence[Passage]) -> list[str]:
    words = _words(gold)
    return [p.passage_id for p in passages if _overlaps(_words(p.text), words)]


def _on_pages(passages: Sequence[Passage], pages: Sequence[int]) -> list[Passage]:
    """Keep passages that touch one of the pages; all of them when there are none to touch or none are known."""
    return [p for p in passages if not pages or p.first_page is None or any(_touches(p, page) for page in pages)]


def _touches(passage: Passage, page: int) -> bool:
    first = passage.first_page or 0
    return first <= page <= (passage.last_page or first)


def _overlaps(passage: list[str], gold: list[str]) -> bool:
    shorter = min(len(passage), len(gold))
    wanted = max(OVERLAP * shorter, min(ENOUGH, len(gold)))
    if not shorter or sum((Counter(passage) & Counter(gold)).values()) < wanted:
        return False  # cheap, and exact: runs cannot hold more words than the bags share
    run = min(RUN, len(gold))
    blocks = SequenceMatcher(None, passage, gold, autojunk=False).get_matching_blocks()
    return sum(block.size for block in blocks if block.size >= run) >= wanted


def _words(text: str) -> list[str]:
    return _WORD.findall(unicodedata.normalize("NFKC", text).casefold())
