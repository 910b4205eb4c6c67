"""How often a person and a server may ask and add, so that one of them cannot keep the others waiting."""

from __future__ import annotations

from collections.abc import Callable

from discord.app_commands import Cooldown

from bot.errors import TooFast
from bot.settings import BotSettings

_KEPT = 10_000  # buckets in memory; beyond, those that are full again are forgotten


class Rates:
    """Counts questions and adds. ``clock`` gives monotonic seconds."""

    def __init__(self, settings: BotSettings, *, clock: Callable[[], float]) -> None:
        self._settings = settings
        self._clock = clock
        self._buckets: dict[tuple[str, str], Cooldown] = {}

    def question(self, *, guild: str, person: str) -> None:
        """Count one question. Raises TooFast."""
        person_rate, server_rate = (
            self._settings.questions_per_person_per_minute,
            self._settings.questions_per_server_per_minute,
        )
        mine = self._bucket("you", f"{guild}/{person}", person_rate, 60.0)
        ours = self._bucket("this server", guild, server_rate, 60.0)
        for who, bucket in (("you", mine), ("this server", ours)):
            self._require(who, "questions", bucket, 1)
        for bucket in (mine, ours):
            bucket.update_rate_limit(self._clock())

    def adds(self, number: int, *, guild: str) -> None:
        """Count papers that are to be added. Raises TooFast."""
        bucket = self._bucket("adds", guild, self._settings.adds_per_server_per_hour, 3_600.0)
        self._require("this server", "papers", bucket, number)
        bucket.update_rate_limit(self._clock(), tokens=number)

    def _bucket(self, kind: str, key: str, rate: int, per_s: float) -> Cooldown:
        now = self._clock()
        if len(self._buckets) > _KEPT:
            self._buckets = {k: b for k, b in self._buckets.items() if b.get_tokens(now) < b.rate}
        return self._buckets.setdefault((kind, key), Cooldown(rate, per_s))

    def _require(self, who: str, what: str, bucket: Cooldown, tokens: int) -> None:
        now = self._clock()
        if bucket.get_tokens(now) < tokens:
            wait_s = bucket.get_retry_after(now) or bucket.per
            raise TooFast(who=who, what=what, most=int(bucket.rate), per_s=bucket.per, wait_s=max(wait_s, 1.0))
