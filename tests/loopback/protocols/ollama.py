"""How Ollama is asked and answers: https://github.com/ollama/ollama/blob/main/docs/api.md"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from tests.loopback.protocols.wire import Asked, Failure, Said, in_roles


class Ollama:
    """POST /api/chat."""

    provider = "ollama"
    stream_type = "application/x-ndjson"

    def asked(self, body: dict[str, Any], headers: dict[str, str], path: str) -> Asked:
        messages = body.get("messages", [])
        system, user = in_roles(messages, "system"), in_roles(messages, "user")
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
