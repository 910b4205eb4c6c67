"""A picture of quoted lines where they stand."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class QuotePicture:
    """A stretch of a page with the quoted lines marked. Sizes in pixels; ``page`` is 1-based."""

    png: bytes
    width: int
    height: int
    page: int
