"""What one input of ``seminar add`` means: an arXiv paper, a file, a web address, a Papers with Code page.

Nothing is fetched here; a disk is only looked at for files without a telling suffix.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import TypeAlias
from urllib.parse import SplitResult, unquote, urlsplit, urlunsplit

from rag.domain.paper import SourceKind
from rag.errors import BadIdentifier
from rag.sources.arxiv_ids import ArxivRef, MalformedArxivId, parse_arxiv_id
from rag.sources.landing_pages import document_address
from rag.sources.sniffing import SUFFIXES, sniff_file

MAX_INPUT_CHARS = 2_000  # what browsers and servers take for an address


@dataclass(frozen=True, slots=True)
class LocalDocument:
    """A file on this machine. It may be missing: whoever reads it says so."""

    path: Path
    kind: SourceKind


@dataclass(frozen=True, slots=True)
class WebDocument:
    """An http(s) address; what lies there is known after fetching. A paper's landing page has become its PDF."""

    url: str


@dataclass(frozen=True, slots=True)
class PapersWithCodePage:
    """A paper's page on Papers with Code, named by a slug ("deep-residual-learning-for-image-recognition")."""

    slug: str
    url: str


Identified: TypeAlias = ArxivRef | LocalDocument | WebDocument | PapersWithCodePage


def identify(
    text: str,
    *,
    local: bool = True,
    folder: Path = Path(),
    sniffed: Callable[[Path], SourceKind | None] = sniff_file,
) -> Identified:
    """Return what one input names.

    ``local`` False takes no files (input from Discord must not reach this machine's disk). A file that exists wins
    over an arXiv id with ".pdf" behind it: people add what they have downloaded. Relative paths begin in ``folder``.
    ``sniffed`` looks at a file.
    Raises BadIdentifier, with advice, for everything else.
    """
    cleaned = _cleaned(text)
    if not cleaned:
        raise BadIdentifier(what="an empty name", reason="nothing was written", advice=_ADVICE)
    if len(cleaned) > MAX_INPUT_CHARS:
        raise BadIdentifier(_short(cleaned), f"it is longer than {MAX_INPUT_CHARS:,} characters", advice=_ADVICE)
    try:
        found: Identified | None = _file_here(text, folder, sniffed) if local else None
        found = found or _arxiv(cleaned) or _address(cleaned)
    except MalformedArxivId as error:
        raise BadIdentifier(_short(cleaned), str(error), advice=_ID_ADVICE) from error
    if found is None and local:
        found = _file_by_suffix(text, folder)
    if found is None:
        raise _unknown(cleaned, folder) if local else _unknown_from_afar(cleaned)
    return found


_ADVICE = "Give an arXiv id (1502.03167), an address that begins with https://, or a PDF, HTML or Markdown file."
_ID_ADVICE = "Look the id up on the paper's arXiv page: it looks like 1502.03167 or quant-ph/0201082."
_NO_PAPER_ADVICE = "Open the paper there and give the address of its own page, or its arXiv id."

_OPENING = " \t\r\n<([{\"'`*_“”‘’«»\u200b\u200e\ufeff\u00a0"
_CLOSING = " \t\r\n>\"'`*“”‘’«»,;:!\u200b\u200e\ufeff\u00a0."


def _cleaned(text: str) -> str:
    """Take off what surrounds an id or address in prose: brackets, quotes, a full stop."""
    text = text.strip(_CLOSING).lstrip(_OPENING)
    for opening, closing in ("()", "[]", "{}"):
        while text.endswith(closing) and text.count(closing) > text.count(opening):
            text = text[:-1].rstrip(_CLOSING)
    return text


def _arxiv(text: str) -> ArxivRef | None:
    """Read an id that stands alone: bare, "arXiv:…" (also with the stamp's class and date), or as a DOI."""
    text = unquote(text).strip()
    text = _DOI_PREFIX.sub("", text, count=1)
    text = _ARXIV_PREFIX.sub("", text, count=1)
    text = _STAMP_TAIL.sub("", text, count=1)
    return parse_arxiv_id(_without_tail(text))


