"""Measure the question sets on the study papers; prints the README's table as Markdown.

Run as ``.venv/bin/python -m docs.make_question_measures FOLDER_OF_PDFS [TEMPLATE]`` in the repository. Of a folder with
an ``INDEX.tsv`` (as tools write it: file, role, ...) the papers whose role is "study" are added, of any other all PDFs.
Quotes are looked up again on their pages by code of their own. One run on one machine: a table, not a test.
"""

from __future__ import annotations

import csv
import os
import platform
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from rag.domain.question import QuestionSet
from rag.index.choose import embedder_from
from rag.index.ports import Embedder
from rag.questions.measures import SetMeasures, measured, overlap, table, terms_of
from rag.settings import read_settings
from rag.study import Study
from rag.wiring import build

GUILD = "local"
ROLE = "study"


def main() -> None:
    """Add, make the sets, measure, print."""
    pdfs = study_papers(Path(sys.argv[1]))
    with tempfile.TemporaryDirectory() as folder:
        settings = read_settings(data_dir=folder, ask_code_links_online=False)
        study = build(settings)
        study.add([str(pdf) for pdf in pdfs], guild=GUILD)
        if len(sys.argv) > 2:
            given = Path(sys.argv[2])
            study.question_sets.set_template(GUILD, given.name, given.read_bytes(), person=GUILD)
        study.warm()
        embedder = embedder_from(settings.embedder, weights=settings.weights_path)
        rows, sets = measure(study, embedder)
        study.close()
    show(rows, sets)


def study_papers(folder: Path) -> list[Path]:
    """Return the papers of the role, in the order of the index; without an index every PDF."""
    index = folder / "INDEX.tsv"
    if not index.exists():
        return sorted(folder.glob("*.pdf"))
    with index.open(encoding="utf-8") as lines:
        return [folder / row["file"] for row in csv.DictReader(lines, delimiter="\t") if row["role"] == ROLE]


def measure(study: Study, embedder: Embedder | None) -> tuple[list[SetMeasures], list[QuestionSet]]:
    """Make each paper's set, and measure it."""
    template = study.question_sets.template(GUILD)
    rows, sets = [], []
    papers = study.library.papers(GUILD)
    held = {p.key: terms_of(" ".join(page.text for page in study.library.pages(p.key))) for p in papers}
    for paper in papers:
        start = time.monotonic()
        made = study.question_sets.of(GUILD, paper)
        seconds = time.monotonic() - start
        sets.append(made)
        rows.append(
            measured(
                made,
                template=template,
                pages=study.library.pages(paper.key),
                elsewhere=Counter(term for key, terms in held.items() if key != paper.key for term in terms),
                others=len(papers) - 1,
                embedder=embedder,
                seconds=seconds,
            )
        )
    return rows, sets


def show(rows: Sequence[SetMeasures], sets: Sequence[QuestionSet]) -> None:
    """Print the table and what is common to all."""
    print(table(rows))
    same, count = overlap(sets)
    libraries = ", ".join(f"{name} {version(name)}" for name in ("onnxruntime", "pymupdf"))
    made = f"{datetime.now(UTC):%Y-%m-%d}, {platform.machine()}, {os.cpu_count()} cores"
    print(f"\nOf {count} questions {same} stand word for word in the sets of two papers.")
    print(f"Measured {made}, Python {platform.python_version()}, {libraries}.")


if __name__ == "__main__":
    main()
