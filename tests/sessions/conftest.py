"""A small library made once, and question sets that need no model: the sessions' own rooms are what is tried."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from pathlib import Path

import pytest

from rag.domain.answer import Citation, Quote
from rag.domain.paper import Paper
from rag.domain.question import Origin, Question, QuestionSet
from rag.domain.session import Session
from rag.sessions.sessions import Sessions
from rag.settings import read_settings
from rag.store.library import Library
from rag.study import Study
from rag.wiring import build
from tests.conftest import NOW
from tests.made import RESIDUAL, SHIFT, paper_pdf
from tests.record.groups import Clock

GROUP = "111000111"
MINA, OMAR = "700000000000000001", "700000000000000002"
WHY = (
    "The language model did not answer, so the questions are made of the paper’s own sentences.",
    "3 questions: I found no more that are new.",
)
"""What a question set may say of itself."""
NOTES = """## Discussion 1 Shortcuts - 2015
1. What is this paper try to convey ?
- shortcuts help
2. What is a shortcut connection ?
- the input is added
3. Why ?
-
## Discussion 5a Old Things - 2014
1. What is internal covariate shift
- inputs move
2. loss function
- the error
## Discussion 5 Something Else - 2013
1. What is dropout ?
- units are dropped"""


class MadeQuestions:
    """Three questions on any paper, then the follow-ups; each quotes the paper's own passages."""

    def __init__(self, library: Library, notices: tuple[str, ...] = ()) -> None:
        self._library = library
        self._notices = notices

    def of(self, _guild: str, paper: Paper, *, n: int = 12, follow_ups: Sequence[Question] = ()) -> QuestionSet:
        texts = ("What does this paper try to convey?", "What is a residual block?", "What does Table 2 show?")
        passage = self._library.passages_of(paper.key)[0]
        cited = Citation(1, paper, passage, Quote(passage.text[:40], passage.first_page), 1.0)
        carried = [question.text for question in follow_ups]
        made = [
            Question(1, text, "Problem", Origin.TEMPLATE, (cited,), "Because it says so.")
            for text in texts
            if text not in carried
        ]
        numbered = [*follow_ups, *made][:n]
        questions = tuple(
            Question(i, q.text, q.field, q.origin, q.evidence, q.expected, q.about) for i, q in enumerate(numbered, 1)
        )
        return QuestionSet(paper, questions, ("Safety & Bias",), "0" * 64, notices=self._notices)


def ask_made_questions(monkeypatch: pytest.MonkeyPatch, notices: tuple[str, ...] = ()) -> None:
    """Put the three questions in the place of every set that is made."""
    of = lambda self, *given, **more: MadeQuestions(self._library, notices).of(*given, **more)  # noqa: E731
    monkeypatch.setattr("rag.questions.question_sets.QuestionSets.of", of)


@pytest.fixture(scope="session")
def made_library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("sessions")
    for name, text in (("Shortcuts in Deep Networks", RESIDUAL), ("Normalising Small Networks", SHIFT)):
        (folder / f"{name}.pdf").write_bytes(paper_pdf(name, text))
    study = build(read_settings(data_dir=folder / "data", embedder="none"), clock=lambda: NOW)
    results = study.add([str(path) for path in sorted(folder.glob("*.pdf"))], guild=GROUP)
    assert [result.error for result in results] == [None, None]
    study.set_aliases(GROUP, "Shortcuts in Deep Networks", ["shortcuts"])
    study.close()
    return folder / "data"


@pytest.fixture
def study(made_library: Path, tmp_path: Path) -> Iterator[Study]:
    shutil.copytree(made_library, tmp_path / "data")
    study = build(read_settings(data_dir=tmp_path / "data", embedder="none"), clock=lambda: NOW)
    yield study
    study.close()


@pytest.fixture
def clock() -> Clock:
    return Clock()


def sessions_of(study: Study, clock: Callable[[], datetime], notices: tuple[str, ...] = ()) -> Sessions:
    """Return the sessions of a study, with made questions and a clock of the test's own."""
    return Sessions(
        library=study.library,
        question_sets=MadeQuestions(study.library, notices),
        notebook=study._notebook,
        directory=study.directory,
        clock=clock,
    )


@pytest.fixture
def sessions(study: Study, clock: Clock) -> Sessions:
    return sessions_of(study, clock)


@pytest.fixture
def paper(study: Study) -> Paper:
    return study.paper(GROUP, "Shortcuts in Deep Networks")


def opened(sessions: Sessions, paper: Paper) -> Session:
    """Open a session as Mina."""
    return sessions.open(GROUP, paper, channel="7", opened_by=MINA)


def say(sessions: Sessions, session: Session, number: int | None, text: str, person: str = MINA) -> int:
    """Let somebody answer, and return the answer's number."""
    return sessions.answer(GROUP, session.session_id, number, person=person, name=f"n{person[-1]}", text=text).answer_id
