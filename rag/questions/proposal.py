"""What a proposer of questions is given and hands in; nothing of it is believed before the gate has checked it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol

from rag.domain.answer import EXTRACTIVE
from rag.domain.question import Origin
from rag.questions.ground import Ground
from rag.questions.topics import Topic

PURPOSE = "purpose"
"""The kind of the question that opens a set."""
WRITTEN = "written"
"""The kind of questions that were written freely, not made by a form: a set may hold any number."""


@dataclass(frozen=True, slots=True)
class Claim:
    """A text that is said to stand in the paper, and the 1-based pages it is said to stand on; None for any page.

    A question falls with a claim that does not hold, unless that is ``optional``.
    """

    text: str
    first_page: int | None = None
    last_page: int | None = None
    optional: bool = False


@dataclass(frozen=True, slots=True)
class Proposal:
    """A question as proposed. ``kind`` says how it was made; of one kind a set holds few.

    ``topics`` are what it asks about, best first; ``field`` names a template's field instead. ``expected`` is made of
    the quotes where it is "". ``worth``: 0 to 1, how much its proposer thinks of it. ``writer`` is the model that wrote
    it, asked with ``prompt``.
    """

    text: str
    kind: str
    topics: tuple[Topic, ...]
    claims: tuple[Claim, ...]
    about: str = ""
    expected: str = ""
    worth: float = 0.5
    field: str = ""
    origin: Origin = Origin.TEMPLATE
    writer: str = EXTRACTIVE
    prompt: str = ""


class Proposer(Protocol):
    """Proposes questions on one paper: rules on its text, or a language model."""

    name: str

    def propose(self, ground: Ground) -> Iterable[Proposal]:
        """Return questions, any number; those that do not hold are dropped. Raises ModelFailed."""
        ...
