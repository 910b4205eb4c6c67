"""What is due in which week, for every guild."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from rag.record.servers import Servers
from rag.sessions.sessions import Sessions
from rag.store.library import Library


class Agenda:
    """Says what is due, and lets one process claim it. ``clock`` gives aware UTC; threads may share it."""

    def __init__(
        self, *, library: Library, servers: Servers, sessions: Sessions, clock: Callable[[], datetime]
    ) -> None:
        self._library = library
        self._servers = servers
        self._sessions = sessions
        self._clock = clock
