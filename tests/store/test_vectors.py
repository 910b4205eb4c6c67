"""Vectors beside their texts: they go when these go, in the same transaction, and are found by what was embedded."""

from __future__ import annotations

import sqlite3
from hashlib import sha256
from pathlib import Path

import numpy as np
import pytest
import sqlalchemy as sa

from rag.domain.note import Discussion, Note
from rag.domain.paper import Paper
from rag.domain.passage import Passage
from rag.index.ports import Vectored
from rag.store.library import Library
from rag.store.notes import note_id
from rag.store.schema import migrate, open_engine
from rag.store.vectors import as_kept
from tests.index.samples import row, units
from tests.store.test_library import NOW, a_paper, a_passage, save

EMBEDDER = "fake"


@pytest.fixture
def library(tmp_path: Path) -> Library:
    return Library.open(tmp_path / "seminar.db")


def embedded(library: Library, paper: Paper, *passages: Passage, embedder: str = EMBEDDER) -> None:
    vectors = units(len(passages), seed=len(paper.key))
    rows = [
        Vectored(p.passage_id, paper.key, p.kind.value, vector, sha256(p.text.encode()).digest())
        for p, vector in zip(passages, vectors, strict=True)
    ]
    library.put_vectors(embedder, rows)


def ids(library: Library) -> list[str]:
    """Every id that has a vector of any embedder, as the file has them."""
    with library._engine.connect() as connection:
        return sorted(connection.execute(sa.text("select id from vectors")).scalars())


def test_vectors_come_back_by_text_and_by_id_of_their_embedder_only(library: Library) -> None:
    paper, vector = a_paper(), units(1)[0]
    library.put_vectors(EMBEDDER, [Vectored("p", paper.key, "text", vector, b"text of p")])
    assert library.vectors_of_texts(EMBEDDER, [b"text of p", b"another"])[b"text of p"] == pytest.approx(
        vector, abs=3e-4
    )
    assert library.vectors(EMBEDDER, ["p", "q"]).keys() == {"p"}
    assert library.vectors("other", ["p"]) == library.vectors_of_texts("other", [b"text of p"]) == {}
    assert np.array_equal(library.vectors(EMBEDDER, ["p"])["p"], as_kept(vector))


def test_saving_a_paper_anew_keeps_the_vectors_of_what_it_still_says_and_no_others(library: Library) -> None:
    paper = a_paper()
    first, second, third = (a_passage(paper, f"text {n}", n) for n in range(3))
    embedded(library, paper, first, second)
    save(library, paper, "g1", first, second)
    assert ids(library) == [first.passage_id, second.passage_id]
    embedded(library, paper, second, third)
    save(library, paper, "g1", second, third)
    assert ids(library) == [second.passage_id, third.passage_id]
    library.swap_passages([(paper, (third,))])
    assert ids(library) == [third.passage_id]


def test_a_removed_papers_vectors_go_with_its_last_holder(library: Library) -> None:
    paper = a_paper()
    passage = a_passage(paper)
    embedded(library, paper, passage)
    embedded(library, paper, passage, embedder="an older one")
    save(library, paper, "g1", passage)
    library.share_paper(paper, guild="g2", now=NOW)
    library.remove_paper("g1", paper.key)
    assert ids(library) == [passage.passage_id] * 2
    library.remove_paper("g2", paper.key)
    assert ids(library) == []


def discussion(*questions: str) -> Discussion:
    notes = tuple(Note(n, str(n), question, ("so",), raw=question) for n, question in enumerate(questions, 1))
    return Discussion(1, "1", "Nets", None, notes)


def test_notes_that_are_no_more_take_their_vectors_along_and_others_keep_theirs(library: Library) -> None:
    before = discussion("What is kept", "What is secret")
    library.save_discussions("g1", [before])
    mine = [note_id("g1", before, note) for note in before.notes]
    library.put_vectors(EMBEDDER, [row(id_, units(1)[0], "g1", "note") for id_ in mine])
    library.put_vectors(EMBEDDER, [row("of others", units(1)[0], "g2", "note"), row("a text", units(1)[0], "g1")])
    library.save_discussions("g1", [discussion("What is kept")])
    assert ids(library) == sorted([mine[0], "of others", "a text"])


