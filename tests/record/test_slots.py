"""The weekly slot."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.domain.server import WeeklySlot
from rag.errors import NotFound, Refused
from rag.record.slots import next_meeting, next_odd, weekly_slot, zones_like
from rag.wording import sentence_for
from tests.conftest import NOW


def typed(*, day: int = 4, time: str = "19:30", zone: str = "Europe/Berlin") -> WeeklySlot:
    return weekly_slot(day=day, time=time, zone=zone, channel="7")


@pytest.mark.parametrize(
    ("time", "kept"), [("19:30", "19:30"), (" 7:05 ", "07:05"), ("7.05", "07:05"), ("0:00", "00:00")]
)
def test_times_are_kept_in_one_form(time: str, kept: str) -> None:
    assert typed(time=time).time == kept


@pytest.mark.parametrize("time", ["24:00", "19:60", "7 pm", "1930", "", "\u0663:30", "19:30:00", "-1:00"])
def test_what_is_no_time_of_day_is_refused_with_an_example(time: str) -> None:
    with pytest.raises(Refused) as caught:
        typed(time=time)
    assert "no time of day" in sentence_for(caught.value)
    assert "19:30" in sentence_for(caught.value)


@pytest.mark.parametrize("day", [0, 8, -1])
def test_a_week_has_seven_days(day: int) -> None:
    with pytest.raises(Refused):
        typed(day=day)


@pytest.mark.parametrize(
    ("zone", "kept"),
    [
        ("europe/berlin", "Europe/Berlin"),
        ("america/new york", "America/New_York"),
        ("utc", "UTC"),
        ("Etc/GMT+3", "Etc/GMT+3"),
    ],
)
def test_zones_are_kept_as_iana_writes_them(zone: str, kept: str) -> None:
    assert typed(zone=zone).zone == kept


@pytest.mark.parametrize(
    ("zone", "near"),
    [
        ("Berlin", "Europe/Berlin"),
        ("Europe/Berln", "Europe/Berlin"),
        ("new york", "America/New_York"),
        ("Kolkatta", "Asia/Kolkata"),
    ],
)
def test_a_zone_that_is_none_is_refused_with_one_that_is_near(zone: str, near: str) -> None:
    with pytest.raises(NotFound) as caught:
        typed(zone=zone)
    assert caught.value.near[0] == near


@pytest.mark.parametrize("zone", ["", "localtime", "posix/Europe/Berlin", "../../etc/passwd", "x" * 500])
def test_what_is_near_no_zone_is_refused_with_an_example(zone: str) -> None:
    with pytest.raises(NotFound) as caught:
        typed(zone=zone)
    assert "time zone" in sentence_for(caught.value)


def test_the_next_meeting_is_the_next_of_its_day_on_the_groups_own_clock() -> None:
    assert NOW.isoweekday() == 6
    assert next_meeting(typed(day=6, time="10:31"), NOW) == NOW + timedelta(minutes=1)  # Berlin is an hour ahead
    assert next_meeting(typed(day=6, time="10:30"), NOW) == NOW + timedelta(days=7)
    assert next_meeting(typed(day=1, time="19:30"), NOW) == datetime(2026, 11, 23, 18, 30, tzinfo=UTC)
    assert next_meeting(typed(day=7, time="00:30", zone="Pacific/Auckland"), NOW) == datetime(
        2026, 11, 21, 11, 30, tzinfo=UTC
    )


def test_a_time_that_the_clocks_skip_or_repeat_has_one_meeting() -> None:
    skipped = next_meeting(typed(day=7, time="02:30"), datetime(2027, 3, 27, tzinfo=UTC))
    assert skipped.astimezone(ZoneInfo("Europe/Berlin")).hour == 3
    assert next_meeting(typed(day=7, time="02:30"), datetime(2026, 10, 24, tzinfo=UTC)) == datetime(
        2026, 10, 25, 0, 30, tzinfo=UTC
    )


def test_the_next_time_that_the_clocks_skip_or_repeat_is_told() -> None:
    assert next_odd(typed(), NOW) is None
    assert next_odd(typed(day=7, time="02:30"), NOW) == ("gap", datetime(2027, 3, 28, 1, 30, tzinfo=UTC))
    after = datetime(2027, 4, 1, tzinfo=UTC)
    assert next_odd(typed(day=7, time="02:30"), after) == ("fold", datetime(2027, 10, 31, 0, 30, tzinfo=UTC))
    assert next_odd(typed(day=7, time="02:15", zone="Australia/Lord_Howe"), NOW) is not None


@pytest.mark.parametrize(
    ("typed_", "first"),
    [("berl", "Europe/Berlin"), ("new y", "America/New_York"), ("europe/b", "Europe/Belfast"), ("", "UTC")],
)
def test_zones_are_suggested_while_one_is_typed(typed_: str, first: str) -> None:
    assert zones_like(typed_, 5)[0] == first
    assert len(zones_like("a", 5)) == 5


@pytest.mark.parametrize("hours", [-1, 200])
def test_a_reminder_that_is_none_is_refused(hours: int) -> None:
    with pytest.raises(Refused):
        weekly_slot(day=4, time="19:30", zone="UTC", channel="7", reminder_hours=hours)


@given(
    day=st.integers(1, 7),
    hour=st.integers(0, 23),
    minute=st.integers(0, 59),
    zone=st.sampled_from(["UTC", "Europe/Berlin", "America/New_York", "Pacific/Apia", "Australia/Lord_Howe"]),
    now=st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC)),
)
def test_a_meeting_is_always_ahead_and_at_most_a_week_and_an_hour(
    day: int, hour: int, minute: int, zone: str, now: datetime
) -> None:
    meets = next_meeting(WeeklySlot(day, f"{hour:02}:{minute:02}", zone, "7"), now)
    assert now < meets <= now + timedelta(days=7, hours=1)
    assert meets.astimezone(ZoneInfo(zone)).isoweekday() == day
