"""How far a question is, told while it is answered."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum


class StageKind(StrEnum):
    """What is being done: passages are searched for, read sentence by sentence, and made into an answer."""

    SEARCH = "search"
    READ = "read"
    WRITE = "write"


@dataclass(frozen=True, slots=True)
class Stage:
    """One step of answering. ``count``: papers searched, passages read, sentences that the writer is given.

    ``text``: what is written of the answer so far, checked as the whole will be; "" before the first sentence.
    """

    kind: StageKind
    count: int
    text: str = ""


Told = Callable[[Stage], None]


def untold(_stage: Stage) -> None:
    """Tell nobody."""
