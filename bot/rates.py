"""How often a person and a server may ask and add, so that one of them cannot keep the others waiting."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from bot.errors import TooFast
from bot.settings import BotSettings
from rag.errors import Refused

_MINUTE_S, _HOUR_S = 60.0, 3_600.0
_ROUNDING_S = 1e-6  # who waits for exactly as long as told has waited
PICTURES_A_MINUTE = 20
"""Quotes that a person may open: a picture of a bad page can take seconds, and all servers share who draws."""
BROWSED_A_MINUTE = 30
"""Looks at notes and at how things are: laying long ones out can take a second, and all servers share who does."""
_KEPT = 10_000  # counts in memory; beyond, those whose time is over are forgotten


@dataclass(slots=True)
class _Count:
    """What was used since a moment. When ``per_s`` seconds are over, all is there again."""

    most: int
    per_s: float
    since: float
    used: int = 0

    def left(self, now: float) -> int:
        """Return how much may still be used."""
        if now - self.since >= self.per_s - _ROUNDING_S:
            self.since, self.used = now, 0
        return self.most - self.used


class Rates:
    """Counts questions and adds. ``clock`` gives monotonic seconds."""

    def __init__(self, settings: BotSettings, *, clock: Callable[[], float]) -> None:
        self._settings = settings
        self._clock = clock
        self._counts: dict[tuple[str, ...], _Count] = {}

    def question(self, *, guild: str, person: str) -> None:
        """Count one question. Raises TooFast, and then counts nothing."""
        self._forget_old()
        most = self._settings.questions_per_person_per_minute
        mine = self._free("you", "questions", 1, self._count(("asks", guild, person), most, _MINUTE_S))
        most = self._settings.questions_per_server_per_minute
        ours = self._free("this server", "questions", 1, self._count(("asks", guild), most, _MINUTE_S))
        for count in (mine, ours):
            count.used += 1

    def picture(self, *, guild: str, person: str) -> None:
        """Count one picture of a quote. Raises TooFast."""
        self._forget_old()
        self._free("you", "quotes", 1, self._count(("pictures", guild, person), PICTURES_A_MINUTE, _MINUTE_S)).used += 1

    def browse(self, *, guild: str, person: str) -> None:
        """Count one look at notes or at how things are. Raises TooFast."""
        self._forget_old()
        self._free("you", "requests", 1, self._count(("browses", guild, person), BROWSED_A_MINUTE, _MINUTE_S)).used += 1

    def adds(self, number: int, *, guild: str) -> None:
        """Count papers that are to be added. Raises TooFast, or Refused when so many are never taken at once."""
        self._forget_old()
        most = self._settings.adds_per_server_per_hour
        if number > most:
            reason = f"it names {number} papers, and this server can add {most} an hour"
            raise Refused(what="The add", reason=reason, advice="Add fewer at a time.")
        self._free("this server", "papers", number, self._count(("adds", guild), most, _HOUR_S)).used += number

    def _count(self, key: tuple[str, ...], most: int, per_s: float) -> _Count:
        return self._counts.setdefault(key, _Count(most, per_s, self._clock()))

    def _forget_old(self) -> None:
        if len(self._counts) > _KEPT:
            now = self._clock()
            self._counts = {k: count for k, count in self._counts.items() if count.left(now) < count.most}

    def _free(self, who: str, what: str, number: int, count: _Count) -> _Count:
        now = self._clock()
        if count.left(now) < number:
            wait_s = max(count.since + count.per_s - now, 1.0)
            raise TooFast(who=who, what=what, most=count.most, per_s=count.per_s, wait_s=wait_s)
        return count
