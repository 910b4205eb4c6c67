"""Which kind of document some bytes are, by looking at them."""

from __future__ import annotations

import re
from itertools import islice
from pathlib import Path

from rag.domain.paper import SourceKind

HEAD_BYTES = 4096  # enough for a doctype behind comments; a PDF's mark stands in its first 1,024 bytes (ISO 32000)

SUFFIXES = {
    ".pdf": SourceKind.PDF,
    ".html": SourceKind.HTML,
    ".htm": SourceKind.HTML,
    ".xhtml": SourceKind.HTML,
    ".md": SourceKind.MARKDOWN,
    ".markdown": SourceKind.MARKDOWN,
}


def sniff(content: bytes) -> SourceKind | None:
    """Tell PDF and HTML by their marks, Markdown by a heading or link in plain text; None for anything else.

    The first bytes will do, but for a PDF that lost them.
    """
    head = content[:HEAD_BYTES]
    if b"%PDF-" in head[:1024] or is_headless_pdf(content):
        return SourceKind.PDF
    if looks_like_html(head):
        return SourceKind.HTML
    if looks_like_text(head) and _MARKDOWN.search(head.decode("utf-8", "ignore")) is not None:
        return SourceKind.MARKDOWN
    return None


def is_headless_pdf(content: bytes) -> bool:
    """Whether PDF objects stand in a file whose beginning was wiped out, which MuPDF can repair."""
    return not content[:8].strip(b"\x00\xff \r\n\t") and b"endobj" in content and b"endstream" in content


def looks_like_html(head: bytes) -> bool:
    """Whether a browser would take this for a web page."""
    return _HTML.search(head[:HEAD_BYTES]) is not None


def looks_like_text(head: bytes) -> bool:
    """Whether these are words and not a picture, an archive or a program: UTF-8 without control characters."""
    if not head.strip() or _CONTROL.search(head) is not None:
        return False
    try:
        head.decode("utf-8")
    except UnicodeDecodeError as error:
        return error.start > len(head) - 4  # cut within the last character
    return True


def foreign_kind(content: bytes) -> str:
    """Return what people call a file that is no paper to us ("a Word document")."""
    if content.startswith(b"PK\x03\x04"):
        names = _names_in(content)
        return next((called for mark, called in _PACKED.items() if mark.search(names)), "a ZIP archive")
    called = next((called for mark, called in _MARKS.items() if content.startswith(mark)), None)
    return called or ("plain text" if looks_like_text(content[:HEAD_BYTES]) else "a file of another kind")


def sniff_file(path: Path) -> SourceKind | None:
    """Sniff the first bytes of a file; None when it is not there, is no file or may not be read."""
    try:
        if not path.is_file():
            return None
        with path.open("rb") as file:
            return sniff(file.read(HEAD_BYTES))
    except (OSError, ValueError):  # no permission, a name too long, a NUL in the name
        return None


def _names_in(archive: bytes) -> bytes:
    """Return the names of what a ZIP archive holds, one a line, and its beginning: names are not packed.

    Nothing is unpacked; of a damaged archive there are the names at the entries themselves.
    """
    entries = re.finditer(rb"PK\x03\x04.{22}(..)..", archive, re.S)
    names = (archive[e.end() : e.end() + int.from_bytes(e[1], "little")] for e in islice(entries, _MOST_NAMES))
    return b"\n".join((*names, archive[:HEAD_BYTES]))


_MOST_NAMES = 10_000
_HTML = re.compile(
    rb"\A(?:\xef\xbb\xbf)?\s*(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)*<(?:!doctype\s+html|html|head|body)\b", re.I | re.S
)
_PACKED = {
    re.compile(rb"^word[/\\]|word/document\.xml", re.M): "a Word document",
    re.compile(rb"^ppt[/\\]|ppt/presentation\.xml", re.M): "a PowerPoint presentation",
    re.compile(rb"^xl[/\\]|xl/workbook\.xml", re.M): "an Excel sheet",
    re.compile(rb"^\[Content_Types\]\.xml", re.M): "an Office document",
    re.compile(rb"mimetypeapplication/epub"): "an EPUB book",
    re.compile(rb"mimetypeapplication/vnd\.oasis\.opendocument"): "an OpenDocument file",
}
_MARKS = {
    b"\xd0\xcf\x11\xe0": "an old Office document",
    b"{\\rtf": "an RTF document",
    b"%!PS": "a PostScript file",
    b"\x1f\x8b": "a gzip archive",
    b"\x89PNG": "a picture",
    b"\xff\xd8\xff": "a picture",
    b"GIF8": "a picture",
}
_MARKDOWN = re.compile(r"^#{1,6} \S|^\S.*\n(?:=+|-{3,})\s*$|\[[^\]\n]+\]\([^)\s]+\)|^```", re.M)
_CONTROL = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f]")
