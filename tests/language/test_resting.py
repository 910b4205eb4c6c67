"""A model that is down costs the first two askers its time, and nobody else."""

from __future__ import annotations

import pytest

from rag.errors import ModelFailed
from rag.language.ports import Prompt
from rag.language.resting import FAILURES, REST_S, Rested
from tests.language.fakes import Said, ScriptedModel

PROMPT = Prompt("words/1", "s", "u")
DOWN = ModelFailed("fake:scripted", "nobody listens at its address")
KEY = ModelFailed("fake:scripted", "its key was refused (401)", passing=False)


class Seconds:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def rested(clock: Seconds, *said: Said) -> tuple[Rested, ScriptedModel]:
    model = ScriptedModel(*said)
    return Rested(model, clock), model


def fails(model: Rested) -> ModelFailed:
    with pytest.raises(ModelFailed) as failed:
        model.reply(PROMPT)
    return failed.value


def test_after_two_failures_in_a_row_nobody_waits_for_it() -> None:
    model, asked = rested(Seconds(), DOWN)
    assert [fails(model).reason for _ in range(FAILURES)] == [DOWN.reason] * FAILURES
    refused = fails(model)
    assert refused.passing
    assert refused.reason == "it was down just now and is asked again in 30 s"
    assert len(asked.asked) == FAILURES


def test_it_is_asked_again_after_its_rest_and_rests_again_if_it_is_still_down() -> None:
    clock = Seconds()
    model, asked = rested(clock, DOWN, DOWN, DOWN, "here I am")
    for _ in range(FAILURES):
        fails(model)
    clock.now += REST_S - 1
    assert fails(model).reason == "it was down just now and is asked again in 1 s"
    clock.now += 1
    assert fails(model).reason == DOWN.reason
    assert "asked again" in fails(model).reason
    clock.now += REST_S
    assert model.reply(PROMPT).text == "here I am"
    assert len(asked.asked) == FAILURES + 2


def test_an_answer_between_two_failures_forgets_the_first() -> None:
    model, asked = rested(Seconds(), DOWN, "yes", DOWN, "yes")
    fails(model)
    assert model.reply(PROMPT).text == "yes"
    fails(model)
    assert model.reply(PROMPT).text == "yes"
    assert len(asked.asked) == 4


def test_a_failure_that_does_not_pass_between_two_that_do_forgets_the_first() -> None:
    model, asked = rested(Seconds(), DOWN, KEY, DOWN, "yes")
    for _ in range(3):
        fails(model)
    assert model.reply(PROMPT).text == "yes"
    assert len(asked.asked) == 4


def test_what_a_model_says_is_heard_while_it_grows() -> None:
    heard: list[str] = []
    model, _ = rested(Seconds(), "w" * 100)
    assert model.reply(PROMPT, heard=heard.append).text == "w" * 100
    assert heard == ["w" * 40, "w" * 80, "w" * 100]


def test_what_does_not_pass_is_told_each_time_as_it_is() -> None:
    model, asked = rested(Seconds(), KEY)
    assert [fails(model).reason for _ in range(4)] == [KEY.reason] * 4
    assert len(asked.asked) == 4
