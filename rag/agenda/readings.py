"""What the group reads next: the queue's first paper, else the oldest with open questions; and its session."""

from __future__ import annotations

from datetime import UTC, datetime

from rag.domain.agenda import Reading
from rag.domain.note import NoteStatus
from rag.domain.paper import Paper
from rag.domain.session import Session
from rag.sessions.sessions import Sessions
from rag.store.library import Library

NOBODY = ""
"""Who opens the sessions of weekly posts."""
_NEVER = datetime.min.replace(tzinfo=UTC)


class Readings:
    """Chooses papers of the library only: one that is still being added is passed over, and keeps its place."""

    def __init__(self, *, library: Library, sessions: Sessions) -> None:
        self._library = library
        self._sessions = sessions

    def next_for(self, guild: str) -> Reading | None:
        """Return what the group reads next; None where nothing waits and no paper has open questions.

        A paper that the group discusses right now is passed over, unless it was the first of the queue when people
        opened its session: then the week is that session's.
        """
        papers = self._library.papers(guild)
        sessions = self._library.sessions(guild)
        since = {session.paper_key: session.opened_at for session in sessions if _is_going_on(session)}
        held = {paper.paper_id: paper for paper in papers}
        for entry in self._library.reading_queue(guild):
            paper = held.get(entry.paper_id)
            if paper is not None and since.get(paper.key, entry.added_at) >= entry.added_at:
                return _reading(paper)
        free = {paper.paper_id: paper for paper in papers if paper.key not in since}
        left = self._with_open_notes(guild, sessions)
        return next((_reading(free[paper_id], queued=False) for paper_id in left if paper_id in free), None)

    def session_for(self, guild: str, reading: Reading, channel: str) -> int:
        """Return the id of its session: one that stands or was never shown, else a new one. Raises Refused."""
        for session in self._library.sessions_of_paper(guild, reading.key, reading.paper_id):
            if session.closed_at is None and (session.message is not None or session.opened_by == NOBODY):
                return session.session_id
        paper = self._library.papers_by_key(guild, [reading.key])[reading.key]
        return self._sessions.open(guild, paper, channel=channel, opened_by=NOBODY).session_id

    def _with_open_notes(self, guild: str, sessions: tuple[Session, ...]) -> list[str]:
        """Return the ids of papers whose notes have open questions, the longest untouched first."""
        held = {paper.key: paper.paper_id for paper in self._library.papers(guild)}
        last = {session.paper_id: session.opened_at for session in reversed(sessions)}
        found = {
            held[discussion.paper_key]: discussion.position
            for discussion in reversed(self._library.discussions(guild))
            if discussion.paper_key in held and any(note.status is NoteStatus.OPEN for note in discussion.notes)
        }
        return sorted(found, key=lambda paper_id: (last.get(paper_id, _NEVER), found[paper_id]))


def _is_going_on(session: Session) -> bool:
    return session.closed_at is None and session.message is not None


def _reading(paper: Paper, *, queued: bool = True) -> Reading:
    return Reading(paper.key, paper.paper_id, paper.title, queued)
