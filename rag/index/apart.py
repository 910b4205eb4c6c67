"""Chroma in a process of its own, which ends when nobody needs it.

Chroma holds the interpreter while it writes and waits for the disk: an event loop in the same process stood still for
100 to 300 ms a slice, for 2 s on a busy disk (2026-11-22). And it takes 100 MB, which a bot that only searches in its
own memory need not carry.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from rag.errors import IndexBroken, StorageFailed
from rag.index.bounded import Collection
from rag.index.ports import Vectored
from rag.reading.starting import interrupts_waiting

if TYPE_CHECKING:
    from multiprocessing.connection import Connection
    from multiprocessing.context import SpawnProcess

log = logging.getLogger(__name__)

IDLE_S = 60.0  # how long the process stays after anything but a search
ASKED_IDLE_S = 900.0  # and after a search, which beyond the bound another follows: to start and load takes seconds
_SEARCHES = ("nearest", "nearest_of_all")
PART = 128  # rows a message: 200 KB, so that others are heard in between
PATIENCE_S = 120.0  # how long an answer may take; most take less than 1 s
_ENDING_S = 5.0  # how long a process that was let go may take to write the last of it
_KNOWN = {kind.__name__: kind for kind in (IndexBroken, StorageFailed)}


class ChromaProcess:
    """A process that has stores open, of any folders. It starts when first asked, ends when idle; threads share it."""

    def __init__(
        self, *, idle_s: float = IDLE_S, asked_idle_s: float = ASKED_IDLE_S, patience_s: float = PATIENCE_S
    ) -> None:
        self._idle_s = idle_s
        self._asked_idle_s = asked_idle_s
        self._patience_s = patience_s
        self._lock = threading.Lock()
        self._process: SpawnProcess | None = None
        self._pipe: Connection | None = None
        self._resting: threading.Timer | None = None
        self._needed_until = 0.0  # of the monotonic clock

    @property
    def pid(self) -> int | None:
        """Return the process's id; None while there is none."""
        return self._process.pid if self._process is not None else None

    def warm(self) -> None:
        """Start it, if it is not there, without waiting for it: it loads Chroma while others work."""
        with self._lock:
            self._started()
            self._rest(self._idle_s)

    def close(self) -> None:
        """End it; the next use starts another."""
        with self._lock:
            self._stay()
            self._end()

    def asked(self, path: Path, name: str, what: str, *given: Any) -> Any:
        """Return what a method of a folder's store gives, or of its collection of a name; raise what it raises.

        A process that gives no answer for ``patience_s`` seconds is killed, which is IndexBroken like any other end.
        """
        with self._lock:
            self._stay()
            try:
                pipe = self._started()
                with self._watched():
                    pipe.send((path, name, what, given))
                    kind, answer = pipe.recv()
            except (EOFError, OSError):  # it was killed, or Chroma brought it down
                self._end()
                raise IndexBroken(str(path), "the process that had it open ended") from None
            except BaseException:
                self._end()  # a half-done conversation cannot be taken up again
                raise
            finally:
                self._rest(self._asked_idle_s if what in _SEARCHES else self._idle_s)
        if kind:
            raise _KNOWN[kind](*answer)
        return answer

    def let_go(self, path: Path) -> None:
        """Let go of a folder's files, where it has them open: who has ended has let go as well."""
        with self._lock:
            there = self._process is not None and self._process.is_alive()
        if there:
            with suppress(IndexBroken):
                self.asked(path, "", "close")

    @contextmanager
    def _watched(self) -> Iterator[None]:
        """Kill the process when the block takes too long."""
        watch = threading.Timer(self._patience_s, _kill, (self._process,))
        watch.daemon = True
        watch.start()
        try:
            yield
        finally:
            watch.cancel()

    def _started(self) -> Connection:
        if self._pipe is not None and self._process is not None and self._process.is_alive():
            return self._pipe
        self._end()
        import multiprocessing

        from rag.index.apart_serving import serve

        spawn = multiprocessing.get_context("spawn")
        ours, theirs = spawn.Pipe()
        process = spawn.Process(target=serve, args=(theirs,), name="chroma", daemon=True)
        with interrupts_waiting():
            process.start()
            theirs.close()
            self._process, self._pipe = process, ours
        return ours

    def _rest(self, idle_s: float) -> None:
        """Let it end after so many seconds, or later, if something before wanted it later."""
        self._stay()
        if self._process is not None:
            now = time.monotonic()
            self._needed_until = max(self._needed_until, now + idle_s)
            self._resting = threading.Timer(self._needed_until - now, self._end_idle)
            self._resting.daemon = True
            self._resting.start()

    def _stay(self) -> None:
        if self._resting is not None:
            self._resting.cancel()
        self._resting = None

    def _end_idle(self) -> None:
        with self._lock:
            if self._resting is threading.current_thread():  # else it was asked anew meanwhile
                self._resting = None
                self._end()

    def _end(self) -> None:
        """Close the pipe, which ends the process when it has done what it was asked; kill one that does not end."""
        if self._pipe is not None:
            self._pipe.close()
        if self._process is not None:
            self._process.join(_ENDING_S)
            if self._process.is_alive():
                log.warning("the process that has Chroma open does not end, and is killed")
                self._process.kill()
                self._process.join()
            self._process.close()
        self._process = self._pipe = None
        self._needed_until = 0.0


