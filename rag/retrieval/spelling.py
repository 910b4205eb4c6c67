"""Typing errors, mended with the words that the library's papers use."""

from __future__ import annotations

from collections.abc import Mapping

from rag.retrieval.english import COMMON, SLIPS
from rag.retrieval.words import word_set

MIN_LENGTH = 5
"""Shorter words are left alone: one letter away from "GAN" stands "gain"."""

SURE_LENGTH = 7
"""Up to this length one error is believed, beyond it two."""

_PREFIXES = word_set("hyper inter intra multi super trans under")
"""These are no trunks: "interal" is not "inter" with an ending."""
_FORMS = word_set("s es d ed ing er ers or ly al ally ity ment ion ions ive y ies")


class Speller:
    """Finds the word that was meant.

    ``vocabulary`` maps lower-case words to the number of passages they stand in. A word that is in it, is common
    English, holds a digit or is short is never touched, slips of question words aside: what the library does not know
    is more often a word of its own than an error. The word meant begins alike. Distance is Damerau's in its restricted
    form (optimal string alignment): 1 up to seven letters, 2 beyond; the smaller distance wins, then the commoner word.
    """

    def __init__(self, vocabulary: Mapping[str, int]) -> None:
        self._vocabulary = vocabulary
        self._by_length: dict[int, list[str]] = {}
        for word in vocabulary:
            if len(word) >= MIN_LENGTH - 1 and word.isalpha():
                self._by_length.setdefault(len(word), []).append(word)
        self._known: dict[str, tuple[str, ...]] = {}

    def knows(self, word: str) -> bool:
        """Return whether the word, or another ending of it, stands in the library."""
        folded = word.casefold()
        return folded in self._vocabulary or any(form in self._vocabulary for form in _other_endings(folded))

    def mend(self, word: str) -> tuple[str, ...]:
        """Return the word or words meant ("growthrate" gives two), () when nothing is wrong or nothing is near."""
        folded = word.casefold()
        if folded.endswith("full") and folded not in self._vocabulary and folded[:-1] in self._vocabulary:
            return (folded[:-1],)  # "usefull" is no sister of "usefully"
        if self.knows(folded):
            return ()
        if folded in SLIPS:
            return (SLIPS[folded],)
        if len(folded) < MIN_LENGTH or not folded.isalpha() or _is_common(folded):
            return ()
        if folded not in self._known:
            self._known[folded] = self._look_up(folded)
        return self._known[folded]

    def _look_up(self, word: str) -> tuple[str, ...]:
        near = self._nearest(word)
        if near is not None and near[0] == 1:
            return (near[1],)
        halves = self._halves(word)
        if halves:
            return halves
        return (near[1],) if near else ()

    def _nearest(self, word: str) -> tuple[int, str] | None:
        from rapidfuzz import process
        from rapidfuzz.distance import OSA

        allowed = 1 if len(word) <= SURE_LENGTH else 2
        choices = [
            other for n in range(len(word) - allowed, len(word) + allowed + 1) for other in self._by_length.get(n, ())
        ]
        found = process.extract(word, choices, scorer=OSA.distance, score_cutoff=allowed, limit=20)
        ranked = [
            (int(distance), -self._vocabulary[other], other) for other, distance, _ in found if other[0] == word[0]
        ]
        best = min(ranked, default=None)
        return (best[0], best[2]) if best else None

    def _halves(self, word: str) -> tuple[str, ...]:
        """Split where both halves are words that stand in at least two passages; the commoner pair wins."""
        pairs = [(word[:cut], word[cut:]) for cut in range(4, len(word) - 3)]
        held = [(min(self._vocabulary.get(half, 0) for half in pair), pair) for pair in pairs]
        best = max(held, default=(0, ("", "")))
        return best[1] if best[0] >= 2 else ()


def _is_common(word: str) -> bool:
    return word in COMMON or not COMMON.isdisjoint(_other_endings(word))


def _other_endings(word: str) -> set[str]:
    """Return likely sister forms: the search stems both, so they are no errors."""
    stems = {word} | {word.removesuffix(form) for form in _FORMS if len(word) - len(form) >= 4}
    stems -= _PREFIXES
    stems |= {stem + "e" for stem in stems} | {stem.removesuffix("e") for stem in stems}
    stems |= {stem[:-1] for stem in stems if len(stem) > 4 and stem[-1:] == stem[-2:-1]}
    return {stem + form for stem in stems for form in ("", *_FORMS)} - {word}
