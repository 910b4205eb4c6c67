"""The add after the one at work is begun meanwhile: fetched and read while the one before is embedded and stored."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable

from rag.intake.errand import Errand
from rag.intake.results import Progress, Step

_LOOK_S = 0.05  # how soon the end of a thread is seen
_PATIENCE_S = 1.0  # what is given up ends at its next step; while it waits for a network nobody waits for it


class Ahead:
    """Holds at most one errand that was begun before its turn. For one thread; the errand is run in another."""

    def __init__(self, prepare: Callable[[Errand], None]) -> None:
        self._prepare = prepare
        self._job_id = 0
        self._errand: Errand | None = None
        self._thread: threading.Thread | None = None

    @property
    def job_id(self) -> int:
        """Return the job whose errand is held; 0 for none."""
        return self._job_id

    def begin(self, job_id: int, errand: Errand) -> None:
        """Begin a job's errand, in place of any other."""
        self.give_up()
        self._job_id, self._errand = job_id, errand
        self._thread = threading.Thread(target=self._prepare, args=(errand,), name="ahead", daemon=True)
        self._thread.start()

    def taken(self, job_id: int, progress: Progress) -> Errand | None:
        """Return a job's errand when it has been run, telling its steps meanwhile; None if it was not begun."""
        errand, thread = self._errand, self._thread
        if job_id != self._job_id or errand is None or thread is None:
            return None
        steps: queue.SimpleQueue[Step] = queue.SimpleQueue()
        errand.told_to(steps.put)
        try:
            if thread.is_alive() and errand.at is not None:
                progress(errand.at)
            while thread.is_alive() or not steps.empty():
                try:
                    progress(steps.get(timeout=_LOOK_S))
                except queue.Empty:
                    continue
        except BaseException:
            self.give_up()
            raise
        self._job_id, self._errand, self._thread = 0, None, None
        return errand

    def rest(self) -> None:
        """Give up what is not done; what is done stays for its turn."""
        if self._thread is not None and self._thread.is_alive():
            self.give_up()

    def give_up(self) -> None:
        """Let go of what is held."""
        if self._errand is not None and self._thread is not None:
            self._errand.give_up()
            self._thread.join(_PATIENCE_S)
        self._job_id, self._errand, self._thread = 0, None, None
