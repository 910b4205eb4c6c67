"""One promise for every model: the fake of our tests, and LangChain's real clients of three providers on loopback."""

from __future__ import annotations

import contextlib
import json
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise

import pytest

from rag.errors import ModelFailed
from rag.language.hearing import MOST_CHARS
from rag.language.langchain import LangChainModel
from rag.language.ports import LanguageModel, Prompt
from rag.language.set_up import model_from
from rag.settings import Settings
from tests.language.fakes import ScriptedModel
from tests.loopback.models import MODEL, Asked, ModelServer, Scripted, model_settings

PROVIDERS = ("openai", "anthropic", "ollama")
Shared = dict[str, LangChainModel]
WORDS = ["residual", "attention", "dropout", "pooling"]
SHAPE = {
    "type": "object",
    "properties": {"words": {"type": "array", "items": {"type": "string"}}},
    "required": ["words"],
    "additionalProperties": False,
}
SAID = json.dumps({"words": WORDS * 5})
PROMPT = Prompt("words/1", "You list words.", "List some.", SHAPE)
PLAIN = Prompt("plain/1", "You list words.", "List some.")


@pytest.fixture(scope="module")
def server() -> Iterator[ModelServer]:
    with ModelServer(SAID) as server:
        yield server


@pytest.fixture(autouse=True)
def _quiet_again(server: ModelServer) -> Iterator[None]:
    yield
    server.says(SAID)
    server.requests.clear()


def model_at(
    server: ModelServer, provider: str, *, pauses: list[float] | None = None, **changes: object
) -> LangChainModel:
    settings = Settings(_env_file=None, **model_settings(server, provider, **changes))  # type: ignore[arg-type]
    model = model_from(settings, pause=pauses.append if pauses is not None else _never)
    assert model is not None
    return model


@pytest.fixture(scope="module")
def shared(server: ModelServer) -> Shared:
    """A model of each provider, for what it does not remember."""
    return {provider: model_at(server, provider) for provider in PROVIDERS}


def _never(seconds: float) -> None:
    raise AssertionError(f"asked to pause for {seconds} s")


@pytest.fixture(params=["fake", *PROVIDERS])
def model(request: pytest.FixtureRequest, shared: Shared) -> LanguageModel:
    return ScriptedModel(SAID) if request.param == "fake" else shared[request.param]


def test_a_reply_is_heard_growing_and_then_whole(model: LanguageModel) -> None:
    heard: list[str] = []
    reply = model.reply(PROMPT, heard=heard.append)
    assert reply.text == SAID == heard[-1]
    assert len(heard) > 1
    assert all(now.startswith(before) and now != before for before, now in pairwise(heard))
    assert not reply.cut


def test_a_reply_names_who_gave_it_and_what_it_cost(model: LanguageModel) -> None:
    reply = model.reply(PROMPT)
    assert reply.model == MODEL
    assert reply.tokens_in == len(PROMPT.system + PROMPT.user) // 4 or reply.tokens_in > 0
    assert reply.tokens_out == len(SAID) // 4
    assert model.name.count(":") == 1


def test_threads_may_share_a_model(model: LanguageModel) -> None:
    with ThreadPoolExecutor(4) as pool:
        replies = list(pool.map(model.reply, [PROMPT] * 8))
    assert [reply.text for reply in replies] == [SAID] * 8


def test_whoever_listens_may_stop_it(model: LanguageModel) -> None:
    class Enough(Exception):
        pass

    def heard(_text: str) -> None:
        raise Enough

    with pytest.raises(Enough):
        model.reply(PROMPT, heard=heard)


@pytest.mark.parametrize("provider", PROVIDERS)
def test_each_thread_gets_the_reply_to_its_own_prompt(provider: str, server: ModelServer, shared: Shared) -> None:
    server.says(lambda asked: f"You said: {asked.user}")
    model = shared[provider]
    prompts = [Prompt("p/1", "Repeat.", f"number {number}") for number in range(12)]
    with ThreadPoolExecutor(4) as pool:
        replies = list(pool.map(model.reply, prompts))
    assert [reply.text for reply in replies] == [f"You said: number {number}" for number in range(12)]


