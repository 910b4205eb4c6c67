"""From one input to bytes, and from bytes to a reading: the sources and the readers behind one door."""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath
from typing import Protocol

from rag.domain.paper import SourceKind
from rag.domain.reading import Reading
from rag.domain.sizes import MB
from rag.errors import BadDocument, NotFound, SeminarError, StorageFailed
from rag.intake.given import Given, Upload
from rag.intake.uploads import Uploads
from rag.sources.arxiv_feed import ArxivFeed, ArxivRecord
from rag.sources.arxiv_ids import ArxivRef
from rag.sources.downloads import Downloader
from rag.sources.identifiers import LocalDocument, PapersWithCodePage, WebDocument, identify
from rag.sources.slugs import PapersWithCode

Told = Callable[[int, int], None]
"""(done, total) in bytes or pages; total 0 when unknown."""

Answers = Mapping[str, ArxivRecord]
"""What arXiv said ahead of time, by reference as written: "1502.03167", "1502.03167v2"."""


@dataclass(frozen=True, slots=True)
class Document:
    """Bytes of one paper. ``name`` is the file's stem, "" for what came from arXiv; ``url`` a public address or "".

    ``called`` is what a person knows it by: the file's name, the address, the arXiv id.
    """

    kind: SourceKind
    data: bytes
    sha256: str
    called: str
    name: str = ""
    url: str = ""


class ReadsPdf(Protocol):
    """Reads PDFs: :class:`rag.reading.pdf.PdfReader`."""

    def read(self, source: bytes | Path, progress: Told | None = None) -> Reading:
        """Return everything read from one PDF."""
        ...


class ReadsArticles(Protocol):
    """Reads documents without pages: :class:`rag.reading.articles.ArticleReader`."""

    def html(self, content: bytes, url: str = "") -> Reading:
        """Return everything read from one web page."""
        ...

    def markdown(self, content: bytes) -> Reading:
        """Return everything read from one document in Markdown."""
        ...


class Documents:
    """Finds, fetches and reads documents. ``dump_arxiv_id`` knows the arXiv ids behind old Papers-with-Code slugs."""

    def __init__(
        self,
        *,
        feed: ArxivFeed,
        downloader: Downloader,
        papers_with_code: PapersWithCode,
        pdf: ReadsPdf,
        articles: ReadsArticles,
        uploads: Uploads,
        dump_arxiv_id: Callable[[str], str | None],
        max_bytes: int,
    ) -> None:
        self._feed = feed
        self._downloader = downloader
        self._papers_with_code = papers_with_code
        self._pdf = pdf
        self._articles = articles
        self._uploads = uploads
        self._dump_arxiv_id = dump_arxiv_id
        self._max_bytes = max_bytes

    def identify(self, given: Given) -> ArxivRef | LocalDocument | WebDocument | Upload:
        """Say what an input is; an old Papers-with-Code page becomes the arXiv paper behind it."""
        if given.upload is not None:
            return given.upload
        found = _named(given)
        if isinstance(found, PapersWithCodePage):
            base_id = self._dump_arxiv_id(found.slug)
            return ArxivRef(base_id) if base_id else self._papers_with_code.paper(found)
        return found

    def ask_ahead(self, inputs: Sequence[Given]) -> Answers:
        """Ask arXiv about all ids among the inputs in one request; failures show when each is added."""
        refs = []
        for given in inputs:
            try:
                found = None if given.upload is not None else _named(given)
            except SeminarError:
                continue
            if isinstance(found, ArxivRef):
                refs.append(found)
        if len(refs) < 2:  # a single id is asked for when it is added
            return {}
        try:
            known = self._feed.known(refs)
        except SeminarError:
            return {}
        fitting = (ref for ref in refs if ref.base_id in known and ref.version in (None, known[ref.base_id].version))
        return {str(ref): known[ref.base_id] for ref in fitting}

    def record(self, ref: ArxivRef, answers: Answers) -> ArxivRecord:
        """Return arXiv's record of a paper. Raises NotFound, BadIdentifier, Unreachable."""
        asked = answers.get(str(ref))
        return asked if asked is not None else self._feed.metadata([ref])[ref.base_id]

    def pdf(self, ref: ArxivRef, told: Told) -> Document:
        """Fetch a paper's PDF from arXiv, or from the private folder where it was kept."""
        download = self._downloader.pdf(ref, progress=lambda done, total: told(done, total or 0))
        return Document(SourceKind.PDF, download.data, download.sha256, called=f"The PDF of arXiv {ref}")

    def load(self, given: Given, source: LocalDocument | WebDocument | Upload, told: Told) -> Document:
        """Return the bytes of a file, of a public address, or of what somebody sent."""
        if isinstance(source, LocalDocument):
            return self._file(source)
        if isinstance(source, Upload):
            data = self._uploads.read(given.text, source)
            name = PurePosixPath(given.text).stem.strip()
            return Document(source.kind, data, source.sha256, called=given.text, name=name)
        download = self._downloader.url(source.url, progress=lambda done, total: told(done, total or 0))
        name = Path(source.url.split("?", 1)[0].split("#", 1)[0]).stem
        return Document(download.kind, download.data, download.sha256, called=source.url, name=name, url=source.url)

    def read(self, document: Document, told: Told | None = None) -> Reading:
        """Return what the document says. Raises BadDocument, which names the document as the person knows it."""
        try:
            return self._reading(document, told)
        except BadDocument as error:
            raise replace(error, what=document.called) from error

    def _reading(self, document: Document, told: Told | None) -> Reading:
        if document.kind is SourceKind.HTML:
            return self._articles.html(document.data, document.url)
        if document.kind is SourceKind.MARKDOWN:
            return self._articles.markdown(document.data)
        return self._pdf.read(document.data, told)

    def _file(self, source: LocalDocument) -> Document:
        try:
            status = source.path.stat()
            if not stat.S_ISREG(status.st_mode):  # reading a pipe or a device may never end
                raise BadDocument(what=source.path.name, reason="it is not an ordinary file")
            size = status.st_size
            if size > self._max_bytes:
                raise BadDocument(
                    what=source.path.name,
                    reason=f"it has {size / MB:.0f} MB, more than the {self._max_bytes // MB} allowed",
                    advice="SEMINAR_MAX_DOWNLOAD_MB raises the limit.",
                )
            data = source.path.read_bytes()
        except FileNotFoundError as error:
            raise NotFound(what="file", name=source.path.name) from error
        except OSError as error:
            raise StorageFailed(reason=f"{source.path.name}: {error.strerror}") from error
        sha256 = hashlib.sha256(data).hexdigest()
        return Document(source.kind, data, sha256, called=source.path.name, name=_as_text(source.path.stem))


def _named(given: Given) -> ArxivRef | LocalDocument | WebDocument | PapersWithCodePage:
    if given.folder is None:
        return identify(given.text, local=False)
    return identify(given.text, folder=given.folder)


def _as_text(name: str) -> str:
    """Return a file's name as text that can be stored, also when its bytes are no UTF-8."""
    return os.fsencode(name).decode("utf-8", "replace")
