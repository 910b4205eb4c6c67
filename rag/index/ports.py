"""What the rest of the core asks of an index: vectors for texts, and the nearest of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from rag.domain.passage import Scope

Vectors = NDArray[np.float32]
# Vectors: shape (n, dimension), rows of length 1.


class TokenCounter(Protocol):
    """Counts as the embedder counts."""

    @property
    def max_tokens(self) -> int:
        """How many tokens are read, special tokens included; what is longer is cut."""
        ...

    def count(self, text: str) -> int:
        """Return how many tokens the embedder would read for the text, special tokens included, without truncation."""
        ...


@runtime_checkable
class LearnsWords(Protocol):
    """A counter that remembers words: it counts faster when it has met all of a long text's at once."""

    def learn(self, text: str) -> None:
        """Meet the words of a text whose parts will be counted; counts are the same without."""
        ...


class Embedder(TokenCounter, Protocol):
    """Texts to unit vectors. Stateless to its callers; any number of threads may call it, also the first time."""

    name: str  # goes into the collection name: letters, digits, ".", "_", "-"

    @property
    def dimension(self) -> int:
        """Length of a vector."""
        ...

    def embed(self, texts: Sequence[str], progress: Callable[[int], None] | None = None) -> Vectors:
        """Return one unit row per text in the order given; ``progress`` is told how many more are done."""
        ...


class Reranker(Protocol):
    """Scores pairs; higher is more relevant; comparable within one call. Threads may share it."""

    name: str

    def score(self, query: str, texts: Sequence[str]) -> list[float]:
        """Return one score per text."""
        ...


@dataclass(frozen=True, slots=True)
class Vectored:
    """One row for the vector index. ``owner`` is what filters compare: a paper key, or a guild for notes.

    ``digest``: SHA-256 of the text that was embedded, by which it is not embedded again; b"" where nobody knows it.
    """

    id: str
    owner: str
    kind: str
    vector: NDArray[np.float32]
    digest: bytes = b""


class WordSearch(Protocol):
    """A lexical search: the library's own, or one that is quicker and finds the same. Threads may share it."""

    def match_passages(self, words: Sequence[str], *, scope: Scope, limit: int) -> list[tuple[str, float]]:
        """Return (passage id, BM25) of passages in scope that hold any of the words, best first; higher is better."""
        ...


class VectorIndex(Protocol):
    """A rebuildable index of vectors. SQL decides what exists; ids that SQL does not know are ignored by callers.

    Threads may share it, and one may write while others read.
    """

    def upsert(self, rows: Sequence[Vectored]) -> None:
        """Write rows, replacing those with the same id."""
        ...

    def nearest(
        self, query: NDArray[np.float32], *, owners: Sequence[str], kinds: Sequence[str] | None = None, limit: int
    ) -> list[tuple[str, float]]:
        """Return (id, cosine) of the nearest rows whose owner is one of ``owners``, best first."""
        ...

    def vectors(self, ids: Sequence[str]) -> dict[str, NDArray[np.float32]]:
        """Return the stored vectors of those ids that are there."""
        ...

    def delete_owner(self, owner: str) -> None:
        """Remove every row of one owner."""
        ...

    def delete(self, ids: Sequence[str]) -> None:
        """Remove rows by id; unknown ids are no error."""
        ...

    def count(self) -> int:
        """Return the number of rows."""
        ...
