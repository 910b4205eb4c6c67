"""A year of weekly posts: each week once, whatever happens to the processes and the clock."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from rag.agenda.simulation import Actor, Hall, HandClock, moments, simulate, simulated
from rag.domain.agenda import IsoWeek, PostKind
from tests.agenda.years import AFTER_A_LEASE, BEGIN, END, WINDOW, ZONES, Killer, lives, slot_in


@pytest.mark.parametrize("zone", [*ZONES, "Asia/Kolkata"])
def test_each_week_of_a_year_has_one_post_at_its_time_on_the_groups_clock(zone: str, tmp_path: Path) -> None:
    sent = simulate(tmp_path / "year.db", slot_in(zone), begin=BEGIN, end=END, window=WINDOW)
    local = [message.at.astimezone(ZoneInfo(zone)) for message in sent]
    assert Counter(IsoWeek.of(moment, zone) for moment in local) == Counter(message.week for message in sent)
    assert len({message.week for message in sent}) == len(sent) == 52
    assert {moment.isoweekday() for moment in local} == {7}
    odd = [moment for moment in local if (moment.hour, moment.minute) != (2, 15)]
    skipped = {
        "Europe/Berlin": ["03-29 03:15"],
        "America/New_York": ["03-08 03:15"],
        "Australia/Lord_Howe": ["10-04 02:45"],
        "Africa/Casablanca": ["03-22 03:15"],
    }
    assert [f"{moment:%m-%d %H:%M}" for moment in odd] == skipped.get(zone, [])
    assert all(moment.fold == 0 for moment in local)


@pytest.mark.parametrize("zone", ZONES)
def test_a_kill_at_every_step_of_every_week_leaves_one_post_a_week(zone: str, tmp_path: Path) -> None:
    slot, killer = slot_in(zone), Killer()
    clock = HandClock(BEGIN)
    hall = Hall(clock)
    with simulated(tmp_path / "year.db", slot, clock, papers=60, window=WINDOW) as process:
        deaths = 0
        for moment in [BEGIN, *moments(slot, BEGIN, END)]:
            clock.now = max(clock.now, moment)
            while not lives(Actor(process(f"process {deaths}"), hall, killer)):
                deaths += 1
                clock.now += AFTER_A_LEASE
    weeks = Counter(sent.week for sent in hall.sent if sent.kind is PostKind.QUESTIONS)
    assert set(weeks.values()) == {1}
    assert len(weeks) == len(hall.sent) == 52
    assert deaths == len(killer.done)
    assert {(when, step) for _week, _kind, when, step in killer.done} >= {
        (when, step)
        for when in ("before", "after")
        for step in ("OpenSession", "Place", "Begin", "Send", "Look", "Confirm", "Complete", "Finish")
    }
    assert set(hall.completed) == {sent.message for sent in hall.sent}
    assert len({sent.session_id for sent in hall.sent}) == 52
