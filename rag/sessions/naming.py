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


def names_for_notes(paper: Paper, earlier: Sequence[Discussion], texts: Iterable[str]) -> list[str]:
    """Return titles for a paper's notes, best first: as the group wrote it before, its short name, its title, its id.

    ``texts`` are the paper's own words, from the beginning.
    """
    written = [discussion.title for discussion in reversed(earlier) if discussion.title]
    short = [_as_printed(paper.aliases[0], (paper.title, paper.abstract, *texts))] if paper.aliases else []
    return [*written[:1], *short, title_head(paper.title), paper.title, paper.paper_id]


def year_of(paper: Paper) -> int | None:
    """Return the year in which a paper became public, or None."""
    if paper.published is not None:
        return paper.published.year
    return paper.arxiv_month.year if paper.arxiv_month else None


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
    return alias.upper() if len(alias) <= _ACRONYM else alias[:1].upper() + alias[1:]
