"""A reply as it comes, piece by piece: its words without what the model thought, its cost, and how it ended."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

MOST_CHARS = 64 * 1024
"""No reply that is asked for is as long; what comes after is not read."""
MOST_THOUGHT = 4 * MOST_CHARS
"""Of all that comes, with what a model thinks aloud; then it is ended."""

_ENDS = ("finish_reason", "stop_reason", "done_reason", "status")
_CUT = {"length", "max_tokens", "incomplete", "model_context_window_exceeded"}
_WITHHELD = {"content_filter", "refusal", "safety", "prohibited_content"}
_OPENING, _CLOSING = "<think>", "</think>"


class Growing:
    """Collects the chunks of LangChain's clients."""

    def __init__(self) -> None:
        self._said = ""
        self._arguments = ""
        self.model = ""
        self.tokens_in = 0
        self.tokens_out = 0
        self.ended = ""

    def add(self, chunk: Any) -> bool:
        """Take in a chunk; return whether there is more to read than before."""
        before = len(self._said) + len(self._arguments)
        self._said += _words(chunk.content)
        for call in getattr(chunk, "tool_call_chunks", None) or ():
            self._arguments += call.get("args") or ""
        self._note(chunk.response_metadata or {})
        usage = getattr(chunk, "usage_metadata", None) or {}
        self.tokens_in += _count(usage.get("input_tokens"))
        self.tokens_out += _count(usage.get("output_tokens"))
        return len(self._said) + len(self._arguments) > before

    @property
    def text(self) -> str:
        """Return the words so far; where there are none, the arguments of the tool that was to be called."""
        return whole(_without_thoughts(self._said)[:MOST_CHARS] or self._arguments[:MOST_CHARS])

    @property
    def length(self) -> int:
        """Return how many characters came, thoughts included."""
        return len(self._said) + len(self._arguments)

    @property
    def too_long(self) -> bool:
        """Whether nothing more is to be read."""
        return self.length > MOST_THOUGHT or (self.length > MOST_CHARS and len(self.text) >= MOST_CHARS)

    @property
    def cut(self) -> bool:
        """Whether the model was stopped at a limit."""
        return self.ended in _CUT

    @property
    def withheld(self) -> bool:
        """Whether the provider kept the reply back."""
        return self.ended in _WITHHELD

    def _note(self, told: Mapping[str, Any]) -> None:
        model = told.get("model_name") or told.get("model")
        if isinstance(model, str) and model:
            self.model = "".join(sign if sign.isprintable() else " " for sign in model)[:120].strip()
        for name in _ENDS:
            if isinstance(told.get(name), str) and told[name]:
                self.ended = told[name].lower()


def whole(text: str) -> str:
    """Return a text without halves of signs, which JSON can carry and neither a request nor a database can hold."""
    return text.encode("utf-8", "replace").decode()


def _words(content: Any) -> str:
    """Return the text of a chunk's content: a string, or blocks of which only those of text are words."""
    if isinstance(content, str):
        return content
    blocks = [block for block in content or () if isinstance(block, Mapping) and block.get("type") == "text"]
    return "".join(block["text"] for block in blocks if isinstance(block.get("text"), str))


def _without_thoughts(said: str) -> str:
    """Return what is said after thinking aloud; nothing while that goes on.

    Some servers leave the opening mark to the model's template: then all before the closing one was thought.

    >>> [_without_thoughts(said) for said in ("<think>hm", "<think>hm</think> Yes.", "hm</think>Yes.", "{</think>}")]
    ['', 'Yes.', 'Yes.', '{</think>}']
    """
    if not said.lstrip().startswith("{") and _CLOSING in said[:MOST_THOUGHT]:
        return said.partition(_CLOSING)[2].lstrip()
    return "" if said.lstrip().startswith(_OPENING) else said


def _count(tokens: Any) -> int:
    return min(max(tokens, 0), 10_000_000) if isinstance(tokens, int) else 0
