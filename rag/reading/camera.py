"""Take pictures of quoted lines on their page: the door to this room for pictures."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from types import TracebackType

from rag.domain.picture import QuotePicture
from rag.domain.sizes import MB
from rag.reading.fence import Allowance, Fence
from rag.reading.motif import Motif

ALLOWANCE = Allowance(memory_bytes=1024 * MB, cpu_s=15, wall_s=20.0)
_IDLE_S = 300.0


@dataclass(frozen=True, slots=True)
class DrawMotif:
    """Draw a motif of a document."""

    source: bytes
    motif: Motif

    def carried_out(self, _told: Callable[[int, int], None]) -> QuotePicture:
        """Return the picture, drawn in the worker."""
        from rag.reading.crops import draw

        return draw(self.source, self.motif)


class PageCamera:
    """Draws through a worker of its own, so that no picture waits for a paper that is being read.

    The worker starts with the first picture and ends when nobody wanted one for a while. Threads may share a camera.
    """

    def __init__(self, allowance: Allowance = ALLOWANCE, *, idle_s: float = _IDLE_S) -> None:
        self.fence = Fence("page-camera", allowance, doing="drawing its page", idle_s=idle_s)

    def take(self, source: bytes, motif: Motif) -> QuotePicture:
        """Return the picture of a motif of a PDF. Raise BadDocument when it cannot be drawn."""
        return self.fence.ask(DrawMotif(source, motif))

    def close(self) -> None:
        """End the worker. The next picture starts a new one."""
        self.fence.close()

    def __enter__(self) -> PageCamera:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()
