"""The words around quotes: shipped, complete, and never filled from within."""

from __future__ import annotations

from pathlib import Path

import pytest

from rag.answering.frames import Frames


def test_the_shipped_words_are_complete() -> None:
    assert Frames.load().page(2) == "p. 2"


def test_a_missing_word_fails_at_the_start(tmp_path: Path) -> None:
    (tmp_path / "answers.toml").write_text('page = "p. $page"\n')
    with pytest.raises(KeyError):
        Frames.load(tmp_path / "answers.toml")


def test_an_unknown_place_fails_at_the_start(tmp_path: Path) -> None:
    shipped = Path(__file__).parents[2] / "prompts" / "answers.toml"
    (tmp_path / "answers.toml").write_text(shipped.read_text().replace("p. $page", "p. $pgae"))
    with pytest.raises(KeyError):
        Frames.load(tmp_path / "answers.toml")


def test_what_a_paper_says_is_never_a_template() -> None:
    assert "$page {0} %s" in Frames.load().quoted_from("$paper", "p. 1", "$page {0} %s")


def test_not_found_names_each_place_once() -> None:
    text = Frames.load().not_found(nearest=[("Firm", 1), ("Firm", 1), ("Loose", None)])
    assert text.count("Firm") == 1
    assert "Loose" in text
