"""Rows of sessions to values."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import sqlalchemy as sa

from rag.domain.question import Question
from rag.domain.session import Session, SessionAnswer, SessionQuestion, WrittenNotes
from rag.store import tables as t
from rag.store.rows import aware
from rag.store.snapshots import question_value


def read_sessions(connection: sa.Connection, *conditions: sa.ColumnElement[bool]) -> tuple[Session, ...]:
    """Return the sessions that fit, newest first, each with its questions and answers in their order."""
    wanted = sa.select(t.sessions).where(*conditions).order_by(t.sessions.c.session_id.desc())
    heads = connection.execute(wanted).all()
    ids = [head.session_id for head in heads]
    asked, answers = _asked(connection, ids), _answers(connection, ids)
    return tuple(_value(head, asked[head.session_id], answers[head.session_id]) for head in heads)


def read_titles(connection: sa.Connection, guild: str, *, is_open: bool) -> dict[int, str]:
    """Return the titles of a guild's open or closed sessions by id, newest first."""
    state = t.sessions.c.closed_at.is_(None) if is_open else t.sessions.c.closed_at.is_not(None)
    wanted = sa.select(t.sessions.c.session_id, t.sessions.c.title).where(t.sessions.c.guild == guild, state)
    rows = connection.execute(wanted.order_by(t.sessions.c.session_id.desc()))
    return {row.session_id: row.title for row in rows}


def quoted_in_sessions(sha256: str) -> sa.Select[Any]:
    """Select the sessions that quote a paper as it was read from these bytes."""
    quoting = sa.func.instr(t.session_questions.c.snapshot, f'"sha256":"{sha256}"') > 0
    return sa.select(t.session_questions.c.session_id).where(quoting).limit(1)


def read_question(row: Any) -> Question:
    """Return the question of a row as it was asked."""
    return replace(question_value(row.snapshot), number=row.number)


def _asked(connection: sa.Connection, ids: Sequence[int]) -> dict[int, list[SessionQuestion]]:
    unclear: dict[tuple[int, int], list[str]] = defaultdict(list)
    marks = sa.select(t.session_unclear).where(t.session_unclear.c.session_id.in_(ids))
    for row in connection.execute(marks.order_by(t.session_unclear.c.person)):
        unclear[row.session_id, row.number].append(row.person)
    asked: dict[int, list[SessionQuestion]] = defaultdict(list)
    questions = sa.select(t.session_questions).where(t.session_questions.c.session_id.in_(ids))
    for row in connection.execute(questions.order_by(t.session_questions.c.number)):
        marked = tuple(unclear[row.session_id, row.number])
        asked[row.session_id].append(SessionQuestion(read_question(row), row.message, marked))
    return asked


def _answers(connection: sa.Connection, ids: Sequence[int]) -> dict[int, list[SessionAnswer]]:
    answers: dict[int, list[SessionAnswer]] = defaultdict(list)
    said = sa.select(t.session_answers).where(t.session_answers.c.session_id.in_(ids))
    for row in connection.execute(said.order_by(t.session_answers.c.answer_id)):
        answers[row.session_id].append(
            SessionAnswer(
                answer_id=row.answer_id,
                number=row.number,
                person=row.person,
                name=row.name,
                text=row.text,
                said_at=aware(row.said_at),
                message=row.message,
            )
        )
    return answers


def _value(head: Any, questions: Sequence[SessionQuestion], answers: Sequence[SessionAnswer]) -> Session:
    written = None
    if head.written is not None:
        heading, items = head.written
        written = WrittenNotes(heading, tuple((question, tuple(lines)) for question, lines in items))
    return Session(
        session_id=head.session_id,
        guild=head.guild,
        paper_key=head.key,
        paper_id=head.paper_id,
        title=head.title,
        channel=head.channel,
        thread=head.thread,
        message=head.message,
        opened_by=head.opened_by,
        opened_at=aware(head.opened_at),
        closed_at=aware(head.closed_at),
        ordinal=head.ordinal,
        questions=tuple(questions),
        answers=tuple(answers),
        silent=tuple(head.silent),
        written=written,
        notices=tuple(head.notices),
    )
