"""What a group's notes call a paper: by the short name that people say, written as the paper writes it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence

from rag.domain.aliases import title_head
from rag.domain.note import Discussion
from rag.domain.paper import Paper

_READ = 40
"""Passages that are read for the spelling of a name."""
_ACRONYM = 4
_TOO_SHORT = 2
"""Letters: "BN" alone says little in a list of notes."""


def names_for_notes(paper: Paper, earlier: Sequence[Discussion], texts: Iterable[str]) -> list[str]:
    """Return titles for a paper's notes, best first: as the group wrote it before, its short name, its title, its id.

    ``texts`` are the paper's own words, from the beginning.
    """
    written = [discussion.title for discussion in reversed(earlier) if discussion.title]
    telling = [alias for alias in paper.aliases if len(alias) > _TOO_SHORT][:1]
    short = [_as_printed(alias, (paper.title, paper.abstract, *texts)) for alias in telling]
    return [*written[:1], *short, title_head(paper.title), paper.title, paper.paper_id]


def year_of(paper: Paper, earlier: Sequence[Discussion]) -> int | None:
    """Return the year in which a paper became public, else the one that the group wrote before, else None."""
    if paper.published is not None:
        return paper.published.year
    if paper.arxiv_month is not None:
        return paper.arxiv_month.year
    return next((discussion.year for discussion in reversed(earlier) if discussion.year is not None), None)


def _as_printed(alias: str, texts: Iterable[str]) -> str:
    """Return a name with its capitals: "ResNet" for "resnet"."""
    form = r"[\s-]?".join(re.escape(word) for word in re.findall(r"[^\W_]+", alias))
    if not form:
        return alias
    word = re.compile(rf"(?<![^\W_]){form}(?![^\W_])", re.IGNORECASE)
    seen = Counter(found[0] for _, text in zip(range(_READ), texts, strict=False) for found in word.finditer(text))
    named = {" ".join(name.split()): times for name, times in seen.items() if name != name.lower()}
    if named:
        return max(named, key=lambda name: (named[name], name))
    if len(alias) <= _ACRONYM:
        return alias.upper()
    capital = alias[:1].upper() + alias[1:]
    return re.sub(r"(?<=[a-z])net$", "Net", capital)
