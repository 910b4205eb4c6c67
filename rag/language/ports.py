"""What the rooms above ask of a language model. What it says is data: whoever asks it checks the reply."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Protocol


@dataclass(frozen=True, slots=True)
class Prompt:
    """What a model is asked, made of a file in ``prompts/`` (:mod:`rag.language.prompts`).

    ``label`` names the file and its version ("answer/1") and is kept with what the prompt produced. ``shape`` is the
    JSON schema of the reply, for providers that can hold a model to it; None for a reply in plain words.
    """

    label: str
    system: str
    user: str
    shape: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Reply:
    """What a model said: JSON where the prompt has a shape and the provider holds to it, else whatever it wrote.

    ``model`` is the one that answered, as the provider names it. Tokens are the provider's count, else an estimate.
    ``cut``: it did not end by itself, but at the token limit or with the connection.
    """

    text: str
    model: str
    tokens_in: int
    tokens_out: int
    cut: bool = False


Heard = Callable[[str], None]
"""Hears the whole of a reply so far, as it grows."""


def unheard(_text: str) -> None:
    """Let nobody hear."""


class LanguageModel(Protocol):
    """Answers prompts, from one thread at a time or from many. ``name`` as it was set: "openai:gpt-4.1-mini"."""

    name: str

    def reply(self, prompt: Prompt, *, heard: Heard = unheard) -> Reply:
        """Return what the model says. Raises ModelFailed when it does not answer usably in its time."""
        ...


class WhyNot(StrEnum):
    """Why no model may be asked: none is set up, the organisers switched it off, the month's tokens are used up."""

    NONE = "none"
    OFF = "off"
    SPENT = "spent"


@dataclass(frozen=True, slots=True)
class Allowed:
    """The model that may be asked for a guild now, or why there is none. Using it is metered for that guild."""

    model: LanguageModel | None
    why_not: WhyNot | None = None


class Finding(StrEnum):
    """What a program found wrong with a model's words; counted for ``/status`` and the logs."""

    SENTENCES = "sentences"  # that were checked
    KEPT = "kept"
    UNKNOWN_ID = "unknown_id"  # a passage that was not given
    MISQUOTE = "misquote"  # a quote that is not on its page
    NUMBER = "number"  # a number that is not in the quotes
    LINK = "link"  # a link or mention that is not in the quotes
    UNCITED = "uncited"  # a sentence left without a verified quote
    WEAK = "weak"  # shown as weakly supported
    UNREADABLE = "unreadable"  # a reply that no sentence could be read from
    REFUSED = "refused"  # the model said that the passages do not answer
    FAILED = "failed"  # it did not answer
    QUOTED_INSTEAD = "quoted_instead"  # extractive answers given in a model's place


Counted = Callable[[Mapping[Finding, int]], None]
"""Is told what was found in a model's words, for one guild."""


class Models(Protocol):
    """Which model may be asked for whom. ``name`` of the one that is set up, "" for none."""

    name: str

    def of(self, guild: str) -> Allowed:
        """Return the model that may be asked for a guild now: set up, not switched off, within its budget."""
        ...

    def count(self, guild: str, findings: Mapping[Finding, int]) -> None:
        """Add what was found in a model's words to the guild's counts of this month."""
        ...


class NoModels:
    """No model is set up."""

    name = ""

    def of(self, guild: str) -> Allowed:  # noqa: ARG002
        """Return none."""
        return Allowed(None, WhyNot.NONE)

    def count(self, guild: str, findings: Mapping[Finding, int]) -> None:
        """Count nothing: nobody is asked."""
