"""Nothing is embedded twice: not another guild's copy, not a paper read anew, not a library that is indexed again."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pytest

from rag.index.chroma import ChromaStore
from rag.index.ports import Vectors
from rag.intake.embedding import Embedding
from rag.intake.indexing import NOTES, Indexing, IndexState
from rag.intake.serving import ServingIndex
from rag.store.library import Library
from rag.study import Study
from tests.made import RESIDUAL, paper_pdf

NOTE_FILE = b"## Discussion 1 Second - 2015\n1. What is a residual block\n- a shortcut\n2. Why\n- it trains\n"


class Counting:
    """Random unit vectors by text; remembers what it was asked for."""

    name = "counting"
    dimension = 16
    max_tokens = 256

    def __init__(self) -> None:
        self.texts: list[str] = []

    def count(self, text: str) -> int:
        return len(text.split()) + 2

    def embed(self, texts: Sequence[str], progress: Callable[[int], None] | None = None) -> Vectors:
        self.texts += texts
        if progress is not None:
            progress(len(texts))
        rows = [np.random.default_rng(abs(hash(text)) % 2**32).normal(size=16) for text in texts]
        return np.array([row / np.linalg.norm(row) for row in rows], dtype=np.float32).reshape(-1, 16)


def untold(_done: int, _total: int = 0) -> None: ...


@pytest.fixture
def words_only(study_for: Callable[..., Study], tmp_path: Path) -> Study:
    """Two papers and notes, with no vectors yet."""
    study = study_for(embedder="none")
    for name, data in {"a.pdf": paper_pdf(), "b.pdf": paper_pdf("Second", RESIDUAL)}.items():
        (tmp_path / name).write_bytes(data)
    study.add([str(tmp_path / "a.pdf"), str(tmp_path / "b.pdf")], guild="g")
    study.import_notes("g", NOTE_FILE, search_arxiv=False)
    return study


@pytest.fixture
def embedder() -> Counting:
    return Counting()


@pytest.fixture
def indexing(words_only: Study, embedder: Counting, tmp_path: Path) -> Indexing:
    store = ChromaStore(tmp_path / "other chroma")
    return Indexing(library=words_only.library, embedder=embedder, collections=store)


def test_a_library_that_is_indexed_again_is_not_embedded_again(indexing: Indexing, embedder: Counting) -> None:
    indexing.reindex(untold)
    first = list(embedder.texts)
    assert len(first) == len(set(first)) > 4
    embedder.texts.clear()
    indexing.reindex(untold)
    assert embedder.texts == []
    assert indexing.missing() == 0
    assert indexing.behind() == ""


def test_a_lost_chroma_is_made_again_without_embedding(indexing: Indexing, embedder: Counting) -> None:
    indexing.reindex(untold)
    embedder.texts.clear()
    indexing._collections.clear()
    assert "lacks" in indexing.behind()
    indexing.reindex(untold)
    assert embedder.texts == []
    assert indexing.behind() == ""


def test_another_guilds_copy_of_a_text_costs_nothing(
    indexing: Indexing, embedder: Counting, words_only: Study, tmp_path: Path
) -> None:
    indexing.reindex(untold)
    embedder.texts.clear()
    words_only.add([str(tmp_path / "a.pdf")], guild="h")
    [mine] = [paper for paper in words_only.papers("g") if paper.title != "Second"]
    [theirs] = words_only.papers("h")
    passages = words_only.library.passages_of(theirs.key)
    told: list[int] = []
    rows = indexing.embed(theirs, passages, told.append)
    assert embedder.texts == []
    assert sum(told) == len(rows) == len(passages) > 0
    of_mine = words_only.library.vectors("counting", [p.passage_id for p in words_only.library.passages_of(mine.key)])
    assert sorted(row.vector.tolist() for row in rows) == sorted(vector.tolist() for vector in of_mine.values())
    assert {row.id for row in rows}.isdisjoint(of_mine)


def test_equal_texts_are_embedded_once_and_all_of_them_told(words_only: Study, embedder: Counting) -> None:
    library: Library = words_only.library
    [paper, _] = words_only.papers("g")
    passage = library.passages_of(paper.key)[0]
    told: list[int] = []
    rows = Embedding(library=library, embedder=embedder).passages(paper, [passage] * 3, told.append)
    assert len(embedder.texts) == 1
    assert len(rows) == 3
    assert len({row.digest for row in rows}) == 1


def test_one_changed_note_is_one_text_to_embed(indexing: Indexing, embedder: Counting, words_only: Study) -> None:
    indexing.reindex(untold)
    embedder.texts.clear()
    words_only.import_notes("g", NOTE_FILE.replace(b"it trains", b"it learns"), search_arxiv=False)
    indexing.put_notes("g")
    assert [text for text in embedder.texts if "it learns" in text] == embedder.texts != []
    notes = indexing.serving(NOTES)
    assert notes is not None
    assert notes.count() == len(words_only.library.note_ids("g"))
    assert indexing.behind() == ""
    ids = [hit for hit, _ in ServingIndex(indexing, NOTES).nearest(embedder.embed(["x"])[0], owners=["g"], limit=9)]
    assert sorted(ids) == sorted(words_only.library.note_ids("g"))


def test_vectors_do_not_depend_on_who_embedded_first(indexing: Indexing, words_only: Study) -> None:
    [paper, _] = words_only.papers("g")
    passages = words_only.library.passages_of(paper.key)
    fresh = indexing.embed(paper, passages, untold)
    indexing.reindex(untold)
    again = indexing.embed(paper, passages, untold)
    assert all(np.array_equal(one.vector, other.vector) for one, other in zip(fresh, again, strict=True))


def test_going_without_an_embedder_lets_the_vectors_go(indexing: Indexing, words_only: Study, tmp_path: Path) -> None:
    indexing.reindex(untold)
    assert indexing.status().state is IndexState.READY
    Indexing(library=words_only.library, embedder=None, collections=ChromaStore(tmp_path / "other chroma")).reindex(
        untold
    )
    assert indexing.status().state is IndexState.STALE
    assert indexing.missing() == words_only.library.passage_count()
