"""Libraries of any size, drawn with a seed from the sentences and the vectors of a real one.

Called as ``python -m rag.bench.drawn SOURCE TARGET PASSAGES``; a target that is there already is grown. Everything goes
through the real library and index. What is drawn: a paper is 65 passages of five sentences each, from three real
papers; a passage's vector lies between two real ones of those papers, plus noise. So words and vectors are spread as
real ones are, but a passage's vector does not belong to its words: speed and recall are measured here, never quality.
"""

from __future__ import annotations

import json
import random
import re
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from rag.domain.paper import Paper, SourceKind, shared_key
from rag.domain.passage import Passage
from rag.domain.reading import Kind, Page, Reading
from rag.index.ports import Vectored
from rag.intake.indexing import PASSAGES
from rag.intake.serving import ServingIndex
from rag.settings import read_settings
from rag.study import Study
from rag.wiring import build

EVERYBODY, GROUPS = "everybody", 5
"""A guild that holds every paper, and guilds of which each holds every fifth."""

PASSAGES_A_PAPER, SENTENCES, SOURCES, PASSAGES_A_PAGE = 65, 5, 3, 8
NOISE = 0.5
"""Length of the noise beside a vector of length 1: two passages drawn from one are then about as near as neighbours
in a real paper (cosine 0.8).
"""
SEED = 20261122
TRUTH_VECTORS, TRUTH_IDS, GUILDS = "vectors.npy", "ids.txt", "guilds.json"
"""What was drawn, as float32, beside the library: recall is counted against it. Which guild holds which paper."""


@dataclass(frozen=True, slots=True)
class Material:
    """A real paper's sentences with their sections, and its vectors."""

    sentences: tuple[tuple[tuple[str, ...], str], ...]
    vectors: NDArray[np.float32]


def guild_of(number: int) -> str:
    """Return the guild that holds a drawn paper besides the one that holds all."""
    return f"group{number % GROUPS}"


def key_of(number: int) -> str:
    """Return the key of a drawn paper."""
    return shared_key(f"drawn.{number}")


def main(source: str, target: str, passages: str) -> None:
    """Grow the target until it holds so many passages, to the last whole paper."""
    material = _material(Path(source))
    folder = Path(target)
    study = build(read_settings(data_dir=folder))
    try:
        with study.directory.owned("draw a library"):
            _grow(study, material, folder, int(passages))
    finally:
        study.close()


def _grow(study: Study, material: Sequence[Material], folder: Path, passages: int) -> None:
    ids, vectors = _truth(folder, material[0].vectors.shape[1])
    first = len(ids) // PASSAGES_A_PAPER
    for number in range(first, max(1, passages // PASSAGES_A_PAPER)):
        paper, drawn, rows = draw(number, material)
        study.indexing.put(rows)
        study.library.save_paper(paper, guild=EVERYBODY, reading=_reading(drawn), passages=drawn)
        study.library.share_paper(paper, guild=guild_of(number), now=paper.added_at)
        ids += [row.id for row in rows]
        vectors.append(np.stack([row.vector for row in rows]))
    (folder / TRUTH_IDS).write_text("\n".join(ids))
    papers = range(len(ids) // PASSAGES_A_PAPER)
    (folder / GUILDS).write_text(json.dumps({key_of(number): guild_of(number) for number in papers}))
    np.save(folder / TRUTH_VECTORS, np.concatenate(vectors))


def draw(number: int, material: Sequence[Material]) -> tuple[Paper, list[Passage], list[Vectored]]:
    """Return the drawn paper of a number, its passages and its rows: the same each time."""
    chance, noise = random.Random(SEED + number), np.random.default_rng(SEED + number)  # noqa: S311 (no secret)
    sources = chance.sample(list(material), min(SOURCES, len(material)))
    key = key_of(number)
    passages, rows = [], []
    for ordinal in range(PASSAGES_A_PAPER):
        said = [chance.choice(chance.choice(sources).sentences) for _ in range(SENTENCES)]
        text, page = " ".join(sentence for _, sentence in said), ordinal // PASSAGES_A_PAGE + 1
        passage = Passage(
            passage_id=f"{key}#{ordinal}",
            paper_key=key,
            ordinal=ordinal,
            kind=Kind.TEXT,
            text=text,
            section=said[0][0],
            first_page=page,
            last_page=page,
            tokens=len(text) // 4,
        )
        passages.append(passage)
        rows.append(Vectored(passage.passage_id, key, passage.kind.value, _near(chance, noise, sources)))
    return _paper(number, key, chance.choice(sources[0].sentences)[1]), passages, rows


def _near(chance: random.Random, noise: np.random.Generator, sources: Sequence[Material]) -> NDArray[np.float32]:
    """Return a vector between two real ones, with noise, of length 1."""
    of = chance.choice(sources).vectors
    one, other = (of[chance.randrange(len(of))] for _ in range(2))
    share = chance.random()
    drift = noise.standard_normal(len(one), dtype=np.float32)
    moved = share * one + (1 - share) * other + drift * (NOISE / np.linalg.norm(drift))
    return np.asarray(moved / np.linalg.norm(moved), dtype=np.float32)


def _paper(number: int, key: str, sentence: str) -> Paper:
    return Paper(
        key=key,
        paper_id=f"drawn.{number}",
        title=" ".join(sentence.split()[:8]),
        source=SourceKind.ARXIV,
        sha256=sha256(key.encode()).hexdigest(),
        added_at=datetime(2026, 11, 22, tzinfo=UTC),
        version=1,
        page_count=PASSAGES_A_PAPER // PASSAGES_A_PAGE + 1,
    )


def _reading(passages: Sequence[Passage]) -> Reading:
    """Return pages on which the passages stand, so that quotes are found there."""
    by_page: dict[int, list[str]] = {}
    for passage in passages:
        by_page.setdefault(passage.first_page or 1, []).append(passage.text)
    pages = tuple(Page(number, "\n".join(texts)) for number, texts in by_page.items())
    return Reading(pages=pages, blocks=(), sections=(), page_count=len(pages))


def _material(folder: Path) -> list[Material]:
    study = build(read_settings(data_dir=folder))
    try:
        index = ServingIndex(study.indexing, PASSAGES)
        found = []
        for paper in study.library.all_papers():
            passages = [p for p in study.library.passages_of(paper.key) if p.kind in (Kind.TEXT, Kind.ABSTRACT)]
            vectors = index.vectors([p.passage_id for p in passages])
            sentences = tuple(said for passage in passages for said in _sentences(passage))
            if sentences and vectors:
                found.append(Material(sentences, np.stack(list(vectors.values()))))
        return found
    finally:
        study.close()


def _sentences(passage: Passage) -> Iterator[tuple[tuple[str, ...], str]]:
    for sentence in re.split(r"(?<=[.!?])\s+", passage.text):
        if 20 < len(sentence) < 400:
            yield passage.section, sentence


def _truth(folder: Path, dimension: int) -> tuple[list[str], list[NDArray[np.float32]]]:
    if not (folder / TRUTH_IDS).is_file():
        return [], [np.empty((0, dimension), dtype=np.float32)]
    return (folder / TRUTH_IDS).read_text().splitlines(), [np.load(folder / TRUTH_VECTORS)]


if __name__ == "__main__":
    main(*sys.argv[1:])
