"""Run a program and watch it from outside: when each of its lines came, what its processes used.

Every system is measured by this one clock; what a program says of itself (how long it embedded) is only a part of it.
"""

from __future__ import annotations

import json
import subprocess
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rag.bench.tree import Used, family, used
from rag.errors import Refused

SAMPLED_S = 0.05
"""How often memory is looked at: a peak shorter than this can be missed."""
_COUNTED_EVERY = 5
"""Samples between two looks for new processes, which read every process of the machine."""

_OFTEN = ("answer", "asked")
"""Events of single questions: looking at all processes for each would slow the next question down."""
_SAID = 1_500
"""Characters of stderr that are shown of a program that failed."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of stdout: seconds since the start, what the whole tree used until then, and what it says.

    ``told`` is empty when the line is no JSON object, ``seen`` is None for the events of single questions.
    """

    at_s: float
    seen: Used | None
    text: str
    told: Mapping[str, Any]

    @property
    def used(self) -> Used:
        """Return what the tree used until then. Not for the events of single questions."""
        assert self.seen is not None, self.told
        return self.seen


@dataclass(frozen=True, slots=True)
class Run:
    """One program from start to end. ``peak_bytes``: the most resident memory of its tree at one moment."""

    lines: tuple[Line, ...]
    wall_s: float
    peak_bytes: int

    def event(self, name: str) -> Line:
        """Return the first line that tells this event. Raises KeyError."""
        return self.events(name)[0]

    def events(self, name: str) -> list[Line]:
        """Return the lines that tell this event. Raises KeyError when there is none."""
        found = [line for line in self.lines if line.told.get("event") == name]
        if not found:
            raise KeyError(name)
        return found


def run(command: Sequence[str], *, environment: Mapping[str, str], folder: Path) -> Run:
    """Run a program in a folder to its end. Raises Refused with the end of its stderr when it failed."""
    with (folder / "stderr.txt").open("w+") as errors:
        start = time.perf_counter()
        with subprocess.Popen(  # noqa: S603 (our own recipes, by the interpreters that the command line names)
            command, cwd=folder, env=dict(environment), text=True, stdout=subprocess.PIPE, stderr=errors
        ) as process:
            watch = Watch(process.pid)
            try:
                lines = tuple(_lines(process, start))
                code = process.wait()
            finally:
                process.kill()
                peak = watch.end()
        wall_s = time.perf_counter() - start
        if code:
            errors.seek(0)
            raise Refused(
                what=f"measuring {_shown(command)}",
                reason=f"it ended with {code}",
                advice=f"It said: {errors.read()[-_SAID:].strip()}",
            )
    return Run(lines, wall_s, peak)


def _shown(command: Sequence[str]) -> str:
    """Return what was run, without its folders and what it was given."""
    return " ".join(Path(word).name for word in command[:4])


class Watch:
    """Looks at a tree of processes again and again in a thread, until it is ended."""

    def __init__(self, pid: int) -> None:
        self._pid = pid
        self._ended = threading.Event()
        self._peak = 0
        self._thread = threading.Thread(target=self._look, daemon=True)
        self._thread.start()

    def end(self) -> int:
        """Look no more, and return the most bytes that were seen."""
        self._ended.set()
        self._thread.join()
        return self._peak

    def _look(self) -> None:
        pids: tuple[int, ...] = ()
        turn = 0
        while not self._ended.wait(SAMPLED_S):
            if turn % _COUNTED_EVERY == 0:
                pids = family(self._pid)
            turn += 1
            self._peak = max(self._peak, used(pids).rss_bytes)


def _lines(process: subprocess.Popen[str], start: float) -> list[Line]:
    assert process.stdout is not None
    found = []
    for text in process.stdout:
        at_s = time.perf_counter() - start
        told = _told(text)
        seen = None if told.get("event") in _OFTEN else used(family(process.pid))
        found.append(Line(at_s, seen, text.rstrip("\n"), told))
    return found


def _told(text: str) -> Mapping[str, Any]:
    try:
        told = json.loads(text)
    except ValueError:
        return {}
    return told if isinstance(told, dict) else {}