def test_of_an_erased_guild_not_even_a_cut_off_add_leaves_vectors_or_their_bytes(
    library: Library, tmp_path: Path
) -> None:
    paper, cut_off = a_paper(owner="g1"), a_paper("2001.00001", owner="g1")
    before = discussion("What is secret")
    passage = a_passage(paper)
    embedded(library, paper, passage)
    embedded(library, cut_off, a_passage(cut_off))  # killed before the paper was saved
    save(library, paper, "g1", passage)
    library.save_discussions("g1", [before])
    vector = units(3, seed=77)[2]
    library.put_vectors(EMBEDDER, [row(note_id("g1", before, before.notes[0]), vector, "g1", "note")])
    library.erase_guild("g1")
    assert ids(library) == []
    library.close()
    with sqlite3.connect(tmp_path / "seminar.db") as connection:
        connection.execute("pragma wal_checkpoint(truncate)")
    connection.close()
    assert vector.astype("<f2").tobytes() not in (tmp_path / "seminar.db").read_bytes()


def test_a_failed_removal_leaves_texts_and_vectors(library: Library) -> None:
    paper = a_paper()
    passage = a_passage(paper)
    embedded(library, paper, passage)
    save(library, paper, "g1", passage)
    with library._engine.begin() as connection:
        connection.execute(sa.text("create trigger no before delete on papers begin select raise(abort, 'no'); end"))
    with pytest.raises(Exception, match="no"):
        library.remove_paper("g1", paper.key)
    assert ids(library) == [passage.passage_id]
    assert library.passages_of(paper.key) == (passage,)
    assert library.passages_without_vector(EMBEDDER) == 0


def test_a_reindex_lets_go_of_what_other_embedders_made_and_of_what_nobody_holds(library: Library) -> None:
    paper = a_paper()
    passage = a_passage(paper)
    embedded(library, paper, passage, embedder="old")
    embedded(library, paper, passage)
    save(library, paper, "g1", passage)
    library.put_vectors(EMBEDDER, [row("of nobody", units(1)[0])])
    library.swap_passages([], {"active": "new"}, embedder=EMBEDDER)
    assert ids(library) == [passage.passage_id]
    assert library.vectors(EMBEDDER, ids(library)).keys() == {passage.passage_id}
    library.swap_passages([], {}, embedder="")
    assert ids(library) == []


def test_passages_without_a_vector_are_counted_one_by_one(library: Library) -> None:
    """Vectors of texts that are gone do not stand in for those that are missing."""
    paper = a_paper()
    first, second = (a_passage(paper, f"text {n}", n) for n in range(2))
    save(library, paper, "g1", first, second)
    library.put_vectors(EMBEDDER, [row(f"gone {n}", units(1)[0]) for n in range(5)])
    embedded(library, paper, first)
    assert library.passages_without_vector(EMBEDDER) == 1
    assert library.passages_without_vector("other") == 2


def test_every_change_of_vectors_is_counted_and_nothing_else_is(library: Library) -> None:
    paper = a_paper()
    passage = a_passage(paper)
    seen = [library.vectors_revision()]

    def grown() -> bool:
        seen.append(library.vectors_revision())
        return seen[-1] > seen[-2]

    embedded(library, paper, passage)
    assert grown()
    save(library, paper, "g1", passage)
    embedded(library, paper, passage)
    library.delete_vectors(EMBEDDER, ["nobody's"])
    assert not grown()
    library.swap_passages([(paper, ())])
    assert grown()


def test_a_rows_number_is_never_used_again(library: Library) -> None:
    vectors = units(2)
    library.put_vectors(EMBEDDER, [row("a", vectors[0])])
    before = library.vector_marks(EMBEDDER, notes=False)
    library.delete_vectors(EMBEDDER, ["a"])
    library.put_vectors(EMBEDDER, [row("a", vectors[1])])
    after = library.vector_marks(EMBEDDER, notes=False)
    assert before["paper-a"].rows == after["paper-a"].rows == 1
    assert after["paper-a"].newest > before["paper-a"].newest


def test_a_library_of_before_has_no_vectors_and_all_its_texts(tmp_path: Path) -> None:
    path = tmp_path / "seminar.db"
    library = Library.open(path)
    paper = a_paper()
    save(library, paper, "g1")
    library.close()
    engine = open_engine(path)
    with engine.connect() as connection:
        migrate(connection, "0008")
    engine.dispose()
    library = Library.open(path)
    assert library.passages_without_vector(EMBEDDER) == library.passage_count() == 1
    library.close()


def test_whose_a_row_is_is_said_of_one_embedders_rows_however_many_are_asked(library: Library) -> None:
    rows = [row(f"r{n}", vector, f"paper-{n % 3}", "table" if n % 2 else "text") for n, vector in enumerate(units(700))]
    library.put_vectors(EMBEDDER, rows)
    library.put_vectors("other", [row("r1", units(1)[0], "another"), row("theirs", units(1)[0])])
    whose = library.whose_vectors(EMBEDDER, [*(each.id for each in rows), "theirs", "unknown"])
    assert whose == {each.id: (each.owner, each.kind) for each in rows}
