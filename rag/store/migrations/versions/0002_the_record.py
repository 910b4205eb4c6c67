"""The record: servers, answers as they were given, ratings.

Revision: 0002, after 0001.
"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_INDEXES = (
    ("ix_answers_asked_at", "answers", ["asked_at"]),
    ("ix_answers_follows", "answers", ["follows"]),
    ("ix_answers_delivery", "answers", ["delivery"]),
    ("answers_by_asker", "answers", ["asker", "guild"]),
    ("answers_by_thread", "answers", ["thread", "guild"]),
    ("ix_answer_papers_key", "answer_papers", ["key"]),
    ("ix_ratings_person", "ratings", ["person"]),
)


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "servers",
        sa.Column("guild", sa.String(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("joined_at", sa.DateTime(), nullable=True),
        sa.Column("left_at", sa.DateTime(), nullable=True),
        sa.Column("settings", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("guild"),
    )
    op.create_table(
        "answers",
        sa.Column("answer_id", sa.Integer(), nullable=False),
        sa.Column("guild", sa.String(), nullable=False),
        sa.Column("asker", sa.String(), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("private", sa.Boolean(), nullable=False),
        sa.Column("asked_at", sa.DateTime(), nullable=False),
        sa.Column("paper", sa.Text(), nullable=True),
        sa.Column("follows", sa.Integer(), nullable=True),
        sa.Column("thread", sa.String(), nullable=True),
        sa.Column("delivery", sa.String(), nullable=False),
        sa.Column("snapshot", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["follows"], ["answers.answer_id"], ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("answer_id"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "answer_papers",
        sa.Column("answer_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["answer_id"], ["answers.answer_id"], ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["key"], ["papers.key"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("answer_id", "key"),
    )
    op.create_table(
        "ratings",
        sa.Column("answer_id", sa.Integer(), nullable=False),
        sa.Column("person", sa.String(), nullable=False),
        sa.Column("verdict", sa.String(), nullable=False),
        sa.Column("citation", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["answer_id"], ["answers.answer_id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("answer_id", "person"),
    )
    for name, table, columns in _INDEXES:
        op.create_index(name, table, columns)


def downgrade() -> None:
    """Take back."""
    for name, table, _columns in _INDEXES:
        op.drop_index(name, table)
    for table in ("ratings", "answer_papers", "answers", "servers"):
        op.drop_table(table)
