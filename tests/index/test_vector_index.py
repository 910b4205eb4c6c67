"""One contract for every vector index: what Chroma does, the exact index does, and the other way round."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from rag.errors import IndexBroken
from rag.index import bounded
from rag.index.bounded import BoundedIndex
from rag.index.chroma import ChromaIndex, ChromaStore
from rag.index.exact import ExactIndex
from rag.index.ports import VectorIndex
from rag.index.resident import ResidentIndex
from rag.store.library import Library
from tests.index.samples import row, units


@pytest.fixture
def store(tmp_path: Path) -> Iterator[ChromaStore]:
    chroma = ChromaStore(tmp_path / "chroma")
    yield chroma
    chroma.close()


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    library = Library.open(tmp_path / "seminar.db")
    yield library
    library.close()


NAME = "passages--fake--24--p1"


def opened(kind: str, store: ChromaStore, library: Library) -> VectorIndex:
    """``memory``, ``sql`` and ``beyond``: the three ways of the index that serves."""
    if kind == "chroma":
        return store.open(NAME)
    if kind == "exact":
        return ExactIndex()
    if kind == "resident":
        return ResidentIndex(shelf=library, embedder="fake")
    return BoundedIndex(
        rows=ResidentIndex(shelf=library, embedder="fake", most=10_000 if kind == "memory" else 0),
        chroma=store.open(NAME),
        left_behind=lambda: None,
        is_behind=lambda: False,
        compared=10_000 if kind == "sql" else 0,
    )


@pytest.fixture(params=["chroma", "exact", "resident", "memory", "sql", "beyond"])
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def index(kind: str, store: ChromaStore, library: Library) -> VectorIndex:
    return opened(kind, store, library)


def off(kind: str) -> float:
    """How far a cosine or a value may be off: what comes from SQL are half floats."""
    return 1e-5 if kind in ("chroma", "exact") else 3e-4


def test_an_empty_index_finds_nothing(index: VectorIndex) -> None:
    assert index.count() == 0
    assert index.nearest(units(1)[0], owners=["paper-a"], limit=5) == []
    assert index.vectors(["a"]) == {}


def test_the_nearest_come_first_with_their_cosine(index: VectorIndex, kind: str) -> None:
    x, y = np.eye(24, dtype=np.float32)[:2]
    index.upsert([row("far", -x), row("same", x), row("square", y), row("half", (x + y) / np.float32(2**0.5))])

    hits = index.nearest(x, owners=["paper-a"], limit=4)

    assert [id_ for id_, _ in hits] == ["same", "half", "square", "far"]
    assert [cosine for _, cosine in hits] == pytest.approx([1, 2**-0.5, 0, -1], abs=off(kind))


def test_no_more_than_the_limit_come_back(index: VectorIndex) -> None:
    vectors = units(10)
    index.upsert([row(str(i), vector) for i, vector in enumerate(vectors)])

    assert len(index.nearest(vectors[0], owners=["paper-a"], limit=3)) == 3
    assert len(index.nearest(vectors[0], owners=["paper-a"], limit=500)) == 10
    assert index.nearest(vectors[0], owners=["paper-a"], limit=0) == []


def test_other_owners_are_never_seen(index: VectorIndex) -> None:
    vector = units(1)[0]
    index.upsert([row(owner, vector, owner) for owner in ("a", "b", "c", 'd" or 1=1 --')])

    def seen(*owners: str) -> set[str]:
        return {id_ for id_, _ in index.nearest(vector, owners=owners, limit=9)}

    assert seen("a") == {"a"}
    assert seen("a", "c") == {"a", "c"}
    assert seen("a", "c", "nobody") == {"a", "c"}
    assert seen('d" or 1=1 --') == {'d" or 1=1 --'}
    assert seen("$ne") == seen() == set()


def test_a_library_may_have_any_number_of_papers(index: VectorIndex) -> None:
    vector, other = units(2)
    index.upsert([row("first", vector, "0"), row("last", other, "39999"), row("unseen", vector, "elsewhere")])

    hits = index.nearest(vector, owners=[str(i) for i in range(40_000)], limit=5)

    assert [id_ for id_, _ in hits] == ["first", "last"]


def test_kinds_narrow_within_owners(index: VectorIndex) -> None:
    vector = units(1)[0]
    index.upsert([row(owner + kind, vector, owner, kind) for owner in "ab" for kind in ("text", "table", "caption")])

    def seen(owners: str, kinds: list[str] | None) -> list[str]:
        return sorted(id_ for id_, _ in index.nearest(vector, owners=list(owners), kinds=kinds, limit=9))

    assert seen("a", ["table"]) == ["atable"]
    assert seen("ab", ["table", "caption"]) == ["acaption", "atable", "bcaption", "btable"]
    assert seen("a", []) == []
    assert seen("a", None) == ["acaption", "atable", "atext"]


def test_writing_again_replaces_vector_owner_and_kind(index: VectorIndex, kind: str) -> None:
    old, new = units(2)
    index.upsert([row("p", old, "a", "text")])
    index.upsert([row("p", new, "b", "table")])

    assert index.count() == 1
    assert index.nearest(new, owners=["a"], limit=1) == []
    assert index.nearest(new, owners=["b"], kinds=["table"], limit=1)[0][1] == pytest.approx(1, abs=off(kind))


def test_the_last_of_equal_ids_in_one_call_wins(index: VectorIndex, kind: str) -> None:
    first, last = units(2)
    index.upsert([row("p", first), row("p", last)])

    assert index.count() == 1
    assert index.vectors(["p"])["p"] == pytest.approx(last, abs=off(kind))


def test_vectors_come_back_as_they_went_in(index: VectorIndex, kind: str) -> None:
    vectors = units(70)
    index.upsert([row(str(i), vector) for i, vector in enumerate(vectors)])

    found = index.vectors(["69", "3", "nobody", "3"])

    assert sorted(found) == ["3", "69"]
    assert found["69"] == pytest.approx(vectors[69], abs=off(kind))
    assert found["69"].dtype == np.float32


def test_rows_go_by_id_and_by_owner_and_unknown_ones_are_no_error(index: VectorIndex) -> None:
    vectors = units(6)
    index.upsert([row(f"{owner}{i}", vectors[i], owner) for i in range(3) for owner in "ab"])

    index.delete(["a0", "nobody", "a0"])
    index.delete([])
    index.delete_owner("b")
    index.delete_owner("nobody")

    assert index.count() == 2
    assert sorted(index.vectors([f"{owner}{i}" for i in range(3) for owner in "ab"])) == ["a1", "a2"]


def test_nothing_written_is_no_error(index: VectorIndex) -> None:
    index.upsert([])

    assert index.count() == 0


def test_collections_are_apart_and_can_be_dropped(store: ChromaStore) -> None:
    vector = units(1)[0]
    store.open("passages--one--24--p1--g1").upsert([row("old", vector)])
    store.open("passages--one--24--p1--g2").upsert([row("new", vector)])
    assert store.names() == ("passages--one--24--p1--g1", "passages--one--24--p1--g2")

    store.drop("passages--one--24--p1--g1")
    store.drop("passages--one--24--p1--g1")

    assert store.names() == ("passages--one--24--p1--g2",)
    hits = store.open("passages--one--24--p1--g2").nearest(vector, owners=["paper-a"], limit=5)
    assert [id_ for id_, _ in hits] == ["new"]
    assert store.open("passages--one--24--p1--g1").count() == 0


def test_a_cleared_store_starts_anew(store: ChromaStore) -> None:
    store.open("passages").upsert([row("old", units(1)[0])])

    store.clear()

    assert store.names() == ()
    fresh = store.open("passages")
    fresh.upsert([row("new", units(1)[0])])
    assert fresh.count() == 1


def test_equally_near_rows_come_by_id(index: VectorIndex) -> None:
    vector, other = units(2)
    index.upsert([row(id_, vector) for id_ in ("d", "a", "c", "b")] + [row("e", other)])

    assert [id_ for id_, _ in index.nearest(vector, owners=["paper-a"], limit=4)] == list("abcd")


def test_a_query_of_another_length_is_told(index: VectorIndex) -> None:
    index.upsert([row("p", units(1)[0])])

    with pytest.raises(IndexBroken, match="dimension"):
        index.nearest(units(1, dimension=7)[0], owners=["paper-a"], limit=1)


@pytest.mark.parametrize("way", ["chroma", "resident", "memory", "sql", "beyond"])
@pytest.mark.parametrize("seed", range(2))
def test_every_index_agrees_with_the_exact_one_after_any_writes(
    store: ChromaStore, library: Library, way: str, seed: int
) -> None:
    """HNSW forgets the way to a row now and then after deletions (1 in 8,000 here): rarely, and it invents nothing."""
    chance, vectors = random.Random(seed), units(400, seed=seed)
    tried, exact = opened(way, store, library), ExactIndex()
    found = wanted = 0
    for _ in range(25):
        ids = [str(chance.randrange(120)) for _ in range(chance.randrange(50))]
        owner, of = chance.choice("abc"), chance.choice(["text", "table"])
        act = chance.choice(["upsert", "upsert", "upsert", "delete", "delete owner"])
        rows = [row(id_, vectors[chance.randrange(400)], owner, of) for id_ in ids]
        for index in (tried, exact):
            if act == "upsert":
                index.upsert(rows)
            elif act == "delete":
                index.delete(ids)
            else:
                index.delete_owner(owner)

        assert tried.count() == exact.count()
        for kinds in (None, ["table"]):
            ours = dict(tried.nearest(vectors[0], owners=["a", "c"], kinds=kinds, limit=20))
            every = dict(exact.nearest(vectors[0], owners=["a", "c"], kinds=kinds, limit=120))
            assert ours == pytest.approx({id_: every[id_] for id_ in ours}, abs=max(off(way), 1e-4))
            found, wanted = found + len(ours), wanted + min(20, len(every))
    assert found / wanted >= 0.98 if way in ("chroma", "beyond") else found == wanted


@pytest.fixture(scope="module")
def crowd(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, VectorIndex]]:
    folder = tmp_path_factory.mktemp("crowd")
    store, library = ChromaStore(folder / "chroma"), Library.open(folder / "seminar.db")
    rows = [row(str(i), vector, f"o{i % 5}") for i, vector in enumerate(units(3_000, dimension=96))]
    indexes = {"exact": ExactIndex(), "beyond": opened("beyond", store, library), "chroma": store.open(NAME)}
    indexes["exact"].upsert(rows)
    indexes["beyond"].upsert(rows)
    yield indexes
    store.close()
    library.close()


@pytest.mark.parametrize("way", ["chroma", "beyond"])
@pytest.mark.parametrize("owners", [["o0"], ["o1", "o3"], ["o0", "o1", "o2", "o3", "o4"]], ids=len)
def test_recall_of_chroma_against_the_exact_index(crowd: dict[str, VectorIndex], owners: list[str], way: str) -> None:
    """Random directions are the worst case for HNSW; texts, which lie in clusters, are easier."""
    found = wanted = 0
    for query in units(40, seed=9, dimension=96):
        best = {id_ for id_, _ in crowd["exact"].nearest(query, owners=owners, limit=10)}
        found += len(best & {id_ for id_, _ in crowd[way].nearest(query, owners=owners, limit=10)})
        wanted += len(best)

    assert found / wanted >= 0.98


class Watched(ChromaIndex):
    """Chroma's collection, and how it was asked."""

    asked: list[str]

    def nearest_of_all(self, query: NDArray[np.float32], count: int) -> list[tuple[str, float]]:
        self.asked.append(f"of all {count}")
        return super().nearest_of_all(query, count)

    def nearest(
        self, query: NDArray[np.float32], *, owners: Sequence[str], kinds: Sequence[str] | None = None, limit: int
    ) -> list[tuple[str, float]]:
        self.asked.append("filtered")
        return super().nearest(query, owners=owners, kinds=kinds, limit=limit)


