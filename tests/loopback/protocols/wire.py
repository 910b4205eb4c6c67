"""What is asked of a model and said by it, whatever the protocol, and what may go wrong."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

Fault = Literal[
    "",
    "empty",  # a reply without a word
    "cut",  # half of the reply, which says itself that it ended at its limit of tokens
    "broken_off",  # half of the reply, then the connection ends
    "wrong_json",  # the model's words end in the middle of a JSON object, and it says that it is done
    "huge",  # the reply over and over, 100 KB of it
    "slow",  # letter after letter, and never done
    "400_schema",  # refuses a shape or a tool; answers a request in plain words
    "400_usage",  # refuses stream_options, as older servers that speak OpenAI's protocol do
    "400_context",  # the prompt is too long
    "401",
    "404_model",
    "429",
    "500",
    "overloaded",  # Anthropic's 529, the 503 of others
    "drop",  # the connection is reset in place of an answer
    "html",  # 200, and a page for people
    "not_json",  # 200, and half of a JSON object
    "no_usage",  # does not say how many tokens it was
    "redirect",  # sends the client to another host
]


@dataclass(frozen=True)
class Asked:
    """One request for a reply, as it arrived. ``system`` and ``user``: all that was said in that role."""

    provider: str
    model: str
    system: str
    user: str
    body: dict[str, Any]
    headers: dict[str, str]
    path: str

    @property
    def prompt(self) -> str:
        """Return all that the model reads."""
        return f"{self.system}\n\n{self.user}"

    @property
    def streams(self) -> bool:
        """Whether the reply is wanted piece by piece."""
        return bool(self.body.get("stream", self.provider == "ollama"))

    @property
    def shape(self) -> Any:
        """Return the JSON schema that the reply is to have, by whichever door it came; None for plain words."""
        for path in (
            ("response_format", "json_schema", "schema"),
            ("output_config", "format", "schema"),
            ("output_format", "schema"),
            ("format",),
        ):
            found: Any = self.body
            for name in path:
                found = found.get(name) if isinstance(found, dict) else None
            if found:
                return found
        return self.tool.get("parameters") or self.tool.get("input_schema")

    @property
    def tool(self) -> dict[str, Any]:
        """Return the tool that the reply must call; {} for none."""
        choice = self.body.get("tool_choice")
        forced = choice if self.provider == "openai" else (choice or {}).get("type")
        if self.provider == "ollama":
            forced = "any"
        if not self.body.get("tools") or forced in (None, "auto", "none"):
            return {}
        tool: dict[str, Any] = self.body["tools"][0]
        return tool.get("function", tool)

    @property
    def key(self) -> str:
        """Return the key that came with it, by whichever header; "" for none."""
        return self.headers.get("x-api-key", "") or self.headers.get("authorization", "").removeprefix("Bearer ")


@dataclass(frozen=True)
class Scripted:
    """What the model says, and what goes wrong. Tokens None: estimated. ``model`` "": the one that was asked.

    ``delay_s`` passes before the first byte; the pieces of a slow reply are ``drip_s`` apart. ``thinking`` is what a
    reasoning model sends before its reply, where its provider has a place for it.
    """

    text: str = ""
    fault: Fault = ""
    tokens_in: int | None = None
    tokens_out: int | None = None
    model: str = ""
    delay_s: float = 0.0
    drip_s: float = 0.02
    thinking: str = ""


@dataclass(frozen=True)
class Said:
    """What is put on the wire of a scripted reply, when its fault is none of the wire's."""

    asked: Asked
    text: str
    model: str
    tokens_in: int
    tokens_out: int
    cut: bool = False
    with_usage: bool = True
    thinking: str = ""

    def pieces(self) -> Iterator[str]:
        """Return the text as it streams: some 8 pieces, fewer of a short one."""
        size = max(24, len(self.text) // 8)
        for start in range(0, len(self.text), size):
            yield self.text[start : start + size]


HUGE_CHARS = 100_000


def said(scripted: Scripted, asked: Asked) -> Said:
    """Return what goes on the wire."""
    text = scripted.text
    if scripted.fault == "empty":
        text = ""
    elif scripted.fault == "cut":
        text = text[: len(text) // 2]
    elif scripted.fault == "wrong_json":
        text = text[: len(text) * 2 // 3] if text.startswith("{") else '{"sentences": [{"text": "' + text
    elif scripted.fault == "huge":
        text = (text + " ") * (HUGE_CHARS // (len(text) + 1) + 1)
    tokens_in = len(asked.prompt) // 4 if scripted.tokens_in is None else scripted.tokens_in
    tokens_out = len(text) // 4 if scripted.tokens_out is None else scripted.tokens_out
    cut, usage = scripted.fault == "cut", scripted.fault != "no_usage"
    return Said(asked, text, scripted.model or asked.model, tokens_in, tokens_out, cut, usage, scripted.thinking)


@dataclass(frozen=True)
class Failure:
    """An answer that is none: its status, and its body as the provider writes it."""

    status: int
    body: dict[str, Any]
    headers: dict[str, str] = field(default_factory=dict)


class Dialect(Protocol):
    """One provider's way of being asked and of answering."""

    provider: str
    stream_type: str

    def asked(self, body: dict[str, Any], headers: dict[str, str], path: str) -> Asked:
        """Read a request."""
        ...

    def whole(self, said: Said) -> dict[str, Any]:
        """Return a reply in one piece."""
        ...

    def stream(self, said: Said) -> Iterator[str]:
        """Return a reply as it streams, event by event."""
        ...

    def failure(self, fault: str, asked: Asked) -> Failure | None:
        """Return how it says that something is wrong; None for what is not said by a status."""
        ...


def words_of(content: Any) -> str:
    """Return the text of a message's content, which is a text or a list of parts."""
    if isinstance(content, str):
        return content
    return "".join(part.get("text", "") for part in content or () if isinstance(part, dict))


def in_roles(messages: list[dict[str, Any]], *roles: str) -> str:
    """Return all that was said in some roles."""
    return "\n\n".join(words_of(message.get("content")) for message in messages if message.get("role") in roles)


def sse(data: dict[str, Any], event: str = "") -> str:
    """Return one event of a stream."""
    return f"event: {event}\ndata: {json.dumps(data)}\n\n" if event else f"data: {json.dumps(data)}\n\n"
