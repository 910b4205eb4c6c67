"""What a text says and what it denies, word by word: "is not used", "without", "increases" where another "reduces"."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from rag.answering.wording import FRAME_WORDS, Word, stem, stems_of, words_in
from rag.retrieval.words import STOP_WORDS, word_set


def contradicts(clause: str, quotes: str) -> bool:
    """Whether a word is denied on one side and said on the other, or an opposite stands in its place."""
    mine = _folded(clause)
    theirs = _nearest(mine, _folded(quotes))
    here, there = stems_in(mine), stems_in(theirs)
    denied, turned = _denied(mine), _denied(theirs)
    said, told = here - denied - _without(mine), there - turned - _without(theirs)
    if (denied & told) and not _denies(theirs, denied):
        return True
    if (turned & said) and not _denies(mine, turned):
        return True
    return any(one & here and not one & there and other & there and not other & here for one, other in _OPPOSED)


def denies_more(text: str, than: str) -> bool:
    """Whether a text has a "not" more than what is cut out of it."""
    return len(_NOT.findall(_folded(text))) > len(_NOT.findall(_folded(than)))


def _nearest(clause: str, quotes: str) -> str:
    """Return the sentence of the quotes that has most words of a clause."""
    wanted = stems_of(clause)
    parts = [part for part in re.split(r"[.;!?\n]\s", quotes) if part.strip()]
    return max(parts, key=lambda part: len(wanted & stems_of(part)), default=quotes)


def _denies(text: str, stems: frozenset[str]) -> bool:
    """Whether a text denies something in its own way: "in no case", "unaffected"."""
    there = stems_of(text)
    return _NOT.search(text) is not None or any(f"{before}{one}" in there for one in stems for before in _PREFIXES)


def _denied(text: str) -> frozenset[str]:
    """Return the stems that are only said after a "not"."""
    return _after(_NOT, text) - _beside(_NOT, text)


def _without(text: str) -> frozenset[str]:
    """Return the stems that come after "removes", "instead of" and their like: neither denied nor simply said."""
    return _after(_TAKEN_AWAY, text)


def _after(pattern: re.Pattern[str], text: str) -> frozenset[str]:
    found: set[str] = set()
    for match in pattern.finditer(text):
        clause = _SCOPE_ENDS.split(text[match.end() : match.end() + _REACH], maxsplit=1)[0]
        found.update(word.stem for word in _denied_in(clause))
    return frozenset(found)


def _beside(pattern: re.Pattern[str], text: str) -> frozenset[str]:
    """Return the stems of a text with what each match reaches cut out."""
    parts: list[str] = []
    at = 0
    for match in pattern.finditer(text):
        if match.start() >= at:
            clause = _SCOPE_ENDS.split(text[match.end() : match.end() + _REACH], maxsplit=1)[0]
            told = _denied_in(clause)
            parts.append(text[at : match.start()])
            at = match.end() + (told[-1].end if told else 0)
    return stems_of(" ".join((*parts, text[at:])))


def _denied_in(clause: str) -> list[Word]:
    return [word for word in words_in(clause) if word.text not in _ARTICLES][:_DENIED]


def _folded(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold().replace("’", "'")


_SCOPE_ENDS = re.compile(r"[,;:.()]|\b(?:and|but|or|for|on|which|that|through|by|at|than|with|when|if|as)\b")
_PREFIXES = ("un", "in", "im", "non", "ir", "dis")
_REACH, _DENIED = 80, 2
"""Characters behind a "not" that are looked at, and the telling words in them that it denies."""
_ARTICLES = frozenset("a an the any be been is are was were all to of in by have has".split())  # noqa: SIM905
_NOT = re.compile(
    r"\b(?:not(?! only)|never|no|none|neither|nor|cannot|without|unable|fail(?:s|ed)? to|hardly|"
    r"refus(?:es?|ed) to|(?:false|untrue|wrong|incorrect) that)\b|n't\b"
)
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
large big deep deeper | small shallow shallower ;
encoder | decoder ;
supervised | unsupervised ;
linear | nonlinear ;
stable | unstable ;
true correct | false wrong incorrect ;
enable allow permit | prevent forbid block ;
first | last ;
add | subtract ;
double doubles triple | halve halves ;
maximum maximize maximise | minimum minimize minimise
"""


def _opposites() -> tuple[tuple[frozenset[str], frozenset[str]], ...]:
    pairs = [row.split("|") for row in _OPPOSITES.split(";")]
    return tuple((frozenset(map(stem, a.split())), frozenset(map(stem, b.split()))) for a, b in pairs)


_OPPOSED = (*_opposites(), *((other, one) for one, other in _opposites()))


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


def telling(sentence: str) -> list[Word]:
    """Return the words that say something, each stem once; numbers are checked elsewhere."""
    kept: dict[str, Word] = {}
    for word in words_in(sentence):
        folded = word.text.casefold()
        plain = folded in STOP_WORDS or folded in FRAME_WORDS or folded in _SAYING or folded.isdigit()
        if not plain and (len(folded) > 1 or not folded.isascii()):
            kept.setdefault(word.stem, word)
    return list(kept.values())


@lru_cache(maxsize=64)
def stems_in(text: str) -> frozenset[str]:
    """Return the stems of a text, its ligatures and letters of formulas folded."""
    return stems_of(unicodedata.normalize("NFKC", text))
