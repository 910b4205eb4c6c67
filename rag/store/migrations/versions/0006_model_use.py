"""What each guild's calls of a language model came to, by month.

Revision: 0006, after 0005.
"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "model_months",
        sa.Column("guild", sa.String(), nullable=False),
        sa.Column("month", sa.String(), nullable=False),
        sa.Column("calls", sa.Integer(), nullable=False),
        sa.Column("tokens_in", sa.Integer(), nullable=False),
        sa.Column("tokens_out", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("guild", "month"),
    )
    op.create_table(
        "model_findings",
        sa.Column("guild", sa.String(), nullable=False),
        sa.Column("month", sa.String(), nullable=False),
        sa.Column("finding", sa.String(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("guild", "month", "finding"),
    )


def downgrade() -> None:
    """Take back."""
    op.drop_table("model_findings")
    op.drop_table("model_months")
