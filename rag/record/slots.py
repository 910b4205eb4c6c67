"""The group's weekly slot: as people type it, and when it comes next."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from datetime import time as time_of_day
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

from rag.domain.agenda import IsoWeek
from rag.domain.server import WeeklySlot
from rag.errors import NotFound, Refused

MOST_REMINDER_HOURS = 6 * 24
"""Before that, the week before would not be over."""
NEAR = 3
NEAR_SCORE = 70.0
_TIME = re.compile(r"(\d{1,2})[:.h](\d{2})", re.ASCII)


def weekly_slot(
    *, day: int, time: str, zone: str, channel: str, reminder_hours: int = 24, event: bool = False
) -> WeeklySlot:
    """Return the slot that was typed. Raises Refused for a day or a time that is none, NotFound for a zone."""
    if not 1 <= day <= 7:
        raise Refused(
            what="The weekly slot", reason=f"there is no day {day} in a week", advice="Monday is 1, Sunday 7."
        )
    if not 0 <= reminder_hours <= MOST_REMINDER_HOURS:
        reason = f"a reminder {reminder_hours} hours before it is none"
        advice = f"Say 1 to {MOST_REMINDER_HOURS} hours, or 0 for no reminder."
        raise Refused(what="The weekly slot", reason=reason, advice=advice)
    return WeeklySlot(day, _time(time), _zone(zone), channel, reminder_hours, event)


def next_meeting(slot: WeeklySlot, now: datetime) -> datetime:
    """Return when the group meets next after ``now``, in aware UTC.

    A time that the clocks skip in spring is an hour later by them; of one that comes twice in autumn, the first.
    """
    today = now.astimezone(ZoneInfo(slot.zone)).date()
    days = (today + timedelta(days=n) for n in range(8))
    moments = (_moment(slot, day) for day in days if day.isoweekday() == slot.day)
    return next(moment for moment in moments if moment > now)


def meeting_in(slot: WeeklySlot, week: IsoWeek) -> datetime:
    """Return when the group meets in a week, in aware UTC; gaps and folds of the clock as in ``next_meeting``."""
    return _moment(slot, date.fromisocalendar(week.year, week.week, slot.day))


def zones_like(typed: str, limit: int) -> tuple[str, ...]:
    """Return names of zones that hold what is being typed, those first that begin with it; nothing typed: a few."""
    wanted = "_".join(typed.split()).casefold()
    if not wanted:
        return _OFTEN[:limit]
    found = [name for name in _zones() if wanted in name.casefold()]
    return tuple(sorted(found, key=lambda name: (f"/{wanted}" not in f"/{name.casefold()}", name)))[:limit]


def in_zone(moment: datetime, zone: str) -> datetime:
    """Return a moment by the clocks of an IANA zone."""
    return moment.astimezone(ZoneInfo(zone))


def clock_change(slot: WeeklySlot, week: IsoWeek) -> str:
    """Return what the clocks do to a week's meeting: "gap" skips its time, "fold" has it twice; "week": they change
    between the last meeting and this one; "": nothing.
    """
    here = in_zone(meeting_in(slot, week), slot.zone)
    if f"{here:%H:%M}" != slot.time:
        return "gap"
    if here.replace(fold=1).utcoffset() != here.utcoffset():
        return "fold"
    before = in_zone(meeting_in(slot, week.later(-1)), slot.zone)
    return "week" if before.utcoffset() != here.utcoffset() else ""


def next_odd(slot: WeeklySlot, now: datetime, *, weeks: int = 53) -> tuple[str, datetime] | None:
    """Return the next meeting within a year whose time the clocks skip ("gap") or have twice ("fold"), and which."""
    week = IsoWeek.of(next_meeting(slot, now), slot.zone)
    for ahead in range(weeks):
        if (change := clock_change(slot, week.later(ahead))) in ("gap", "fold"):
            return change, meeting_in(slot, week.later(ahead))
    return None


def _moment(slot: WeeklySlot, day: date) -> datetime:
    hour, minute = map(int, slot.time.split(":"))
    return datetime.combine(day, time_of_day(hour, minute), ZoneInfo(slot.zone)).astimezone(UTC)


def _time(typed: str) -> str:
    found = _TIME.fullmatch(typed.strip())
    if found is None or int(found[1]) > 23 or int(found[2]) > 59:
        reason = f"“{typed.strip()}” is no time of day"
        raise Refused(what="The weekly slot", reason=reason, advice="Write it from 00:00 to 23:59, for example 19:30.")
    return f"{int(found[1]):02}:{found[2]}"


def _zone(typed: str) -> str:
    """Return a zone's name as IANA has it (https://www.iana.org/time-zones)."""
    wanted = "_".join(typed.split())
    known = {name.casefold(): name for name in _zones()}
    found = known.get(wanted.casefold())
    if found is None:
        raise NotFound(what="time zone", name=typed.strip(), near=tuple(_near(wanted, known)))
    return found


_OFTEN = (
    "UTC", "Europe/London", "Europe/Berlin", "America/New_York", "America/Los_Angeles", "America/Sao_Paulo",
    "Asia/Kolkata", "Asia/Shanghai", "Asia/Tokyo", "Australia/Sydney",
)  # fmt: skip


@cache
def _zones() -> tuple[str, ...]:
    return tuple(sorted(name for name in available_timezones() if not name.startswith(_NO_PLACES)))


_NO_PLACES = ("posix/", "right/", "SystemV/", "localtime", "Factory")
"""Not names that IANA gives: copies, leap seconds, and whatever this machine is set to."""


def _near(wanted: str, known: dict[str, str]) -> list[str]:
    """Return zones that a person may have meant: by their city, or with a slip."""
    from rapidfuzz import fuzz, process

    folded = wanted.casefold()
    cities = [name for key, name in known.items() if folded and key.rpartition("/")[2] == folded]
    places = {key: key.rpartition("/")[2] if "/" not in folded else key for key in known}
    close = process.extract(folded, places, scorer=fuzz.ratio, limit=NEAR, score_cutoff=NEAR_SCORE)
    return list(dict.fromkeys([*sorted(cities), *(known[key] for _place, _score, key in close)]))[:NEAR]
