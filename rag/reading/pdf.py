"""Read PDFs in a process of their own, with limits: the door to this room for PDFs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

from rag.domain.reading import Reading
from rag.domain.sizes import MB
from rag.errors import BadDocument, NotFound
from rag.reading.fence import Allowance, Fence
from rag.sources.sniffing import is_headless_pdf

Progress = Callable[[int, int], None]
_IDLE_S = 120.0


@dataclass(frozen=True, slots=True)
class Limits(Allowance):
    """What one document may cost. Sizes in bytes, times in seconds."""

    memory_bytes: int = 2048 * MB
    cpu_s: int = 60
    wall_s: float = 120.0
    max_pages: int = 400
    max_bytes: int = 50 * MB


@dataclass(frozen=True, slots=True)
class ReadPdf:
    """Read a whole document of so many pages at most."""

    source: bytes | Path
    most_pages: int

    def carried_out(self, told: Progress) -> Reading:
        """Return everything that is read, in the worker."""
        from rag.reading.assemble import assemble
        from rag.reading.pdfpages import extract

        return assemble(extract(self.source, most_pages=self.most_pages, progress=told))


class PdfReader:
    """Reads PDFs through one worker process, warm from the first on; threads may share it, one reads at a time.

    The worker ends when nothing was to be read for ``idle_s`` seconds: it takes 80 MB.
    """

    def __init__(self, limits: Limits | None = None, *, idle_s: float = _IDLE_S) -> None:
        self._limits = limits or Limits()
        self.fence = Fence("pdf-reader", self._limits, doing="reading it", idle_s=idle_s)

    def read(self, source: bytes | Path, progress: Progress | None = None) -> Reading:
        """Return everything read from one PDF; ``progress`` is told (pages done, pages in all).

        Raise BadDocument for what cannot or may not be read, NotFound for a path that is not there.
        """
        _check_before(source, self._limits)
        return self.fence.ask(ReadPdf(source, self._limits.max_pages), progress)

    def close(self) -> None:
        """End the worker. The next read starts a new one."""
        self.fence.close()

    def __enter__(self) -> PdfReader:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()


def read_pdf(source: bytes | Path, limits: Limits | None = None) -> Reading:
    """Return everything read from one PDF, through a worker that is started and ended for it."""
    with PdfReader(limits) as reader:
        return reader.read(source)


_WEB_PAGE = (b"<!doctype", b"<html", b"<head", b"<?xml", b"<script")


def _check_before(source: bytes | Path, limits: Limits) -> None:
    """Refuse what a look at its size and its first kilobyte tells."""
    if isinstance(source, Path):
        try:
            size = source.stat().st_size
            with source.open("rb") as file:
                start = file.read(1024)
        except FileNotFoundError:
            raise NotFound("file", str(source)) from None
        except OSError as error:
            raise BadDocument(str(source), f"it cannot be opened ({error.strerror})") from None
        name = source.name
    else:
        size, start, name = len(source), source[:1024], "this file"
    if size == 0:
        raise BadDocument(name, "it is empty", "Download it again.")
    if size > limits.max_bytes:
        raise BadDocument(
            name,
            f"it has {size / MB:.0f} MB and at most {limits.max_bytes / MB:.0f} MB are taken",
            "Make it smaller, or raise SEMINAR_MAX_DOWNLOAD_MB.",
        )
    if b"%PDF-" not in start:
        if is_headless_pdf(source if isinstance(source, bytes) else source.read_bytes()):
            return
        if start.lstrip(b"\xef\xbb\xbf \t\r\n").lower().startswith(_WEB_PAGE):
            raise BadDocument(name, "it is a web page, not a PDF", "Open it in a browser and save the PDF itself.")
        raise BadDocument(name, "it is not a PDF", "Give a PDF, an HTML page, a Markdown file or an arXiv id.")