_DOI_PREFIX = re.compile(r"\A(?:doi:\s*)?10\.48550/(?=arxiv\.)", re.IGNORECASE)
_ARXIV_PREFIX = re.compile(r"\Aarxiv\s*[:.\s]\s*", re.IGNORECASE)
_STAMP_TAIL = re.compile(r"\s*\[[a-z.-]+\](?:\s+[0-9]{1,2} [a-z]{3,9} [0-9]{4})?\Z", re.IGNORECASE)


def _without_tail(text: str) -> str:
    """Drop a query, a fragment, trailing slashes and ".pdf"."""
    text = re.split(r"[?#]", text, maxsplit=1)[0].rstrip("/ .,;")
    return re.sub(r"\.pdf\Z", "", text, flags=re.IGNORECASE)


def _address(text: str) -> Identified | None:
    """Read a web address. Well-known hosts are taken without "https://" too."""
    parts = _split(text)
    if parts is None:
        return None
    host = (parts.hostname or "").removeprefix("www.")
    if _is_arxiv_host(host):
        ref = _id_in_path(parts.path)
        if ref is None:
            raise BadIdentifier(_short(text), "that arXiv address names no paper", advice=_NO_PAPER_ADVICE)
        return ref
    if host in _PAPERS_WITH_CODE:
        return _papers_with_code(parts, text)
    if (before := _NAMING_HOSTS.get(host)) is not None:
        path = unquote(parts.path).lstrip("/")
        if path.lower().startswith(before) and (ref := _id_in_path(path[len(before) :])) is not None:
            return ref
    return WebDocument(document_address(urlunsplit(parts)))


_PAPERS_WITH_CODE = frozenset({"paperswithcode.com", "paperswithcode.co"})
# Other hosts that name papers by arXiv id, and what stands before the id in the path.
_NAMING_HOSTS = {
    "doi.org": "10.48550/arxiv.",
    "dx.doi.org": "10.48550/arxiv.",
    "huggingface.co": "papers/",
    "hf.co": "papers/",
    "arxiv-vanity.com": "papers/",
    "scirate.com": "arxiv/",
    "semanticscholar.org": "arxiv/",
}


def _is_arxiv_host(host: str) -> bool:
    return host in ("arxiv.org", "ar5iv.org", "alphaxiv.org") or host.endswith((".arxiv.org", ".alphaxiv.org"))


def _split(text: str) -> SplitResult | None:
    """Split an http(s) address; None when the text is none. Raises BadIdentifier for what nobody can fetch."""
    if (scheme := re.match(r"([a-z][a-z0-9+.-]*)://", text, re.IGNORECASE)) is None:
        host = re.split(r"[/?#:]", text, maxsplit=1)[0].lower().removeprefix("www.")
        if not (_is_arxiv_host(host) or host in _PAPERS_WITH_CODE or host in _NAMING_HOSTS):
            return None
        text = "https://" + text
    elif scheme[1].lower() not in ("http", "https"):
        if scheme[1].lower() == "file":
            return None
        raise BadIdentifier(_short(text), "only http and https addresses can be fetched", advice=_ADVICE)
    try:
        parts = urlsplit(text)
        host, _ = parts.hostname, parts.port  # both are checked on reading
    except ValueError as error:
        raise BadIdentifier(_short(text), "the address is malformed", advice=_ADVICE) from error
    if not host or re.search(r"[\s\x00-\x1f\x7f<>\"\\^`{|}]", parts.netloc + parts.path) is not None:
        raise BadIdentifier(_short(text), "the address is malformed", advice=_ADVICE)
    if parts.username is not None or parts.password is not None:
        raise BadIdentifier(
            f"an address on {host}", "it holds a user name or password", advice="Give the address without it."
        )
    return parts._replace(fragment="")


def _id_in_path(path: str) -> ArxivRef | None:
    """Find the id among the segments of a path; an old id takes two of them."""
    segments = [segment for segment in unquote(path).split("/") if segment]
    for start in range(len(segments)):
        for width in (1, 2):
            candidate = _without_tail("/".join(segments[start : start + width]))
            if (ref := _arxiv(candidate)) is not None:
                return ref
    return None


