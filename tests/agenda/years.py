"""A year of weekly posts under a clock that is moved by hand, and processes that are killed in it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from rag.agenda.posts import LEASE
from rag.agenda.simulation import Actor
from rag.agenda.steps import Step
from rag.domain.server import WeeklySlot

WINDOW = timedelta(hours=48)
MINUTE = timedelta(minutes=1)
BEGIN, END = datetime(2026, 1, 1, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC)

ZONES = ("Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Africa/Casablanca")
"""Clocks that change by an hour, at other weeks in the south, by half an hour, and around Ramadan."""
AFTER_A_LEASE = LEASE + MINUTE


def slot_in(zone: str, *, day: int = 7, time: str = "02:15", reminder_hours: int = 0) -> WeeklySlot:
    """A slot in the hour that clocks skip and repeat."""
    return WeeklySlot(day, time, zone, "7", reminder_hours)


class Killed(BaseException):
    """As a kill: nothing after it is run."""


class Killer:
    """Kills a process before and after each step of each kind of post, once a week each."""

    def __init__(self) -> None:
        self.done: set[tuple[object, ...]] = set()

    def __call__(self, when: str, step: Step) -> None:
        here = (step.posting.week, step.posting.kind, when, type(step).__name__)
        if here not in self.done:
            self.done.add(here)
            raise Killed


def lives(actor: Actor) -> bool:
    """Let a process poll once; say whether it survived."""
    try:
        actor.poll()
    except Killed:
        return False
    return True
