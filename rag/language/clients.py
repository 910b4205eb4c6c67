"""LangChain's clients on our own connections: whatever the environment says, nobody else is asked, with no other key.

Each base address is given by hand, since OPENAI_BASE_URL, OPENAI_API_BASE, ANTHROPIC_BASE_URL, OLLAMA_HOST and
LANGSMITH_GATEWAY would redirect a client without a word.
"""

from __future__ import annotations

import logging
import warnings
from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING, Any

from rag.language.choose import Chosen
from rag.language.providers import ANTHROPIC, OLLAMA, OPENAI, PROVIDERS
from rag.language.wire import Wire

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel

NO_KEY = "none"
"""Sent where a protocol wants a key and there is none: many servers of one's own look only whether one comes."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What one reply may cost. Retries happen before its first word; ``timeout_s`` is for all of it."""

    timeout_s: float = 60.0
    retries: int = 2
    output_tokens: int = 4_096
    context_tokens: int = 12_288
    temperature: float | None = None


def client_of(chosen: Chosen, limits: Limits) -> BaseChatModel:
    """Return LangChain's client. It repeats nothing itself. Raises what LangChain and the provider's package raise."""
    from langchain.chat_models import init_chat_model

    options = _OPTIONS.get(chosen.provider, _other)(chosen, limits)
    if limits.temperature is not None:
        options["temperature"] = limits.temperature
    client: BaseChatModel = init_chat_model(chosen.model, model_provider=chosen.provider, **options)
    if chosen.provider == ANTHROPIC:
        _rewire(client, chosen)
    _hush()
    return client


def _hush() -> None:
    """Let the clients tell no more than that something is wrong: below that they log whole requests, and warn whoever
    writes programs. OPENAI_LOG and ANTHROPIC_LOG raise their voice when they are loaded.
    """
    for name in ("httpx", "httpcore", "httpx2", "httpcore2", "langchain", "langchain_core", "langsmith"):
        logging.getLogger(name).setLevel(logging.WARNING)
    for provider in PROVIDERS:
        logging.getLogger(provider).setLevel(logging.WARNING)
    warnings.filterwarnings("ignore", category=UserWarning, module="langchain")


def _openai(chosen: Chosen, limits: Limits) -> dict[str, Any]:
    http = import_module("httpx2")
    options: dict[str, Any] = {
        "base_url": chosen.address,
        "api_key": chosen.key or NO_KEY,
        "max_retries": 0,
        "openai_proxy": None,
        "http_client": http.Client(**_wire(chosen).options(http)),
        "stream_usage": True,
        "max_tokens": limits.output_tokens,
        "store": False,  # else what its newer protocol is asked is kept there for a month
    }
    if not chosen.own_address:  # compatible servers know neither OpenAI's newer protocol nor its newer name of a limit
        options |= {"use_responses_api": False, "max_tokens": None, "store": None}
        options["extra_body"] = {"max_tokens": limits.output_tokens}
    return options


def _anthropic(chosen: Chosen, limits: Limits) -> dict[str, Any]:
    return {
        "base_url": chosen.address,
        "api_key": chosen.key or NO_KEY,
        "max_retries": 0,
        "anthropic_proxy": None,
        "max_tokens": limits.output_tokens,
    }


def _rewire(client: Any, chosen: Chosen) -> None:
    """Put the SDK's client on our wire: langchain-anthropic takes no HTTP client, and its own follows redirects."""
    anthropic, http = import_module("anthropic"), import_module("httpx2")
    client.__dict__["_client"] = anthropic.Client(
        api_key=chosen.key or NO_KEY,
        base_url=chosen.address,
        max_retries=0,
        http_client=http.Client(**_wire(chosen).options(http)),
        open_telemetry=False,
    )


def _ollama(chosen: Chosen, limits: Limits) -> dict[str, Any]:
    http = import_module("httpx")
    return {
        "base_url": chosen.address,
        "sync_client_kwargs": _wire(chosen).options(http),
        "num_ctx": limits.context_tokens,  # else it has 4,096 and cuts what is longer without a word
        "num_predict": limits.output_tokens,
    }


def _other(chosen: Chosen, limits: Limits) -> dict[str, Any]:
    options: dict[str, Any] = {"max_retries": 0, "max_tokens": limits.output_tokens, "timeout": limits.timeout_s}
    if chosen.address:
        options["base_url"] = chosen.address
    if chosen.key or not chosen.own_address:
        options["api_key"] = chosen.key or NO_KEY
    return options


_OPTIONS = {OPENAI: _openai, ANTHROPIC: _anthropic, OLLAMA: _ollama}


def _wire(chosen: Chosen) -> Wire:
    assert PROVIDERS[chosen.provider].own_wire
    key = chosen.key
    if chosen.provider == ANTHROPIC:
        headers = {"x-api-key": key or NO_KEY}
    elif chosen.provider == OPENAI:
        headers = {"authorization": f"Bearer {key or NO_KEY}"}
    else:
        headers = {"authorization": f"Bearer {key}"} if key else {}
    return Wire(chosen.address, headers, own_address=chosen.own_address)
