"""Time and ids of the fake Discord: ids are decimal strings that grow with time, as Discord's snowflakes do."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

EPOCH_MS = 1_420_070_400_000
"""https://docs.discord.com/developers/reference#snowflakes"""


class Clock:
    """The fake's clock: the machine's, moved on by what a test lets pass at once."""

    def __init__(self) -> None:
        self._ahead = timedelta()

    def now(self) -> datetime:
        """Return the time, aware."""
        return datetime.now(UTC) + self._ahead

    def pass_time(self, **amount: float) -> None:
        """Let time pass at once, in ``timedelta``'s words: ``pass_time(minutes=16)``."""
        self._ahead += timedelta(**amount)


class Snowflakes:
    """Gives ids, each greater than the one before."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._last = 0

    def new(self) -> str:
        """Return a new id."""
        now_ms = int(self._clock.now().timestamp() * 1000)
        self._last = max(self._last + 1, (now_ms - EPOCH_MS) << 22)
        return str(self._last)
