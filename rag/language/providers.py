"""The providers that can be named, their packages, and the addresses and variables that are theirs."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Provider:
    """``package`` as Python imports it; ``install`` is what pip is asked for, in Seminar's own folder.

    ``address``: its own, where the program says it; "" where only its package knows. ``key_from``: the variable that
    holds its key, "" where its package looks for one itself. ``own_wire``: its client is given our connections.
    """

    package: str
    install: str
    address: str = ""
    key_from: str = ""
    own_wire: bool = False


OPENAI, ANTHROPIC, OLLAMA = "openai", "anthropic", "ollama"

_OTHERS = {
    "anthropic_bedrock": "langchain_aws", "azure_ai": "langchain_azure_ai", "azure_openai": "langchain_openai",
    "baseten": "langchain_baseten", "bedrock": "langchain_aws", "bedrock_converse": "langchain_aws",
    "bedrock_mantle_anthropic": "langchain_aws", "bedrock_mantle_openai": "langchain_aws",
    "cohere": "langchain_cohere", "deepseek": "langchain_deepseek", "fireworks": "langchain_fireworks",
    "google_anthropic_vertex": "langchain_google_vertexai", "google_genai": "langchain_google_genai",
    "google_vertexai": "langchain_google_vertexai", "groq": "langchain_groq", "ibm": "langchain_ibm",
    "litellm": "langchain_litellm", "meta": "langchain_meta", "mistralai": "langchain_mistralai",
    "nvidia": "langchain_nvidia_ai_endpoints", "openrouter": "langchain_openrouter",
    "perplexity": "langchain_perplexity", "together": "langchain_together", "upstage": "langchain_upstage",
    "xai": "langchain_xai",
}  # fmt: skip
"""As LangChain's ``init_chat_model`` knows them; a test compares. Not its gateway, nor what loads weights in here."""

PROVIDERS = {
    OPENAI: Provider("langchain_openai", "seminar", "https://api.openai.com/v1", "OPENAI_API_KEY", own_wire=True),
    ANTHROPIC: Provider(
        "langchain_anthropic",
        '"langchain-anthropic>=1.7,<2"',
        "https://api.anthropic.com",
        "ANTHROPIC_API_KEY",
        own_wire=True,
    ),
    OLLAMA: Provider("langchain_ollama", '-e ".[ollama]"', "http://127.0.0.1:11434", own_wire=True),
    **{name: Provider(package, package.replace("_", "-")) for name, package in _OTHERS.items()},
}
"""By the name that stands before the colon."""
