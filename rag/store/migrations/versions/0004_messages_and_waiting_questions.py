"""Which messages show an answer, and questions that were acknowledged and are not answered yet.

Revision: 0004, after 0003.
"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "answer_messages",
        sa.Column("message", sa.String(), nullable=False),
        sa.Column("answer_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["answer_id"], ["answers.answer_id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("message"),
    )
    op.create_table(
        "waiting_questions",
        sa.Column("question_id", sa.Integer(), nullable=False),
        sa.Column("guild", sa.String(), nullable=False),
        sa.Column("person", sa.String(), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("thread", sa.String(), nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("paper", sa.Text(), nullable=True),
        sa.Column("private", sa.Boolean(), nullable=False),
        sa.Column("asked_at", sa.DateTime(), nullable=False),
        sa.Column("application", sa.String(), nullable=False),
        sa.Column("token", sa.String(), nullable=False),
        sa.Column("tried_again", sa.Boolean(), nullable=False),
        sa.Column("answer_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["answer_id"], ["answers.answer_id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("question_id"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_answer_messages_answer_id", "answer_messages", ["answer_id"])


def downgrade() -> None:
    """Take back."""
    op.drop_table("waiting_questions")
    op.drop_index("ix_answer_messages_answer_id", "answer_messages")
    op.drop_table("answer_messages")
