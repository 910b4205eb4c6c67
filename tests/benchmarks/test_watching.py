"""Programs are watched from outside: when their lines come, what their whole tree uses, how they fail."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from rag.bench.running import Run, run
from rag.bench.tree import family, used
from rag.domain.sizes import MB
from rag.errors import Refused

CHILD_WITH_MEMORY = """
import subprocess, sys
inner = "held = b'x' * (90 * 1024 * 1024); print('held', flush=True); input()"
child = subprocess.Popen([sys.executable, "-c", inner], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
child.stdout.readline()
print("ready", flush=True)
input()
child.communicate("")
"""


def watched(code: str, folder: Path) -> Run:
    return run([sys.executable, "-c", code], environment=os.environ, folder=folder)


@pytest.fixture
def parent() -> Iterator[subprocess.Popen[str]]:
    """A process whose child holds 90 MB."""
    pipe = subprocess.PIPE
    with subprocess.Popen([sys.executable, "-c", CHILD_WITH_MEMORY], stdin=pipe, stdout=pipe, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        yield process
        process.communicate("\n")


def test_the_memory_of_children_counts(parent: subprocess.Popen[str]) -> None:
    alone, together = used((parent.pid,)), used(family(parent.pid))
    assert len(family(parent.pid)) == 2
    assert alone.rss_bytes < 80 * MB < 90 * MB < together.rss_bytes


def test_nothing_of_another_process_counts(parent: subprocess.Popen[str]) -> None:
    assert os.getpid() not in family(parent.pid)
    assert parent.pid in family(os.getpid())


def test_what_is_gone_uses_nothing() -> None:
    with subprocess.Popen([sys.executable, "-c", ""]) as gone:
        gone.wait()
    assert used((gone.pid,)).rss_bytes == 0


def test_processor_time_of_a_child_that_has_ended_counts(tmp_path: Path) -> None:
    busy = "import time\nend = time.process_time() + 0.3\nwhile time.process_time() < end: pass"
    code = (
        f"import subprocess, sys\nprint('1', flush=True)\nsubprocess.run([sys.executable, '-c', {busy!r}])\nprint('2')"
    )
    before, after = watched(code, tmp_path).lines
    assert after.used.cpu_s - before.used.cpu_s >= 0.25


def test_lines_come_with_their_time_and_what_they_tell(tmp_path: Path) -> None:
    code = """
import json, time
print("not json", flush=True)
time.sleep(0.2)
print(json.dumps({"event": "done", "n": 3}), flush=True)
"""
    done = watched(code, tmp_path)
    assert [line.text for line in done.lines] == ["not json", '{"event": "done", "n": 3}']
    assert done.lines[0].told == {}
    assert done.event("done").told["n"] == 3
    assert done.lines[1].at_s - done.lines[0].at_s >= 0.15
    assert done.wall_s >= done.lines[1].at_s
    with pytest.raises(KeyError):
        done.event("ready")


def test_a_peak_is_seen_though_it_is_over_at_the_end(tmp_path: Path) -> None:
    code = "import time\nheld = b'x' * (120 * 1024 * 1024)\ntime.sleep(0.4)\ndel held"
    assert watched(code, tmp_path).peak_bytes > 120 * MB


def test_a_program_that_fails_is_refused_with_what_it_said(tmp_path: Path) -> None:
    with pytest.raises(Refused) as told:
        watched("import sys; sys.stderr.write('no such model'); sys.exit(3)", tmp_path)
    assert "3" in told.value.reason
    assert "no such model" in told.value.advice
