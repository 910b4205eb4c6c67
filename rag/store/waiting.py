"""Questions that were acknowledged and are not answered yet, with what it takes to answer them after a restart."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa

from rag.domain.record import WaitingQuestion
from rag.store import tables as t
from rag.store.base import Shelf
from rag.store.rows import aware, naive


class WaitingShelf(Shelf):
    """Rows live for the seconds that an answer takes. An id is never given again."""

    def put_waiting(self, question: WaitingQuestion) -> int:
        """Write a question down and return its id."""
        values = {
            "guild": question.guild,
            "person": question.person,
            "channel": question.channel,
            "thread": question.thread,
            "text": question.text,
            "paper": question.paper,
            "private": question.private,
            "asked_at": naive(question.asked_at),
            "application": question.application,
            "token": question.token,
            "tried_again": False,
        }
        with self._writing() as connection:
            made = connection.execute(t.waiting_questions.insert().values(**values)).inserted_primary_key
        return int(made[0]) if made else 0

    def waiting_since(self, moment: datetime) -> tuple[WaitingQuestion, ...]:
        """Return the questions of all guilds asked since then, oldest first, and erase those before."""
        with self._writing() as connection:
            connection.execute(t.waiting_questions.delete().where(t.waiting_questions.c.asked_at < naive(moment)))
            rows = connection.execute(sa.select(t.waiting_questions).order_by(t.waiting_questions.c.question_id)).all()
        return tuple(_value(row) for row in rows)

    def try_again(self, question_id: int) -> bool:
        """Note that a question is answered again; return whether it waits and was not before."""
        first = sa.and_(t.waiting_questions.c.question_id == question_id, t.waiting_questions.c.tried_again.is_(False))
        with self._writing() as connection:
            return connection.execute(t.waiting_questions.update().where(first).values(tried_again=True)).rowcount > 0

    def drop_waiting(self, question_id: int) -> bool:
        """Erase a question; return whether it waited."""
        with self._writing() as connection:
            one = t.waiting_questions.c.question_id == question_id
            return connection.execute(t.waiting_questions.delete().where(one)).rowcount > 0


def answered(connection: sa.Connection, question_id: int, answer_id: int) -> None:
    """Note the answer of a question, inside the transaction that keeps it."""
    one = t.waiting_questions.c.question_id == question_id
    connection.execute(t.waiting_questions.update().where(one).values(answer_id=answer_id))


def on_its_way(connection: sa.Connection, answer_id: int) -> None:
    """Erase the question of an answer, inside the transaction after which nobody else will send it."""
    connection.execute(t.waiting_questions.delete().where(t.waiting_questions.c.answer_id == answer_id))


def _value(row: Any) -> WaitingQuestion:
    return WaitingQuestion(
        question_id=row.question_id,
        guild=row.guild,
        person=row.person,
        channel=row.channel,
        thread=row.thread,
        text=row.text,
        paper=row.paper,
        private=row.private,
        asked_at=aware(row.asked_at),
        application=row.application,
        token=row.token,
        tried_again=row.tried_again,
        answer_id=row.answer_id,
    )
