"""How late an event loop is while papers are added in a thread beside it, as the bot adds them.

Called as ``python -m rag.bench.lag FOLDER PDF...``. A tick every 5 ms measures how much later than asked for it came:
what a press in Discord would wait before the bot even hears of it. What is loaded once warm is left out of the garbage
collector's rounds first, as bot/running.py does: one round through all of it is 60 to 120 ms late.
"""

from __future__ import annotations

import asyncio
import gc
import sys
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from rag.bench.seminar_recipe import GUILD, tell
from rag.intake.results import AddStatus
from rag.settings import read_settings
from rag.study import Study
from rag.wiring import build

TICK_S = 0.005
QUIET_S = 1.0
"""How long the same loop is watched with nothing beside it: what the machine itself is late."""


def main(folder: str, *pdfs: str) -> None:
    """Measure one add of all papers."""
    study = build(read_settings(data_dir=Path(folder)))
    try:
        asyncio.run(_measure(study, pdfs))
    finally:
        study.close()


async def _measure(study: Study, pdfs: Sequence[str]) -> None:
    loop = asyncio.get_running_loop()
    with ThreadPoolExecutor(1, "ingest") as lane:
        await loop.run_in_executor(lane, study.warm)
        gc.freeze()
        tell("ready")
        tell("late", beside="nothing", seconds=await _ticked(loop.run_in_executor(lane, time.sleep, QUIET_S)))
        adding = loop.run_in_executor(lane, lambda: study.add(pdfs, guild=GUILD))
        late = await _ticked(adding)
        added = await adding
        failed = [f"{one.given}: {one.error!r}" for one in added if one.status is AddStatus.FAILED]
        if failed:
            raise SystemExit("\n".join(failed))
        tell("late", beside="an add", seconds=late)
        tell("held", pages=sum(one.pages or 0 for one in added), passages=sum(one.passages for one in added))


async def _ticked(work: asyncio.Future[Any]) -> list[float]:
    """Return how late each tick came until the work was done."""
    late = []
    while not work.done():
        start = time.perf_counter()
        await asyncio.sleep(TICK_S)
        late.append(round(time.perf_counter() - start - TICK_S, 5))
    return late


if __name__ == "__main__":
    main(*sys.argv[1:])
