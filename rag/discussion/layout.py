"""How the group writes a notes file: what is a heading, a numbered question, a bullet.

Tolerant on purpose: the notes were typed by people during a meeting. Knows single lines only;
:mod:`rag.discussion.notes_in` decides what they mean together.
"""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass

EXAMPLE = "## Discussion 3 ResNet - 2015\n1. What is this paper trying to convey?\n- what the group answered\n"
"""The shape shown to people whose file we could not read."""


MAX_HEADING = 300
"""Characters; a longer line is prose, and no pattern here is run over it."""


@dataclass(frozen=True, slots=True)
class Heading:
    """The first line of a discussion. ``ordinal`` as written or ""."""

    ordinal: str
    title: str
    year: int | None


@dataclass(frozen=True, slots=True)
class Item:
    """The first line of a numbered question. ``stray`` are characters that stand before the number by accident."""

    ordinal: str
    question: str
    indent: int  # columns
    stray: str


def read_heading(line: str) -> Heading | None:
    """Read "## Discussion 3 ResNet - 2015", "Discussion 3: ResNet (2015)" and their like; None for any other line.

    A line without # signs, or without a number, must also have a separator or a year, so that prose which begins
    with "Discussion" is no heading.
    """
    line = line.strip().lstrip("\ufeff")
    match = _HEADING.match(line) if len(line) <= MAX_HEADING else None
    if match is None or not _means_discussion(match["word"], marked=bool(match["marks"] and match["ordinal"])):
        return None
    rest = re.sub(r"\s*(?:\*\*|#+)\s*$", "", match["rest"]).strip()
    separated = rest[:1] in _SEPARATORS if rest else False
    title, year = _split_year(rest.lstrip(_SEPARATORS).strip() if separated else rest)
    ordinal = match["ordinal"] or ""
    clear = separated or year is not None or not rest
    if ordinal:
        return Heading(ordinal, title, year) if match["marks"] or clear else None
    return Heading("", title, year) if match["marks"] and clear and title else None


def is_other_heading(line: str) -> bool:
    """Tell whether a line is a Markdown heading (of anything but a discussion)."""
    return re.match(r"\s*[#＃]{1,6}\s", line) is not None and read_heading(line) is None


def read_item(line: str) -> Item | None:
    """Read "7. Why?", "7) Why?", "(7) Why?", "Q7: Why?" and "７．Why?"; None for bullets and prose ("1.5 billion")."""
    if is_bullet(line):
        return None
    match = _ITEM.match(line)
    if match is None:
        return None
    indent = len(match["indent"].expandtabs(4))
    ordinal = match["ordinal"] or match["bracketed"] or match["lettered"]
    return Item(ordinal, match["question"].strip(), indent, match["stray"])


def is_bullet(line: str) -> bool:
    """Tell whether a line begins with a bullet sign."""
    return _BULLET.match(line) is not None


def without_bullet(line: str) -> str:
    """Return what a line says: without its bullet sign and outer blanks; "" for rules such as "---"."""
    text = line.strip()
    if not text.strip("-*_=–— \t"):
        return ""
    bullet = _BULLET.match(text)
    return text[bullet.end() :].strip() if bullet else text


_SEPARATORS = ":：.,-–—|)）"
_HEADING = re.compile(
    r"""[\s\ufeff]*
    (?P<marks>(?:[#＃]{1,6}|\*\*)\s*)?
    (?P<word>[A-Za-z]{7,12})(?![A-Za-z])
    \s*(?:(?:no\.?|nr\.?|number|[#＃])\s*(?=\d))?
    (?:(?P<ordinal>\d{1,4}(?:\.\d{1,3})?[a-z]?)(?![^\W_]))?
    (?P<rest>.*)$""",
    re.IGNORECASE | re.VERBOSE | re.DOTALL,
)
_ITEM = re.compile(
    r"""(?P<indent>[^\S\r\n]{0,40})
    (?P<stray>[^\x00-\x7f\d\s（]{0,6})[^\S\r\n]{0,4}
    (?:(?P<ordinal>\d{1,3})\s?[.)．、）](?![\d)])
      |[(（](?P<bracketed>\d{1,3})[)）]
      |[Qq]\.?\s?(?P<lettered>\d{1,3})\s?[.):：](?!\d))
    (?P<question>[^\r\n]*)""",
    re.VERBOSE,
)
# A dash may touch its word ("-fast"), other signs may not (*emphasis*, +5); "-5" is a number.
_BULLET = re.compile(r"[^\S\r\n]*(?:[-–—•‣◦▪●○∙·](?:[^\S\r\n]+|(?=[^\W\d_])|$)|[*+](?:[^\S\r\n]+|$))", re.MULTILINE)
_YEAR = re.compile(r"(?:\s[-–—]\s*|[-–—]\s+|[,:|]\s*|\s*[(（\[]\s*)(?P<year>\d{4})\s*[)）\]]?$")
_YEARS = range(1900, 2101)
_TYPING_ERROR = 0.8  # "Dicussion" 0.95, "Discusion" 0.95, "Discovery" 0.42, "Conclusion" 0.6


def _means_discussion(word: str, *, marked: bool) -> bool:
    """Accept typing errors ("Dicussion 7") only where the line is marked as a heading and numbered."""
    folded = word.lower().rstrip("s")
    if folded == "discussion":
        return True
    return marked and difflib.SequenceMatcher(None, folded, "discussion").ratio() >= _TYPING_ERROR


def _split_year(title: str) -> tuple[str, int | None]:
    match = _YEAR.search(title)
    if match is None or int(match["year"]) not in _YEARS:
        return title, None
    return title[: match.start()].strip(), int(match["year"])
