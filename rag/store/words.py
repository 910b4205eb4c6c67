"""Words as the lexical index counts them."""

from __future__ import annotations

import re

_WORD = re.compile(r"[^\W_]+")


def words_of(text: str) -> list[str]:
    """Return the words of a text in order, lower case: runs of letters and digits, as FTS5's unicode61 cuts them.

    >>> words_of("R-CNN, 3x3")
    ['r', 'cnn', '3x3']
    """
    return _WORD.findall(text.casefold())


def any_of(words: list[str] | tuple[str, ...]) -> str:
    """Return the FTS5 query for "any of these words"; "" when nothing is left to look for.

    Each word is a quoted string, so no operator, column name or prefix sign of FTS5's query language can be spelled
    (https://sqlite.org/fts5.html, section 3.1).
    """
    tokens = dict.fromkeys(token for word in words for token in words_of(word))
    return " OR ".join(f'"{token}"' for token in tokens)
