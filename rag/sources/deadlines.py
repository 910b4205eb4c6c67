"""An end to a conversation that a server drags out: after so many seconds its socket is shut.

Read time-outs bound each silence and not their sum: a server that sends one byte of a header now and then could hold
us for days.
"""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from collections.abc import Mapping
from types import TracebackType


class Deadline:
    """Use as a context manager around one request after another, with ``trace`` as their httpcore trace extension.

    ``passed`` tells, after a failure, whether this was the cause.
    """

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self.passed = False
        self._socket: socket.socket | None = None
        self._ends_at = time.monotonic() + seconds
        self._timer = threading.Timer(seconds, self._end)
        self._timer.daemon = True

    @property
    def left_s(self) -> float:
        """Return the seconds that are left; below 0 when none are."""
        return self._ends_at - time.monotonic()

    def __enter__(self) -> Deadline:
        self._timer.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, value: BaseException | None, tb: TracebackType | None) -> None:
        self._timer.cancel()

    def trace(self, event: str, info: Mapping[str, object]) -> None:
        """Remember the socket in use: the plain one, then the one with TLS around it."""
        if event.endswith(("connect_tcp.complete", "start_tls.complete")):
            found = getattr(info["return_value"], "get_extra_info")("socket")  # noqa: B009 - typed object here
            self._socket = found if isinstance(found, socket.socket) else None
            if self.passed:
                self._shut()

    def _end(self) -> None:
        self.passed = True
        self._shut()

    def _shut(self) -> None:
        if self._socket is not None:
            with contextlib.suppress(OSError):  # it is closed already
                # The base class: SSLSocket's own would drop the TLS state that another thread is reading with.
                socket.socket.shutdown(self._socket, socket.SHUT_RDWR)
