"""What an add was asked for, how far it is, and what came of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum


class AddStatus(StrEnum):
    """``QUEUED``: another process owns the library and will carry it out."""

    ADDED = "added"
    UPDATED = "updated"
    UNCHANGED = "unchanged"
    FAILED = "failed"
    QUEUED = "queued"


@dataclass(frozen=True, slots=True)
class AddOptions:
    """What a person says about the one document they add; empty means "find out"."""

    arxiv_id: str = ""
    title: str = ""
    aliases: tuple[str, ...] = ()


NO_OPTIONS = AddOptions()


@dataclass(frozen=True, slots=True)
class AddResult:
    """What came of one input. ``error`` is the error itself, to be put in words at the edge; None on success."""

    given: str
    status: AddStatus
    paper_id: str = ""
    version: int | None = None
    title: str = ""
    pages: int | None = None
    passages: int = 0
    took_ms: dict[str, float] = field(default_factory=dict)  # fetch, read, embed, store, total
    warnings: tuple[str, ...] = ()
    error: Exception | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """How far one input is: ``stage`` is fetch, read, embed or store; ``total`` 0 when unknown."""

    given: str
    stage: str
    done: int = 0
    total: int = 0
    job_id: int = 0


Progress = Callable[[Step], None]
Finished = Callable[[int, str, AddResult], None]
"""Told the job's id, the origin it was queued with, and what came of it."""


def silent(_step: Step) -> None:
    """Tell nobody."""


def unheard(_job_id: int, _origin: str, _result: AddResult) -> None:
    """Tell nobody."""
