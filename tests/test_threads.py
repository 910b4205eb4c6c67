"""One study, many threads: nothing is loaded, and everybody asks at once while papers come in."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from rag.domain.answer import Answer
from rag.index.weights import find_weights
from rag.intake.results import AddStatus
from rag.study import Study
from tests.made import RESIDUAL, SHIFT, paper_pdf

pytestmark = pytest.mark.skipif(find_weights() is None, reason="the model weights are not installed")

PATIENCE_S = 120
GATING = "We define firm gating as the subtraction of a running mean from the inputs, because a batch is noisy."
QUESTIONS = (
    "what is internal covariate shift",
    "what is a residual block",
    "what is firm gating",
    "why does firm gating subtract a running mean?",
    "how many times were the experiments repeated?",
    "what is the capital of France",
    "what is intrnal covariate shift",
    "what is Normalising Small Networks about",
)


def written(folder: Path, name: str, content: bytes) -> str:
    path = folder / name
    path.write_bytes(content)
    return str(path)


@pytest.fixture
def papers(tmp_path: Path) -> list[str]:
    return [
        written(tmp_path, "shift.pdf", paper_pdf(definition=SHIFT)),
        written(tmp_path, "residual.pdf", paper_pdf("Shortcuts", RESIDUAL)),
        written(tmp_path, "gating.pdf", paper_pdf("Firm Gating", GATING)),
    ]


def asked_at_once(study: Study, questions: Sequence[str], *, beside: Callable[[], object]) -> list[Answer]:
    """Ask every question in a thread of its own, all let go together with ``beside``."""
    ready = threading.Barrier(len(questions) + 1, timeout=PATIENCE_S)

    def ask(question: str) -> Answer:
        ready.wait()
        return study.ask(question, guild="g")

    def work() -> object:
        ready.wait()
        return beside()

    with ThreadPoolExecutor(len(questions) + 1) as pool:
        running = [pool.submit(ask, question) for question in questions]
        other = pool.submit(work)
        answers = [future.result(PATIENCE_S) for future in running]
        other.result(PATIENCE_S)
    return answers


def said(answer: Answer) -> Answer:
    """An answer without how long it took."""
    return replace(answer, took_ms={})


def test_answers_on_a_cold_study_are_those_given_alone_while_another_servers_paper_comes_in(
    study_for: Callable[..., Study], papers: list[str], tmp_path: Path
) -> None:
    first = study_for()
    first.add(papers, guild="g")
    alone = [said(first.ask(question, guild="g")) for question in QUESTIONS]
    assert sum(bool(answer.citations) for answer in alone) >= 6
    first.close()
    other = written(tmp_path, "other.pdf", paper_pdf("Other Shift", SHIFT.replace("We", "They"), pages=6))
    cold = study_for()
    results: list[AddStatus] = []
    together = asked_at_once(
        cold, QUESTIONS, beside=lambda: results.extend(r.status for r in cold.add([other], guild="h"))
    )
    assert [said(answer) for answer in together] == alone
    assert results == [AddStatus.ADDED]


def test_a_paper_that_comes_into_the_library_asked_of_spoils_no_answer(
    study_for: Callable[..., Study], papers: list[str]
) -> None:
    """Each answer is one of before or after: its quotes and its notices say so."""
    quiet = study_for()
    quiet.add(papers[:2], guild="g")
    before = [quotes(quiet.ask(question, guild="g")) for question in QUESTIONS]
    quiet.close()
    busy = study_for()
    rounds: list[list[Answer]] = []
    adding = threading.Event()

    def add() -> None:
        busy.add(papers[2:], guild="g")
        adding.set()

    rounds.append(asked_at_once(busy, QUESTIONS, beside=add))
    after = [quotes(busy.ask(question, guild="g")) for question in QUESTIONS]
    assert adding.is_set()
    assert before != after
    for answers in rounds:
        for answer, one, other in zip(answers, before, after, strict=True):
            assert quotes(answer) in (one, other)


def quotes(answer: Answer) -> tuple[object, ...]:
    return (*(citation.quote.text for citation in answer.citations), *answer.notices)
