"""The fields of a template, each with the topics that it asks for."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from rag.domain.template import Template, TemplateField
from rag.index.ports import Embedder
from rag.questions.topics import LEAST_MEANING, Topic, meanings, topics_by_words

_NEAR: Mapping[Topic, tuple[Topic, ...]] = {
    Topic.TERM: (Topic.COMPONENT, Topic.IDEA, Topic.ARCHITECTURE),
    Topic.CHOICE: (Topic.COMPONENT, Topic.ARCHITECTURE, Topic.IDEA),
    Topic.DIAGRAM: (Topic.ARCHITECTURE, Topic.COMPONENT),
    Topic.EQUATION: (Topic.COMPONENT, Topic.ARCHITECTURE),
    Topic.LIMIT: (Topic.GENERALIZATION, Topic.FUTURE, Topic.COMPLEXITY),
    Topic.FUTURE: (Topic.LIMIT, Topic.GENERALIZATION),
    Topic.EARLIER: (Topic.LIMIT, Topic.PROBLEM, Topic.COMPARISON),
    Topic.RESULT: (Topic.COMPARISON, Topic.METRIC),
    Topic.METRIC: (Topic.RESULT,),
    Topic.STEPS: (Topic.SETTINGS,),
    Topic.COMPONENT: (Topic.ARCHITECTURE,),
    Topic.ARCHITECTURE: (Topic.COMPONENT,),
    Topic.IDEA: (Topic.CONTRIBUTION, Topic.PROBLEM),
    Topic.CONTRIBUTION: (Topic.IDEA, Topic.PROBLEM),
    Topic.IMPORTANCE: (Topic.PROBLEM,),
    Topic.COST: (Topic.HARDWARE, Topic.COMPLEXITY),
    Topic.ABLATION: (Topic.RESULT,),
    Topic.PREPARATION: (Topic.DATA,),
    Topic.CURATION: (Topic.DATA,),
}
"""Where a question goes when no field asks for its topic."""
_OF_TRAINING = re.compile(r"work ?f\w*low|training", re.IGNORECASE)


class FieldMap:
    """Which field a topic belongs to. Made from words first, then by meaning."""

    def __init__(self, template: Template, embedder: Embedder | None) -> None:
        self.fields = template.fields
        self._topics = {self._place(field): _topics_of(field) for field in self.fields}
        if embedder is not None:
            self._by_meaning([field for field in self.fields if not self.topics(field)], embedder)

    def topics(self, field: TemplateField) -> tuple[Topic, ...]:
        """Return what a field asks for; () for something that no question here is made for."""
        return self._topics[self._place(field)]

    def field_for(self, topics: Sequence[Topic]) -> TemplateField | None:
        """Return the field that a question of these topics, best first, serves best; None when none does."""
        for topic in topics:
            for rank in (0, 1):
                for field in self.fields:
                    if topic in self.topics(field)[rank : rank + 1 if rank == 0 else None]:
                        return field
        near = [other for topic in topics for other in _NEAR.get(topic, ())]
        return next((field for topic in near for field in self.fields if topic in self.topics(field)), None)

    def section_place(self, field: TemplateField | None) -> tuple[int, int]:
        """Return where a field stands in the template, to sort by; last for none."""
        if field is None:
            return (len(self.fields), 0)
        return (self.fields.index(field), field.number)

    def _by_meaning(self, fields: Sequence[TemplateField], embedder: Embedder) -> None:
        if not fields:
            return
        topics, texts = zip(*meanings(), strict=True)
        vectors = embedder.embed([*texts, *(f"{field.name} {field.hint}".strip() for field in fields)])
        for field, vector in zip(fields, vectors[len(texts) :], strict=True):
            cosines = vectors[: len(texts)] @ vector
            best = int(cosines.argmax())
            if cosines[best] >= LEAST_MEANING:
                self._topics[self._place(field)] = (topics[best],)

    @staticmethod
    def _place(field: TemplateField) -> tuple[str, int, str]:
        return (field.section, field.number, field.name)


def _topics_of(field: TemplateField) -> tuple[Topic, ...]:
    topics = topics_by_words(field.name, " ".join((field.hint, *field.parts)), field.section)
    if Topic.EARLIER in topics:  # "limitations of existing solutions" are not the paper's own
        topics = tuple(topic for topic in topics if topic is not Topic.LIMIT)
    if Topic.DIAGRAM in topics and _OF_TRAINING.search(field.name):
        return (Topic.STEPS, Topic.DIAGRAM)
    return topics
