"""Warming: the first question finds everything loaded, and nothing that is missing or broken stops the start."""

from __future__ import annotations

import logging
import shutil
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from rag.domain.answer import Answer
from rag.index.weights import find_weights
from rag.retrieval.candidates import STALE_INDEX
from rag.settings import Settings
from rag.study import Study
from tests.made import RESIDUAL, paper_pdf

FOLDER = find_weights()
pytestmark = pytest.mark.skipif(FOLDER is None, reason="the model weights are not installed")
QUESTION = "what is internal covariate shift"


@pytest.fixture
def filled(study_for: Callable[..., Study], tmp_path: Path) -> Callable[..., Study]:
    """Return a maker of cold studies on a library of two papers."""
    for name, pdf in (("a.pdf", paper_pdf()), ("b.pdf", paper_pdf("Shortcuts", RESIDUAL))):
        (tmp_path / name).write_bytes(pdf)
    study = study_for()
    study.add([str(tmp_path / "a.pdf"), str(tmp_path / "b.pdf")], guild="g")
    study.close()
    return study_for


def answered(answer: Answer) -> bool:
    return "We define internal covariate shift" in answer.text


def by_words_only(answer: Answer) -> bool:
    return STALE_INDEX in answer.notices


def test_after_warming_no_file_of_the_model_or_the_index_is_opened(
    filled: Callable[..., Study], settings_for: Callable[..., Settings], tmp_path: Path
) -> None:
    assert FOLDER is not None
    weights = tmp_path / "weights"
    weights.mkdir()
    for file in FOLDER.iterdir():
        (weights / file.name).symlink_to(file)
    study = filled(weights_path=weights)
    study.warm()
    shutil.rmtree(weights)
    answer = study.ask(QUESTION, guild="g")
    assert answered(answer)
    assert answer.notices == ()


def test_questions_may_be_asked_while_it_warms(filled: Callable[..., Study]) -> None:
    study = filled()
    warming = [threading.Thread(target=study.warm) for _ in range(2)]
    for thread in warming:
        thread.start()
    answer = study.ask(QUESTION, guild="g")
    for thread in warming:
        thread.join(60)
    assert answered(answer)
    assert not any(thread.is_alive() for thread in warming)


def test_an_empty_library_warms_its_model(study_for: Callable[..., Study], caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO):
        study_for().warm()
    assert any("loaded minilm" in record.message for record in caplog.records)


def test_without_an_embedder_there_is_nothing_to_load(study_for: Callable[..., Study]) -> None:
    study = study_for(embedder="none")
    study.warm()
    assert study.ask(QUESTION, guild="g").citations == ()


def test_a_missing_index_is_said_by_the_answers_not_by_warming(
    filled: Callable[..., Study], settings_for: Callable[..., Settings]
) -> None:
    shutil.rmtree(settings_for().chroma_path)
    study = filled(exact_search_passages=0)
    study.warm()
    answer = study.ask(QUESTION, guild="g")
    assert answered(answer)
    assert by_words_only(answer)


def test_a_broken_index_is_said_by_the_answers_not_by_warming(
    filled: Callable[..., Study], settings_for: Callable[..., Settings]
) -> None:
    (settings_for().chroma_path / "chroma.sqlite3").write_bytes(b"no database" * 1_000)
    study = filled(exact_search_passages=0)
    study.warm()
    assert by_words_only(study.ask(QUESTION, guild="g"))


def test_an_index_of_another_embedder_is_said_by_the_answers_not_by_warming(
    filled: Callable[..., Study],
) -> None:
    study = filled()
    study.library.set_fact("active passages collection", "passages--other-model--3--p1--g1")
    study.warm()
    assert by_words_only(study.ask(QUESTION, guild="g"))


def test_damaged_weights_are_logged_and_not_raised(
    filled: Callable[..., Study], tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    assert FOLDER is not None
    weights = tmp_path / "weights"
    weights.mkdir()
    for file in FOLDER.iterdir():
        (weights / file.name).symlink_to(file)
    (weights / "model.safetensors").unlink()
    (weights / "model.safetensors").write_bytes(b"no weights")
    filled(weights_path=weights).warm()
    assert "not everything is warm" in caplog.text
