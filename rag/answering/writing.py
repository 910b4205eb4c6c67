"""Who writes an answer: the model that the guild may ask, else the papers' own sentences, and what is said about it.

A model that fails, cannot be read or writes nothing that holds costs a notice and gives way to quotes; one that is
switched off, or was never set up, to quotes alone. One that says that the passages do not answer is believed.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from rag.answering.case import Case
from rag.answering.extractive import ExtractiveWriter, short_name
from rag.answering.frames import Frames, Instead
from rag.answering.gate import marked, passed
from rag.answering.given import MOST_CHARACTERS, room_for_passages
from rag.answering.judges import JudgeOf, judge_from, no_judge
from rag.answering.model_writer import ModelWriter
from rag.answering.ports import Draft, Evidence, Writer
from rag.answering.questions import Asks
from rag.answering.support import is_english
from rag.domain.answer import Answer, Outcome, Sentence
from rag.domain.stage import Stage, StageKind
from rag.errors import ModelFailed
from rag.language.ports import Finding, Models, NoModels
from rag.settings import Settings

log = logging.getLogger(__name__)

NEAREST = 3
_AS_PRINTED = (Asks.CODE, Asks.RECORD)
"""Addresses and records are quoted, whoever may write."""


def utc_now() -> datetime:
    """Return the time, for the name of a month."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Manner:
    """How a model writes: the best of so many drafts, looked at again by a judge, from so many characters of papers."""

    drafts: int = 1
    judge_of: JudgeOf = no_judge
    characters: int = MOST_CHARACTERS


AS_USUAL = Manner()


def manner_from(settings: Settings) -> Manner:
    """Return how the settings want a model to write. Raises Refused for a support check that nobody knows."""
    room = room_for_passages(settings.llm_context_tokens, settings.llm_output_tokens)
    return Manner(settings.llm_drafts, judge_from(settings.llm_support), room)


class Writing:
    """Makes answers of evidence. ``writer`` takes the place of every other, for tests and measures."""

    def __init__(
        self,
        *,
        frames: Frames,
        models: Models | None = None,
        writer: Writer | None = None,
        manner: Manner = AS_USUAL,
        clock: Callable[[], float] = time.monotonic,
        now: Callable[[], datetime] = utc_now,
    ) -> None:
        self._frames = frames
        self._models = models or NoModels()
        self._writer = writer
        self._quoting = ExtractiveWriter(frames=frames)
        self._manner = manner
        self._clock = clock
        self._now = now

    def answer(self, case: Case, evidence: Sequence[Evidence]) -> Answer:
        """Let the writer write and the gate check; what is left is the answer. Without evidence nobody is asked."""
        if not evidence:
            return self.not_found(case)
        case.told(Stage(StageKind.WRITE, len(evidence)))
        if self._writer is not None:
            return self._answer(self._writer, case, evidence) or self.not_found(case)
        if case.quoting or case.asked.kind in _AS_PRINTED:
            return self._quoted(case, evidence)
        guild = case.scope.guild
        allowed = self._models.of(guild)
        if allowed.model is None:
            absent = self._frames.model_absent(allowed.why_not, Instead.QUOTES, self._now())
            return self._quoted(case, evidence, *absent)
        if case.dead:
            return self._instead(case, evidence, self._frames.model_failed(Instead.QUOTES))
        writer = ModelWriter(
            allowed.model,
            drafts=self._manner.drafts,
            judge=self._manner.judge_of(allowed.model),
            characters=self._manner.characters,
            counted=lambda findings: self._models.count(guild, findings),
            clock=self._clock,
        )
        try:
            answer = self._answer(writer, case, evidence)
        except ModelFailed as failed:
            log.warning("the papers are quoted instead: %s", failed)
            return self._instead(case, evidence, *self._frames.model_silent(failed, Instead.QUOTES, self._now()))
        return answer or self._instead(case, evidence, self._frames.model_unfounded(Instead.QUOTES))

    def not_found(self, case: Case) -> Answer:
        """Return that nothing was found, with the nearest passages."""
        nearest = case.retrieved.hits[:NEAREST]
        named = short_name(case.papers[0]) if len(case.papers) == 1 else ""
        places = [(short_name(hit.paper), hit.passage.first_page) for hit in nearest]
        text = self._frames.not_found(paper=named, narrowed=case.narrowed, nearest=places)
        return Answer("", Outcome.NOT_FOUND, text, nearest=nearest)

    def _answer(self, writer: Writer, case: Case, evidence: Sequence[Evidence]) -> Answer | None:
        """Return what a writer's sentences come to: an answer, its refusal, or None when none of them holds."""

        def shown(growing: Draft) -> None:
            sentences, _ = passed(growing, growing.evidence or evidence, case.shelf)
            case.told(Stage(StageKind.WRITE, len(evidence), marked(sentences)))

        draft = writer.write(case.brief(evidence), shown)
        if draft.refused:
            return replace(self.not_found(case), writer=writer.name, prompt=draft.prompt)
        sentences, citations = passed(draft, draft.evidence or evidence, case.shelf)
        if not citations:
            return None
        outcome = Outcome.GROUNDED if writer.invents else Outcome.QUOTED
        return Answer(
            "",
            outcome,
            marked(sentences),
            sentences,
            citations,
            notices=tuple(self._remarks(draft, sentences)),
            writer=writer.name,
            prompt=draft.prompt,
        )

    def _remarks(self, draft: Draft, sentences: Sequence[Sentence]) -> Iterator[str]:
        if not draft.complete:
            yield self._frames.model_partial()
        if any(one.weak and not is_english(one.text) for one in sentences):
            yield self._frames.model_not_english()

    def _quoted(self, case: Case, evidence: Sequence[Evidence], *notices: str) -> Answer:
        answer = self._answer(self._quoting, case, evidence)
        return replace(answer or self.not_found(case), notices=notices)

    def _instead(self, case: Case, evidence: Sequence[Evidence], *notices: str) -> Answer:
        self._models.count(case.scope.guild, {Finding.QUOTED_INSTEAD: 1})
        return self._quoted(case, evidence, *notices)
