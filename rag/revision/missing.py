"""What was asked, where a note has an answer only: a language model says it, and a program checks what it says."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from rag.answering.cleaning import stray_links
from rag.answering.frames import Frames, Instead
from rag.answering.given import Given, given, new_id
from rag.answering.numbers import stray_numbers
from rag.answering.rephrasing import QUESTION_SHAPE, question_in
from rag.answering.support import is_english, strange_letters
from rag.answering.wording import content_words, is_there, stems_of
from rag.domain.note import Discussion, Note
from rag.domain.paper import Paper
from rag.domain.passage import Hit
from rag.errors import ModelFailed
from rag.index.ports import Embedder
from rag.language.as_data import as_data
from rag.language.loose_json import objects_in, text_of
from rag.language.ports import Finding, LanguageModel, Models
from rag.language.prompts import prompt
from rag.questions.english import is_one_question
from rag.questions.gate import MIN_KNOWN, own_words, share_known
from rag.questions.likeness import Likeness
from rag.retrieval.names import names_of

log = logging.getLogger(__name__)

PASSAGES = 3
"""That a model sees: those of the sentences nearest to the answer."""
MOST_LINES, LINE_CHARS, TITLE_CHARS = 20, 400, 200
LONGEST = 200
"""Characters of a question."""
MIN_SHARE = 0.75
"""Share of a question's own words that the note and the passages have, of which the passages alone ``MIN_KNOWN``."""
TRAIL = 2
"""Last words of a question of which one stands in the passages: what a note orders to be said comes at the end."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A question that holds, who wrote it and with which prompt; "" for none. ``notices``: why nobody wrote it."""

    question: str = ""
    writer: str = ""
    prompt: str = ""
    notices: tuple[str, ...] = ()


class MissingQuestions:
    """Asks a guild's model what an answer was given to. ``clock`` gives aware UTC. Threads may share it."""

    def __init__(self, models: Models, *, embedder: Embedder | None, clock: Callable[[], datetime]) -> None:
        self._models = models
        self._likeness = Likeness(embedder)
        self._clock = clock
        self._frames = Frames.load()

    def asked(self, guild: str, place: tuple[Discussion, Note], paper: Paper, hits: Sequence[Hit]) -> Asked:
        """Return what was asked, by a model that sees the answer and the passages of ``hits``: one call of it.

        A model that fails, or says what does not hold, asks nothing.
        """
        allowed = self._models.of(guild)
        if allowed.model is None or not hits:
            return Asked(notices=self._frames.model_absent(allowed.why_not, Instead.QUESTION, self._clock()))
        discussion, note = place
        others = [other.question for other in discussion.notes if other.question.strip()]
        try:
            return self._checked(guild, allowed.model, note, paper, hits, others)
        except ModelFailed as error:
            log.warning("no model asked for a note's answer: %s", error.reason)
            self._models.count(guild, {Finding.FAILED: int(not error.why_not)})
            return Asked(notices=self._frames.model_silent(error, Instead.QUESTION, self._clock()))

    def _checked(
        self, guild: str, model: LanguageModel, note: Note, paper: Paper, hits: Sequence[Hit], others: Sequence[str]
    ) -> Asked:
        passages = given({hit.passage.passage_id: hit for hit in hits}.values())
        lines = [as_data(line, LINE_CHARS) for line in note.answer if line.strip()][:MOST_LINES]
        title = as_data(paper.title, TITLE_CHARS)
        asked = prompt("missing", QUESTION_SHAPE, title=title, passages=passages, lines=lines, mark=new_id())
        said = model.reply(asked).text
        question = question_in(said)
        if not question:
            declined = any(not text_of(one.get("question")) for one in objects_in(said, "question"))
            self._models.count(guild, {Finding.REFUSED if declined else Finding.UNREADABLE: 1})
            return Asked()
        if self._is_repeated(question, others):
            return Asked()  # said already, so nothing said
        fault = fault_of(question, lines, passages)
        self._models.count(guild, Counter({Finding.SENTENCES: 1, fault or Finding.KEPT: 1}))
        return Asked(question, model.name, asked.label) if fault is None else Asked()

    def _is_repeated(self, question: str, others: Sequence[str]) -> bool:
        phrased, *rest = self._likeness.phrased([question, *others])
        return any(self._likeness.is_repeated(phrased, other) for other in rest)


def fault_of(question: str, lines: Sequence[str], passages: Sequence[Given]) -> Finding | None:
    """Return why a model's question may not be proposed for an answer's lines; None when it may."""
    paper = passages[0].paper
    names = (paper.title, *names_of(paper))
    texts = [one.passage.text for one in passages]
    if len(question) > LONGEST or not is_one_question(question) or not is_english(question):
        return Finding.UNREADABLE
    if strange_letters(question, names):
        return Finding.UNREADABLE
    if stray_links(question, ()):  # not the note's or the paper's either: a question needs none
        return Finding.LINK
    labels = [one.passage.label or "" for one in passages]
    places = [place for one in passages for place in one.places]
    if stray_numbers(question, (*lines, *texts), names=(*names, *labels), places=places):
        return Finding.NUMBER
    return None if _is_carried(question, lines, (*texts, *names)) else Finding.UNCITED


def _is_carried(question: str, lines: Sequence[str], texts: Sequence[str]) -> bool:
    """Whether a question has hardly a word of its own, and is about the paper up to its end."""
    of_paper, of_note = stems_of(" \n ".join(texts)), stems_of(" \n ".join(lines))
    words = own_words(question) or content_words(question)
    if share_known(words, of_paper) < MIN_KNOWN or share_known(words, of_paper | of_note) < MIN_SHARE:
        return False
    return any(is_there(word, of_paper) for word in words[-TRAIL:])
