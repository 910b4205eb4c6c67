"""What tests of several rooms share: settings that reach nothing but this machine, and a study on them."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from rag.settings import Settings, read_settings
from rag.study import Study
from rag.wiring import build

NOW = datetime(2026, 11, 21, 9, 30, tzinfo=UTC)
NOWHERE = "http://127.0.0.1:9"  # the discard port: refuses at once


def pytest_addoption(parser: pytest.Parser) -> None:
    """``--draw FOLDER``: draw the messages that the README shows."""
    parser.addoption("--draw", default=None, help="a folder for pictures of messages")


@pytest.fixture(autouse=True)
def _no_settings_from_outside(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A developer's own settings and .env must not change what is tested."""
    import os

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
