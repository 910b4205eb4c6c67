"""The command line on a data directory of the test's own, and nothing outside this machine."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.runner import Run, runner
from tests.made import RESIDUAL, paper_pdf

NOTES = "## Discussion 1 Small Networks - 2015\n1. What is internal covariate shift\n- change of distribution\n2. Why\n"


@pytest.fixture(autouse=True)
def _loopback_only(monkeypatch: pytest.MonkeyPatch, _no_settings_from_outside: None) -> None:
    monkeypatch.setenv("SEMINAR_ASK_CODE_LINKS_ONLINE", "false")
    monkeypatch.setenv("SEMINAR_ARXIV_API_URL", "http://127.0.0.1:9/api/query")
    monkeypatch.setenv("SEMINAR_ARXIV_PDF_URL", "http://127.0.0.1:9/pdf")
    monkeypatch.setenv("SEMINAR_ARXIV_INTERVAL_S", "0")
    monkeypatch.setenv("SEMINAR_ARXIV_RETRIES", "0")


@pytest.fixture
def words_only(monkeypatch: pytest.MonkeyPatch, _loopback_only: None) -> None:
    """No embedder: for tests that search nothing by meaning."""
    monkeypatch.setenv("SEMINAR_EMBEDDER", "none")


@pytest.fixture
def seminar(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> Run:
    """Run one command in this process; returns exit code, stdout, stderr."""
    return runner(tmp_path / "data", capfd)


@pytest.fixture
def filled(seminar: Run, tmp_path: Path) -> Run:
    """The same, on a library of two papers and one discussion."""
    folder = tmp_path / "papers"
    folder.mkdir()
    (folder / "a.pdf").write_bytes(paper_pdf(stamp="arXiv:1502.03167v3 [cs.LG] 2 Mar 2015"))
    (folder / "b.pdf").write_bytes(paper_pdf("Second: Shortcuts", RESIDUAL, link="https://github.com/example/second"))
    (tmp_path / "notes.md").write_text(NOTES)
    assert seminar("add", str(folder), "--notes", str(tmp_path / "notes.md"))[0] == 0
    return seminar
