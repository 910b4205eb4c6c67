"""What goes over the wire, and to whom: whatever the environment says."""

from __future__ import annotations

import gzip
import logging
import traceback
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest

from rag.errors import ModelFailed
from rag.language.choose import Chosen
from rag.language.clients import Limits
from rag.language.langchain import LangChainModel
from rag.language.ports import Prompt
from rag.language.set_up import model_from
from rag.language.wire import MOST_BYTES
from rag.settings import read_settings
from rag.wording import sentence_for
from tests.loopback.models import KEY, MODEL, ModelServer, Scripted, model_settings

PROVIDERS = ("openai", "anthropic", "ollama")
Shared = dict[str, LangChainModel]
OTHERS_KEY = "sk-of-somebody-else-0815"
PROMPT = Prompt("words/1", "You list words.", "A private question on page 7.")


@pytest.fixture(scope="module")
def server() -> Iterator[ModelServer]:
    with ModelServer("ready") as server:
        yield server


@pytest.fixture(autouse=True)
def _quiet_again(server: ModelServer) -> Iterator[None]:
    yield
    server.says("ready")
    server.requests.clear()
    server.elsewhere.visits.clear()


def model_at(server: ModelServer, provider: str, **changes: object) -> LangChainModel:
    model = model_from(read_settings(**model_settings(server, provider, **changes)))
    assert model is not None
    return model


def own_model(server: ModelServer, provider: str) -> LangChainModel:
    """As at the provider's own address, which tests cannot reach."""
    chosen = Chosen(provider, MODEL, server.url_of(provider), own_address=True, key=KEY)
    return LangChainModel(chosen, Limits(timeout_s=10, retries=0))


@pytest.fixture
def misleading(monkeypatch: pytest.MonkeyPatch, server: ModelServer) -> ModelServer:
    """An environment in which every client by itself would ask another host, with another key and more headers."""
    elsewhere = server.elsewhere
    for name in ("OPENAI_BASE_URL", "OPENAI_API_BASE"):
        monkeypatch.setenv(name, elsewhere.openai_url)
    for name in ("ANTHROPIC_BASE_URL", "ANTHROPIC_API_URL", "OLLAMA_HOST", "LANGSMITH_GATEWAY"):
        monkeypatch.setenv(name, elsewhere.url)
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "OPENAI_PROXY", "ANTHROPIC_PROXY"):
        monkeypatch.setenv(name, elsewhere.url)
    for name in ("OPENAI_API_KEY", "ANTHROPIC_API_KEY", "ANTHROPIC_AUTH_TOKEN", "OLLAMA_API_KEY", "OPENAI_ADMIN_KEY"):
        monkeypatch.setenv(name, OTHERS_KEY)
    for name in ("OPENAI_ORG_ID", "OPENAI_PROJECT_ID", "LANGSMITH_GATEWAY_API_KEY", "LANGSMITH_API_KEY"):
        monkeypatch.setenv(name, OTHERS_KEY)
    for name in ("OPENAI_CUSTOM_HEADERS", "ANTHROPIC_CUSTOM_HEADERS"):
        monkeypatch.setenv(name, f"Authorization: Bearer {OTHERS_KEY}\nX-Team: {OTHERS_KEY}\nCookie: {OTHERS_KEY}")
    return elsewhere


@pytest.mark.parametrize("provider", PROVIDERS)
@pytest.mark.parametrize("key", [KEY, ""], ids=["with a key", "without"])
def test_whatever_the_environment_says_one_host_is_asked_with_our_key_or_none(
    provider: str, key: str, server: ModelServer, misleading: ModelServer
) -> None:
    model_at(server, provider, llm_key=key).reply(PROMPT)
    assert misleading.visits == []
    (asked,) = server.requests
    assert asked.key == (key or ("" if provider == "ollama" else "none"))
    assert OTHERS_KEY not in repr(asked.headers)
    assert not [name for name in asked.headers if name.startswith(("x-team", "cookie", "openai-"))]


@pytest.mark.parametrize("provider", PROVIDERS)
def test_at_the_providers_own_address_no_other_key_goes_either(
    provider: str, server: ModelServer, misleading: ModelServer
) -> None:
    own_model(server, provider).reply(PROMPT)
    assert misleading.visits == []
    (asked,) = server.requests
    assert asked.key == KEY
    named = {name: value for name, value in asked.headers.items() if OTHERS_KEY in value}
    assert set(named) <= {"openai-organization", "openai-project"}  # whose account it is, where it has several


def test_openai_is_told_to_keep_nothing_and_others_are_told_only_what_they_know(server: ModelServer) -> None:
    own_model(server, "openai").reply(PROMPT)
    model_at(server, "openai").reply(PROMPT)
    own, compatible = (asked.body for asked in server.requests)
    assert own["store"] is False
    assert own["max_completion_tokens"] == 4_096
    assert compatible.keys() == {"messages", "model", "stream", "stream_options", "max_tokens"}


