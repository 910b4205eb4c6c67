"""What a revision asks of whoever can judge whether two texts agree: a language model, or NLI."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol


class Judge(Protocol):
    """Says whether a paper contradicts a note. Is not trusted: what it quotes is looked up."""

    name: str

    def contradiction(self, question: str, answer: Sequence[str], texts: Sequence[str]) -> str:
        """Return the words of ``texts``, of one paper, that say otherwise than the answer does, copied; "" for none."""
        ...
