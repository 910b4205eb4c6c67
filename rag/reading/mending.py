"""Mend what typesetting broke: ligatures, accents drawn apart from their letters, words divided at line ends."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping

# Presentation forms and characters that have no place in running text.
_PLAIN = str.maketrans(
    {
        "ﬀ": "ff", "ﬁ": "fi", "ﬂ": "fl", "ﬃ": "ffi", "ﬄ": "ffl", "ﬅ": "st", "ﬆ": "st",
        "\u00a0": " ", "\u2007": " ", "\u202f": " ", "\u00ad": "-", "\u2010": "-", "\u2011": "-",
        "\u200b": None, "\u200c": None, "\u200d": None, "\u2060": None, "\ufeff": None, "\ufffd": None,
        "\u202a": None, "\u202b": None, "\u202c": None, "\u202d": None, "\u202e": None,
        "\u2066": None, "\u2067": None, "\u2068": None, "\u2069": None,
    }
)  # fmt: skip
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ue000-\uf8ff]")
_COMBINING = {
    "´": "\u0301", "`": "\u0300", "¨": "\u0308", "ˇ": "\u030c", "ˆ": "\u0302", "˜": "\u0303",
    "˚": "\u030a", "˘": "\u0306", "¯": "\u0304", "˝": "\u030b",
}  # fmt: skip
_ACCENT = re.compile(f"[{''.join(_COMBINING)}]")
# An accent that TeX printed before its letter, inside a word ("Doll´ar") or before a capitalised one ("´Eric").
_ACCENT_INSIDE = re.compile(r"(?<=[^\W\d_])( ?)([´`¨ˇˆ˜˚˘¯˝])( ?)([A-Za-zıȷ])")
_ACCENT_BEFORE = re.compile(r"(?<!\w)([´¨ˇˆ˚˝]) ?([A-Z])(?=[a-z]{2})")
_CEDILLA = re.compile(r"([cCsStT]) ?¸|¸ ?([cCsStT])")
_DOTLESS = {"ı": "i", "ȷ": "j"}
_WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")
_HEAD = re.compile(r"([^\W_]+(?:-[^\W_]+)*)-$")
_OPEN = "-/_=&?%"  # what a word or an address that goes on in the next line ends with
_OPEN_URL = re.compile(r"https?://\S*[/_=&?%]$")
_TAIL = re.compile(r"^[^\W_]+(?:-[^\W_]+)*")
# Second halves that English writes with a hyphen far more often than joined, when the paper itself does not say.
_HYPHENATED_TAILS = frozenset(
    """based like level specific wise free art aware trained tuned driven dependent independent related oriented shot
    order dimensional layer scale step time size head attention world quality learned labeled labelled supervised
    to of and the end in by off""".split()  # noqa: SIM905  # a list of words reads better as words
)
_HYPHENATED_HEADS = frozenset("self cross state end well high low large small long short one two three".split())  # noqa: SIM905
# Halves of words that English writes closed, though both halves are words ("more-over", "under-stand").
_CLOSED_HEADS = frozenset("over under back some every where with what when then there here data fore after".split())  # noqa: SIM905
_CLOSED_TAILS = frozenset(
    """over ever work works line lines ground grounds times time fore where sets hand hands thing things body word
    words ward wards while theless form forms mark marks most self side stand""".split()  # noqa: SIM905
)


def plain(text: str) -> str:
    """Return text with ligatures opened, control and direction marks gone, accents on their letters.

    >>> plain("Veliˇckovi´c, Doll´ar: eﬃcient")
    'Veličković, Dollár: efficient'
    """
    if text.isascii() and text.isprintable() and "`" not in text:
        return text  # as nearly all is: there is nothing to mend
    text = _CONTROL.sub("", text.translate(_PLAIN))
    if _ACCENT.search(text):
        text = _ACCENT_INSIDE.sub(_accent_inside, text)
        text = _ACCENT_BEFORE.sub(lambda m: _composed(m[2], m[1]) or m[0], text)
    if "¸" in text:
        text = _CEDILLA.sub(lambda m: unicodedata.normalize("NFC", (m[1] or m[2]) + "\u0327"), text)
    return text


def vocabulary(lines: Iterable[str]) -> Counter[str]:
    """Count the words of whole lines, lower case; halves at line ends are left out, compounds are kept whole too."""
    counts: Counter[str] = Counter()
    open_word = False
    for line in lines:
        words = [word.casefold() for word in _WORD.findall(line)]
        kept = words[1:] if open_word else words
        open_word = line.rstrip().endswith("-")
        if open_word:
            kept = kept[:-1]
        for word in kept:
            counts[word] += 1
            if "-" in word:
                counts.update(word.split("-"))
    return counts


def joined(before: str, after: str, known: Mapping[str, int]) -> str:
    """Return two printed lines as one, with the word divided between them mended.

    The document's own words decide: "normal-" + "ization" is one word when the paper writes "normalization"
    elsewhere, "state-of-" + "the-art" keeps its hyphen.
    """
    if not before or not after:
        return before or after
    if before[-1] not in _OPEN:
        return f"{before} {after}"
    last = before[max(0, before.rfind(" ")) :]  # a whole paragraph may stand before it
    head, tail = _HEAD.search(last), _TAIL.match(after)
    if _OPEN_URL.search(last) and after[0].isalnum():
        return before + after
    if not before.endswith("-") or tail is None:
        return f"{before} {after}"
    if head is None:
        return f"{before} {after}" if before.endswith((" -", "--")) or before == "-" else before + after
    return (before if _keeps_hyphen(head[1], tail[0], known) else before[:-1]) + after


def _keeps_hyphen(head: str, tail: str, known: Mapping[str, int]) -> bool:
    first, last = head.casefold(), tail.casefold()
    if not first[-1].isalpha():
        return True
    whole, compound = known.get(first + last, 0), known.get(f"{first}-{last}", 0)
    if not tail[0].islower():
        return whole <= compound  # "BERT-Base" keeps it, "DI-RECT" does not where the paper writes "DIRECT"
    if whole or compound:
        return compound > whole
    if "-" in first:
        return known.get(first.rsplit("-", 1)[1] + last, 0) == 0
    base = last.split("-")[0]
    if known.get(first + base, 0):
        return False
    if min(len(first), len(base)) >= 4 and min(known.get(first, 0), known.get(base, 0)) >= 2:
        return first not in _CLOSED_HEADS and base not in _CLOSED_TAILS
    if base in _HYPHENATED_TAILS or first in _HYPHENATED_HEADS:
        return first in known or first in _HYPHENATED_HEADS
    return False


def _accent_inside(match: re.Match[str]) -> str:
    before, mark, after, letter = match.groups()
    if before and after:
        return match[0]
    composed = _composed(letter, mark)
    return composed if composed is not None else match[0]


def _composed(letter: str, mark: str) -> str | None:
    whole = unicodedata.normalize("NFC", _DOTLESS.get(letter, letter) + _COMBINING[mark])
    return whole if len(whole) == 1 else None
