"""A citation as a picture: its lines, or the whole item they belong to, on the page of the very PDF that was read.

Also, which citations of an answer are worth one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Protocol

from rag.domain.answer import Answer, Citation
from rag.domain.paper import Paper
from rag.domain.passage import Passage
from rag.domain.picture import QuotePicture
from rag.domain.reading import Box, Kind
from rag.errors import BadDocument, NotFound, StorageFailed
from rag.reading.motif import Motif
from rag.retrieval.items import find_item, items_in
from rag.store.library import Library

_STEPS = ("Algorithm", "Listing")
_RUNNING_TEXT = (Kind.ABSTRACT, Kind.TEXT, Kind.THEOREM)
_BEYOND_TEXT = (Kind.EQUATION, Kind.TABLE)
_SIGNS = frozenset("=<>≤≥≈∼∝∈∑∏∫√∇∂|+−←→^_")  # a quote with more of them holds more of its formula


def worth_drawing(answer: Answer) -> tuple[Citation, ...]:
    """Return the citations that text cannot carry, each thing once: the items asked for, then formulas and tables."""
    asked = items_in(answer.question)
    found: dict[tuple[str, str], Citation] = {}
    for citation in answer.citations:
        passage = citation.passage
        named = any(find_item(item, [passage]) for item in asked) and _is_seen(passage)
        if not named and passage.kind not in _BEYOND_TEXT:
            continue
        thing = (citation.paper.key, passage.label or passage.passage_id)
        found[thing] = max((c for c in (found.get(thing), citation) if c is not None), key=_formula_quoted)
    drawn = sorted(found.values(), key=lambda c: not any(find_item(item, [c.passage]) for item in asked))
    return tuple(drawn)


def _is_seen(passage: Passage) -> bool:
    """Whether it belongs to what is looked at rather than read."""
    return passage.kind in (*_BEYOND_TEXT, Kind.CAPTION) or (passage.label or "").startswith(_STEPS)


def _formula_quoted(citation: Citation) -> int:
    if citation.passage.kind is not Kind.EQUATION:
        return 0
    return sum(sign in _SIGNS for sign in citation.quote.text)


class KeepsPdfs(Protocol):
    """Knows where PDFs are kept: :class:`rag.intake.kept.KeptPdfs`."""

    def of(self, paper: Paper) -> Path | None:
        """Return the PDF that the paper was read from, byte by byte; None when it is not kept."""
        ...


class DrawsMotifs(Protocol):
    """Draws on pages: :class:`rag.reading.camera.PageCamera`."""

    def take(self, source: bytes, motif: Motif) -> QuotePicture:
        """Return the picture of a motif of a PDF. Raise BadDocument when it cannot be drawn."""
        ...


class Pictures:
    """Pictures of citations. A citation of a paper that the guild does not hold shows nothing."""

    def __init__(self, *, library: Library, kept: KeepsPdfs, camera: DrawsMotifs) -> None:
        self._library = library
        self._kept = kept
        self._camera = camera

    def of(self, citation: Citation, *, guild: str) -> QuotePicture:
        """Return the quoted lines on their page, marked; a formula, table or figure framed as a whole.

        Raises NotFound for a paper that the guild does not hold, a PDF that is not kept and a source without pages,
        BadDocument for a page that cannot be drawn, StorageFailed.
        """
        paper = citation.paper
        nothing = NotFound("picture", paper.title)
        held = self._library.papers_by_key(guild, [paper.key]).get(paper.key)
        if held is None:
            raise nothing
        same = held.sha256 == paper.sha256  # else a newer version replaced it, whose lines stand elsewhere
        motif = _motif(citation, self._library.passages_of(paper.key) if same else ())
        path = self._kept.of(paper) if motif is not None else None
        if motif is None or path is None:
            raise nothing
        try:
            source = path.read_bytes()
        except FileNotFoundError:
            raise nothing from None
        except OSError as error:
            raise StorageFailed(f"{path.name} cannot be read: {error.strerror}") from error
        try:
            return self._camera.take(source, motif)
        except BadDocument as error:
            raise replace(error, what=paper.title) from error


def _motif(citation: Citation, passages: Sequence[Passage]) -> Motif | None:
    """Return what to show; None for a quote without a place on a page."""
    quote, kind, label = citation.quote, citation.passage.kind, citation.passage.label or ""
    if quote.page is None:
        return None
    lines = tuple(box for box in quote.boxes if box.page == quote.page)
    here = _here(citation, passages)
    if kind is Kind.EQUATION:
        formula = _formula(here, passages)
        lines = tuple(box for box in lines if box not in formula)
        return _shown(Motif(quote.page, lines, quote.text, formula))
    if kind is Kind.TABLE or label.startswith(_STEPS):
        return _shown(Motif(quote.page, item=here or lines))
    if kind is Kind.CAPTION:
        table = _table(citation, passages)
        caption = "" if table else label or "Figure"
        return _shown(Motif(quote.page, lines, quote.text, (*(here or lines), *table), caption))
    return _shown(Motif(quote.page, lines or here, quote.text))


def _here(citation: Citation, passages: Sequence[Passage]) -> tuple[Box, ...]:
    """Return the lines of a citation's passage on the page of its quote, with those of the rest of a labelled item.

    The library knows them: a kept answer no longer does, and a long item is cut into several passages.
    """
    own, page = citation.passage, citation.quote.page
    parts = [p for p in passages if p.passage_id == own.passage_id]
    if own.label is not None:
        parts += [p for p in passages if p.label == own.label and p.kind is own.kind and p not in parts]
    return tuple(dict.fromkeys(box for part in parts or [own] for box in part.boxes if box.page == page))


def _formula(boxes: Sequence[Box], passages: Sequence[Passage]) -> tuple[Box, ...]:
    """Return the lines of the formula itself: those of its passage that no running text holds too."""
    prose = {box for passage in passages if passage.kind in _RUNNING_TEXT for box in passage.boxes}
    return tuple(box for box in boxes if box not in prose)


def _table(citation: Citation, passages: Sequence[Passage]) -> tuple[Box, ...]:
    """Return the lines of the table that a caption belongs to, where the reader has found them."""
    own = (box for p in passages if p.kind is Kind.TABLE and p.label == citation.passage.label for box in p.boxes)
    return tuple(dict.fromkeys(box for box in own if box.page == citation.quote.page))


def _shown(motif: Motif) -> Motif | None:
    return motif if motif.lines or motif.item else None
