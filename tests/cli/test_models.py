"""The language model on the command line: tried out, counted, refused with a sentence."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from rag.language.ports import Prompt
from tests.cli.runner import Run, parsed
from tests.loopback.models import KEY, ModelServer, Scripted, as_environment, model_settings
from tests.studying.scripted import dealing

pytestmark = pytest.mark.usefixtures("words_only")


@pytest.fixture(scope="module")
def server() -> Iterator[ModelServer]:
    with ModelServer("ready") as server:
        yield server


@pytest.fixture
def set_up(server: ModelServer, monkeypatch: pytest.MonkeyPatch, words_only: None) -> Callable[..., None]:
    def set_up(provider: str, **changes: object) -> None:
        for name, value in as_environment(model_settings(server, provider, **changes)).items():
            monkeypatch.setenv(name, value)

    server.says("ready")
    return set_up


@pytest.mark.parametrize("provider", ["openai", "anthropic", "ollama"])
def test_the_doctor_names_the_model_that_answered_and_where(
    provider: str, set_up: Callable[..., None], seminar: Run, server: ModelServer
) -> None:
    server.says(lambda _asked: Scripted("ready", model="scripted-2026-11-01"))
    set_up(provider)
    code, out, err = seminar("doctor")
    (line,) = [line for line in out.splitlines() if " model " in line]
    assert line.startswith("ok")
    assert f"{provider}:scripted-1 at {server.url.removeprefix('http://')}: scripted-2026-11-01 answered in " in line
    assert code == 0
    assert KEY not in out + err


@pytest.mark.parametrize(
    ("fault", "reason"),
    [("401", "its key was refused (401)"), ("404_model", "no model of that name"), ("empty", "nothing")],
)
def test_the_doctor_says_why_a_model_does_not_answer(
    fault: str, reason: str, set_up: Callable[..., None], seminar: Run, server: ModelServer
) -> None:
    server.says(lambda _asked: Scripted("ready", fault))  # type: ignore[arg-type]
    set_up("openai")
    code, out, err = seminar("doctor")
    (line,) = [line for line in out.splitlines() if " model " in line]
    assert line.startswith("FAIL")
    assert reason in line
    assert code == 1
    assert KEY not in out + err


def test_without_a_model_the_doctor_is_content(seminar: Run) -> None:
    code, out, _ = seminar("doctor")
    assert "none: answers are quotes; SEMINAR_LLM names one" in out
    assert code == 0


def test_status_has_lines_on_the_model_where_there_is_one(set_up: Callable[..., None], seminar: Run) -> None:
    before = seminar("status")[1]
    assert "tokens this month" not in before
    assert "writer        extractive" in before
    set_up("openai", llm_monthly_tokens=5_000)
    out = seminar("status")[1]
    assert "model         0 calls, 0 of 5,000 tokens this month" in out
    assert "writer        openai:scripted-1" in out
    model = parsed(seminar("status", "--json")[1])["model"]
    assert (model["name"], model["budget"], model["month"]["calls"]) == ("openai:scripted-1", 5_000, 0)


def test_a_name_without_a_provider_is_refused_with_the_form(monkeypatch: pytest.MonkeyPatch, seminar: Run) -> None:
    monkeypatch.setenv("SEMINAR_LLM", "gpt-4.1-mini")
    code, _, err = seminar("status")
    assert "Write it as provider:model, such as openai:gpt-4.1-mini" in err
    assert code == 1


def test_what_was_asked_is_counted_for_the_server_that_asked(set_up: Callable[..., None], seminar: Run) -> None:
    set_up("openai")
    assert seminar("add", _paper())[0] == 0
    seminar("ask", "What is a residual block?")
    assert "model         1 call, " in seminar("status")[1]


def test_a_card_that_its_quote_hardly_carries_is_marked(
    set_up: Callable[..., None], seminar: Run, server: ModelServer
) -> None:
    set_up("openai")
    back = "A residual block is a stack of layers with a shortcut, which engineers of the group celebrate."
    write = dealing(
        ("What is a residual block made of?", back, "A residual block is a stack of layers with a shortcut.")
    )
    assert seminar("add", _paper())[0] == 0
    server.says(lambda asked: write(Prompt("cards/1", asked.system, asked.user)))
    code, out, err = seminar("cards", "Small")
    assert (code, out.count(f"    {back} (weakly supported)\n")) == (0, 1), out + err


def test_a_judge_that_cannot_be_read_has_judged_nothing(
    set_up: Callable[..., None], seminar: Run, server: ModelServer
) -> None:
    set_up("openai")
    assert seminar("add", _paper())[0] == 0
    Path("notes.md").write_text("## Discussion 1 Small Networks - 2015\n1. residual block\n- layers with a shortcut\n")
    assert seminar("notes", "import", "notes.md")[0] == 0
    assert seminar("notes", "tie", "1", "Small")[0] == 0
    server.says(lambda _asked: "I cannot help with that.")
    code, out, err = seminar("notes", "check")
    assert (code, "openai:scripted-1 judged none of these: only words were compared." in out) == (0, True), out + err


def _paper() -> str:
    path = Path("small.md")
    path.write_text("# Small Networks\n\n## Abstract\n\nA residual block is a stack of layers with a shortcut.\n")
    return str(path)
