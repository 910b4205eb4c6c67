"""What is done from a terminal beside the bot: adding, asking whether it lives, sending its commands."""

from __future__ import annotations

import asyncio
import json
import re
import signal
import socket
import urllib.request
from pathlib import Path

import pytest

from tests.bot.arxived import RESNET, RESNET_TITLE, arxiv, group, mina, tom
from tests.bot.process import CLI, READY, on, started, surroundings, told
from tests.loopback.arxiv import LoopbackArxiv
from tests.loopback.discord import Guild, LoopbackDiscord, Member

__all__ = ["arxiv", "group", "mina", "tom"]


async def test_an_add_of_the_command_line_is_carried_out_by_the_running_bot(
    loopback: LoopbackDiscord, arxiv: LoopbackArxiv, tom: Member, tmp_path: Path
) -> None:
    environment = on(loopback, tmp_path, arxiv)
    async with started(environment=environment, folder=tmp_path) as process:
        await process.until(READY)
        await (await tom.slash("paper list")).settled("There are no papers here yet.")
        guild = tom.guild.id
        async with started(
            "add", RESNET, "--guild", guild, environment=environment, folder=tmp_path, module=CLI
        ) as cli:
            assert await cli.ended() == 0
            assert "waiting" in cli.output.lower() or "queued" in cli.output.lower()
        for _ in range(100):
            listed = await (await tom.slash("paper list")).settled()
            if RESNET_TITLE in listed.text:
                break
            await asyncio.sleep(0.1)
        assert RESNET_TITLE in listed.text
        process.tell(signal.SIGTERM)
        assert await process.ended() == 0


def free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


async def test_health_is_told_on_this_machine_and_by_a_command(
    loopback: LoopbackDiscord, group: Guild, tmp_path: Path
) -> None:
    port = free_port()
    environment = surroundings(loopback, tmp_path, SEMINAR_HEALTH_PORT=str(port))

    def get(path: str) -> tuple[int, dict[str, object]]:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=5.0) as answer:
                return answer.status, json.load(answer)
        except urllib.error.HTTPError as error:
            return error.code, json.load(error)

    async def healthcheck() -> tuple[int, str]:
        async with started("healthcheck", environment=environment, folder=tmp_path, module=CLI) as check:
            return await check.ended(), check.output

    assert await healthcheck() == (
        1,
        f"The bot does not answer on port {port}: <urlopen error [Errno 111] Connection refused>.\n",
    )
    gate = loopback.faults.hold("PUT", r"/applications/\d+/commands")
    async with started(environment=environment, folder=tmp_path) as process:
        await loopback.until(lambda: loopback.requests_to("PUT", r"/applications/\d+/commands"), 20.0)
        assert await asyncio.to_thread(get, "/healthz") == (200, {"ok": True})
        status, state = await asyncio.to_thread(get, "/readyz")
        assert (status, state["ready"], state["gateway"]) == (503, False, "not connected")
        assert (await healthcheck())[0] == 1
        gate.set()
        await process.until("the models are loaded")
        status, state = await asyncio.to_thread(get, "/readyz")
        assert (status, state["ready"], state["models"], state["library"]) == (200, True, "loaded", "answers")
        code, text = await healthcheck()
        assert code == 0
        assert text.startswith("gateway ready, models loaded, library answers, latency_ms ")
        process.tell(signal.SIGTERM)
        assert await process.ended() == 0


async def test_a_healthcheck_without_a_port_says_which_setting_is_missing(
    loopback: LoopbackDiscord, tmp_path: Path
) -> None:
    env = surroundings(loopback, tmp_path)
    async with started("healthcheck", environment=env, folder=tmp_path, module=CLI) as check:
        assert await check.ended() == 2
        assert "SEMINAR_HEALTH_PORT" in check.output


async def test_a_port_that_is_taken_is_named(loopback: LoopbackDiscord, tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        env = surroundings(loopback, tmp_path, SEMINAR_HEALTH_PORT=str(taken.getsockname()[1]))
        async with started(environment=env, folder=tmp_path) as process:
            assert await process.ended() == 1
            [line] = told(process)
            assert line.startswith("the setting SEMINAR_HEALTH_PORT was refused: nothing can listen on port")


async def test_sync_sends_the_commands_though_nothing_changed(
    loopback: LoopbackDiscord, group: Guild, tmp_path: Path
) -> None:
    environment = surroundings(loopback, tmp_path)
    for times in (1, 2):
        async with started("sync", environment=environment, folder=tmp_path, module=CLI) as process:
            assert await process.ended() == 0
            assert re.search(r"Sent \d+ commands to Discord\.", process.output)
        assert loopback.commands.syncs == times
    assert {command["name"] for command in loopback.commands.all()} >= {"ask", "paper", "help"}


async def test_sync_for_one_server_leaves_all_others_alone(
    loopback: LoopbackDiscord, group: Guild, tmp_path: Path
) -> None:
    environment = surroundings(loopback, tmp_path)
    async with started("sync", "--server", group.id, environment=environment, folder=tmp_path, module=CLI) as process:
        assert await process.ended() == 0
        assert re.search(r"Sent \d+ commands to Discord\.", process.output)
    assert loopback.commands.all() == []
    assert {command["name"] for command in loopback.commands.all(group.id)} >= {"ask", "paper", "help"}


@pytest.mark.parametrize(
    ("server", "reason"), [("my server", "that is not the number of a server"), ("1234", "the bot is not in it")]
)
async def test_sync_for_a_server_that_is_none_says_so(
    loopback: LoopbackDiscord, tmp_path: Path, server: str, reason: str
) -> None:
    env = surroundings(loopback, tmp_path)
    async with started("sync", "--server", server, environment=env, folder=tmp_path, module=CLI) as process:
        assert await process.ended() == 1
        [line] = told(process)
        assert line.startswith(f"The server “{server}” was refused: {reason}.")


@pytest.mark.parametrize(
    ("more", "sentence"),
    [
        ({"DISCORD_TOKEN": "wrong.token"}, "The Discord token was refused"),
        ({"SEMINAR_DISCORD_API_URL": "http://127.0.0.1:9/api/v10"}, "Discord could not be reached"),
        ({"DISCORD_TOKEN": ""}, "Starting the bot was refused: DISCORD_TOKEN is not set"),
    ],
)
async def test_sync_says_what_is_wrong_as_the_bot_does(
    loopback: LoopbackDiscord, tmp_path: Path, more: dict[str, str], sentence: str
) -> None:
    env = surroundings(loopback, tmp_path, **more)
    async with started("sync", environment=env, folder=tmp_path, module=CLI) as process:
        assert await process.ended() == 1
        [line] = told(process)
        assert line.startswith(sentence)
