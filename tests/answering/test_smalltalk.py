"""What is said in a chat without asking anything."""

from __future__ import annotations

from pathlib import Path

import pytest

from rag.answering.smalltalk import is_smalltalk
from rag.errors import BadQuestion
from rag.wording import sentence_for
from tests.answering.library import GUILD, small_library


@pytest.mark.parametrize(
    "said",
    [
        "thanks!",
        "Thank you so much!!",
        "thanks a lot for the answer",
        "thx :)",
        "ok",
        "ok ok, cool",
        "OK thanks",
        "Hi",
        "hello there",
        "hello?",
        "lol",
        "haha nice :D",
        "cool",
        "good bot",
        "that was helpful",
        "that's great 🎉",
        "got it.",
        "I see",
        "how are you?",
        "🎉👍",
        ":+1:",
        "<:party:123456789012345678>",
        "thanks <3",
        "谢谢！",
        "yes",
    ],
)
def test_thanks_greetings_and_applause_are_no_question(said: str) -> None:
    assert is_smalltalk(said)


@pytest.mark.parametrize(
    "asked",
    [
        "",
        "?",
        "RPN",
        "k",
        "dashline",
        "why?",
        "really?",
        "ok, why?",
        "thanks, and the learning rate?",
        "hi, what is dropout",
        "is it good?",
        "was that right?",
        "is this work good",
        "hello world example",
        "sweet spot",
        "α",
        "1502.03167",
        "good initialization",
        "it is right to left",
        "love numbers",
        "a" * 3000,
    ],
)
def test_short_questions_are_questions(asked: str) -> None:
    assert not is_smalltalk(asked)


def test_small_talk_is_refused_kindly_and_says_what_to_do(tmp_path: Path) -> None:
    answerer = small_library(tmp_path)
    before = answerer.ask("what is signal drift", guild=GUILD)
    with pytest.raises(BadQuestion) as refused:
        answerer.ask("thanks!", guild=GUILD, earlier=(before,))
    assert sentence_for(refused.value) == (
        "The question was not asked: a greeting or a word of thanks is kind, but it is no question. "
        "Ask about a paper, for example: “what is RPN”."
    )
