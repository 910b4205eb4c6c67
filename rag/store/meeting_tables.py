"""The tables of meetings: templates, sessions, weekly posts, the reading queue, changes of old notes."""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    DateTime,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from rag.store.metadata import metadata


def _session(*, primary_key: bool = False) -> Column[int]:
    session = ForeignKey("sessions.session_id", ondelete="CASCADE")
    return Column("session_id", Integer, session, nullable=False, primary_key=primary_key)


templates = Table(
    "templates",
    metadata,
    Column("guild", String, primary_key=True),
    Column("name", Text, nullable=False),
    Column("content", LargeBinary, nullable=False),
    Column("set_by", String, nullable=False),
    Column("set_at", DateTime, nullable=False),
)
"""The template that a guild's organisers gave; a guild without a row uses the one in ``prompts/``."""

sessions = Table(
    "sessions",
    metadata,
    Column("session_id", Integer, primary_key=True),
    Column("guild", String, nullable=False),
    Column("key", String, ForeignKey("papers.key", ondelete="SET NULL"), index=True),
    Column("paper_id", String, nullable=False),
    Column("title", Text, nullable=False),
    Column("channel", String, nullable=False),
    Column("thread", String, index=True),
    Column("message", String),
    Column("opened_by", String, nullable=False),
    Column("opened_at", DateTime, nullable=False),
    Column("closed_at", DateTime),
    Column("ordinal", String),
    Column("silent", JSON, nullable=False),
    Column("notices", JSON, nullable=False, server_default="[]"),  # [] also of sessions older than the column
    Column("written", JSON),  # what it wrote into the notes: rag.domain.session.WrittenNotes
    Index("sessions_by_guild", "guild", "opened_at"),
    Index("one_open_session", "guild", "key", unique=True, sqlite_where=text("closed_at is null")),
    sqlite_autoincrement=True,  # an id is never given again: buttons in old messages carry it
)

session_questions = Table(
    "session_questions",
    metadata,
    _session(primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("snapshot", Text, nullable=False),  # rag.store.snapshots
    Column("message", String, index=True),
)

session_unclear = Table(
    "session_unclear",
    metadata,
    _session(primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("person", String, primary_key=True, index=True),
)
"""Who marked which question as unclear."""

session_answers = Table(
    "session_answers",
    metadata,
    Column("answer_id", Integer, primary_key=True),
    _session(),
    Column("number", Integer),
    Column("person", String, nullable=False, index=True),
    Column("name", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("said_at", DateTime, nullable=False),
    Column("message", String),
    UniqueConstraint("session_id", "message"),
    sqlite_autoincrement=True,
)

postings = Table(
    "postings",
    metadata,
    Column("guild", String, primary_key=True),
    Column("iso_year", Integer, primary_key=True),
    Column("iso_week", Integer, primary_key=True),
    Column("kind", String, primary_key=True),  # rag.domain.agenda.PostKind
    Column("due_at", DateTime, nullable=False),
    Column("state", String, nullable=False),  # rag.domain.agenda.PostState
    Column("claimant", String, nullable=False),
    Column("claimed_at", DateTime, nullable=False),
    Column("lease_until", DateTime, nullable=False),
    Column("attempt", Integer, nullable=False),
    Column("channel", String, nullable=False),
    Column("sending_since", DateTime),
    Column("message", String),
    Column("session_id", Integer, ForeignKey("sessions.session_id", ondelete="SET NULL")),
    Column("reason", Text, nullable=False),
)
"""What was claimed, posted or skipped in a week. The primary key is the promise: once a week, by one process."""

seen_slots = Table(
    "seen_slots",
    metadata,
    Column("guild", String, primary_key=True),
    Column("slot", String, nullable=False),
    Column("since", DateTime, nullable=False),
)
"""Since when a weekly slot holds: nothing is due of the time before."""

reading_queue = Table(
    "reading_queue",
    metadata,
    Column("entry_id", Integer, primary_key=True),
    Column("guild", String, nullable=False),
    Column("position", Integer, nullable=False),
    Column("paper_id", String, nullable=False),
    Column("title", Text, nullable=False),
    Column("added_by", String, nullable=False),
    Column("added_at", DateTime, nullable=False),
    UniqueConstraint("guild", "paper_id"),
    sqlite_autoincrement=True,
)

votes = Table(
    "votes",
    metadata,
    Column("vote_id", Integer, primary_key=True),
    Column("guild", String, nullable=False, index=True),
    Column("channel", String, nullable=False),
    Column("message", String),
    Column("entries", JSON, nullable=False),
    Column("began_at", DateTime, nullable=False),
    Column("ends_at", DateTime, nullable=False),
    Column("counted", Boolean, nullable=False),
    Column("winner", Integer),
    sqlite_autoincrement=True,
)
"""Polls for the next paper. Who voted for what is Discord's. ``winner`` is an entry of the queue until it was told."""

note_changes = Table(
    "note_changes",
    metadata,
    Column("change_id", Integer, primary_key=True),
    Column("guild", String, nullable=False, index=True),
    Column("heading", Text, nullable=False),
    Column("item", Integer, nullable=False),
    Column("decision", String, nullable=False),  # rag.domain.revision.Decision
    Column("person", String, nullable=False, index=True),
    Column("at", DateTime, nullable=False),
    Column("question_before", Text, nullable=False),
    Column("answer_before", JSON, nullable=False),
    Column("raw_before", Text, nullable=False),  # the note's exact text, for the undo
    Column("question_after", Text, nullable=False),
    Column("answer_after", JSON, nullable=False),
    sqlite_autoincrement=True,
)
"""What people changed in old notes, and what stood there before."""
