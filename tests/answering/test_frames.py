"""The words around quotes: shipped, complete, and never filled from within."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from rag.answering.frames import Frames, Instead
from rag.errors import ModelFailed
from rag.language.ports import WhyNot
from tests.answering.library import NOW
from tests.language.fakes import NO_MORE


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


ENDINGS = {
    Instead.QUOTES: "the papers are quoted instead.",
    Instead.QUESTIONS: "the questions are made of the paper’s own sentences.",
    Instead.CARDS: "the cards are made of the paper’s own sentences.",
    Instead.QUESTION: "only a program looked for the question.",
    Instead.WORDS: "only a program compared the words.",
}


@pytest.mark.parametrize("instead", Instead)
def test_why_no_model_wrote_is_said_in_the_same_words_everywhere(instead: Instead) -> None:
    ending = ENDINGS[instead]
    frames = Frames.load()
    assert frames.model_failed(instead) == f"The language model did not answer, so {ending}"
    nothing = "Nothing that the language model wrote could be verified"
    assert frames.model_unfounded(instead) == f"{nothing}, so {ending}"
    assert frames.model_unfit(instead) == f"Nothing that the language model wrote was good enough, so {ending}"
    spent = frames.model_spent(instead, datetime(2031, 3, 31, 23, 59, tzinfo=UTC))
    assert spent == f"This server’s model tokens for March are used up, so {ending}"
    off = frames.model_silent(NO_MORE[WhyNot.OFF], instead, NOW)
    assert off == (f"The language model was switched off meanwhile, so {ending}",)
    assert frames.model_silent(NO_MORE[WhyNot.SPENT], instead, NOW) == frames.model_absent(WhyNot.SPENT, instead, NOW)
    assert frames.model_silent(ModelFailed("m", "x"), instead, NOW) == (frames.model_failed(instead),)


def test_what_a_model_left_unsaid_is_told_from_other_notices() -> None:
    frames = Frames.load()
    silent = [frames.model_failed(Instead.QUOTES), frames.model_spent(Instead.WORDS, NOW)]
    silent += frames.model_silent(NO_MORE[WhyNot.OFF], Instead.CARDS, NOW)
    others = [frames.model_unfounded(Instead.QUOTES), frames.model_partial(), frames.read_as("a"), ""]
    assert [frames.is_silence(notice) for notice in (*silent, *others)] == [True] * 3 + [False] * 4
