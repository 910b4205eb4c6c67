"""Whether quotes say what a sentence says, by words alone: cheap, always on, and honest about what it cannot see.

It compares stems, names, negations and opposites. It knows no synonyms, so a free but true sentence may be marked as
weak; and a false one made of the quote's own words passes. :data:`LEAST_SHARE` says how often each happens. A sentence
in another language than its quotes has no words in common with them: it is weak until a judge says otherwise.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from typing import Protocol

from rag.answering.wording import FRAME_WORDS, Word, stem, stems_of, words_in
from rag.domain.paper import name_form
from rag.retrieval.words import STOP_WORDS, mostly_non_latin, word_set

LEAST_SHARE = 0.4
"""Share of a sentence's telling words that its quotes have to hold; those of the passage around count a quarter.

Measured by docs/make_support_measures.py, 2026-11-21, on what people answered, beside the text in which they found it:
marked are 6 % of 93 of OHR-Bench's and 20 % of 60 of QASPER's (often lists put together from several places), but 43 %
of 60 beside a bare row of a table, whose heading stands elsewhere. Beside the text for another question on the same
paper 1 % of 153 and 3 % of 58 are not marked.
"""
AROUND = 0.25
ASKED = 0.34
"""What a word counts that the question or a paper's name holds, too: it proves little."""
SURE = 0.5
"""What a judge has to give for a sentence to count as supported."""


class Support(StrEnum):
    """``WEAK``: too few words in common, or another language; a judge may say otherwise. ``DOUBTFUL``: a name, or a
    "not", stands on one side only. ``NONE``: the quotes are about something else.
    """

    FULL = "full"
    WEAK = "weak"
    DOUBTFUL = "doubtful"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Grounds:
    """What a sentence may lean on: its quotes, the passages around them, and the names of question and papers."""

    quotes: tuple[str, ...]
    passages: tuple[str, ...] = ()
    names: tuple[str, ...] = ()


class SupportJudge(Protocol):
    """Says how far quotes carry sentences: a cross-encoder, or the model itself."""

    def supports(self, pairs: Sequence[tuple[str, tuple[str, ...]]]) -> Sequence[float]:
        """Return of each (sentence, quotes) 0 to 1. Raises ModelFailed."""
        ...


def support_of(sentence: str, grounds: Grounds) -> Support:
    """Return how far the words of its quotes carry a sentence."""
    quotes = " \n ".join(grounds.quotes)
    if not is_english(sentence):
        return Support.WEAK
    held, around = _stems(quotes), _stems(" \n ".join(grounds.passages))
    neutral = _stems(" \n ".join(grounds.names))
    told = _telling(sentence)
    if told and not any(_stands(word, held) for word in told) and not _digits(sentence) & _digits(quotes):
        return Support.NONE
    if _foreign_names(sentence, (quotes, *grounds.passages, *grounds.names)) or _contradicts(sentence, quotes):
        return Support.DOUBTFUL
    shares = [ASKED if _stands(word, neutral) else 1.0 for word in told]
    held_by = [1.0 if _stands(word, held) else AROUND if _stands(word, around) else 0.0 for word in told]
    worth = sum(share * by for share, by in zip(shares, held_by, strict=True))
    return Support.FULL if told and worth >= LEAST_SHARE * sum(shares) else Support.WEAK


def is_english(text: str) -> bool:
    """Whether a text may be compared with English by its words: not another script, not another language's "and"."""
    if mostly_non_latin(text):
        return False
    words = [word.text for word in words_in(text)]
    english = sum(word.casefold() in _ENGLISH for word in words)
    foreign = sum(word.casefold() in _FOREIGN or (word[0].islower() and _accented(word)) for word in words)
    return foreign == 0 or english > 2 * foreign


def _accented(word: str) -> bool:
    return any(unicodedata.combining(sign) for sign in unicodedata.normalize("NFD", word))


