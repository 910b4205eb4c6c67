"""The harness runs over a real library: store, passages, search and answers."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from rag.domain.passage import Scope
from rag.errors import BadDocument, NotFound
from rag.evaluation.building import GUILD, LibraryBuild
from rag.evaluation.page_texts import reading_of_pages
from rag.evaluation.ports import Document
from rag.evaluation.questions import Question
from rag.evaluation.report import Report, as_json, as_markdown
from rag.evaluation.run import evaluate, run_evaluation
from rag.evaluation.shared_sets import EvaluationSet
from tests.evaluation.samples import NOW
from tests.retrieval.small_library import BagOfWords

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from rag.domain.reading import Reading
    from rag.evaluation.ports import Subject

RESIDUAL = [
    "Deep Residual Learning\n1 Introduction\nDeeper networks are harder to train than shallow ones.",
    "2 Method\nA residual block adds its input to the output of two layers through a shortcut connection.",
]
NORMAL = [
    "Batch Normalization\n1 Introduction\nInternal covariate shift is the change of the distribution of inputs.",
    "2 Method\nEach mini-batch is normalized with its own mean and variance, then scaled and shifted.",
]
QUESTIONS = (
    Question("block", "What does a residual block add?", paper="residual", gold_pages=(2,)),
    Question("shift", "What is internal covariate shift?", gold_papers=("normal",), gold_pages=(1,)),
    Question("batch", "How is each mini-batch normalized?", gold_texts=("normalized with its own mean and variance",)),
    Question("lost", "What else?", gold_texts=("words that no passage holds at all",)),
    Question("rice", "how do I cook rice", answerable=False),
)


def no_pdf(path: Path) -> Reading:
    raise BadDocument(what=path.name, reason="there are no PDFs here")


@pytest.fixture
def subject(tmp_path: Path) -> Iterator[Subject]:
    build = LibraryBuild(embedder=BagOfWords(), read_pdf=no_pdf, now=NOW)
    documents = [
        Document(name, texts[0].split("\n")[0], reading=reading_of_pages(texts, title=texts[0].split("\n")[0]))
        for name, texts in (("residual", RESIDUAL), ("normal", NORMAL))
    ]
    built = build(documents, folder=tmp_path, progress=lambda _stage, _done, _total: None)
    yield built
    built.close()


def test_every_system_is_measured_on_the_same_questions(subject: Subject) -> None:
    result = evaluate(EvaluationSet("mine", "mine", (), QUESTIONS), subject)
    assert [s.name for s in result.systems] == ["fused", "BM25 alone", "dense alone"]
    assert (result.questions, result.answerable, result.ranked, result.gold_not_in_passages) == (5, 4, 3, 1)
    assert all(s.quality.recall_10 == 1.0 and len(s.ndcg_each) == 3 for s in result.systems)
    assert result.verdicts == ()  # too few to judge


def test_quotes_of_real_answers_stand_on_their_pages(subject: Subject) -> None:
    result = evaluate(EvaluationSet("mine", "mine", (), QUESTIONS), subject)
    assert result.trust is not None
    assert result.trust.citations > 0
    assert result.trust.verified == 1.0
    assert result.trust.citations_on_refusals == 0


def test_the_same_run_twice_gives_the_same_numbers(subject: Subject) -> None:
    mine = EvaluationSet("mine", "mine", (), QUESTIONS)
    assert evaluate(mine, subject) == evaluate(mine, subject)


def test_large_sets_are_judged_against_both_baselines(subject: Subject) -> None:
    many = tuple(
        Question(f"q{n}", "What does a residual block add?", paper="residual", gold_pages=(2,)) for n in range(51)
    )
    result = evaluate(EvaluationSet("many", "many", (), many), subject)
    assert [v.against for v in result.verdicts] == ["BM25 alone", "dense alone"]
    assert {v.measure for v in result.verdicts} == {"nDCG@10"}


def test_a_scope_narrows_every_system(subject: Subject) -> None:
    key = subject.keys["normal"]
    for searcher in subject.searchers.values():
        hits = searcher.search("residual block", Scope(GUILD, (key,)), 5)
        assert {hit.paper.key for hit in hits} <= {key}


def test_another_guild_sees_nothing(subject: Subject) -> None:
    for searcher in subject.searchers.values():
        assert not searcher.search("residual block", Scope("another"), 5)


def test_a_question_on_an_unknown_paper_is_not_found(subject: Subject) -> None:
    with pytest.raises(NotFound):
        evaluate(EvaluationSet("x", "x", (), (Question("q", "?", paper="nowhere"),)), subject)


def test_the_report_reads_well_and_is_json(subject: Subject) -> None:
    many = tuple(
        Question(f"q{n}", "What does a residual block add?", paper="residual", gold_pages=(2,)) for n in range(51)
    )
    results = (
        evaluate(EvaluationSet("mine", "mine", (), QUESTIONS), subject),
        evaluate(EvaluationSet("many", "many", (), many), subject),
    )
    report = Report(NOW, {"python": "3.11"}, results)
    shown = as_markdown(report)
    assert "| mine | 5 (3) | 2, " in shown
    assert "many: fused" in shown
    assert "Measured 2026-11-21" in shown
    assert json.loads(json.dumps(as_json(report)))["sets"][0]["systems"]["fused"]["recall_10"] == 1.0


def test_an_unknown_set_is_not_found(tmp_path: Path) -> None:
    build = LibraryBuild(embedder=BagOfWords(), read_pdf=no_pdf, now=NOW)
    with pytest.raises(NotFound, match="mnist"):
        run_evaluation(tmp_path, tmp_path, build, now=NOW, sets=["mnist"])


def test_where_gold_is_the_paper_every_system_answers_and_is_judged_by_its_first_citation(subject: Subject) -> None:
    many = tuple(Question(f"q{n}", "What does a residual block add?", gold_papers=("residual",)) for n in range(51))
    result = evaluate(EvaluationSet("papers", "papers", (), many, by_paper=True), subject)
    assert [s.right_paper_cited for s in result.systems] == [1.0, 1.0, 1.0]
    assert {v.measure for v in result.verdicts} == {"right paper cited first"}
    assert not any(v.beaten for v in result.verdicts)  # a tie is not a win
