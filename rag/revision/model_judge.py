"""The language model as the judge of notes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from rag.answering.note_check import Excerpt, Judged, Matter, judged
from rag.language.ports import Finding, LanguageModel, Models, WhyNot
from rag.revision.ports import Judge


class ModelJudge:
    """One model. Each call costs one reply."""

    def __init__(self, model: LanguageModel) -> None:
        self.name = model.name
        self._model = model

    def judged(self, title: str, matters: Sequence[Matter], excerpts: Sequence[Excerpt]) -> Judged:
        """Return the grades of notes that the model gives. Raises ModelFailed."""
        return judged(self._model, title, matters, excerpts)


class ModelJudges:
    """The models that guilds may ask, as judges."""

    def __init__(self, models: Models) -> None:
        self._models = models

    def of(self, guild: str) -> tuple[Judge | None, WhyNot | None]:
        """Return the guild's judge, or why there is none."""
        allowed = self._models.of(guild)
        return (ModelJudge(allowed.model) if allowed.model is not None else None), allowed.why_not

    def count(self, guild: str, findings: Counter[Finding]) -> None:
        """Add what was found to the guild's counts."""
        self._models.count(guild, findings)
