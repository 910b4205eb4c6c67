"""What is made of one guild's library and kept until the library changes."""

from __future__ import annotations

from collections.abc import Callable
from threading import Lock
from typing import Generic, TypeVar
from weakref import WeakValueDictionary

GUILDS_KEPT = 32
"""A catalogue of twenty papers takes a few megabytes."""

Made = TypeVar("Made")


class KeptByGuild(Generic[Made]):
    """One value for each guild, made by ``make`` and kept while ``revision()`` stays the same, unless it does not
    ``last``: then it is made anew the next time.

    Threads may share it: those that come while a guild's value is made wait for it, and no others.
    """

    def __init__(
        self, revision: Callable[[], int], make: Callable[[str], Made], lasts: Callable[[Made], bool] = lambda _: True
    ) -> None:
        self._revision = revision
        self._make = make
        self._lasts = lasts
        self._kept: dict[str, tuple[int | None, Made]] = {}
        self._lock = Lock()
        self._making: WeakValueDictionary[str, Lock] = WeakValueDictionary()  # for as long as somebody makes one

    def of(self, guild: str) -> Made:
        """Return the guild's value as of now."""
        kept = self._fresh(guild)
        if kept is None:
            with self._lock:
                making = self._making.setdefault(guild, Lock())
            with making:
                kept = self._fresh(guild) or self._anew(guild)
        return kept[1]

    def last(self, guild: str) -> Made | None:
        """Return the value that was made last, at once, though the library may have changed since; None for none."""
        with self._lock:
            kept = self._kept.get(guild)
        return kept[1] if kept is not None else None

    def _fresh(self, guild: str) -> tuple[int | None, Made] | None:
        revision = self._revision()
        with self._lock:
            kept = self._kept.get(guild)
        return kept if kept is not None and kept[0] == revision else None

    def _anew(self, guild: str) -> tuple[int | None, Made]:
        """Make a value under the revision read before it: what changes meanwhile makes it anew the next time."""
        revision, value = self._revision(), self._make(guild)
        made = (revision if self._lasts(value) else None, value)
        with self._lock:
            self._kept.pop(guild, None)
            self._kept[guild] = made
            while len(self._kept) > GUILDS_KEPT:
                self._kept.pop(next(iter(self._kept)))
        return made