@pytest.mark.parametrize("provider", PROVIDERS)
def test_nothing_of_this_machine_is_told(provider: str, server: ModelServer) -> None:
    model_at(server, provider).reply(PROMPT)
    headers = server.requests[0].headers
    assert not [name for name in headers if name.startswith("x-stainless") and name != "x-stainless-raw-response"]


@pytest.mark.parametrize("provider", PROVIDERS)
def test_prompts_go_to_no_tracer(provider: str, server: ModelServer, monkeypatch: pytest.MonkeyPatch) -> None:
    from langsmith import utils

    for name in ("LANGSMITH_TRACING", "LANGCHAIN_TRACING_V2"):
        monkeypatch.setenv(name, "true")
    monkeypatch.setenv("LANGSMITH_ENDPOINT", server.elsewhere.url)
    monkeypatch.setenv("LANGSMITH_API_KEY", "lsv2_loopback")
    utils.get_env_var.cache_clear()
    try:
        assert utils.tracing_is_enabled()
        seen: list[object] = []
        model_at(server, provider).reply(PROMPT, heard=lambda _text: seen.append(utils.tracing_is_enabled()))
        assert seen
        assert not any(seen)
        assert server.elsewhere.visits == []
    finally:
        monkeypatch.undo()
        utils.get_env_var.cache_clear()


@pytest.mark.parametrize("provider", PROVIDERS)
@pytest.mark.parametrize("fault", ["401", "404_model", "400_context", "500", "html", "drop", "redirect", "empty"])
def test_neither_key_nor_prompt_is_in_any_error_or_log(
    provider: str, fault: str, server: ModelServer, caplog: pytest.LogCaptureFixture
) -> None:
    server.says(lambda asked: Scripted(f"echo {asked.headers} {asked.user}", fault))  # type: ignore[arg-type]
    model = model_at(server, provider)
    with caplog.at_level(logging.INFO), pytest.raises(ModelFailed) as caught:
        model.reply(PROMPT)
    shown = "".join(traceback.format_exception(caught.value))
    told = f"{shown} {caught.value!r} {sentence_for(caught.value)} {model!r} {vars(model)!r} {caplog.text}"
    assert KEY not in told
    assert PROMPT.user not in told.replace(repr(PROMPT), "")


@pytest.mark.parametrize("provider", PROVIDERS)
def test_no_prompt_is_logged_however_loud_logs_are(
    provider: str, server: ModelServer, caplog: pytest.LogCaptureFixture
) -> None:
    model = model_at(server, provider)
    for name in (provider, f"{provider}._base_client", "httpx", "httpx2", "httpcore.http11"):
        logging.getLogger(name).setLevel(logging.NOTSET)
    logging.getLogger(provider).setLevel(logging.DEBUG)  # as OPENAI_LOG=debug has it
    with caplog.at_level(logging.DEBUG):
        model.reply(PROMPT)
    assert PROMPT.user not in caplog.text
    assert KEY not in caplog.text


class _Bodies(BaseHTTPRequestHandler):
    """Sends what a class attribute holds."""

    pieces: tuple[bytes, ...] = ()
    more: dict[str, str] = {}  # noqa: RUF012

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        for name, value in self.more.items():
            self.send_header(name, value)
        self.end_headers()
        try:
            for piece in self.pieces:
                self.wfile.write(piece)
        except OSError:
            pass

    def log_message(self, *args: object) -> None:
        pass


@pytest.fixture
def bodies() -> Iterator[ThreadingHTTPServer]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Bodies)
    server.daemon_threads = True
    thread = Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.mark.parametrize("provider", PROVIDERS)
def test_a_line_without_end_is_not_read_for_ever(
    provider: str, bodies: ThreadingHTTPServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_Bodies, "pieces", (b"data: " + b"a" * 1024 * 1024,) * (MOST_BYTES // 1024 // 1024 + 4))
    address = f"http://127.0.0.1:{bodies.server_port}"
    model = model_from(read_settings(llm=f"{provider}:some", llm_url=address, llm_key="k", llm_retries=0))
    assert model is not None
    with pytest.raises(ModelFailed, match="more than a reply can hold"):
        model.reply(PROMPT)


def test_a_body_that_is_packed_in_spite_of_us_is_not_unpacked(
    bodies: ThreadingHTTPServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    event = b'data: {"choices": [{"index": 0, "delta": {"content": "unpacked"}}]}\n\n'
    monkeypatch.setattr(_Bodies, "pieces", (gzip.compress(event),))
    monkeypatch.setattr(_Bodies, "more", {"Content-Encoding": "gzip"})
    address = f"http://127.0.0.1:{bodies.server_port}"
    model = model_from(read_settings(llm="openai:some", llm_url=address, llm_key="k", llm_retries=0))
    assert model is not None
    with pytest.raises(ModelFailed, match="no reply"):
        model.reply(PROMPT)
