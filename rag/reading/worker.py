"""The process that opens documents: a fence around code that reads what strangers made.

It runs under memory, processor and file limits and may be killed at any time; nothing lives here that would be missed.
"""

from __future__ import annotations

import gc
import os
import resource
import signal
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing.connection import Connection
from typing import Any, Protocol, TypeVar

from rag.errors import BadDocument

OUT_OF_MEMORY = 77  # the exit code that says so
_SWEEPS = (10_000, 20, 50)
"""When to look for garbage: a page makes objects by the ten thousand. A quarter less work than with Python's own
numbers for 12 papers, and as much memory (91 MB; 2026-11-22), as each document's garbage is swept at its end.
"""
Answer_co = TypeVar("Answer_co", covariant=True)


class Task(Protocol[Answer_co]):
    """What a worker is asked to do: plain data that crosses the process border, and knows how it is carried out."""

    def carried_out(self, told: Callable[[int, int], None], /) -> Answer_co:
        """Do it here, in the worker; ``told`` passes progress on. Raise BadDocument when it cannot be done."""
        ...


@dataclass(frozen=True, slots=True)
class Done:
    """The last word about a task: what came of it, or the BadDocument that says why nothing did."""

    answer: Any


def serve(pipe: Connection, memory_bytes: int) -> None:
    """Carry out tasks from the pipe until it closes.

    In comes (task, seconds of processor time); out go any number of (done, in all) and then Done.
    """
    _fence(memory_bytes)
    from rag.reading.pdfpages import load_pymupdf

    load_pymupdf()
    gc.freeze()  # what is loaded stays: no sweep need look at it again
    gc.set_threshold(*_SWEEPS)
    while True:
        try:
            task, cpu_s = pipe.recv()
        except EOFError:
            return
        _allow_cpu(cpu_s)
        try:
            pipe.send(_done(task, lambda done, total: pipe.send((done, total))))
        except MemoryError:
            os._exit(OUT_OF_MEMORY)  # even a word of farewell could need memory that is not there
        del task
        gc.collect()  # a page's tree goes in circles: it would count towards what the next document may take


def _done(task: Task[object], told: Callable[[int, int], None]) -> Done:
    try:
        return Done(task.carried_out(told))
    except BadDocument as refusal:
        return Done(BadDocument(refusal.what, refusal.reason, refusal.advice))


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
