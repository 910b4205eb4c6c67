"""Vectors beside the texts that they are of: found by what was embedded, by id and by owner.

Vectors of before lie in Chroma only; `seminar reindex` makes them here.

Revision: 0009, after 0008.
"""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "vectors",
        sa.Column("row", sa.Integer(), primary_key=True),
        sa.Column("embedder", sa.String(), nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("owner", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("vector", sa.LargeBinary(), nullable=False),
        sa.UniqueConstraint("id", "embedder"),
        sqlite_autoincrement=True,
    )
    op.create_index("vectors_by_owner", "vectors", ["owner", "embedder", "kind"])
    op.create_index("vectors_by_text", "vectors", ["digest", "embedder"])


def downgrade() -> None:
    """Take back."""
    op.drop_table("vectors")
