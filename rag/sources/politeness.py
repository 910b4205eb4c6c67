"""arXiv's rule, kept for every process of a data directory together: one connection, one request per three seconds.

https://info.arxiv.org/help/api/tou.html
"""

from __future__ import annotations

import contextlib
import json
import logging
import os
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from rag.errors import StorageFailed, Unreachable

log = logging.getLogger(__name__)

INTERVAL_S = 3.0
PATIENCE_S = 120.0  # a longer wait is reported, not slept through
QUEUE_S = 900.0  # how long to stand in line behind other processes: a slow 50 MB download or two


class Politeness:
    """Gives out turns. A turn is held while its connection is open.

    ``clock`` has to be the same for all processes and never step: ``time.monotonic`` is (PEP 418 calls it
    system-wide). After a restart of the machine it begins anew, which the reading of the stamp allows for.
    A process that dies lets go of its lock and has left its stamp, so nothing has to be cleaned up.
    """

    def __init__(
        self,
        folder: Path,
        *,
        interval_s: float = INTERVAL_S,
        patience_s: float = PATIENCE_S,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._stamp = folder / "arxiv.stamp"
        self._lock_path = folder / "arxiv.lock"
        self._interval_s = interval_s
        self._patience_s = patience_s
        self._clock = clock
        self._sleep = sleep

    @contextlib.contextmanager
    def turn(self) -> Iterator[Callable[[], None]]:
        """Wait for our turn and hold it; gives what to call just before sending, for the next to count from there.

        Raises Unreachable when arXiv has told us to stay away for long.
        """
        from filelock import FileLock, Timeout

        try:
            self._lock_path.parent.mkdir(parents=True, exist_ok=True)
            lock = FileLock(self._lock_path, timeout=QUEUE_S)
            lock.acquire()
        except Timeout as error:
            raise Unreachable("arXiv", "another download from arXiv is still running") from error
        except OSError as error:
            raise StorageFailed(f"the lock for arXiv cannot be taken: {error.strerror or error}") from error
        try:
            self._wait()
            self._asked()  # whoever dies before sending has asked as well
            yield self._asked
        finally:
            lock.release()

    def hold(self, seconds: float) -> None:
        """Remember that arXiv asked everyone here to stay away for so long. Call it within a turn."""
        stamp = self._read() or _Stamp(last=self._clock())
        self._write(_Stamp(last=stamp.last, not_before=max(stamp.not_before, self._clock() + seconds)))

    def _asked(self) -> None:
        self._write(_Stamp(last=self._clock()))

    def _wait(self) -> None:
        seconds = self._seconds_to_wait()
        if seconds > max(self._patience_s, self._interval_s):
            raise Unreachable("arXiv", "it asked us to wait", retry_after_s=seconds)
        if seconds > 0:
            log.debug("waiting %.1f s for our turn at arXiv", seconds)
            self._sleep(seconds)

    def _seconds_to_wait(self) -> float:
        if not self._stamp.exists():
            return 0.0
        stamp = self._read()
        now = self._clock()
        if stamp is None or stamp.last > now:  # damaged, or of before the machine's restart
            return self._interval_s
        return max(0.0, stamp.last + self._interval_s - now, stamp.not_before - now)

    def _read(self) -> _Stamp | None:
        try:
            found = json.loads(self._stamp.read_bytes())
            return _Stamp(last=float(found["last"]), not_before=float(found["not_before"]))
        except (OSError, ValueError, KeyError, TypeError):
            return None

    def _write(self, stamp: _Stamp) -> None:
        temporary = self._stamp.with_suffix(".new")  # one writer: we hold the lock
        try:
            temporary.write_text(json.dumps(asdict(stamp)), encoding="utf-8")
            os.replace(temporary, self._stamp)  # noqa: PTH105 - a torn stamp is worse than none
        except OSError as error:
            raise StorageFailed(f"the time of the last request cannot be noted: {error.strerror or error}") from error


@dataclass(frozen=True, slots=True)
class _Stamp:
    """Clock readings: when the last request began, and before when arXiv wants no other."""

    last: float
    not_before: float = 0.0
