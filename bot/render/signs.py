"""Signs as people see them: what cannot be seen is taken out, and nothing is cut between a letter and its accent."""

from __future__ import annotations

import re
import unicodedata

_BREAK = re.compile("\r\n?|[\v\f\x1c-\x1e\x85\u2028\u2029]")
_BLANK = re.compile("[\t\x1f\u00a0\u1680\u2000-\u200a\u202f\u205f\u2800\u3000]")
_UNSEEN = re.compile(
    "[\x00-\x08\x0e-\x1b\x7f-\x9f"  # controls
    "\u00ad\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u3164\uffa0"  # soft hyphen, joiners, fillers
    "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"  # marks that turn the direction of what follows (UAX #9, table 4)
    "\u200b\u2060-\u2065\u206a-\u206f\ufeff\ufff0-\ufffb\U000e0000-\U000e0fff]"  # zero width, tags
)
# Part of Persian words and of emoji of several persons; elsewhere they only hide.
_JOINER = re.compile("(?<![^\x00-\u02ff])[\u200c\u200d]+|[\u200c\u200d]{2,}|[\u200c\u200d](?![^\x00-\u02ff])")
_SURROGATE = re.compile("[\ud800-\udfff]")
_HEAP = re.compile("[^\x00-\u02ff]{4,}")
_MARKS = 3
"""Combining marks that one letter may carry: two in Vietnamese, three in pointed Hebrew, a hundred in Zalgo."""
_STYLED = re.compile("[\U0001d400-\U0001d7ff]{3,}")
# Begins only where a run of spaces does, and never looks at one again: a line of 100,000 spaces is read once.
_TALL = re.compile(r"(?<! ) *+\n(?: *+\n){2,}")


def visible(text: str) -> str:
    r"""Return the text without what shows nothing or feigns: controls, zero widths, turned directions, heaped accents.

    Every space is one of the common sort, every break of lines is a line feed and at most two follow each other. Words
    in the mathematical alphabets become plain ones, since bold is how our own headings look; single variables stay.

    >>> visible("a\u202eb\u200bc\u00a0𝐒𝐨𝐮𝐫𝐜𝐞𝐬\r\n\r\n\r\n𝑥")
    'abc Sources\n\n𝑥'
    """
    if text.isascii() and text.isprintable():
        return text
    text = _BLANK.sub(" ", _BREAK.sub("\n", text))
    text = _SURROGATE.sub("\ufffd", _UNSEEN.sub("", text))
    text = _STYLED.sub(lambda found: unicodedata.normalize("NFKC", found[0]), text)
    return _TALL.sub("\n\n", _HEAP.sub(_thin, _JOINER.sub("", text)))


def one_line(text: str) -> str:
    """Return what is visible of the text on one line, as titles and names are shown."""
    return " ".join(visible(text).split())


def whole(text: str, at: int) -> int:
    """Return the last place up to ``at`` where the text can be cut without halving what is seen as one sign.

    >>> whole("cafe\u0301!", 4)
    3
    """
    start = at
    while 0 < at < len(text) and _holds(text, at):
        at -= 1
        if start - at > 64:  # no sign of people's
            return start
    return at


def _holds(text: str, at: int) -> bool:
    before, after = text[at - 1], text[at]
    if before < "\u0300" and after < "\u0300":
        return False
    if before == "\u200d" or after in "\u200c\u200d" or unicodedata.category(after) in ("Mn", "Me", "Mc"):
        return True
    if "\U0001f3fb" <= after <= "\U0001f3ff":  # tones of skin
        return True
    return _is_flag_letter(before) and _is_flag_letter(after) and _flag_letters_before(text, at) % 2 == 1


def _is_flag_letter(sign: str) -> bool:
    return "\U0001f1e6" <= sign <= "\U0001f1ff"


def _flag_letters_before(text: str, at: int) -> int:
    count = 0
    while count < min(at, 64) and _is_flag_letter(text[at - count - 1]):
        count += 1
    return count


def _thin(found: re.Match[str]) -> str:
    kept, marks = [], 0
    for sign in found[0]:
        kind = unicodedata.category(sign)
        marks = marks + (kind in ("Mn", "Me")) if kind in ("Mn", "Me", "Cf") else 0
        if marks <= _MARKS:
            kept.append(sign)
    return "".join(kept)
