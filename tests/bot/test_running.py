"""The bot as a process: how it starts, what it says when it cannot, and that nothing it writes holds its token."""

from __future__ import annotations

import json
import re
import signal
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from discord import Permissions

import bot.running
from bot.__main__ import main
from rag.errors import LibraryBusy
from rag.intake.ownership import DataDirectory
from tests.bot.arxived import arxiv, group, mina, tom
from tests.bot.process import READY, started, surroundings, told
from tests.loopback.discord import Guild, LoopbackDiscord

__all__ = ["arxiv", "group", "mina", "tom"]

USED = (
    "view_channel", "send_messages", "send_messages_in_threads", "create_public_threads", "attach_files",
    "embed_links", "read_message_history",
)  # fmt: skip
"""Every permission that the bot stands on."""
ADVICE = "https://discord.com/developers/applications"


async def test_without_a_token_one_sentence_says_where_to_get_one(loopback: LoopbackDiscord, tmp_path: Path) -> None:
    for token in ("", "  "):
        env = surroundings(loopback, tmp_path) | {"DISCORD_TOKEN": token}
        async with started(environment=env, folder=tmp_path) as process:
            assert await process.ended() == 1
            [line] = process.output.splitlines()
            assert "DISCORD_TOKEN is not set" in line
            assert ADVICE in line


@pytest.mark.parametrize("token", ["wrong.token.0123456789", "two words", "line\nbreak", "ünïcode"])
async def test_a_token_that_is_refused_is_named_and_not_shown(
    loopback: LoopbackDiscord, tmp_path: Path, token: str
) -> None:
    env = surroundings(loopback, tmp_path, DISCORD_TOKEN=token)
    async with started(environment=env, folder=tmp_path) as process:
        assert await process.ended() == 1
        [line] = told(process)
        assert line.startswith("The Discord token was refused: ")
        assert ADVICE in line
        assert token not in process.output


async def test_a_token_that_the_gateway_refuses_ends_the_bot(
    loopback: LoopbackDiscord, group: Guild, tmp_path: Path
) -> None:
    env = surroundings(loopback, tmp_path)
    loopback.faults.after("PUT", r"/applications/\d+/commands", lambda: setattr(loopback, "token", "another.token"))
    async with started(environment=env, folder=tmp_path) as process:
        assert await process.ended() == 1
        [line] = told(process)
        assert line.startswith("The Discord token was refused: Discord has stopped accepting it.")
    assert loopback.gateway.closed_with == [4004]


@pytest.mark.parametrize("url", ["http://127.0.0.1:9/api/v10", "http://name.invalid/api/v10"])
async def test_discord_that_cannot_be_reached_is_named(loopback: LoopbackDiscord, tmp_path: Path, url: str) -> None:
    env = surroundings(loopback, tmp_path, SEMINAR_DISCORD_API_URL=url)
    async with started(environment=env, folder=tmp_path) as process:
        assert await process.ended() == 1
        [line] = told(process)
        assert line.startswith("Discord could not be reached: ")


async def test_discord_in_trouble_at_the_start_is_named(loopback: LoopbackDiscord, tmp_path: Path) -> None:
    loopback.faults.fail("GET", "/users/@me", status=503)
    async with started(environment=surroundings(loopback, tmp_path), folder=tmp_path) as process:
        assert await process.ended() == 1
        [line] = told(process)
        assert line.startswith("Discord could not be reached: 503")


async def test_a_wrong_setting_is_named(loopback: LoopbackDiscord, tmp_path: Path) -> None:
    env = surroundings(loopback, tmp_path, SEMINAR_ASK_THREADS="many")
    async with started(environment=env, folder=tmp_path) as process:
        assert await process.ended() == 1
        [line] = told(process)
        assert "SEMINAR_ASK_THREADS" in line


def test_a_library_that_another_uses_is_waited_for_and_then_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("DISCORD_TOKEN", "a.token")
    monkeypatch.setenv("SEMINAR_LOG_LEVEL", "error")
    monkeypatch.setattr(bot.running, "_PATIENCE_S", 1.5)
    with DataDirectory(tmp_path / "data").owned("try"), pytest.raises(SystemExit) as ended:
        main(["run", "--data-dir", str(tmp_path / "data")])
    assert ended.value.code == 1
    [line] = capsys.readouterr().err.splitlines()
    assert line.startswith(
        "Another Seminar (the bot, or a command) is using this library, so it could not run the bot."
    )


def test_a_library_that_another_lets_go_of_is_taken(tmp_path: Path) -> None:
    from rag.settings import read_settings
    from rag.wiring import build

    study = build(read_settings(data_dir=tmp_path / "data", embedder="none"))
    other = DataDirectory(tmp_path / "data").owned("try")
    other.__enter__()
    looked = iter(range(100))

    def clock() -> float:
        if next(looked) == 1:
            other.__exit__(None, None, None)
        return 0.0

    with bot.running._owned(study, clock):
        assert DataDirectory(tmp_path / "data").is_owned_elsewhere()
        with pytest.raises(LibraryBusy), DataDirectory(tmp_path / "data").owned("try"):
            pass
    study.close()


@pytest.mark.parametrize("module", ["bot", "bot.__main__"])
async def test_the_invite_link_asks_for_exactly_what_is_used(
    loopback: LoopbackDiscord, group: Guild, tmp_path: Path, module: str
) -> None:
    async with started(environment=surroundings(loopback, tmp_path), folder=tmp_path, module=module) as process:
        await process.until(READY)
        found = re.search(r"invite me: (\S+)", process.output)
        assert found is not None
        asked = {name: values[0] for name, values in parse_qs(urlsplit(found[1]).query).items()}
        assert asked.pop("client_id") == loopback.application_id
        assert asked.pop("scope").split() == ["bot", "applications.commands"]
        assert Permissions(int(asked.pop("permissions"))) == Permissions(**dict.fromkeys(USED, True))
        assert asked == {}
        process.tell(signal.SIGTERM)
        assert await process.ended() == 0


@pytest.mark.parametrize(("arguments", "more"), [((), {}), (("--debug",), {}), ((), {"SEMINAR_LOG_FORMAT": "json"})])
async def test_no_log_holds_the_token(
    loopback: LoopbackDiscord, group: Guild, tmp_path: Path, arguments: tuple[str, ...], more: dict[str, str]
) -> None:
    tom = group.add_member("Tom")
    env = surroundings(loopback, tmp_path, SEMINAR_LOG_LEVEL="debug", **more)
    async with started(*arguments, environment=env, folder=tmp_path) as process:
        await process.until(READY)
        await (await tom.slash("paper list")).settled("There are no papers here yet.")
        loopback.faults.fail("POST", r"/interactions/.*", status=500, times=6)
        await tom.slash("paper list")
        await loopback.until(lambda: len(loopback.requests_to("POST", r"/interactions/.*")) > 1, 10.0)
        loopback.gateway.drop(4004)
        assert await process.ended() == 1
        assert loopback.token not in process.output
        if more:
            events = [json.loads(line) for line in process.output.splitlines() if line.startswith("{")]
            assert {"event", "level", "logger", "timestamp"} <= set.intersection(*map(set, events))


async def test_a_refused_token_is_not_shown_with_debug_either(loopback: LoopbackDiscord, tmp_path: Path) -> None:
    env = surroundings(loopback, tmp_path, DISCORD_TOKEN="secret.token.987654321", SEMINAR_LOG_FORMAT="json")
    async with started("--debug", environment=env, folder=tmp_path) as process:
        assert await process.ended() == 1
        assert "secret.token" not in process.output
        assert "The Discord token was refused" in process.output
