"""all-MiniLM-L6-v2 on ONNX Runtime: the default embedder, without torch.

In int8, its vectors have a cosine of .998 with those of sentence-transformers, and find as well; in float32 they equal
them to 1e-5, for more than twice the time. English; reads 256 tokens, cuts what is longer.
"""

from __future__ import annotations

import logging
import os
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from rag.errors import BadModel
from rag.index.counting import WordPieces
from rag.index.graphs import SKELETON, SKELETON_INT8, ChromaGraph, Graph, PackagedGraph
from rag.index.ports import Vectors
from rag.index.quantising import LEVELS, levels_here, quantised
from rag.index.weights import GRAPH, TOKENIZER, WEIGHTS, find_weights

if TYPE_CHECKING:
    from tokenizers import Tokenizer

log = logging.getLogger(__name__)

FLOAT32, INT8 = SKELETON.stem, SKELETON_INT8.stem
MAX_TOKENS = 256  # what the model was trained to read (its sentence_bert_config.json)
DIMENSION = 384
# One run reads at most 16 short texts and 256 tokens. int8, per second of one core, passages of 137 tokens | sentences
# of 23: one by one 72 | 322, up to 128 tokens 71 | 467, up to 256 72 | 470, up to 512 67 | 454; float32 29 | 185.
# Measured 2026-11-22 on a busy 2-core AMD EPYC with AVX-512 VNNI, onnxruntime 1.31, medians of interleaved rounds.
RUN_TOKENS, RUN_TEXTS = 256, 16
FEW_TOKENS = 64  # runs become as small as this towards the end, so that threads end together
MUCH = 4_096  # tokens: more than the sentences of an answer, fewer than a paper
SLAB = 512  # texts tokenised at once; bounds the memory of a reindex
PROBE = "internal covariate shift"
PROBE_VECTOR = (-0.01002431, -0.10904329, 0.07517857, -0.02399602, 0.05248978, 0.01210926, 0.04031993, -0.04975121)
TOLERANCE = {FLOAT32: 1e-4, INT8: 2e-2}  # a wrong word in the probe moves the values by about 5e-2

_Ids = list[int]


