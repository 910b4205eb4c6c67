"""Weights as bytes: how near they come, and which processors get fewer levels."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from rag.index.quantising import FEW_LEVELS, LEVELS, levels_here, quantised

BLOCK = "encoder.layer.0.attention.self."


def tensors(width: int = 6) -> dict[str, np.ndarray]:
    chance = np.random.default_rng(3)
    made: dict[str, np.ndarray] = {"embeddings.position_embeddings.weight": chance.normal(size=(9, width))}
    for name in (f"{BLOCK}query", f"{BLOCK}key", f"{BLOCK}value", "encoder.layer.0.output.dense"):
        made[f"{name}.weight"], made[f"{name}.bias"] = chance.normal(size=(4, width)), chance.normal(size=4)
    made["encoder.layer.0.output.LayerNorm.weight"] = chance.normal(size=width)
    return {name: tensor.astype(np.float32) for name, tensor in made.items()}


@pytest.mark.parametrize("levels", [LEVELS, FEW_LEVELS])
def test_byte_times_step_is_the_weight_to_half_a_step(levels: int) -> None:
    given = tensors()
    made = quantised(given, levels)
    name = "encoder.layer.0.output.dense.weight"

    again = (made[f"{name}.int8"] * made[f"{name}.steps"]).T

    assert made[f"{name}.int8"].dtype == np.int8
    assert np.abs(made[f"{name}.int8"]).max(axis=0).tolist() == [levels] * 4, "no level is wasted"
    assert (np.abs(again - given[name]) <= made[f"{name}.steps"][:, None] * 0.501).all()


def test_what_is_no_product_stays_the_same_memory() -> None:
    given = tensors()
    made = quantised(given, LEVELS)

    for name in ("embeddings.position_embeddings.weight", "encoder.layer.0.output.LayerNorm.weight"):
        assert made[name] is given[name]


def test_weights_of_nothing_stay_nothing() -> None:
    made = quantised({"encoder.x.weight": np.zeros((2, 3), dtype=np.float32)}, LEVELS)

    assert not made["encoder.x.weight.int8"].any()
    assert np.isfinite(made["encoder.x.weight.steps"]).all()
    assert (made["encoder.x.weight.steps"] > 0).all()


@pytest.mark.parametrize(
    ("machine", "flags", "levels"),
    [
        ("x86_64", "fpu avx2 avx512f avx512_vnni", LEVELS),
        ("AMD64", "fpu avx2 avx_vnni", LEVELS),
        ("x86_64", "fpu avx2 avx512f avx512bw", FEW_LEVELS),
        ("x86_64", "", FEW_LEVELS),
        ("aarch64", "", LEVELS),
    ],
)
def test_processors_whose_sums_overflow_get_fewer_levels(tmp_path: Path, machine: str, flags: str, levels: int) -> None:
    info = tmp_path / "cpuinfo"
    info.write_text(f"processor\t: 0\nflags\t\t: {flags}\nbogomips\t: 5192\n")

    assert levels_here(info, machine) == levels


def test_a_processor_that_cannot_be_asked_is_taken_for_an_old_one(tmp_path: Path) -> None:
    assert levels_here(tmp_path / "none", "x86_64") == FEW_LEVELS
    assert levels_here(tmp_path / "none", "arm64") == LEVELS


def test_two_products_of_the_largest_bytes_fit_into_sixteen_bits_with_few_levels() -> None:
    assert 2 * 255 * FEW_LEVELS < 2**15 <= 2 * 255 * (FEW_LEVELS + 1)
