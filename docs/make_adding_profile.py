"""Show what a paper's processor time goes to; prints the README's table as Markdown.

Run as ``.venv/bin/python -m docs.make_adding_profile FOLDER_OF_PDFS`` in the repository, on Linux. Six papers spread
over the folder are added as ``seminar bench`` adds them; then ONNX Runtime's own profile of the model is taken on a
text of 170 tokens, as a passage has. One run on one machine: a table, not a test.
"""

from __future__ import annotations

import json
import os
import platform
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

import numpy as np
import onnxruntime

from rag.bench.measuring import spread_over
from rag.bench.tree import family, used
from rag.index import graphs
from rag.index.minilm import MiniLmEmbedder
from rag.index.ports import Vectors
from rag.settings import read_settings
from rag.wiring import build

PAPERS, TOKENS, RUNS = 6, 170, 60
NAMES = {"MatMulIntegerToFloat": "products of bytes", "FusedMatMul": "products of attention, float32"}


class Clocked(MiniLmEmbedder):
    """Counts what it embeds and the processor time of this process meanwhile."""

    cpu_s = 0.0
    tokens = 0

    def embed(self, texts: Sequence[str], progress: Callable[[int], None] | None = None) -> Vectors:
        """Embed, and count."""
        start = time.process_time()
        try:
            return super().embed(texts, progress)
        finally:
            self.cpu_s += time.process_time() - start
            self.tokens += sum(min(self.count(text), self.max_tokens) for text in texts)


def main(folder: str) -> None:
    """Add, profile, print."""
    found = MiniLmEmbedder.found()
    assert found is not None, "the weights are not installed"
    embedder = Clocked(found.folder)
    _adding(sorted(Path(folder).glob("[0-9]*.pdf")), embedder)
    _model(found.folder)
    packages = ("onnxruntime", "pymupdf", "chromadb", "numpy")
    versions = ", ".join(f"{name} {version(name)}" for name in packages)
    print(f"\nMeasured {datetime.now(UTC):%Y-%m-%d}, {platform.machine()}, {os.cpu_count()} cores, {versions}.")


def _adding(pdfs: Sequence[Path], embedder: Clocked) -> None:
    with tempfile.TemporaryDirectory() as data:
        study = build(read_settings(data_dir=Path(data), ask_code_links_online=False), embedder=embedder)
        papers = spread_over(pdfs, PAPERS)
        study.add([str(next(pdf for pdf in pdfs if pdf not in papers))], guild="local")  # everything is loaded then
        embedder.cpu_s, embedder.tokens = 0.0, 0
        here, tree, start = time.process_time(), used(family(os.getpid())).cpu_s, time.perf_counter()
        study.add([str(pdf) for pdf in papers], guild="local")
        wall = time.perf_counter() - start
        here, tree = time.process_time() - here, used(family(os.getpid())).cpu_s - tree
        study.close()
    count = len(papers)
    print("| a paper's processor seconds | |\n|---|---|")
    for name, cpu_s in (
        ("embedding", embedder.cpu_s),
        ("reading the PDF, Chroma (processes of their own)", tree - here),
        ("cutting, storing, the rest", here - embedder.cpu_s),
    ):
        print(f"| {name} | {cpu_s / count:.2f} ({cpu_s / tree:.0%}) |")
    print(f"| in all, within {wall / count:.2f} s | {tree / count:.2f} |")
    print(f"| tokens embedded | {embedder.tokens / count:,.0f} |")


def _model(folder: Path) -> None:
    """Print what one run's time goes to, as ONNX Runtime tells it."""
    plain = graphs._options
    with tempfile.TemporaryDirectory() as place:

        def profiled() -> onnxruntime.SessionOptions:
            options = plain()
            options.enable_profiling, options.profile_file_prefix = True, str(Path(place) / "run")
            return options

        graphs._options = profiled
        try:
            embedder = MiniLmEmbedder(folder)
            embedder.warm()
        finally:
            graphs._options = plain
        graph = embedder._graph
        assert isinstance(graph, graphs.PackagedGraph)
        ids = np.random.default_rng(0).integers(1_000, 20_000, (1, TOKENS))
        for _ in range(RUNS):
            graph.run(ids, np.ones_like(ids))
        events = json.loads(Path(graph._session.end_profiling()).read_text())
    spent: Counter[str] = Counter()
    for event in events:
        if event["cat"] == "Node" and event["name"].endswith("_kernel_time"):
            operator = event["args"]["op_name"]
            if operator != "If":  # the sum of what is in it
                spent[NAMES.get(operator, operator)] += event["dur"]
    total = spent.total()
    print(f"\n| MiniLM in int8, {TOKENS} tokens, {total / RUNS / 1_000:.1f} ms of one core | |\n|---|---|")
    for name, took in spent.most_common(7):
        print(f"| {name} | {took / total:.0%} |")


if __name__ == "__main__":
    main(sys.argv[1])
