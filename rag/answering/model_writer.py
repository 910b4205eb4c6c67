"""The writer that asks a language model: it is given passages, and its sentences are checked before they are shown."""

from __future__ import annotations

import logging
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import zip_longest

from rag.answering.checking import Checker, draft_of
from rag.answering.given import MOST_CHARACTERS, Given, fitting, given, new_id
from rag.answering.ports import Brief, Draft, Shown, unshown
from rag.answering.questions import Asks
from rag.answering.replies import ANSWER_SHAPE, REFUSAL, said_in
from rag.answering.support import Support, SupportJudge
from rag.domain.passage import Hit
from rag.errors import ModelFailed
from rag.language.as_data import as_data
from rag.language.ports import Counted, Finding, LanguageModel, Prompt, Reply
from rag.language.prompts import prompt

log = logging.getLogger(__name__)

SHOW_EVERY_S = 0.5
"""A growing reply is looked at this often."""
DRAFTS_WITHIN_S = 60.0
"""No further draft is begun after this, counted from the first."""


def uncounted(_findings: Mapping[Finding, int]) -> None:
    """Count nowhere."""


@dataclass(frozen=True, slots=True)
class _Attempt:
    draft: Draft
    checker: Checker

    @property
    def worth(self) -> tuple[int, int]:
        """Return the sentences that are verified and not weak, and (negative) how many fell."""
        kept = self.checker.sentences
        sure = sum(one.support is Support.FULL for one in kept)
        return sure, len(kept) - self.checker.findings[Finding.SENTENCES]


class ModelWriter:
    """Writes with one model. ``drafts``: how many it makes, of which the best supported is handed in; of several
    none is shown while it grows. ``counted`` is told what was found in each draft. ``make_id`` makes ids for tests.
    """

    invents = True

    def __init__(
        self,
        model: LanguageModel,
        *,
        drafts: int = 1,
        characters: int = MOST_CHARACTERS,
        judge: SupportJudge | None = None,
        counted: Counted = uncounted,
        make_id: Callable[[], str] = new_id,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.name = model.name
        self._model = model
        self._drafts = drafts
        self._characters = characters
        self._judge = judge
        self._counted = counted
        self._make_id = make_id
        self._clock = clock

    def write(self, brief: Brief, shown: Shown = unshown) -> Draft:
        """Return checked sentences only. Raises ModelFailed when no draft could be had."""
        passages = given(fitting(_to_give(brief), characters=self._characters), make_id=self._make_id)
        asked = self.asked(brief, passages)
        began = self._clock()
        attempts: list[_Attempt] = []
        failed: ModelFailed | None = None
        for n in range(max(1, self._drafts)):
            if n and self._clock() - began > DRAFTS_WITHIN_S:
                break
            try:
                attempts.append(self._attempt(asked, passages, brief, shown if self._drafts <= 1 else unshown))
            except ModelFailed as error:
                failed = error
                if error.why_not:
                    break
                self._counted({Finding.FAILED: 1})
        if not attempts:
            raise failed or ModelFailed(self.name, "it did not answer")
        best = max(attempts, key=lambda one: one.worth)  # of equals the first
        return best.draft

    def asked(self, brief: Brief, passages: Sequence[Given]) -> Prompt:
        """Return the prompt for a brief."""
        return prompt(
            "answer",
            ANSWER_SHAPE,
            passages=passages,
            question=as_data(brief.question),
            read_as=as_data(brief.asked.question),
            mark=self._make_id(),
            refusal=REFUSAL,
        )

    def _attempt(self, asked: Prompt, passages: Sequence[Given], brief: Brief, shown: Shown) -> _Attempt:
        names = f"{brief.question} {brief.asked.question}"
        checker = Checker(passages, brief.shelf, question=names, secret=asked.system)
        growing = _Growing(checker, shown, asked.label, self._clock)
        reply: Reply = self._model.reply(asked, heard=growing)
        said = said_in(reply.text)
        checker.take(said.claims)
        if said.refused:
            checker.sentences.clear()  # what stands beside a refusal is not shown: nothing of it is kept
        label = ", ".join(filter(None, (asked.label, checker.judge(self._judge))))
        counts: Counter[Finding] = checker.counted()
        if said.refused:
            counts[Finding.REFUSED] += 1
        if not said.claims and not said.refused:
            counts[Finding.UNREADABLE] += 1
        self._counted({finding: number for finding, number in counts.items() if number})
        draft = replace(draft_of(checker.sentences, prompt=label, refused=said.refused), complete=said.complete)
        return _Attempt(draft, checker)


class _Growing:
    """Hears a reply grow and shows what has passed so far; text is only ever added."""

    def __init__(self, checker: Checker, shown: Shown, label: str, clock: Callable[[], float]) -> None:
        self._checker = checker
        self._shown = shown
        self._label = label
        self._clock = clock
        self._last = clock()

    def __call__(self, text: str) -> None:
        """Hear the whole of the reply so far."""
        now = self._clock()
        if self._shown is unshown or now - self._last < SHOW_EVERY_S:
            return
        self._last = now
        said = said_in(text)
        if not said.refused and self._checker.take(said.claims[: _complete(text, len(said.claims))]):
            self._shown(draft_of(self._checker.sentences, prompt=self._label))


def _complete(text: str, claims: int) -> int:
    """Return how many claims have surely come to their end: of marked text, not the last one."""
    return claims if '"sentences"' in text else max(0, claims - 1)


def _to_give(brief: Brief) -> list[Hit]:
    """Return the passages of the picked evidence, then the other hits; of compared papers, in turns."""
    by_id = {hit.passage.passage_id: hit for hit in brief.hits}
    picked = [
        by_id.get(one.passage.passage_id) or Hit(n, one.score, one.passage, one.paper)
        for n, one in enumerate(brief.evidence, 1)
    ]
    every = list({hit.passage.passage_id: hit for hit in (*picked, *brief.hits)}.values())
    if brief.asked.kind is not Asks.COMPARISON:
        return every
    return list(_in_turns(every))


def _in_turns(hits: Sequence[Hit]) -> Iterator[Hit]:
    papers = dict.fromkeys(hit.paper.key for hit in hits)
    queues = [[hit for hit in hits if hit.paper.key == key] for key in papers]
    for turn in zip_longest(*queues):
        yield from (hit for hit in turn if hit is not None)
