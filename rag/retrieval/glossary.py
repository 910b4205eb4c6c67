"""Acronyms as the papers themselves define them: "batch normalization (BN)"."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from rag.domain.passage import Scope
from rag.index.ports import WordSearch
from rag.store.library import Library

_READ = 60
"""Passages that are read for the definition of an acronym."""

_DEFINED = re.compile(r"\(\s*(?P<short>[A-Z][A-Za-z0-9-]{1,8}?)s?\s*(?:[;,:][^)]{0,80})?\)")
_WORDS_BEFORE = re.compile(r"[^\W_]+(?:[-'’][^\W_]+)*")
_ACRONYM = re.compile(r"[A-Za-z][A-Za-z0-9]*[A-Z][A-Za-z0-9]*|[A-Z]{2,8}s?")
_MAX_WORDS = 8


def acronyms_in(words: Iterable[str], *, terse: bool) -> tuple[str, ...]:
    """Return the words that look like acronyms: two capitals, or short ones when the question is terse ("rpn")."""
    return tuple(w for w in words if _ACRONYM.fullmatch(w) or (terse and 2 <= len(w) <= 5 and w.isalpha()))


def definitions(texts: Iterable[str]) -> dict[str, str]:
    """Return long forms by folded acronym; the most frequent wins where papers differ."""
    seen: dict[str, Counter[str]] = {}
    for text in texts:
        for match in _DEFINED.finditer(text):
            long = _long_form(match["short"], text[max(0, match.start() - 120) : match.start()])
            if long:
                seen.setdefault(match["short"].casefold(), Counter())[long] += 1
    return {short: counted.most_common(1)[0][0] for short, counted in seen.items()}


class Glossary:
    """Looks acronyms up in the passages of a scope; what was found is kept until the library changes."""

    def __init__(self, library: Library, words: WordSearch | None = None) -> None:
        """``words``: what searches by words, else the library itself."""
        self._library = library
        self._words: WordSearch = words or library
        self._kept: tuple[int, dict[tuple[str, Scope], str]] = (-1, {})  # with its revision: exchanged at once

    def long_forms(self, acronyms: Sequence[str], scope: Scope) -> Mapping[str, str]:
        """Return the long forms that the scope's papers define, by folded acronym without a plural s."""
        revision = self._library.revision()
        of, kept = self._kept  # another thread may begin a new one at any time
        if of != revision:
            _, kept = self._kept = (revision, {})
        found: dict[str, str] = {}
        for short in dict.fromkeys(_singular(a) for a in acronyms):
            key = (short, scope)
            if key not in kept:
                kept[key] = self._look_up(short, scope)
            if kept[key]:
                found[short] = kept[key]
        return found

    def _look_up(self, short: str, scope: Scope) -> str:
        ids = [i for i, _ in self._words.match_passages([short, short + "s"], scope=scope, limit=_READ)]
        passages = self._library.passages(ids)
        return definitions(passages[i].text for i in ids if i in passages).get(short, "")


def _singular(acronym: str) -> str:
    plural = acronym.endswith("s") and acronym[:-1].isupper()
    return acronym[:-1].casefold() if plural else acronym.casefold()


def _long_form(short: str, before: str) -> str | None:
    """Return the words right before the bracket whose beginnings spell the acronym (Schwartz and Hearst 2003)."""
    words = _WORDS_BEFORE.findall(before)[-_MAX_WORDS:]
    if not words or not re.search(r"[\s-]$|\w$", before):
        return None
    letters = [c for c in short.casefold() if c.isalnum()]
    for size in range(1, len(words) + 1):
        run = words[-size:]
        if run[0][:1].casefold() == letters[0] and _spells(letters, run) and len(run) > 1:
            return " ".join(run).casefold()
    return None


def _spells(letters: Sequence[str], words: Sequence[str]) -> bool:
    """Return whether the letters appear in order, each at a word's (or its part's) start, or inside the word before."""
    parts = [part for word in words for part in re.split(r"[-'’]", word.casefold()) if part]
    starts = "".join(part[0] for part in parts)
    if "".join(letters) == starts:
        return True
    return (
        len(parts) <= len(letters) and _subsequence(letters, "".join(parts)) and _subsequence(starts, "".join(letters))
    )


def _subsequence(wanted: Sequence[str], held: Sequence[str]) -> bool:
    rest = iter(held)
    return all(letter in rest for letter in wanted)
