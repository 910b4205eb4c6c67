"""Weights of MiniLM as bytes: int8, one step size an output, made from the published float32 when the model loads."""

from __future__ import annotations

import platform
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

LEVELS, FEW_LEVELS = 127, 64
"""Steps on either side of zero. Processors without a byte product of their own add pairs of products in 16 bits, which
overflow from 2 * 255 * 65 on: there 64 steps (about 7 bits) are used. On a Haswell (emulated by QEMU 7.2, 2026-11-22)
vectors of 64 steps are those of a processor with byte products to 3e-8, vectors of 127 differ from them by up to .03.
"""

BYTE_PRODUCTS = {"avx512_vnni", "avx_vnni"}
"""Flags of x86 processors that add products of bytes in 32 bits."""
CPU_INFO = Path("/proc/cpuinfo")


def levels_here(cpu_info: Path = CPU_INFO, machine: str = "") -> int:
    """Return how many steps a weight has on this processor: :data:`LEVELS`, or fewer where sums could overflow.

    ARM never overflows; an x86 that cannot be asked is taken for an old one.
    """
    if (machine or platform.machine()).lower() not in ("x86_64", "amd64", "i386", "i686"):
        return LEVELS
    try:
        lines = cpu_info.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return FEW_LEVELS
    flags = next((line.partition(":")[2].split() for line in lines if line.startswith("flags")), [])
    return LEVELS if BYTE_PRODUCTS & set(flags) else FEW_LEVELS


def quantised(tensors: Mapping[str, NDArray[np.float32]], levels: int) -> dict[str, NDArray[Any]]:
    """Return the tensors of the int8 graph: products as ``.int8`` with ``.steps``, the rest as it came, as views."""
    made: dict[str, NDArray[Any]] = {}
    for name, tensor in tensors.items():
        if name.startswith("encoder.") and tensor.ndim == 2:
            made[f"{name}.int8"], made[f"{name}.steps"] = _as_bytes(tensor, levels)
        else:
            made[name] = tensor
    return made


def _as_bytes(rows: NDArray[np.float32], levels: int) -> tuple[NDArray[np.int8], NDArray[np.float32]]:
    """Return float32 rows, one an output, as int8 columns, and their steps: byte times step is the weight, to half a
    step.
    """
    largest = np.maximum(rows.max(axis=1), -rows.min(axis=1))
    steps = np.maximum(largest, np.finfo(np.float32).tiny * levels) / levels
    nearest = rows / steps[:, None]
    np.rint(nearest, out=nearest)
    return np.ascontiguousarray(nearest.astype(np.int8).T), steps  # turned as bytes: a third of the time
