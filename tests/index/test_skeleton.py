"""The committed graphs are what their script makes."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from rag.index import graphs
from rag.index.skeleton import SKELETON, SKELETON_INT8, skeleton, skeleton_int8


@pytest.mark.parametrize(("make", "path"), [(skeleton, SKELETON), (skeleton_int8, SKELETON_INT8)])
def test_the_script_makes_the_committed_bytes_again(make: Callable[[], object], path: Path) -> None:
    pytest.importorskip("onnx", reason="a development dependency")

    assert make().SerializeToString(deterministic=True) == path.read_bytes()  # type: ignore[attr-defined]


def test_the_embedder_reads_the_files_that_the_script_writes() -> None:
    assert (graphs.SKELETON, graphs.SKELETON_INT8) == (SKELETON, SKELETON_INT8)
    assert SKELETON.stat().st_size + SKELETON_INT8.stat().st_size < 100_000
