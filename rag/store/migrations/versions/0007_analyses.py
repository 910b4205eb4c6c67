"""The group's template as it was last filled for a paper.

Revision: 0007, after 0006.
"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "analyses",
        sa.Column("guild", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("made_at", sa.DateTime(), nullable=False),
        sa.Column("snapshot", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["key"], ["papers.key"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("guild", "key"),
    )
    op.create_index("ix_analyses_key", "analyses", ["key"])


def downgrade() -> None:
    """Take back."""
    op.drop_table("analyses")
