"""Vectors for tests: random, or in clusters as texts are."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from rag.index.ports import Vectored

DIMENSION = 24


def units(count: int, *, seed: int = 0, dimension: int = DIMENSION) -> NDArray[np.float32]:
    rows = np.random.default_rng(seed).normal(size=(count, dimension)).astype(np.float32)
    return np.asarray(rows / np.linalg.norm(rows, axis=1, keepdims=True), dtype=np.float32)


def row(id_: str, vector: NDArray[np.float32], owner: str = "paper-a", kind: str = "text") -> Vectored:
    return Vectored(id=id_, owner=owner, kind=kind, vector=vector)