@pytest.mark.parametrize("provider", PROVIDERS)
def test_a_shape_is_sent_where_there_is_one_and_never_when_marks_are_wanted(provider: str, server: ModelServer) -> None:
    model_at(server, provider).reply(PROMPT)
    model_at(server, provider).reply(PLAIN)
    model_at(server, provider, llm_output="marked").reply(PROMPT)
    shapes = [asked.shape for asked in server.requests]
    assert shapes[0] is not None
    assert shapes[0]["required"] == ["words"]
    assert shapes[1:] == [None, None]
    assert all(asked.system == PROMPT.system and asked.user == PROMPT.user for asked in server.requests)


@pytest.mark.parametrize("provider", PROVIDERS)
def test_a_server_that_refuses_a_shape_is_asked_without_from_then_on(provider: str, server: ModelServer) -> None:
    server.says(lambda _asked: Scripted(SAID, "400_schema"))
    model = model_at(server, provider)
    assert model.reply(PROMPT).text == SAID
    assert model.reply(PROMPT).text == SAID
    assert [asked.shape is not None for asked in server.requests] == [True, False, False]


def test_a_shape_that_is_insisted_on_is_not_dropped(server: ModelServer) -> None:
    server.says(lambda _asked: Scripted(SAID, "400_schema"))
    with pytest.raises(ModelFailed) as caught:
        model_at(server, "openai", llm_output="structured").reply(PROMPT)
    assert "does not understand the request (400)" in caught.value.reason
    assert len(server.requests) == 1


