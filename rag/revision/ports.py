"""What a revision asks of whoever can judge whether two texts agree: a language model, or NLI."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Protocol

from rag.answering.note_check import Excerpt, Judged, Matter
from rag.language.ports import Finding, WhyNot


class Judge(Protocol):
    """Grades notes by texts of their paper. Is not trusted: what it quotes is looked up."""

    name: str

    def judged(self, title: str, matters: Sequence[Matter], excerpts: Sequence[Excerpt]) -> Judged:
        """Return the grades of notes, each with a copied quote, asked of one paper at once. Raises ModelFailed."""
        ...


class Judges(Protocol):
    """Who may judge a guild's notes now."""

    def of(self, guild: str) -> tuple[Judge | None, WhyNot | None]:
        """Return the judge, or why there is none."""
        ...

    def count(self, guild: str, findings: Counter[Finding]) -> None:
        """Add what was found in a judge's words to the guild's counts."""
        ...
