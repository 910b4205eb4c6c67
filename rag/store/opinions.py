"""Ratings of a guild's answers, counted: never who gave them, and never what somebody asked in private."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from rag.domain.opinion import Disliked
from rag.domain.record import Verdict
from rag.store import tables as t
from rag.store.base import Shelf
from rag.store.rows import aware, naive
from rag.store.snapshots import answer_value

_DISLIKING = (Verdict.NOT_HELPFUL.value, Verdict.WRONG_CITATION.value)


class OpinionShelf(Shelf):
    """Counts of answers and of what people said of them, by guild."""

    def answer_count(self, guild: str, since: datetime) -> int:
        """Return how many answers the guild had from this moment on."""
        lately = sa.and_(t.answers.c.guild == guild, t.answers.c.asked_at >= naive(since))
        with self._reading() as connection:
            return connection.execute(sa.select(sa.func.count()).where(lately)).scalar_one()

    def verdict_counts(self, guild: str) -> dict[Verdict, int]:
        """Return how often each verdict was given on the guild's answers."""
        given = (
            sa.select(t.ratings.c.verdict, sa.func.count())
            .join(t.answers, t.answers.c.answer_id == t.ratings.c.answer_id)
            .where(t.answers.c.guild == guild)
            .group_by(t.ratings.c.verdict)
        )
        with self._reading() as connection:
            return {Verdict(verdict): int(count) for verdict, count in connection.execute(given)}

    def disliked_answers(self, guild: str, *, limit: int) -> tuple[Disliked, ...]:
        """Return the guild's answers that were not private and that somebody disliked, newest first."""
        disliking = sa.select(t.ratings.c.answer_id).where(t.ratings.c.verdict.in_(_DISLIKING))
        answers = (
            sa.select(
                t.answers.c.answer_id,
                t.answers.c.snapshot,
                t.answers.c.channel,
                t.answers.c.asked_at,
                _first_message().label("message"),
            )
            .where(t.answers.c.guild == guild, t.answers.c.private.is_(False), t.answers.c.answer_id.in_(disliking))
            .order_by(t.answers.c.answer_id.desc())
            .limit(limit)
        )
        with self._reading() as connection:
            rows = connection.execute(answers).all()
            said = sa.select(t.ratings.c.answer_id, t.ratings.c.verdict, t.ratings.c.citation).where(
                t.ratings.c.answer_id.in_([row.answer_id for row in rows]), t.ratings.c.verdict.in_(_DISLIKING)
            )
            given = connection.execute(said).all()
        return tuple(_disliked(row, [each for each in given if each.answer_id == row.answer_id]) for row in rows)


def _first_message() -> sa.ScalarSelect[Any]:
    message = t.answer_messages.c.message
    first = sa.select(message).where(t.answer_messages.c.answer_id == t.answers.c.answer_id)
    return first.order_by(sa.func.length(message), message).limit(1).scalar_subquery()  # ids grow with time


def _disliked(row: Any, given: Sequence[Any]) -> Disliked:
    return Disliked(
        answer_id=row.answer_id,
        question=_question(row.snapshot),
        channel=row.channel,
        asked_at=aware(row.asked_at),
        not_helpful=sum(each.verdict == Verdict.NOT_HELPFUL.value for each in given),
        wrong=tuple(sorted({each.citation for each in given if each.citation is not None})),
        message=row.message or "",
    )


def _question(snapshot: str) -> str:
    try:
        return answer_value(snapshot).question
    except ValueError:  # damaged: that it was disliked still counts
        return ""
