"""What is refused aloud is said once a minute: forty mentions are no forty messages."""

from __future__ import annotations

from bot.refusals import AGAIN_S, Refusals


def test_a_person_is_told_once_a_minute_in_a_channel() -> None:
    now = 100.0
    refusals = Refusals(clock=lambda: now)
    assert [refusals.first_of(1, 7, "TooFast") for _ in range(40)] == [True] + [False] * 39
    now += AGAIN_S
    assert refusals.first_of(1, 7, "TooFast")


def test_other_people_channels_and_refusals_are_told_too() -> None:
    refusals = Refusals(clock=lambda: 5.0)
    assert refusals.first_of(1, 7, "TooFast")
    assert refusals.first_of(1, 8, "TooFast")
    assert refusals.first_of(2, 7, "TooFast")
    assert refusals.first_of(1, 7, "NotInThisChannel")


def test_what_is_remembered_does_not_grow_for_ever() -> None:
    now = 0.0
    refusals = Refusals(clock=lambda: now)
    for person in range(30_000):
        now += 0.01
        assert refusals.first_of(1, person, "TooFast")
    assert len(refusals._told_at) <= 10_000
