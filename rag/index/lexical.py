"""BM25 over words held in memory: what ``Library.match_passages`` finds, in a few milliseconds at 100,000 passages.

Measured 2026-11-22 on two busy cores, natural questions of 12 words over 100,000 passages, p50/p95 in ms: SQLite's FTS5
145/258 (with a guild's fifth 82/125; matching alone 40/75, so no other statement saves it), bm25s 2/34 (with a fifth,
by its mask, 27/44) and this 4/10. bm25s holds no phrases ("R-CNN") and is made anew for every paper that comes (8 s of
CPU); this takes 4 s once and 20 ms a paper, in 75 MB. Small libraries stay with FTS5: it needs no memory.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from threading import Lock

import numpy as np
from numpy.typing import NDArray

from rag.domain.passage import Scope
from rag.store.library import Library
from rag.store.word_cutter import WordCutter
from rag.store.word_places import POSITION_BITS, Stamp, WordChanges, WordPlaces, joined, without_papers
from rag.store.words import words_of

HELD_FROM = 3_000
"""Passages of a library from which its words are held: below, FTS5 takes less than 5 ms."""

READ_BY_A_QUESTION = 1_000
"""Passages that came since, up to which a question takes them in itself (about 0.2 s); more wait for ``catch_up``."""

K1, B = 1.2, 0.75
_LEAST_IDF = 1e-6
"""As in FTS5 (https://sqlite.org/fts5.html, section 5.1.1), where words in most passages count next to nothing."""

_FIRST = np.ones(1, dtype=np.bool_)
_NOWHERE = (np.empty(0, dtype=np.int64), np.empty(0, dtype=np.int64))
_TIMES = 4
_LARGEST = 4_000_000
"""A part is joined to the one before unless that is this many times larger, and no part grows beyond so many places:
each place is copied a few times in its life, and copying takes half a second at most.
"""


class WordIndex:
    """Searches a library by words, from memory where it pays. Threads may share it, and none waits for another.

    Before :meth:`warm`, and whenever memory is behind the library, SQLite answers: always the same answer.
    """

    def __init__(self, library: Library, *, held_from: int = HELD_FROM) -> None:
        self._library = library
        self._held_from = held_from
        self._held: _Held | None = None
        self._warm = False
        self._changing = Lock()
        self._cutter: WordCutter | None = None

    def match_passages(self, words: Sequence[str], *, scope: Scope, limit: int) -> list[tuple[str, float]]:
        """Return (passage id, BM25) of passages that hold any of the words, best first; higher is better.

        See :meth:`rag.store.passages.PassageShelf.match_passages`: the same words, scores and order.
        """
        held = self._fresh()
        if held is None or self._cutter is None:
            return self._library.match_passages(words, scope=scope, limit=limit)
        phrases = list(dict.fromkeys(phrase for word in words if (phrase := " ".join(words_of(word)))))
        return held.matches([cut for cut in self._cutter.cut(phrases) if cut], scope, limit)

    def warm(self) -> None:
        """Hold the library's words from now on; may take seconds in a large library, during which searches go on."""
        self._warm = True
        self.catch_up()

    def catch_up(self) -> None:
        """Once warm: make memory as the library is now. For whoever changed much of it: questions take in a little."""
        if not self._warm:
            return
        with self._changing:
            self._cutter = self._cutter or self._library.word_cutter()
            self._held = self._changed(self._library.word_changes(self._stamps(), least=self._held_from))
            if self._held is not None:
                self._held = self._held.made_of(_merged(self._held.parts))

    def held_passages(self) -> int:
        """Return how many passages are held in memory."""
        return sum(len(part.rows) for part in self._held.parts) if self._held else 0

    def held_parts(self) -> int:
        """Return in how many parts they are held."""
        return len(self._held.parts) if self._held else 0

    def _fresh(self) -> _Held | None:
        """Return what is held if it is, or can soon be, as the library is now."""
        held = self._held
        if held is None or held.revision == self._library.revision():
            return held
        if not self._changing.acquire(blocking=False):
            return None
        try:
            changes = self._library.word_changes(self._stamps(), least=self._held_from, most=READ_BY_A_QUESTION)
            if changes.too_many:
                return None
            self._held = self._changed(changes)
            return self._held
        finally:
            self._changing.release()

    def _stamps(self) -> Mapping[str, Stamp]:
        return self._held.stamps if self._held is not None else {}

    def _changed(self, changes: WordChanges) -> _Held | None:
        if changes.passages < self._held_from:
            return None
        parts = [without_papers(part, changes.gone) for part in (self._held.parts if self._held is not None else ())]
        came = [changes.came] if changes.came is not None else []
        held = [part for part in (*parts, *came) if len(part.rows)]
        return _held(held, changes.revision, changes.stamps, changes.members)


@dataclass(frozen=True, slots=True, eq=False)
class _Held:
    """The words of a library as of one revision. Never changed, so that threads may read it while another is made."""

    revision: int
    stamps: Mapping[str, Stamp]
    members: Mapping[str, frozenset[str]]
    parts: tuple[WordPlaces, ...]
    norms: tuple[NDArray[np.float64], ...]  # of each part, k1 * (1 - b + b * length / mean length)
    total: int
    last: dict[tuple[tuple[str, ...], ...], list[NDArray[np.float64]]] = field(default_factory=dict)

    def made_of(self, parts: Sequence[WordPlaces]) -> _Held:
        """Return the same words in other parts."""
        return _held(parts, self.revision, self.stamps, self.members)

    def matches(self, phrases: Sequence[tuple[str, ...]], scope: Scope, limit: int) -> list[tuple[str, float]]:
        """Return (passage id, BM25) of the best passages in scope that hold any phrase; of equal ones the first."""
        seen = self.members.get(scope.guild, frozenset())
        if scope.paper_keys is not None:
            seen &= frozenset(scope.paper_keys)
        if not seen or not phrases or limit < 1:
            return []
        found = [_best(part, scores, seen, scope, limit) for part, scores in self._scored(phrases)]
        rows, scores, ids = (np.concatenate(column) for column in zip(*found, strict=True))
        order = np.lexsort((rows, -scores))[:limit]
        named = [i.decode() for i in ids[order].tolist()]
        return list(zip(named, scores[order].tolist(), strict=True))

    def _scored(self, phrases: Sequence[tuple[str, ...]]) -> list[tuple[WordPlaces, NDArray[np.float64]]]:
        """Return the parts, each with its passages' scores; those of one question are kept for its next scope."""
        asked = tuple(phrases)
        scores = self.last.get(asked)
        if scores is None:
            scores = self._sums(asked)
            self.last.clear()
            self.last[asked] = scores
        return list(zip(self.parts, scores, strict=True))

    def _sums(self, phrases: Sequence[tuple[str, ...]]) -> list[NDArray[np.float64]]:
        sums = [np.zeros(len(part.rows)) for part in self.parts]
        for phrase in phrases:
            counted = [_counted(part, phrase) for part in self.parts]
            seen = sum(len(passages) for passages, _ in counted)
            idf = float(np.log((self.total - seen + 0.5) / (seen + 0.5)))
            idf = idf if idf > 0 else _LEAST_IDF
            for summed, norm, (passages, times) in zip(sums, self.norms, counted, strict=True):
                summed[passages] += idf * (times * (K1 + 1) / (times + norm[passages]))
        return sums


def _held(
    parts: Sequence[WordPlaces], revision: int, stamps: Mapping[str, Stamp], members: Mapping[str, frozenset[str]]
) -> _Held:
    total = sum(len(part.rows) for part in parts)
    mean = sum(int(part.lengths.sum()) for part in parts) / max(total, 1)
    norms = tuple(np.asarray(K1 * (1 - B + B * part.lengths / (mean or 1.0)), np.float64) for part in parts)
    return _Held(revision, stamps, members, tuple(parts), norms, total)


def _merged(parts: Sequence[WordPlaces]) -> list[WordPlaces]:
    """Join small parts at the end, so that there are never many."""
    merged = list(parts)
    while len(merged) > 1:
        before, last = len(merged[-2].places), len(merged[-1].places)
        if before > _TIMES * last or before + last > _LARGEST:
            break
        merged[-2:] = [joined(merged[-2], merged[-1])]
    return merged


def _counted(part: WordPlaces, phrase: Sequence[str]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the passages that hold a phrase, and how many times each does."""
    places = part.of(phrase[0])
    for step, word in enumerate(phrase[1:], 1):
        places = _followed(places, part.of(word), np.uint32(step))
    if not len(places):
        return _NOWHERE
    passages = places >> POSITION_BITS
    firsts = np.flatnonzero(np.concatenate((_FIRST, passages[1:] != passages[:-1])))
    return passages[firsts].astype(np.int64), np.diff(np.append(firsts, len(passages)))


def _followed(places: NDArray[np.uint32], after: NDArray[np.uint32], step: np.uint32) -> NDArray[np.uint32]:
    """Return those of the places that have one of ``after`` so many steps on; the fewer are looked up in the more."""
    if len(after) < len(places):
        return _among(after - step, places)
    return _among(places + step, after) - step


def _among(wanted: NDArray[np.uint32], held: NDArray[np.uint32]) -> NDArray[np.uint32]:
    if not len(held):
        return held
    there: NDArray[np.bool_] = held[np.minimum(np.searchsorted(held, wanted), len(held) - 1)] == wanted
    return wanted[there]


def _best(
    part: WordPlaces, scores: NDArray[np.float64], seen: frozenset[str], scope: Scope, limit: int
) -> tuple[NDArray[np.int64], NDArray[np.float64], NDArray[np.bytes_]]:
    """Return the rows, scores and ids of one part's best passages in scope, and of all that equal the last."""
    allowed = np.array([key in seen for key in part.keys], dtype=np.bool_)[part.paper_of]
    if scope.kinds is not None:
        wanted = {kind.value for kind in scope.kinds}
        allowed &= np.array([kind in wanted for kind in part.kinds], dtype=np.bool_)[part.kind_of]
    found = np.flatnonzero(allowed & (scores > 0))
    if len(found) > limit:
        among = scores[found]
        found = found[among >= np.partition(among, len(among) - limit)[len(among) - limit]]
    return part.rows[found], scores[found], part.ids[found]
