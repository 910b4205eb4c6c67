"""The tables of study aids: the group's template as it was last filled for a paper."""

from __future__ import annotations

from sqlalchemy import Column, DateTime, ForeignKey, String, Table, Text

from rag.store.metadata import metadata

analyses = Table(
    "analyses",
    metadata,
    Column("guild", String, primary_key=True),
    Column("key", String, ForeignKey("papers.key", ondelete="CASCADE"), primary_key=True, index=True),
    Column("made_at", DateTime, nullable=False),
    Column("snapshot", Text, nullable=False),  # rag.store.snapshots
)
"""The last analysis of a guild and a paper; it goes with either."""
