"""Votes on the next paper: which papers are put to the vote, when it ends, and what it changes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from rag.agenda.queue import ReadingQueue
from rag.domain.agenda import QueuedPaper, Vote
from rag.errors import Refused
from rag.store.library import Library

FEWEST, MOST = 2, 10
"""Papers of one vote."""
MOST_HOURS = 28 * 24
PATIENCE = timedelta(days=7)
"""So long after its end a poll that cannot be read is tried again."""
_AFTER = timedelta(seconds=30)
"""Discord needs a moment to count."""
_UNSENT = timedelta(minutes=10)
"""A vote without a message that is older was never seen by anybody who waited for it."""


class Votes:
    """Who voted for what is Discord's; here is only the choice. ``clock`` gives aware UTC."""

    def __init__(self, *, library: Library, queue: ReadingQueue, clock: Callable[[], datetime]) -> None:
        self._library = library
        self._queue = queue
        self._clock = clock

    def open(
        self, guild: str, channel: str, *, hours: int, most: int = MOST, most_hours: int = MOST_HOURS
    ) -> tuple[Vote, tuple[QueuedPaper, ...]]:
        """Write a vote down on the queue's first papers, before its poll is sent; return it with them.

        ``most`` papers and ``most_hours`` are what its poll can hold. Raises Refused for longer ones, where there is
        nothing to choose from, and where another vote goes on.
        """
        if not 1 <= hours <= most_hours:
            raise Refused("The vote", f"a poll cannot last {hours} hours", f"Say 1 to {most_hours} hours.")
        now = self._clock()
        self._forget_unsent(guild, now)
        if self._library.votes(guild=guild):
            advice = "Wait until it has ended and was counted; that takes a minute more."
            raise Refused("The vote", "another one is open in this server", advice)
        papers = self._queue.of(guild)[:most]
        if len(papers) < FEWEST:
            raise Refused("The vote", "fewer than two papers wait in the queue", "Queue some papers first.")
        entries = tuple(paper.entry_id for paper in papers)
        ends_at = now + timedelta(hours=hours)
        vote_id = self._library.put_vote(guild, channel, entries, began_at=now, ends_at=ends_at)
        return Vote(vote_id, guild, channel, None, entries, now, ends_at, counted=False), papers

    def sent(self, vote: Vote, message: str) -> None:
        """Note the message of a poll."""
        self._library.vote_sent(vote.vote_id, message)

    def dropped(self, vote: Vote) -> None:
        """Forget a vote whose poll could not be sent, or is gone."""
        self._library.count_vote(vote.vote_id, None)

    def to_count(self) -> tuple[Vote, ...]:
        """Return the votes of all guilds that have ended."""
        now = self._clock()
        return tuple(vote for vote in self._library.votes() if vote.ends_at + _AFTER <= now)

    def given_up(self, vote: Vote) -> bool:
        """Say whether a poll has ended too long ago to wait for it."""
        return self._clock() > vote.ends_at + PATIENCE

    def count(self, vote: Vote, counts: Sequence[int]) -> QueuedPaper | None:
        """Put the winner first in the queue and return it; of several, the one that stands earlier there.

        ``counts`` is in the order of ``vote.entries``. None: nobody voted, or the winner waits no more, or it was
        counted before; then the queue stays as it is.
        """
        votes = dict(zip(vote.entries, counts, strict=False))
        waiting = [entry for entry in self._queue.of(vote.guild) if votes.get(entry.entry_id)]
        winner = max(waiting, key=lambda entry: (votes[entry.entry_id], -entry.position), default=None)
        if not self._library.count_vote(vote.vote_id, winner.entry_id if winner else None):
            return None
        return winner

    def to_tell(self) -> tuple[tuple[Vote, QueuedPaper], ...]:
        """Return the votes of all guilds whose winner the group was not told, with it; not one that waits no more."""
        untold = []
        for vote in self._library.votes_to_tell():
            winner = next((entry for entry in self._queue.of(vote.guild) if entry.entry_id == vote.winner), None)
            if winner is None:
                self.told(vote)
            else:
                untold.append((vote, winner))
        return tuple(untold)

    def told(self, vote: Vote) -> None:
        """Note that the group was told the winner, or cannot be told."""
        self._library.vote_told(vote.vote_id)

    def _forget_unsent(self, guild: str, now: datetime) -> None:
        for vote in self._library.votes(guild=guild):
            if vote.message is None and not now < vote.began_at + _UNSENT:
                self.dropped(vote)
