"""Language models that propose questions as a test says."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

from rag.domain.question import Question, QuestionSet
from rag.errors import ModelFailed
from rag.language.ports import Prompt
from rag.questions.question_sets import QuestionSets
from rag.store.library import Library
from tests.language.fakes import ScriptedModel, ScriptedModels
from tests.questions.prepared import GLIDE_PAPER, GUILD

Made = tuple[QuestionSets, Library, ScriptedModels]
MODULE = "The gating module consists of two pointwise filters and a shared bias vector."
SIGMOID = "We use a sigmoid activation instead of the usual rectifier to keep the gates between zero and one."
MEMORY = "Compared to LooseNet, GlideNet needs half as much memory for the same accuracy."

RIGHT: dict[str, Any] = {
    "text": "Why would a rectifier be a poor choice for the gates of GlideNet?",
    "field": "Key components",
    "about": "rectifier",
    "expected": "A sigmoid activation keeps the gates between zero and one; the usual rectifier does not.",
    "cites": [{"id": "", "quote": SIGMOID}],
}
SECOND: dict[str, Any] = {
    "text": "What would a gating module with three pointwise filters share, and what not?",
    "field": "",
    "about": "gating module",
    "expected": "The gating module has two pointwise filters and a shared bias vector.",
    "cites": [{"id": "", "quote": MODULE}],
}


def says(*questions: dict[str, Any], **changes: Any) -> Callable[[Prompt], str]:
    """A model that proposes these, each quote from the passage that holds it, else from the first."""

    def said(prompt: Prompt) -> str:
        passages = re.findall(r"<passage (S\w{4}) [^>]*>\n(.*)\n</passage", prompt.user)
        written = []
        for question in questions:
            entry = question | changes
            if isinstance(entry["cites"], list):
                entry["cites"] = [
                    {
                        "id": cite["id"] or next((i for i, text in passages if cite["quote"] in text), passages[0][0]),
                        "quote": cite["quote"],
                    }
                    for cite in entry["cites"]
                ]
            written.append(entry)
        return json.dumps({"questions": written})

    return said


def quoting(*quotes: str) -> list[dict[str, str]]:
    """Return what a question of :func:`says` cites."""
    return [{"id": "", "quote": quote} for quote in quotes]


def made_of(made: Made, said: Callable[[Prompt], str] | str | ModelFailed, n: int = 12) -> QuestionSet:
    sets, _, models = made
    models.model, models.counted = ScriptedModel(said), {}
    return sets.of(GUILD, GLIDE_PAPER, n=n)


def by_model(questions: QuestionSet) -> list[Question]:
    return [question for question in questions.questions if question.prompt]


def of_model(questions: QuestionSet) -> list[str]:
    return [question.text for question in by_model(questions)]
