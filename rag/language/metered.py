"""A language model whose every call is counted for one guild."""

from __future__ import annotations

import logging
from collections.abc import Callable

from rag.errors import ModelFailed, StorageFailed
from rag.language.ports import Heard, LanguageModel, Prompt, Reply, WhyNot, unheard

log = logging.getLogger(__name__)

Count = Callable[[int, int], None]
"""Adds one call with the tokens that went in and came out."""
NO_MORE = {
    WhyNot.SPENT: "this month's tokens are used up",
    WhyNot.OFF: "it was switched off meanwhile",
    WhyNot.NONE: "none is set up any more",
}


class Metered:
    """Hands prompts on and counts what they cost, also those that came to nothing.

    ``why_not`` is asked before each: who holds a model for several calls shall not go on when the month is spent.
    """

    def __init__(self, model: LanguageModel, count: Count, why_not: Callable[[], WhyNot | None] = lambda: None) -> None:
        self.name = model.name
        self._model = model
        self._count = count
        self._why_not = why_not

    def reply(self, prompt: Prompt, *, heard: Heard = unheard) -> Reply:
        """Return what the model says. Raises ModelFailed when it does not answer usably in its time."""
        if why_not := self._why_not():
            raise ModelFailed(self.name, NO_MORE[why_not], passing=False, asked=False, why_not=why_not)
        try:
            reply = self._model.reply(prompt, heard=heard)
        except ModelFailed as failed:
            if failed.asked:
                self._counted(failed.tokens, 0)
            raise
        self._counted(reply.tokens_in, reply.tokens_out)
        return reply

    def _counted(self, tokens_in: int, tokens_out: int) -> None:
        try:
            self._count(tokens_in, tokens_out)
        except StorageFailed as error:  # it was paid for: whoever asked shall have it
            log.warning("a call of %s was not counted: %s", self.name, error.reason)
