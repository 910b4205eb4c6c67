"""Read PDFs in a process of their own, with limits: the door to this room for PDFs."""

from __future__ import annotations

import contextlib
import logging
import multiprocessing
import signal
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING

from rag.domain.reading import Reading
from rag.errors import BadDocument, NotFound
from rag.reading.worker import OUT_OF_MEMORY, serve

if TYPE_CHECKING:
    from multiprocessing.context import SpawnProcess

log = logging.getLogger(__name__)

Progress = Callable[[int, int], None]
_MB = 1024 * 1024
# MuPDF keeps what it has freed; a fresh process now and then gives it back.
_DOCUMENTS_PER_WORKER = 100


@dataclass(frozen=True, slots=True)
class Limits:
    """What one document may cost. Sizes in bytes, times in seconds."""

    memory_bytes: int = 2048 * _MB
    cpu_s: int = 60
    wall_s: float = 120.0
    max_pages: int = 400
    max_bytes: int = 50 * _MB


class PdfReader:
    """Reads PDFs through one warm worker process; safe to call from several threads (one reads at a time)."""

    def __init__(self, limits: Limits | None = None) -> None:
        self._limits = limits or Limits()
        self._lock = threading.Lock()
        self._process: SpawnProcess | None = None
        self._pipe: Connection | None = None
        self._documents = 0

    def read(self, source: bytes | Path, progress: Progress | None = None) -> Reading:
        """Return everything read from one PDF; ``progress`` is told (pages done, pages in all).

        Raise BadDocument for what cannot or may not be read, NotFound for a path that is not there.
        """
        _check_before(source, self._limits)
        with self._lock:
            if self._documents >= _DOCUMENTS_PER_WORKER:
                self._stop()
            return self._ask(source, progress)

    def close(self) -> None:
        """End the worker. The next read starts a new one."""
        with self._lock:
            self._stop()

    def __enter__(self) -> PdfReader:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def _ask(self, source: bytes | Path, progress: Progress | None) -> Reading:
        pipe = self._start()
        self._documents += 1
        try:
            pipe.send((source, self._limits.max_pages, self._limits.cpu_s))
            answer = self._await(pipe, progress)
        except (EOFError, BrokenPipeError, ConnectionResetError):
            raise self._autopsy() from None
        except BaseException:
            self._kill()  # a half-done conversation cannot be taken up again
            raise
        if isinstance(answer, BadDocument):
            raise answer
        return answer

    def _await(self, pipe: Connection, progress: Progress | None) -> Reading | BadDocument:
        deadline = time.monotonic() + self._limits.wall_s
        while pipe.poll(max(0.0, deadline - time.monotonic())):
            answer = pipe.recv()
            if isinstance(answer, Reading | BadDocument):
                return answer
            if progress is not None:
                progress(*answer)
        raise BadDocument("this PDF", f"reading it took longer than {self._limits.wall_s:g} s", _HOSTILE)

    def _start(self) -> Connection:
        if self._pipe is not None and self._process is not None and self._process.is_alive():
            return self._pipe
        self._stop()
        spawn = multiprocessing.get_context("spawn")
        ours, theirs = spawn.Pipe()
        process = spawn.Process(target=serve, args=(theirs, self._limits.memory_bytes), name="pdf-reader", daemon=True)
        with _interrupts_waiting():
            process.start()
            theirs.close()
            self._process, self._pipe, self._documents = process, ours, 0
        return ours

    def _stop(self) -> None:
        """Close the pipe, which ends an idle worker; kill one that does not end."""
        if self._pipe is not None:
            self._pipe.close()
        if self._process is not None:
            self._process.join(1.0)
        self._kill()

    def _kill(self) -> None:
        if self._pipe is not None:
            self._pipe.close()
        if self._process is not None:
            if self._process.is_alive():
                self._process.kill()
            self._process.join()
            with contextlib.suppress(ValueError):
                self._process.close()
        self._process = self._pipe = None

    def _autopsy(self) -> BadDocument:
        """Say why the worker died and clear it away."""
        code = None
        if self._process is not None:
            self._process.join(5.0)
            code = self._process.exitcode
        self._kill()
        log.warning("the PDF worker died with exit code %s", code)
        if code == OUT_OF_MEMORY:
            allowed = f"the {self._limits.memory_bytes / _MB:.0f} MB of memory that one document is allowed"
            return BadDocument("this PDF", f"it needs more than {allowed}", _HOSTILE)
        if code == -signal.SIGXCPU:
            return BadDocument("this PDF", f"reading it took more than {self._limits.cpu_s} s of computing", _HOSTILE)
        if code == -signal.SIGKILL:
            return BadDocument("this PDF", "the process that read it was killed, perhaps for memory", _HOSTILE)
        return BadDocument("this PDF", "reading it broke the PDF library", _HOSTILE)


def read_pdf(source: bytes | Path, limits: Limits | None = None) -> Reading:
    """Return everything read from one PDF, through a worker that is started and ended for it."""
    with PdfReader(limits) as reader:
        return reader.read(source)


_HOSTILE = "It may be damaged or built to do harm; if you trust it, print it to a new PDF and add that."
_WEB_PAGE = (b"<!doctype", b"<html", b"<head", b"<?xml", b"<script")


@contextlib.contextmanager
def _interrupts_waiting() -> Iterator[None]:
    """Let a Ctrl-C wait until a worker is whole: half a start leaves a child that ends with a traceback.

    The worker inherits the blocked signal; it is its parent that answers a Ctrl-C. Only the main thread is interrupted.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    came: list[int] = []
    before = signal.signal(signal.SIGINT, lambda number, _frame: came.append(number))
    mask = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, mask)
        signal.signal(signal.SIGINT, signal.SIG_DFL if before is None else before)
    if came:
        signal.raise_signal(signal.SIGINT)


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
            f"it has {size / _MB:.0f} MB and at most {limits.max_bytes / _MB:.0f} MB are taken",
            "Make it smaller, or raise SEMINAR_MAX_DOWNLOAD_MB.",
        )
    if b"%PDF-" not in start:
        if _has_objects(source):
            return  # its head is gone, which MuPDF can repair
        if start.lstrip(b"\xef\xbb\xbf \t\r\n").lower().startswith(_WEB_PAGE):
            raise BadDocument(name, "it is a web page, not a PDF", "Open it in a browser and save the PDF itself.")
        raise BadDocument(name, "it is not a PDF", "Give a PDF, an HTML page, a Markdown file or an arXiv id.")


def _has_objects(source: bytes | Path) -> bool:
    """Whether PDF objects stand in a file that does not begin like a PDF."""
    content = source if isinstance(source, bytes) else source.read_bytes()
    return not content[:8].strip(b"\x00\xff \r\n\t") and b"endobj" in content and b"endstream" in content
