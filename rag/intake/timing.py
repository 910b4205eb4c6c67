"""How long each stage of an add took."""

from __future__ import annotations

from time import monotonic


class Timer:
    """Milliseconds by stage: fetch, read, embed, store; a stage may be entered several times.

    What was fetched and read before its turn counts with its stage, and not with the total.
    """

    def __init__(self) -> None:
        self._start = monotonic()
        self._spent = dict.fromkeys(("fetch", "read", "embed", "store"), 0.0)

    def start(self) -> None:
        """Count the total from now."""
        self._start = monotonic()

    def stage(self, name: str) -> _Stage:
        """Count the time of a ``with`` block towards a stage."""
        return _Stage(self._spent, name)

    def took_ms(self) -> dict[str, float]:
        """Return the milliseconds of each stage, and in total since the start."""
        stages = {**self._spent, "total": monotonic() - self._start}
        return {name: round(seconds * 1_000, 1) for name, seconds in stages.items()}


class _Stage:
    def __init__(self, spent: dict[str, float], name: str) -> None:
        self._spent, self._name, self._start = spent, name, 0.0

    def __enter__(self) -> None:
        self._start = monotonic()

    def __exit__(self, *_exception: object) -> None:
        self._spent[self._name] += monotonic() - self._start
