"""A citation as a picture: its lines, or the whole item they belong to, on the page of the very PDF that was read."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Protocol

from rag.domain.answer import Citation
from rag.domain.paper import Paper
from rag.domain.picture import QuotePicture
from rag.domain.reading import Box, Kind
from rag.errors import BadDocument, NotFound, StorageFailed
from rag.reading.motif import Motif
from rag.store.library import Library

_STEPS = ("Algorithm", "Listing")
_RUNNING_TEXT = (Kind.ABSTRACT, Kind.TEXT, Kind.THEOREM)


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
        if paper.key not in self._library.papers_by_key(guild, [paper.key]):
            raise nothing
        motif = self._motif(citation)
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

    def _motif(self, citation: Citation) -> Motif | None:
        """Return what to show; None for a quote without a place on a page."""
        quote, passage, label = citation.quote, citation.passage, citation.passage.label or ""
        if quote.page is None:
            return None
        lines = tuple(box for box in quote.boxes if box.page == quote.page)
        here = tuple(box for box in passage.boxes if box.page == quote.page)
        if passage.kind is Kind.EQUATION:
            formula = self._formula(citation, here)
            lines = tuple(box for box in lines if box not in formula)
            return _shown(Motif(quote.page, lines, quote.text, formula))
        if passage.kind is Kind.TABLE or label.startswith(_STEPS):
            return _shown(Motif(quote.page, item=here or lines))
        if passage.kind is Kind.CAPTION:
            table = self._table(citation)
            caption = "" if table else label or "Figure"
            return _shown(Motif(quote.page, lines, quote.text, (*here, *table), caption))
        return _shown(Motif(quote.page, lines or here, quote.text))

    def _formula(self, citation: Citation, boxes: tuple[Box, ...]) -> tuple[Box, ...]:
        """Return the lines of the formula itself: those of its passage that no running text holds too."""
        passages = self._library.passages_of(citation.paper.key)
        prose = {box for passage in passages if passage.kind in _RUNNING_TEXT for box in passage.boxes}
        return tuple(box for box in boxes if box not in prose)

    def _table(self, citation: Citation) -> tuple[Box, ...]:
        """Return the lines of the table that a caption belongs to, where the reader has found them."""
        tables = (p for p in self._library.passages_of(citation.paper.key) if p.kind is Kind.TABLE)
        own = (box for table in tables if table.label == citation.passage.label for box in table.boxes)
        return tuple(dict.fromkeys(box for box in own if box.page == citation.quote.page))


def _shown(motif: Motif) -> Motif | None:
    return motif if motif.lines or motif.item else None
