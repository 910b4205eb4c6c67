"""Words as the lexical index counts them."""

from __future__ import annotations

import re

_WORD = re.compile(r"[^\W_]+")
_TIMES = re.compile(r"(?<=\d)\s?×\s?(?=\d)")


def searched(text: str) -> str:
    """Return a text as it is indexed: "3 × 3" is the word that people type as "3x3".

    >>> searched("a 3 × 3 window")
    'a 3x3 window'
    """
    return _TIMES.sub("x", text) if "×" in text else text


def words_of(text: str) -> list[str]:
    """Return the words of a text in order, lower case: runs of letters and digits, as FTS5's unicode61 cuts them.

    >>> words_of("R-CNN, 3x3")
    ['r', 'cnn', '3x3']
    """
    return _WORD.findall(searched(text).casefold())


def any_of(words: list[str] | tuple[str, ...]) -> str:
    """Return the FTS5 query for "any of these words"; "" when nothing is left to look for.

    A word that the index cuts in several ("R-CNN") is looked for as a phrase. Each is a quoted string of letters and
    digits, so no operator, column name or prefix sign of FTS5's query language can be spelled
    (https://sqlite.org/fts5.html, section 3.1).

    >>> any_of(["R-CNN", 'layer" OR *'])
    '"r cnn" OR "layer or"'
    """
    phrases = dict.fromkeys(phrase for word in words if (phrase := " ".join(words_of(word))))
    return " OR ".join(f'"{phrase}"' for phrase in phrases)
