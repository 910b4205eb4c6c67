"""The committed graph is what its script makes."""

from __future__ import annotations

import pytest

from rag.index import minilm
from rag.index.skeleton import SKELETON, skeleton


def test_the_script_makes_the_committed_bytes_again() -> None:
    pytest.importorskip("onnx", reason="a development dependency")

    assert skeleton().SerializeToString(deterministic=True) == SKELETON.read_bytes()


def test_the_embedder_reads_the_file_that_the_script_writes() -> None:
    assert minilm.SKELETON == SKELETON
    assert SKELETON.stat().st_size < 100_000
