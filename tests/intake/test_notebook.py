"""Notes into the library and out again."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from rag.errors import BadDocument
from rag.study import Study
from tests.made import paper_pdf

NOTES = b"""## Discussion 1 AlexNet - 2012
1. What is this paper try to convey ?
- bigger is better
2. Why ReLU

## Discussion 2 BatchNorm - 2015
1. What is covariate shift
- how inputs change
"""


@pytest.fixture
def study(study_for: Callable[..., Study]) -> Study:
    return study_for(embedder="none")


def test_notes_come_out_as_they_went_in(study: Study) -> None:
    imported = study.import_notes("g", NOTES, search_arxiv=False)
    assert (imported.counts.discussions, imported.counts.items, imported.counts.open) == (2, 3, 1)
    assert study.export_notes("g").encode() == NOTES
    assert study.discussions("other") == ()


def test_importing_again_doubles_nothing_and_keeps_what_the_file_does_not_have(study: Study) -> None:
    study.import_notes("g", NOTES, search_arxiv=False)
    more = b"## Discussion 2 BatchNorm - 2015\n1. What is covariate shift\n- a better answer\n"
    assert study.import_notes("g", more, search_arxiv=False).replaced == 1
    titles = [(d.title, d.position, len(d.notes)) for d in study.discussions("g")]
    assert titles == [("AlexNet", 1, 2), ("BatchNorm", 2, 1)]
    assert study.discussions("g")[1].notes[0].answer == ("a better answer",)


def test_a_preview_keeps_nothing(study: Study) -> None:
    assert study.preview_notes("g", NOTES).counts.discussions == 2
    assert study.discussions("g") == ()


def test_a_discussion_is_tied_when_its_paper_comes_in_later(study: Study, tmp_path: Path) -> None:
    study.import_notes("g", NOTES, search_arxiv=False)
    assert study.discussions("g")[1].paper_id is None
    path = tmp_path / "a.pdf"
    path.write_bytes(paper_pdf("BatchNorm: Normalising Small Networks"))
    [added] = study.add([str(path)], guild="g")
    assert study.discussions("g")[1].paper_id == added.paper_id


def test_a_tie_made_by_hand_survives_the_next_import(study: Study, tmp_path: Path) -> None:
    path = tmp_path / "a.pdf"
    path.write_bytes(paper_pdf("A Paper That No Heading Names"))
    [added] = study.add([str(path)], guild="g")
    study.import_notes("g", NOTES, search_arxiv=False)
    study.tie_discussion("g", 1, added.paper_id)
    study.import_notes("g", NOTES, search_arxiv=False)
    assert study.discussions("g")[0].paper_id == added.paper_id


@pytest.mark.parametrize("content", [b"", b"just a shopping list\n- milk\n", b"\x00\x01\x02\xff" * 50])
def test_a_file_that_holds_no_discussion_is_refused_and_changes_nothing(study: Study, content: bytes) -> None:
    study.import_notes("g", NOTES, search_arxiv=False)
    with pytest.raises(BadDocument):
        study.import_notes("g", content, search_arxiv=False)
    assert study.export_notes("g").encode() == NOTES


def test_without_arxiv_every_heading_is_imported_after_one_failed_search(study: Study) -> None:
    imported = study.import_notes("g", NOTES, search_arxiv=True)
    assert imported.counts.discussions == 2


def test_a_note_that_is_changed_beside_a_broken_index_is_changed(study_for: Callable[..., Study]) -> None:
    whole = study_for()
    whole.import_notes("g", NOTES, search_arxiv=False)
    whole.close()
    (whole.directory.path / "chroma/chroma.sqlite3").write_bytes(b"not a database" * 1_000)
    broken = study_for()
    [(key, _, _)] = broken.revision.waiting("g")
    change = broken.revision.edit("g", key, answer="because it is fast", person="7")
    assert broken.revision.history("g") == (change,)
    assert "2. Why ReLU\n- because it is fast\n" in broken.export_notes("g")
