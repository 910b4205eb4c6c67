"""How far texts travel that a language model is asked about."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit

from rag.language.choose import chosen_model
from rag.language.providers import OLLAMA
from rag.language.wire import is_private
from rag.settings import Settings


@dataclass(frozen=True, slots=True)
class Reach:
    """The model ``name`` ("openai:gpt-4.1-mini") is asked at ``host``; ``near``: in a network of our own.

    What a server in our own network does with what it is asked is not ours to know.
    """

    name: str
    host: str
    near: bool


def reach_of(settings: Settings) -> Reach | None:
    """Return where the model is that the settings name, None where they name none. Raises Refused as choosing does."""
    chosen = chosen_model(settings)
    if chosen is None:
        return None
    host = urlsplit(chosen.address).hostname or ""
    elsewhere = chosen.provider == OLLAMA and chosen.model.endswith("cloud")  # Ollama here hands these on to its makers
    return Reach(chosen.name, chosen.host, near=bool(host) and is_private(host) and not elsewhere)
