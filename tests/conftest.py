"""What tests of several rooms share: settings that reach nothing but this machine, and a study on them."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings

from rag.settings import Settings, read_settings
from rag.study import Study
from rag.wiring import build

NOW = datetime(2026, 11, 21, 9, 30, tzinfo=UTC)
NOWHERE = "http://127.0.0.1:9"  # the discard port: refuses at once

# Each run meets the same examples, and none fails for the time it takes: what CI refuses can be seen here again.
# HYPOTHESIS_PROFILE=wandering goes looking for new ones.
_anytime = hypothesis_settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
hypothesis_settings.register_profile("seeded", _anytime, derandomize=True)
hypothesis_settings.register_profile("wandering", _anytime, derandomize=False, max_examples=300)
hypothesis_settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "seeded"))


def pytest_addoption(parser: pytest.Parser) -> None:
    """``--draw FOLDER``: draw the messages that the README shows."""
    parser.addoption("--draw", default=None, help="a folder for pictures of messages")


@pytest.fixture(autouse=True)
def _no_settings_from_outside(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A developer's own settings and .env must not change what is tested."""
    for name in list(os.environ):
        if name.startswith(("SEMINAR_", "OPENAI_", "ANTHROPIC_", "OLLAMA_", "LANGSMITH_", "LANGCHAIN_")):
            monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)


@pytest.fixture(autouse=True)
def _logs_as_loud_as_before() -> Iterator[None]:
    """Commands of the program set how loud the logs of this process are, and where they go.

    The next test listens as before, and logs nothing to a stderr that was closed with its test.
    """
    root = logging.getLogger()
    level, before = root.level, {*root.handlers}
    yield
    root.setLevel(level)
    for handler in {*root.handlers} - before:
        if type(handler) is logging.StreamHandler:  # pytest's own, one for each step of a test, are heirs of it
            root.removeHandler(handler)


@pytest.fixture
def settings_for(tmp_path: Path) -> Callable[..., Settings]:
    """Make settings whose every address is this machine's."""

    def made(**changes: object) -> Settings:
        values: dict[str, object] = {
            "data_dir": tmp_path / "data",
            "arxiv_api_url": f"{NOWHERE}/api/query",
            "arxiv_pdf_url": f"{NOWHERE}/pdf",
            "arxiv_interval_s": 0.0,
            "arxiv_retries": 0,
            "ask_code_links_online": False,
            "allow_private_addresses": True,
        }
        return read_settings(**(values | changes))

    return made


@pytest.fixture
def study_for(settings_for: Callable[..., Settings]) -> Iterator[Callable[..., Study]]:
    """Make studies; closed at the end."""
    opened: list[Study] = []

    def made(**changes: object) -> Study:
        study = build(settings_for(**changes), clock=lambda: NOW)
        opened.append(study)
        return study

    yield made
    for study in opened:
        study.close()
