"""What tells a sentence that says the same from one that only has the same words: numbers, names, no, than, less.

Words alone do not see these. Each makes a sentence no evidence, whatever else it shares with the note.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from rag.answering.wording import is_there, stem, stems_of, words_in
from rag.retrieval.words import STOP_WORDS

_NUMBER = re.compile(r"\d[\d.,]*")
_NEGATION = re.compile(
    r"\b(?:no|not|never|none|without|cannot|neither|nor|fails?|lacks?|unable|dont|doesnt|isnt|cant|wont)\b|n[o'’]t\b",
    re.IGNORECASE,
)
TURNING = frozenset(("instead", "rather", "than", "versus", "vs", "unlike", "except"))
"""Words that turn a sentence round: they name nothing."""
_DIRECTION = re.compile(rf"\b(?:{'|'.join(sorted(TURNING))})\b", re.IGNORECASE)
_REACH = 4
"""Words after a negation that it may deny."""


def _side(words: str) -> frozenset[str]:
    return frozenset(stem(word) for word in words.split())


_OPPOSITES = tuple(
    (_side(one), _side(other))
    for one, other in (
        ("train training", "inference test testing"),
        (
            "increase higher larger more bigger improve faster",
            "decrease reduce lower smaller less fewer slower degrade degradation",
        ),
        ("before", "after"),
        ("maximize", "minimize"),
        ("input", "output"),
        ("first", "last"),
        ("concatenation concatenate", "addition sum"),
    )
)


@dataclass(frozen=True, slots=True)
class Said:
    """A text with what a sentence must have, too, in order to say the same."""

    numbers: frozenset[str]
    names: tuple[str, ...]
    stems: frozenset[str]
    words: frozenset[str]  # stems of what is no function word
    spoken: Mapping[str, str]  # every word by its stem
    denied: frozenset[str]
    denies: bool
    directions: frozenset[str]


def said(text: str, stems: frozenset[str] | None = None) -> Said:
    """Return what a text says besides its words; ``stems`` where they are known already."""
    words = words_in(text)
    return Said(
        numbers=frozenset(number.rstrip(".,").replace(",", "") for number in _NUMBER.findall(text.replace("×", "x"))),
        names=tuple(w.text for w in words if sum(letter.isupper() for letter in w.text) > 1),
        stems=stems_of(text) if stems is None else stems,
        words=frozenset(w.stem for w in words if w.text.casefold() not in STOP_WORDS),
        spoken={w.stem: w.text.casefold() for w in words},
        denied=frozenset(_denied(text)),
        denies=_NEGATION.search(text) is not None,
        directions=frozenset(sign.casefold() for sign in _DIRECTION.findall(text)),
    )


def objection(note: Said, sentence: Said) -> str:
    """Return why a sentence cannot say what the note does, as a clause for people; "" for no objection."""
    if missing := sorted(note.numbers - sentence.numbers):
        return f"the nearest sentence does not have the number {missing[0]}"
    if unnamed := [name for name in note.names if not is_there(name.casefold(), sentence.stems)]:
        return f"the nearest sentence does not name {unnamed[0]}"
    if _denial_differs(note, sentence):
        return "I cannot tell whether the nearest sentence says it or denies it"
    if note.directions - sentence.directions:
        return "the words are in the paper, but I cannot tell which way round it means them"
    if opposite := next(_opposites(note, sentence), ""):
        return opposite
    return ""


def _denial_differs(note: Said, sentence: Said) -> bool:
    if note.denies:
        return not note.denied & note.words & sentence.denied
    return bool(note.words & sentence.denied)


def _opposites(note: Said, sentence: Said) -> Iterator[str]:
    for one, other in _OPPOSITES:
        for here, there in ((one, other), (other, one)):
            mine, theirs = note.spoken.keys() & here, sentence.spoken.keys() & there
            if mine and theirs and not sentence.stems & here:
                yield f"the nearest sentence says “{sentence.spoken[min(theirs)]}”, not “{note.spoken[min(mine)]}”"


def _denied(text: str) -> Iterator[str]:
    """Yield the stems of the words that follow a negation."""
    words = words_in(text)
    for sign in _NEGATION.finditer(text):
        following = (word.stem for word in words if word.start >= sign.end() - 1)
        yield from (stem for _, stem in zip(range(_REACH), following, strict=False))
