"""The runbook promises nothing that is not there: commands, settings, files, sentences, permissions, and its backup."""

from __future__ import annotations

import re
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
import yaml
from discord import app_commands

from rag import errors
from rag.settings import Settings
from rag.study import Study
from rag.wording import sentence_for
from tests.conftest import NOW
from tests.deploy.test_deploy import DEPLOY, ROOT, command_names, setting_names
from tests.made import paper_pdf

RUNBOOK = (DEPLOY / "RUNBOOK.md").read_text()
FENCED = re.compile(r"^ *```sh\n(.*?)^ *```$", re.MULTILINE | re.DOTALL)
TYPED = [*FENCED.findall(RUNBOOK), *re.findall(r"`([^`\n]+)`", FENCED.sub("", RUNBOOK))]
"""Whatever stands there as code."""


def test_every_command_is_one_of_seminars() -> None:
    ours = [typed for typed in TYPED if "docker run" not in typed]  # there, seminar is the image
    named = {word for typed in ours for word in re.findall(r"seminar (?:--data-dir \S+ )?([a-z]+)", typed)}
    assert {"add", "doctor", "status", "reindex", "sync", "healthcheck"} <= named
    assert named <= command_names()


def test_the_help_of_run_leads_here(capsys: pytest.CaptureFixture[str]) -> None:
    from bot.__main__ import main

    with pytest.raises(SystemExit):
        main(["run", "--help"])
    shown = " ".join(capsys.readouterr().out.split())
    assert "the environment or .env (deploy/example.env lists them); deploy/RUNBOOK.md leads through it" in shown


def test_every_target_of_make_is_there() -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    named = {word for typed in TYPED for word in re.findall(r"\bmake ([a-z-]+)", typed)}
    assert named == {"run", "weights"}
    assert named <= targets


def test_every_setting_is_one_that_is_read() -> None:
    named = set(re.findall(r"\b(?:SEMINAR|DISCORD)_[A-Z_]+", RUNBOOK))
    assert {"DISCORD_TOKEN", "SEMINAR_DATA_DIR", "SEMINAR_LOG_FORMAT"} <= named
    assert named <= setting_names()


def test_every_file_volume_and_service_has_its_name() -> None:
    for path in re.findall(r"deploy/[\w.]+", RUNBOOK):
        assert (ROOT / path).is_file()
    compose = yaml.safe_load((DEPLOY / "compose.yaml").read_text())
    volume = f"{compose['name']}_{next(iter(compose['volumes']))}"
    image = compose["services"]["bot"]["image"]
    tars = [typed for typed in TYPED if "docker run" in typed]
    assert len(tars) == 2
    assert all(f'--volume {volume}:/data --volume "$PWD":/backup {image} tar -C /data' in typed for typed in tars)
    unit = (DEPLOY / "seminar.service").read_text()
    for name in (
        "/etc/seminar.env",
        "/opt/seminar/.venv/bin/seminar --data-dir",
        "DynamicUser=yes",
        "StateDirectory=seminar",
    ):
        assert name in unit
        assert name in RUNBOOK


@pytest.mark.parametrize(
    ("quoted", "error"),
    [
        ("The disk is full", errors.StorageFailed("database or disk is full")),
        ("The library's database is damaged", errors.StorageFailed("database disk image is malformed")),
        ("The vector index is damaged", errors.IndexBroken("chroma", "no such table")),
        ("is using this library", errors.LibraryBusy("run the bot")),
    ],
)
def test_troubles_are_quoted_as_they_are_shown(quoted: str, error: errors.SeminarError) -> None:
    assert quoted in RUNBOOK
    assert quoted in sentence_for(error)


def test_troubles_with_discord_are_quoted_as_they_are_shown(tmp_path: Path) -> None:
    from bot.errors import MissingPermission, sentence
    from bot.running import run
    from bot.settings import BotSettings

    with pytest.raises(errors.Refused) as missing:
        run(BotSettings(_env_file=None, discord_token=""), Settings(_env_file=None, data_dir=tmp_path))
    for quoted, shown in [
        ("DISCORD_TOKEN is not set", sentence_for(missing.value)),
        ("I lack the permission", sentence(MissingPermission(("Send Messages",)))),
    ]:
        assert quoted in RUNBOOK
        assert quoted in shown


def test_the_permissions_are_those_that_the_invite_link_asks_for() -> None:
    from bot.app import PERMISSIONS

    (listed,) = re.findall(r"In all it uses ([^.]+)\.", RUNBOOK)
    named = {name.strip().replace(" ", "_").casefold() for name in re.split(r", | and ", listed)}
    asked = {name for name, allowed in PERMISSIONS if allowed}
    assert named == {"view_channel" if name == "read_messages" else name for name in asked}


async def test_every_slash_command_and_its_options_are_in_discords_tree(
    study_for: Callable[..., Study], settings_for: Callable[..., Settings]
) -> None:
    from bot.app import SeminarBot
    from bot.cogs import cogs_for
    from bot.settings import BotSettings

    settings = BotSettings(_env_file=None, discord_token="")
    bot = SeminarBot(study=study_for(), settings=settings, core_settings=settings_for(), clock=lambda: NOW)
    async with bot:
        for cog in cogs_for(bot):
            await bot.add_cog(cog)
        offered = {c.qualified_name: c for c in bot.tree.walk_commands() if isinstance(c, app_commands.Command)}
    bot.lanes.close(patience_s=1.0)
    typed = [typed.removeprefix("/").split() for typed in TYPED if re.match(r"/[a-z-]+( |$)", typed)]
    assert ["paper", "add", "ids:1502.03167"] in typed
    for words in typed:
        options = [word.partition(":")[0] for word in words if ":" in word]
        name = next(" ".join(words[:n]) for n in (3, 2, 1) if " ".join(words[:n]) in offered)
        assert set(options) <= {parameter.name for parameter in offered[name].parameters}


@pytest.mark.parametrize("running", [True, False], ids=["copied while it runs", "copied after it stopped"])
def test_a_backup_without_the_index_is_enough(running: bool, study_for: Callable[..., Study], tmp_path: Path) -> None:
    """Section 4, step by step: the database by SQLite's own backup, the PDFs by a copy, the index made anew."""
    document = tmp_path / "small.pdf"
    document.write_bytes(paper_pdf())
    before, folder = study_for(), tmp_path / "restored"
    assert before.add([str(document)], guild="7")[0].error is None
    asked = before.ask("what is internal covariate shift", guild="7")
    if not running:
        before.close()
    folder.mkdir()
    with (
        closing(sqlite3.connect(tmp_path / "data/seminar.db")) as source,
        closing(sqlite3.connect(folder / "seminar.db")) as copy,
    ):
        source.backup(copy)
    if (tmp_path / "data/papers").exists():
        shutil.copytree(tmp_path / "data/papers", folder / "papers")

    after = study_for(data_dir=folder)
    assert after.reindex(lambda done, total: None) > 0
    again = after.ask("what is internal covariate shift", guild="7")
    assert asked.citations
    assert again.notices == ()
    assert [(c.quote.text, c.quote.page) for c in again.citations] == [
        (c.quote.text, c.quote.page) for c in asked.citations
    ]