HERE = ChromaProcess()
"""The one that all stores of this process use."""


class ApartStore:
    """What :class:`rag.index.chroma.ChromaStore` is, carried out elsewhere. Constructing it is cheap.

    Every method raises IndexBroken when the folder is damaged or the process died, StorageFailed when the disk refuses.
    """

    def __init__(self, path: Path, *, process: ChromaProcess = HERE) -> None:
        self.path = path
        self._process = process

    def open(self, name: str) -> Collection:
        """Return the collection of this name, made if missing. Names: 3 to 512 letters, digits, ".", "_", "-"."""
        return ApartIndex(self, name)

    def names(self) -> tuple[str, ...]:
        """Return the names of all collections, sorted."""
        return tuple(self.asked("", "names"))

    def drop(self, name: str) -> None:
        """Delete a collection; a missing one is no error."""
        self.asked("", "drop", name)

    def clear(self) -> None:
        """Throw the whole folder away, however broken: the first step of a reindex after IndexBroken."""
        self.asked("", "clear")

    def close(self) -> None:
        """Let go of the folder's files; the next use opens them again."""
        self._process.let_go(self.path.absolute())

    def asked(self, name: str, what: str, *given: Any) -> Any:
        """Return what a method of the store gives, or of the collection of a name."""
        return self._process.asked(self.path.absolute(), name, what, *given)


class ApartIndex:
    """One collection of an :class:`ApartStore`: the VectorIndex port, and what a bounded index asks of Chroma."""

    def __init__(self, store: ApartStore, name: str) -> None:
        self.name = name
        self._store = store

    def upsert(self, rows: Sequence[Vectored]) -> None:
        """Write rows, replacing those with the same id (the last of equal ids in ``rows`` wins)."""
        last = list({row.id: row for row in rows}.values())
        for start in range(0, len(last), PART):
            part = last[start : start + PART]
            named = [(row.id, row.owner, row.kind) for row in part]
            self._store.asked(self.name, "upsert", named, np.stack([row.vector for row in part]))

    def nearest(
        self, query: NDArray[np.float32], *, owners: Sequence[str], kinds: Sequence[str] | None = None, limit: int
    ) -> list[tuple[str, float]]:
        """Return (id, cosine) of the nearest rows whose owner is one of ``owners``, best first; equally near by id."""
        if not owners or limit < 1 or (kinds is not None and not kinds):
            return []
        return list(self._store.asked(self.name, "nearest", query, list(owners), kinds and list(kinds), limit))

    def nearest_of_all(self, query: NDArray[np.float32], count: int) -> list[tuple[str, float]]:
        """Return the ``count`` nearest rows, whoever has them, best first; equally near by id."""
        return list(self._store.asked(self.name, "nearest_of_all", query, count))

    def vectors(self, ids: Sequence[str]) -> dict[str, NDArray[np.float32]]:
        """Return the stored vectors of those ids that are there."""
        return dict(self._store.asked(self.name, "vectors", list(ids)))

    def ids_of(self, owner: str) -> set[str]:
        """Return the ids of one owner's rows."""
        return set(self._store.asked(self.name, "ids_of", owner))

    def delete_owner(self, owner: str) -> None:
        """Remove every row of one owner."""
        self._store.asked(self.name, "delete_owner", owner)

    def delete(self, ids: Sequence[str]) -> None:
        """Remove rows by id; unknown ids are no error."""
        if ids:
            self._store.asked(self.name, "delete", list(ids))

    def count(self) -> int:
        """Return the number of rows."""
        return int(self._store.asked(self.name, "count"))


def _kill(process: SpawnProcess) -> None:
    log.warning("Chroma gives no answer, and its process is killed")
    with suppress(ValueError):  # it has just been cleared away
        process.kill()
