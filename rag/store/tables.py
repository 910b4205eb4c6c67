"""The tables. Migrations (``rag/store/migrations``) make them, and two full-text tables beside; a test compares.

Times are stored as naive UTC; :mod:`rag.store.rows` makes them aware again.
"""

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
)

from rag.store.meeting_tables import (
    note_changes,
    postings,
    reading_queue,
    seen_slots,
    session_answers,
    session_questions,
    session_unclear,
    sessions,
    templates,
    votes,
)
from rag.store.metadata import metadata
from rag.store.record_tables import (
    answer_messages,
    answer_papers,
    answers,
    model_findings,
    model_months,
    ratings,
    servers,
    waiting_questions,
)
from rag.store.study_tables import analyses

__all__ = [
    "aliases", "analyses", "answer_messages", "answer_papers", "answers", "blocks", "cited_works", "code_link_checks",
    "code_links", "discussions", "dump_links", "facts", "held_notes", "jobs", "memberships", "metadata",
    "model_findings", "model_months", "note_changes", "notes", "pages", "paper_words", "papers", "passages",
    "postings", "printed_links", "ratings", "reading_queue", "sections", "seen_slots", "servers", "session_answers",
    "session_questions", "session_unclear", "sessions", "templates", "vectors", "votes", "waiting_questions",
]  # fmt: skip


def _paper_key(*, primary_key: bool = False) -> Column[str]:
    paper = ForeignKey("papers.key", ondelete="CASCADE")
    return Column("key", String, paper, nullable=False, primary_key=primary_key)


facts = Table(
    "facts",
    metadata,
    Column("name", String, primary_key=True),
    Column("value", String, nullable=False),
)
"""Single values: the library's revision, the active collections, the embedder they were made with."""

papers = Table(
    "papers",
    metadata,
    Column("key", String, primary_key=True),
    Column("paper_id", String, nullable=False),
    Column("title", Text, nullable=False),
    Column("source", String, nullable=False),
    Column("sha256", String, nullable=False),
    Column("added_at", DateTime, nullable=False),
    Column("version", Integer),
    Column("authors", JSON, nullable=False),
    Column("abstract", Text, nullable=False),
    Column("published", DateTime),
    Column("venue", Text, nullable=False),
    Column("categories", JSON, nullable=False),
    Column("licence", Text, nullable=False),
    Column("source_url", Text, nullable=False),
    Column("arxiv_id", String),
    Column("owner_guild", String),
    Column("page_count", Integer),
    Column("unread_pages", JSON, nullable=False),
    Column("warnings", JSON, nullable=False),
)

memberships = Table(
    "memberships",
    metadata,
    Column("guild", String, primary_key=True),
    _paper_key(primary_key=True),
    Column("added_at", DateTime, nullable=False),
)
"""Which guild sees which paper: every read by guild goes through here."""

aliases = Table(
    "aliases",
    metadata,
    Column("guild", String, primary_key=True),
    _paper_key(primary_key=True),
    Column("name", String, primary_key=True),
    Column("position", Integer, nullable=False),
)

