"""What the field calls its famous papers, where the paper itself does not say so."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from importlib import resources

from rag.domain.aliases import derive_aliases
from rag.domain.paper import name_form


def known_names(arxiv_id: str | None, title: str) -> tuple[str, ...]:
    """Return the names of a famous paper, found by arXiv base id or by exact title; () for all others."""
    for row in _table():
        if (arxiv_id and row.arxiv_id == arxiv_id) or name_form(title) in map(name_form, row.titles):
            return row.names
    return ()


def known_papers(name: str) -> tuple[tuple[str, str], ...]:
    """Return (arXiv base id, title) of the famous papers that go by a name: what to add for a heading "YOLACT"."""
    wanted = name_form(name)
    rows = (row for row in _table() if row.arxiv_id and wanted in map(name_form, (*row.names, *row.titles)))
    return tuple((row.arxiv_id, row.titles[0]) for row in rows)


def paper_aliases(title: str, abstract: str = "", arxiv_id: str | None = None, file_name: str = "") -> tuple[str, ...]:
    """Return every alias a paper gets by itself: what the field calls it first, then what it calls itself."""
    found: dict[str, str] = {}
    for name in (*known_names(arxiv_id, title), *derive_aliases(title, abstract, arxiv_id, file_name)):
        found.setdefault(name_form(name), name)
    return tuple(found.values())


@dataclass(frozen=True, slots=True)
class _Row:
    arxiv_id: str  # "" for a paper that is not on arXiv
    titles: tuple[str, ...]
    names: tuple[str, ...]


@cache
def _table() -> tuple[_Row, ...]:
    rows = json.loads(resources.files("rag.sources").joinpath("known_names.json").read_text(encoding="utf-8"))
    return tuple(_Row(row["arxiv_id"] or "", tuple(row["titles"]), tuple(row["names"])) for row in rows)
