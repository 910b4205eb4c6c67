"""Importing the room does nothing slow."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

import rag.index

MODULES = sorted(path.stem for path in Path(rag.index.__file__).parent.glob("*.py") if path.stem != "__init__")
HEAVY = ("onnxruntime", "onnx", "chromadb", "torch", "tokenizers", "sentence_transformers", "transformers")


@pytest.mark.parametrize("module", ["*", "choose"])
def test_importing_brings_no_heavy_library(module: str) -> None:
    names = MODULES if module == "*" else [module]
    code = f"import sys, {', '.join(f'rag.index.{name}' for name in names)}; print(*sys.modules)"

    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()

    assert "rag.index.choose" in loaded
    assert {name.partition(".")[0] for name in loaded}.isdisjoint(HEAVY)
