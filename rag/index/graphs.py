"""The graphs that work out vectors, on ONNX Runtime: ours with the published weights, and the one that Chroma has."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
from numpy.typing import NDArray

from rag.errors import BadModel
from rag.index.ports import Vectors
from rag.index.weights import checked_tensors

if TYPE_CHECKING:
    from onnxruntime import InferenceSession, SessionOptions

SKELETON = Path(__file__).with_name("minilm-l6-v2.onnx")  # written by rag.index.skeleton
SKELETON_INT8 = SKELETON.with_name("minilm-l6-v2-int8.onnx")

Tokens = NDArray[np.int64]
Tensors = dict[str, NDArray[Any]]


class Graph(Protocol):
    """Tokens to vectors. Any number of threads may run it at once."""

    def run(self, ids: Tokens, mask: Tokens) -> Vectors:
        """Return one unit row per row of ``ids``; ``mask`` is 1 where there is text and 0 behind it."""
        ...

    def rest(self, *, after_much: bool) -> None:
        """Give back what work has taken, ``after_much`` of it also what only long texts need."""
        ...


class PackagedGraph:
    """A skeleton filled with the published weights, or with what is ``made`` of them. Raises BadModel."""

    def __init__(self, skeleton: Path, weights: Path, made: Callable[[Tensors], Tensors] = dict) -> None:
        import onnxruntime

        self._file = checked_tensors(weights)
        tensors: Tensors = {n: tensor for n, tensor in self._file.by_name.items() if not n.startswith("pooler.")}
        self._table = tensors.pop("embeddings.word_embeddings.weight")
        tensors = made(tensors)
        options = _options()
        # The session reads their memory as long as it lives.
        self._values = [onnxruntime.OrtValue.ortvalue_from_numpy(tensor) for tensor in tensors.values()]
        options.add_external_initializers(list(tensors), self._values)
        self._session = _opened(skeleton.read_bytes(), options)
        self._file.let_go()  # hashed, and packed anew by the session: 85 MB that nobody reads again

    def run(self, ids: Tokens, mask: Tokens) -> Vectors:
        """Look the words up in the mapped file, and run."""
        return self._vectors(ids, mask)

    def rest(self, *, after_much: bool) -> None:
        """Give back the pages of the table of words (up to 47 MB), and what the session holds for the next run.

        0.3 ms, and 2.5 ms more ``after_much`` (2026-11-22); what is needed again comes back as fast. After 400 passages
        the process had 173 MB, 107 afterwards.
        """
        if after_much:
            import onnxruntime

            shrinking = onnxruntime.RunOptions()
            shrinking.add_run_config_entry("memory.enable_memory_arena_shrinkage", "cpu:0")
            one = np.ones((1, 1), dtype=np.int64)
            self._vectors(one, one, shrinking)
        self._file.let_go()

    def _vectors(self, ids: Tokens, mask: Tokens, options: object = None) -> Vectors:
        given = {"words": self._table[ids.T], "mask": mask}
        return np.asarray(self._session.run(["vectors"], given, options)[0], dtype=np.float32)


class ChromaGraph:
    """The graph that chromadb downloads, which ends at the last hidden state; pooled here. Raises BadModel."""

    def __init__(self, graph: Path) -> None:
        from onnxruntime.capi.onnxruntime_pybind11_state import Fail, InvalidArgument, InvalidGraph, InvalidProtobuf

        try:
            self._session = _opened(str(graph), _options())
        except (Fail, InvalidArgument, InvalidGraph, InvalidProtobuf) as error:
            raise BadModel(str(graph), f"it cannot be read ({error})", "Install the model again.") from error

    def run(self, ids: Tokens, mask: Tokens) -> Vectors:
        """Run, and average the rows of the text that is there."""
        given = {"input_ids": ids, "attention_mask": mask, "token_type_ids": np.zeros_like(ids)}
        hidden = np.asarray(self._session.run(None, given)[0])
        total = (hidden * mask[:, :, None]).sum(axis=1)
        return np.asarray(total / np.linalg.norm(total, axis=1, keepdims=True), dtype=np.float32)

    def rest(self, *, after_much: bool) -> None:
        """Do nothing: its table of words is memory of its own."""


def _opened(graph: bytes | str, options: SessionOptions) -> InferenceSession:
    import onnxruntime

    return onnxruntime.InferenceSession(graph, options, providers=["CPUExecutionProvider"])


def _options() -> SessionOptions:
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = 3  # errors only: the rest is for its developers
    return options
