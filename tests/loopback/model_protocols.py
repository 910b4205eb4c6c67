"""How OpenAI, Anthropic and Ollama are asked and answer over HTTP: the shapes that their real clients read.

https://platform.openai.com/docs/api-reference/chat, https://docs.anthropic.com/en/api/messages and
https://github.com/ollama/ollama/blob/main/docs/api.md
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
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
Headers = Mapping[str, str]


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


def _in_roles(messages: list[dict[str, Any]], *roles: str) -> str:
    return "\n\n".join(words_of(message.get("content")) for message in messages if message.get("role") in roles)


def _sse(data: dict[str, Any], event: str = "") -> str:
    return f"event: {event}\ndata: {json.dumps(data)}\n\n" if event else f"data: {json.dumps(data)}\n\n"


class OpenAI:
    """POST /v1/chat/completions."""

    provider = "openai"
    stream_type = "text/event-stream; charset=utf-8"

    def asked(self, body: dict[str, Any], headers: dict[str, str], path: str) -> Asked:
        messages = body.get("messages", [])
        system, user = _in_roles(messages, "system", "developer"), _in_roles(messages, "user")
        return Asked(self.provider, body.get("model", ""), system, user, body, headers, path)

    def whole(self, said: Said) -> dict[str, Any]:
        tool = said.asked.tool
        message: dict[str, Any] = {"role": "assistant", "content": said.text, "refusal": None, "annotations": []}
        if tool:
            call = {"id": "call_1", "type": "function", "function": {"name": tool["name"], "arguments": said.text}}
            message |= {"content": None, "tool_calls": [call]}
        if said.thinking:
            message["reasoning_content"] = said.thinking
        choice = {"index": 0, "message": message, "logprobs": None, "finish_reason": "length" if said.cut else "stop"}
        reply = self._frame(said, "chat.completion") | {"choices": [choice]}
        return reply | ({"usage": self._usage(said)} if said.with_usage else {})

    def stream(self, said: Said) -> Iterator[str]:
        tool = said.asked.tool
        usage_wanted = (said.asked.body.get("stream_options") or {}).get("include_usage", False)
        first: dict[str, Any] = {"role": "assistant", "content": None if tool else "", "refusal": None}
        if tool:
            call = {"index": 0, "id": "call_1", "type": "function", "function": {"name": tool["name"], "arguments": ""}}
            first["tool_calls"] = [call]
        yield self._chunk(said, first)
        if said.thinking:
            yield self._chunk(said, {"reasoning_content": said.thinking})
        for piece in said.pieces():
            arguments = {"tool_calls": [{"index": 0, "function": {"arguments": piece}}]}
            yield self._chunk(said, arguments if tool else {"content": piece})
        yield self._chunk(said, {}, "length" if said.cut else "stop")
        if usage_wanted and said.with_usage:
            frame = self._frame(said, "chat.completion.chunk")
            yield _sse(frame | {"choices": [], "usage": self._usage(said)})
        yield "data: [DONE]\n\n"

    def failure(self, fault: str, asked: Asked) -> Failure | None:
        if fault == "400_schema" and (asked.shape or asked.body.get("tools") or asked.body.get("response_format")):
            what = "Invalid parameter: 'response_format' of type 'json_schema' is not supported with this model."
            return self._failure(400, what, "invalid_request_error", param="response_format")
        if fault == "400_usage" and asked.body.get("stream_options"):
            what = "Unrecognized request argument supplied: stream_options"
            return self._failure(400, what, "invalid_request_error", param="stream_options")
        if fault == "400_context":
            what = "This model's maximum context length is 8192 tokens. However, your messages resulted in 9210 tokens."
            return self._failure(400, what, "invalid_request_error", param="messages", code="context_length_exceeded")
        if fault == "401":
            what = f"Incorrect API key provided: {asked.key}. You can find your API key at https://platform.openai.com."
            return self._failure(401, what, "invalid_request_error", code="invalid_api_key")
        if fault == "404_model":
            what = f"The model `{asked.model}` does not exist or you do not have access to it."
            return self._failure(404, what, "invalid_request_error", code="model_not_found")
        if fault == "429":
            what = f"Rate limit reached for {asked.model} on requests per min. Please try again in 20s."
            return self._failure(429, what, "requests", code="rate_limit_exceeded", headers={"Retry-After": "20"})
        if fault == "500":
            return self._failure(500, "The server had an error while processing your request.", "server_error")
        if fault == "overloaded":
            return self._failure(503, "That model is currently overloaded with other requests.", "server_error")
        return None

    def _failure(
        self,
        status: int,
        message: str,
        kind: str,
        *,
        param: str | None = None,
        code: str | None = None,
        headers: dict[str, str] | None = None,
    ) -> Failure:
        error = {"message": message, "type": kind, "param": param, "code": code}
        return Failure(status, {"error": error}, headers or {})

    def _frame(self, said: Said, kind: str) -> dict[str, Any]:
        model = {"model": said.model, "system_fingerprint": "fp_loopback", "service_tier": "default"}
        return {"id": "chatcmpl-loopback", "object": kind, "created": 1_795_000_000, **model}

    def _chunk(self, said: Said, delta: dict[str, Any], finish: str | None = None) -> str:
        choice = {"index": 0, "delta": delta, "logprobs": None, "finish_reason": finish}
        return _sse(self._frame(said, "chat.completion.chunk") | {"choices": [choice], "usage": None})

    def _usage(self, said: Said) -> dict[str, Any]:
        return {
            "prompt_tokens": said.tokens_in,
            "completion_tokens": said.tokens_out,
            "total_tokens": said.tokens_in + said.tokens_out,
            "prompt_tokens_details": {"cached_tokens": 0, "audio_tokens": 0},
            "completion_tokens_details": {"reasoning_tokens": 0, "audio_tokens": 0},
        }


class Anthropic:
    """POST /v1/messages."""

    provider = "anthropic"
    stream_type = "text/event-stream; charset=utf-8"

    def asked(self, body: dict[str, Any], headers: dict[str, str], path: str) -> Asked:
        system, user = words_of(body.get("system", "")), _in_roles(body.get("messages", []), "user")
        return Asked(self.provider, body.get("model", ""), system, user, body, headers, path)

    def whole(self, said: Said) -> dict[str, Any]:
        usage = {"input_tokens": said.tokens_in, "output_tokens": said.tokens_out}
        return self._message(said, self._content(said), self._reason(said), usage if said.with_usage else None)

    def stream(self, said: Said) -> Iterator[str]:
        usage = {"input_tokens": said.tokens_in, "output_tokens": 1} if said.with_usage else None
        yield self._event("message_start", message=self._message(said, [], None, usage))
        index = 0
        if said.thinking:
            yield self._event("content_block_start", index=0, content_block={"type": "thinking", "thinking": ""})
            delta = {"type": "thinking_delta", "thinking": said.thinking}
            yield self._event("content_block_delta", index=0, delta=delta)
            yield self._event("content_block_stop", index=0)
            index = 1
        tool = said.asked.tool
        block = {"type": "tool_use", "id": "toolu_1", "name": tool["name"], "input": {}} if tool else None
        yield self._event("content_block_start", index=index, content_block=block or {"type": "text", "text": ""})
        yield self._event("ping")
        for piece in said.pieces():
            delta = (
                {"type": "input_json_delta", "partial_json": piece} if tool else {"type": "text_delta", "text": piece}
            )
            yield self._event("content_block_delta", index=index, delta=delta)
        yield self._event("content_block_stop", index=index)
        end: dict[str, Any] = {"delta": {"stop_reason": self._reason(said), "stop_sequence": None}}
        counted = {"input_tokens": said.tokens_in, "output_tokens": said.tokens_out} if said.with_usage else {}
        yield self._event("message_delta", **end, usage=counted)
        yield self._event("message_stop")

    def failure(self, fault: str, asked: Asked) -> Failure | None:
        if fault == "400_schema" and (asked.shape or asked.body.get("tools") or asked.body.get("output_config")):
            return self._failure(400, "invalid_request_error", "output_config: Extra inputs are not permitted")
        if fault == "400_context":
            return self._failure(400, "invalid_request_error", "prompt is too long: 210000 tokens > 200000 maximum")
        if fault == "401":
            return self._failure(401, "authentication_error", "invalid x-api-key")
        if fault == "404_model":
            return self._failure(404, "not_found_error", f"model: {asked.model}")
        if fault == "429":
            what = "This request would exceed your organization's rate limit of 50 requests per minute."
            return self._failure(429, "rate_limit_error", what, {"Retry-After": "20"})
        if fault == "500":
            return self._failure(500, "api_error", "Internal server error")
        return self._failure(529, "overloaded_error", "Overloaded") if fault == "overloaded" else None

    def _failure(self, status: int, kind: str, message: str, headers: dict[str, str] | None = None) -> Failure:
        error = {"type": kind, "message": message}
        return Failure(status, {"type": "error", "error": error, "request_id": "req_loopback"}, headers or {})

    def _content(self, said: Said) -> list[dict[str, Any]]:
        thought = [{"type": "thinking", "thinking": said.thinking, "signature": "s"}] if said.thinking else []
        if tool := said.asked.tool:
            try:
                given = json.loads(said.text)
            except ValueError:
                given = {"text": said.text}
            return [*thought, {"type": "tool_use", "id": "toolu_1", "name": tool["name"], "input": given}]
        return [*thought, {"type": "text", "text": said.text}] if said.text else thought

    def _reason(self, said: Said) -> str:
        return "max_tokens" if said.cut else "tool_use" if said.asked.tool else "end_turn"

    def _message(self, said: Said, content: list[Any], reason: str | None, usage: Any) -> dict[str, Any]:
        message = {"id": "msg_loopback", "type": "message", "role": "assistant", "model": said.model}
        counted = {} if usage is None else {"usage": usage}
        return message | {"content": content, "stop_reason": reason, "stop_sequence": None} | counted

    def _event(self, kind: str, **data: Any) -> str:
        return _sse({"type": kind, **data}, kind)


class Ollama:
    """POST /api/chat."""

    provider = "ollama"
    stream_type = "application/x-ndjson"

    def asked(self, body: dict[str, Any], headers: dict[str, str], path: str) -> Asked:
        messages = body.get("messages", [])
        system, user = _in_roles(messages, "system"), _in_roles(messages, "user")
        return Asked(self.provider, body.get("model", ""), system, user, body, headers, path)

    def whole(self, said: Said) -> dict[str, Any]:
        return self._line(said, self._message(said, said.text), done=True)

    def stream(self, said: Said) -> Iterator[str]:
        if said.thinking:
            yield self._text(said, {"role": "assistant", "content": "", "thinking": said.thinking})
        message = self._message(said, said.text)
        if "tool_calls" in message:
            yield self._text(said, message)
        else:
            for piece in said.pieces():
                yield self._text(said, {"role": "assistant", "content": piece})
        yield json.dumps(self._line(said, {"role": "assistant", "content": ""}, done=True)) + "\n"

    def failure(self, fault: str, asked: Asked) -> Failure | None:
        if fault == "400_schema" and (asked.body.get("format") or asked.body.get("tools")):
            what = "json: cannot unmarshal object into Go struct field ChatRequest.format of type string"
            return Failure(400, {"error": what})
        known = {
            "400_context": (400, "input length exceeds maximum context length"),
            "401": (401, "unauthorized"),
            "404_model": (404, f"model '{asked.model}' not found"),
            "429": (429, "too many concurrent requests"),
            "500": (500, "llama runner process has terminated: signal: killed"),
            "overloaded": (503, "server busy, please try again.  maximum pending requests exceeded"),
        }
        if fault not in known:
            return None
        status, what = known[fault]
        return Failure(status, {"error": what}, {"Retry-After": "20"} if status == 429 else {})

    def _message(self, said: Said, text: str) -> dict[str, Any]:
        message: dict[str, Any] = {"role": "assistant", "content": text}
        if said.thinking and not said.asked.streams:
            message["thinking"] = said.thinking
        if tool := said.asked.tool:
            try:
                call = {"function": {"name": tool["name"], "arguments": json.loads(text)}}
            except ValueError:
                return message
            return message | {"content": "", "tool_calls": [call]}
        return message

    def _text(self, said: Said, message: dict[str, Any]) -> str:
        return json.dumps(self._line(said, message, done=False)) + "\n"

    def _line(self, said: Said, message: dict[str, Any], *, done: bool) -> dict[str, Any]:
        line = {"model": said.model, "created_at": "2026-11-21T09:30:00.000000Z", "message": message, "done": done}
        if not done:
            return line
        line["done_reason"] = "length" if said.cut else "stop"
        times = {"total_duration": 5_000_000, "load_duration": 1_000_000, "eval_duration": 2_000_000}
        counts = {"prompt_eval_count": said.tokens_in, "eval_count": said.tokens_out} if said.with_usage else {}
        return line | times | counts


DIALECTS: dict[str, Dialect] = {
    "/v1/chat/completions": OpenAI(),
    "/v1/messages": Anthropic(),
    "/api/chat": Ollama(),
}


def about(path: str, model: str, headers: Headers) -> dict[str, Any] | None:
    """Return what a server says of its models; None for a path that it does not know."""
    if path == "/v1/models" and "anthropic-version" in headers:
        one = {"type": "model", "id": model, "display_name": model, "created_at": "2026-01-01T00:00:00Z"}
        return {"data": [one], "has_more": False, "first_id": model, "last_id": model}
    if path == "/v1/models":
        return {"object": "list", "data": [{"id": model, "object": "model", "created": 1, "owned_by": "loopback"}]}
    details = {"format": "gguf", "family": "llama", "families": ["llama"], "parameter_size": "8B"}
    details |= {"parent_model": "", "quantization_level": "Q4_K_M"}
    if path == "/api/tags":
        dated = {"modified_at": "2026-01-01T00:00:00Z", "size": 5_000_000_000, "digest": "0" * 64}
        return {"models": [{"name": model, "model": model, **dated, "details": details}]}
    if path == "/api/show":
        info = {"general.architecture": "llama", "llama.context_length": 131_072}
        plain = {"modelfile": "", "parameters": "", "template": ""}
        return {**plain, "details": details, "model_info": info, "capabilities": ["completion", "tools"]}
    return {"version": "0.13.0"} if path == "/api/version" else None
