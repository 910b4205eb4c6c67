"""Measures of question sets, taken from outside: quotes are looked up again on their pages, likeness is counted anew.

Nothing here uses the gate or the choosing of the room; a measure that shares their mistakes measures nothing.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations, pairwise

from rag.domain.question import Origin, QuestionSet
from rag.domain.reading import Page
from rag.domain.template import Template
from rag.index.ports import Embedder
from rag.retrieval.words import STOP_WORDS

NEAR_DUPLICATE = 0.9
"""Cosine (MiniLM) of two questions that ask the same."""
FEW = 0.2
"""A word is particular to a paper when it stands in at most this share of the other papers."""

_OF_QUESTIONS = frozenset(
    ("paper", "authors", "author", "according", "convey", "conclude", "learned", "learn", "section", "state", "stand")
)
_WORD = re.compile(r"[^\W_]+(?:[-’'][^\W_]+)*")
_ITEM = re.compile(
    r"\b(?:Figure|Fig\.|Table|Equation|Eq\.|Theorem|Algorithm|Proposition|Corollary|Lemma|Example|Definition)"
    r" \(?[A-Z]?\d",
    re.I,
)


@dataclass(frozen=True, slots=True)
class SetMeasures:
    """What was seen of one set. ``likeness``: the highest cosine of two of its questions; None without an embedder."""

    title: str
    questions: int
    quotes: int
    found: int
    likeness: float | None
    near_duplicates: int
    particular: int
    sections: int
    silent: int
    seconds: float

    @property
    def is_verified(self) -> bool:
        """Whether every quote of the set was found on its page."""
        return self.found == self.quotes


def measured(
    made: QuestionSet,
    *,
    template: Template,
    pages: Sequence[Page],
    elsewhere: Mapping[str, int],
    others: int,
    embedder: Embedder | None,
    seconds: float,
) -> SetMeasures:
    """Measure one set. ``elsewhere``: in how many of the ``others`` papers each term stands (:func:`terms_of`)."""
    texts = [question.text for question in made.questions]
    quotes = [(one.quote.page, one.quote.text) for question in made.questions for one in question.evidence]
    likenesses = list(_likenesses(texts, embedder))
    of_field = {field.name: section.title for section in template.sections for field in section.fields}
    own = terms_of(" ".join(page.text for page in pages))
    return SetMeasures(
        title=made.paper.title,
        questions=len(texts),
        quotes=len(quotes),
        found=sum(stands_on(text, page, pages) for page, text in quotes),
        likeness=max(likenesses, default=None),
        near_duplicates=sum(likeness >= NEAR_DUPLICATE for likeness in likenesses),
        particular=sum(is_particular(text, own, elsewhere, others) for text in texts),
        sections=len({of_field[q.field] for q in made.questions if q.field in of_field}),
        silent=len(made.silent),
        seconds=seconds,
    )


def stands_on(quote: str, page: int | None, pages: Sequence[Page]) -> bool:
    """Whether a quote stands on a page: letters and digits alone, in their order, without a gap."""
    wanted = _letters(quote)
    return bool(wanted) and any(wanted in _letters(one.text) for one in pages if one.number == page)


def is_particular(question: str, own: frozenset[str], elsewhere: Mapping[str, int], others: int) -> bool:
    """Whether a question names a numbered item, or a term or number of its paper that few other papers hold."""
    if _ITEM.search(question):
        return True
    return any(elsewhere.get(term, 0) <= FEW * others for term in terms_of(question) & own)


def overlap(sets: Iterable[QuestionSet]) -> tuple[int, int]:
    """Return how many questions stand word for word in the sets of two papers, and how many questions there are."""
    seen: dict[str, set[str]] = {}
    count = 0
    for made in sets:
        for question in made.questions:
            count += 1
            if question.origin is Origin.TEMPLATE:
                seen.setdefault(" ".join(question.text.split()).casefold(), set()).add(made.paper.key)
    return sum(len(papers) for papers in seen.values() if len(papers) > 1), count


def table(rows: Sequence[SetMeasures]) -> str:
    """Return the measures as a Markdown table, the last line for all."""
    lines = [
        (
            "| paper | questions | quotes on their page | most alike | near-duplicates | name something particular"
            " | sections | silent fields | seconds |"
        ),
        "|---|---|---|---|---|---|---|---|---|",
    ]
    lines += [_line(row.title, row) for row in rows]
    alike = [row.likeness for row in rows if row.likeness is not None]
    lines.append(
        _line(
            f"**all {len(rows)}**",
            SetMeasures(
                title="",
                questions=sum(row.questions for row in rows),
                quotes=sum(row.quotes for row in rows),
                found=sum(row.found for row in rows),
                likeness=max(alike, default=None),
                near_duplicates=sum(row.near_duplicates for row in rows),
                particular=sum(row.particular for row in rows),
                sections=min((row.sections for row in rows), default=0),
                silent=sum(row.silent for row in rows),
                seconds=max((row.seconds for row in rows), default=0.0),
            ),
        )
    )
    return "\n".join(lines)


def _line(name: str, row: SetMeasures) -> str:
    alike = "" if row.likeness is None else f"{row.likeness:.2f}"
    return (
        f"| {name} | {row.questions} | {row.found} of {row.quotes} | {alike} | {row.near_duplicates}"
        f" | {row.particular} of {row.questions} | {row.sections} | {row.silent} | {row.seconds:.1f} |"
    )


def _likenesses(texts: Sequence[str], embedder: Embedder | None) -> Iterable[float]:
    if embedder is None or len(texts) < 2:
        return ()
    vectors = embedder.embed(list(texts))
    return (float(a @ b) for a, b in combinations(vectors, 2))


def terms_of(text: str) -> frozenset[str]:
    """Return the words and numbers of a text, and pairs of words side by side, without function words."""
    words = [word.casefold() for word in _WORD.findall(text)]
    kept = [word if word not in STOP_WORDS and word not in _OF_QUESTIONS else "" for word in words]
    pairs = (f"{a} {b}" for a, b in pairwise(kept) if len(a) > 2 and len(b) > 2)
    return frozenset((*(word for word in kept if len(word) > 1), *pairs))


def _letters(text: str) -> str:
    folded = unicodedata.normalize("NFKD", text).casefold()
    return "".join(sign for sign in folded if sign.isalnum())
