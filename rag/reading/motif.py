"""What a picture is to show: lines of one page, or a whole item of it."""

from __future__ import annotations

from dataclasses import dataclass

from rag.domain.reading import Box


@dataclass(frozen=True, slots=True)
class Motif:
    """``lines`` are marked where ``words`` stand on them, ``item`` is framed as a whole. At least one is there.

    ``page`` is 1-based. ``caption`` ("Figure 2") says that the item is a caption, to be framed with what it describes.
    """

    page: int
    lines: tuple[Box, ...] = ()
    words: str = ""
    item: tuple[Box, ...] = ()
    caption: str = ""