def _telling(sentence: str) -> list[Word]:
    """Return the words that say something, each stem once; numbers are checked elsewhere."""
    kept: dict[str, Word] = {}
    for word in words_in(sentence):
        folded = word.text.casefold()
        plain = folded in STOP_WORDS or folded in FRAME_WORDS or folded in _SAYING or folded.isdigit()
        if not plain and (len(folded) > 1 or not folded.isascii()):
            kept.setdefault(word.stem, word)
    return list(kept.values())


def _stands(word: Word, stems: frozenset[str]) -> bool:
    """Whether a word is there: its stem, all its parts, or a longer or shorter form of it ("norm", "normalise")."""
    if word.stem in stems or stem(word.text.casefold().replace("-", "")) in stems:
        return True
    parts = [stem(part) for part in word.text.casefold().split("-") if part not in STOP_WORDS]
    if len(parts) > 1 and all(part in stems for part in parts):
        return True
    if any(same in stems for same in _SAME.get(word.stem, ())):
        return True
    trunk = word.stem[:_TRUNK]
    return len(word.stem) >= _TRUNK and any(other.startswith(trunk) for other in stems)


def _digits(text: str) -> set[str]:
    return set(re.findall(r"\d+", text))


_TRUNK = 5


@lru_cache(maxsize=64)
def _stems(text: str) -> frozenset[str]:
    return stems_of(unicodedata.normalize("NFKC", text))


def _foreign_names(sentence: str, texts: Sequence[str]) -> list[str]:
    """Return names and acronyms that stand nowhere: neither in the quotes nor around them nor in the question."""
    there = "".join(name_form(text) for text in texts)
    stems = frozenset().union(*(_stems(text) for text in texts))
    found = []
    for n, word in enumerate(words_in(sentence)):
        inside = any(sign.isupper() for sign in word.text[1:]) or any(sign.isdigit() for sign in word.text)
        named = inside or (n > 0 and word.text[:1].isupper() and len(word.text) > 1 and not _begins(sentence, word))
        if named and any(c.isalpha() for c in word.text) and not _name_there(word, there, stems):
            found.append(word.text)
    return found


def _begins(sentence: str, word: Word) -> bool:
    return sentence[: word.start].rstrip(" “\"'(")[-1:] in ("", ".", ":", "!", "?", "•")


def _name_there(word: Word, there: str, stems: frozenset[str]) -> bool:
    form = name_form(word.text)
    return form in there or form.removesuffix("s") in there or _stands(word, stems)


def _contradicts(sentence: str, quotes: str) -> bool:
    """Whether a word is denied on one side and said on the other, or an opposite stands in its place."""
    mine, theirs = _folded(sentence), _folded(quotes)
    here, there = _stems(mine), _stems(theirs)
    denied, turned = _denied(mine), _denied(theirs)
    said, told = here - denied - _without(mine), there - turned - _without(theirs)
    if (denied & told) - turned or (turned & said) - denied:
        return True
    return any(one & here and not one & there and other & there and not other & here for one, other in _OPPOSED)


def _denied(text: str) -> frozenset[str]:
    """Return the stems that are only said after a "not"."""
    return _after(_NOT, text) - _beside(_NOT, text)


def _without(text: str) -> frozenset[str]:
    """Return the stems that come after "removes", "instead of" and their like: neither denied nor simply said."""
    return _after(_TAKEN_AWAY, text)


def _after(pattern: re.Pattern[str], text: str) -> frozenset[str]:
    found: set[str] = set()
    for match in pattern.finditer(text):
        clause = re.split(r"[,;:.()]", text[match.end() : match.end() + _REACH], maxsplit=1)[0]
        found.update(word.stem for word in _denied_in(clause))
    return frozenset(found)


def _beside(pattern: re.Pattern[str], text: str) -> frozenset[str]:
    """Return the stems of a text with what each match reaches cut out."""
    parts: list[str] = []
    at = 0
    for match in pattern.finditer(text):
        if match.start() >= at:
            clause = re.split(r"[,;:.()]", text[match.end() : match.end() + _REACH], maxsplit=1)[0]
            told = _denied_in(clause)
            parts.append(text[at : match.start()])
            at = match.end() + (told[-1].end if told else 0)
    return stems_of(" ".join((*parts, text[at:])))


