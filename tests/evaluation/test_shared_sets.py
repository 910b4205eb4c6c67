"""The shared sets load as their notes describe them; our own sets are sound."""

from __future__ import annotations

from pathlib import Path

import pytest

from rag.errors import BadDocument, NotFound
from rag.evaluation.shared_sets import FOREIGN, SETS, load_set

SHARED = Path(__file__).parents[2].parent / "shared"
needs_shared = pytest.mark.skipif(not (SHARED / "data").is_dir(), reason="the shared data sets are not here")


@needs_shared
@pytest.mark.parametrize(
    ("name", "questions", "documents"),
    [
        ("ohr-bench", 631, 10),
        ("ohr-bench-unscoped", 631, 10),
        ("qasper", 88, 17),
        ("uda-pages", 12, 7),
        ("aragog", 98, 15),
    ],
)
def test_a_shared_set_has_the_size_it_says(name: str, questions: int, documents: int) -> None:
    loaded = load_set(name, SHARED)
    assert (len(loaded.questions), len(loaded.documents)) == (questions, documents)


@needs_shared
@pytest.mark.parametrize("name", SETS)
def test_every_question_names_documents_of_its_set(name: str) -> None:
    loaded = load_set(name, SHARED)
    names = {document.name for document in loaded.documents}
    for question in loaded.questions:
        assert {*question.gold_papers, *([question.paper] if question.paper else [])} <= names
        assert question.answerable == bool(question.gold_pages or question.gold_texts or question.gold_papers)


@needs_shared
def test_gold_pages_exist() -> None:
    for name in ("ohr-bench", "study"):
        loaded = load_set(name, SHARED)
        assert all(min(q.gold_pages, default=1) >= 1 for q in loaded.questions)
    pages = {d.name: d.reading.page_count for d in load_set("ohr-bench", SHARED).documents if d.reading}
    for question in load_set("ohr-bench", SHARED).questions:
        assert question.gold_pages[0] <= (pages[question.paper or ""] or 0)


@needs_shared
def test_gold_paragraphs_are_words_not_headings() -> None:
    gold = [text for q in load_set("qasper", SHARED).questions for text in q.gold_texts]
    assert sum(len(text) < 60 for text in gold) <= 2


@needs_shared
def test_the_absent_set_mixes_our_questions_and_foreign_ones_and_is_the_same_each_time() -> None:
    absent = load_set("absent", SHARED)
    foreign = [q for q in absent.questions if q.id.startswith("foreign-")]
    assert len(foreign) == FOREIGN
    assert len(absent.questions) >= 2 * FOREIGN
    assert absent.questions == load_set("absent", SHARED).questions


def test_missing_data_is_not_found_and_broken_data_refused(tmp_path: Path) -> None:
    with pytest.raises(NotFound):
        load_set("qasper", tmp_path)
    folder = tmp_path / "data" / "qasper"
    folder.mkdir(parents=True)
    (folder / "leval_scientific_qa.jsonl").write_text("{\n", encoding="utf-8")
    with pytest.raises(BadDocument):
        load_set("qasper", tmp_path)
