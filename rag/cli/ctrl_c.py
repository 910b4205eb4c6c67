"""Ctrl-C: one sentence and exit code 130."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sys import UnraisableHookArgs

AGAIN_S = 0.05
"""So soon a lost Ctrl-C is sent again: longer than any weakref callback takes, too short for people to notice."""


@contextmanager
def heard() -> Iterator[None]:
    """Let a Ctrl-C end the program with one sentence, wherever in the block it comes.

    One that comes in a weakref callback or a finaliser is lost by Python: it is reported there, and the program goes
    on (https://docs.python.org/3/library/sys.html#sys.unraisablehook). Such a one is sent again.
    """
    before = sys.unraisablehook
    sys.unraisablehook = _sent_again
    try:
        yield
    except KeyboardInterrupt:
        print("Stopped.", file=sys.stderr)
        sys.exit(130)
    finally:
        sys.unraisablehook = before


def _sent_again(lost: UnraisableHookArgs) -> None:
    if not issubclass(lost.exc_type, KeyboardInterrupt):
        sys.__unraisablehook__(lost)
        return
    import signal
    import threading

    main = threading.main_thread().ident
    assert main is not None
    timer = threading.Timer(AGAIN_S, signal.pthread_kill, (main, signal.SIGINT))  # it also ends what waits or sleeps
    timer.daemon = True
    timer.start()
