"""A question that leans on its thread, or is not English, rewritten by a model as one that can be searched for alone.

The model sees the last questions and the names of papers, never an answer. What it writes is checked; when it does not
hold, the question is read by rules as it was.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence

from rag.answering.case import MAX_QUESTION
from rag.answering.cleaning import cleaned, stray_links
from rag.answering.given import new_id
from rag.answering.numbers import stray_numbers
from rag.answering.support import is_english
from rag.answering.wording import content_words, stem, stems_of
from rag.domain.answer import Answer
from rag.errors import ModelFailed
from rag.language.as_data import as_data
from rag.language.loose_json import values_in
from rag.language.ports import Finding, LanguageModel, Models
from rag.language.prompts import label_of, prompt
from rag.language.shapes import TEXT, object_of

log = logging.getLogger(__name__)

QUESTIONS, PAPERS = 4, 6
"""Of a thread, that the model sees."""
BEFORE_CHARS, NAMES_CHARS = 500, 120
"""Of a question before, and of all names of one paper, as a model sees them."""
LONGEST = 300
"""Characters of a rewritten question."""
QUESTION_SHAPE = object_of({"question": TEXT}, title="question")
"""The JSON schema of a reply that is one question, for :func:`question_in`."""


class Rephraser:
    """Rewrites with the model that a guild may ask, if any. ``prompt``: the label of what it is asked with."""

    def __init__(self, models: Models, *, make_id: Callable[[], str] = new_id) -> None:
        self.prompt = label_of("rephrase")
        self._models = models
        self._make_id = make_id

    def rephrased(self, question: str, earlier: Sequence[Answer], papers: Sequence[str], *, guild: str) -> str | None:
        """Return the question as it stands alone, in English; "" when no model may be asked or what it writes does not
        hold, None when it does not answer.

        ``papers`` are the names of those that the thread is about.
        """
        model = self._models.of(guild).model
        if model is None:
            return ""
        before = [answer.question for answer in earlier][-QUESTIONS:]
        try:
            written = self._asked(model, question, before, papers)
        except ModelFailed as failed:
            log.warning("a question is read by rules: %s", failed)
            self._models.count(guild, {Finding.FAILED: int(not failed.why_not)})
            return None
        if not _holds(written, question, before, papers):
            self._models.count(guild, {Finding.UNREADABLE: 1})
            return ""
        return written

    def _asked(self, model: LanguageModel, question: str, before: Sequence[str], papers: Sequence[str]) -> str:
        asked = prompt(
            "rephrase",
            QUESTION_SHAPE,
            question=as_data(question, MAX_QUESTION),
            before=[as_data(one, BEFORE_CHARS) for one in before],
            papers=[as_data(name, NAMES_CHARS) for name in papers[:PAPERS]],
            mark=self._make_id(),
        )
        return question_in(model.reply(asked).text)


def question_in(reply: str) -> str:
    """Return the question of a reply: JSON, or one line of text; "" for anything else."""
    for value in values_in(reply):
        if isinstance(value, dict) and isinstance(value.get("question"), str):
            return _line(value["question"])
    lines = [line for line in reply.splitlines() if line.strip()]
    return _line(lines[0]) if len(lines) == 1 and "{" not in reply else ""


def _line(text: str) -> str:
    return cleaned(text[: 4 * LONGEST]).strip("\"“”'").rstrip(".")


def _holds(written: str, question: str, before: Sequence[str], papers: Sequence[str]) -> bool:
    """Whether a rewritten question may be asked: in English, short, with nothing of its own that leads elsewhere."""
    known = (question, *before, *papers)
    if not written or len(written) > LONGEST or not is_english(written) or not content_words(written):
        return False
    if stray_links(written, known) or stray_numbers(written, known, names=known):
        return False
    words = [stem(word) for word in content_words(written)]
    return not is_english(question) or not stems_of(" ".join(known)).isdisjoint(words)
