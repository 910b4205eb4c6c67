"""A passage: text that one embedding covers, and a hit: a passage with its score."""

from __future__ import annotations

from dataclasses import dataclass

from rag.domain.paper import Paper
from rag.domain.reading import Box, Kind


@dataclass(frozen=True, slots=True)
class Passage:
    """A stretch of one paper, never longer than the embedder reads.

    ``passage_id`` comes from content (:mod:`rag.reading.passages`), so repeating an add is harmless.
    Pages are 1-based; both are None for sources without pages. ``label``: "Figure 2", "Eq. 3", ... or None.
    """

    passage_id: str
    paper_key: str
    ordinal: int  # 0-based position in the paper
    kind: Kind
    text: str
    section: tuple[str, ...] = ()
    label: str | None = None
    first_page: int | None = None
    last_page: int | None = None
    boxes: tuple[Box, ...] = ()
    tokens: int = 0  # of the embedded text, counted by the embedder's own tokenizer


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage found for a query. Higher scores are better; comparable within one result only."""

    rank: int  # 1-based
    score: float
    passage: Passage
    paper: Paper
    dense: float | None = None  # cosine to the query, where the dense search saw it
    lexical: float | None = None  # BM25, higher is better, where the lexical search saw it


@dataclass(frozen=True, slots=True)
class Scope:
    """What a search may see. ``guild`` is always applied; None elsewhere means "no narrowing"."""

    guild: str
    paper_keys: tuple[str, ...] | None = None
    kinds: tuple[Kind, ...] | None = None
