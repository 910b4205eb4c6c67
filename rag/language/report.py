"""A guild's use of the language model, in words for people."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from rag.domain.model_use import ModelMonth
from rag.language.access import GuildModels
from rag.language.ports import Finding, WhyNot
from rag.wording import counted

_DROPPED = {
    Finding.MISQUOTE: ("misquote", "misquotes"),
    Finding.UNKNOWN_ID: ("passage that was not given", "passages that were not given"),
    Finding.NUMBER: ("number that no quote holds", "numbers that no quote holds"),
    Finding.LINK: ("link that no quote holds", "links that no quote holds"),
    Finding.UNCITED: ("left without a quote", "left without a quote"),
}
"""Why sentences fall, in the singular and the plural; a sentence may have several faults: a misquote leaves none."""
_REPLIES = {
    Finding.REFUSED: "refused by the model",
    Finding.UNREADABLE: "unreadable",
    Finding.FAILED: "without a reply",
    Finding.QUOTED_INSTEAD: "answered with quotes instead",
}
_WHY_NOT = {WhyNot.OFF: "switched off for this server", WhyNot.SPENT: "this month's tokens are used up"}


@dataclass(frozen=True, slots=True)
class ModelUse:
    """The model that is set up ("" for none), why a guild may not ask it now, its month so far, and what it may use."""

    name: str
    why_not: WhyNot | None
    month: ModelMonth
    budget: int

    @property
    def in_words(self) -> str:
        """Return what was used, as "12 calls, 45,300 of 2,000,000 tokens this month"; "" where there is no model."""
        if not self.name:
            return ""
        of = f" of {self.budget:,}" if self.budget else ""
        used = f"{counted(self.month.calls, 'call')}, {self.month.tokens:,}{of} tokens this month"
        why = _WHY_NOT.get(self.why_not) if self.why_not else None
        return f"{why}; {used}" if why else used

    @property
    def checked(self) -> str:
        """Return what was dropped, as "312 sentences checked, 14 dropped (faults: 9 …)"; "" for none checked."""
        return _checked(self.month.findings)


def use_of(models: GuildModels, guild: str) -> ModelUse:
    """Return a guild's use of the model that is set up."""
    return ModelUse(models.name, models.of(guild).why_not, models.month(guild), models.monthly_tokens)


def _checked(findings: Mapping[str, int]) -> str:
    parts = []
    sentences = findings.get(Finding.SENTENCES, 0)
    if sentences:
        dropped = max(sentences - findings.get(Finding.KEPT, 0), 0)
        counts = {kind: findings[kind] for kind in _DROPPED if findings.get(kind)}
        why = [f"{number:,} {_DROPPED[kind][number != 1]}" for kind, number in counts.items()]
        found = f" (faults: {', '.join(why)})" if why else ""
        parts.append(f"{counted(sentences, 'sentence')} checked, {dropped:,} dropped{found}")
        if findings.get(Finding.WEAK):
            parts.append(f"{findings[Finding.WEAK]:,} weakly supported")
    parts += [f"{findings[kind]:,} {words}" for kind, words in _REPLIES.items() if findings.get(kind)]
    return "; ".join(parts)
