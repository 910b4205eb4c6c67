"""Vectors in memory: read once from SQL, then what changed; threads see one state or the next, never a mixture."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator
from pathlib import Path

import numpy as np
import pytest

from rag.errors import IndexBroken
from rag.index.blocks import BLOCK
from rag.index.bounded import BoundedIndex
from rag.index.chroma import ChromaStore
from rag.index.exact import ExactIndex
from rag.index.ports import Vectored
from rag.index.resident import ResidentIndex
from rag.store.library import Library
from rag.store.vectors import OwnedVectors
from tests.index.samples import row, units


class Watched(Library):
    """A library that remembers whose vectors were read."""

    read: list[str]

    def owned_vectors(self, embedder: str, owners: Iterable[str], *, notes: bool) -> OwnedVectors:
        of = list(owners)
        self.read = [*getattr(self, "read", []), *of]
        return super().owned_vectors(embedder, of, notes=notes)


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Watched]:
    library = Watched.open(tmp_path / "seminar.db")
    assert isinstance(library, Watched)
    library.read = []
    yield library
    library.close()


def papers(count: int, *, of: int = 3, seed: int = 0) -> list[Vectored]:
    vectors = units(count * of, seed=seed)
    return [row(f"p{n // of}-{n % of}", vector, f"paper-{n // of}") for n, vector in enumerate(vectors)]


def found(index: ResidentIndex, count: int, limit: int = 5) -> list[str]:
    owners = [f"paper-{n}" for n in range(count)]
    return [id_ for id_, _ in index.nearest(units(1)[0], owners=owners, limit=limit)]


def test_only_papers_that_changed_are_read_again(library: Watched) -> None:
    index = ResidentIndex(shelf=library, embedder="fake")
    index.upsert(papers(30))
    assert found(index, 30)[0] == "p0-0"
    assert len(library.read) == 30
    library.read.clear()
    found(index, 30)
    assert library.read == []

    index.upsert([row("p7-0", units(1)[0], "paper-7"), row("new", units(9)[8], "paper-31")])
    index.delete_owner("paper-9")
    index.delete(["p3-1"])
    assert found(index, 32, limit=2) == ["p0-0", "p7-0"]
    assert sorted(library.read) == ["paper-3", "paper-31", "paper-7"]
    assert index.count() == 30 * 3 + 1 - 3 - 1
    assert index.vectors(["p9-0", "p3-1", "p3-2", "new"]).keys() == {"p3-2", "new"}


def test_what_is_written_as_it_stands_changes_nothing(library: Watched) -> None:
    rows = [Vectored(row_.id, row_.owner, row_.kind, row_.vector, digest=row_.id.encode()) for row_ in papers(3)]
    library.put_vectors("fake", rows)
    revision = library.vectors_revision()
    library.put_vectors("fake", rows)
    assert library.vectors_revision() == revision


def test_an_owner_with_more_rows_than_a_block_and_many_with_fewer_are_all_found(library: Watched) -> None:
    vectors = units(BLOCK + 900, dimension=8)
    rows = [row(f"{n:05d}", v, "book" if n < BLOCK + 300 else f"paper-{n % 7}") for n, v in enumerate(vectors)]
    index, exact = ResidentIndex(shelf=library, embedder="fake"), ExactIndex()
    for each in (index, exact):
        each.upsert(rows)
    for owners in (["book"], ["paper-3"], ["paper-1", "book"], ["book", *(f"paper-{n}" for n in range(7))]):
        query = units(1, seed=5, dimension=8)[0]
        ours = dict(index.nearest(query, owners=owners, limit=50))
        every = dict(exact.nearest(query, owners=owners, limit=len(rows)))
        assert len(ours) == 50
        assert ours == pytest.approx({id_: every[id_] for id_ in ours}, abs=3e-4)
        assert min(ours.values()) >= sorted(every.values())[-50] - 6e-4


def test_memory_finds_what_floats_find(library: Watched) -> None:
    vectors = units(4_000, dimension=384)
    index, exact = ResidentIndex(shelf=library, embedder="fake"), ExactIndex()
    for each in (index, exact):
        each.upsert([row(str(n), vector) for n, vector in enumerate(vectors)])
    both = 0
    for query in units(20, seed=9, dimension=384):
        best = {id_ for id_, _ in exact.nearest(query, owners=["paper-a"], limit=10)}
        both += len(best & {id_ for id_, _ in index.nearest(query, owners=["paper-a"], limit=10)})
    assert both >= 0.995 * 200


def test_notes_and_passages_of_one_name_are_apart(library: Watched) -> None:
    vector = units(1)[0]
    passages = ResidentIndex(shelf=library, embedder="fake")
    notes = ResidentIndex(shelf=library, embedder="fake", notes=True)
    passages.upsert([row("p", vector, "same")])
    notes.upsert([row("n", vector, "same", "note")])
    assert [id_ for id_, _ in passages.nearest(vector, owners=["same"], limit=5)] == ["p"]
    assert [id_ for id_, _ in notes.nearest(vector, owners=["same"], limit=5)] == ["n"]
    notes.delete_owner("same")
    assert (passages.count(), notes.count()) == (1, 0)


def test_another_embedders_vectors_are_not_seen(library: Watched) -> None:
    library.put_vectors("other", papers(2))
    assert found(ResidentIndex(shelf=library, embedder="fake"), 2) == []


def test_beyond_the_bound_nothing_is_held_and_below_it_again_all_is(library: Watched, tmp_path: Path) -> None:
    rows = papers(10)
    store = ChromaStore(tmp_path / "chroma")
    resident = ResidentIndex(shelf=library, embedder="fake", most=20)
    index = BoundedIndex(
        rows=resident, chroma=store.open("many"), left_behind=lambda: None, is_behind=lambda: False, compared=6
    )
    index.upsert(rows)
    query, everybody = rows[0].vector, [f"paper-{n}" for n in range(10)]
    assert resident.found(query, owners=everybody, kinds=None, limit=1) is None
    assert index.nearest(query, owners=everybody, limit=1)[0][0] == "p0-0"
    assert library.read == []
    assert index.nearest(query, owners=["paper-0", "paper-5"], limit=1)[0][0] == "p0-0"
    assert library.read == ["paper-0", "paper-5"]
    for n in range(4, 10):
        index.delete_owner(f"paper-{n}")
    assert [id_ for id_, _ in resident.found(query, owners=everybody, kinds=None, limit=1) or ()] == ["p0-0"]
    store.close()


def test_chroma_that_lacks_rows_is_not_asked_but_few_rows_are_compared(library: Watched, tmp_path: Path) -> None:
    rows, behind = papers(10), list[str]()
    store = ChromaStore(tmp_path / "chroma")
    index = BoundedIndex(
        rows=ResidentIndex(shelf=library, embedder="fake", most=0),
        chroma=store.open("many"),
        left_behind=lambda: behind.append("so"),
        is_behind=lambda: bool(behind),
        compared=6,
    )
    index.upsert(rows)
    everybody = [f"paper-{n}" for n in range(10)]
    store.drop("many")  # the open collection is gone: writing fails
    index.upsert([row("late", units(1)[0], "paper-2")])
    assert behind
    with pytest.raises(IndexBroken):
        index.nearest(rows[0].vector, owners=everybody, limit=1)
    assert [id_ for id_, _ in index.nearest(units(1)[0], owners=["paper-2"], limit=1)] == ["late"]
    store.close()


def test_questions_beside_writes_see_whole_papers(library: Watched) -> None:
    """Each paper's rows are written in one transaction, two at a time: no search may find one of them."""
    index = ResidentIndex(shelf=library, embedder="fake")
    vector = units(1)[0]
    owners = [f"paper-{n}" for n in range(40)]
    done, halves = threading.Event(), list[int]()

    def ask() -> None:
        while not done.is_set():
            hits = [id_ for id_, _ in index.nearest(vector, owners=owners, limit=500)]
            halves.append(len(hits) % 2)
            assert len(index.vectors(hits)) <= len(hits)

    threads = [threading.Thread(target=ask) for _ in range(3)]
    for thread in threads:
        thread.start()
    for n, owner in enumerate(owners):
        index.upsert([row(f"{n}a", vector, owner), row(f"{n}b", vector, owner)])
        if n % 3 == 2:
            index.delete_owner(f"paper-{n - 1}")
    done.set()
    for thread in threads:
        thread.join(30)
    assert set(halves) <= {0}
    assert index.count() == 2 * (40 - 13)


def test_vectors_of_several_lengths_are_told(library: Watched) -> None:
    index = ResidentIndex(shelf=library, embedder="fake")
    index.upsert([row("a", units(1)[0]), row("b", units(1, dimension=7)[0], "paper-b")])
    with pytest.raises(IndexBroken, match="length"):
        index.nearest(units(1)[0], owners=["paper-a"], limit=1)


def test_a_row_of_nothing_but_zeros_is_no_fault(library: Watched) -> None:
    index = ResidentIndex(shelf=library, embedder="fake")
    index.upsert([row("a", np.zeros(24, dtype=np.float32))])
    assert index.nearest(units(1)[0], owners=["paper-a"], limit=1) == [("a", 0.0)]
