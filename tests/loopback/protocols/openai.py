"""How OpenAI is asked and answers: https://platform.openai.com/docs/api-reference/chat"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tests.loopback.protocols.wire import Asked, Failure, Said, in_roles, sse


class OpenAI:
    """POST /v1/chat/completions."""

    provider = "openai"
    stream_type = "text/event-stream; charset=utf-8"

    def asked(self, body: dict[str, Any], headers: dict[str, str], path: str) -> Asked:
        messages = body.get("messages", [])
        system, user = in_roles(messages, "system", "developer"), in_roles(messages, "user")
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
            yield sse(frame | {"choices": [], "usage": self._usage(said)})
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
        return sse(self._frame(said, "chat.completion.chunk") | {"choices": [choice], "usage": None})

    def _usage(self, said: Said) -> dict[str, Any]:
        return {
            "prompt_tokens": said.tokens_in,
            "completion_tokens": said.tokens_out,
            "total_tokens": said.tokens_in + said.tokens_out,
            "prompt_tokens_details": {"cached_tokens": 0, "audio_tokens": 0},
            "completion_tokens_details": {"reasoning_tokens": 0, "audio_tokens": 0},
        }
