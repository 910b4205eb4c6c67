"""Seminar in the same order as its peers' recipes (:mod:`rag.bench.peers`), in a process of its own.

Called as ``python -m rag.bench.seminar_recipe add|ask FOLDER ...``. Cold figures come from the ``seminar`` command.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

from rag.intake.results import AddStatus
from rag.settings import read_settings
from rag.wiring import build

if TYPE_CHECKING:
    from rag.study import Study

GUILD = "local"
STAGES = ("read", "embed", "store")


def main(mode: str, folder: str, *given: str) -> None:
    """Add papers or answer questions."""
    study = build(read_settings(data_dir=Path(folder)))
    try:
        if mode == "add":
            _add(study, *given)
        else:
            _ask(study, Path(given[0]).read_text().splitlines())
    finally:
        study.close()


def _add(study: Study, small: str, *pdfs: str) -> None:
    """Add all papers at once, as a person would: each is ready when all of its parts are stored."""
    study.add([small], guild=GUILD)
    tell("ready")
    for result in study.add(pdfs, guild=GUILD):
        if result.status is AddStatus.FAILED:
            raise SystemExit(f"{result.given}: {result.error!r}")
        stages = {name: result.took_ms[name] / 1_000 for name in STAGES}
        tell("paper", stages=stages, passages=result.passages, pages=result.pages)
    tell("done")


def _ask(study: Study, questions: list[str]) -> None:
    """Answer each question once, warm as the bot is, and search for it once."""
    study.warm()
    tell("ready")
    for number, question in enumerate(questions):
        if number % 2:  # whichever comes second finds the passages in memory
            searched, asked = _search_s(study, question), _ask_s(study, question)
        else:
            asked, searched = _ask_s(study, question), _search_s(study, question)
        tell("answer", took=asked, searched=searched)
    tell("done")


def _ask_s(study: Study, question: str) -> float:
    start = time.perf_counter()
    study.ask(question, guild=GUILD)
    return time.perf_counter() - start


def _search_s(study: Study, question: str) -> float:
    start = time.perf_counter()
    study.search(question, guild=GUILD)
    return time.perf_counter() - start


def tell(event: str, **more: object) -> None:
    """Print what happened, as one JSON object a line."""
    sys.stdout.write(json.dumps({"event": event} | more) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main(*sys.argv[1:])
