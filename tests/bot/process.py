"""The bot as a process of its own, as an admin starts it, on the loopback Discord."""

from __future__ import annotations

import asyncio
import contextlib
import os
import re
import signal
import sys
from collections.abc import AsyncIterator, Mapping
from pathlib import Path

from tests.conftest import NOWHERE
from tests.loopback.arxiv import LoopbackArxiv
from tests.loopback.discord import LoopbackDiscord

ROOT = Path(__file__).parents[2]
PATIENCE_S = 40.0
READY = "ready as"
"""What the log says then."""
CLI = "tests.bot.seminar"


class Process:
    """One command, started; ``output`` is all that it wrote so far, on stdout and stderr together."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process
        self.output = ""
        self._reading = asyncio.create_task(self._read())

    @property
    def pid(self) -> int:
        """Return its number, by which others look at it."""
        return self._process.pid

    def tell(self, number: signal.Signals) -> None:
        """Send a signal."""
        self._process.send_signal(number)

    async def until(self, text: str) -> None:
        """Wait until it has written this."""
        async with asyncio.timeout(PATIENCE_S):
            while text not in self.output:
                assert not self._reading.done(), f"it ended without {text!r}:\n{self.output}"
                await asyncio.sleep(0.02)

    async def ended(self, within_s: float = PATIENCE_S) -> int:
        """Wait for its end and return its exit code."""
        async with asyncio.timeout(within_s):
            await self._reading
            return await self._process.wait()

    async def end(self) -> None:
        """Make sure that it is gone."""
        if self._process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                self._process.kill()
        await self._reading
        await self._process.wait()

    async def _read(self) -> None:
        assert self._process.stdout is not None
        while part := await self._process.stdout.read(65_536):
            self.output += part.decode(errors="replace")


def surroundings(loopback: LoopbackDiscord, folder: Path, **more: str) -> dict[str, str]:
    """Return an environment in which nothing but the loopback servers can be reached; "" leaves a variable out."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("SEMINAR_", "DISCORD_"))}
    ours = {
        "PYTHONPATH": str(ROOT),
        "DISCORD_TOKEN": loopback.token,
        "SEMINAR_DISCORD_API_URL": loopback.api_url,
        "SEMINAR_DISCORD_GATEWAY_URL": loopback.gateway_url,
        "SEMINAR_DATA_DIR": str(folder / "data"),
        "SEMINAR_EMBEDDER": "none",
        "SEMINAR_ARXIV_API_URL": f"{NOWHERE}/api/query",
        "SEMINAR_ARXIV_PDF_URL": f"{NOWHERE}/pdf",
        "SEMINAR_ARXIV_INTERVAL_S": "0",
        "SEMINAR_ARXIV_RETRIES": "0",
        "SEMINAR_ASK_CODE_LINKS_ONLINE": "false",
        "SEMINAR_ALLOW_PRIVATE_ADDRESSES": "true",
    }
    return kept | {name: value for name, value in (ours | more).items() if value}


def on(loopback: LoopbackDiscord, folder: Path, arxiv: LoopbackArxiv, **more: str) -> dict[str, str]:
    """Return an environment in which there is an arXiv too."""
    pdf = arxiv.pdf_address.split("/{id}")[0]
    return surroundings(loopback, folder, SEMINAR_ARXIV_API_URL=arxiv.api, SEMINAR_ARXIV_PDF_URL=pdf, **more)


@contextlib.asynccontextmanager
async def started(
    *arguments: str, environment: Mapping[str, str], folder: Path, module: str = "bot"
) -> AsyncIterator[Process]:
    """Start ``python -m bot`` with arguments, in a folder; it is gone after the block."""
    pipe, nothing = asyncio.subprocess.PIPE, asyncio.subprocess.DEVNULL
    command = (sys.executable, "-m", module, *arguments)
    made = await asyncio.create_subprocess_exec(
        *command, env=dict(environment), cwd=folder, stdin=nothing, stdout=pipe, stderr=asyncio.subprocess.STDOUT
    )
    process = Process(made)
    try:
        yield process
    finally:
        await process.end()


def told(process: Process) -> list[str]:
    """Return what is no line of the log."""
    return [line for line in process.output.splitlines() if not re.match(r'\d{4}-\d\d-\d\dT|\{"', line)]
