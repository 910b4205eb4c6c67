"""A language model that is left alone for a while after it was down: nobody waits for it again and again."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from rag.errors import ModelFailed
from rag.language.ports import Heard, LanguageModel, Prompt, Reply, unheard

FAILURES = 2
"""In a row, each of them after the retries of its own: one may be chance."""
REST_S = 30.0
"""So long everybody is answered without the model at once; whoever asks next tries it again."""


class Rested:
    """Hands prompts on, from any number of threads; after two failures in a row that may pass, it refuses for 30 s."""

    def __init__(self, model: LanguageModel, clock: Callable[[], float] = time.monotonic) -> None:
        self.name = model.name
        self._model = model
        self._clock = clock
        self._lock = threading.Lock()
        self._failures = 0
        self._rests_until = clock()

    def reply(self, prompt: Prompt, *, heard: Heard = unheard) -> Reply:
        """Return what the model says. Raises ModelFailed when it does not answer usably in its time, or rests."""
        with self._lock:
            left_s = self._rests_until - self._clock()
        if left_s > 0:
            reason = f"it was down just now and is asked again in {left_s:.0f} s"
            raise ModelFailed(self.name, reason, passing=True, asked=False)
        try:
            reply = self._model.reply(prompt, heard=heard)
        except ModelFailed as failed:
            self._failed(passing=failed.passing)
            raise
        self._answered()
        return reply

    def _failed(self, *, passing: bool) -> None:
        with self._lock:
            self._failures = self._failures + 1 if passing else 0
            if self._failures >= FAILURES:
                self._rests_until = self._clock() + REST_S

    def _answered(self) -> None:
        with self._lock:
            self._failures = 0
