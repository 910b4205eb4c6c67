"""The near side of the fence: a warm worker process that opens documents, asked one thing at a time, within limits."""

from __future__ import annotations

import contextlib
import logging
import multiprocessing
import signal
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing.connection import Connection
from typing import TYPE_CHECKING, TypeVar

from rag.domain.sizes import MB
from rag.errors import BadDocument
from rag.reading.starting import interrupts_waiting
from rag.reading.worker import OUT_OF_MEMORY, Done, Task, serve

if TYPE_CHECKING:
    from multiprocessing.context import SpawnProcess

log = logging.getLogger(__name__)

Answer = TypeVar("Answer")
# MuPDF keeps what it has freed; a fresh process now and then gives it back.
_TASKS_PER_WORKER = 100
_LOOK_S = 0.1  # how soon whoever closes sees that nobody uses the worker any more


@dataclass(frozen=True, slots=True)
class Allowance:
    """What one task may cost. Sizes in bytes, times in seconds."""

    memory_bytes: int
    cpu_s: int
    wall_s: float


class Fence:
    """A worker that starts with the first task and is replaced when it dies; threads may share it, one at a time.

    ``doing`` says what tasks do, for refusals ("reading it took longer than ..."). A worker that nobody asked for
    ``idle_s`` seconds is ended; None keeps it until the fence is closed.
    """

    def __init__(self, name: str, allowance: Allowance, *, doing: str, idle_s: float | None = None) -> None:
        self._name = name
        self._allowance = allowance
        self._doing = doing
        self._idle_s = idle_s
        self._lock = threading.Lock()
        self._process: SpawnProcess | None = None
        self._pipe: Connection | None = None
        self._tasks = 0
        self._resting: threading.Timer | None = None

    @property
    def pid(self) -> int | None:
        """Return the worker's process id; None while there is no worker."""
        return self._process.pid if self._process is not None else None

    def ask(self, task: Task[Answer], progress: Callable[[int, int], None] | None = None) -> Answer:
        """Return what came of a task. Raise BadDocument when it cannot be done, or not within the allowance."""
        with self._lock:
            self._stay()
            if self._tasks >= _TASKS_PER_WORKER:
                self._stop()
            try:
                return self._asked(task, progress)
            finally:
                self._rest()

    def close(self) -> None:
        """End the worker, also amid a task of another thread: that one cannot be done. The next starts a new one."""
        while not self._lock.acquire(timeout=_LOOK_S):
            self._cut_off()
        try:
            self._stay()
            self._stop()
        finally:
            self._lock.release()

    def _cut_off(self) -> None:
        """Kill the worker under the thread that waits for it, which finds out and clears it away."""
        process = self._process
        if process is not None:
            with contextlib.suppress(ValueError, AttributeError):  # that thread has just cleared it away, or starts it
                process.kill()

    def _asked(self, task: Task[Answer], progress: Callable[[int, int], None] | None) -> Answer:
        pipe = self._start()
        self._tasks += 1
        try:
            pipe.send((task, self._allowance.cpu_s))
            answer = self._await(pipe, progress).answer
        except (EOFError, BrokenPipeError, ConnectionResetError):
            raise self._autopsy() from None
        except BaseException:
            self._kill()  # a half-done conversation cannot be taken up again
            raise
        if isinstance(answer, BadDocument):
            raise answer
        return answer  # type: ignore[no-any-return]  # a task's answer crosses the process border untyped

    def _await(self, pipe: Connection, progress: Callable[[int, int], None] | None) -> Done:
        deadline = time.monotonic() + self._allowance.wall_s
        while pipe.poll(max(0.0, deadline - time.monotonic())):
            word = pipe.recv()
            if isinstance(word, Done):
                return word
            if progress is not None:
                progress(*word)
        raise BadDocument(_IT, f"{self._doing} took longer than {self._allowance.wall_s:g} s", _HOSTILE)

    def _start(self) -> Connection:
        if self._pipe is not None and self._process is not None and self._process.is_alive():
            return self._pipe
        self._stop()
        spawn = multiprocessing.get_context("spawn")
        ours, theirs = spawn.Pipe()
        wanted = (theirs, self._allowance.memory_bytes)
        process = spawn.Process(target=serve, args=wanted, name=self._name, daemon=True)
        with interrupts_waiting():
            process.start()
            theirs.close()
            self._process, self._pipe, self._tasks = process, ours, 0
        return ours

    def _rest(self) -> None:
        """End the worker after a while, unless it is asked again."""
        if self._idle_s is not None and self._process is not None:
            self._resting = threading.Timer(self._idle_s, self._end_idle)
            self._resting.daemon = True
            self._resting.start()

    def _stay(self) -> None:
        if self._resting is not None:
            self._resting.cancel()
        self._resting = None

    def _end_idle(self) -> None:
        with self._lock:
            if self._resting is threading.current_thread():  # asked anew while this one waited for the lock? then not
                self._resting = None
                self._stop()

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
        log.warning("the worker %s died with exit code %s", self._name, code)
        if code == OUT_OF_MEMORY:
            allowed = f"the {self._allowance.memory_bytes / MB:.0f} MB of memory that one document is allowed"
            return BadDocument(_IT, f"it needs more than {allowed}", _HOSTILE)
        if code == -signal.SIGXCPU:
            reason = f"{self._doing} took more than {self._allowance.cpu_s} s of computing"
            return BadDocument(_IT, reason, _HOSTILE)
        if code == -signal.SIGKILL:
            return BadDocument(_IT, "the process that opened it was killed, perhaps for memory", _HOSTILE)
        return BadDocument(_IT, f"{self._doing} broke the library that is used for it", _HOSTILE)


_IT = "this document"
_HOSTILE = "It may be damaged or built to do harm; if you trust it, print it to a new PDF and add that."
