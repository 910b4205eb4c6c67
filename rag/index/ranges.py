"""Ranges of what goes into attention and comes out of it, by layer: ``python -m rag.index.ranges TEXTS`` measures them.

TEXTS: a file with one text a line. Needs ``onnx`` and the installed weights (see :mod:`rag.index.skeleton`). A range is
the one with the least squared error of the 256 bytes in it: what lies far outside is cut rather than all made coarse.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

BYTES = 255
TEXTS, SHORTEST = 200, 20
"""How many texts are read, spread over the file, of at least so many tokens."""
SHARES = (1.0, 0.8, 0.65, 0.5, 0.4, 0.3, 0.22, 0.15)
"""Of the least and of the greatest value: what is tried as the end of a range."""
SAMPLED = 400_000


class Range(NamedTuple):
    """A byte is ``value / step + zero``."""

    step: float
    zero: int


RANGES: dict[str, tuple[Range, ...]] = {
    "attention.self": (
        Range(0.033842, 68),
        Range(0.046480, 80),
        Range(0.047203, 86),
        Range(0.054370, 77),
        Range(0.061308, 83),
        Range(0.057782, 83),
    ),
    "attention.output.dense": (
        Range(0.016478, 160),
        Range(0.014479, 124),
        Range(0.014140, 124),
        Range(0.016124, 130),
        Range(0.017269, 111),
        Range(0.017667, 136),
    ),
}
"""Measured 2026-11-22 on 200 passages of the 44 papers (see :func:`measured`)."""


def main(path: str) -> None:
    """Say the ranges as they stand in this file."""
    for name, ranges in measured(Path(path).read_text(encoding="utf-8").splitlines()).items():
        sys.stdout.write(f'    "{name}": (\n')
        sys.stdout.writelines(f"        Range({each.step:.6f}, {each.zero}),\n" for each in ranges)
        sys.stdout.write("    ),\n")


def measured(texts: Sequence[str]) -> dict[str, list[Range]]:
    """Return each product's ranges by layer, by the float32 graph."""
    seen: dict[str, dict[int, list[NDArray[np.float32]]]] = {}
    for name, layer, values in _given(texts):
        seen.setdefault(name, {}).setdefault(layer, []).append(values)
    return {name: [_narrowed(np.concatenate(layers[n])) for n in sorted(layers)] for name, layers in seen.items()}


def _narrowed(values: NDArray[np.float32]) -> Range:
    sample = np.random.default_rng(0).choice(values, SAMPLED)  # at random: a few columns hold what lies far outside
    tried = [Range((high - low) / BYTES, round(-low * BYTES / (high - low)))
             for low in values.min() * np.array(SHARES) for high in values.max() * np.array(SHARES)]  # fmt: skip

    def error(tried: Range) -> float:
        kept = np.clip(np.rint(sample / tried.step) + tried.zero, 0, BYTES)
        return float(np.square((kept - tried.zero) * tried.step - sample).mean())

    return min(tried, key=error)


def _given(texts: Sequence[str]) -> Iterator[tuple[str, int, NDArray[np.float32]]]:
    """Return what each product is given: "attention.self" or "attention.output.dense", the layer, values."""
    import onnxruntime
    from onnx import helper

    from rag.index.minilm import MiniLmEmbedder
    from rag.index.skeleton import skeleton
    from rag.index.weights import WEIGHTS, checked_tensors

    embedder = MiniLmEmbedder.found()
    if embedder is None:
        raise FileNotFoundError(WEIGHTS)
    model = skeleton()
    wanted: dict[tuple[str, int], str] = {}
    for node in model.graph.node:
        _, _, weight = (node.input[1] if node.op_type == "Gemm" else "").partition("encoder.layer.")
        layer, _, product = weight.removesuffix(".weight").partition(".")
        if product in ("attention.self.query", "attention.output.dense"):
            wanted[product.removesuffix(".query"), int(layer)] = node.input[0]
    model.graph.output.extend(helper.make_tensor_value_info(name, 1, None) for name in wanted.values())
    tensors: dict[str, Any] = dict(checked_tensors(embedder.folder / WEIGHTS).by_name)
    table = tensors.pop("embeddings.word_embeddings.weight")
    kept = {name: np.array(tensor) for name, tensor in tensors.items() if not name.startswith("pooler.")}
    options = onnxruntime.SessionOptions()
    values = [onnxruntime.OrtValue.ortvalue_from_numpy(tensor) for tensor in kept.values()]
    options.add_external_initializers(list(kept), values)
    session = onnxruntime.InferenceSession(model.SerializeToString(), options, providers=["CPUExecutionProvider"])
    long = [ids for ids in embedder._ids(texts) if len(ids) >= SHORTEST]
    for place in sorted(set(np.linspace(0, len(long) - 1, TEXTS).astype(int).tolist())):
        one = np.array([long[place]])
        found = session.run(list(wanted.values()), {"words": table[one.T], "mask": np.ones_like(one)})
        for (name, layer_number), what in zip(wanted, found, strict=True):
            yield name, layer_number, np.asarray(what).ravel()


if __name__ == "__main__":
    main(*sys.argv[1:])
