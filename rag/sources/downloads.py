"""Documents over the network: PDFs of arXiv papers, and PDF, HTML and Markdown from anywhere public."""

from __future__ import annotations

import hashlib
import logging
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from urllib.parse import unquote, urlsplit

from rag.domain.paper import SourceKind
from rag.errors import BadDocument, NotFound, StorageFailed, Unreachable
from rag.sources.arxiv_ids import ArxivRef
from rag.sources.sniffing import HEAD_BYTES, SUFFIXES, looks_like_html, looks_like_text, sniff
from rag.sources.web import Progress, Response, Web
from rag.sources.whole_files import write_whole

log = logging.getLogger(__name__)

PDF_ADDRESS = "https://arxiv.org/pdf/{id}{v}"  # "https://export.arxiv.org/pdf/{id}{v}" for many papers at once


@dataclass(frozen=True, slots=True)
class Download:
    """A document that has arrived whole. ``sha256`` is of ``data``, 64 hex digits."""

    data: bytes
    sha256: str
    kind: SourceKind


class Downloader:
    """Fetches documents through a :class:`Web`.

    ``papers`` is the folder where PDFs of named arXiv versions, which never change, are kept: an interrupted add
    does not ask arXiv twice. None keeps nothing. ``pdf_address`` has ``{id}`` and ``{v}`` ("v3" or nothing).
    """

    def __init__(self, *, web: Web, papers: Path | None = None, pdf_address: str = PDF_ADDRESS) -> None:
        self._web = web
        self._papers = papers
        self._pdf_address = pdf_address

    def pdf(self, ref: ArxivRef, *, progress: Progress | None = None) -> Download:
        """Return the PDF of an arXiv paper.

        Raises NotFound for an unknown id, Unreachable when arXiv does not send a PDF (with the reason: it shows a
        page that wants a human, the network is down, ...), BadDocument over the byte limit, StorageFailed when the
        disk refuses.
        """
        url = self._pdf_url(ref)
        kept = self._kept_path(ref)
        if kept is not None and (data := _kept(kept)) is not None:
            log.info("%s is here already", ref)
            return _download(data, SourceKind.PDF)
        try:
            answer = self._web.get(url, accept="application/pdf", progress=progress)
        except NotFound as error:
            raise NotFound("arXiv id", str(ref)) from error
        if sniff(answer.body) is not SourceKind.PDF:
            raise Unreachable("arXiv", _no_pdf(answer.body))
        if kept is not None:
            write_whole(kept, answer.body)
        return _download(answer.body, SourceKind.PDF)

    def url(self, url: str, *, progress: Progress | None = None) -> Download:
        """Return the PDF, HTML or Markdown document at a public http(s) address.

        Raises NotFound, Refused (a private address), Unreachable, BadDocument (another kind of file, or too large).
        """
        answer = self._web.get(
            url, accept="application/pdf, text/html, text/markdown;q=0.9, */*;q=0.5", progress=progress
        )
        kind = _kind(answer)
        if kind is None:
            reason = "it is neither a PDF nor an article in HTML or Markdown"
            raise BadDocument(url, reason, advice="Give the address of the paper's PDF.")
        if kind is SourceKind.HTML and _suffix(url) == ".pdf":
            raise Unreachable(urlsplit(url).hostname or url, _no_pdf(answer.body))
        return _download(answer.body, kind)

    def _pdf_url(self, ref: ArxivRef) -> str:
        version = "" if ref.version is None else f"v{ref.version}"
        return self._pdf_address.replace("{id}", ref.base_id).replace("{v}", version)

    def _kept_path(self, ref: ArxivRef) -> Path | None:
        if self._papers is None or ref.version is None:
            return None
        return self._papers / kept_name(ref)


def kept_name(ref: ArxivRef) -> str:
    """Return the file name under which the PDF of a named arXiv version is kept."""
    return f"{str(ref).replace('/', '_')}.pdf"


def _download(data: bytes, kind: SourceKind) -> Download:
    return Download(data, hashlib.sha256(data).hexdigest(), kind)


def _no_pdf(body: bytes) -> str:
    if not body:
        return "it sent an empty file instead of the PDF"
    if not looks_like_html(body):
        return "it sent something else instead of the PDF"
    if any(word in body[:20_000].lower() for word in (b"captcha", b"robot", b"verify you are human")):
        return "it sent a page that wants to see a human instead of the PDF"
    return "it sent a web page instead of the PDF"


def _kind(answer: Response) -> SourceKind | None:
    """Trust the first bytes for PDF and HTML; among plain texts, the name and the declared type for Markdown."""
    if (kind := sniff(answer.body)) in (SourceKind.PDF, SourceKind.HTML):
        return kind
    if not looks_like_text(answer.body[:HEAD_BYTES]):
        return None
    if _suffix(answer.url) in (".md", ".markdown") or answer.content_type in ("text/markdown", "text/x-markdown"):
        return SourceKind.MARKDOWN
    if answer.content_type in ("text/html", "application/xhtml+xml"):
        return SourceKind.HTML
    return kind if answer.content_type in ("text/plain", "") else None


def _suffix(url: str) -> str:
    suffix = PurePosixPath(unquote(urlsplit(url).path)).suffix.lower()
    return suffix if suffix in SUFFIXES else ""


def _kept(path: Path) -> bytes | None:
    """Return a PDF kept earlier; None when there is none or somebody has damaged it."""
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise StorageFailed(f"{path.name} cannot be read: {error.strerror or error}") from error
    return data if sniff(data) is SourceKind.PDF else None
