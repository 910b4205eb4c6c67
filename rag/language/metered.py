"""A language model whose every call is counted for one guild."""

from __future__ import annotations

import logging
from collections.abc import Callable

from rag.errors import ModelFailed, StorageFailed
from rag.language.ports import Heard, LanguageModel, Prompt, Reply, unheard

log = logging.getLogger(__name__)

Count = Callable[[int, int], None]
"""Adds one call with the tokens that went in and came out."""
NO_MORE = "it may not be asked any more: this month's tokens are used up, or it was switched off meanwhile"


class Metered:
    """Hands prompts on and counts what they cost, also those that came to nothing.

    ``allowed`` is asked before each: who holds a model for several calls shall not go on when the month is spent.
    """

    def __init__(self, model: LanguageModel, count: Count, allowed: Callable[[], bool] = lambda: True) -> None:
        self.name = model.name
        self._model = model
        self._count = count
        self._allowed = allowed

    def reply(self, prompt: Prompt, *, heard: Heard = unheard) -> Reply:
        """Return what the model says. Raises ModelFailed when it does not answer usably in its time."""
        if not self._allowed():
            raise ModelFailed(self.name, NO_MORE, passing=False)
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
