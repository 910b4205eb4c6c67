"""The bot as a process: how it starts, what it says when it cannot, how it stops, whether it lives."""

from __future__ import annotations

import asyncio
import json
import re
import signal
import socket
import urllib.request
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from discord import Permissions

import bot.running
from bot.__main__ import main
from rag.errors import LibraryBusy
from rag.intake.ownership import DataDirectory
from tests.bot.arxived import RESNET, RESNET_TITLE, Gate, arxiv, group, mina, tom
from tests.bot.process import Process, started, surroundings
from tests.loopback.arxiv import LoopbackArxiv, Reply
from tests.loopback.discord import ANSWERS, Guild, LoopbackDiscord, Member

__all__ = ["arxiv", "group", "mina", "tom"]

READY = "ready as"
CLI = "tests.bot.seminar"
USED = (
    "view_channel", "send_messages", "send_messages_in_threads", "create_public_threads", "attach_files",
    "embed_links", "read_message_history",
)  # fmt: skip
"""Every permission that the bot stands on."""
IN_A_HURRY = {"SEMINAR_STOP_WITHIN_S": "3"}
ADVICE = "https://discord.com/developers/applications"


def told(process: Process) -> list[str]:
    """Return what is no line of the log."""
    return [line for line in process.output.splitlines() if not re.match(r'\d{4}-\d\d-\d\dT|\{"', line)]


def on(loopback: LoopbackDiscord, folder: Path, arxiv: LoopbackArxiv, **more: str) -> dict[str, str]:
    pdf = arxiv.pdf_address.split("/{id}")[0]
    return surroundings(loopback, folder, SEMINAR_ARXIV_API_URL=arxiv.api, SEMINAR_ARXIV_PDF_URL=pdf, **more)


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


async def test_a_token_that_is_reset_while_the_bot_runs_ends_it(
    loopback: LoopbackDiscord, group: Guild, tmp_path: Path
) -> None:
    env = surroundings(loopback, tmp_path)
    async with started(environment=env, folder=tmp_path) as process:
        await process.until(READY)
        loopback.gateway.drop(4004)
        assert await process.ended() == 1
        assert told(process)[-1].startswith("The Discord token was refused")


@pytest.mark.slow
async def test_a_bot_that_loses_its_token_ends_though_a_paper_is_still_fetched(
    loopback: LoopbackDiscord, arxiv: LoopbackArxiv, mina: Member, tmp_path: Path
) -> None:
    gate = Gate(arxiv, RESNET)
    env = on(loopback, tmp_path, arxiv, **IN_A_HURRY)
    async with started(environment=env, folder=tmp_path) as process:
        await process.until(READY)
        await mina.slash("paper add", ids=RESNET)
        await loopback.until(gate.reached.is_set, 15.0)
        loopback.gateway.drop(4004)
        assert await process.ended(within_s=20.0) == 1
        assert told(process)[-1].startswith("The Discord token was refused")
        assert "Traceback" not in process.output


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


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
async def test_a_signal_ends_the_bot_in_good_order(
    loopback: LoopbackDiscord, group: Guild, tmp_path: Path, number: signal.Signals
) -> None:
    async with started(environment=surroundings(loopback, tmp_path), folder=tmp_path) as process:
        await process.until(READY)
        process.tell(number)
        process.tell(number)
        assert await process.ended(within_s=10.0) == 0
        assert told(process) == []
        assert "closed the connection to Discord" in process.output


async def test_a_signal_during_the_login_ends_the_bot_without_a_word(loopback: LoopbackDiscord, tmp_path: Path) -> None:
    gate = loopback.faults.hold("GET", "/users/@me")
    async with started(environment=surroundings(loopback, tmp_path), folder=tmp_path) as process:
        await loopback.until(lambda: loopback.requests_to("GET", "/users/@me"), 20.0)
        process.tell(signal.SIGTERM)
        assert await process.ended(within_s=20.0) == 0
        assert told(process) == []
        gate.set()


async def test_a_stop_waits_for_an_answer_that_is_on_its_way(
    loopback: LoopbackDiscord, group: Guild, tmp_path: Path
) -> None:
    tom = group.add_member("Tom")
    async with started(environment=surroundings(loopback, tmp_path), folder=tmp_path) as process:
        await process.until(READY)
        await (await tom.slash("paper list")).settled()
        gate = loopback.faults.hold("PATCH", ANSWERS)
        asked = await tom.slash("ask", question="what is a residual block")
        await loopback.until(lambda: loopback.requests_to("PATCH", rf"/webhooks/\d+/{asked.token}/.*"), 15.0)
        process.tell(signal.SIGTERM)
        await process.until("stopping")
        gate.set()
        await asked.settled("residual")
        assert await process.ended(within_s=10.0) == 0


