"""The tables of the record: servers, what was asked in them and answered, what people said of it, what it cost."""

from __future__ import annotations

from sqlalchemy import (
    Boolean,
    Column,
    DateTime,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    Text,
)

from rag.store.metadata import metadata

servers = Table(
    "servers",
    metadata,
    Column("guild", String, primary_key=True),
    Column("name", Text, nullable=False),
    Column("joined_at", DateTime),
    Column("left_at", DateTime),
    Column("settings", Text, nullable=False),  # rag.store.snapshots
)

answers = Table(
    "answers",
    metadata,
    Column("answer_id", Integer, primary_key=True),
    Column("guild", String, nullable=False),
    Column("asker", String, nullable=False),
    Column("channel", String, nullable=False),
    Column("private", Boolean, nullable=False),
    Column("asked_at", DateTime, nullable=False, index=True),
    Column("paper", Text),  # as the person narrowed it
    Column("follows", Integer, ForeignKey("answers.answer_id", ondelete="SET NULL"), index=True),
    Column("thread", String),
    Column("delivery", String, nullable=False, index=True),  # waiting | sending | delivered
    Column("snapshot", Text, nullable=False),  # rag.store.snapshots
    Index("answers_by_asker", "asker", "guild"),
    Index("answers_by_thread", "thread", "guild"),
    sqlite_autoincrement=True,  # an id is never given again: buttons in old messages carry it
)

answer_papers = Table(
    "answer_papers",
    metadata,
    Column("answer_id", Integer, ForeignKey("answers.answer_id", ondelete="CASCADE"), primary_key=True),
    Column("key", String, ForeignKey("papers.key", ondelete="CASCADE"), primary_key=True, index=True),
)
"""Which papers an answer shows words or links of: it goes when one of them is taken from its guild."""

answer_messages = Table(
    "answer_messages",
    metadata,
    Column("message", String, primary_key=True),
    Column("answer_id", Integer, ForeignKey("answers.answer_id", ondelete="CASCADE"), nullable=False, index=True),
)
"""The messages that show an answer to everybody: a reply to any of them goes on from it."""

ratings = Table(
    "ratings",
    metadata,
    Column("answer_id", Integer, ForeignKey("answers.answer_id", ondelete="CASCADE"), primary_key=True),
    Column("person", String, primary_key=True, index=True),
    Column("verdict", String, nullable=False),
    Column("citation", Integer),  # the number of the source that is said to be wrong
)

waiting_questions = Table(
    "waiting_questions",
    metadata,
    Column("question_id", Integer, primary_key=True),
    Column("guild", String, nullable=False),
    Column("person", String, nullable=False),
    Column("channel", String, nullable=False),
    Column("thread", String),
    Column("text", Text, nullable=False),
    Column("paper", Text),
    Column("private", Boolean, nullable=False),
    Column("asked_at", DateTime, nullable=False),
    Column("application", String, nullable=False),
    Column("token", String, nullable=False),  # a secret: whoever has it answers in the bot's name for 15 minutes
    Column("tried_again", Boolean, nullable=False),
    Column("answer_id", Integer, ForeignKey("answers.answer_id", ondelete="CASCADE")),
    sqlite_autoincrement=True,  # an id is never given again: who was asked keeps it beside the row
)
"""Questions that were acknowledged and whose answer is not on its way yet. ``answer_id``: once it is kept."""

model_months = Table(
    "model_months",
    metadata,
    Column("guild", String, primary_key=True),
    Column("month", String, primary_key=True),  # "2026-11", UTC
    Column("calls", Integer, nullable=False),
    Column("tokens_in", Integer, nullable=False),
    Column("tokens_out", Integer, nullable=False),
)
"""What a guild's calls of a language model came to: whether it may ask on is read from here."""

model_findings = Table(
    "model_findings",
    metadata,
    Column("guild", String, primary_key=True),
    Column("month", String, primary_key=True),
    Column("finding", String, primary_key=True),  # rag.language.ports.Finding
    Column("number", Integer, nullable=False),
)
"""How often programs found what in a model's words."""