def _denied_in(clause: str) -> list[Word]:
    return [word for word in words_in(clause) if word.text not in _ARTICLES][:_DENIED]


def _folded(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold().replace("’", "'")


_REACH, _DENIED = 80, 3
"""Characters behind a "not" that are looked at, and the telling words in them that it denies."""
_ARTICLES = frozenset("a an the any be been is are was were all to of in by have has".split())  # noqa: SIM905
_NOT = re.compile(r"\b(?:not(?! only)|never|no|none|neither|nor|cannot|without|unable|fail(?:s|ed)? to|hardly)\b|n't\b")
_TAKEN_AWAY = re.compile(
    r"\b(?:lack\w*|instead of|rather than|unlike|unnecessary|redundant|avoid\w*|eliminat\w+|remov\w+|discard\w*|"
    r"dispens\w+ with|free of|prevent\w*|except|drop(?:s|ped|ping)?|omit\w*|not|no|without|never|n't)\b"
)
_OPPOSITES = """
increase grow raise higher more larger greater improve improvement rise
| decrease reduce lower fewer smaller less worsen degrade drop shrink fall ;
better best outperform | worse worst underperform ;
faster fast accelerate quick | slower slow ;
before | after ;
with | without ;
large big deep deeper | small shallow shallower ;
encoder | decoder ;
supervised | unsupervised ;
linear | nonlinear ;
stable | unstable ;
true correct | false wrong incorrect ;
enable allow permit | prevent forbid block ;
first | last ;
maximum maximize maximise | minimum minimize minimise
"""


def _opposites() -> tuple[tuple[frozenset[str], frozenset[str]], ...]:
    pairs = [row.split("|") for row in _OPPOSITES.split(";")]
    return tuple((frozenset(map(stem, a.split())), frozenset(map(stem, b.split()))) for a, b in pairs)


_OPPOSED = (*_opposites(), *((other, one) for one, other in _opposites()))
_SAME = {
    stem(word): tuple(stem(other) for other in row.split() if other != word)
    for row in (
        "use employ utilize apply adopt",
        "show demonstrate find observe report indicate",
        "propose introduce present",
        "dataset datasets data corpus corpora",
        "model network method approach system architecture framework",
        "train learn optimize",
        "accuracy performance results score",
        "consist contain include comprise",
        "train pretrain",
        "image picture",
        "evaluate test",
    )
    for word in row.split()
}
_SAYING = word_set(
    """
    achieve achieved achieves allow allowing allows authors based both called consists contains different due each
    effectively enable enables enabling ensure ensures first following further furthermore given helping helps
    includes including instead introduced introduces involves made makes making means namely need needed needs new
    one order overall particular particularly presented provide provides rather respectively second set several
    shown shows single specific specifically suggest suggests take taken takes thereby therefore they thus together
    two typically used uses using various via way ways whereas while within
    """
)
_ENGLISH = frozenset(
    """the of and to in is are was were that this it for on by with as from an be not which its their can has have than
    or at these those each because when how what why into also but more between""".split()  # noqa: SIM905
)
_FOREIGN = frozenset(
    """der das und ist nicht ein eine einen einem einer mit für auf den dem des von zu wird werden sind durch oder auch
    el los las del y que es una un por para con no se su como le les et est une dans pour sur au aux qui ne pas sont
    il lo gli di che per non sono della delle nel alla e è o os da do em uma não com dos das mais
    het een van voor niet zijn dat met op ook och är att som inte på av och til ikke på af at er
    nie jest się na do w z i że oraz ten ve bir bu için ile""".split()  # noqa: SIM905
) - frozenset("a in on at no do do me as so i o e y z w is per an was die met op van den con lo".split())  # noqa: SIM905
"""Function words of other languages in Latin letters that are none in English, and no symbols of papers."""
