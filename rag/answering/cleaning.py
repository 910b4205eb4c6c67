"""A model's sentence made fit to be shown: one line of visible text, without marks; and what leads elsewhere."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

MAX_SENTENCE = 600
"""Characters of a sentence; a longer one is none."""

_TERMINAL = re.compile(r"\x1b(?:\[[0-9;?]{0,20}[ -/]{0,4}[@-~]|\][^\x07\x1b]{0,200}(?:\x07|\x1b\\)|.)?")
_HEAPED = re.compile(
    r"([\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]{2})"
    r"[\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]+"
)
"""Accents heaped on one letter: two are enough for every language."""
_LEADING = re.compile(r"^(?:[-–—*•·>#|]+\s+|#{1,6}\s*|\(?\d{1,2}[.)]\s+|[a-h][.)]\s+)+")
_OUR_MARK = re.compile(r"\s?[\[(【<]\s?S[2-9A-HJ-NP-Z]{3,6}(?:[\s,;:][^\])】>]{0,80})?[\])】>]")
_NUMBER_MARK = re.compile(
    r"\s?(?:[\[［]\s{0,2}\^?[\d¹²³⁰-⁹]{1,3}(?:\s?[,;–-]\s?\d{1,3}){0,6}\s{0,2}[\]］]|【[^】]{0,40}】)"
)
"""Numbers in brackets are ours to give: a model's own would point to another source."""
_NESTED = 4
"""Marks within marks that are taken out, one layer a time; a text with more is no sentence."""
_EMPHASIS = re.compile(r"(\*\*|__|`)(?=\S)([^*_`]{1,200})(?<=\S)\1")
_SPACE_BEFORE = re.compile(r"\s+([.,;:!?])(?=\s|$)")
_LINKS = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        r"\b[a-z][a-z0-9+.-]{1,20}://\S*",
        r"\b(?:javascript|data|mailto|tel|file|discord|steam|magnet|ipfs):[^\s,;]+",
        r"!?\[[^\]]{0,200}\]\s?\([^)]{0,500}\)",
        r"(?<![\w.@])(?:[^\W_][\w-]*\.)*[^\W_][\w-]+\.[^\W\d_]{2,24}(?![\w-])(?:[/?#:]\S*)?",
        r"\bwww\.\S+",
        r"(?<![\w.])[a-z]\.(?:co|me|com|gg|ly|gl|io|org|net|cc|to|tv)\b(?:/\S*)?",
        r"(?<![\d.])\d{1,3}(?:\.\d{1,3}){3}(?!\d|\.\d)",
        r"\[[0-9a-f:]{2,}::?[0-9a-f:]*\]",
        r"@\s?(?:everyone|here)\b",
        r"(?<!\w)@[^\W\d][\w.]*",
        r"[\w.+-]+@(?:[\w-]+\.)+[^\W\d_]{2,24}",
        r"<(?:@[!&]?|#|a?:\w+:|/[^>]{1,40}:|t:|id:)\w*[^>]{0,60}>?",
        r"\S*(?:\[\.\]|\[dot\]|\(dot\)|\{dot\})\S*",
        r"\bhxxps?\b\S*",
        r"\bxn--\S+",
    )
)


def cleaned(text: str) -> str:
    """Return a sentence as one line without control signs, marks of its own and emphasis; "" when nothing is left."""
    visible = "".join(_visible(sign) for sign in _TERMINAL.sub("", text))
    line = " ".join(_HEAPED.sub(r"\1", visible).split())
    line = _LEADING.sub("", _NUMBER_MARK.sub("", _OUR_MARK.sub("", line)))
    line = _EMPHASIS.sub(r"\2", line)
    for _ in range(_NESTED):
        line = _NUMBER_MARK.sub("", line)  # once more: "[[1]1]" and "[**1**]" are one by now
    if _NUMBER_MARK.search(line):
        return ""
    line = _SPACE_BEFORE.sub(r"\1", line).strip()
    if not any(sign.isalnum() for sign in line):
        return ""
    return line if not ("a" <= line[-1].casefold() <= "z" or line[-1].isdigit()) else line + "."


def stray_links(sentence: str, quotes: Iterable[str]) -> tuple[str, ...]:
    """Return the links, addresses and mentions of a sentence that do not stand in its quotes, as they were found."""
    held = [_squeezed(quote) for quote in quotes]  # each by itself: no link begins in one and ends in the next
    said = unicodedata.normalize("NFKC", sentence)
    found = (match.group() for pattern in _LINKS for match in pattern.finditer(said))
    return tuple(link for link in found if not any(_squeezed(link).rstrip(".,;:!?)") in quote for quote in held))


def _visible(sign: str) -> str:
    kind = unicodedata.category(sign)
    if kind in ("Zl", "Zp", "Cc"):
        return " "
    return "" if kind in ("Cf", "Co", "Cs", "Cn") or sign in _BLANKS else sign


_BLANKS = frozenset("\u115f\u1160\u3164\uffa0\u2800\u034f\u17b4\u17b5\ufffc")
"""Letters by name that show nothing."""


def _squeezed(text: str) -> str:
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", text).casefold())
