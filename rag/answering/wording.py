"""Words of a question and of a sentence, brought to one shape so that they can be compared."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain
from typing import NamedTuple

from rag.retrieval.words import GREEK, SHORTENED, STOP_WORDS

_WORD = re.compile(r"[^\W_]+(?:[-'’×][^\W_]+)*")
_ENDINGS = (
    "ization",
    "isation",
    "ionally",
    "ional",
    "ations",
    "ation",
    "ingly",
    "ities",
    "ments",
    "ness",
    "ment",
    "ions",
    "ing",
    "ies",
)
_SHORT_ENDINGS = ("ion", "ity", "ed", "es", "ly", "al", "s", "e", "y")
_SHORTEST_TRUNK = 3
_WORDS_KEPT = 8_192
"""The words of some hundred papers' usual vocabulary: sentences are made of the same ones again and again."""
_ABBREVIATION = (4, 5)
"""Letters of a word that may be the beginning of a longer one: "conv", "norm"."""

_ASKING = """
adding add answer better call called come compare compared comparing comparison convey define defined definition detail
details differ difference different document doing does happen happens idea importance important list main mean meaning
means name percent percentage phenomena phenomenal phenomenon pls please propose proposed purpose question reason
role shows study summarise summarize summary term thing things try trying type types understand versus want whats
"""
FRAME_WORDS = frozenset(_ASKING.split())
"""Words that ask rather than name: they say nothing about where an answer stands."""


class Word(NamedTuple):
    """``text[start:end]`` as written, and the stem by which it is compared. A tuple: a question makes thousands."""

    text: str
    start: int
    end: int
    stem: str


def words_in(text: str) -> tuple[Word, ...]:
    """Return the words of a text with their places; a hyphenated word is one, a possessive "'s" belongs to none."""
    found = []
    for match in _WORD.finditer(text):
        start = match.start()
        bare, stem_ = _bare_and_stem(match.group())
        found.append(Word(bare, start, start + len(bare), stem_))
    return tuple(found)


def content_words(question: str) -> tuple[str, ...]:
    """Return the words of a question that name something, lower case, in order, without repeats.

    When only words are left that ask, single letters among them are what is meant ("what is k", "a").
    """
    written = [w.text for w in words_in(question)]
    kept = [w for w in written if w.casefold() not in STOP_WORDS and w.casefold() not in FRAME_WORDS]
    kept = kept or [w for w in written if len(w) == 1]
    return tuple(dict.fromkeys(w.casefold() for w in kept))


@lru_cache(maxsize=_WORDS_KEPT)
def stem(word: str) -> str:
    """Return a lower-case word without its English ending; crude, equal on both sides of a comparison.

    >>> stem("normalization") == stem("normalize") == stem("normalizing")
    True
    """
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) > _SHORTEST_TRUNK:
            return _bare(word[: -len(ending)])
    for ending in _SHORT_ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= _SHORTEST_TRUNK and not word.endswith("ss"):
            return _bare(word[: -len(ending)])
    return word


@lru_cache(maxsize=256)
def stems_of(text: str) -> frozenset[str]:
    """Return the stems of a text's words; a hyphenated word gives its parts, and itself without hyphens, too.

    Kept for the passages asked about last: each of a passage's sentences is weighed against the whole.
    """
    return frozenset(chain.from_iterable(_stems(_bare_and_stem(word)[0]) for word in _WORD.findall(text)))


def stems_in(words: Iterable[Word]) -> frozenset[str]:
    """Return the stems of words, as :func:`stems_of` does of a text."""
    return frozenset(chain.from_iterable(_stems(word.text) for word in words))


@lru_cache(maxsize=_WORDS_KEPT)
def _bare_and_stem(word: str) -> tuple[str, str]:
    bare = word.removesuffix("'s").removesuffix("’s")
    return bare, stem(bare.casefold().replace("×", "x"))  # "1×1" is what people type as "1x1"


