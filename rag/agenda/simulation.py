"""Weekly posts under a clock that is moved by hand: the very code that posts, with a channel in memory."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

from rag.agenda.driving import drive
from rag.agenda.posts import LEASE, Posts
from rag.agenda.readings import NOBODY
from rag.agenda.steps import Complete, Look, Place, Send, Step, steps_of
from rag.domain.agenda import IsoWeek, Posting, PostKind, Reading
from rag.domain.paper import Paper, SourceKind, owned_key
from rag.domain.question import QuestionSet
from rag.domain.reading import Reading as PaperText
from rag.domain.server import WeeklySlot
from rag.record.slots import meeting_in
from rag.store.library import Library

GUILD = "1"
NONCE_HOLDS = timedelta(minutes=2)
"""So long Discord knows a nonce again, in the simulation."""
_MINUTE = timedelta(minutes=1)

Watched = Callable[[str, Step], None]
"""Hears "before" and "after" each step: where it raises, the process is dead."""


class HandClock:
    """Stands still until it is moved."""

    def __init__(self, now: datetime) -> None:
        self.now = now

    def __call__(self) -> datetime:
        """Return the time that was set."""
        return self.now


@dataclass(frozen=True, slots=True)
class Sent:
    """A message in the channel. ``at``: when, by the true clock."""

    at: datetime
    kind: PostKind
    week: IsoWeek
    mark: str
    channel: str
    session_id: int | None
    message: str


@dataclass(slots=True)
class Hall:
    """A channel in memory. ``clock`` is the true one, which never jumps; a nonce holds for a few minutes by it."""

    clock: Callable[[], datetime]
    sent: list[Sent] = field(default_factory=list)
    completed: list[str] = field(default_factory=list)

    def send(self, posting: Posting) -> str:
        """Put a message up, unless the nonce says that it stands; return its id."""
        for sent in self.sent:
            if sent.mark == posting.mark and self.clock() - sent.at < NONCE_HOLDS:
                return sent.message
        number = str(1000 + len(self.sent))
        self.sent.append(
            Sent(self.clock(), posting.kind, posting.week, posting.mark, posting.channel, posting.session_id, number)
        )
        return number

    def find(self, posting: Posting) -> str | None:
        """Return our message of this post."""
        return next((sent.message for sent in self.sent if sent.mark == posting.mark), None)


class Actor:
    """A process that posts: it polls, and drives what is due against a hall."""

    def __init__(self, posts: Posts, hall: Hall, watched: Watched = lambda _when, _step: None) -> None:
        self._posts = posts
        self._hall = hall
        self._watched = watched

    def poll(self) -> None:
        """See to everything that is due."""
        for due in self._posts.due():
            posting = self._posts.claim(due)
            if posting is not None:
                drive(steps_of(posting, late=due.late), self.perform)

    def perform(self, step: Step) -> Any:
        """Do one step."""
        self._watched("before", step)
        outcome = self._outcome(step)
        self._watched("after", step)
        return outcome

    def _outcome(self, step: Step) -> Any:
        match step:
            case Look(posting):
                return self._hall.find(posting)
            case Place(posting):
                return posting.channel
            case Send(posting):
                return self._hall.send(posting)
            case Complete(posting):
                self._hall.completed.append(posting.message or "")
                return None
        return self._posts.keep(step)


class ManyPapers:
    """A library of as many papers as there are weeks, each read once, in the order of the queue."""

    def __init__(self, library: Library, clock: Callable[[], datetime]) -> None:
        self._library = library
        self._clock = clock

    def fill(self, papers: int) -> None:
        """Put so many papers into the library and its queue."""
        for number in range(1, papers + 1):
            key = sha256(str(number).encode()).hexdigest()
            name = f"paper {number}"
            paper = Paper(owned_key(GUILD, key), name, name, SourceKind.PDF, key, self._clock(), owner_guild=GUILD)
            self._library.save_paper(paper, guild=GUILD, reading=PaperText((), (), ()), passages=())
            self._library.put_in_queue(GUILD, name, name, added_by=NOBODY, now=self._clock())

    def next_for(self, guild: str) -> Reading | None:
        """Return the queue's first."""
        first = next(iter(self._library.reading_queue(guild)), None)
        if first is None:
            return None
        return Reading(owned_key(guild, sha256(first.paper_id[6:].encode()).hexdigest()), first.paper_id, first.title)

    def session_for(self, guild: str, reading: Reading, channel: str) -> int:
        """Return its session, made with no questions where there is none."""
        made = self._library.sessions_of_paper(guild, reading.key, reading.paper_id)
        if made:
            return made[0].session_id
        paper = self._library.papers_by_key(guild, [reading.key])[reading.key]
        opened = self._library.add_session(
            guild, QuestionSet(paper, (), (), ""), channel=channel, opened_by=NOBODY, now=self._clock()
        )
        assert opened is not None
        return opened


@contextmanager
def simulated(
    path: Path, slot: WeeklySlot, clock: HandClock, *, papers: int, window: timedelta
) -> Iterator[Callable[[str], Posts]]:
    """Give what makes processes on a fresh database file, by their names; they share nothing else."""
    library = Library.open(path)
    try:
        many = ManyPapers(library, clock)
        many.fill(papers)
        yield lambda name: Posts(
            library=library,
            slots=lambda: [(GUILD, slot)],
            papers=many,
            clock=clock,
            window=window,
            claimant=name,
        )
    finally:
        library.close()


def simulate(path: Path, slot: WeeklySlot, *, begin: datetime, end: datetime, window: timedelta) -> tuple[Sent, ...]:
    """Return what a bot that is always there posts from ``begin`` until before ``end``, on a fresh database file."""
    clock = HandClock(begin)
    hall = Hall(clock)
    weeks = (end - begin) // timedelta(weeks=1) + 2
    with simulated(path, slot, clock, papers=weeks, window=window) as process:
        actor = Actor(process("simulated"), hall)
        actor.poll()
        for moment in moments(slot, begin, end):
            clock.now = moment
            actor.poll()
    return tuple(hall.sent)


def moments(slot: WeeklySlot, begin: datetime, end: datetime) -> Iterator[datetime]:
    """Give the minutes at which something can become due, in order."""
    week, last = IsoWeek.of(begin, slot.zone).later(-1), IsoWeek.of(end, slot.zone).later()
    found = []
    while week <= last:
        meets_at = meeting_in(slot, week)
        found += [meets_at - timedelta(hours=slot.reminder_hours), meets_at, meets_at + LEASE + _MINUTE]
        week = week.later()
    return (moment for moment in sorted(found) if begin <= moment < end)
