"""Numbered things that a question points at: "equation 1", "fig. 2", "section 3.2", "page 5"."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from rag.domain.passage import Passage

SECTION, PAGE = "section", "page"

_NOUNS = {
    "equation": r"equations?|eqns?|eqs?",
    "figure": r"figures?|figs?",
    "table": r"tables?|tabs?|tbl",
    "theorem": r"theorems?|thms?",
    "lemma": r"lemmas?",
    "proposition": r"propositions?|props?",
    "corollary": r"corollar(?:y|ies)",
    "definition": r"definitions?|defs?",
    "algorithm": r"algorithms?|algs?|algos?",
    SECTION: r"sections?|secs?|§|appendix|appendices",
    PAGE: r"pages?|pp?(?=\.)",
}
_NUMBER = r"\(?(?:[A-Z]\.?(?:\d{1,4}(?:\.\d{1,4}){0,3})?|\d{1,4}(?:\.\d{1,4}){0,3})[a-z]?\)?"
_ITEM = re.compile(
    r"(?<![^\W_])(?:" + "|".join(f"(?P<{noun}>{form})" for noun, form in _NOUNS.items()) + r")"
    rf"\.?\s*(?:no\.?\s*|number\s+)?(?P<number>{_NUMBER})(?![^\W_])",
    re.IGNORECASE,
)
_ROMAN = frozenset(("II", "IV", "VI", "IX", "XI", "XV", "XX"))


@dataclass(frozen=True, slots=True)
class Item:
    """``noun`` is one of this module's ("figure"), ``number`` as printed without brackets ("2", "3.2", "A.1")."""

    noun: str
    number: str

    def __str__(self) -> str:
        """Return it as people write it: "Figure 2"."""
        return f"{self.noun.capitalize()} {self.number}"


def items_in(text: str) -> tuple[Item, ...]:
    """Return the numbered things named in a text, in order, without repeats.

    A lower-case letter alone is no number ("table a"), a capital is ("Theorem A"); two are one in Roman numerals only.
    """
    found: dict[Item, None] = {}
    for match in _ITEM.finditer(text):
        noun = next(name for name in _NOUNS if match[name] is not None)
        number = match["number"].strip("()")
        if number.isalpha() and not (number.isupper() and _stands_alone(match)):
            continue
        found[Item(noun, _plain_number(noun, number))] = None
    return tuple(found)


def find_item(item: Item, passages: Sequence[Passage]) -> tuple[Passage, ...]:
    """Return the passages of one paper that are the item: those labelled so, in that section, or on that page."""
    if item.noun == PAGE:
        return tuple(p for p in passages if p.first_page and p.first_page <= int(item.number) <= (p.last_page or 0))
    if item.noun == SECTION:
        return tuple(p for p in passages if any(_is_under(item.number, heading) for heading in p.section))
    exact = tuple(p for p in passages if p.label and item in items_in(p.label))
    if exact or not item.number[-1:].isalpha():
        return exact
    whole = Item(item.noun, item.number[:-1])  # "figure 2a" is part of Figure 2
    return tuple(p for p in passages if p.label and whole in items_in(p.label))


def mentions_item(item: Item, text: str) -> bool:
    """Return whether a text speaks of the item ("see Fig. 2")."""
    return item in items_in(text)


def _stands_alone(match: re.Match[str]) -> bool:
    """Whether letters after a noun are no end of a longer word: "DROP TABLE" names no "Tab LE"."""
    start = match.start("number")
    letters = match["number"].strip("()")
    glued = match.string[start - 1].isupper() and match["number"] == letters
    return not glued and (len(letters) == 1 or letters in _ROMAN)


def _plain_number(noun: str, number: str) -> str:
    number = number.rstrip(".")
    return re.sub(r"\D", "", number) or "0" if noun == PAGE else number


def _is_under(number: str, heading: str) -> bool:
    """Section "3" holds "3.2 Details"; "3.2" does not hold "3.21"."""
    return re.match(rf"(?:appendix\s+)?{re.escape(number)}(?:\.\d|\.?\s|\.?$)", heading, re.IGNORECASE) is not None
