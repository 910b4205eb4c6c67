"""How OpenAI, Anthropic and Ollama are asked and answer over HTTP: the shapes that their real clients read."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tests.loopback.protocols.anthropic import Anthropic
from tests.loopback.protocols.ollama import Ollama
from tests.loopback.protocols.openai import OpenAI
from tests.loopback.protocols.wire import Dialect

DIALECTS: dict[str, Dialect] = {
    "/v1/chat/completions": OpenAI(),
    "/v1/messages": Anthropic(),
    "/api/chat": Ollama(),
}


def about(path: str, model: str, headers: Mapping[str, str]) -> dict[str, Any] | None:
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
