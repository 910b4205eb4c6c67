"""A language model that says what it was given to say, and remembers what it was asked."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from rag.errors import ModelFailed, SeminarError
from rag.language.ports import Allowed, Finding, Heard, Prompt, Reply, WhyNot, unheard

NO_MORE = {
    why_not: ModelFailed("fake:scripted", "no more", passing=False, asked=False, why_not=why_not)
    for why_not in (WhyNot.SPENT, WhyNot.OFF)
}
"""What who holds a model for several calls hears once others have spent the month, or somebody switched it off."""
Said = str | SeminarError | Callable[[Prompt], str]


class ScriptedModel:
    """Answers with each text in turn, the last one for ever; raises what is an error; asks what is a function."""

    name = "fake:scripted"

    def __init__(self, *said: Said) -> None:
        self._said = list(said)
        self.asked: list[Prompt] = []

    def reply(self, prompt: Prompt, *, heard: Heard = unheard) -> Reply:
        self.asked.append(prompt)
        said = self._said.pop(0) if len(self._said) > 1 else self._said[0]
        if isinstance(said, SeminarError):
            raise said
        text = said if isinstance(said, str) else said(prompt)
        for end in range(40, len(text) + 40, 40):
            heard(text[:end])
        return Reply(text, "scripted-1", len(prompt.system + prompt.user) // 4, len(text) // 4)


@dataclass
class ScriptedModels:
    """Lets every guild ask one model, or none for a reason; keeps what was counted."""

    model: ScriptedModel | None = None
    why_not: WhyNot | None = None
    counted: dict[str, dict[Finding, int]] = field(default_factory=dict)

    @property
    def name(self) -> str:
        return self.model.name if self.model is not None else ""

    def of(self, guild: str) -> Allowed:
        return Allowed(self.model, self.why_not)

    def count(self, guild: str, findings: Mapping[Finding, int]) -> None:
        for finding, number in findings.items():
            if number:  # as the store keeps them
                counts = self.counted.setdefault(guild, {})
                counts[finding] = counts.get(finding, 0) + number
