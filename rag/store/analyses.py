"""The last analysis of each guild and paper."""

from __future__ import annotations

import sqlalchemy as sa

from rag.domain.analysis import Analysis
from rag.store import tables as t
from rag.store.base import Shelf
from rag.store.rows import naive
from rag.store.snapshots import analysis_text, analysis_value


class AnalysisShelf(Shelf):
    """One analysis a guild and paper: a new one takes the place of the one before."""

    def kept_analysis(self, guild: str, key: str) -> Analysis | None:
        """Return the last analysis of a paper for a guild; None for none, or one that no version can read."""
        mine = sa.and_(t.analyses.c.guild == guild, t.analyses.c.key == key)
        with self._reading() as connection:
            text = connection.execute(sa.select(t.analyses.c.snapshot).where(mine)).scalar()
        if text is None:
            return None
        try:
            return analysis_value(text)
        except ValueError:  # another version's: it is made again
            return None

    def keep_analysis(self, guild: str, analysis: Analysis) -> None:
        """Keep an analysis in place of the one before, while the guild holds its paper."""
        key = analysis.paper.key
        values = {"guild": guild, "key": key, "made_at": naive(analysis.made_at), "snapshot": analysis_text(analysis)}
        held = sa.select(t.memberships.c.key).where(t.memberships.c.guild == guild, t.memberships.c.key == key)
        with self._writing() as connection:
            connection.execute(t.analyses.delete().where(t.analyses.c.guild == guild, t.analyses.c.key == key))
            if connection.execute(held).first() is not None:
                connection.execute(t.analyses.insert().values(**values))
