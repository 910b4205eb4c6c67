"""The terminal that results and progress are written to."""

from __future__ import annotations

import sys
from collections.abc import Iterator

from rich.console import Console, ConsoleOptions, RenderableType
from rich.segment import Segment

from rag.cli.harmless import harmless

_UNBROKEN = 10_000
"""Columns of a pipe: longer than any line of ours."""


class Screen(Console):
    """A console on which only our own styles count: what a text brings along is shown, not obeyed."""

    def __init__(self, *, stderr: bool = False) -> None:
        stream = sys.stderr if stderr else sys.stdout
        super().__init__(stderr=stderr, highlight=False, width=None if stream.isatty() else _UNBROKEN)

    def render(self, renderable: RenderableType, options: ConsoleOptions | None = None) -> Iterator[Segment]:
        """Render as rich does, with harmless text; rich's own control segments move the cursor of progress bars."""
        for segment in super().render(renderable, options):
            if segment.control or segment.text.isprintable():
                yield segment
            else:
                yield Segment(harmless(segment.text), segment.style)
