"""Chroma on disk: it survives a restart, and damage ends in one error that a reindex cures."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from rag.errors import IndexBroken, StorageFailed
from rag.index.chroma import HNSW, ChromaStore, told
from rag.index.ports import VectorIndex
from tests.index.samples import row, units

NAME = "passages--fake--24--p1--g1"
ROWS = 1_100  # past Chroma's sync threshold of 1,000, so that the graph lies on disk too


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("index") / "chroma"
    store = ChromaStore(path)
    store.open(NAME).upsert([row(str(i), vector) for i, vector in enumerate(units(ROWS))])
    store.close()
    return path


def test_rows_outlive_the_process_that_wrote_them(written: Path, tmp_path: Path) -> None:
    shutil.copytree(written, tmp_path / "chroma")
    code = (
        "import sys; from pathlib import Path; from rag.index.chroma import ChromaStore;"
        "from tests.index.samples import units; index = ChromaStore(Path(sys.argv[1])).open(sys.argv[2]);"
        "print(index.count(), index.nearest(units(8)[7], owners=['paper-a'], limit=1)[0][0])"
    )
    ran = subprocess.run(
        [sys.executable, "-c", code, tmp_path / "chroma", NAME],
        capture_output=True,
        text=True,
        check=True,
        cwd=Path(__file__).parents[2],
    )

    assert ran.stdout.split() == [str(ROWS), "7"]


def test_constructing_and_opening_touch_no_disk(tmp_path: Path) -> None:
    store = ChromaStore(tmp_path / "chroma")
    store.open(NAME)
    store.close()

    assert not (tmp_path / "chroma").exists()


def test_collections_are_made_with_our_graph_settings(tmp_path: Path) -> None:
    import chromadb

    store = ChromaStore(tmp_path)
    store.open(NAME).count()
    store.close()

    made = chromadb.PersistentClient(tmp_path).get_collection(NAME, embedding_function=None).configuration["hnsw"]
    assert HNSW.items() <= made.items()


def test_a_dropped_collection_takes_its_files_along_and_leaves_the_others(written: Path, tmp_path: Path) -> None:
    path = tmp_path / "chroma"
    shutil.copytree(written, path)
    left_by_others = path / "00000000-0000-4000-8000-000000000000"
    left_by_others.mkdir()
    (path / "not a graph").mkdir()
    store, vectors = ChromaStore(path), units(40)
    store.open("another").upsert([row(str(i), vector) for i, vector in enumerate(vectors)])
    store.drop(NAME)
    assert store.open("another").nearest(vectors[7], owners=["paper-a"], limit=1)[0][0] == "7"
    store.close()
    assert len([folder for folder in graphs(path) if folder.name != "not a graph"]) == 1
    fresh = ChromaStore(path)
    assert fresh.names() == ("another",)
    assert fresh.open("another").nearest(vectors[8], owners=["paper-a"], limit=1)[0][0] == "8"
    fresh.drop("another")
    assert graphs(path) == [path / "not a graph"]
    fresh.close()


def no_database(path: Path) -> None:
    (path / "chroma.sqlite3").write_bytes(b"not a database" * 1_000)


def half_a_database(path: Path) -> None:
    content = (path / "chroma.sqlite3").read_bytes()
    (path / "chroma.sqlite3").write_bytes(content[: len(content) // 2])


def no_graph(path: Path) -> None:
    for folder in graphs(path):
        shutil.rmtree(folder)


def half_a_graph(path: Path) -> None:
    for folder in graphs(path):
        for file in folder.iterdir():
            file.write_bytes(file.read_bytes()[: file.stat().st_size // 2])


def a_graph_of_noise(path: Path) -> None:
    for folder in graphs(path):
        for file in folder.iterdir():
            file.write_bytes(b"\xff" * file.stat().st_size)


def a_file_in_its_place(path: Path) -> None:
    shutil.rmtree(path)
    path.write_text("not a folder", encoding="utf-8")


def graphs(path: Path) -> list[Path]:
    found = [folder for folder in path.iterdir() if folder.is_dir()]
    assert found
    return found


@pytest.mark.parametrize(
    "damage", [no_database, half_a_database, no_graph, half_a_graph, a_graph_of_noise, a_file_in_its_place]
)
def test_a_broken_folder_says_so_and_can_be_made_anew(
    written: Path, tmp_path: Path, damage: Callable[[Path], None]
) -> None:
    path = tmp_path / "chroma"
    shutil.copytree(written, path)
    damage(path)
    store = ChromaStore(path)

    for _ in range(2):  # the second try must not meet a half-started Chroma
        with pytest.raises(IndexBroken) as broken:
            store.open(NAME).nearest(units(1)[0], owners=["paper-a"], limit=5)
        assert broken.value.path == str(path)
        assert broken.value.reason

    store.clear()
    index = store.open(NAME)
    index.upsert([row("new", units(1)[0])])
    assert index.nearest(units(1)[0], owners=["paper-a"], limit=5)[0][0] == "new"
    store.close()


def test_a_collection_deleted_under_our_hands_says_so(tmp_path: Path) -> None:
    store = ChromaStore(tmp_path)
    held: VectorIndex = store.open(NAME)
    held.upsert([row("p", units(1)[0])])
    store.drop(NAME)

    with pytest.raises(IndexBroken):
        held.nearest(units(1)[0], owners=["paper-a"], limit=1)
    store.close()


def test_vectors_of_another_length_are_told(tmp_path: Path) -> None:
    store = ChromaStore(tmp_path)
    index = store.open(NAME)
    index.upsert([row("p", units(1)[0])])

    with pytest.raises(IndexBroken, match="dimension"):
        index.nearest(units(1, dimension=7)[0], owners=["paper-a"], limit=1)
    store.close()


class PanicException(BaseException):
    """Stands for pyo3's, which cannot be imported."""


def test_a_panic_of_the_rust_core_is_a_broken_index(tmp_path: Path) -> None:
    with pytest.raises(IndexBroken) as broken, told(tmp_path):
        raise PanicException("range end index 7 out of range")
    assert "out of range" in broken.value.reason


def test_leaving_on_purpose_is_let_through(tmp_path: Path) -> None:
    with pytest.raises(KeyboardInterrupt), told(tmp_path):
        raise KeyboardInterrupt


@pytest.mark.parametrize(
    "words", ["error returned from database: (code: 13) database or disk is full", "No space left on device"]
)
def test_a_full_disk_is_not_a_broken_index(tmp_path: Path, words: str) -> None:
    with pytest.raises(StorageFailed), told(tmp_path):
        raise RuntimeError(words)
