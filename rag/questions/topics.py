"""What a question can be about, and how a field of a template and a sentence of a paper show that they are about it."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from importlib.resources import files


class Topic(StrEnum):
    """Things that templates ask of a paper."""

    PROBLEM = "problem"
    IMPORTANCE = "importance"
    EARLIER = "earlier"
    IDEA = "idea"
    CONTRIBUTION = "contribution"
    TERM = "term"
    DATA = "data"
    CURATION = "curation"
    PREPARATION = "preparation"
    ARCHITECTURE = "architecture"
    DIAGRAM = "diagram"
    COMPONENT = "component"
    EQUATION = "equation"
    CHOICE = "choice"
    STEPS = "steps"
    SETTINGS = "settings"
    HARDWARE = "hardware"
    RESULT = "result"
    METRIC = "metric"
    COMPARISON = "comparison"
    ABLATION = "ablation"
    COST = "cost"
    GENERALIZATION = "generalization"
    SAFETY = "safety"
    COMPLEXITY = "complexity"
    FUTURE = "future"
    LIMIT = "limit"


@dataclass(frozen=True, slots=True)
class Marks:
    """``field``: in the words of a template's field. ``sentence``: in a sentence that says something of it.

    ``meaning`` is compared with fields that have none of those words. ``asked``: a question of the topic that names the
    paper's method, asked with the best such sentence when nothing more particular was found.
    """

    field: re.Pattern[str]
    sentence: re.Pattern[str]
    meaning: str
    asked: str


@lru_cache(maxsize=1)
def marks() -> Mapping[Topic, Marks]:
    """Return the marks of every topic, from ``prompts/topics.toml``."""
    read = tomllib.loads(files("prompts").joinpath("topics.toml").read_text(encoding="utf-8"))
    return {
        topic: Marks(
            field=re.compile("|".join(read[topic]["field"]), re.IGNORECASE),
            sentence=re.compile(rf"\b(?:{'|'.join(read[topic]['sentence']) or '(?!)'})\b", re.IGNORECASE),
            meaning=read[topic]["meaning"],
            asked=read[topic]["asked"],
        )
        for topic in Topic
    }


_NAME_WEIGHT, _HINT_WEIGHT, _SECTION_WEIGHT = 3.0, 1.0, 0.5
_OF_FORM, _IN_HEADING, _CLEAR, _UNCLEAR = 2.5, 1.0, 1.2, 0.5
MAY_BE_SILENT = frozenset(
    (
        Topic.DATA, Topic.CURATION, Topic.PREPARATION, Topic.DIAGRAM, Topic.EQUATION, Topic.STEPS, Topic.SETTINGS,
        Topic.HARDWARE, Topic.METRIC, Topic.ABLATION, Topic.COST, Topic.GENERALIZATION, Topic.SAFETY, Topic.COMPLEXITY,
        Topic.FUTURE,
    )
)  # fmt: skip
"""Topics on which a paper may say nothing. Every paper has a problem and an idea, in whatever words."""
_CLEARLY_MARKED = frozenset(
    (
        Topic.PREPARATION, Topic.SETTINGS, Topic.HARDWARE, Topic.ABLATION, Topic.COST, Topic.SAFETY, Topic.FUTURE,
        Topic.CURATION, Topic.LIMIT, Topic.GENERALIZATION, Topic.EARLIER, Topic.IDEA, Topic.METRIC, Topic.COMPLEXITY,
    )
)  # fmt: skip
"""Topics whose marks seldom stand in sentences on something else."""
LEAST_MEANING = 0.42
"""Cosine (MiniLM) of a field to a topic from which it counts as one, where none of the topic's words stand in it."""


def topics_by_words(name: str, hint: str, section: str) -> tuple[Topic, ...]:
    """Return the topics whose words stand in a field, those of its name first; () for a field of other words."""
    points: dict[Topic, float] = {}
    for topic, found_by in marks().items():
        name_at = found_by.field.search(name)
        found = _NAME_WEIGHT * (name_at is not None) + _HINT_WEIGHT * (found_by.field.search(hint) is not None)
        if found:
            points[topic] = found + _SECTION_WEIGHT * (found_by.field.search(section) is not None)
    best = max(points.values(), default=0.0)
    ranked = sorted(points, key=lambda topic: -points[topic])
    return tuple(topic for topic in ranked if points[topic] >= min(best, _NAME_WEIGHT))


def topics_in(sentence: str, section: str, kinds: Sequence[Topic]) -> tuple[Topic, ...]:
    """Return the topics of a sentence, those of its form first, then those whose marks it holds."""
    points: dict[Topic, float] = dict.fromkeys(kinds, _OF_FORM)
    for topic, found_by in marks().items():
        count = len(found_by.sentence.findall(sentence))
        if count:
            own = _CLEAR if topic in _CLEARLY_MARKED else _UNCLEAR
            in_heading = found_by.field.search(section) is not None
            points[topic] = points.get(topic, 0.0) + own * min(count, 3) + _IN_HEADING * in_heading
    return tuple(sorted(points, key=lambda topic: -points[topic]))


def topics_of_question(
    question: str, sentence: str, section: str, kinds: Sequence[Topic]
) -> tuple[tuple[Topic, ...], tuple[Topic, ...]]:
    """Return the topics that a question fits, by its form, its own words or its section's heading; then the others.

    A sentence on vanishing gradients that names the learning rate, too, makes no question on the settings.
    """
    heading = section.rsplit(" / ", 1)[-1]
    ranked = topics_in(sentence, section, kinds)
    fit = [
        topic
        for topic in ranked
        if topic in kinds or marks()[topic].sentence.search(question) or marks()[topic].field.search(heading)
    ]
    return tuple(fit), tuple(topic for topic in ranked if topic not in fit)


def meanings() -> Iterable[tuple[Topic, str]]:
    """Return the topics with what is compared with fields by meaning."""
    return ((topic, found_by.meaning) for topic, found_by in marks().items())
