"""Whether the bot lives and can answer: two addresses on this machine, and the command that asks them."""

from __future__ import annotations

import asyncio
import http.client
import json
import math
import urllib.error
import urllib.request
from types import TracebackType
from typing import TYPE_CHECKING, Any

from aiohttp import web

from rag.errors import Refused, SeminarError
from rag.wording import sentence_for

if TYPE_CHECKING:
    from bot.app import SeminarBot

HOST = "127.0.0.1"
_LIBRARY_S = 3.0
"""When the database has not answered by then, something holds it up."""
_SHOWN = ("gateway", "models", "library", "latency_ms")


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
        try:
            await web.TCPSite(self._runner, HOST, self._port).start()
        except OSError as error:
            await self._runner.cleanup()
            reason = f"nothing can listen on port {self._port}: {error.strerror or error}"
            raise Refused("the setting SEMINAR_HEALTH_PORT", reason, "Choose another, or 0 for none.") from error
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
    connected = bot.is_ready() and bot.ws.open and math.isfinite(latency)  # "is ready" stays true through an outage
    library = await _library(bot)
    return {
        "ready": connected and library == "answers",
        "gateway": "ready" if connected else "not connected",
        "latency_ms": round(latency * 1_000) if math.isfinite(latency) else None,
        "models": "loaded" if bot.warmed.is_set() else "loading",
        "library": library,
    }


async def _library(bot: SeminarBot) -> str:
    try:
        async with asyncio.timeout(_LIBRARY_S):
            await bot.lanes.look(bot.desk.study.library.revision)
    except TimeoutError:
        return "does not answer"
    except SeminarError as error:
        return sentence_for(error)
    return "answers"


def ask_readiness(port: int, *, timeout_s: float = 5.0) -> tuple[bool, str]:
    """Ask a running bot on this machine whether it can answer; return that and a sentence."""
    try:
        with urllib.request.urlopen(f"http://{HOST}:{port}/readyz", timeout=timeout_s) as answer:
            state = json.load(answer)
    except urllib.error.HTTPError as error:
        state = _state_in(error)
    except (OSError, ValueError, http.client.HTTPException) as error:
        return False, f"The bot does not answer on port {port}: {error}."
    if not isinstance(state, dict) or "ready" not in state:
        return False, f"What answers on port {port} is not this bot."
    return bool(state["ready"]), ", ".join(f"{name} {state.get(name)}" for name in _SHOWN)


def _state_in(error: urllib.error.HTTPError) -> Any:
    """Return what came with a 503; None when it was not ours."""
    try:
        return json.load(error)
    except ValueError:
        return None
