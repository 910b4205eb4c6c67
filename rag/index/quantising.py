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
PARTS = ("query", "key", "value")
TOGETHER = "together"  # the three of attention, as one product


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
        if not name.startswith("encoder."):
            made[name] = tensor
        elif name.endswith("query.weight"):
            block = name.removesuffix("query.weight")
            _put(made, f"{block}{TOGETHER}", [tensors[f"{block}{part}.weight"] for part in PARTS], levels)
            made[f"{block}{TOGETHER}.bias"] = np.concatenate([tensors[f"{block}{part}.bias"] for part in PARTS])
        elif ".self." in name:
            continue  # taken with its query
        elif tensor.ndim == 2:
            _put(made, name.removesuffix(".weight"), [tensor], levels)
        else:
            made[name] = tensor
    return made


def _put(made: dict[str, NDArray[Any]], name: str, rows: list[NDArray[np.float32]], levels: int) -> None:
    """Write float32 rows, one an output, as int8 columns: byte times step is the weight, to half a step."""
    width, outputs = rows[0].shape[1], sum(len(each) for each in rows)
    values, steps = np.empty((width, outputs), dtype=np.int8), np.empty(outputs, dtype=np.float32)
    start = 0
    for each in rows:
        here = slice(start, start := start + len(each))
        largest = np.maximum(each.max(axis=1), -each.min(axis=1))
        steps[here] = np.maximum(largest, np.finfo(np.float32).tiny * levels) / levels
        nearest = each / steps[here, None]
        np.rint(nearest, out=nearest)
        values[:, here] = nearest.astype(np.int8).T  # turned as bytes: a third of the time
    made[f"{name}.weight.int8"], made[f"{name}.weight.steps"] = values, steps
