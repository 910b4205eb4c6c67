"""A variable that is there and empty, as in a .env that was filled in half: it is not set."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic_settings import BaseSettings

from bot.settings import BotSettings, read_bot_settings
from rag.settings import Settings, read_settings


def names(settings: type[BaseSettings]) -> list[str]:
    return ["DISCORD_TOKEN" if name == "discord_token" else f"SEMINAR_{name.upper()}" for name in settings.model_fields]


EMPTY = [*names(Settings), *names(BotSettings)]


@pytest.mark.parametrize("where", ["environment", ".env"])
def test_an_empty_variable_counts_as_not_set(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, where: str) -> None:
    monkeypatch.delenv("DISCORD_TOKEN", raising=False)
    core, bot = read_settings(), read_bot_settings()
    if where == ".env":
        (tmp_path / ".env").write_text("".join(f"{name}=\n" for name in EMPTY))
    else:
        for name in EMPTY:
            monkeypatch.setenv(name, "")
    assert read_settings() == core
    assert read_bot_settings() == bot


def test_an_empty_weights_path_leaves_the_weights_in_the_box(tmp_path: Path) -> None:
    """It once meant the folder that Seminar was started in, and search was by words only."""
    (tmp_path / ".env").write_text("SEMINAR_WEIGHTS_PATH=\n")
    assert read_settings().weights_path is None
