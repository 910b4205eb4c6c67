"""Measure how soon the bot acknowledges and answers, on a loopback Discord; prints the README's table as Markdown.

Run as ``.venv/bin/python -m docs.make_discord_costs FOLDER_OF_PDFS`` in the repository. Twenty papers are added; then
ten people ask at once, several times over, and one person alone for comparison. The loopback Discord runs in the same
process, so its own work is part of the numbers. One run on one machine: a table, not a test.
"""

from __future__ import annotations

import asyncio
import os
import platform
import statistics
import sys
import tempfile
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from importlib.metadata import version
from importlib.resources import files
from pathlib import Path

from bot.app import SeminarBot, point_to
from bot.settings import read_bot_settings
from rag.settings import read_settings
from rag.wiring import build, now_utc
from tests.loopback.discord import LoopbackDiscord, Member

PAPERS, PEOPLE, ROUNDS = 20, 10, 6
QUESTIONS = tuple(files("rag.bench").joinpath("questions.txt").read_text().splitlines()[:PEOPLE])
WAIT_S = 120.0


def main() -> None:
    """Add, ask, print."""
    pdfs = sorted(Path(sys.argv[1]).glob("[0-9]*.pdf"))[:PAPERS]
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(measure(Path(folder), pdfs))


async def measure(folder: Path, pdfs: Sequence[Path]) -> None:
    """Run the bot on a library of these papers, and print what was seen."""
    settings = read_settings(data_dir=folder, ask_code_links_online=False)
    study = build(settings)
    study.add([str(pdf) for pdf in pdfs], guild="local")  # the first server adopts it
    async with LoopbackDiscord() as loopback:
        loopback.gateway.heartbeat_interval_ms = 500
        group = loopback.add_guild("Study group", channels=["papers"])
        people = [group.add_member(f"Member {number}") for number in range(PEOPLE)]
        own = read_bot_settings(
            discord_token=loopback.token, questions_per_person_per_minute=1_000, questions_per_server_per_minute=1_000
        )
        bot = SeminarBot(study=study, settings=own, core_settings=settings, clock=now_utc)
        point_to(own)
        with study.directory.owned("run the bot"):
            async with loopback.running(bot):
                await asyncio.wait_for(bot.warmed.wait(), WAIT_S)
                alone = [await asked(people[0], question) for question in QUESTIONS * 2]
                at_once: list[tuple[float, float]] = []
                for turn in range(ROUNDS):
                    turned = QUESTIONS[turn:] + QUESTIONS[:turn]
                    at_once += await asyncio.gather(*map(asked, people, turned))
                gap_s = loopback.gateway.longest_gap_s
            bot.lanes.close(patience_s=10.0)
        assert loopback.violations == []
    study.close()
    show(alone, at_once, len(pdfs), gap_s)


async def asked(person: Member, question: str) -> tuple[float, float]:
    """Ask one question; return milliseconds to the acknowledgement and to the answer."""
    start = time.monotonic()
    exchange = await person.slash("ask", question=question)
    await exchange.settled(lambda message: "Helpful" in message.labels, timeout=WAIT_S)
    return exchange.ack_ms, (time.monotonic() - start) * 1_000


def show(alone: list[tuple[float, float]], at_once: list[tuple[float, float]], papers: int, gap_s: float) -> None:
    """Print the table."""
    print(f"| {papers} papers | acknowledged, median and 95th percentile | answered, median and 95th percentile |")
    print("|---|---|---|")
    for what, seen in (("one question at a time", alone), (f"{PEOPLE} questions at once", at_once)):
        acks, answers = ([one[place] for one in seen] for place in (0, 1))
        print(f"| {what} ({len(seen)}) | {_two(acks)} | {_two(answers)} |")
    libraries = ", ".join(f"{name} {version(name)}" for name in ("discord.py", "onnxruntime", "chromadb"))
    made = f"{datetime.now(UTC):%Y-%m-%d}, {platform.machine()}, {os.cpu_count()} cores"
    print(f"\nLongest gap between two heartbeats meant to be 0.5 s apart: {gap_s:.2f} s.")
    print(f"Measured {made}, Python {platform.python_version()}, {libraries}.")


def _two(seen_ms: list[float]) -> str:
    ordered = sorted(seen_ms)
    return f"{statistics.median(ordered):.0f} ms, {ordered[int(0.95 * (len(ordered) - 1))]:.0f} ms"


if __name__ == "__main__":
    main()
