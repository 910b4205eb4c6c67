"""The first tables.

Revision: 0001, the first.
"""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "dump_links",
        sa.Column("row", sa.Integer(), nullable=False),
        sa.Column("arxiv_id", sa.String(), nullable=True),
        sa.Column("slug", sa.String(), nullable=True),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("repo_url", sa.Text(), nullable=False),
        sa.Column("official", sa.Boolean(), nullable=True),
        sa.PrimaryKeyConstraint("row"),
    )
    with op.batch_alter_table("dump_links", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_dump_links_arxiv_id"), ["arxiv_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_dump_links_slug"), ["slug"], unique=False)

    op.create_table(
        "facts",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("value", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("name"),
    )
    op.create_table(
        "jobs",
        sa.Column("job_id", sa.Integer(), nullable=False),
        sa.Column("guild", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("request", sa.JSON(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("error", sa.Text(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("updated_at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("job_id"),
    )
    with op.batch_alter_table("jobs", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_jobs_status"), ["status"], unique=False)

    op.create_table(
        "papers",
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("paper_id", sa.String(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("added_at", sa.DateTime(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=True),
        sa.Column("authors", sa.JSON(), nullable=False),
        sa.Column("abstract", sa.Text(), nullable=False),
        sa.Column("published", sa.DateTime(), nullable=True),
        sa.Column("venue", sa.Text(), nullable=False),
        sa.Column("categories", sa.JSON(), nullable=False),
        sa.Column("licence", sa.Text(), nullable=False),
        sa.Column("source_url", sa.Text(), nullable=False),
        sa.Column("arxiv_id", sa.String(), nullable=True),
        sa.Column("owner_guild", sa.String(), nullable=True),
        sa.Column("page_count", sa.Integer(), nullable=True),
        sa.Column("unread_pages", sa.JSON(), nullable=False),
        sa.Column("warnings", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("key"),
    )
    op.create_table(
        "aliases",
        sa.Column("guild", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["key"], ["papers.key"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("guild", "key", "name"),
    )
    op.create_table(
        "blocks",
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("section", sa.JSON(), nullable=False),
        sa.Column("label", sa.String(), nullable=True),
        sa.Column("pieces", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["key"], ["papers.key"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("key", "ordinal"),
    )
    op.create_table(
        "cited_works",
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["key"], ["papers.key"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("key", "ordinal"),
    )
    op.create_table(
        "code_link_checks",
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("checked_at", sa.DateTime(), nullable=False),
        sa.Column("failed_sources", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["key"], ["papers.key"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("key"),
    )
    op.create_table(
        "code_links",
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("guild", sa.String(), nullable=False),
        sa.Column("url", sa.String(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("official", sa.Boolean(), nullable=True),
        sa.Column("found_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["key"], ["papers.key"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("key", "guild", "url"),
    )
    op.create_table(
        "discussions",
        sa.Column("discussion_id", sa.String(), nullable=False),
        sa.Column("guild", sa.String(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("ordinal", sa.String(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=True),
        sa.Column("heading", sa.Text(), nullable=False),
        sa.Column("trailer", sa.Text(), nullable=False),
        sa.Column("key", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(["key"], ["papers.key"], ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("discussion_id"),
        sa.UniqueConstraint("guild", "position"),
    )
    op.create_table(
        "memberships",
        sa.Column("guild", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("added_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["key"], ["papers.key"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("guild", "key"),
    )
    op.create_table(
        "pages",
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("lines", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["key"], ["papers.key"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("key", "number"),
    )
    op.create_table(
        "paper_words",
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("word", sa.String(), nullable=False),
        sa.Column("passages", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["key"], ["papers.key"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("key", "word"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "passages",
        sa.Column("row", sa.Integer(), nullable=False),
        sa.Column("passage_id", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("section", sa.JSON(), nullable=False),
        sa.Column("label", sa.String(), nullable=True),
        sa.Column("first_page", sa.Integer(), nullable=True),
        sa.Column("last_page", sa.Integer(), nullable=True),
        sa.Column("boxes", sa.JSON(), nullable=False),
        sa.Column("tokens", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["key"], ["papers.key"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("row"),
        sa.UniqueConstraint("passage_id"),
    )
    with op.batch_alter_table("passages", schema=None) as batch_op:
        batch_op.create_index("passages_by_paper", ["key", "ordinal"], unique=False)

    op.create_table(
        "printed_links",
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["key"], ["papers.key"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("key", "ordinal"),
    )
    op.create_table(
        "sections",
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column("depth", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("page", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["key"], ["papers.key"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("key", "ordinal"),
    )
    op.create_table(
        "notes",
        sa.Column("row", sa.Integer(), nullable=False),
        sa.Column("note_id", sa.String(), nullable=False),
        sa.Column("discussion_id", sa.String(), nullable=False),
        sa.Column("item", sa.Integer(), nullable=False),
        sa.Column("ordinal", sa.String(), nullable=False),
        sa.Column("question", sa.Text(), nullable=False),
        sa.Column("answer", sa.JSON(), nullable=False),
        sa.Column("raw", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["discussion_id"], ["discussions.discussion_id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("row"),
        sa.UniqueConstraint("note_id"),
    )
    with op.batch_alter_table("notes", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_notes_discussion_id"), ["discussion_id"], unique=False)
    for table, columns in (("passages_fts", "title, section, text"), ("notes_fts", "title, question, answer")):
        op.execute(
            f"create virtual table {table} using fts5({columns}, tokenize='porter unicode61 remove_diacritics 2')"
        )


def downgrade() -> None:
    """Take back."""
    op.execute("drop table notes_fts")
    op.execute("drop table passages_fts")
    with op.batch_alter_table("notes", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_notes_discussion_id"))

    op.drop_table("notes")
    op.drop_table("sections")
    op.drop_table("printed_links")
    with op.batch_alter_table("passages", schema=None) as batch_op:
        batch_op.drop_index("passages_by_paper")

    op.drop_table("passages")
    op.drop_table("paper_words")
    op.drop_table("pages")
    op.drop_table("memberships")
    op.drop_table("discussions")
    op.drop_table("code_links")
    op.drop_table("code_link_checks")
    op.drop_table("cited_works")
    op.drop_table("blocks")
    op.drop_table("aliases")
    op.drop_table("papers")
    with op.batch_alter_table("jobs", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_jobs_status"))

    op.drop_table("jobs")
    op.drop_table("facts")
    with op.batch_alter_table("dump_links", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_dump_links_slug"))
        batch_op.drop_index(batch_op.f("ix_dump_links_arxiv_id"))

    op.drop_table("dump_links")
