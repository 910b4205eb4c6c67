"""Documents that people send: kept in a folder until their job is done, so that a kill loses none."""

from __future__ import annotations

import contextlib
import hashlib
import secrets
import unicodedata
from collections.abc import Iterable
from pathlib import Path, PurePosixPath

from rag.domain.paper import SourceKind
from rag.domain.sizes import MB
from rag.errors import BadDocument, StorageFailed
from rag.intake.given import Upload
from rag.sources.sniffing import HEAD_BYTES, SUFFIXES, foreign_kind, looks_like_text, sniff
from rag.sources.whole_files import sweep, write_whole

_MAX_NAME = 120
_RESEND = "Send it again."


class Uploads:
    """The upload folder. A file belongs to one job: two jobs with the same bytes have two files."""

    def __init__(self, folder: Path, *, max_bytes: int) -> None:
        self._folder = folder
        self._max_bytes = max_bytes

    def store(self, name: str, content: bytes) -> Upload:
        """Keep what somebody sent. ``name`` is only shown, see :func:`shown_name`.

        Raises BadDocument when it is empty, too large, or no PDF, HTML or Markdown, and StorageFailed.
        """
        if len(content) > self._max_bytes:
            reason = f"it has {len(content) / MB:.0f} MB, more than the {self._max_bytes // MB} allowed"
            raise BadDocument(name, reason, advice="SEMINAR_MAX_DOWNLOAD_MB raises the limit.")
        kind = _kind(name, content)
        sha256 = hashlib.sha256(content).hexdigest()
        upload = Upload(f"{sha256}-{secrets.token_hex(4)}", sha256, kind)
        write_whole(self._folder / upload.file, content)
        return upload

    def read(self, name: str, upload: Upload) -> bytes:
        """Return what was sent, letter by letter. Raises BadDocument when it is gone or was damaged."""
        try:
            content = (self._folder / upload.file).read_bytes()
        except FileNotFoundError as error:
            raise BadDocument(name, "what was sent is no longer here", advice=_RESEND) from error
        except OSError as error:
            raise StorageFailed(f"{name}: {error.strerror}") from error
        if hashlib.sha256(content).hexdigest() != upload.sha256:
            raise BadDocument(name, "what was sent has been damaged on this disk", advice=_RESEND)
        return content

    def drop(self, upload: Upload) -> None:
        """Remove what a job is done with; a file that stays is swept later."""
        with contextlib.suppress(OSError):
            (self._folder / upload.file).unlink(missing_ok=True)

    def sweep(self, waiting: Iterable[Upload]) -> None:
        """Remove old files that no waiting job names. A young one may be about to get its job."""
        sweep(self._folder, "*", but=frozenset(upload.file for upload in waiting))


def shown_name(name: str) -> str:
    r"""Return a sent file's name as people may see it: no folders, nothing invisible, not endless.

    >>> shown_name("../../etc/Deep\u202e Learning.pdf")
    'Deep Learning.pdf'
    """
    last = PurePosixPath(name.replace("\\", "/")).name
    visible = "".join(c for c in last if c.isspace() or not unicodedata.category(c).startswith("C"))
    return " ".join(visible.split())[:_MAX_NAME].strip() or "The file"


def _kind(name: str, content: bytes) -> SourceKind:
    """Believe the first bytes; among plain texts, the name."""
    if not content:
        raise BadDocument(name, "it is empty", advice=_RESEND)
    suffix = PurePosixPath(name).suffix.lower()
    named, seen = SUFFIXES.get(suffix), sniff(content)
    if seen is SourceKind.PDF:
        return seen
    if named is SourceKind.PDF and seen is SourceKind.HTML:
        raise BadDocument(name, "it is a web page under the name of a PDF", advice="Download the PDF anew.")
    if named is not SourceKind.PDF:
        if looks_like_text(content[:HEAD_BYTES]) and named is not None:
            return SourceKind.HTML if seen is SourceKind.HTML else named
        if seen is not None:
            return seen
    what = foreign_kind(content)
    but = f", though its name ends in {suffix}" if named is not None else ""
    raise BadDocument(name, f"it is {what}{but}", advice="Save it as a PDF and send that.")
