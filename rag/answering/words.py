"""Words of a question and of a sentence, brought to one shape so that they can be compared."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

_WORD = re.compile(r"[^\W_]+(?:[-'’][^\W_]+)*")
_ENDINGS = ("ization", "isation", "ations", "ation", "ingly", "ities", "ments", "ness", "ment", "ions", "ing", "ies")
_SHORT_ENDINGS = ("ion", "ity", "ed", "es", "ly", "al", "s", "e", "y")

STOP_WORDS = frozenset(
    """a about above after again all also am an and any are as at be because been before being below between both but by
    can could did do does doing done down during each either for from further get gets give given gives go had has have
    having he her here hers him his how however i if in into is it its itself just let ll make makes many may me might
    more most much must my need no nor not now of off on once one only onto or other our ours out over own per please
    s same shall she should so some such t than that the their theirs them then there these they this those through to
    too under until up upon us use used uses using very via want was we were what when where whether which while who
    whom whose why will with within without would you your yours""".split()
)
FRAME_WORDS = frozenset(
    """answer author authors call called come convey define defined definition describe detail details differ difference
    different document do explain explaining explanation happen happens idea list main mean meaning means name paper
    papers pls propose proposed purpose question reason say says show shows study summarise summarize summary tell thing
    things try trying type types understand work""".split()
)
"""Words that ask rather than name: they say nothing about where an answer stands."""


def words_of(text: str) -> list[str]:
    """Return the words of a text in lower case, hyphenated ones also in their parts.

    >>> words_of("Mask R-CNN's RoIAlign")
    ['mask', 'r-cnn', 'roialign']
    """
    words = []
    for match in _WORD.finditer(text.casefold()):
        word = match.group().replace("’", "'").removesuffix("'s")
        words.append(word)
    return words


def content_words(question: str) -> tuple[str, ...]:
    """Return the words of a question that name something, in order, without repeats."""
    named = [w for w in words_of(question) if w not in STOP_WORDS and w not in FRAME_WORDS]
    return tuple(dict.fromkeys(named))


def stem(word: str) -> str:
    """Return a word without its English ending; crude, equal on both sides of a comparison.

    >>> stem("normalization") == stem("normalize") == stem("normalizing")
    True
    """
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= 4:
            return _bare(word[: -len(ending)])
    for ending in _SHORT_ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= 3 and not word.endswith("ss"):
            return _bare(word[: -len(ending)])
    return word


def stems_of(text: str) -> frozenset[str]:
    """Return the stems of a text's words; a hyphenated word gives its parts and itself without hyphens too."""
    stems: set[str] = set()
    for word in words_of(text):
        stems.add(stem(word))
        if "-" in word:
            stems.add(stem(word.replace("-", "")))
            stems.update(stem(part) for part in word.split("-"))
    return frozenset(stems)


@dataclass(frozen=True, slots=True)
class Rarity:
    """How much a word tells: inverse passage frequency over the library, in nats, at least 0.1."""

    frequencies: Mapping[str, int]
    passages: int

    @classmethod
    def of(cls, frequencies: Mapping[str, int]) -> Rarity:
        """Weigh by how many passages hold each (unstemmed) word."""
        return cls(frequencies, max(frequencies.values(), default=1))

    def __call__(self, word: str) -> float:
        """Return the weight of one word; a hyphenated word weighs as its rarest part that is known."""
        seen = self.frequencies.get(word, 0)
        if not seen and "-" in word:
            seen = min((self.frequencies.get(part, 0) for part in word.split("-")), default=0)
        return max(0.1, math.log(1 + self.passages / (seen + 0.5)))

    def knows(self, word: str) -> bool:
        """Whether the library holds the word, or for a hyphenated word all of its parts, or another form of it."""
        forms = (word, word + "s", word.removesuffix("s"), word.removesuffix("es"), word.replace("-", ""))
        if any(form in self.frequencies for form in forms):
            return True
        parts = word.split("-")
        return len(parts) > 1 and all(part in self.frequencies for part in parts)


def share_covered(words: Sequence[str], stems: frozenset[str], rarity: Rarity) -> float:
    """Return the share of the words' weight whose stems are there, 0 to 1; 0 for no words."""
    total = sum(rarity(word) for word in words)
    if not total:
        return 0.0
    return sum(rarity(word) for word in words if _there(word, stems)) / total


def _there(word: str, stems: frozenset[str]) -> bool:
    if stem(word) in stems or stem(word.replace("-", "")) in stems:
        return True
    parts = word.split("-")
    return len(parts) > 1 and all(stem(part) in stems for part in parts)


def _bare(trunk: str) -> str:
    """Undo a doubled last letter and a final "e" or "iz": normaliz, normal; stopp, stop."""
    for ending in ("iz", "is", "at"):
        if trunk.endswith(ending) and len(trunk) - len(ending) >= 4:
            return trunk[: -len(ending)]
    if len(trunk) > 3 and trunk[-1] == trunk[-2] and trunk[-1] not in "ls":
        return trunk[:-1]
    return trunk
