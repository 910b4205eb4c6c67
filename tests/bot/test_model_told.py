"""What people are told of the language model: which one writes, where it is, and what it is sent."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from discord import Permissions

from bot.lanes import ask_threads
from bot.render.models import about_line, model_advice, model_line, privacy_lines, status_line
from rag.answering.given import MOST
from rag.domain.model_use import ModelMonth
from rag.language.ports import WhyNot
from rag.language.reach import Reach, reach_of
from rag.language.report import ModelUse
from rag.settings import Settings
from tests.bot.conftest import Start
from tests.loopback.discord import Guild, LoopbackDiscord, Member

HOSTED = Reach("openai:gpt-*x*", "api.openai.com", near=False)
LOCAL = Reach("ollama:llama3.1", "127.0.0.1:11434", near=True)
SET_UP: dict[str, object] = {"embedder": "none", "llm": "openai:gpt-x", "llm_key": "sk-none"}


@pytest.fixture
def group(loopback: LoopbackDiscord) -> Guild:
    return loopback.add_guild("Study group", channels=["papers"])


@pytest.fixture
def mina(group: Guild) -> Member:
    return group.add_member("Mina", permissions=Permissions(manage_guild=True))


@pytest.mark.parametrize(
    ("given", "reach"),
    [
        ({}, None),
        ({"llm": "openai:gpt-x", "llm_key": "k"}, Reach("openai:gpt-x", "api.openai.com", near=False)),
        ({"llm": "openai:q", "llm_url": "http://gpu.lan:8080/v1"}, Reach("openai:q", "gpu.lan:8080", near=True)),
        (
            {"llm": "openai:q", "llm_url": "https://llm.example.org/v1"},
            Reach("openai:q", "llm.example.org", near=False),
        ),
        ({"llm": "ollama:llama3.1"}, LOCAL),
        ({"llm": "ollama:gpt-oss:120b-cloud"}, Reach("ollama:gpt-oss:120b-cloud", "127.0.0.1:11434", near=False)),
    ],
)
def test_near_is_what_stays_in_a_network_of_ones_own(
    given: dict[str, object], reach: Reach | None, settings_for: Callable[..., Settings]
) -> None:
    assert reach_of(settings_for(**given)) == reach


def test_more_questions_at_a_time_are_answered_only_where_waiting_for_a_model_busies_no_core_of_ours() -> None:
    assert [ask_threads(None, model) for model in (None, LOCAL, HOSTED)] == [2, 2, 6]
    assert [ask_threads(3, model) for model in (None, LOCAL, HOSTED)] == [3, 3, 3]


def test_the_panel_says_which_model_and_where_texts_go() -> None:
    assert model_line(HOSTED) == r"openai:gpt-\*x\*, at api.openai.com"
    assert model_line(LOCAL) == "ollama:llama3.1, on the machine or in the network of whoever runs me"
    assert model_line(LOCAL, use=False) == "ollama:llama3.1 is not used"
    assert model_line(None) == "none is set up"
    assert "questions and passages" in model_advice(HOSTED, use=True)
    assert "nothing is sent" in model_advice(HOSTED, use=False)


def test_privacy_says_what_is_sent_and_where() -> None:
    hosted, local, none = privacy_lines(HOSTED), privacy_lines(LOCAL), privacy_lines(None)
    assert "Nobody else hears your questions" in none
    assert "Nobody else hears your questions" not in hosted + local
    assert "at api.openai.com" in hosted
    assert "127.0.0.1" not in local, "the network of whoever runs the bot is nobody's business"
    for told in (hosted, local):
        assert f"up to {MOST} passages" in told
        assert "not told who you are" in told
        assert "switch it off in /settings" in told
    for told in (hosted, local, none):
        assert "they hold no questions" in told


def test_about_says_who_writes() -> None:
    assert about_line(None) == "Answers are quotes: no language model is used."
    assert "ollama:llama3.1" in about_line(LOCAL)


@pytest.mark.parametrize(
    ("why_not", "budget", "line"),
    [
        (None, 1_000, "ollama:llama3.1, 34% of this month’s budget used"),
        (None, 100, "ollama:llama3.1, 100% of this month’s budget used"),
        (None, 0, "ollama:llama3.1"),
        (WhyNot.OFF, 1_000, "ollama:llama3.1, switched off in this server: answers are quotes"),
        (WhyNot.SPENT, 300, "ollama:llama3.1; what it may cost this month is used up: answers are quotes until"),
    ],
)
def test_status_says_in_plain_words_how_much_of_a_month_is_used(why_not: WhyNot | None, budget: int, line: str) -> None:
    use = ModelUse("ollama:llama3.1", why_not, ModelMonth("2026-11", 3, 300, 41), budget)
    assert status_line(use).startswith(line)


async def test_settings_about_and_privacy_name_the_model_that_is_set_up(start: Start, mina: Member) -> None:
    async with start(core=SET_UP):
        panel = await (await mina.slash("settings")).settled("Settings of this server")
        assert "**Language model** · openai\\:gpt-x, at api.openai.com\n" in panel.text
        off = await (await mina.press(panel.message, "Do not use a model")).settled("Changed")
        assert "**Language model** · openai\\:gpt-x is not used\n" in off.text
        about = await (await mina.slash("about")).settled("free software".capitalize())
        assert "written by the language model openai\\:gpt-x" in about.text
        told = await (await mina.slash("privacy")).settled("What I keep")
        assert "I ask a language model: openai\\:gpt-x, at api.openai.com." in told.text
        status = await (await mina.slash("status")).settled("for organisers")
        everybody, _, organisers = status.text.partition("**How I am**")
        assert "\n**Language model** · openai\\:gpt-x, switched off in this server: answers are quotes\n" in everybody
        assert "tokens" not in everybody
        assert "of 2,000,000 tokens this month (a token is about three quarters of an English word" in organisers
        assert "sk-none" not in panel.text + about.text + told.text
