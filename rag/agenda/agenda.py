"""What is due in which week, for every guild."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from rag.agenda.posts import Posts
from rag.agenda.queue import ReadingQueue
from rag.agenda.readings import Readings
from rag.agenda.votes import Votes
from rag.domain.agenda import IsoWeek, Posting, PostKind, PostState, QueuedPaper, Reading
from rag.domain.server import WeeklySlot
from rag.record.servers import Servers
from rag.record.slots import meeting_in, next_meeting, next_odd
from rag.sessions.sessions import Sessions
from rag.store.library import Library


@dataclass(frozen=True, slots=True)
class Ahead:
    """What comes next in a guild. Times are aware UTC.

    ``meets_at`` and ``posts_at`` are None without a slot; they differ where this week's post has been sent already
    (``sent``), as after the slot was changed. ``paused``: what keeps a post of now from being sent. ``odd``: the next
    meeting within a year whose time the clocks skip ("gap") or have twice ("fold").
    """

    slot: WeeklySlot | None
    meets_at: datetime | None
    posts_at: datetime | None
    sent: Posting | None
    paused: Posting | None
    reading: Reading | None
    queue: tuple[QueuedPaper, ...]
    odd: tuple[str, datetime] | None = None


class Agenda:
    """Says what is due, and lets one process claim it. ``clock`` gives aware UTC; threads may share it."""

    def __init__(
        self,
        *,
        library: Library,
        servers: Servers,
        sessions: Sessions,
        clock: Callable[[], datetime],
        window: timedelta,
    ) -> None:
        self._library = library
        self._servers = servers
        self._clock = clock
        self._readings = Readings(library=library, sessions=sessions)
        self.queue = ReadingQueue(library=library, clock=clock)
        self.votes = Votes(library=library, queue=self.queue, clock=clock)
        self.posts = Posts(library=library, slots=self._slots, papers=self._readings, clock=clock, window=window)

    def ahead(self, guild: str) -> Ahead:
        """Return what comes next."""
        slot = self._servers.server(guild).settings.weekly
        queue, reading = self.queue.of(guild), self._readings.next_for(guild)
        if slot is None:
            return Ahead(None, None, None, None, None, reading, queue)
        now = self._clock()
        meets_at = next_meeting(slot, now)
        week = IsoWeek.of(meets_at, slot.zone)
        rows = self._library.postings(guild, (week.later(-1), week))
        questions = {row.week: row for row in rows if row.kind is PostKind.QUESTIONS}
        sent = questions.get(week)
        posts_at = meeting_in(slot, week.later()) if sent else meets_at
        paused = next((row for row in rows if row.state is PostState.CLAIMED and row.reason), None)
        return Ahead(slot, meets_at, posts_at, sent, paused, reading, queue, next_odd(slot, now))

    def set_slot(self, guild: str, slot: WeeklySlot | None) -> None:
        """Keep when and where a guild meets, None for nowhere. The bot keeps it with its other settings itself."""
        settings = self._servers.server(guild).settings
        self._servers.save_settings(guild, replace(settings, weekly=slot))
        self.noticed(guild, slot)

    def noticed(self, guild: str, slot: WeeklySlot | None) -> None:
        """Note that a guild's slot is this from now on: nothing of the time before it is due."""
        if slot is None:
            self._library.forget_slot(guild)
        else:
            self.posts.calendar(guild, slot)

    def reading(self, guild: str) -> Reading | None:
        """Return what the group reads next: the queue's first paper that is there, else one with open questions."""
        return self._readings.next_for(guild)

    def post_of(self, guild: str, week: IsoWeek, kind: PostKind) -> Posting | None:
        """Return how far a post of a week is; None where nobody began with it."""
        return next((row for row in self._library.postings(guild, [week]) if row.kind is kind), None)

    def _slots(self) -> Iterator[tuple[str, WeeklySlot]]:
        for server in self._servers.present():
            if server.settings.weekly is not None:
                yield server.guild, server.settings.weekly
