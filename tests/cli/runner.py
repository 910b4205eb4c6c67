"""The command line called in this process, as its tests call it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from rag.cli.app import run

Run = Callable[..., tuple[int, str, str]]
"""Words of one command; exit code, stdout, stderr."""


def runner(data_dir: Path, capfd: pytest.CaptureFixture[str], *options: str) -> Run:
    """Return what runs one command on a data directory."""

    def called(*words: str) -> tuple[int, str, str]:
        code = run(["--data-dir", str(data_dir), *options, *words])
        out, err = capfd.readouterr()
        return code, out, err

    return called


def parsed(out: str) -> dict[str, Any]:
    """Stdout is one JSON object on one line, and nothing else."""
    assert out.count("\n") == 1
    value = json.loads(out)
    assert isinstance(value, dict)
    return value