pages = Table(
    "pages",
    metadata,
    _paper_key(primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("text", Text, nullable=False),
    Column("lines", JSON, nullable=False),  # [[start, end, x0, y0, x1, y1], ...]
)

blocks = Table(
    "blocks",
    metadata,
    _paper_key(primary_key=True),
    Column("ordinal", Integer, primary_key=True),
    Column("kind", String, nullable=False),
    Column("text", Text, nullable=False),
    Column("section", JSON, nullable=False),
    Column("label", String),
    Column("pieces", JSON, nullable=False),  # [[page, start, end, [[x0, y0, x1, y1], ...]], ...]
)

sections = Table(
    "sections",
    metadata,
    _paper_key(primary_key=True),
    Column("ordinal", Integer, primary_key=True),
    Column("depth", Integer, nullable=False),
    Column("number", String, nullable=False),
    Column("title", Text, nullable=False),
    Column("page", Integer),
)

cited_works = Table(
    "cited_works",
    metadata,
    _paper_key(primary_key=True),
    Column("ordinal", Integer, primary_key=True),
    Column("text", Text, nullable=False),
)

printed_links = Table(
    "printed_links",
    metadata,
    _paper_key(primary_key=True),
    Column("ordinal", Integer, primary_key=True),
    Column("url", Text, nullable=False),
)

passages = Table(
    "passages",
    metadata,
    Column("row", Integer, primary_key=True),  # also the row id in passages_fts
    Column("passage_id", String, nullable=False, unique=True),
    _paper_key(),
    Column("ordinal", Integer, nullable=False),
    Column("kind", String, nullable=False),
    Column("text", Text, nullable=False),
    Column("section", JSON, nullable=False),
    Column("label", String),
    Column("first_page", Integer),
    Column("last_page", Integer),
    Column("boxes", JSON, nullable=False),  # [[page, x0, y0, x1, y1], ...]
    Column("tokens", Integer, nullable=False),
    Index("passages_by_paper", "key", "ordinal"),
)

paper_words = Table(
    "paper_words",
    metadata,
    _paper_key(primary_key=True),
    Column("word", String, primary_key=True),
    Column("passages", Integer, nullable=False),
    sqlite_with_rowid=False,
)
"""In how many passages of a paper a word stands: a guild's vocabulary without another guild's words."""

vectors = Table(
    "vectors",
    metadata,
    Column("row", Integer, primary_key=True),
    Column("embedder", String, nullable=False),  # its name
    Column("id", String, nullable=False),  # a passage's or a note's
    Column("owner", String, nullable=False),  # the paper's key, or the guild of a note
    Column("kind", String, nullable=False),  # of the passage, or "note"
    Column("digest", LargeBinary, nullable=False),  # SHA-256 of the text that was embedded
    Column("vector", LargeBinary, nullable=False),  # half floats, little-endian
    UniqueConstraint("id", "embedder"),
    Index("vectors_by_owner", "owner", "embedder", "kind"),
    Index("vectors_by_text", "digest", "embedder"),
    sqlite_autoincrement=True,
)
"""What was embedded. No foreign key: an add writes vectors before the paper they belong to."""

discussions = Table(
    "discussions",
    metadata,
    Column("discussion_id", String, primary_key=True),
    Column("guild", String, nullable=False),
    Column("position", Integer, nullable=False),
    Column("ordinal", String, nullable=False),
    Column("title", Text, nullable=False),
    Column("year", Integer),
    Column("heading", Text, nullable=False),
    Column("trailer", Text, nullable=False),
    Column("key", String, ForeignKey("papers.key", ondelete="SET NULL")),
    UniqueConstraint("guild", "position"),
)

notes = Table(
    "notes",
    metadata,
    Column("row", Integer, primary_key=True),  # also the row id in notes_fts
    Column("note_id", String, nullable=False, unique=True),
    Column(
        "discussion_id", String, ForeignKey("discussions.discussion_id", ondelete="CASCADE"), nullable=False, index=True
    ),
    Column("item", Integer, nullable=False),
    Column("ordinal", String, nullable=False),
    Column("question", Text, nullable=False),
    Column("answer", JSON, nullable=False),
    Column("raw", Text, nullable=False),
)

held_notes = Table(
    "held_notes",
    metadata,
    Column("guild", String, primary_key=True),
    Column("sha256", String, primary_key=True),
    Column("content", LargeBinary, nullable=False),
    Column("held_at", DateTime, nullable=False),
)
"""Notes files that were shown to somebody and wait for a decision."""

code_links = Table(
    "code_links",
    metadata,
    _paper_key(primary_key=True),
    Column("guild", String, primary_key=True),  # "" for what public sources say; a person's link is their guild's
    Column("url", String, primary_key=True),
    Column("source", String, nullable=False),
    Column("official", Boolean),
    Column("found_at", DateTime, nullable=False),
)

code_link_checks = Table(
    "code_link_checks",
    metadata,
    _paper_key(primary_key=True),
    Column("checked_at", DateTime, nullable=False),
    Column("failed_sources", JSON, nullable=False),
)

dump_links = Table(
    "dump_links",
    metadata,
    Column("row", Integer, primary_key=True),
    Column("arxiv_id", String, index=True),
    Column("slug", String, index=True),
    Column("title", Text, nullable=False),
    Column("repo_url", Text, nullable=False),
    Column("official", Boolean),
)
"""The imported Papers-with-Code links: not any guild's, public facts."""

jobs = Table(
    "jobs",
    metadata,
    Column("job_id", Integer, primary_key=True),
    Column("guild", String, nullable=False),
    Column("kind", String, nullable=False),
    Column("request", JSON, nullable=False),
    Column("status", String, nullable=False, index=True),  # queued | running | done | failed
    Column("error", Text, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("created_at", DateTime, nullable=False),
    Column("updated_at", DateTime, nullable=False),
)
