"""An answer that a model wrote, in a terminal: while it is written, and when it is there."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from rag.cli.answer_page import print_answer
from rag.cli.door import Door
from rag.cli.progress import shown_writing
from rag.cli.screen import Screen
from rag.domain.answer import Answer, Citation, Outcome, Quote, Sentence
from rag.domain.paper import Paper, SourceKind
from rag.domain.passage import Passage
from rag.domain.reading import Kind
from rag.domain.stage import Stage, StageKind

PAPER = Paper(
    "guild:1:0", "sha256:000000000000", "Shortcuts", SourceKind.PDF, "1" * 64, datetime(2026, 11, 21, tzinfo=UTC)
)
PASSAGE = Passage("p", PAPER.key, 0, Kind.TEXT, "We add the input.", ("3 Method",), None, 2, 2)
CITATION = Citation(1, PAPER, PASSAGE, Quote("We add the input.", 2), 1.0)
WRITTEN = Answer(
    "what is added", Outcome.GROUNDED, "The input is added. [1]\nThis helps. [1] (weakly supported)",
    (Sentence("The input is added.", (1,)), Sentence("This helps.", (1,), weak=True)), (CITATION,),
    writer="openai:gpt-x",
)  # fmt: skip
HELD_BACK = "\x1b[2Jgone"


def printed(answer: Answer, capfd: pytest.CaptureFixture[str]) -> str:
    print_answer(Door(data_dir=None, guild=None), answer)
    return capfd.readouterr().out


def test_a_models_answer_names_the_model_its_quotes_and_what_weak_means(capfd: pytest.CaptureFixture[str]) -> None:
    out = printed(WRITTEN, capfd)
    assert out.startswith(f"{WRITTEN.text}\n\nWeakly supported: the quote is on its page, but")
    assert "[1] Shortcuts, p. 2 · 3 Method\n    “We add the input.”" in out
    assert out.endswith("\nWritten by the language model openai:gpt-x; 1 citation checked on the page.\n")
    sure = printed(replace(WRITTEN, sentences=WRITTEN.sentences[:1]), capfd)
    assert "Weakly supported" not in sure


def test_what_is_written_so_far_is_shown_in_a_terminal_and_gone_when_the_answer_is_there(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(Screen, "is_terminal", True)
    monkeypatch.setattr(Door, "watched", True)
    door = Door(data_dir=None, guild=None)
    screen = door.err
    screen.file = io.StringIO()
    with shown_writing(door) as told:
        told(Stage(StageKind.SEARCH, 2))
        told(Stage(StageKind.WRITE, 3, f"The input is added. [1]\n{HELD_BACK}"))
    shown = screen.file.getvalue()
    assert "Searching 2 papers …" in shown
    assert "The input is added. [1]\n" in shown
    assert HELD_BACK not in shown, "only our own signs move the cursor"
    assert "\x1b[2K" in shown.rpartition("Writing …")[2], "its lines are erased"


def test_nothing_of_it_is_in_a_pipe_for_which_no_console_is_made(monkeypatch: pytest.MonkeyPatch) -> None:
    stderr = io.StringIO()
    monkeypatch.setattr("sys.stderr", stderr)
    door = Door(data_dir=None, guild=None)
    with shown_writing(door) as told:
        told(Stage(StageKind.WRITE, 3, "The input is added. [1]"))
    assert stderr.getvalue() == ""
    assert "err" not in vars(door)
