"""How Anthropic is asked and answers: https://docs.anthropic.com/en/api/messages"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from tests.loopback.protocols.wire import Asked, Failure, Said, in_roles, sse, words_of


class Anthropic:
    """POST /v1/messages."""

    provider = "anthropic"
    stream_type = "text/event-stream; charset=utf-8"

    def asked(self, body: dict[str, Any], headers: dict[str, str], path: str) -> Asked:
        system, user = words_of(body.get("system", "")), in_roles(body.get("messages", []), "user")
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
        return sse({"type": kind, **data}, kind)
