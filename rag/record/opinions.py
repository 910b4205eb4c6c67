"""What readers made of the answers: for members in numbers, for organisers the questions that went wrong."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from rag.domain.opinion import Disliked, Tally
from rag.store.library import Library

LATELY = timedelta(days=7)


class Opinions:
    """Opinions by guild; none is seen by another, and nobody learns whose they are. ``clock`` gives aware UTC."""

    def __init__(self, *, library: Library, clock: Callable[[], datetime]) -> None:
        self._library = library
        self._clock = clock

    def tally(self, guild: str) -> Tally:
        """Return how many answers the guild had in the last week, and how often each verdict was given."""
        lately = self._library.answer_count(guild, self._clock() - LATELY)
        return Tally(lately=lately, verdicts=self._library.verdict_counts(guild))

    def disliked(self, guild: str, limit: int = 5) -> tuple[Disliked, ...]:
        """Return the answers found not helpful or wrongly cited, newest first; what was asked in private never is."""
        return self._library.disliked_answers(guild, limit=limit)
