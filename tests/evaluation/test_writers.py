"""A language model is judged as a writer: what its citations are worth and whether it is right, in one row."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from rag.errors import BadDocument, ModelFailed
from rag.evaluation.building import LibraryBuild
from rag.evaluation.page_texts import reading_of_pages
from rag.evaluation.ports import Document, Subject
from rag.evaluation.questions import Question
from rag.evaluation.report import Report, SetResult, WriterResult, as_json, as_markdown
from rag.evaluation.run import evaluate
from rag.evaluation.shared_sets import EvaluationSet
from rag.evaluation.writers import TestedModel
from rag.language.ports import Finding, Prompt
from tests.evaluation.samples import NOW
from tests.language.fakes import Said, ScriptedModel
from tests.retrieval.small_library import BagOfWords

PAGES = [
    "Batch Normalization\n1 Introduction\nInternal covariate shift is the change of the distribution of inputs.",
    "2 Method\nEach mini-batch is normalized with its own mean and variance, then scaled and shifted.",
]
ASKED = (
    Question("shift", "What is internal covariate shift?", gold_pages=(1,), answers=("change of input distribution",)),
    Question("batch", "How is each mini-batch normalized?", gold_pages=(2,), answers=("with its mean and variance",)),
    Question("rice", "how do I cook rice", answerable=False),
)
SHIFT = "Internal covariate shift is the change of the distribution of inputs"
BATCH = "Each mini-batch is normalized with its own mean and variance"


def reply(prompt: Prompt, *said: tuple[str, str]) -> str:
    """Cite the passage that holds each quote, as a good model does."""
    blocks = re.findall(r'<passage id="(\w+)"[^>]*>\n(.*?)\n</passage', prompt.user, re.DOTALL)
    ids = {quote: next((one for one, text in blocks if quote[:30] in text), blocks[0][0]) for _, quote in said}
    sentences = [{"text": text, "cites": [{"id": ids[quote], "quote": quote}]} for text, quote in said]
    return json.dumps({"sentences": sentences, "refused": False})


def right(prompt: Prompt) -> str:
    if "covariate" in prompt.user.rpartition("<question")[2]:
        return reply(prompt, ("Internal covariate shift is a change of the input distribution.", SHIFT))
    return reply(prompt, ("Each mini-batch is normalized with its mean and variance.", BATCH))


def half_right(prompt: Prompt) -> str:
    said = json.loads(right(prompt))
    wrong = json.loads(reply(prompt, ("It makes networks 14 times faster.", "it makes every network 14 times faster")))
    return json.dumps({"sentences": [*said["sentences"], *wrong["sentences"]], "refused": False})


def hostile(prompt: Prompt) -> str:
    return json.dumps({"sentences": [{"text": "It is magic.", "cites": [{"id": "S2222", "quote": "pure magic"}]}]})


def measured(folder: Path, said: Said) -> tuple[SetResult, TestedModel]:
    def no_pdf(path: Path) -> object:
        raise BadDocument(what=path.name, reason="there are no PDFs here")

    tested = TestedModel(ScriptedModel(said))
    build = LibraryBuild(embedder=BagOfWords(), read_pdf=no_pdf, now=NOW, models=tested)  # type: ignore[arg-type]
    document = Document("normal", "Batch Normalization", reading=reading_of_pages(PAGES, title="Batch Normalization"))
    subject: Subject = build([document], folder=folder, progress=lambda _stage, _done, _total: None)
    try:
        return evaluate(EvaluationSet("mine", "mine", (), ASKED), subject), tested
    finally:
        subject.close()


@pytest.fixture
def quoted_and_written(tmp_path: Path) -> tuple[WriterResult, WriterResult, TestedModel]:
    result, tested = measured(tmp_path, right)
    quoted, written = result.writers
    return quoted, written, tested


def test_a_model_that_is_right_is_closer_to_peoples_answers_than_quotes(
    quoted_and_written: tuple[WriterResult, WriterResult, TestedModel],
) -> None:
    quoted, written, tested = quoted_and_written
    assert (quoted.name, written.name) == ("extractive", "fake:scripted")
    assert written.trust.f1 is not None
    assert quoted.trust.f1 is not None
    assert written.trust.f1 > quoted.trust.f1
    assert written.trust.verified == quoted.trust.verified == 1.0
    assert (written.trust.by_model, quoted.trust.by_model) == (2, 0)
    assert tested.calls == 2  # nothing to answer from: nobody is asked how to cook rice
    assert tested.findings[Finding.KEPT] == 2


@pytest.mark.parametrize("said", [half_right, hostile, ModelFailed("fake:scripted", "it is dead")])
def test_what_a_model_makes_up_is_in_no_number_of_its_answers(tmp_path: Path, said: Said) -> None:
    result, _ = measured(tmp_path, said)
    written = result.writers[1].trust
    assert written.verified == 1.0
    assert written.uncited_sentences == written.citations_on_refusals == 0
    assert written.answered == 2
    assert written.by_model == (2 if said is half_right else 0)  # else the papers are quoted


def test_a_report_gives_both_writers_and_never_one_score_without_the_other(tmp_path: Path) -> None:
    result, _ = measured(tmp_path, half_right)
    report = Report(made_at=NOW, surroundings={}, sets=(result,))
    rows = [line.split(" | ") for line in as_markdown(report).split("\n") if line.startswith("| mine |")]
    written = [row for row in rows if row[1] in ("extractive", "fake:scripted")]
    assert [row[1] for row in written] == ["extractive", "fake:scripted"]
    assert all("100.0 % of" in row[6] and " of 2" in row[7] for row in written)
    assert "2 of 2 answers are fake:scripted's own words, 0.0 % of its sentences marked" in as_markdown(report)
    sets = as_json(report)["sets"]
    assert isinstance(sets, list)
    assert sets[0]["writers"]["fake:scripted"].keys() >= {"f1", "recall", "verified", "page_accuracy"}


def test_the_row_of_a_dead_model_is_not_passed_off_as_its_own(tmp_path: Path) -> None:
    result, _ = measured(tmp_path, ModelFailed("fake:scripted", "it is dead"))
    shown = as_markdown(Report(made_at=NOW, surroundings={}, sets=(result,)))
    assert "- mine: 0 of 2 answers are fake:scripted's own words; the others were quoted instead." in shown
    assert "extractive's own words" not in shown
