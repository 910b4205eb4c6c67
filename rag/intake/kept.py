"""The PDFs of papers, kept privately beside the library: to draw a quoted line on its page, never to hand out."""

from __future__ import annotations

import hashlib
import logging
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from rag.domain.paper import Paper, SourceKind
from rag.sources.arxiv_ids import ArxivRef
from rag.sources.downloads import kept_name
from rag.sources.whole_files import sweep, write_whole

log = logging.getLogger(__name__)

BROUGHT = "brought"
"""The folder of the PDFs that servers brought, named by the hash of their bytes: two that bring one share a file."""


class KeptPdfs:
    """The PDF of exactly what was read. Threads may share it.

    ``papers`` is the folder where :class:`rag.sources.downloads.Downloader` keeps what comes from arXiv.
    """

    def __init__(self, papers: Path) -> None:
        self._papers = papers
        self._lock = threading.RLock()

    def of(self, paper: Paper) -> Path | None:
        """Return the PDF that the paper was read from; None when it is not kept, was damaged, or had no pages."""
        return next((path for path in self._places(paper) if _sha256(path) == paper.sha256), None)

    def clear_if_lost(self, paper: Paper) -> bool:
        """Say whether the PDF of a paper is gone; what lies damaged in its place is removed, to come anew."""
        with self._lock:
            places = self._places(paper)
            if not places or self.of(paper) is not None:
                return False
            _remove(places[0])
            return True

    def keep(self, paper: Paper, content: bytes) -> None:
        """Keep the PDF of a paper, once; other documents are not kept. Raises StorageFailed."""
        with self.keeping(paper, content):
            pass

    @contextmanager
    def keeping(self, paper: Paper, content: bytes) -> Iterator[None]:
        """Keep a PDF and let the paper be written down before :meth:`forget` looks whether anybody reads it."""
        with self._lock:
            if paper.source in (SourceKind.ARXIV, SourceKind.PDF) and self.of(paper) is None:
                write_whole(self._places(paper)[0], content)
            yield

    def forget(self, papers: Iterable[Paper], *, is_read: Callable[[str], bool]) -> None:
        """Remove the PDFs of papers that are gone, and of their older versions that kept answers quoted.

        ``is_read`` says of a hash whether some paper was read from it, or was when an answer was kept.
        """
        with self._lock:
            for paper in papers:
                for path in self._places(paper):
                    if _sha256(path) == paper.sha256 and not is_read(paper.sha256):
                        _remove(path)
                for path in self._versions(paper):
                    sha256 = _sha256(path)
                    if sha256 is not None and not is_read(sha256):
                        _remove(path)

    def sweep(self, *, is_read: Callable[[str], bool]) -> None:
        """Remove old PDFs of servers that no paper was read from: an add was cut off and given up."""
        folder = self._papers / BROUGHT
        with self._lock:
            read = frozenset(path.name for path in folder.glob("*.pdf") if is_read(path.stem))
            sweep(folder, "*.pdf", but=read)

    def _places(self, paper: Paper) -> tuple[Path, ...]:
        """Return where the PDF may lie, its own place first: a server may bring the very bytes that arXiv sent."""
        if paper.source not in (SourceKind.ARXIV, SourceKind.PDF):
            return ()
        brought = self._papers / BROUGHT / f"{paper.sha256}.pdf"
        if paper.arxiv_id is None or paper.version is None:
            return (brought,)
        fetched = self._papers / kept_name(ArxivRef(paper.arxiv_id, paper.version))
        return (fetched, brought) if paper.source is SourceKind.ARXIV else (brought, fetched)

    def _versions(self, paper: Paper) -> list[Path]:
        """Return what arXiv sent of any version of a paper."""
        if paper.source is not SourceKind.ARXIV or paper.arxiv_id is None:
            return []
        return sorted(self._papers.glob(f"{Path(kept_name(ArxivRef(paper.arxiv_id))).stem}v*.pdf"))


def _sha256(path: Path) -> str | None:
    """Return the hash of a file's bytes; None when there is none or it cannot be read."""
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        if not isinstance(error, FileNotFoundError):
            log.warning("%s cannot be read: %s", path.name, error.strerror)
        return None


def _remove(path: Path) -> None:
    """Remove a file that nothing needs any more: one that stays is found by nobody, so that is no failure."""
    try:
        path.unlink(missing_ok=True)
    except OSError as error:
        log.warning("%s stays: %s", path.name, error.strerror)
