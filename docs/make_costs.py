"""Measure what Seminar costs on this machine, with its own command line; prints the README's table as Markdown.

Run as ``.venv/bin/python docs/make_costs.py FOLDER_OF_PDFS``. One run on one machine, nothing beside it: for
comparisons with other programs a benchmark is needed, which this is not.
"""

from __future__ import annotations

import json
import os
import platform
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

SEMINAR = [sys.executable, "-c", "from rag.cli import main; main()"]
QUESTIONS = (
    "what is internal covariate shift",
    "what is a residual block",
    "why is attention scaled",
    "how many layers does the network have",
    "what optimizer is used for training",
    "which datasets are used",
    "what is experience replay",
    "what are the limitations of the method",
    "GoogLeNet vs AlexNet",
    "what is the capital of France",
)


def main() -> None:
    """Add the folder, ask, print."""
    pdfs = Path(sys.argv[1])
    with tempfile.TemporaryDirectory() as folder:
        data = ["--data-dir", folder]
        added = json.loads(_run([*data, "add", str(pdfs), "--json"])[0])["papers"]
        peak_mb = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
        batch = Path(folder) / "questions.jsonl"
        batch.write_text("\n".join(json.dumps({"question": q}) for q in QUESTIONS * 3))
        answers = [json.loads(line) for line in _run([*data, "ask", "--batch", str(batch)])[0].splitlines()]
        cold_s = statistics.median(_run([*data, "ask", QUESTIONS[0], "--json"])[1] for _ in range(5))
        help_s = statistics.median(_run(["--help"])[1] for _ in range(5))
        disk_mb = sum(path.stat().st_size for path in Path(folder).rglob("*") if path.is_file()) / 1e6
    asked_ms = sorted(answer["took_ms"]["total"] for answer in answers[1:])
    rows = {
        f"a paper ready to be asked (median of {len(added)}, {sum(p['pages'] or 0 for p in added)} pages in all)": (
            f"{_median(added, 'total') / 1000:.1f} s: reading {_median(added, 'read') / 1000:.2f}, "
            f"embedding {_median(added, 'embed') / 1000:.2f}, storing {_median(added, 'store') / 1000:.2f}"
        ),
        "an answer, warm (median, 95th percentile)": (
            f"{statistics.median(asked_ms):.0f} ms, {asked_ms[int(0.95 * len(asked_ms))]:.0f} ms"
        ),
        "`seminar ask`, from a cold start": f"{cold_s:.1f} s",
        "`seminar --help`": f"{help_s:.2f} s",
        "memory while adding, at most (the larger of the two processes)": f"{peak_mb:.0f} MB",
        "disk": f"{disk_mb / len(added):.1f} MB a paper",
    }
    print("| what | cost |\n|---|---|")
    print("\n".join(f"| {what} | {cost} |" for what, cost in rows.items()))
    libraries = ", ".join(f"{name} {version(name)}" for name in ("pymupdf", "onnxruntime", "chromadb"))
    made = f"{datetime.now(UTC):%Y-%m-%d}, {platform.machine()}, {os.cpu_count()} cores"
    print(f"\nMeasured {made}, Python {platform.python_version()}, {libraries}.")


def _run(words: list[str]) -> tuple[str, float]:
    start = time.monotonic()
    environment = os.environ | {"SEMINAR_ASK_CODE_LINKS_ONLINE": "false"}
    done = subprocess.run([*SEMINAR, *words], env=environment, check=False, stdout=subprocess.PIPE, text=True)
    return done.stdout, time.monotonic() - start


def _median(papers: list[dict[str, dict[str, float]]], stage: str) -> float:
    return statistics.median(paper["took_ms"][stage] for paper in papers)


if __name__ == "__main__":
    main()
