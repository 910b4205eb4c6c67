"""The start of a child process, as a whole or not at all."""

from __future__ import annotations

import contextlib
import signal
import threading
from collections.abc import Iterator


@contextlib.contextmanager
def interrupts_waiting() -> Iterator[None]:
    """Let a Ctrl-C wait until a worker is whole: half a start leaves a child that ends with a traceback.

    The worker inherits the blocked signal from whichever thread starts it; it is its parent that answers a Ctrl-C.
    Only the main thread is interrupted, and another's mask leaves that as it is.
    """
    from multiprocessing import resource_tracker

    resource_tracker.ensure_running()  # starting a worker starts it, and that would take the block away
    came: list[int] = []
    mains = threading.current_thread() is threading.main_thread()
    before = signal.signal(signal.SIGINT, lambda number, _frame: came.append(number)) if mains else None
    mask = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, mask)
        if mains:
            signal.signal(signal.SIGINT, signal.SIG_DFL if before is None else before)
        if came:
            signal.raise_signal(signal.SIGINT)