@pytest.fixture
def beyond(store: ChromaStore, library: Library) -> tuple[BoundedIndex, Watched]:
    """An index of which nothing is held or compared, and what it asks."""
    chroma = store.open(NAME)
    watched = Watched(name=NAME, collection=chroma._open, path=chroma._path)
    watched.asked = []
    rows = ResidentIndex(shelf=library, embedder="fake", most=0)
    return BoundedIndex(
        rows=rows, chroma=watched, left_behind=lambda: None, is_behind=lambda: False, compared=0
    ), watched


@pytest.mark.parametrize("owners", [["mine"], ["mine", "theirs"]], ids=len)
@pytest.mark.parametrize("kinds", [None, ["table"]])
def test_chroma_is_asked_for_many_whoever_has_them_and_sql_knows_whose_they_are(
    beyond: tuple[BoundedIndex, Watched], owners: list[str], kinds: list[str] | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bounded, "LOOKED_UP", 7)
    index, watched = beyond
    vectors = {"mine": units(30), "theirs": units(30, seed=1)}
    for owner, some in vectors.items():
        index.upsert([row(f"{owner}{n}", v, owner, "table" if n % 2 else "text") for n, v in enumerate(some)])
    query = vectors["theirs"][1]

    hits = index.nearest(query, owners=owners, kinds=kinds, limit=9)

    assert watched.asked == ["of all 4000"]
    held = {
        f"{owner}{n}": float(v @ query)
        for owner in owners
        for n, v in enumerate(vectors[owner])
        if kinds is None or n % 2
    }
    assert [id_ for id_, _ in hits] == sorted(held, key=lambda id_: -held[id_])[:9]


