"""Whether the bot lives and can answer: two addresses on this machine, and the command that asks them."""

from __future__ import annotations

import json
import math
import urllib.error
import urllib.request
from types import TracebackType
from typing import TYPE_CHECKING, Any

from aiohttp import web

if TYPE_CHECKING:
    from bot.app import SeminarBot

HOST = "127.0.0.1"


class HealthServer:
    """``/healthz``: the process and its event loop run. ``/readyz``: it can answer; 503 and the reasons when not."""

    def __init__(self, bot: SeminarBot, port: int) -> None:
        self._bot = bot
        self._port = port
        self._runner: web.AppRunner | None = None

    async def __aenter__(self) -> HealthServer:
        app = web.Application()
        app.router.add_get("/healthz", self._healthz)
        app.router.add_get("/readyz", self._readyz)
        self._runner = web.AppRunner(app, access_log=None)
        await self._runner.setup()
        await web.TCPSite(self._runner, HOST, self._port).start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None
    ) -> None:
        assert self._runner is not None
        await self._runner.cleanup()

    async def _healthz(self, _request: web.Request) -> web.Response:
        return web.json_response({"ok": True})

    async def _readyz(self, _request: web.Request) -> web.Response:
        state = await readiness(self._bot)
        return web.json_response(state, status=200 if state["ready"] else 503)


async def readiness(bot: SeminarBot) -> dict[str, Any]:
    """Return what /readyz says: the gateway's state and latency, and whether the database answers."""
    latency = bot.latency
    connected = bot.is_ready() and math.isfinite(latency)
    revision = await bot.lanes.look(bot.desk.study.library.revision)
    return {
        "ready": connected,
        "gateway": "ready" if connected else "not connected",
        "latency_ms": round(latency * 1_000) if math.isfinite(latency) else None,
        "models": "loaded" if bot.warmed.is_set() else "loading",
        "library_revision": revision,
    }


def ask_readiness(port: int, *, timeout_s: float = 5.0) -> tuple[bool, str]:
    """Ask a running bot on this machine whether it can answer; return that and a sentence."""
    try:
        with urllib.request.urlopen(f"http://{HOST}:{port}/readyz", timeout=timeout_s) as answer:
            state = json.load(answer)
    except urllib.error.HTTPError as error:
        state = json.load(error)
    except (OSError, ValueError) as error:
        return False, f"The bot does not answer on port {port}: {error}."
    return bool(
        state["ready"]
    ), f"gateway {state['gateway']}, models {state['models']}, latency {state['latency_ms']} ms"
