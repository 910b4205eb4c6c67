"""Whether an answer says what a person's answer to the same question says: by words, without a judge.

Measures of reading comprehension (Rajpurkar et al. 2016, SQuAD, section 6.1, as its evaluation script has them): bags
of words without case, articles and punctuation. Of several answers by people the best fitting one counts. They know no
synonyms, so they compare writers on the same questions; a low number alone says little.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rag.domain.answer import Outcome

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rag.domain.answer import Answer

_ARTICLES = frozenset({"a", "an", "the"})
_COMMAND = re.compile(r"\\[a-zA-Z]+")  # gold in LaTeX, pages in letters
_WORD = re.compile(r"\d+(?:[.,]\d+)*|[^\W\d_]+")


@dataclass(frozen=True, slots=True)
class Correctness:
    """How an answer's words agree with a person's. ``recall``: share of the person's words that the answer has; ``f1``:
    of both sides; ``numbers``: share of the person's numbers, None where there are none.
    """

    f1: float
    recall: float
    numbers: float | None


def correctness(answer: Answer, golds: Sequence[str]) -> Correctness | None:
    """Compare what a person reads with what people answered; None without such answers. A refusal is worth 0."""
    golds = [gold for gold in golds if _words(gold)]
    if not golds:
        return None
    said = _words(read_text(answer))
    return max((_compared(said, _words(gold)) for gold in golds), key=lambda one: (one.f1, one.recall))


def read_text(answer: Answer) -> str:
    """Return what an answer says of papers: a model's sentences, or the quotes without the words around them."""
    if answer.outcome is Outcome.GROUNDED:
        return "\n".join(sentence.text for sentence in answer.sentences)
    return "\n".join(citation.quote.text for citation in answer.citations)


def _compared(said: Counter[str], gold: Counter[str]) -> Correctness:
    shared = sum((said & gold).values())
    recall = shared / gold.total()
    precision = shared / said.total() if said else 0.0
    numbers = {word for word in gold if word[0].isdigit()}
    return Correctness(
        f1=2 * precision * recall / (precision + recall) if shared else 0.0,
        recall=recall,
        numbers=len(numbers & set(said)) / len(numbers) if numbers else None,
    )


def _words(text: str) -> Counter[str]:
    plain = _COMMAND.sub(" ", unicodedata.normalize("NFKC", text)).casefold()
    return Counter(word for word in _WORD.findall(plain) if word not in _ARTICLES)