@lru_cache(maxsize=_WORDS_KEPT)
def _stems(word: str) -> frozenset[str]:
    folded = word.casefold()
    own = stem(folded.replace("×", "x"))
    if "-" not in word:
        return frozenset((own,))
    return frozenset((own, stem(folded.replace("-", "")), *(stem(part) for part in folded.split("-"))))


@dataclass(frozen=True, slots=True)
class Rarity:
    """How much a word tells: the logarithm of how few passages hold it, at least 0.1.

    ``frequencies`` maps lower-case words to the number of passages they stand in, ``passages`` is how many there are.
    """

    frequencies: Mapping[str, int]
    passages: int

    def __call__(self, word: str) -> float:
        """Return the weight of one lower-case word; a hyphenated word weighs as its rarest known part."""
        return max(0.1, math.log(1 + self.passages / (self._seen(word) + 0.5)))

    def knows(self, word: str) -> bool:
        """Whether any passage holds the word, its singular or plural, or all parts of a hyphenated one."""
        return self._seen(word) > 0

    def _seen(self, word: str) -> int:
        bare = word.removesuffix("s")
        forms = (word, word + "s", bare, word.removesuffix("es"), word.replace("-", ""), *GREEK.get(word, ""))
        seen = max(self.frequencies.get(form, 0) for form in forms)
        if not seen and "-" in word:
            seen = min(self.frequencies.get(part, 0) for part in word.split("-"))
        if not seen and word in SHORTENED:
            seen = min(self.frequencies.get(part, 0) for part in SHORTENED[word].split())
        return seen


def share_covered(words: Sequence[str], stems: frozenset[str], rarity: Rarity) -> float:
    """Return the share of the words' weight whose stems are there, 0 to 1; 0 for no words."""
    total = sum(rarity(word) for word in words)
    return sum(rarity(word) for word in words if is_there(word, stems)) / total if total else 0.0


def is_there(word: str, stems: frozenset[str]) -> bool:
    """Whether a lower-case word is among the stems, whole, without its hyphens, or in all its parts."""
    if stem(word) in stems or any(letter in stems for letter in GREEK.get(word, "")):
        return True
    if word in SHORTENED and all(stem(part) in stems for part in SHORTENED[word].split()):
        return True
    parts = word.split("-")
    if len(parts) > 1:
        naming = {stem(part) for part in parts if part not in STOP_WORDS}
        loose = len(naming) > 1 and not any(part.isdigit() for part in parts)  # "GPT-4" is not any GPT and any 4
        return stem("".join(parts)) in stems or (loose and naming <= stems)
    return _ABBREVIATION[0] <= len(word) <= _ABBREVIATION[1] and any(known.startswith(word) for known in stems)


def places_of(term: str, sentence: Sequence[Word]) -> list[tuple[int, int]]:
    """Return the (start, end) offsets where a term stands in a sentence, by stems; a single letter keeps its case."""
    wanted = words_in(term)
    if not wanted:
        return []
    size, found = len(wanted), []
    for at in range(len(sentence) - size + 1):
        run = sentence[at : at + size]
        if all(_same(a, b) for a, b in zip(wanted, run, strict=True)):
            found.append((run[0].start, run[-1].end))
    return found


def _same(a: Word, b: Word) -> bool:
    return a.text == b.text if len(a.text) == 1 else a.stem == b.stem


def _bare(trunk: str) -> str:
    """Undo a doubled last letter and what "-ize" and "-ate" leave: normaliz, normal; stopp, stop."""
    for ending in ("iz", "is", "at"):
        if trunk.endswith(ending) and len(trunk) - len(ending) > _SHORTEST_TRUNK:
            return trunk[: -len(ending)]
    if len(trunk) > _SHORTEST_TRUNK and trunk[-1] == trunk[-2] and trunk[-1] not in "ls":
        return trunk[:-1]
    return trunk
