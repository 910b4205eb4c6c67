"""The loopback model server, read by the clients that people's own models are read by."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from typing import Any, get_args

import pytest

from tests.loopback.models import KEY, MODEL, Asked, Fault, ModelServer, Scripted, as_environment, model_settings
from tests.loopback.protocols.wire import HUGE_CHARS

PROVIDERS = ("openai", "anthropic", "ollama")
SHAPE = {
    "title": "answer",
    "description": "An answer.",
    "type": "object",
    "properties": {"words": {"type": "array", "items": {"type": "string"}}},
    "required": ["words"],
    "additionalProperties": False,
}
SAID = json.dumps({"words": ["firm", "gating", "“halves”", "the time"]})


def client(server: ModelServer, provider: str, **more: Any) -> Any:
    from langchain.chat_models import init_chat_model

    if provider != "ollama":
        more = {"api_key": KEY, "max_retries": 0, "timeout": 5} | more
    if provider == "openai":
        more["stream_usage"] = True
    return init_chat_model(f"{provider}:{MODEL}", base_url=server.url_of(provider), **more)


def invoked(model: Any) -> Any:
    return model.invoke([("system", "Be brief."), ("user", "What halves the time?")])


def streamed(model: Any) -> Any:
    whole = None
    for chunk in model.stream([("system", "Be brief."), ("user", "What halves the time?")]):
        whole = chunk if whole is None else whole + chunk
    return whole


WAYS = (invoked, streamed)
Way = Callable[[Any], Any]


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("provider", PROVIDERS)
def test_a_real_client_hears_what_was_said_and_what_it_cost(provider: str, way: Way) -> None:
    with ModelServer(lambda asked: Scripted(SAID, tokens_in=70, tokens_out=30, model="scripted-1-0815")) as server:
        heard = way(client(server, provider))
    (asked,) = server.requests
    assert heard.text == SAID
    assert (heard.usage_metadata["input_tokens"], heard.usage_metadata["output_tokens"]) == (70, 30)
    assert heard.response_metadata.get("model_name", heard.response_metadata.get("model")) == "scripted-1-0815"
    assert (asked.provider, asked.model) == (provider, MODEL)
    assert (asked.system, asked.user) == ("Be brief.", "What halves the time?")
    assert asked.key == ("" if provider == "ollama" else KEY)


@pytest.mark.parametrize("method", ["json_schema", "function_calling"])
@pytest.mark.parametrize("provider", PROVIDERS)
def test_a_reply_can_be_held_to_a_shape(provider: str, method: str) -> None:
    with ModelServer(SAID) as server:
        model = client(server, provider).with_structured_output(SHAPE, method=method, include_raw=True)
        found = model.invoke("What?")
        (asked,) = server.requests
        assert found["parsed"] == json.loads(SAID)
        assert asked.shape["properties"] == SHAPE["properties"]
        pieces = [piece for piece in model.stream("What?") if "parsed" in piece]
        assert pieces[-1]["parsed"] == json.loads(SAID)


@pytest.mark.filterwarnings("ignore:This model does not support OpenAI's structured output")
@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("provider", PROVIDERS)
def test_a_server_can_refuse_the_shape_and_answer_in_plain_words(provider: str, way: Way) -> None:
    with ModelServer(lambda asked: Scripted(SAID, fault="400_schema")) as server:
        plain = client(server, provider)
        held = plain.with_structured_output(SHAPE, method="json_schema", include_raw=True)
        with pytest.raises(Exception, match=r"400|cannot unmarshal"):
            way(held)
        assert way(plain).text == SAID


FAILS: dict[str, str | None] = {
    "broken_off": "peer closed|Connection",
    "400_context": "maximum context|too long",
    "401": "401|unauthorized",
    "404_model": "404|not found",
    "429": "429",
    "500": "500",
    "overloaded": "503|529|overloaded",
    "drop": "reset|Connection",
    "html": None,
    "not_json": None,
}
SPEAKS: dict[str, Callable[[str], bool]] = {
    "": lambda text: text == SAID,
    "empty": lambda text: not text,
    "cut": lambda text: text == SAID[: len(SAID) // 2],
    "wrong_json": lambda text: text.startswith("{") and not text.endswith("}"),
    "huge": lambda text: len(text) > HUGE_CHARS,
    "no_usage": lambda text: text == SAID,
    "redirect": lambda text: text == "said elsewhere",
    "400_schema": lambda text: text == SAID,
}


def test_every_fault_is_tried_here() -> None:
    assert {*FAILS, *SPEAKS, "slow", "400_usage"} == set(get_args(Fault))


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("provider", PROVIDERS)
def test_what_fails_is_an_error_of_the_client_and_the_next_request_is_answered(provider: str, way: Way) -> None:
    with ModelServer() as server:
        model = client(server, provider)
        for fault, words in FAILS.items():
            server.says(lambda asked, fault=fault: Scripted(SAID, fault=fault))
            with pytest.raises(Exception, match=words):
                way(model)
            server.says(SAID)
            assert way(model).text == SAID, fault


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("provider", PROVIDERS)
def test_what_is_odd_is_still_a_reply(provider: str, way: Way) -> None:
    with ModelServer() as server:
        model = client(server, provider)
        for fault, holds in SPEAKS.items():
            server.says(lambda asked, fault=fault: Scripted(SAID, fault=fault))
            heard = way(model)
            assert holds(heard.text), fault
            reason = {**heard.response_metadata}
            ended = reason.get("finish_reason") or reason.get("stop_reason") or reason.get("done_reason")
            assert (ended in ("length", "max_tokens")) == (fault == "cut")


def test_an_older_server_refuses_to_count_the_tokens_of_a_stream() -> None:
    with ModelServer(lambda asked: Scripted(SAID, fault="400_usage")) as server:
        with pytest.raises(Exception, match="stream_options"):
            streamed(client(server, "openai"))
        without = client(server, "openai")
        without.stream_usage = False
        assert streamed(without).text == SAID


@pytest.mark.parametrize("provider", ["anthropic", "ollama"])
def test_what_a_model_thinks_is_no_part_of_its_reply(provider: str) -> None:
    with ModelServer(lambda asked: Scripted(SAID, thinking="The passages say so.")) as server:
        for way in WAYS:
            assert way(client(server, provider)).text == SAID


@pytest.mark.parametrize("provider", PROVIDERS)
def test_a_slow_reply_never_ends_by_itself_and_ends_with_its_client(provider: str) -> None:
    with ModelServer(lambda asked: Scripted(SAID, fault="slow", drip_s=0.001)) as server:
        chunks = client(server, provider).stream("What?")
        heard = ""
        while not heard:
            heard += next(chunks).text
        chunks.close()
        began = time.monotonic()
    assert SAID.startswith(heard)
    assert time.monotonic() - began < 10  # the machine may be busy


def test_the_server_closes_at_once_however_slowly_it_is_answering() -> None:
    import threading

    with ModelServer(lambda asked: Scripted(SAID, fault="slow", delay_s=60)) as server:
        failed: list[Exception] = []

        def ask() -> None:
            try:
                invoked(client(server, "openai", timeout=60))
            except Exception as error:
                failed.append(error)

        asking = threading.Thread(target=ask)
        asking.start()
        while not server.requests:
            time.sleep(0.002)
        began = time.monotonic()
    asking.join()
    assert failed
    assert time.monotonic() - began < 10  # the machine may be busy


def test_a_redirect_leads_to_another_host_that_remembers_what_reached_it() -> None:
    keys = {}
    with ModelServer(lambda asked: Scripted(fault="redirect")) as server:
        for provider in ("openai", "anthropic"):
            invoked(client(server, provider))
            arrived = server.elsewhere.requests[-1]
            assert arrived.user == "What halves the time?"
            keys[provider] = arrived.key
    assert keys == {"openai": "", "anthropic": ""}  # these clients keep their keys back by themselves


def test_the_models_are_listed_as_each_maker_lists_them() -> None:
    import anthropic
    import ollama
    import openai

    with ModelServer() as server:
        assert [one.id for one in openai.OpenAI(base_url=server.openai_url, api_key=KEY).models.list()] == [MODEL]
        assert [one.id for one in anthropic.Anthropic(base_url=server.url, api_key=KEY).models.list()] == [MODEL]
        local = ollama.Client(server.ollama_url)
        assert [one.model for one in local.list().models] == [MODEL]
        assert local.show(MODEL).modelinfo["llama.context_length"] == 131_072
    assert server.requests == []


def test_what_the_test_does_wrong_comes_back_to_the_test() -> None:
    def wrong(asked: Asked) -> str:
        raise LookupError(asked.user)

    def ask() -> None:
        with ModelServer(wrong) as server, pytest.raises(Exception, match="500"):
            invoked(client(server, "openai"))

    with pytest.raises(LookupError, match="halves"):
        ask()


def test_settings_name_the_server_as_settings_and_as_environment() -> None:
    with ModelServer() as server:
        found = as_environment(model_settings(server, "openai", llm_drafts=2))
        assert found["SEMINAR_LLM"] == f"openai:{MODEL}"
        assert found["SEMINAR_LLM_URL"] == f"{server.url}/v1"
        assert found["SEMINAR_LLM_DRAFTS"] == "2"
