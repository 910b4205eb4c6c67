"""What a process and all that it started use, read from Linux's ``/proc`` from outside."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

_PROC = Path("/proc")
_TICKS_A_SECOND = os.sysconf("SC_CLK_TCK")
_PAGE_BYTES = os.sysconf("SC_PAGE_SIZE")
_PARENT, _TIMES = 1, slice(11, 15)  # fields of "stat" behind the name: own and waited-for children's times in ticks


@dataclass(frozen=True, slots=True)
class Used:
    """Seconds of processor time and bytes of resident memory, summed over a tree of processes.

    Pages that two processes share count twice, so memory is never made smaller than it is.
    """

    cpu_s: float
    rss_bytes: int


def family(root: int) -> tuple[int, ...]:
    """Return the process and all its descendants that are alive."""
    parents = {int(entry.name): _stat(int(entry.name)) for entry in _PROC.iterdir() if entry.name.isdigit()}
    found = [root]
    for pid in found:
        found += [child for child, stat in parents.items() if stat and int(stat[_PARENT]) == pid]
    return tuple(found)


def used(pids: tuple[int, ...]) -> Used:
    """Return what these processes use now; those that have ended use nothing, their time is their parent's."""
    cpu_s = sum(sum(map(int, stat[_TIMES])) for pid in pids if (stat := _stat(pid))) / _TICKS_A_SECOND
    return Used(cpu_s, sum(_resident_pages(pid) for pid in pids) * _PAGE_BYTES)


def _stat(pid: int) -> list[str]:
    """Return the fields of a process behind its name, which may hold anything; none when it is gone."""
    try:
        return (_PROC / str(pid) / "stat").read_text().rpartition(")")[2].split()
    except OSError:
        return []


def _resident_pages(pid: int) -> int:
    try:
        return int((_PROC / str(pid) / "statm").read_text().split()[1])
    except OSError:
        return 0
