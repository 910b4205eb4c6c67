"""Where, when and with what a benchmark ran: every number is worth that much."""

from __future__ import annotations

import os
import platform
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

from rag.domain.sizes import MB

_LIBRARIES = ("onnxruntime", "chromadb", "pymupdf", "numpy", "sqlalchemy")  # those that can move a number
_INSTRUCTIONS = ("avx2", "avx512f", "avx512_vnni", "avx_vnni", "amx_int8")  # those that int8 products gain from


@dataclass(frozen=True, slots=True)
class Machine:
    """The machine and what runs on it. ``load`` is the average of the last minute, when the benchmark began."""

    system: str
    processor: str
    cores: int
    memory_mb: int
    load: float
    instructions: tuple[str, ...]
    python: str
    versions: dict[str, str]


def machine() -> Machine:
    """Describe this machine."""
    told = _processor()
    return Machine(
        system=f"{platform.system()} {platform.machine()}",
        processor=told.get("model name", platform.processor() or "unknown"),
        cores=len(os.sched_getaffinity(0)),
        memory_mb=os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // MB,
        load=round(os.getloadavg()[0], 2),
        instructions=tuple(name for name in _INSTRUCTIONS if name in told.get("flags", "").split()),
        python=platform.python_version(),
        versions={name: version(name) for name in _LIBRARIES},
    )


def as_sentence(of: Machine) -> str:
    """Return the machine in one line."""
    versions = ", ".join(f"{name} {number}" for name, number in of.versions.items())
    runs = f"{of.processor}, {of.cores} cores ({', '.join(of.instructions)}), {of.memory_mb // 1024} GB, {of.system}"
    return f"{runs}, Python {of.python}, {versions}; load when it began {of.load:.1f}"


def command_line(pdfs: int, options: Sequence[tuple[str, object]]) -> str:
    """Return what was typed, without the paths of this machine."""
    return " ".join(["seminar bench", f"({pdfs} PDFs)", *(f"{name} {value}" for name, value in options)])


def _processor() -> dict[str, str]:
    """Return what Linux says of the first core."""
    try:
        lines = Path("/proc/cpuinfo").read_text().split("\n\n")[0].splitlines()
    except OSError:
        return {}
    return {name.strip(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