class MiniLmEmbedder:
    """The Embedder port on one ONNX Runtime session of one thread, called from ``threads`` Python threads.

    That beats batches on a session of two threads (0.65 to 0.9 s a paper; performance.md). Constructing it is cheap:
    files are read at first use or by :meth:`warm`. Any number of threads may call it; it may be pickled.

    int8, unless ``float32`` is wanted or the folder has no other weights than Chroma's. ``levels``: how finely int8
    tells weights apart; by default as this processor can (see :func:`levels_here`).
    """

    dimension = DIMENSION
    max_tokens = MAX_TOKENS

    def __init__(
        self, folder: Path, *, threads: int | None = None, float32: bool = False, levels: int | None = None
    ) -> None:
        chromas = (folder / GRAPH).is_file() and not (folder / WEIGHTS).is_file()
        self.name = FLOAT32 if float32 or chromas else INT8
        self.folder = folder
        self.levels = levels
        self.threads = threads or min(2, os.cpu_count() or 1)
        self._lock = threading.RLock()
        self._tokenizer: Tokenizer | None = None
        self._pieces = WordPieces(self._lengths)
        self._graph: Graph | None = None

    @classmethod
    def found(
        cls, folder: Path | None = None, *, threads: int | None = None, float32: bool = False
    ) -> MiniLmEmbedder | None:
        """Return the embedder with the weights of this machine (see :func:`find_weights`); None without any."""
        place = find_weights(folder)
        return cls(place, threads=threads, float32=float32) if place is not None else None

    def __reduce__(self) -> tuple[Any, ...]:
        float32 = self.name == FLOAT32
        return partial(MiniLmEmbedder, threads=self.threads, float32=float32, levels=self.levels), (self.folder,)

    @property
    def precision(self) -> str:
        """How finely weights are kept, for people who look after a server."""
        if self.name == FLOAT32:
            return "float32"
        fine = (self.levels or levels_here()) == LEVELS
        return "int8" if fine else "int8 with 7 bits, as this processor has no products of bytes"

    def warm(self) -> None:
        """Load tokenizer and session now (0.3 s), so that the first question does not wait. Raises BadModel."""
        self._loaded()

    def count(self, text: str) -> int:
        """Return how many tokens the text has, [CLS] and [SEP] included, without truncation."""
        return 2 + self._pieces.of(_sound(text))

    def learn(self, text: str) -> None:
        """Meet the words of a text whose parts will be counted."""
        self._pieces.learn(_sound(text))

    def embed(self, texts: Sequence[str], progress: Callable[[int], None] | None = None) -> Vectors:
        """Return one unit row per text in the order given; ``progress`` is called in the caller's thread."""
        graph = self._loaded()
        vectors = np.empty((len(texts), DIMENSION), dtype=np.float32)
        for start in range(0, len(texts), SLAB):
            ids = self._ids(texts[start : start + SLAB])
            batches = list(_batches(ids, self.threads))
            for batch, rows in self._spread(graph, [[ids[i] for i in batch] for batch in batches], batches):
                vectors[[start + i for i in batch]] = rows
                if progress is not None:
                    progress(len(batch))
        return vectors

    def _spread(
        self, graph: Graph, inputs: Sequence[Sequence[_Ids]], batches: Sequence[Sequence[int]]
    ) -> Iterator[tuple[Sequence[int], Vectors]]:
        """Run the batches over the threads, longest first; a lone batch (a question) runs right here."""
        if len(batches) == 1:
            yield batches[0], _run_padded(graph, inputs[0])
            return
        pool = ThreadPoolExecutor(self.threads, thread_name_prefix="embed")
        try:
            yield from zip(batches, pool.map(partial(_run_padded, graph), inputs), strict=True)
        finally:  # also when progress() raised: the rest is not wanted
            pool.shutdown(cancel_futures=True)
            graph.rest(after_much=sum(len(text) for batch in inputs for text in batch) > MUCH)

    def _ids(self, texts: Sequence[str]) -> list[_Ids]:
        """Tokenise and cut as the model's authors do: the first 254 tokens between [CLS] and [SEP]."""
        encodings = self._words().encode_batch_fast([_sound(text) for text in texts])
        return [
            ids if len(ids) <= MAX_TOKENS else [*ids[: MAX_TOKENS - 1], ids[-1]] for ids in (e.ids for e in encodings)
        ]

    def _lengths(self, words: Sequence[str]) -> list[int]:
        return [len(e.ids) for e in self._words().encode_batch_fast(words, add_special_tokens=False)]

    def _words(self) -> Tokenizer:
        if self._tokenizer is None:
            with self._lock:
                if self._tokenizer is None:
                    self._tokenizer = _tokenizer(self.folder / TOKENIZER)
        return self._tokenizer

    def _loaded(self) -> Graph:
        if self._graph is None:
            with self._lock:
                if self._graph is None:
                    started = time.perf_counter()
                    graph = self._opened()
                    self._prove(graph)
                    self._graph = graph
                    taken_s = time.perf_counter() - started
                    log.info("loaded %s (%s) from %s in %.2f s", self.name, self.precision, self.folder, taken_s)
        return self._graph

    def _opened(self) -> Graph:
        weights = self.folder / WEIGHTS
        if self.name == INT8:
            return PackagedGraph(SKELETON_INT8, weights, partial(quantised, levels=self.levels or levels_here()))
        return PackagedGraph(SKELETON, weights) if weights.is_file() else ChromaGraph(self.folder / GRAPH)

    def _prove(self, graph: Graph) -> None:
        """Compare one vector with the known one: tokenizer, graph and weights belong together, or nothing fits."""
        try:
            vector = _run_padded(graph, self._ids([PROBE]))[0]
            same = bool(np.allclose(vector[: len(PROBE_VECTOR)], PROBE_VECTOR, rtol=0, atol=TOLERANCE[self.name]))
        except IndexError:  # a tokenizer with more words than the table has rows
            same = False
        if not same:
            raise BadModel(
                str(self.folder), "its vectors are not those of all-MiniLM-L6-v2", "Install the model again."
            )


def _sound(text: str) -> str:
    """Replace lone surrogates, which broken PDFs yield and no tokenizer takes."""
    return text.encode("utf-8", "replace").decode("utf-8")


def _batches(ids: Sequence[_Ids], threads: int) -> Iterator[list[int]]:
    """Yield indices, longest text first (memory is then asked for once), within the bounds of one run.

    A run takes at most half of a thread's share of what is left (guided self-scheduling: Polychronopoulos and Kuck
    1987): 20 sentences on two free threads take 45 ms, in runs of 256 tokens 80.
    """
    batch: list[int] = []
    left = sum(map(len, ids))
    most = RUN_TOKENS
    for i in sorted(range(len(ids)), key=lambda i: -len(ids[i])):
        if batch and (len(batch) == RUN_TEXTS or (len(batch) + 1) * len(ids[batch[0]]) > most):
            yield batch
            batch = []
        if not batch:
            most = max(FEW_TOKENS, min(RUN_TOKENS, left // (2 * threads)))
        batch.append(i)
        left -= len(ids[i])
    if batch:
        yield batch


def _run_padded(graph: Graph, texts: Sequence[_Ids]) -> Vectors:
    length = max(map(len, texts))
    ids = np.zeros((len(texts), length), dtype=np.int64)
    mask = np.zeros_like(ids)
    for row, text in enumerate(texts):
        ids[row, : len(text)] = text
        mask[row, : len(text)] = 1
    return graph.run(ids, mask)


def _tokenizer(path: Path) -> Tokenizer:
    from tokenizers import Tokenizer

    try:
        tokenizer = Tokenizer.from_str(path.read_text(encoding="utf-8"))
    except Exception as error:  # tokenizers raises a bare Exception for a file it cannot parse
        raise BadModel(str(path), f"it cannot be read ({error})", "Install the model again.") from error
    tokenizer.no_truncation()  # the file carries both, for 128 tokens
    tokenizer.no_padding()
    return tokenizer
