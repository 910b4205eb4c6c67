"""Refusals that everybody in a channel reads: told to a person once a minute, however often they try."""

from __future__ import annotations

from collections.abc import Callable

import discord

from bot.errors import TooFast, sentence

AGAIN_S = 60.0
_KEPT = 10_000


class Refusals:
    """Remembers who was told what, where. ``clock`` gives monotonic seconds."""

    def __init__(self, *, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._told_at: dict[tuple[int, int, str], float] = {}

    def first(self, message: discord.Message, error: BaseException) -> bool:
        """Say whether its author was not told this in this channel within the last minute; to wait, in any way."""
        what = type(error).__name__ if isinstance(error, TooFast) else sentence(error)
        return self.first_of(message.channel.id, message.author.id, what)

    def first_of(self, channel: int, person: int, what: str) -> bool:
        """Say whether a person was not told this in a channel within the last minute."""
        now = self._clock()
        if len(self._told_at) >= _KEPT:
            self._told_at = {told: at for told, at in self._told_at.items() if now - at < AGAIN_S}
        told = (channel, person, what)
        if now - self._told_at.get(told, now - AGAIN_S) < AGAIN_S:
            return False
        self._told_at[told] = now
        return True