def test_what_only_chroma_still_has_is_found_by_nobody(beyond: tuple[BoundedIndex, Watched]) -> None:
    """As a removal leaves it whose second half failed; every paper that SQL has is asked."""
    index, watched = beyond
    vectors = units(12)
    index.upsert([row(f"m{n}", vector, "mine") for n, vector in enumerate(vectors[1:])])
    watched.upsert([row("gone", vectors[0], "removed")])
    hits = index.nearest(vectors[0], owners=["mine"], limit=5)
    assert watched.asked == ["of all 4000"]
    assert len(hits) == 5
    assert "gone" not in dict(hits)


def test_no_kind_at_all_asks_nobody(beyond: tuple[BoundedIndex, Watched]) -> None:
    index, watched = beyond
    index.upsert([row("a", units(1)[0])])
    assert index.nearest(units(1)[0], owners=["paper-a"], kinds=[], limit=5) == []
    assert watched.asked == []


@pytest.mark.parametrize(
    ("near", "limit", "asked"),
    [("all", 5, ["of all 20"]), ("others", 5, ["of all 20", "filtered"]), ("others", 2_000, ["filtered"])],
)
def test_what_too_few_of_the_nearest_have_in_scope_chroma_filters_itself(
    beyond: tuple[BoundedIndex, Watched], monkeypatch: pytest.MonkeyPatch, near: str, limit: int, asked: list[str]
) -> None:
    """Half of the rows are in scope. Where the question lies near the other half, none of the nearest is."""
    monkeypatch.setattr(bounded, "FETCHED", 20)
    index, watched = beyond
    axis = np.eye(24, dtype=np.float32)[0]
    mine, theirs = units(60), units(60, seed=1)
    if near == "others":
        theirs = theirs * np.float32(0.1) + axis
        theirs = theirs / np.linalg.norm(theirs, axis=1, keepdims=True)
    index.upsert([row(f"m{n}", vector, "mine") for n, vector in enumerate(mine)])
    index.upsert([row(f"t{n}", vector, "theirs") for n, vector in enumerate(theirs)])

    hits = index.nearest(axis, owners=["mine"], limit=limit)

    assert watched.asked == asked
    best = sorted(range(60), key=lambda n: -float(mine[n] @ axis))[:limit]
    assert [id_ for id_, _ in hits] == [f"m{n}" for n in best]
