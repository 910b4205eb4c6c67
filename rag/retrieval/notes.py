"""The group's notes that speak to a question. What they say is what people said, never proof."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from functools import lru_cache
from itertools import islice

from rag.domain.note import NoteHit, NoteStatus
from rag.errors import IndexBroken, StaleIndex
from rag.index.ports import Embedder, VectorIndex
from rag.retrieval.catalogue import Catalogue, Catalogues
from rag.retrieval.fusion import fused
from rag.retrieval.signals import idf, stem
from rag.retrieval.understanding import Understood, understand
from rag.retrieval.words import content_words
from rag.store.library import Library

log = logging.getLogger(__name__)

NOTE_KIND = "note"
"""The kind under which notes stand in the vector index; their owner there is the guild."""

DEPTH = 50

MIN_COSINE_WITHOUT_WORDS = 0.6
"""A note that shares no word with the question is shown from this cosine only: short notes resemble much."""

MIN_COSINE = 0.45
"""With a word in common this cosine is enough: unrelated pairs of MiniLM seldom reach it."""

MIN_COVERAGE = 0.5
"""A note is shown when it holds this share of the question's words, by idf, or is this close in meaning."""

MIN_COSINE_WITH_WORDS = 0.3
"""Below it words in common are chance."""


class NoteSearch:
    """Searches the notes of one guild at a time. Without vectors it goes by words."""

    def __init__(
        self,
        *,
        library: Library,
        embedder: Embedder | None = None,
        index: VectorIndex | None = None,
        catalogues: Catalogues | None = None,
    ) -> None:
        self._library = library
        self._embedder = embedder
        self._index = index
        self._catalogues = catalogues or Catalogues(library)

    def search(
        self, query: str, *, guild: str, paper_keys: Sequence[str] | None = None, limit: int = 3
    ) -> tuple[NoteHit, ...]:
        """Return the guild's answered notes that speak to the question, best first; often none.

        ``paper_keys``: only notes of discussions tied to one of these papers; None for all. Questions that the group
        left open and blank items are never returned: they say nothing.
        """
        catalogue = self._catalogues.of(guild)
        understood = understand(query, catalogue, lambda _: {})
        lexical = dict(self._library.match_notes(understood.words, guild=guild, limit=DEPTH))
        dense = self._dense(understood.text, guild, list(lexical))
        held = self._library.notes(list(dict.fromkeys([*lexical, *dense])), guild=guild)
        said = {
            i: pair
            for i, pair in held.items()
            if pair[1].status in (NoteStatus.ANSWERED, NoteStatus.NO_QUESTION)
            and (paper_keys is None or pair[0].paper_key in paper_keys)
        }
        scores = fused({i: s for i, s in lexical.items() if i in said}, {i: s for i, s in dense.items() if i in said})
        best = sorted(scores, key=lambda i: -scores[i])
        texts = {i: f"{d.title} {n.question} {' '.join(n.answer)}" for i, (d, n) in said.items()}
        speaking = (i for i in best if _speaks_to(understood, texts[i], dense.get(i), catalogue))
        shown = islice(speaking, limit)
        return tuple(NoteHit(discussion=said[i][0], note=said[i][1], score=scores[i]) for i in shown)

    def _dense(self, text: str, guild: str, others: Sequence[str]) -> dict[str, float | None]:
        if self._embedder is None or self._index is None or not text:
            return {}
        try:
            query = self._embedder.embed([text])[0]
            nearest = self._index.nearest(query, owners=[guild], kinds=[NOTE_KIND], limit=DEPTH)
            found: dict[str, float | None] = dict(nearest)
            vectors = self._index.vectors([i for i in others if i not in found])
        except (IndexBroken, StaleIndex) as error:
            log.warning("vector search of notes failed, searching by words only: %s", error)
            return {}
        return found | {i: float(vector @ query) for i, vector in vectors.items()}


def _speaks_to(understood: Understood, note: str, cosine: float | None, catalogue: Catalogue) -> bool:
    """Whether a note is worth showing: close in meaning, or sharing enough of the question's rare words."""
    shared = _coverage(understood.text, note, catalogue)
    if cosine is None:
        return shared >= MIN_COVERAGE
    if cosine >= (MIN_COSINE if shared else MIN_COSINE_WITHOUT_WORDS):
        return True
    return cosine >= MIN_COSINE_WITH_WORDS and shared >= MIN_COVERAGE


def _coverage(question: str, text: str, catalogue: Catalogue) -> float:
    """Return the share of the question's idf mass that stands in a text, 0 to 1."""
    wanted, held = _stems_of(question), _stems_of(text)
    mass = {word: idf(min(catalogue.stems.get(word, 0), catalogue.passages), catalogue.passages) for word in wanted}
    return sum(mass[word] for word in wanted & held) / (sum(mass.values()) or 1.0)


@lru_cache(maxsize=512)
def _stems_of(text: str) -> frozenset[str]:
    """Return the stems of a text's content words; kept, as every question is held against the same notes."""
    return frozenset(stem(word) for word in content_words(text))
