"""Which of the admitted questions make the set: spread over the template's sections, of many kinds, none twice."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from rag.answering.wording import content_words, stems_of
from rag.domain.template import TemplateField
from rag.questions.fields import FieldMap
from rag.questions.gate import Admitted
from rag.questions.ground import Ground
from rag.questions.likeness import NEAR_MEANING, Likeness, Phrased
from rag.questions.proposal import PURPOSE, WRITTEN
from rag.retrieval.items import items_in

PARTICULAR = 0.4
"""What a question gains that names things of this paper."""
LEAST_PARTICULAR, GENERAL_SHARE = 0.5, 6
"""Of a set, one question in six may name nothing of that kind, and more only where nothing else is left."""
OF_A_KIND = 0.18
"""What it loses for each question of its kind that is in the set."""
GOOD = 0.55
"""Worth from which a question may be a section's second."""
_MOST_NUMBERED = 0.4
"""Share of a set that may be on figures, tables, equations and their like."""
_SHARE = {"topic": 4, "what-if": 12, WRITTEN: 1}
"""Of a kind, one question in so many; in six where nothing else is said."""
_NUMBERED = (
    "figure",
    "table",
    "equation",
    "theorem",
    "algorithm",
    "lemma",
    "proposition",
    "corollary",
    "definition-item",
)


@dataclass(frozen=True, slots=True)
class Placed:
    """An admitted question and the field that it serves, None for none; ``particular`` as :func:`particular` says."""

    admitted: Admitted
    field: TemplateField | None
    score: float
    particular: float = 1.0


def placed(admitted: Sequence[Admitted], fields: FieldMap, ground: Ground) -> list[Placed]:
    """Return the questions with their fields, best first."""
    found = []
    for one in admitted:
        named = next((field for field in fields.fields if field.name == one.proposal.field), None)
        field = named or fields.field_for(one.proposal.topics)
        named_here = particular(one.proposal.text, ground)
        found.append(Placed(one, field, one.proposal.worth + PARTICULAR * named_here, named_here))
    return sorted(found, key=lambda one: (-one.score, one.admitted.proposal.text))


def particular(text: str, ground: Ground) -> float:
    """Return 0 to 1: how much a question names, beside the paper's own name, that stands in it and in few others."""
    own = {word.casefold() for word in ground.own_name.split()}
    rare = [word for word in content_words(text) if ground.rare(word) and word not in own]
    if rare or items_in(text):
        return 1.0 if len(rare) > 1 or items_in(text) else 0.85
    return 0.5 * any(ground.is_term(a, b) for a, b in pairwise(content_words(text)))


class Choosing:
    """Fills one set. ``taken`` are the questions that are in it already."""

    def __init__(self, *, likeness: Likeness, fields: FieldMap, n: int, taken: Sequence[Admitted]) -> None:
        self._likeness = likeness
        self._fields = fields
        self._n = n
        self._taken = list(taken)
        self._chosen: list[Placed] = []
        self._answers: dict[str, Phrased] = {}

    def chosen(self, questions: Sequence[Placed], *, general: bool = True) -> list[Placed]:
        """Return what is in the set by now, in the order of the template: what was chosen before, and these.

        ``general``: fill it up with questions that name nothing particular, where no other is left.
        """
        sections = list(dict.fromkeys(field.section for field in self._fields.fields))
        for least in (GOOD, GOOD, GOOD, GOOD, 0.0):
            for section in sections:
                self._one_of([q for q in questions if q.field is not None and q.field.section == section], least)
        for only_particular in (True, False) if general else (True,):
            while self._one_of(questions, 0.0, only_particular=only_particular):
                pass
        return sorted(self._chosen, key=lambda one: (self._fields.section_place(one.field), -one.score))

    def _one_of(self, questions: Sequence[Placed], least: float, *, only_particular: bool = True) -> bool:
        """Take the best question that may still be taken."""
        if len(self._taken) >= self._n:
            return False
        kinds = Counter(one.admitted.proposal.kind for one in self._chosen)
        general = sum(one.particular < LEAST_PARTICULAR for one in self._chosen)
        served = Counter(one.field for one in self._chosen)
        ranked = sorted(
            questions,
            key=lambda q: -(q.score - OF_A_KIND * kinds[q.admitted.proposal.kind] - OF_A_KIND * served[q.field]),
        )
        for one in ranked:
            if only_particular and one.particular < LEAST_PARTICULAR and general >= self._n // GENERAL_SHARE:
                continue
            if one.admitted.proposal.worth >= least and self._may_be_taken(one, kinds):
                self._taken.append(one.admitted)
                self._chosen.append(one)
                return True
        return False

    def _may_be_taken(self, one: Placed, kinds: Counter[str]) -> bool:
        kind = one.admitted.proposal.kind
        numbered = sum(kinds[name] for name in _NUMBERED)
        if kinds[kind] >= math.ceil(self._n / _SHARE.get(kind, 6)) or (
            kind in _NUMBERED and numbered >= math.ceil(self._n * _MOST_NUMBERED)
        ):
            return False
        if kind == "definition" and any(_share_a_term(one.admitted, other.admitted) for other in self._chosen):
            return False
        said = one.admitted.citations[0].quote.text
        if any(said in {citation.quote.text for citation in other.citations} for other in self._taken):
            return False
        return not any(
            self._likeness.is_same(one.admitted.phrased, other.phrased) or self._answered_alike(one.admitted, other)
            for other in self._taken
        )

    def _answered_alike(self, one: Admitted, other: Admitted) -> bool:
        """Whether two questions in other words have one answer; what the paper is about holds a bit of every answer."""
        if other.proposal.kind == PURPOSE or {one.proposal.kind, other.proposal.kind} & {*_NUMBERED}:
            return False
        if self._likeness.between(one.phrased, other.phrased) < NEAR_MEANING:
            return False
        answers = self._answer(one.expected), self._answer(other.expected)
        return self._likeness.have_one_answer(one.phrased, other.phrased, *answers)

    def _answer(self, expected: str) -> Phrased:
        if expected not in self._answers:
            (self._answers[expected],) = self._likeness.phrased([expected])
        return self._answers[expected]


def _share_a_term(one: Admitted, other: Admitted) -> bool:
    """Whether two questions for definitions ask for much the same term."""
    return other.proposal.kind == "definition" and bool(stems_of(one.proposal.about) & stems_of(other.proposal.about))
