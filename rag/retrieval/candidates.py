"""The two searches that give candidates: by words in SQL, by vectors in the index."""

from __future__ import annotations

import logging
import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from rag.domain.passage import Passage, Scope
from rag.domain.reading import Kind
from rag.errors import IndexBroken, StaleIndex
from rag.index.ports import Embedder, VectorIndex, WordSearch
from rag.retrieval.understanding import Understood
from rag.store.library import Library

log = logging.getLogger(__name__)

DEPTH = 200
"""Candidates of each search: deep enough that both have seen whatever ends in the first ten (architecture.md)."""

DEPTH_OF_NAMED = 60
"""Further candidates from each paper that the question names: about one paper's worth."""

_KEPT = 20_000
"""Passages kept in memory between questions, about 2 KB each."""

_CODE = re.compile(r"\b(?:code|codes|github|gitlab|implement\w*|repo|repository|repositories|source)\b", re.IGNORECASE)
# Passages of code links are no text of the paper: they come only when asked for.

NO_EMBEDDER = "Searched by words only: the embedding model is not installed."
NO_INDEX = "Searched by words only: there is no vector index. `seminar reindex` builds it."
STALE_INDEX = "Searched by words only: the vector index cannot be used. `seminar reindex` rebuilds it."


@dataclass(frozen=True, slots=True)
class Candidates:
    """Scores by passage id. ``dense``: cosine, None for a passage that has no vector. ``passages``: all of them."""

    lexical: dict[str, float]
    dense: dict[str, float | None]
    passages: dict[str, Passage]
    notices: tuple[str, ...] = ()


class Searches:
    """Runs both searches, the same scope in SQL and in the index."""

    def __init__(
        self,
        *,
        library: Library,
        embedder: Embedder | None,
        index: VectorIndex | None,
        words: WordSearch | None = None,
    ) -> None:
        """``words``: what searches by words, else the library itself."""
        self._library = library
        self._words: WordSearch = words or library
        self._embedder = embedder
        self._index = index
        self._kept: tuple[int, dict[str, Passage]] = (-1, {})  # with its revision: threads exchange both at once

    def candidates(self, understood: Understood, scope: Scope, named: Sequence[str]) -> Candidates:
        """Return what either search finds in the scope, and more of the papers named in the question.

        ``scope.paper_keys`` lists the papers that the guild sees; nothing of another paper is returned, whatever
        the index holds.
        """
        scopes = [(scope, DEPTH), *((replace(scope, paper_keys=(key,)), DEPTH_OF_NAMED) for key in named)]
        lexical: dict[str, float] = {}
        for part, limit in scopes:
            lexical |= self._words.match_passages(understood.words, scope=part, limit=limit)
        dense, notices = self._dense(understood.text, scopes, list(lexical))
        passages = self.passages([*lexical, *(i for i in dense if i not in lexical)])
        code = scope.kinds is not None or _CODE.search(understood.text) is not None
        keys = frozenset(scope.paper_keys) if scope.paper_keys is not None else None
        seen = {i: p for i, p in passages.items() if _within(p, scope, keys) and (code or p.kind is not Kind.CODE)}
        return Candidates(
            lexical={i: score for i, score in lexical.items() if i in seen},
            dense={i: score for i, score in dense.items() if i in seen},
            passages=seen,
            notices=notices,
        )

    def passages(self, ids: Sequence[str]) -> dict[str, Passage]:
        """Return those of the passages that exist; repeated questions do not read them again."""
        revision = self._library.revision()
        of, kept = self._kept
        if of != revision or len(kept) > _KEPT:
            _, kept = self._kept = (revision, {})
        kept.update(self._library.passages([i for i in ids if i not in kept]))
        return {i: kept[i] for i in ids if i in kept}

    def _dense(
        self, text: str, scopes: Sequence[tuple[Scope, int]], others: Iterable[str]
    ) -> tuple[dict[str, float | None], tuple[str, ...]]:
        """Return cosines of the nearest passages and of ``others``, or why there are none."""
        if self._embedder is None:
            return {}, (NO_EMBEDDER,)
        if self._index is None:
            return {}, (NO_INDEX,)
        try:
            query = self._embedder.embed([text])[0]
            return self._cosines(self._index, query, scopes, others), ()
        except (IndexBroken, StaleIndex) as error:
            log.warning("vector search failed, searching by words only: %s", error)
            return {}, (STALE_INDEX,)

    def _cosines(
        self,
        index: VectorIndex,
        query: NDArray[np.float32],
        scopes: Sequence[tuple[Scope, int]],
        others: Iterable[str],
    ) -> dict[str, float | None]:
        found: dict[str, float | None] = {}
        for scope, limit in scopes:
            kinds = [kind.value for kind in scope.kinds] if scope.kinds is not None else None
            found |= index.nearest(query, owners=scope.paper_keys or (), kinds=kinds, limit=limit)
        missing = [i for i in others if i not in found]
        vectors = index.vectors(missing) if missing else {}
        return found | {i: float(vectors[i] @ query) if i in vectors else None for i in missing}


def _within(passage: Passage, scope: Scope, keys: Collection[str] | None) -> bool:
    """Say whether a passage is of one of the papers, which are those of the scope as a set, and of its kinds."""
    return (keys is None or passage.paper_key in keys) and (scope.kinds is None or passage.kind in scope.kinds)
