"""A language model as a writer under test: no guild is behind it, so nothing is switched off, and no month counts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from rag.language.metered import Metered
from rag.language.ports import Allowed, Finding, LanguageModel


class TestedModel:
    """Lets every question ask one model; counts calls, tokens and what was found in its words."""

    __test__ = False  # not a test, whatever pytest thinks of its name

    def __init__(self, model: LanguageModel) -> None:
        self.name = model.name
        self.calls = self.tokens = 0
        self.findings: Counter[Finding] = Counter()
        self._metered = Metered(model, self._used)

    def of(self, guild: str) -> Allowed:  # noqa: ARG002
        """Return the model."""
        return Allowed(self._metered)

    def count(self, guild: str, findings: Mapping[Finding, int]) -> None:  # noqa: ARG002
        """Add what was found."""
        self.findings.update(findings)

    def _used(self, tokens_in: int, tokens_out: int) -> None:
        self.calls += 1
        self.tokens += tokens_in + tokens_out
