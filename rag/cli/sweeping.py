"""Garbage of a command: nobody looks for any while modules load, nor once more at the end."""

from __future__ import annotations

import atexit
import gc
from collections.abc import Iterator
from contextlib import contextmanager

MOST_KEPT = 100_000
"""Objects; a start makes 96,000. A process that starts again and again, as tests do, would keep its garbage."""


@contextmanager
def unswept() -> Iterator[None]:
    """Do not look for garbage in the block, and never again among what it leaves behind.

    Modules are no garbage, yet every few hundred new objects are looked through, at the end all of them once more: of
    ``seminar ask``, a tenth of the time to the answer and 0.25 s after it (2026-11-22; ``gc.freeze``:
    https://docs.python.org/3/library/gc.html#gc.freeze).
    """
    if not gc.isenabled():
        yield
        return
    gc.disable()
    try:
        yield
    finally:
        if gc.get_freeze_count() < MOST_KEPT:
            gc.freeze()
        gc.enable()


def unswept_end() -> None:
    """Do not look for garbage when the program ends: its memory goes back as a whole."""
    atexit.register(gc.freeze)
