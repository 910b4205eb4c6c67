"""The reading queue: which papers wait, in which order, named as people name them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime

from rag.domain.agenda import QueuedPaper
from rag.domain.paper import Paper
from rag.errors import BadIdentifier, NotFound, Refused
from rag.retrieval.names import find_papers
from rag.sources.arxiv_ids import ArxivRef
from rag.sources.identifiers import identify
from rag.store.library import Library
from rag.wording import counted

MOST_QUEUED = 50
"""A year of weekly meetings."""


class ReadingQueue:
    """By guild. Any process and thread may change it. ``clock`` gives aware UTC."""

    def __init__(self, *, library: Library, clock: Callable[[], datetime]) -> None:
        self._library = library
        self._clock = clock

    def of(self, guild: str) -> tuple[QueuedPaper, ...]:
        """Return what waits, next first, with the titles that the library knows."""
        held = {paper.paper_id: paper for paper in self._library.papers(guild)}
        return tuple(_known(entry, held) for entry in self._library.reading_queue(guild))

    def add(self, guild: str, typed: str, *, added_by: str) -> QueuedPaper:
        """Put a paper at the end: one of the library, or an arXiv id that is still to be added (``ready`` False).

        Raises NotFound, Ambiguous, and Refused for a paper that waits already or a queue that is full.
        """
        paper_id, title = self._named(guild, typed)
        waiting = self._library.reading_queue(guild)
        if len(waiting) >= MOST_QUEUED:
            advice = "Read some of them first, or take some out."
            raise Refused(title, f"{MOST_QUEUED} papers wait in the queue already", advice)
        if self._library.put_in_queue(guild, paper_id, title, added_by=added_by, now=self._clock()) is None:
            there = next((entry.position for entry in waiting if entry.paper_id == paper_id), 0)
            raise Refused(title, f"it is in the queue already, at place {there}", "It can be moved to another place.")
        return next(entry for entry in self.of(guild) if entry.paper_id == paper_id)

    def move(self, guild: str, typed: str, position: int) -> QueuedPaper:
        """Put a queued paper at a place; one behind the end is the end. Raises NotFound, Ambiguous, Refused."""
        if position < 1:
            raise Refused(f"Place {position}", "the first place of the queue is 1")
        entry = self.find(guild, typed)
        if self._library.move_in_queue(guild, entry.entry_id, position) is None:
            raise NotFound("queued paper", typed)
        return next(moved for moved in self.of(guild) if moved.entry_id == entry.entry_id)

    def remove(self, guild: str, typed: str) -> QueuedPaper:
        """Take a paper out of the queue; it stays in the library. Raises NotFound, Ambiguous."""
        entry = self.find(guild, typed)
        if not self._library.take_from_queue(guild, entry.entry_id):
            raise NotFound("queued paper", typed)
        return entry

    def find(self, guild: str, typed: str) -> QueuedPaper:
        """Return the queued paper that is meant by its place, id or name. Raises NotFound, Ambiguous, Refused."""
        waiting = self.of(guild)
        wanted = typed.strip()
        for entry in waiting:
            if wanted in (entry.paper_id, str(entry.position)):
                return entry
        queued = {entry.paper_id: entry for entry in waiting}
        held = [paper for paper in self._library.papers(guild) if paper.paper_id in queued]
        try:
            return queued[find_papers(wanted, held).one().paper_id]
        except NotFound as error:
            if wanted.isdecimal() and len(wanted) <= len(str(MOST_QUEUED)):
                reason = f"the queue has {counted(len(waiting), 'paper')}" if waiting else "the queue is empty"
                raise Refused(f"Place {wanted}", reason) from error
            near = tuple(entry.title for entry in waiting[:3])
            raise NotFound("queued paper", wanted, near) from error

    def _named(self, guild: str, typed: str) -> tuple[str, str]:
        """Return id and title of a paper to queue."""
        try:
            paper = find_papers(typed, self._library.papers(guild)).one()
        except NotFound:
            try:
                found = identify(typed, local=False)
            except BadIdentifier:
                found = None
            if not isinstance(found, ArxivRef):
                raise
            return found.base_id, found.base_id
        return paper.paper_id, paper.title


def _known(entry: QueuedPaper, held: Mapping[str, Paper]) -> QueuedPaper:
    paper = held.get(entry.paper_id)
    return entry if paper is None else replace(entry, title=paper.title, ready=True)
