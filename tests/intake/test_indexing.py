"""The vector index beside the library: rebuilt, swapped, broken, missing."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from rag.health import Check, examine
from rag.intake.indexing import IndexState
from rag.retrieval.retriever import Retrieved
from rag.settings import Settings
from rag.study import Study
from tests.made import RESIDUAL, paper_pdf


@pytest.fixture
def filled(study_for: Callable[..., Study], tmp_path: Path) -> Study:
    study = study_for()
    for name, data in {"a.pdf": paper_pdf(), "b.pdf": paper_pdf("Second", RESIDUAL)}.items():
        (tmp_path / name).write_bytes(data)
    study.add([str(tmp_path / "a.pdf"), str(tmp_path / "b.pdf")], guild="g")
    study.import_notes("g", b"## Discussion 1 Second - 2015\n1. What is a residual block\n- layers with a shortcut\n")
    return study


def untold(_done: int, _total: int) -> None: ...


def checked(study: Study, settings: Settings) -> dict[str, Check]:
    """What the doctor says, by name."""
    return {check.name: check for check in examine(study, settings)}


def test_a_reindex_swaps_to_a_new_collection_and_drops_the_old(filled: Study) -> None:
    before = filled.indexing.status().collection
    count = filled.reindex(untold)
    after = filled.indexing.status()
    assert count == filled.library.passage_count()
    assert after.state is IndexState.READY
    assert after.collection != before
    serving = filled.indexing.serving()
    assert serving is not None
    assert serving.count() == count
    assert filled.search("residual block shortcut", guild="g").hits[0].paper.title == "Second"


def test_a_deleted_index_folder_is_rebuilt_from_sql_alone(filled: Study, study_for: Callable[..., Study]) -> None:
    chroma = filled.directory.path / "chroma"
    filled.close()
    shutil.rmtree(chroma)
    study = study_for()
    assert study.search("residual block", guild="g").hits
    study.reindex(untold)
    serving = study.indexing.serving()
    assert serving is not None
    assert serving.count() == study.library.passage_count()


def test_a_broken_chroma_changes_no_answer_of_a_library_that_is_searched_in_memory(
    filled: Study, study_for: Callable[..., Study], settings_for: Callable[..., Settings], tmp_path: Path
) -> None:
    chroma = filled.directory.path / "chroma"
    before = filled.search("residual block", guild="g")
    filled.close()
    (chroma / "chroma.sqlite3").write_bytes(b"not a database" * 1_000)
    study = study_for()
    assert study.search("residual block", guild="g") == before
    (tmp_path / "c.pdf").write_bytes(paper_pdf("Third"))
    [added] = study.add([str(tmp_path / "c.pdf")], guild="g")
    assert added.error is None
    assert study.indexing.missing() == 0
    said = checked(study, settings_for())
    assert said["index"].ok
    assert not said["chroma"].ok
    assert not said["chroma"].needed
    assert "reindex" in said["chroma"].found
    study.reindex(untold)
    assert checked(study, settings_for())["chroma"].ok


def test_a_broken_chroma_costs_a_large_library_a_notice_and_a_reindex_cures_it(
    filled: Study, study_for: Callable[..., Study], settings_for: Callable[..., Settings]
) -> None:
    chroma = filled.directory.path / "chroma"
    filled.close()
    (chroma / "chroma.sqlite3").write_bytes(b"not a database" * 1_000)
    study = study_for(exact_search_passages=0)
    found = study.search("residual block", guild="g")
    assert found.hits
    assert found.notices
    assert checked(study, settings_for())["chroma"].needed
    study.reindex(untold)
    assert study.search("residual block", guild="g").notices == ()


def test_without_an_embedder_searches_go_by_words_and_say_so(filled: Study, study_for: Callable[..., Study]) -> None:
    filled.close()
    found = study_for(embedder="none").search("residual block", guild="g")
    assert found.hits
    assert "words only" in found.notices[0]


def test_a_library_filled_without_an_embedder_asks_for_a_reindex(
    study_for: Callable[..., Study], tmp_path: Path
) -> None:
    (tmp_path / "a.pdf").write_bytes(paper_pdf())
    study_for(embedder="none").add([str(tmp_path / "a.pdf")], guild="g")
    study = study_for()
    assert study.indexing.status().state is IndexState.STALE
    assert "reindex" in study.search("covariate shift", guild="g").notices[0]
    study.reindex(untold)
    assert study.indexing.status().state is IndexState.READY
    assert study.search("covariate shift", guild="g").notices == ()


def test_an_index_that_lacks_passages_says_so_until_it_is_made_anew(
    study_for: Callable[..., Study], tmp_path: Path
) -> None:
    path = tmp_path / "a.pdf"
    path.write_bytes(paper_pdf())
    without = study_for(embedder="none")
    without.add([str(path)], guild="g")
    study = study_for()
    study.reindex(lambda _done, _total: None)
    assert study.search("covariate shift", guild="g").notices == ()
    serving = study.indexing.serving()
    assert serving is not None
    serving.delete([study.library.passages_of(study.papers("g")[0].key)[0].passage_id])
    fresh = study_for()
    found = fresh.search("covariate shift", guild="g")
    assert found.hits
    assert "reindex" in " ".join(found.notices)
    fresh.reindex(lambda _done, _total: None)
    assert study_for().search("covariate shift", guild="g").notices == ()


def test_a_paper_can_be_removed_while_the_index_is_damaged(study_for: Callable[..., Study], tmp_path: Path) -> None:
    path = tmp_path / "a.pdf"
    path.write_bytes(paper_pdf())
    study = study_for()
    study.add([str(path)], guild="g")
    study.close()
    for file in (tmp_path / "data" / "chroma").rglob("*"):
        if file.is_file():
            file.write_bytes(b"no index" * 500)
    broken = study_for()
    broken.remove("g", broken.papers("g")[0].paper_id)
    assert broken.papers("g") == ()


def test_questions_beside_changes_are_never_told_that_something_is_wrong(filled: Study, tmp_path: Path) -> None:
    """Two threads ask while papers come and go and notes are written: each sees the library before or after."""
    (tmp_path / "c.pdf").write_bytes(paper_pdf("Third"))
    found, done = list[Retrieved](), threading.Event()

    def ask() -> None:
        while not done.is_set():
            found.append(filled.search("residual block shortcut", guild="g"))

    asking = [threading.Thread(target=ask) for _ in range(2)]
    for thread in asking:
        thread.start()
    [added] = filled.add([str(tmp_path / "c.pdf")], guild="g")
    filled.import_notes("g", b"## Discussion 2 Third - 2016\n1. What shifts\n- the inputs\n", search_arxiv=False)
    filled.remove("g", "Third")
    filled.reindex(untold)
    done.set()
    for thread in asking:
        thread.join(60)
    assert added.error is None
    assert {each.notices for each in found} == {()}
    assert {each.hits[0].paper.title for each in found} == {"Second"}
    assert all(hit.dense is not None for hit in found[-1].hits)
