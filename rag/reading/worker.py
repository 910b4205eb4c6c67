"""The process that opens PDFs: a fence around code that reads what strangers made.

It runs under memory, processor and file limits and may be killed at any time; nothing lives here that would be missed.
"""

from __future__ import annotations

import os
import resource
import signal
from multiprocessing.connection import Connection
from pathlib import Path

from rag.errors import BadDocument

OUT_OF_MEMORY = 77  # the exit code that says so


def serve(pipe: Connection, memory_bytes: int) -> None:
    """Read documents from the pipe until it closes.

    In comes (source, most pages, seconds of processor time); out go any number of (pages done, pages in all) and then
    a Reading, or the BadDocument that says why there is none.
    """
    _fence(memory_bytes)
    from rag.reading.pdfpages import load_pymupdf

    load_pymupdf()
    while True:
        try:
            source, most_pages, cpu_s = pipe.recv()
        except EOFError:
            return
        _allow_cpu(cpu_s)
        try:
            pipe.send(_answer(pipe, source, most_pages))
        except MemoryError:
            os._exit(OUT_OF_MEMORY)  # even a word of farewell could need memory that is not there


def _answer(pipe: Connection, source: bytes | Path, most_pages: int) -> object:
    from rag.reading.assemble import assemble
    from rag.reading.pdfpages import extract

    def progress(done: int, total: int) -> None:
        pipe.send((done, total))

    try:
        return assemble(extract(source, most_pages=most_pages, progress=progress))
    except BadDocument as refusal:
        return BadDocument(refusal.what, refusal.reason, refusal.advice)


def _fence(memory_bytes: int) -> None:
    """Limit memory, forbid files and core dumps, and let nothing that MuPDF prints reach the terminal."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's to answer
    quiet = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):
        os.dup2(quiet, stream)
    resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, memory_bytes))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))


def _allow_cpu(seconds: int) -> None:
    """Grant this many seconds of processor time from now; past them the system sends SIGXCPU."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    soft = int(used.ru_utime + used.ru_stime) + seconds + 1
    resource.setrlimit(resource.RLIMIT_CPU, (soft, resource.getrlimit(resource.RLIMIT_CPU)[1]))
