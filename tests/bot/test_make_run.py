"""``make run`` is all that an admin needs: with a token the bot, without one the demo and how to start the bot."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
pytestmark = pytest.mark.skipif(shutil.which("make") is None, reason="needs make")


@pytest.fixture
def installed(tmp_path: Path) -> Path:
    """Give a folder with the Makefile and an installation whose commands say what they were asked."""
    for name in ("Makefile", "requirements.lock", "pyproject.toml"):
        shutil.copy(ROOT / name, tmp_path / name)
    commands = tmp_path / ".venv/bin"
    commands.mkdir(parents=True)
    for name, text in {"python": "exit 0", "seminar": 'echo "seminar $@"; echo "token $DISCORD_TOKEN"'}.items():
        command = commands / name
        command.write_text(f"#!/bin/sh\n{text}\n")
        command.chmod(0o755)
    (tmp_path / ".venv/.installed").touch()
    return tmp_path


def run(folder: Path, **more: str) -> list[str]:
    kept = {name: value for name, value in os.environ.items() if "DISCORD_TOKEN" not in name and "MAKE" not in name}
    made = subprocess.run(
        ["make", "run"], cwd=folder, env=kept | more, capture_output=True, text=True, check=True, timeout=60
    )
    return made.stdout.splitlines()


def test_with_a_token_the_bot_runs(installed: Path) -> None:
    assert run(installed, DISCORD_TOKEN="a.b.c") == ["seminar run", "token a.b.c"]


@pytest.mark.parametrize("line", ["DISCORD_TOKEN=a.b.c", "SEMINAR_DISCORD_TOKEN='a.b.c'", "  export DISCORD_TOKEN = a"])
def test_with_a_token_in_the_settings_file_the_bot_runs(installed: Path, line: str) -> None:
    (installed / ".env").write_text(f"# settings\nSEMINAR_CONTACT=me@example.org\n{line}\n")
    assert run(installed)[0] == "seminar run"


@pytest.mark.parametrize("text", [None, "", "# DISCORD_TOKEN=a.b.c\n", "DISCORD_TOKEN=\n", "OTHER_DISCORD_TOKEN=a\n"])
def test_without_a_token_the_demo_runs_and_one_line_says_how_to_start_the_bot(
    installed: Path, text: str | None
) -> None:
    if text is not None:
        (installed / ".env").write_text(text)
    said = run(installed, DISCORD_TOKEN="")
    assert said[0] == "seminar --data-dir data/demo demo"
    assert said[-1].startswith("To run the Discord bot: DISCORD_TOKEN=... make run")


def test_the_example_environment_starts_no_bot_before_the_token_is_in_it(installed: Path) -> None:
    example = (ROOT / "deploy/example.env").read_text()
    (installed / ".env").write_text(example)
    assert run(installed)[0] == "seminar --data-dir data/demo demo"
    (installed / ".env").write_text(example.replace("# DISCORD_TOKEN=", "DISCORD_TOKEN=a.b.c"))
    assert run(installed)[0] == "seminar run"