def _papers_with_code(parts: SplitResult, text: str) -> ArxivRef | PapersWithCodePage:
    if (ref := _id_in_path(parts.path)) is not None:
        return ref
    found = re.match(r"/papers?/([\w-]{1,300})(?:/|\Z)", unquote(parts.path))
    if found is None:
        raise BadIdentifier(_short(text), "that Papers with Code address names no paper", advice=_NO_PAPER_ADVICE)
    return PapersWithCodePage(slug=found[1].lower(), url=f"https://{parts.netloc.lower()}/paper/{found[1]}")


def _path(text: str, folder: Path) -> Path | None:
    """Read the text as a path from a folder ("file://" and "~" too); None when it cannot be one."""
    text = text.strip()
    if text.lower().startswith("file://"):
        text = unquote(text[len("file://") :]).removeprefix("localhost")
    elif "://" in text:
        return None
    if "\x00" in text or not text:
        return None
    try:
        return folder / Path(text).expanduser()
    except RuntimeError:  # no home is known for "~name"
        return folder / text


def _file_here(text: str, folder: Path, sniffed: Callable[[Path], SourceKind | None]) -> LocalDocument | None:
    """Take a file that exists, by its suffix, else by its first bytes. A bare arXiv id never names a file."""
    path = _path(text, folder)
    if path is None or (path.suffix.lower() not in SUFFIXES and _is_bare_id(text)):
        return None
    if (kind := sniffed(path)) is None and not _is_file(path):
        return None
    kind = SUFFIXES.get(path.suffix.lower(), kind)  # HTML named .pdf is refused by whoever reads it
    return None if kind is None else LocalDocument(path, kind)


def _file_by_suffix(text: str, folder: Path) -> LocalDocument | None:
    path = _path(text, folder)
    kind = None if path is None else SUFFIXES.get(path.suffix.lower())
    return None if path is None or kind is None else LocalDocument(path, kind)


def _is_bare_id(text: str) -> bool:
    try:
        return parse_arxiv_id(text.strip()) is not None
    except MalformedArxivId:
        return True


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except (OSError, ValueError):
        return False


def _is_folder(path: Path) -> bool:
    try:
        return path.is_dir()
    except (OSError, ValueError):
        return False


def _unknown(text: str, folder: Path) -> BadIdentifier:
    """Say what is wrong in the most useful way we can."""
    path = _path(text, folder)
    if path is not None and _is_folder(path):
        advice = "Name the files in it, for example with *.pdf."
        return BadIdentifier(_short(text), "it is a folder", advice=advice)
    if path is not None and _is_file(path):
        return BadIdentifier(_short(text), "it is no PDF, HTML or Markdown file", advice=_ADVICE)
    return _unknown_name(text)


def _unknown_from_afar(text: str) -> BadIdentifier:
    """Say what is wrong without a look at the disk."""
    if _PATH_LIKE.match(text) or PurePosixPath(text).suffix.lower() in SUFFIXES:
        return BadIdentifier(_short(text), "no file is read by its path here", advice="Send the file itself.")
    return _unknown_name(text)


_PATH_LIKE = re.compile(r"file:|[~/\\.]|[a-z]:[\\/]", re.IGNORECASE)


def _unknown_name(text: str) -> BadIdentifier:
    if re.match(r"(?:doi:\s*)?10\.[0-9]{4,9}/\S", text, re.IGNORECASE):
        return BadIdentifier(
            _short(text), "only arXiv's own DOIs lead to a PDF", advice="Give the address of the paper's PDF."
        )
    if re.match(r"[\w-]+(?:\.[\w-]+)*\.[a-z]{2,}/\S", text, re.IGNORECASE):
        return BadIdentifier(
            _short(text),
            "it is no file here and no full address",
            advice=f"Write https://{_short(text)} for a web page.",
        )
    return BadIdentifier(_short(text), "it is no arXiv id, address or file that we know", advice=_ADVICE)


def _short(text: str) -> str:
    return text if len(text) <= 80 else text[:79] + "…"
