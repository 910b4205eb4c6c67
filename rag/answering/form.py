"""The form in which a page and a quote are compared: signs folded, spaces and hyphens set aside but remembered.

A PDF prints "net-" and "work" on two lines, "ﬁ" as one sign, and quotes in three shapes; none of it changes a word.
So texts are compared letter by letter with whitespace, hyphens and invisible signs taken out, and what was taken out
between two letters (the gap) is compared afterwards: a word break that is not there in both is a different word.
Everything keeps its offset into the text it came from.
"""

from __future__ import annotations

import unicodedata
from array import array
from dataclasses import dataclass
from functools import lru_cache

_HYPHENS = frozenset("-\u2010\u2011\u2012\u2013\u2014\u2015\u2212\ufe58\ufe63\uff0d")
_SOFT_HYPHEN = "\u00ad"
_INVISIBLE = frozenset("\u200b\u200c\u200d\u2060\ufeff")
_SAME_SIGN = str.maketrans(
    {
        **dict.fromkeys("\u2018\u2019\u201a\u201b\u2032\u0060\u00b4", "'"),
        **dict.fromkeys("\u201c\u201d\u201e\u201f\u00ab\u00bb\u2033", '"'),
    }
)
_ADDRESS = 200  # characters looked back for the beginning of a web address
_LIGATURES = {chr(code): unicodedata.normalize("NFKC", chr(code)) for code in range(0xFB00, 0xFB07)}


@dataclass(frozen=True, slots=True)
class Form:
    """A text for comparison. ``letters[i]`` came from ``text[starts[i]]``; a ligature gives several letters."""

    text: str
    letters: str
    starts: array[int]

    def gap(self, i: int) -> str:
        """Return what stood between letter ``i - 1`` and letter ``i``."""
        return self.text[self.starts[i - 1] + 1 : self.starts[i]]

    def breaks_at(self, i: int) -> bool:
        """Whether a word may begin at letter ``i`` (equally: end before it). A word mended over a line end is one."""
        if i <= 0 or i >= len(self.letters):
            return True
        if self.starts[i - 1] == self.starts[i] or unicodedata.combining(self.letters[i]):
            return False
        if not (self.letters[i - 1].isalnum() and self.letters[i].isalnum()):
            return True
        gap = self.gap(i)
        return _visible(gap) != "" and not line_end_hyphen(gap)


@lru_cache(maxsize=512)
def form_of(text: str) -> Form:
    """Return the form of a text, in time linear in its length. Kept for the pages and passages asked about last."""
    letters: list[str] = []
    starts = array("I")  # forms of pages are kept by the hundred, and a tuple takes nine times as much
    for offset, sign in enumerate(text):
        for letter in _folded(sign):
            letters.append(letter)
            starts.append(offset)
    return Form(text, "".join(letters), starts)


def same_gaps(quote: Form, at: int, page: Form, start: int, length: int) -> bool:
    """Whether the words are parted alike in ``length`` letters of both forms."""
    for i in range(1, length):
        mine, theirs = quote.gap(at + i), page.gap(start + i)
        if mine != theirs and not _gaps_agree(mine, theirs, quote.letters[at + i - 1], quote.letters[at + i]):
            return False
    return True


def mended(page: Form, start: int, quote: Form, at: int, length: int) -> str:
    """Return ``length`` letters of the page as they are printed, for display: single spaces, no ligatures, and words
    that run over a line end joined as the quote joins them (it was mended with more knowledge than one line end).
    """
    out = [page.text[page.starts[start]]]
    for i in range(1, length):
        here = page.starts[start + i]
        if here == page.starts[start + i - 1]:
            continue
        gap = page.gap(start + i)
        if line_end_hyphen(gap):
            theirs = quote.gap(at + i)
            keep = has_hyphen(theirs) and not line_end_hyphen(theirs)
            out.append("-" if keep else "")
        else:
            out.append("" if _inside_address(out, gap) else _spaced(gap))
        out.append(page.text[here])
    return "".join(_LIGATURES.get(sign, sign) for sign in out)


def line_end_hyphen(gap: str) -> bool:
    """Whether a gap is a hyphen right after the letter and then a line end: a word printed on two lines."""
    seen = "".join(sign for sign in gap if sign not in _INVISIBLE)
    if not seen or (seen[0] not in _HYPHENS and seen[0] != _SOFT_HYPHEN):
        return False
    rest = seen[1:]
    return (rest == "" and seen[0] == _SOFT_HYPHEN) or ("\n" in rest and not rest.strip())


def has_hyphen(gap: str) -> bool:
    """Whether a gap holds a hyphen or dash that is printed."""
    return any(sign in _HYPHENS for sign in gap)


def _folded(sign: str) -> str:
    """Return the letters that one sign stands for; none for spaces, hyphens and invisible signs."""
    if sign < "\x7f":
        return "" if sign <= " " or sign == "-" else ("'" if sign == "`" else sign)
    if sign in _HYPHENS or sign in _INVISIBLE or sign == _SOFT_HYPHEN or sign.isspace():
        return ""
    plain = unicodedata.normalize("NFKD", sign.translate(_SAME_SIGN))
    return "".join(c for c in plain.translate(_SAME_SIGN) if not c.isspace() and c not in _HYPHENS and c >= " ")


def _gaps_agree(mine: str, theirs: str, before: str, after: str) -> bool:
    if has_hyphen(mine) or has_hyphen(theirs):
        if has_hyphen(mine) and has_hyphen(theirs):
            return True
        # One side alone has a hyphen: the word was printed over a line end, or was re-flowed as if it had been.
        lone, other = (mine, theirs) if has_hyphen(mine) else (theirs, mine)
        whole = _visible(other) == "" or line_end_hyphen(other)
        return whole and (line_end_hyphen(lone) or (lone is mine and _reflowed(lone)))
    if line_end_hyphen(mine) or line_end_hyphen(theirs):  # soft hyphens only
        return (_visible(mine) == "" or line_end_hyphen(mine)) and (_visible(theirs) == "" or line_end_hyphen(theirs))
    # Space around signs is layout ("F 2 (x)", "F2(x)"); between letters, or between digits, it parts words.
    if (before.isalpha() and after.isalpha()) or (before.isdigit() and after.isdigit()):
        return (_visible(mine) == "") == (_visible(theirs) == "")
    return True


def _reflowed(gap: str) -> bool:
    """Whether a quote's gap is "- ": a line-end hyphen whose line end was already turned into a space."""
    return len(gap) > 1 and gap[0] in _HYPHENS and not gap[1:].strip()


def _inside_address(out: list[str], gap: str) -> bool:
    """Whether a web address goes on over a line end: "https://github.com/" and "owner/name"."""
    if "\n" not in gap or not out or out[-1] not in "/-_":
        return False
    return "://" in "".join(out[-_ADDRESS:]).rpartition(" ")[2]


def _visible(gap: str) -> str:
    """Return a gap without what takes no room."""
    return "".join(sign for sign in gap if sign not in _INVISIBLE and sign != _SOFT_HYPHEN)


def _spaced(gap: str) -> str:
    """Return a gap as it is shown: one space at most on each side of its hyphens."""
    seen = _visible(gap)
    middle = seen.strip()
    if not middle:
        return " " if seen else ""
    left = " " if seen[0].isspace() else ""
    right = " " if seen[-1].isspace() else ""
    return left + " ".join(middle.split()) + right
