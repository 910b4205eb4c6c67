"""How often is too often: counted per person and server, told with the time to wait, never more than was set."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

import bot.rates
from bot.errors import TooFast, sentence
from bot.rates import Rates
from bot.settings import read_bot_settings
from rag.errors import Refused


class Clock:
    """Monotonic seconds that pass when a test says so; it begins where a machine that was just started does."""

    def __init__(self) -> None:
        self.now_s = 0.0

    def __call__(self) -> float:
        return self.now_s


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def rates(clock: Clock) -> Callable[..., Rates]:
    return lambda **given: Rates(read_bot_settings(**given), clock=clock)


def test_a_person_asks_so_often_a_minute_and_then_again(rates: Callable[..., Rates], clock: Clock) -> None:
    counted = rates(questions_per_person_per_minute=3)
    for _ in range(3):
        counted.question(guild="g", person="tom")
    with pytest.raises(TooFast) as refused:
        counted.question(guild="g", person="tom")
    assert (refused.value.who, refused.value.most, refused.value.wait_s) == ("you", 3, 60.0)
    clock.now_s += 45.0
    with pytest.raises(TooFast) as refused:
        counted.question(guild="g", person="tom")
    assert refused.value.wait_s == 15.0
    assert sentence(refused.value) == ("That was fast: you can send 3 questions a minute. Try again in 15 seconds.")
    clock.now_s += 15.0
    counted.question(guild="g", person="tom")


def test_another_person_and_the_same_in_another_server_count_for_themselves(rates: Callable[..., Rates]) -> None:
    counted = rates(questions_per_person_per_minute=1)
    counted.question(guild="g", person="tom")
    counted.question(guild="g", person="ada")
    counted.question(guild="h", person="tom")
    with pytest.raises(TooFast):
        counted.question(guild="g", person="tom")


def test_a_server_asks_so_often_a_minute_together(rates: Callable[..., Rates]) -> None:
    counted = rates(questions_per_server_per_minute=2)
    counted.question(guild="g", person="tom")
    counted.question(guild="g", person="ada")
    with pytest.raises(TooFast) as refused:
        counted.question(guild="g", person="zoe")
    assert refused.value.who == "this server"
    counted.question(guild="h", person="zoe")


def test_what_is_refused_is_not_counted(rates: Callable[..., Rates], clock: Clock) -> None:
    counted = rates(questions_per_person_per_minute=1, questions_per_server_per_minute=2)
    counted.question(guild="g", person="tom")
    for _ in range(5):
        with pytest.raises(TooFast):
            counted.question(guild="g", person="tom")
    counted.question(guild="g", person="ada")  # the server's second


def test_papers_are_counted_not_commands(rates: Callable[..., Rates], clock: Clock) -> None:
    counted = rates(adds_per_server_per_hour=10)
    counted.adds(7, guild="g")
    with pytest.raises(TooFast):
        counted.adds(4, guild="g")
    counted.adds(3, guild="g")
    clock.now_s += 3_000.0
    with pytest.raises(TooFast) as refused:
        counted.adds(1, guild="g")
    assert sentence(refused.value) == "That was fast: this server can send 10 papers an hour. Try again in 10 minutes."
    clock.now_s += 600.0
    counted.adds(10, guild="g")


def test_more_than_is_ever_taken_at_once_is_not_told_to_wait(rates: Callable[..., Rates]) -> None:
    counted = rates(adds_per_server_per_hour=10)
    with pytest.raises(Refused) as refused:
        counted.adds(11, guild="g")
    assert sentence(refused.value) == (
        "The add was refused: it names 11 papers, and this server can add 10 an hour. Add fewer at a time."
    )
    counted.adds(10, guild="g")


def test_what_is_in_memory_does_not_grow_for_ever(
    rates: Callable[..., Rates], clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bot.rates, "_KEPT", 50)
    counted = rates(questions_per_server_per_minute=10_000, questions_per_person_per_minute=1)
    for person in range(500):
        clock.now_s += 10.0
        counted.question(guild="g", person=str(person))
        assert len(counted._counts) <= 52
    with pytest.raises(TooFast):
        counted.question(guild="g", person="499")  # the young ones are not forgotten


@given(pauses=st.lists(st.floats(0.0, 90.0), max_size=60), most=st.integers(1, 5))
def test_no_minute_begins_anew_before_it_is_over(pauses: list[float], most: int) -> None:
    clock = Clock()
    counted = Rates(read_bot_settings(questions_per_person_per_minute=most), clock=clock)
    let_through: list[float] = []
    for pause in pauses:
        clock.now_s += pause
        clock.now_s += waited(counted)
        counted.question(guild="g", person="tom")  # who waits as told is let through
        let_through.append(clock.now_s)
    for first in let_through:
        assert sum(first <= at < first + 60.0 for at in let_through) <= 2 * most


def waited(counted: Rates) -> float:
    """Return how long a person is told to wait, 0 when they need not."""
    spare = Rates(counted._settings, clock=counted._clock)
    spare._counts = {key: replace(count) for key, count in counted._counts.items()}
    try:
        spare.question(guild="g", person="tom")
    except TooFast as refused:
        return refused.wait_s
    return 0.0


def test_a_person_leafs_so_often_a_minute_and_others_are_free(rates: Callable[..., Rates], clock: Clock) -> None:
    counted = rates()
    for _ in range(bot.rates.BROWSED_A_MINUTE):
        counted.browse(guild="g", person="tom")
    with pytest.raises(TooFast) as refused:
        counted.browse(guild="g", person="tom")
    assert (refused.value.who, refused.value.most, refused.value.wait_s) == ("you", bot.rates.BROWSED_A_MINUTE, 60.0)
    counted.browse(guild="g", person="ada")
    counted.browse(guild="h", person="tom")
    counted.question(guild="g", person="tom")
    clock.now_s += 60.0
    counted.browse(guild="g", person="tom")
