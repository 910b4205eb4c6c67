"""One process writes a data directory; others read, and queue."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from rag.errors import LibraryBusy, StorageFailed

if TYPE_CHECKING:
    from filelock import FileLock

_PATIENCE_S = 0.2  # whoever only looks whether somebody owns the directory holds the lock for less


class DataDirectory:
    """The folder everything lives in. The lock dies with its process, however that ends."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._making = threading.Lock()
        self._made: FileLock | None = None

    @contextmanager
    def owned(self, action: str) -> Iterator[None]:
        """Own the directory for a while; nested calls of this process are fine. Raises LibraryBusy(action)."""
        from filelock import Timeout

        try:
            self.path.mkdir(parents=True, exist_ok=True)
            with self._lock.acquire(timeout=_PATIENCE_S, poll_interval=0.02):
                yield
        except Timeout as error:
            raise LibraryBusy(action=action) from error
        except PermissionError as error:
            raise StorageFailed(reason=f"no permission to write in {self.path.name}") from error

    def is_owned_elsewhere(self) -> bool:
        """Say whether another process owns the directory right now."""
        from filelock import Timeout

        if self._lock.is_locked or not self.path.exists():
            return False
        try:
            with self._lock.acquire(timeout=0):
                return False
        except Timeout:
            return True

    def free_bytes(self) -> int:
        """Return how much the disk still takes."""
        place = next(folder for folder in (self.path, *self.path.parents) if folder.exists())
        status = os.statvfs(place)
        return status.f_bavail * status.f_frsize

    @property
    def _lock(self) -> FileLock:
        """The lock, one for all threads, whose package a question does not load."""
        with self._making:
            if self._made is None:
                from filelock import FileLock

                self._made = FileLock(self.path / "seminar.lock", thread_local=False)
            return self._made
