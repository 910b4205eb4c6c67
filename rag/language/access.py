"""Who may ask the language model: every guild for itself, within its month, unless its organisers switched it off."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from datetime import datetime
from functools import partial

from rag.domain.model_use import ModelMonth, month_of
from rag.domain.server import ServerSettings
from rag.errors import StorageFailed
from rag.language.metered import Metered
from rag.language.ports import Allowed, Finding, LanguageModel, WhyNot
from rag.store.library import Library

log = logging.getLogger(__name__)

MONTHS_KEPT = 13
"""A year and the month that runs."""


class GuildModels:
    """The model that is set up, if any, and each guild's use of it. ``clock`` gives aware UTC.

    ``monthly_tokens``: what a guild may use in a calendar month, 0 for no limit. A call that began within it ends.
    """

    def __init__(
        self,
        *,
        model: LanguageModel | None,
        library: Library,
        clock: Callable[[], datetime],
        monthly_tokens: int,
        warm: Callable[[], None] = lambda: None,
    ) -> None:
        """``warm`` loads what the first prompt would wait for; it asks nobody."""
        self.model = model
        self.warm = warm
        self.name = model.name if model is not None else ""
        self.monthly_tokens = monthly_tokens
        self._library = library
        self._clock = clock

    def of(self, guild: str) -> Allowed:
        """Return the model that may be asked for a guild now: set up, not switched off, within its budget."""
        why_not = self._why_not(guild)
        if self.model is None or why_not is not None:
            return Allowed(None, why_not)
        add, still_not = partial(self._add, guild), partial(self._why_not_any_more, guild)
        return Allowed(Metered(self.model, add, still_not))

    def _why_not(self, guild: str) -> WhyNot | None:
        if self.model is None:
            return WhyNot.NONE
        server = self._library.server(guild)
        if not (server.settings if server is not None else ServerSettings()).use_model:
            return WhyNot.OFF
        spent = self.monthly_tokens and self.month(guild).tokens >= self.monthly_tokens
        return WhyNot.SPENT if spent else None

    def _why_not_any_more(self, guild: str) -> WhyNot | None:
        try:
            return self._why_not(guild)
        except StorageFailed as error:  # it was allowed a moment ago
            log.warning("whether a model may still be asked could not be read: %s", error.reason)
            return None

    def count(self, guild: str, findings: Mapping[Finding, int]) -> None:
        """Add what was found in a model's words to the guild's counts of this month."""
        found = {finding.value: number for finding, number in findings.items() if number}
        if not found:
            return
        log.info("found in a model's words for server %s: %s", guild, found)
        try:
            self._library.add_model_findings(guild, month_of(self._clock()), found)
        except StorageFailed as error:  # counts are not worth an answer
            log.warning("findings were not counted: %s", error.reason)

    def month(self, guild: str) -> ModelMonth:
        """Return what a guild used this month, and what was found in the words that it got."""
        return self._library.model_month(guild, month_of(self._clock()))

    def _add(self, guild: str, tokens_in: int, tokens_out: int) -> None:
        now = self._clock()
        self._library.add_model_call(
            guild,
            month_of(now),
            tokens_in=tokens_in,
            tokens_out=tokens_out,
            oldest=month_of(now, before=MONTHS_KEPT - 1),
        )
