"""The memory of the real bot, started as an admin starts it, on the loopback Discord.

Run by ``seminar bench`` as ``python -m tests.benchmarks.running_bot DATA_DIR IDLE_S FILE_OF_QUESTIONS PDF...``: the
bot is a process of its own, so that nothing of the loopback Discord counts. Prints an event as JSON a line, with
megabytes.
"""

from __future__ import annotations

import asyncio
import json
import signal
import socket
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from bot.health import ask_readiness
from rag.bench.running import Watch
from rag.bench.tree import family, used
from rag.domain.sizes import MB
from rag.store.jobs import JobStatus
from rag.store.library import Library
from tests.bot.process import CLI, READY, started, surroundings
from tests.loopback.discord import LoopbackDiscord, Member

WAIT_S = 120.0
OWN = {
    "SEMINAR_EMBEDDER": "minilm",
    "SEMINAR_QUESTIONS_PER_PERSON_PER_MINUTE": "1000",
    "SEMINAR_QUESTIONS_PER_SERVER_PER_MINUTE": "1000",
}
SETTLING_S = 1.0
"""How long the bot is left alone after the questions: then it is not idle yet."""


async def measure(data: Path, idle_s: float, questions: Sequence[str], pdfs: Sequence[str], folder: Path) -> None:
    """Run the bot: idle, then asked, then adding."""
    async with LoopbackDiscord() as loopback:
        loopback.replies_in_components = True
        member = loopback.add_guild("Study group", channels=["papers"]).add_member("Mina")
        port = free_port()
        environment = surroundings(loopback, folder, SEMINAR_DATA_DIR=str(data), SEMINAR_HEALTH_PORT=str(port), **OWN)
        async with started(environment=environment, folder=folder) as process:
            await process.until(READY)
            pid = process.pid
            async with asyncio.timeout(WAIT_S):
                while "models loaded" not in (await asyncio.to_thread(ask_readiness, port))[1]:
                    await asyncio.sleep(0.2)
            await asyncio.sleep(idle_s)
            tell("idle", mb=resident_mb(pid))
            for question in questions:
                await answered(member, question)
            await asyncio.sleep(SETTLING_S)
            tell("asked", mb=resident_mb(pid), questions=len(questions))
            watch = Watch(pid)
            await added(pdfs, data, member.guild.id, environment, folder)
            tell("added", mb=watch.end() / MB)
            process.tell(signal.SIGTERM)
            await process.ended()


async def answered(member: Member, question: str) -> None:
    """Ask and wait for the answer; "not found" is one too."""
    exchange = await member.slash("ask", question=question)
    await exchange.settled("", timeout=WAIT_S)


async def added(pdfs: Sequence[str], data: Path, guild: str, environment: Mapping[str, str], folder: Path) -> None:
    """Queue the papers by the command line, as an admin would, and wait until the bot has taken them in."""
    library = Library.open(data / "seminar.db")
    try:
        async with started("add", *pdfs, "--guild", guild, environment=environment, folder=folder, module=CLI) as cli:
            assert await cli.ended() == 0, cli.output
        async with asyncio.timeout(WAIT_S):
            while library.jobs(JobStatus.QUEUED) or library.jobs(JobStatus.RUNNING):
                await asyncio.sleep(0.2)
    finally:
        library.close()


def resident_mb(pid: int) -> float:
    """Return the resident memory of a process and all that it started."""
    return used(family(pid)).rss_bytes / MB


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


def tell(event: str, **more: float) -> None:
    """Print what was seen."""
    sys.stdout.write(json.dumps({"event": event} | more) + "\n")
    sys.stdout.flush()


def main(data: str, idle_s: str, questions: str, *pdfs: str) -> None:
    """Measure one bot."""
    with tempfile.TemporaryDirectory() as folder:
        asked = Path(questions).read_text().splitlines()
        asyncio.run(measure(Path(data), float(idle_s), asked, pdfs, Path(folder)))


if __name__ == "__main__":
    main(*sys.argv[1:])
