"""Vectors of the texts asked about last: a study group asks the same few papers again and again."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Sequence
from hashlib import blake2b

import numpy as np

from rag.index.ports import Embedder, Vectors

KEPT = 4_096
"""Vectors kept, 1.5 KB each: about 100 questions' sentences in 7 MB, keys included."""
_WHOLE = 16
"""Bytes of a text's hash: two texts that share them are not met with in the life of a machine."""


class RememberingEmbedder:
    """The Embedder port over another one that embeds no text twice as long as it remembers it. Threads may share it.

    Its name, tokens and vectors are those of the other. Not for whole papers: they would push out everything else.
    """

    def __init__(self, embedder: Embedder, *, kept: int = KEPT) -> None:
        self.name = embedder.name
        self._embedder = embedder
        self._kept = kept
        self._lock = threading.Lock()
        self._vectors: OrderedDict[bytes, Vectors] = OrderedDict()

    @property
    def dimension(self) -> int:
        """Length of a vector."""
        return self._embedder.dimension

    @property
    def max_tokens(self) -> int:
        """How many tokens are read."""
        return self._embedder.max_tokens

    def count(self, text: str) -> int:
        """Return how many tokens the text has."""
        return self._embedder.count(text)

    def embed(self, texts: Sequence[str], progress: Callable[[int], None] | None = None) -> Vectors:
        """Return one unit row per text in the order given; ``progress`` is told how many more are done."""
        keys = [blake2b(text.encode("utf-8", "replace"), digest_size=_WHOLE).digest() for text in texts]
        known = self._remembered(keys)
        new = {key: text for key, text in zip(keys, texts, strict=True) if key not in known}
        if progress is not None and (done := len(texts) - len(new)):
            progress(done)
        if new:
            rows = self._embedder.embed(list(new.values()), progress)
            known |= zip(new, rows, strict=True)
            self._remember(dict(zip(new, rows, strict=True)))
        return np.stack([known[key] for key in keys]) if keys else self._embedder.embed([])

    def _remembered(self, keys: Sequence[bytes]) -> dict[bytes, Vectors]:
        """Return the vectors that are kept, and keep them longer."""
        with self._lock:
            known = {key: self._vectors[key] for key in keys if key in self._vectors}
            for key in known:
                self._vectors.move_to_end(key)
        return known

    def _remember(self, rows: dict[bytes, Vectors]) -> None:
        with self._lock:
            for key, row in rows.items():
                self._vectors[key] = row.copy()  # a row of its own: a view would hold on to its neighbours
                self._vectors.move_to_end(key)
            while len(self._vectors) > self._kept:
                self._vectors.popitem(last=False)
