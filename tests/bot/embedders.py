"""Embedders for tests: one that remembers, and ones that make trouble, are slow, hold the interpreter, or wait."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from rag.index.choose import embedder_from
from rag.index.ports import Embedder, Vectors

PATIENCE_S = 20.0


class _Behind:
    """The real embedder, with something before it."""

    def __init__(self) -> None:
        inner = embedder_from("minilm")
        assert inner is not None
        self._inner: Embedder = inner
        self.name = inner.name

    @property
    def dimension(self) -> int:
        return self._inner.dimension

    @property
    def max_tokens(self) -> int:
        return self._inner.max_tokens

    def count(self, text: str) -> int:
        return self._inner.count(text)


class Remembering(_Behind):
    """The real embedder, which works out the vector of each text once for all tests."""

    def __init__(self) -> None:
        super().__init__()
        self._known: dict[str, NDArray[np.float32]] = {}

    def embed(self, texts: Sequence[str], progress: Callable[[int], None] | None = None) -> Vectors:
        new = [text for text in dict.fromkeys(texts) if text not in self._known]
        if new:
            self._known |= dict(zip(new, self._inner.embed(new), strict=True))
        if progress is not None:
            progress(len(texts))
        return np.array([self._known[text] for text in texts], dtype=np.float32).reshape(len(texts), self.dimension)


class Troubled(_Behind):
    """The real embedder behind some trouble, which can be switched on when the library is ready."""

    def __init__(self, trouble: Callable[[], None], *, at_once: bool = True) -> None:
        super().__init__()
        self._trouble = trouble
        self.troubled = at_once

    def embed(self, texts: Sequence[str], progress: Callable[[int], None] | None = None) -> Vectors:
        if self.troubled:
            self._trouble()
        return self._inner.embed(texts, progress)


def sleeps(seconds: float) -> Callable[[], None]:
    """Wait without holding anything, as for a disk."""
    return lambda: time.sleep(seconds)


def burns(seconds: float) -> Callable[[], None]:
    """Hold the interpreter again and again, some hundredths of a second at a time, as careless libraries do."""

    def burn() -> None:
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            sum(range(1_000_000))  # one call into C: no other thread runs meanwhile

    return burn


class Gate:
    """Holds the work up until a test opens it."""

    def __init__(self) -> None:
        self.reached = threading.Event()
        self.opened = threading.Event()

    def __call__(self) -> None:
        self.reached.set()
        assert self.opened.wait(PATIENCE_S), "the test forgot the gate"
