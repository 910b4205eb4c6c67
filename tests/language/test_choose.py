"""Which model the settings name, and what is refused at the start."""

from __future__ import annotations

from pathlib import Path

import pytest

from rag.errors import Refused
from rag.language.choose import chosen_model
from rag.language.providers import PROVIDERS
from rag.settings import Settings, read_settings
from rag.wording import sentence_for

KEY = "sk-not-to-be-seen-4711"


def settings(**given: object) -> Settings:
    return Settings(_env_file=None, **given)  # type: ignore[arg-type]


def refusal(**given: object) -> str:
    with pytest.raises(Refused) as caught:
        chosen_model(settings(**given))
    return sentence_for(caught.value)


def test_without_the_setting_nothing_is_chosen_whatever_keys_lie_about(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("OPENAI_API_KEY", "ANTHROPIC_API_KEY", "GROQ_API_KEY", "SEMINAR_LLM_KEY"):
        monkeypatch.setenv(name, KEY)
    monkeypatch.setenv("SEMINAR_LLM_URL", "https://models.example.org/v1")
    assert chosen_model(read_settings()) is None


@pytest.mark.parametrize("setting", ["gpt-4.1-mini", "openai", "openai:", ":gpt-4.1", "llama3.1:8b", "gpt4all:mini"])
def test_a_name_without_a_known_provider_is_refused_with_the_form(setting: str) -> None:
    said = refusal(llm=setting, llm_key=KEY)
    assert "SEMINAR_LLM" in said
    assert "openai:gpt-4.1-mini" in said
    assert "ollama:llama3.1" in said


def test_a_missing_package_is_named_with_what_pip_is_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    assert ".venv/bin/pip install langchain-groq" in refusal(llm="groq:llama-3.1-70b")
    monkeypatch.setattr("rag.language.choose.find_spec", lambda _package: None)
    assert '.venv/bin/pip install "langchain-anthropic>=1.7,<2"' in refusal(llm="anthropic:claude", llm_key=KEY)
    assert '.venv/bin/pip install -e ".[ollama]"' in refusal(llm="ollama:llama3.1:8b")


def test_providers_are_those_that_langchain_knows() -> None:
    from langchain.chat_models.base import _BUILTIN_PROVIDERS

    known = {name: package.partition(".")[0] for name, (package, *_rest) in _BUILTIN_PROVIDERS.items()}
    left_out = {"langsmith", "huggingface"}  # a gateway to others; weights loaded into this process
    assert {name: provider.package for name, provider in PROVIDERS.items()} == {
        name: package for name, package in known.items() if name not in left_out
    }


def test_a_models_name_may_hold_colons_and_capitals() -> None:
    chosen = chosen_model(settings(llm=" Ollama : library/Llama3.1:8b-q4 "))
    assert chosen is not None
    assert (chosen.provider, chosen.model) == ("ollama", "library/Llama3.1:8b-q4")
    assert (chosen.address, chosen.own_address, chosen.key) == ("http://127.0.0.1:11434", True, "")


@pytest.mark.parametrize(("provider", "host"), [("openai", "api.openai.com"), ("anthropic", "api.anthropic.com")])
def test_a_providers_own_address_is_said_and_not_left_to_the_environment(
    provider: str, host: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("OPENAI_BASE_URL", "OPENAI_API_BASE", "ANTHROPIC_BASE_URL", "ANTHROPIC_API_URL", "LANGSMITH_GATEWAY"):
        monkeypatch.setenv(name, "http://elsewhere.example.org")
    chosen = chosen_model(read_settings(llm=f"{provider}:some", llm_key=KEY))
    assert chosen is not None
    assert (chosen.host, chosen.own_address, chosen.key) == (host, True, KEY)


@pytest.mark.parametrize("provider", ["openai", "anthropic"])
def test_a_provider_that_needs_a_key_is_refused_without_one(provider: str) -> None:
    said = refusal(llm=f"{provider}:some")
    assert "SEMINAR_LLM_KEY" in said
    assert f"{provider.upper()}_API_KEY" in said


def test_a_providers_own_key_is_for_its_own_address_alone(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / ".env").write_text(f"OPENAI_API_KEY={KEY}\nSEMINAR_LLM=openai:some\n")
    at_home = chosen_model(read_settings())
    assert at_home is not None
    assert at_home.key == KEY
    elsewhere = chosen_model(read_settings(llm_url="https://models.example.org/v1"))
    assert elsewhere is not None
    assert (elsewhere.key, elsewhere.own_address) == ("", False)
    other = chosen_model(read_settings(llm="anthropic:some", llm_key="sk-own"))
    assert other is not None
    assert other.key == "sk-own"
    monkeypatch.setenv("SEMINAR_LLM_KEY", "sk-ours")
    ours = chosen_model(read_settings(llm_url="https://models.example.org/v1"))
    assert ours is not None
    assert ours.key == "sk-ours"


@pytest.mark.parametrize(
    ("address", "because"),
    [
        ("ftp://models.example.org", "no http or https"),
        ("models.example.org/v1", "no http or https"),
        ("file:///etc/passwd", "no http or https"),
        ("https://", "no http or https"),
        ("http://[::1", "no address"),
        ("https://host:port/v1", "no address"),
        ("https://me:secret@models.example.org", "a name or a password"),
        ("https://models.example.org/v1?key=1", "more than a host and a path"),
        ("http://models.example.org/v1", "readable"),
        ("http://8.8.8.8/v1", "readable"),
    ],
)
def test_an_address_that_will_not_do_is_refused(address: str, because: str) -> None:
    said = refusal(llm="openai:some", llm_url=address, llm_key=KEY)
    assert because in said
    assert KEY not in said
    assert "secret" not in said


@pytest.mark.parametrize(
    "address",
    ["http://127.0.0.1:8000/v1", "http://[::1]:8000", "http://ollama:11434", "http://gpu.local", "http://10.1.2.3/v1"],
)
def test_in_ones_own_network_a_key_may_travel_plainly(address: str) -> None:
    chosen = chosen_model(settings(llm="openai:some", llm_url=address + "/", llm_key=KEY))
    assert chosen is not None
    assert chosen.address == address


@pytest.mark.parametrize("key", ["sk with a space", "sk-\u2026", "sk-a\nX-Evil: 1"])
def test_a_key_that_cannot_stand_in_a_header_is_refused_and_not_repeated(key: str) -> None:
    said = refusal(llm="openai:some", llm_key=key)
    assert "SEMINAR_LLM_KEY" in said
    assert key[:4] not in said.replace("SEMINAR_LLM_KEY", "")


def test_keys_are_in_nothing_that_is_printed() -> None:
    made = settings(llm="openai:some", llm_key=KEY, openai_api_key=KEY, anthropic_api_key=KEY)
    chosen = chosen_model(made)
    assert KEY not in f"{made!r} {made} {chosen!r} {chosen}"
    assert KEY not in made.model_dump_json()
