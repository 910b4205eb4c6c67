"""What an add was asked for, how far it is, and what came of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from rag.errors import Recorded
from rag.wording import sentence_for


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

    def as_json(self) -> dict[str, Any]:
        """Return what a job keeps of it until it was told; of an error, the sentence."""
        return {
            "given": self.given,
            "status": self.status.value,
            "paper_id": self.paper_id,
            "version": self.version,
            "title": self.title,
            "pages": self.pages,
            "passages": self.passages,
            "warnings": list(self.warnings),
            "error": sentence_for(self.error) if self.error else "",
        }

    @classmethod
    def of_job(cls, kept: dict[str, Any]) -> AddResult:
        """Return the result that a job kept."""
        return cls(
            given=kept["given"],
            status=AddStatus(kept["status"]),
            paper_id=kept["paper_id"],
            version=kept["version"],
            title=kept["title"],
            pages=kept["pages"],
            passages=kept["passages"],
            warnings=tuple(kept["warnings"]),
            error=Recorded(kept["error"]) if kept["error"] else None,
        )


@dataclass(frozen=True, slots=True)
class Ended:
    """An add whose result waits to be told to its origin."""

    job_id: int
    origin: str
    result: AddResult


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


def tirelessly() -> bool:
    """Go on as long as there is work."""
    return True


def unheard(_job_id: int, _origin: str, _result: AddResult) -> None:
    """Tell nobody."""


class SoFar:
    """Turns "n more" into "n so far"."""

    def __init__(self, tell: Callable[[int], None]) -> None:
        self._tell, self._done = tell, 0

    def __call__(self, more: int) -> None:
        """Tell how many there are now."""
        self._done += more
        self._tell(self._done)