def test_a_compatible_server_that_cannot_count_while_it_streams_is_asked_without(server: ModelServer) -> None:
    server.says(lambda _asked: Scripted(SAID, "400_usage"))
    model = model_at(server, "openai")
    reply = model.reply(PROMPT)
    assert (reply.text, reply.tokens_out) == (SAID, len(SAID) // 4)
    assert ["stream_options" in asked.body for asked in server.requests][-1] is False


@pytest.mark.parametrize("provider", ["anthropic", "ollama"])
def test_who_understands_no_prompt_at_all_is_asked_no_third_time(provider: str, server: ModelServer) -> None:
    server.says(lambda asked: Scripted(SAID, "400_schema" if asked.shape else "400_context"))
    with pytest.raises(ModelFailed):
        model_at(server, provider).reply(PROMPT)
    assert len(server.requests) == 2


def test_what_was_refused_for_another_reason_is_not_remembered(server: ModelServer) -> None:
    model = model_at(server, "openai")
    server.says(lambda _asked: Scripted(SAID, "400_context"))
    with pytest.raises(ModelFailed, match="longer than it reads"):
        model.reply(PROMPT)
    server.says(SAID)
    model.reply(PROMPT)
    assert server.requests[-1].shape is not None


@pytest.mark.parametrize("provider", PROVIDERS)
def test_the_limits_of_a_reply_are_sent(provider: str, server: ModelServer) -> None:
    model_at(server, provider, llm_output_tokens=777, llm_context_tokens=5_000).reply(PLAIN)
    body = server.requests[0].body
    if provider == "ollama":
        assert (body["options"]["num_predict"], body["options"]["num_ctx"]) == (777, 5_000)
    else:
        assert body["max_tokens"] == 777
        assert "max_completion_tokens" not in body


FAULTS = {
    "empty": ("it said nothing", True),
    "401": ("its key was refused (401)", False),
    "404_model": ("no model of that name is at that address (404)", False),
    "429": ("it is overloaded, or its account's limit is reached (429)", True),
    "500": ("it has trouble of its own (500)", True),
    "overloaded": ("it is overloaded", True),
    "drop": ("the connection broke off before it answered", True),
    "html": ("what it sent is no reply", False),
    "not_json": ("what it sent is no reply", False),
    "redirect": ("its address sends us elsewhere, where we do not go (307)", False),
    "400_context": ("the request is longer than it reads", False),
}


@pytest.mark.parametrize("provider", PROVIDERS)
@pytest.mark.parametrize("fault", FAULTS)
def test_what_goes_wrong_is_said_in_one_clause(provider: str, fault: str, server: ModelServer, shared: Shared) -> None:
    server.says(lambda _asked: Scripted(SAID, fault))  # type: ignore[arg-type]
    reason, passing = FAULTS[fault]
    with pytest.raises(ModelFailed) as caught:
        shared[provider].reply(PROMPT)
    assert reason in caught.value.reason
    assert caught.value.passing is passing
    assert caught.value.model == f"{provider}:{MODEL}"
    assert caught.value.__suppress_context__ or caught.value.__context__ is None  # it would repeat what the server said


@pytest.mark.parametrize("provider", PROVIDERS)
def test_a_redirect_is_not_followed(provider: str, server: ModelServer, shared: Shared) -> None:
    server.says(lambda _asked: Scripted(SAID, "redirect"))
    with pytest.raises(ModelFailed):
        shared[provider].reply(PROMPT)
    assert server.elsewhere.visits == []


@pytest.mark.parametrize("provider", PROVIDERS)
def test_where_nobody_listens_it_cannot_be_reached(provider: str, server: ModelServer) -> None:
    with pytest.raises(ModelFailed, match="it cannot be reached: nobody listens at its address") as caught:
        model_at(server, provider, llm_url="http://127.0.0.1:9").reply(PROMPT)
    assert (caught.value.passing, caught.value.tokens) == (True, 0)


@pytest.mark.parametrize("provider", PROVIDERS)
def test_an_address_with_a_wrong_path_is_not_taken_for_a_wrong_name(provider: str, server: ModelServer) -> None:
    with pytest.raises(ModelFailed, match=r"its address leads nowhere \(404\); with openai:… it usually ends in /v1"):
        model_at(server, provider, llm_url=f"{server.url}/elsewhere").reply(PLAIN)


@pytest.mark.parametrize("provider", PROVIDERS)
def test_where_nobody_speaks_https_that_is_said(provider: str, server: ModelServer) -> None:
    with pytest.raises(ModelFailed, match=r"no safe connection \(https\) came about") as caught:
        model_at(server, provider, llm_url=server.url.replace("http:", "https:")).reply(PROMPT)
    assert not caught.value.passing


@pytest.mark.parametrize("provider", PROVIDERS)
@pytest.mark.parametrize("fault", ["cut", "broken_off"])
def test_a_reply_that_ends_too_early_is_given_as_cut(
    provider: str, fault: str, server: ModelServer, shared: Shared
) -> None:
    server.says(lambda _asked: Scripted(SAID, fault))  # type: ignore[arg-type]
    reply = shared[provider].reply(PROMPT)
    assert reply.cut
    assert SAID.startswith(reply.text)


@pytest.mark.parametrize("provider", PROVIDERS)
def test_of_an_endless_reply_the_beginning_is_read(provider: str, server: ModelServer, shared: Shared) -> None:
    server.says(lambda _asked: Scripted(SAID, "huge"))
    reply = shared[provider].reply(PROMPT)
    assert reply.cut
    assert len(reply.text) == MOST_CHARS


@pytest.mark.parametrize("provider", PROVIDERS)
@pytest.mark.parametrize("late", [{"fault": "slow", "drip_s": 0.1}, {"delay_s": 30.0}], ids=["trickles", "is silent"])
def test_a_server_that_drags_it_out_meets_the_deadline(
    provider: str, late: dict[str, object], server: ModelServer
) -> None:
    server.says(lambda _asked: Scripted("no end " * 2_000, **late))  # type: ignore[arg-type]
    model = model_at(server, provider, llm_timeout_s=0.3, llm_retries=3)
    model.warm()
    began = time.monotonic()
    with pytest.raises(ModelFailed, match=r"did not answer within 0\.3 s") as caught:
        model.reply(PROMPT)
    assert time.monotonic() - began < 5  # the machine may be busy; the server would take 30
    assert caught.value.passing
    assert caught.value.tokens > 0  # it may have to be paid
    assert len(server.requests) == 1


def faults_first(*faults: str) -> Callable[[Asked], Scripted]:
    left = list(faults)
    return lambda _asked: Scripted(SAID, left.pop(0) if left else "")  # type: ignore[arg-type]


@pytest.mark.parametrize("provider", PROVIDERS)
def test_what_passes_is_tried_again_before_the_first_word(provider: str, server: ModelServer) -> None:
    server.says(faults_first("500", "drop"))
    pauses: list[float] = []
    assert model_at(server, provider, llm_retries=2, pauses=pauses).reply(PROMPT).text == SAID
    assert len(server.requests) == 3
    assert pauses == [0.5, 1.0]


@pytest.mark.parametrize("fault", ["401", "404_model", "html", "empty", "broken_off"])
def test_what_does_not_pass_or_has_begun_is_not_tried_again(fault: str, server: ModelServer) -> None:
    server.says(lambda _asked: Scripted(SAID, fault))  # type: ignore[arg-type]
    with contextlib.suppress(ModelFailed):
        model_at(server, "openai", llm_retries=5).reply(PROMPT)
    assert len(server.requests) == 1


def test_a_server_that_asks_for_patience_gets_it_within_the_deadline(server: ModelServer) -> None:
    server.says(faults_first("429"))
    pauses: list[float] = []
    assert model_at(server, "openai", llm_retries=1, pauses=pauses).reply(PROMPT).text == SAID
    server.says(faults_first("429"))
    with pytest.raises(ModelFailed, match="429"):
        model_at(server, "openai", llm_retries=1, llm_timeout_s=5, pauses=pauses).reply(PROMPT)
    assert len(pauses) == 1
    assert pauses[0] >= 5


@pytest.mark.parametrize("provider", PROVIDERS)
def test_what_a_model_thinks_is_no_part_of_its_reply(provider: str, server: ModelServer, shared: Shared) -> None:
    server.says(lambda _asked: Scripted(SAID, thinking="Let me see what they want."))
    heard: list[str] = []
    assert shared[provider].reply(PROMPT, heard=heard.append).text == SAID
    assert not [text for text in heard if "Let me" in text]


@pytest.mark.parametrize("opening", ["<think>", ""])
def test_what_a_model_thinks_aloud_is_no_part_of_its_reply(opening: str, server: ModelServer) -> None:
    server.says(f"{opening}They want words, so words it is. {'Hm. ' * 40}</think>\n{SAID}")
    assert model_at(server, "openai").reply(PROMPT).text == SAID


def test_a_reply_that_is_all_thought_says_nothing(server: ModelServer) -> None:
    server.says("<think>They want words, and I think of them for ever.")
    with pytest.raises(ModelFailed, match="it said nothing"):
        model_at(server, "openai").reply(PROMPT)


def test_a_name_with_signs_that_move_the_cursor_is_cleaned(server: ModelServer) -> None:
    server.says(lambda _asked: Scripted(SAID, model="gpt\x1b[2J\nnice\u202e"))
    assert model_at(server, "openai").reply(PROMPT).model.isprintable()


@pytest.mark.parametrize("provider", PROVIDERS)
def test_halves_of_signs_are_neither_sent_nor_handed_on(provider: str, server: ModelServer, shared: Shared) -> None:
    server.says("half a smile \ud83d and a whole one \U0001f600")
    reply = shared[provider].reply(Prompt("p/1", "Smile.", "Like this: \ude00 or \U0001f600"))
    assert reply.text == "half a smile ? and a whole one \U0001f600"
    assert server.requests[0].user == "Like this: ? or \U0001f600"


def test_a_client_that_cannot_be_made_is_a_failure_like_others(server: ModelServer) -> None:
    model = model_at(server, "azure_openai", llm_url=server.url)  # it wants more than an address and a key
    model.warm()
    with pytest.raises(ModelFailed, match="does not take what the settings say") as caught:
        model.reply(PROMPT)
    assert not caught.value.passing


def test_tokens_are_those_that_the_provider_counts(server: ModelServer, shared: Shared) -> None:
    server.says(lambda _asked: Scripted(SAID, tokens_in=1_234, tokens_out=56))
    for provider in PROVIDERS:
        reply = shared[provider].reply(PROMPT)
        assert (reply.tokens_in, reply.tokens_out) == (1_234, 56)


def test_a_provider_that_does_not_count_is_estimated(server: ModelServer, shared: Shared) -> None:
    server.says(lambda _asked: Scripted(SAID, "no_usage"))
    for provider in PROVIDERS:
        assert shared[provider].reply(PROMPT).tokens_out == len(SAID) // 4
