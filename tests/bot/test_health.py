"""Whether the bot can answer: what /readyz looks at, and what the command makes of any answer."""

from __future__ import annotations

import asyncio
import json
import math
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from discord.gateway import DiscordWebSocket

from bot.health import ask_readiness, readiness
from tests.bot.conftest import Start
from tests.loopback.discord import LoopbackDiscord

QUICK = {"embedder": "none"}


async def test_a_bot_that_is_connected_is_ready(start: Start, loopback: LoopbackDiscord) -> None:
    loopback.gateway.heartbeat_interval_ms = 50
    async with start(core=QUICK) as bot:
        await loopback.until(lambda: loopback.gateway.beats > 1)
        state = await readiness(bot)
        assert state["ready"] is True
        assert state["latency_ms"] >= 0
        assert (state["gateway"], state["library"]) == ("ready", "answers")


async def test_a_bot_without_a_gateway_is_not_ready_until_it_is_back(
    start: Start, loopback: LoopbackDiscord, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def no_route(*_args: object, **_kwargs: object) -> None:
        raise OSError("no route to host")

    async with start(core=QUICK) as bot:
        with monkeypatch.context() as outage:  # the library's own connecting: a cut connection is there again at once
            outage.setattr(DiscordWebSocket, "from_client", no_route)
            loopback.gateway.drop()
            await loopback.until(lambda: not bot.ws.open)
            state = await readiness(bot)
            assert (state["ready"], state["gateway"]) == (False, "not connected")
        await loopback.until(lambda: bot.ws.open, 15.0)
        await loopback.until(lambda: math.isfinite(bot.latency), 15.0)
        assert (await readiness(bot))["ready"] is True


def take_away(database: Path) -> None:
    """Put a folder in its place. What the bot does at its start may open and close the file meanwhile."""
    while not database.is_dir():
        for part in database.parent.glob("seminar.db*"):
            part.unlink(missing_ok=True)
        with suppress(FileExistsError):
            database.mkdir()


async def test_a_bot_whose_database_is_gone_is_not_ready_and_says_why(start: Start) -> None:
    async with start(core=QUICK) as bot:
        database = bot.desk.core_settings.database_path
        await bot.desk.servers.settled.wait()
        take_away(database)
        bot.desk.study.library.close()
        state = await readiness(bot)
        assert state["ready"] is False
        assert "could not be read or written" in state["library"]


async def test_a_bot_whose_database_is_held_up_is_not_ready(start: Start, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.health._LIBRARY_S", 0.1)
    held = threading.Event()
    async with start(core=QUICK) as bot:
        busy = [asyncio.create_task(bot.lanes.look(held.wait, 10.0)) for _ in range(2)]
        await asyncio.sleep(0)
        state = await readiness(bot)
        assert (state["ready"], state["library"]) == (False, "does not answer")
        held.set()
        await asyncio.gather(*busy)


@contextmanager
def answering(status: int, body: bytes) -> Iterator[int]:
    """Answer every request so, and give the port."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(status)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            """Keep quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    yield server.server_port
    server.shutdown()
    server.server_close()


STATE = {"ready": True, "gateway": "ready", "models": "loaded", "library": "answers", "latency_ms": 7}


@pytest.mark.parametrize(
    ("status", "body", "expected"),
    [
        (200, STATE, (True, "gateway ready, models loaded, library answers, latency_ms 7")),
        (503, STATE | {"ready": False}, (False, "gateway ready, models loaded, library answers, latency_ms 7")),
        (503, {"ready": False}, (False, "gateway None, models None, library None, latency_ms None")),
    ],
)
def test_what_the_bot_says_of_itself_is_passed_on(
    status: int, body: dict[str, object], expected: tuple[bool, str]
) -> None:
    with answering(status, json.dumps(body).encode()) as port:
        assert ask_readiness(port) == expected


@pytest.mark.parametrize("status", [200, 500, 503])
@pytest.mark.parametrize("body", [b"[]", b"{}", b'"ready"', b"null"])
def test_what_is_another_program_is_called_one(status: int, body: bytes) -> None:
    with answering(status, body) as port:
        assert ask_readiness(port) == (False, f"What answers on port {port} is not this bot.")


@pytest.mark.parametrize("body", [b"", b"<html>", b"\xff\xfe"])
def test_what_cannot_be_read_is_not_readiness(body: bytes) -> None:
    for status in (200, 500):
        with answering(status, body) as port:
            ready, said = ask_readiness(port)
            assert not ready
            assert str(port) in said


def test_nothing_that_answers_is_said(unused_port: Callable[[], int]) -> None:
    ready, said = ask_readiness(unused_port(), timeout_s=1.0)
    assert not ready
    assert said.startswith("The bot does not answer on port ")


@pytest.fixture
def unused_port() -> Callable[[], int]:
    import socket

    def port() -> int:
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))
            return int(taken.getsockname()[1])

    return port
