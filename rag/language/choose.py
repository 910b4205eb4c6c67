"""From the settings to the language model they name. Nothing is loaded here, and nobody is asked."""

from __future__ import annotations

from dataclasses import dataclass, field
from importlib.util import find_spec
from urllib.parse import urlsplit

from rag.errors import Refused
from rag.language.providers import OPENAI, PROVIDERS, Provider
from rag.language.wire import is_private
from rag.settings import Settings

FORM = "Write it as provider:model, such as openai:gpt-4.1-mini, anthropic:claude-sonnet-4-5 or ollama:llama3.1."


@dataclass(frozen=True, slots=True)
class Chosen:
    """A provider's model, where it is and with which key it is asked.

    ``address`` "": the one that the provider's own package knows. ``key`` "": none, or the one that the package finds.
    ``own_address``: it is the provider's, and not one that the settings name.
    """

    provider: str
    model: str
    address: str
    own_address: bool
    key: str = field(repr=False)

    @property
    def name(self) -> str:
        """Return it as it was set."""
        return f"{self.provider}:{self.model}"

    @property
    def host(self) -> str:
        """Return where requests go, for people."""
        return urlsplit(self.address).netloc or f"{self.provider}, at the address that its package knows"


def chosen_model(settings: Settings) -> Chosen | None:
    """Return the model that SEMINAR_LLM names; None where it names none: no key in the environment makes us ask.

    Raises Refused for a name without a provider or of an unknown one, a missing package, key or address, an address
    that is none, and a key that would travel readable.
    """
    setting = settings.llm.strip()
    if not setting:
        return None
    name, _, model = (part.strip() for part in setting.partition(":"))
    name = name.lower().replace("-", "_")
    if not model:
        raise Refused("the setting SEMINAR_LLM", f"{setting!r} names no provider and model", FORM)
    provider = PROVIDERS.get(name)
    if provider is None:
        raise Refused("the setting SEMINAR_LLM", f"{name!r} is no provider that is known", FORM)
    if find_spec(provider.package) is None:
        advice = f"Install it in the folder of Seminar: .venv/bin/pip install {provider.install}"
        raise Refused("the setting SEMINAR_LLM", f"the package {provider.package} is not installed", advice)
    address = settings.llm_url.strip().rstrip("/")
    key = _key(settings, provider, own_address=not address)
    if provider.key_from and not address and not key:
        advice = f"Set SEMINAR_LLM_KEY or {provider.key_from}; without SEMINAR_LLM, answers are quotes."
        raise Refused("the setting SEMINAR_LLM", f"{name} needs a key and none is set", advice)
    if address:
        _check(address, key)
    return Chosen(name, model, address or provider.address, own_address=not address, key=key)


def _key(settings: Settings, provider: Provider, *, own_address: bool) -> str:
    """Return the key to send: ours, else the provider's own, which is for its own address and nobody else's."""
    secret = settings.llm_key
    if not secret.get_secret_value().strip() and own_address and provider.key_from:
        is_openai = provider is PROVIDERS[OPENAI]
        secret = settings.openai_api_key if is_openai else settings.anthropic_api_key
    key = secret.get_secret_value().strip()
    if any(not "!" <= sign <= "~" for sign in key):
        reason = "it holds a space or a sign that no key has"  # in a header it would be shown by an error
        raise Refused("the setting SEMINAR_LLM_KEY", reason, "Copy the key again.")
    return key


def _check(address: str, key: str) -> None:
    what = "the setting SEMINAR_LLM_URL"
    try:
        parts = urlsplit(address)
        host = parts.hostname or ""
        parts.port  # noqa: B018 (raises for what is no number)
    except ValueError:
        raise Refused(what, "it is no address", "Write it as https://host/v1.") from None
    if parts.scheme not in ("http", "https") or not host:
        raise Refused(what, "it is no http or https address", "Write it as https://host/v1.")
    if parts.username or parts.password:
        raise Refused(what, "it holds a name or a password", "Set the key as SEMINAR_LLM_KEY.")
    if parts.query or parts.fragment:
        raise Refused(what, "it holds more than a host and a path", "Write it as https://host/v1.")
    if parts.scheme == "http" and key and not is_private(host):
        reason = "the key would travel readable to a host outside your own network"
        raise Refused(what, reason, "Write the address with https.")