async def test_a_stop_waits_for_the_paper_that_is_read_and_tells_it(
    loopback: LoopbackDiscord, arxiv: LoopbackArxiv, mina: Member, tmp_path: Path
) -> None:
    gate = Gate(arxiv, RESNET)
    async with started(environment=on(loopback, tmp_path, arxiv), folder=tmp_path) as process:
        await process.until(READY)
        first = await mina.slash("paper add", ids="2001.00001")  # the reader has started: a busy machine takes long to
        await first.settled("added", timeout=30.0)
        added = await mina.slash("paper add", ids=RESNET)
        await loopback.until(gate.reached.is_set, 15.0)
        process.tell(signal.SIGTERM)
        await process.until("stopping")
        gate.open()
        await added.settled("added", timeout=15.0)
        assert await process.ended(within_s=15.0) == 0
        assert told(process) == []


@pytest.mark.slow
async def test_a_stop_does_not_wait_for_ever_and_the_next_start_goes_on(
    loopback: LoopbackDiscord, arxiv: LoopbackArxiv, mina: Member, tmp_path: Path
) -> None:
    gate = Gate(arxiv, RESNET)
    environment = on(loopback, tmp_path, arxiv, **IN_A_HURRY)
    async with started(environment=environment, folder=tmp_path) as process:
        await process.until(READY)
        await mina.slash("paper add", ids=RESNET)
        await loopback.until(gate.reached.is_set, 15.0)
        process.tell(signal.SIGTERM)
        assert await process.ended(within_s=20.0) == 0
        assert told(process) == []
        assert "Traceback" not in process.output
    gate.open()
    general = mina.guild.channel("general")
    async with started(environment=environment, folder=tmp_path) as process:
        await loopback.until(lambda: any(RESNET_TITLE in m.text for m in general.said_by(loopback.bot_user)), 30.0)
        process.tell(signal.SIGTERM)
        assert await process.ended() == 0


@pytest.mark.slow
async def test_a_stop_does_not_wait_for_arxiv_to_be_in_the_mood(
    loopback: LoopbackDiscord, arxiv: LoopbackArxiv, mina: Member, tom: Member, tmp_path: Path
) -> None:
    arxiv.always("/api/query", Reply(429, headers={"Retry-After": "60"}))
    env = on(loopback, tmp_path, arxiv, SEMINAR_ARXIV_RETRIES="4", **IN_A_HURRY)
    async with started(environment=env, folder=tmp_path) as process:
        await process.until(READY)
        await mina.slash("paper add", ids=RESNET)
        await tom.slash("paper search", words="residual")
        await loopback.until(lambda: len(arxiv.requests) >= 1, 15.0)
        process.tell(signal.SIGTERM)
        assert await process.ended(within_s=20.0) == 0
        assert told(process) == []


@pytest.mark.slow
async def test_a_killed_bot_goes_on_where_it_was(
    loopback: LoopbackDiscord, arxiv: LoopbackArxiv, mina: Member, tmp_path: Path
) -> None:
    gate = Gate(arxiv, RESNET)
    environment = on(loopback, tmp_path, arxiv)
    async with started(environment=environment, folder=tmp_path) as process:
        await process.until(READY)
        await mina.slash("paper add", ids=f"2001.00001 {RESNET} 2001.00002")
        await loopback.until(gate.reached.is_set, 15.0)
        process.tell(signal.SIGKILL)
        assert await process.ended() == -signal.SIGKILL
    loopback.gateway.forget()
    gate.open()
    general = mina.guild.channel("general")

    def results() -> list[str]:
        return [m.text for m in general.said_by(loopback.bot_user) if m.exchange is None and RESNET_TITLE in m.text]

    for _ in range(2):
        async with started(environment=environment, folder=tmp_path) as process:
            await process.until(READY)
            await loopback.until(results, 30.0)
            process.tell(signal.SIGTERM)
            assert await process.ended() == 0
    [result] = results()
    assert result.startswith(f"<@{mina.id}>\n")
    assert [result.count(title) for title in ("Ordinary paper 1", RESNET_TITLE, "Ordinary paper 2")] == [1, 1, 1]


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
