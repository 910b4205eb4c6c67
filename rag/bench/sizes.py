"""How long searches and answers take in a drawn library, what of the nearest they find, and what memory they need.

Called as ``python -m rag.bench.sizes FOLDER FILE_OF_QUESTIONS`` on what :mod:`rag.bench.drawn` made. Each question is
asked of three scopes: a guild that holds every paper, one that holds a fifth of them, and one paper of that guild.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from rag.bench.drawn import EVERYBODY, TRUTH_IDS, TRUTH_VECTORS, guild_of
from rag.bench.seminar_recipe import tell
from rag.domain.passage import Scope
from rag.intake.indexing import PASSAGES
from rag.intake.serving import ServingIndex
from rag.retrieval.candidates import DEPTH
from rag.settings import read_settings
from rag.study import Study
from rag.wiring import build

QUERIES, SCOPES = "queries.npy", "scopes.json"
NEAREST = 10
WARMING = 3
"""Questions that come first and do not count: what a change of the library costs once is not what a search costs."""


def main(folder: str, questions: str) -> None:
    """Measure one size."""
    study = build(read_settings(data_dir=Path(folder)))
    asked = Path(questions).read_text().splitlines()
    try:
        study.warm()
        scopes = _scopes(study)
        for name, scope in scopes.items():
            _time(study, name, scope, asked)
        tell("timed", passages=study.library.passage_count(), papers=len(study.library.all_papers()))
        _leave(study, Path(folder), scopes, asked)
        for name, scope in scopes.items():
            tell("recall", scope=name, recall=_recall(study, Path(folder), scope, asked))
    finally:
        study.close()


def _scopes(study: Study) -> dict[str, Scope]:
    guild = guild_of(0)
    papers = [paper.key for paper in study.papers(guild)]
    return {
        "everything": Scope(EVERYBODY),
        "one guild of five": Scope(guild),
        "one paper of a guild": Scope(guild, paper_keys=(papers[len(papers) // 2],)),
    }


def _time(study: Study, name: str, scope: Scope, questions: Sequence[str]) -> None:
    for question in questions[:WARMING]:
        study.retriever.search(question, scope)
    for question in questions:
        start = time.perf_counter()
        study.retriever.search(question, scope)
        searched = time.perf_counter()
        study.answerer.ask(question, guild=scope.guild, paper_keys=scope.paper_keys)
        tell("asked", scope=name, searched=searched - start, took=time.perf_counter() - searched)


def _leave(study: Study, folder: Path, scopes: dict[str, Scope], questions: Sequence[str]) -> None:
    """Write down what a peer is asked: the same scopes, and the questions' vectors."""
    embedder = study.indexing.embedder
    assert embedder is not None
    np.save(folder / QUERIES, embedder.embed(list(questions)))
    named = [
        {
            "name": name,
            "guild": None if scope.guild == EVERYBODY else scope.guild,
            "paper": scope.paper_keys[0] if scope.paper_keys else None,
        }
        for name, scope in scopes.items()
    ]
    (folder / SCOPES).write_text(json.dumps(named))


def _recall(study: Study, folder: Path, scope: Scope, questions: Sequence[str]) -> float:
    """Return the share of each question's nearest, by exact float32, that the index which serves finds as well."""
    ids = (folder / TRUTH_IDS).read_text().splitlines()
    vectors = np.load(folder / TRUTH_VECTORS, mmap_mode="r")
    owners = scope.paper_keys or tuple(paper.key for paper in study.papers(scope.guild))
    held = set(owners)
    rows = [row for row, passage_id in enumerate(ids) if passage_id.partition("#")[0] in held]
    among = np.asarray(vectors[rows])
    index, embedder = ServingIndex(study.indexing, PASSAGES), study.indexing.embedder
    assert embedder is not None
    found = 0
    for query in embedder.embed(list(questions)):
        nearest = np.argsort(-(among @ query), kind="stable")[:NEAREST]
        first = index.nearest(query, owners=owners, limit=DEPTH)[:NEAREST]  # so many are asked for, as by every search
        served = {passage_id for passage_id, _ in first}
        found += len({ids[rows[place]] for place in nearest} & served)
    return found / (min(NEAREST, len(rows)) * len(questions))


if __name__ == "__main__":
    main(*sys.argv[1:])
