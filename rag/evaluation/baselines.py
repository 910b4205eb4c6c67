"""The two baselines that the fused search is judged against, on the very same passages."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from rag.domain.passage import Hit
from rag.store.words import words_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rag.domain.paper import Paper
    from rag.domain.passage import Passage, Scope
    from rag.index.ports import Embedder, VectorIndex


class PassageShelf(Protocol):
    """What the baselines read of :class:`rag.store.library.Library`."""

    def papers(self, guild: str) -> tuple[Paper, ...]:
        """Return the papers that this guild sees."""
        ...

    def passages(self, ids: Sequence[str]) -> dict[str, Passage]:
        """Return passages by id."""
        ...

    def match_passages(self, words: Sequence[str], *, scope: Scope, limit: int) -> list[tuple[str, float]]:
        """Return (passage id, BM25), best first."""
        ...


class LexicalBaseline:
    """BM25 alone: every word of the question, OR-ed, as typed."""

    def __init__(self, *, library: PassageShelf) -> None:
        self._library = library

    def search(self, query: str, scope: Scope, limit: int) -> Sequence[Hit]:
        """Return the passages with the highest BM25."""
        return _hits(self._library, self._library.match_passages(words_of(query), scope=scope, limit=limit), scope)


class DenseBaseline:
    """Cosine alone: embed the question, take the nearest passages. The usual LangChain recipe."""

    def __init__(self, *, library: PassageShelf, embedder: Embedder, index: VectorIndex) -> None:
        self._library = library
        self._embedder = embedder
        self._index = index

    def search(self, query: str, scope: Scope, limit: int) -> Sequence[Hit]:
        """Return the passages nearest to the question."""
        keys = scope.paper_keys
        owners = keys if keys is not None else tuple(p.key for p in self._library.papers(scope.guild))
        kinds = None if scope.kinds is None else tuple(kind.value for kind in scope.kinds)
        vector = self._embedder.embed([query])[0]
        return _hits(self._library, self._index.nearest(vector, owners=owners, kinds=kinds, limit=limit), scope)


def _hits(library: PassageShelf, found: Sequence[tuple[str, float]], scope: Scope) -> list[Hit]:
    passages = library.passages([passage_id for passage_id, _ in found])
    papers = {paper.key: paper for paper in library.papers(scope.guild)}
    known = [(passages[i], score) for i, score in found if i in passages and passages[i].paper_key in papers]
    return [Hit(rank, score, passage, papers[passage.paper_key]) for rank, (passage, score) in enumerate(known, 1)]
