"""Templates, sessions, weekly posts, the reading queue, and changes of old notes.

Revision: 0005, after 0004.
"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "note_changes",
        sa.Column("change_id", sa.Integer(), nullable=False),
        sa.Column("guild", sa.String(), nullable=False),
        sa.Column("heading", sa.Text(), nullable=False),
        sa.Column("item", sa.Integer(), nullable=False),
        sa.Column("decision", sa.String(), nullable=False),
        sa.Column("person", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("question_before", sa.Text(), nullable=False),
        sa.Column("answer_before", sa.JSON(), nullable=False),
        sa.Column("raw_before", sa.Text(), nullable=False),
        sa.Column("question_after", sa.Text(), nullable=False),
        sa.Column("answer_after", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("change_id"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_note_changes_guild", "note_changes", ["guild"])
    op.create_index("ix_note_changes_person", "note_changes", ["person"])
    op.create_table(
        "reading_queue",
        sa.Column("entry_id", sa.Integer(), nullable=False),
        sa.Column("guild", sa.String(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("paper_id", sa.String(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("added_by", sa.String(), nullable=False),
        sa.Column("added_at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("entry_id"),
        sa.UniqueConstraint("guild", "paper_id"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "seen_slots",
        sa.Column("guild", sa.String(), nullable=False),
        sa.Column("slot", sa.String(), nullable=False),
        sa.Column("since", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("guild"),
    )
    op.create_table(
        "templates",
        sa.Column("guild", sa.String(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("set_by", sa.String(), nullable=False),
        sa.Column("set_at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("guild"),
    )
    op.create_table(
        "votes",
        sa.Column("vote_id", sa.Integer(), nullable=False),
        sa.Column("guild", sa.String(), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("message", sa.String(), nullable=True),
        sa.Column("entries", sa.JSON(), nullable=False),
        sa.Column("began_at", sa.DateTime(), nullable=False),
        sa.Column("ends_at", sa.DateTime(), nullable=False),
        sa.Column("counted", sa.Boolean(), nullable=False),
        sa.Column("winner", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("vote_id"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_votes_guild", "votes", ["guild"])
    op.create_table(
        "sessions",
        sa.Column("session_id", sa.Integer(), nullable=False),
        sa.Column("guild", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=True),
        sa.Column("paper_id", sa.String(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("thread", sa.String(), nullable=True),
        sa.Column("message", sa.String(), nullable=True),
        sa.Column("opened_by", sa.String(), nullable=False),
        sa.Column("opened_at", sa.DateTime(), nullable=False),
        sa.Column("closed_at", sa.DateTime(), nullable=True),
        sa.Column("ordinal", sa.String(), nullable=True),
        sa.Column("silent", sa.JSON(), nullable=False),
        sa.Column("written", sa.JSON(), nullable=True),
        sa.ForeignKeyConstraint(["key"], ["papers.key"], ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("session_id"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_sessions_key", "sessions", ["key"])
    op.create_index("ix_sessions_thread", "sessions", ["thread"])
    op.create_index("sessions_by_guild", "sessions", ["guild", "opened_at"])
    is_open = sa.text("closed_at is null")
    op.create_index("one_open_session", "sessions", ["guild", "key"], unique=True, sqlite_where=is_open)
    op.create_table(
        "postings",
        sa.Column("guild", sa.String(), nullable=False),
        sa.Column("iso_year", sa.Integer(), nullable=False),
        sa.Column("iso_week", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("due_at", sa.DateTime(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("claimant", sa.String(), nullable=False),
        sa.Column("claimed_at", sa.DateTime(), nullable=False),
        sa.Column("lease_until", sa.DateTime(), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("sending_since", sa.DateTime(), nullable=True),
        sa.Column("message", sa.String(), nullable=True),
        sa.Column("session_id", sa.Integer(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["session_id"], ["sessions.session_id"], ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("guild", "iso_year", "iso_week", "kind"),
    )
    op.create_table(
        "session_answers",
        sa.Column("answer_id", sa.Integer(), nullable=False),
        sa.Column("session_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=True),
        sa.Column("person", sa.String(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("said_at", sa.DateTime(), nullable=False),
        sa.Column("message", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(["session_id"], ["sessions.session_id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("answer_id"),
        sa.UniqueConstraint("session_id", "message"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_session_answers_person", "session_answers", ["person"])
    op.create_table(
        "session_questions",
        sa.Column("session_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("snapshot", sa.Text(), nullable=False),
        sa.Column("message", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(["session_id"], ["sessions.session_id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("session_id", "number"),
    )
    op.create_index("ix_session_questions_message", "session_questions", ["message"])
    op.create_table(
        "session_unclear",
        sa.Column("session_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("person", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["session_id"], ["sessions.session_id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("session_id", "number", "person"),
    )
    op.create_index("ix_session_unclear_person", "session_unclear", ["person"])


def downgrade() -> None:
    """Take back."""
    op.drop_table("session_unclear")
    op.drop_table("session_questions")
    op.drop_table("session_answers")
    op.drop_table("postings")
    op.drop_table("sessions")
    op.drop_table("votes")
    op.drop_table("templates")
    op.drop_table("seen_slots")
    op.drop_table("reading_queue")
    op.drop_table("note_changes")
