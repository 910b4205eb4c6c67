"""Chroma in a process of its own: it answers as it would here, and its end is one error that a reindex cures."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from rag.errors import IndexBroken
from rag.index import apart
from rag.index.apart import ApartStore, ChromaProcess
from rag.index.chroma import ChromaStore
from tests.index.samples import row, units

NAME, OTHER = "passages--fake--24--p1--g1", "notes--fake--24--p1--g1"
ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def process() -> Iterator[ChromaProcess]:
    process = ChromaProcess()
    yield process
    process.close()


@pytest.fixture
def store(tmp_path: Path, process: ChromaProcess) -> Iterator[ApartStore]:
    store = ApartStore(tmp_path / "chroma", process=process)
    yield store
    store.close()


def test_it_answers_as_the_store_here_does(store: ApartStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(apart, "PART", 7)
    here = ChromaStore(tmp_path / "here")
    vectors = units(40)
    rows = [
        row(f"p{n}", vector, owner=f"o{n % 3}", kind="text" if n % 2 else "table") for n, vector in enumerate(vectors)
    ]
    query = np.asarray(vectors[5], dtype=np.float32)
    for each in (store, here):
        index = each.open(NAME)
        index.upsert([*rows, row("p0", vectors[1], owner="o0", kind="text")])
        index.delete(["p3", "unknown"])
        index.delete([])
        index.delete_owner("o2")
        each.open(OTHER).upsert(rows[:2])
    ours, theirs = store.open(NAME), here.open(NAME)
    assert ours.count() == theirs.count() > 20
    assert ours.ids_of("o1") == theirs.ids_of("o1")
    for owners, kinds in ((["o0", "o1"], None), (["o1"], ["text"]), ([], None), (["o0"], [])):
        found = ours.nearest(query, owners=owners, kinds=kinds, limit=6)
        assert found == theirs.nearest(query, owners=owners, kinds=kinds, limit=6)
    for count in (3, 300):
        near = ours.nearest_of_all(query, count)
        assert near == theirs.nearest_of_all(query, count)
        assert len(near) == min(count, ours.count())
    assert {key: list(value) for key, value in ours.vectors(["p0", "p3"]).items()} == {
        key: list(value) for key, value in theirs.vectors(["p0", "p3"]).items()
    }
    assert store.names() == here.names() == (OTHER, NAME)
    for each in (store, here):
        each.drop(OTHER)
        each.drop("no-such-collection")
        assert each.names() == (NAME,)
        each.clear()
        assert each.names() == ()
        assert each.open(NAME).count() == 0
    here.close()


def test_nothing_is_started_before_it_is_asked_and_chroma_is_never_loaded_here(tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from rag.index.apart import HERE, ApartStore\n"
        "from tests.index.samples import row, units\n"
        "if __name__ == '__main__':\n"
        "    store = ApartStore(Path(sys.argv[1])); index = store.open('passages'); store.close()\n"
        "    assert HERE.pid is None\n"
        "    index.upsert([row(str(i), vector) for i, vector in enumerate(units(3))])\n"
        "    assert index.count() == 3 and HERE.pid; HERE.close(); assert HERE.pid is None\n"
        "    assert index.count() == 3; store.close(); HERE.close()\n"
        "    print('chromadb' in sys.modules)"
    )
    script = tmp_path / "script.py"
    script.write_text(code)
    ran = subprocess.run(
        [sys.executable, script, tmp_path / "chroma"],
        capture_output=True,
        text=True,
        check=True,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
    )
    assert ran.stdout.split() == ["False"]


def test_a_process_that_dies_at_work_is_told_of_and_followed_by_another(
    store: ApartStore, process: ChromaProcess
) -> None:
    index = store.open(NAME)
    index.upsert([row("a", units(1)[0])])
    assert process.pid is not None
    os.kill(process.pid, signal.SIGSTOP)  # so that it cannot answer before it dies
    killed = threading.Timer(0.2, os.kill, (process.pid, signal.SIGKILL))
    killed.start()
    with pytest.raises(IndexBroken, match="ended"):
        index.count()
    assert index.count() == 1


def test_one_that_died_meanwhile_is_followed_by_another_at_once(store: ApartStore, process: ChromaProcess) -> None:
    index = store.open(NAME)
    index.upsert([row("a", units(1)[0])])
    assert process._process is not None
    process._process.kill()
    process._process.join(30)
    assert index.count() == 1


def test_errors_come_back_with_their_facts(tmp_path: Path, process: ChromaProcess) -> None:
    folder = tmp_path / "chroma"
    folder.mkdir()
    (folder / "chroma.sqlite3").write_bytes(b"not a database" * 1_000)
    store = ApartStore(folder, process=process)
    with pytest.raises(IndexBroken) as raised:
        store.names()
    assert raised.value.path == str(folder)
    assert raised.value.reason
    store.clear()
    assert store.names() == ()
    store.close()


def test_it_ends_when_nobody_asks_and_starts_again_when_asked(tmp_path: Path) -> None:
    process = ChromaProcess(idle_s=0.05)
    process.warm()
    resting = process._resting
    assert resting is not None
    resting.join(30)
    assert process.pid is None
    assert ApartStore(tmp_path / "chroma", process=process).open(NAME).count() == 0
    process.close()
    assert process._resting is None


def test_after_a_search_it_stays_longer(tmp_path: Path) -> None:
    """Beyond the bound every question asks it, and to start and load takes seconds."""
    process = ChromaProcess(idle_s=60, asked_idle_s=900)
    index = ApartStore(tmp_path / "chroma", process=process).open(NAME)

    def stays_s() -> float:
        assert isinstance(process._resting, threading.Timer)
        return process._resting.interval

    index.upsert([row("a", units(1)[0])])
    assert stays_s() == pytest.approx(60)
    index.nearest(units(1)[0], owners=["paper-a"], limit=1)
    assert stays_s() == pytest.approx(900)
    index.count()
    assert 800 < stays_s() < 900
    process.close()
    index.count()
    assert stays_s() == pytest.approx(60)
    process.close()


def test_folders_that_share_a_process_share_nothing_else(tmp_path: Path, process: ChromaProcess) -> None:
    one, other = (ApartStore(tmp_path / name, process=process) for name in ("one", "other"))
    one.open(NAME).upsert([row("a", units(1)[0])])
    assert (one.open(NAME).count(), other.open(NAME).count()) == (1, 0)
    one.close()
    assert (one.open(NAME).count(), other.names()) == (1, (NAME,))
    one.close()
    other.close()


def test_one_that_hangs_is_killed_and_followed_by_another(
    store: ApartStore, process: ChromaProcess, monkeypatch: pytest.MonkeyPatch
) -> None:
    index = store.open(NAME)
    index.upsert([row("a", units(1)[0])])
    assert process.pid is not None
    os.kill(process.pid, signal.SIGSTOP)
    monkeypatch.setattr(process, "_patience_s", 0.1)
    with pytest.raises(IndexBroken, match="ended"):
        index.count()
    monkeypatch.undo()
    assert index.count() == 1


def test_it_ends_in_silence_when_nobody_waits_for_its_answer(tmp_path: Path) -> None:
    process = ChromaProcess()
    ApartStore(tmp_path / "chroma", process=process).open(NAME).upsert([row("a", units(1)[0])])
    there, pipe = process._process, process._pipe
    assert there is not None
    assert there.pid is not None
    assert pipe is not None
    os.kill(there.pid, signal.SIGSTOP)
    pipe.send((tmp_path / "chroma", NAME, "count", ()))
    pipe.close()
    os.kill(there.pid, signal.SIGCONT)
    there.join(30)
    assert there.exitcode == 0
    process.close()


def test_letting_go_of_a_folder_starts_nothing(store: ApartStore, process: ChromaProcess) -> None:
    store.open(NAME).upsert([row("a", units(1)[0])])
    there = process._process
    assert there is not None
    there.kill()
    there.join(30)
    store.close()
    assert process._process is there
