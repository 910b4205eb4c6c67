"""Papers while a name is being typed: by the beginning of an id, a name or a title's words, and with typing errors."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable, Sequence

from rag.domain.paper import Paper, name_form
from rag.retrieval.kept import KeptByGuild
from rag.retrieval.names import arxiv_ids_in, names_of
from rag.retrieval.words import STOP_WORDS, tokens
from rag.store.library import Library

MOST_TYPED, MOST_WORDS = 120, 8
"""Characters and words of what is typed that are looked at: more is a pasted text, and its beginning says which."""

WHOLE, BEGINNING, WORDS, WITHIN, WITH_ERRORS = range(5)
"""How what is typed fits a paper, best first: a whole id or name; the beginning of one; those of words in any order;
letters inside a name; with typing errors, looked for when nothing else fits.
"""
_MIN_WITHIN = 3
_ONE_ERROR, _TWO_ERRORS = 4, 8
"""Letters of a word from which so many typing errors are believed; the first letter is right."""


class Suggestions:
    """Suggests a guild's papers, from names that are kept until the library changes. Threads may share it.

    It reads papers only: the catalogue that questions need takes long to make in a large library.
    """

    def __init__(self, library: Library) -> None:
        self._kept = KeptByGuild(library.revision, lambda guild: _Names(library.papers(guild)[::-1]))

    def of(self, guild: str, typed: str, *, limit: int = 25) -> tuple[Paper, ...]:
        """Return the papers that what is typed may become the name of, best first, of equals the newest.

        Nothing typed: the newest. What fits nothing, or holds no letter: none.
        """
        names = self._kept.of(guild)
        return names.fitting(typed[:MOST_TYPED])[:limit] if typed.strip() else names.papers[:limit]


class _Names:
    """The names of one guild's papers, newest first."""

    def __init__(self, papers: Sequence[Paper]) -> None:
        self.papers = tuple(papers)
        self._ids = [_ids(paper) for paper in self.papers]
        self._forms = [tuple(dict.fromkeys(name_form(name) for name in names_of(p))) for p in self.papers]
        self._holding: dict[str, set[int]] = {}
        for n, paper in enumerate(self.papers):
            for word in {word for name in names_of(paper) for word in _words(name)}:
                self._holding.setdefault(word, set()).add(n)
        self._initials: dict[str, list[str]] = {}
        for word in self._holding:
            self._initials.setdefault(word[0], []).append(word)

    def fitting(self, typed: str) -> tuple[Paper, ...]:
        """Return the papers that fit, best first."""
        form, words = name_form(typed), _words(typed)[:MOST_WORDS]
        words = [word for word in words if word not in STOP_WORDS] or words
        begun, named = typed.strip().casefold(), frozenset(arxiv_ids_in(typed))
        ranks: dict[int, int] = {}
        for n, (ids, forms) in enumerate(zip(self._ids, self._forms, strict=True)):
            rank = _rank_of_id(begun, named, ids)
            rank = _rank_of_name(form, forms) if rank is None and form else rank
            if rank is not None:
                ranks[n] = rank
        for n in self._holding_all(words, self._begun):
            ranks[n] = min(ranks.get(n, WORDS), WORDS)
        if not ranks:
            ranks = dict.fromkeys(self._holding_all(words, self._mistyped), WITH_ERRORS)
        return tuple(self.papers[n] for n in sorted(ranks, key=lambda n: (ranks[n], n)))

    def _holding_all(self, words: Sequence[str], meant: Callable[[str], Iterable[str]]) -> set[int]:
        """Return the papers whose names hold each of the words, as ``meant`` reads them."""
        held: set[int] | None = None
        for word in words:
            holding = {n for known in meant(word) for n in self._holding[known]}
            held = holding if held is None else held & holding
            if not held:
                return set()
        return held or set()

    def _begun(self, word: str) -> list[str]:
        return [known for known in self._initials.get(word[0], ()) if known.startswith(word)]

    def _mistyped(self, word: str) -> list[str]:
        """Return the words that may be meant, whole or begun: as many letters of each are compared as were typed."""
        from rapidfuzz import process
        from rapidfuzz.distance import OSA

        errors = (len(word) >= _ONE_ERROR) + (len(word) >= _TWO_ERRORS)
        known = self._initials.get(word[0], [])
        begun = self._begun(word)
        if not errors:
            return begun
        whole = process.extract(word, known, scorer=OSA.distance, score_cutoff=errors, limit=None)
        parts = [other[: len(word)] for other in known]
        part = process.extract(word, parts, scorer=OSA.distance, score_cutoff=errors, limit=None)
        return list(dict.fromkeys([*begun, *(known[at] for _, _, at in (*whole, *part))]))


def _rank_of_id(begun: str, named: frozenset[str], ids: Sequence[str]) -> int | None:
    if begun in ids or (named and not named.isdisjoint(ids)):
        return WHOLE
    begins = any(c.isdigit() for c in begun) or begun.startswith("sha")  # "ab" begins a name, not a hash
    return BEGINNING if begins and any(i.startswith(begun) for i in ids) else None


def _rank_of_name(form: str, forms: Sequence[str]) -> int | None:
    if form in forms:
        return WHOLE
    if any(known.startswith(form) for known in forms):
        return BEGINNING
    return WITHIN if len(form) >= _MIN_WITHIN and any(form in known for known in forms) else None


def _ids(paper: Paper) -> tuple[str, ...]:
    """Return what a paper's id may be typed as; the digits of a hash without "sha256:"."""
    return tuple(
        dict.fromkeys(i for i in (paper.paper_id, paper.paper_id.removeprefix("sha256:"), paper.arxiv_id) if i)
    )


def _words(text: str) -> list[str]:
    """Return the words of a text, accents off, lower case."""
    folded = unicodedata.normalize("NFKD", text).casefold()
    plain = "".join(c for c in folded if not unicodedata.combining(c))
    return list(dict.fromkeys(token.text for token in tokens(plain) if token.text))
