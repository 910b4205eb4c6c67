"""The fields of a template filled from one paper without a model: quotes, or an honest nothing."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from rag.answering.bookshelf import Bookshelf
from rag.answering.ports import Evidence
from rag.answering.quotes import Found
from rag.domain.analysis import Filling
from rag.domain.answer import Answer, Citation
from rag.domain.passage import Hit
from rag.domain.template import TemplateField
from rag.questions.fields import FieldMap
from rag.questions.ground import Ground
from rag.questions.topics import Topic, marks
from rag.studying import things
from rag.studying.seeking import Reader, tells

Ask = Callable[[str], Answer]
"""Asks a question of the paper alone; no model writes the answer."""

MOST_ANSWERED = 2
"""Sentences of a field that only its own question finds."""
_THINGS = frozenset((Topic.EQUATION, Topic.DIAGRAM))
_OF_ALL = frozenset((Topic.PROBLEM, Topic.IDEA, Topic.CONTRIBUTION))
_PURPOSE = "What is this paper about?"
"""Asked where a paper says in no plain words what its problem or its idea is."""
_CLAIMS = re.compile(r"\b(?:we|this (?:paper|work|article)|our)\b", re.IGNORECASE)
_BEGINNING = re.compile(r"abstract|introduction|conclusion", re.IGNORECASE)
_DRAW = re.compile(r"\b(?:draw|sketch|graph|diagram|flow ?chart)", re.IGNORECASE)
_OF_TRAINING = re.compile(r"train|work ?f\w*ow|procedure", re.IGNORECASE)
_TABLE = re.compile(r"\btable|summary|numbers", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Sought:
    """A field with the evidence that was found for it, best first."""

    field: TemplateField
    filling: Filling
    evidence: tuple[Evidence, ...]
    as_printed: bool = False
    """It shows rows of a table: nobody rewrites those."""


class Filler:
    """Fills fields from one paper, in the order in which they are given."""

    def __init__(self, *, ground: Ground, shelf: Bookshelf, reader: Reader, fields: FieldMap, ask: Ask) -> None:
        self._ground = ground
        self._shelf = shelf
        self._reader = reader
        self._fields = fields
        self._ask = ask

    def filled(self, field: TemplateField) -> Sought:
        """Return what the paper says to a field."""
        topics = self._fields.topics(field)
        if Topic.DIAGRAM in topics and _DRAW.search(f"{field.name} {field.hint}"):
            return Sought(field, Filling.NOT_DRAWN, tuple(self._drawn(field)))
        found: list[Evidence] = []
        for topic in topics[:1] + tuple(topic for topic in topics[1:] if topic not in _THINGS):
            found = found or self._told(topic, field)
        found = found or self._answered(field, topics)
        printed = Topic.RESULT in topics and _TABLE.search(f"{field.name} {field.hint}") is not None
        return Sought(field, Filling.SAID if found else Filling.NOT_FOUND, tuple(found), printed)

    def near(self, field: TemplateField) -> list[Hit]:
        """Return the passages that a writer would want to read for a field, the likeliest first."""
        topics = self._fields.topics(field) or ()
        found = [passage for topic in topics for passage in self._reader.near(topic)]
        if not found:
            found = [one.passage for one in self._ask(question_of(field)).citations]
        return [Hit(rank, 0.0, passage, self._ground.paper) for rank, passage in enumerate(dict.fromkeys(found), 1)]

    def _told(self, topic: Topic, field: TemplateField) -> list[Evidence]:
        if topic is Topic.EQUATION:
            return things.equations(self._ground, self._shelf)
        if topic is Topic.DIAGRAM:
            return things.drawings(self._ground, self._shelf)
        if topic is Topic.RESULT and _TABLE.search(f"{field.name} {field.hint}"):
            return [*things.results(self._ground, self._shelf), *self._reader.told(topic, most=MOST_ANSWERED)]
        if topic is Topic.STEPS:
            return [*things.algorithms(self._ground, self._shelf)[:1], *self._reader.told(topic)]
        return self._reader.told(topic)

    def _drawn(self, field: TemplateField) -> list[Evidence]:
        """Return what somebody who draws it would start from: the paper's own figure, else its algorithm."""
        words = f"{field.section} {field.name} {field.hint}"
        if not _OF_TRAINING.search(words):
            return things.drawings(self._ground, self._shelf)
        figure = things.drawings(self._ground, self._shelf, of_training=True)
        return figure or things.algorithms(self._ground, self._shelf)

    def _answered(self, field: TemplateField, topics: Sequence[Topic]) -> list[Evidence]:
        """Ask the paper a field's own question. An answer has to hold words of the topic: the nearest sentences always
        sound a little like one.
        """
        asked = marks()[topics[0]].meaning if topics else question_of(field)
        asked = _PURPOSE if topics and topics[0] in _OF_ALL else asked
        cited = self._ask(asked).citations
        if topics and topics[0] in _OF_ALL:
            cited = tuple(one for one in cited if _tells_of_all(one))
        elif topics:
            cited = tuple(one for one in cited if tells(topics[0], one.quote.text))
        return [Evidence(one.paper, one.passage, Found(one.quote), one.score, 0) for one in cited[:MOST_ANSWERED]]


def _tells_of_all(one: Citation) -> bool:
    """Whether a quote may say what a paper is about: by its words, or by standing where papers say so."""
    said = any(marks()[topic].sentence.search(one.quote.text) for topic in _OF_ALL)
    return said or (
        _CLAIMS.search(one.quote.text) is not None and _BEGINNING.search(" ".join(one.passage.section)) is not None
    )


def question_of(field: TemplateField) -> str:
    """Return the question that a field of a template's own asks of a paper."""
    hint = f" ({field.hint})" if field.hint else ""
    return field.name if field.name.endswith("?") else f"What does the paper say about {field.name}?{hint}"
