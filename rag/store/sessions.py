"""Sessions: their questions, what people answered and found unclear, and where each stands in Discord."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from rag.domain.note import Discussion
from rag.domain.question import QuestionSet
from rag.domain.session import Session, SessionAnswer, WrittenNotes
from rag.errors import NotFound
from rag.store import tables as t
from rag.store.base import Shelf
from rag.store.notes import put_discussions
from rag.store.postings import being_posted
from rag.store.reading_queue import take_discussed
from rag.store.rows import naive
from rag.store.session_rows import read_question, read_sessions, read_titles
from rag.store.snapshots import question_text


class SessionShelf(Shelf):
    """Sessions by guild. An id is never given again: buttons in old messages carry it."""

    def add_session(
        self, guild: str, questions: QuestionSet, *, channel: str, opened_by: str, now: datetime
    ) -> int | None:
        """Write a session down with its questions and return its id; None while another on its paper is open.

        Raises NotFound when the guild holds the paper, or one that the questions quote, no more.
        """
        values = {
            "guild": guild,
            "key": questions.paper.key,
            "paper_id": questions.paper.paper_id,
            "title": questions.paper.title,
            "channel": channel,
            "opened_by": opened_by,
            "opened_at": naive(now),
            "silent": list(questions.silent),
            "notices": list(questions.notices),
        }
        with self._writing() as connection:
            made = connection.execute(t.sessions.insert().prefix_with("or ignore").values(**values))
            if not made.rowcount:
                return None
            session_id = int(made.inserted_primary_key[0])  # type: ignore[index]
            _require_held(connection, guild, questions)
            rows = [
                {"session_id": session_id, "number": question.number, "snapshot": question_text(question)}
                for question in questions.questions
            ]
            if rows:
                connection.execute(t.session_questions.insert(), rows)
        return session_id

    def session(self, guild: str, session_id: int) -> Session | None:
        """Return one session of the guild, or None."""
        return next(iter(self._sessions(t.sessions.c.guild == guild, t.sessions.c.session_id == session_id)), None)

    def sessions(self, guild: str) -> tuple[Session, ...]:
        """Return the guild's sessions, newest first."""
        return self._sessions(t.sessions.c.guild == guild)

    def session_titles(self, guild: str, *, is_open: bool) -> dict[int, str]:
        """Return the titles of the guild's open or closed sessions by id, newest first, and read no more of them."""
        with self._reading() as connection:
            return read_titles(connection, guild, is_open=is_open)

    def session_in_thread(self, guild: str, thread: str) -> Session | None:
        """Return the session that is held in a thread, the newest if there were several, or None."""
        return next(iter(self._sessions(t.sessions.c.guild == guild, t.sessions.c.thread == thread)), None)

    def sessions_of_paper(self, guild: str, key: str, paper_id: str) -> tuple[Session, ...]:
        """Return the sessions on a paper, newest first; also those from before it was removed and came back."""
        gone = sa.and_(t.sessions.c.key.is_(None), t.sessions.c.paper_id == paper_id)
        return self._sessions(t.sessions.c.guild == guild, sa.or_(t.sessions.c.key == key, gone))

    def unplaced_sessions(self, since: datetime) -> tuple[Session, ...]:
        """Return the open sessions of all guilds, opened since then in a channel, of which not every part was sent.

        The first message of a weekly post is left to who claimed the post.
        """
        weekly = sa.select(t.postings.c.session_id).where(t.postings.c.session_id.is_not(None))
        unsent = sa.select(t.session_questions.c.session_id).where(t.session_questions.c.message.is_(None))
        return self._sessions(
            t.sessions.c.channel != "",
            t.sessions.c.closed_at.is_(None),
            t.sessions.c.opened_at >= naive(since),
            sa.or_(
                t.sessions.c.message.is_not(None),
                sa.and_(t.sessions.c.session_id.not_in(weekly), t.sessions.c.opened_by != ""),
            ),
            sa.or_(t.sessions.c.message.is_(None), t.sessions.c.thread.is_(None), t.sessions.c.session_id.in_(unsent)),
        )

    def place_session(self, guild: str, session_id: int, *, thread: str | None, message: str | None) -> bool:
        """Note where a session is held and what opens it, as far as given; return whether the guild has it.

        With what opens it, its paper waits no more; as the first of the queue it stays for the next weekly post.
        """
        given = {name: value for name, value in (("thread", thread), ("message", message)) if value is not None}
        if not given:
            return self.session(guild, session_id) is not None
        one = t.sessions.update().where(t.sessions.c.guild == guild, t.sessions.c.session_id == session_id)
        with self._writing() as connection:
            if message is not None:
                take_discussed(connection, guild, session_id, first_stays=True)
            return connection.execute(one.values(**given)).rowcount > 0

    def move_session(self, guild: str, session_id: int, channel: str, *, now: datetime) -> bool:
        """Begin an open session anew in a channel: nothing of it was sent there yet.

        Return whether there is one, and no weekly post is sending it.
        """
        free = (t.sessions.c.closed_at.is_(None), t.sessions.c.session_id.not_in(being_posted(now)))
        moved = t.sessions.update().where(t.sessions.c.session_id.in_(_one(guild, session_id, *free)))
        sent = t.session_questions.update().where(t.session_questions.c.session_id == session_id)
        with self._writing() as connection:
            if not connection.execute(moved.values(channel=channel, thread=None, message=None)).rowcount:
                return False
            connection.execute(sent.values(message=None))
        return True

    def place_question(self, guild: str, session_id: int, number: int, message: str | None) -> bool:
        """Note which message shows a question; None: none does. Return whether there is such a question."""
        asked = t.session_questions.update().where(
            t.session_questions.c.session_id.in_(_one(guild, session_id)), t.session_questions.c.number == number
        )
        with self._writing() as connection:
            return connection.execute(asked.values(message=message)).rowcount > 0

    def put_session_answer(
        self, guild: str, session_id: int, answer: SessionAnswer, *, most: int, each: int
    ) -> tuple[int, bool] | None:
        """Write an answer down and return its id, and whether it is new: a message is one answer, however often saved.

        None: the session is closed, not the guild's, or has ``most`` answers, or ``each`` of this person.
        """
        values = {
            "guild": guild,
            "id": session_id,
            "most": most,
            "each": each,
            "number": answer.number,
            "person": answer.person,
            "name": answer.name,
            "text": answer.text,
            "said_at": naive(answer.said_at),
            "message": answer.message,
        }
        same = sa.select(t.session_answers.c.answer_id).where(
            t.session_answers.c.session_id.in_(_one(guild, session_id)), t.session_answers.c.message == answer.message
        )
        with self._writing() as connection:
            if connection.execute(_ANSWER, values).rowcount:
                return int(connection.execute(sa.text("select last_insert_rowid()")).scalar_one()), True
            if answer.message is not None and (known := connection.execute(same).scalar()) is not None:
                return int(known), False
        return None

    def change_session_answer(
        self, guild: str, session_id: int, answer_id: int, *, person: str, text: str | None
    ) -> bool:
        """Replace a person's own answer in an open session, or (None) take it back; return whether it was theirs."""
        theirs = sa.and_(
            t.session_answers.c.answer_id == answer_id,
            t.session_answers.c.person == person,
            t.session_answers.c.session_id.in_(_one(guild, session_id, t.sessions.c.closed_at.is_(None))),
        )
        change = t.session_answers.delete() if text is None else t.session_answers.update().values(text=text)
        with self._writing() as connection:
            return connection.execute(change.where(theirs)).rowcount > 0

    def turn_unclear(self, guild: str, session_id: int, number: int, person: str) -> bool | None:
        """Mark a question as unclear to a person, or take the mark off; return whether it is marked now.

        None: there is no such question in an open session of the guild.
        """
        key = {"session_id": session_id, "number": number, "person": person}
        held = sa.select(t.session_questions.c.number).where(
            t.session_questions.c.session_id.in_(_one(guild, session_id, t.sessions.c.closed_at.is_(None))),
            t.session_questions.c.number == number,
        )
        mine = sa.and_(*(t.session_unclear.c[name] == value for name, value in key.items()))
        with self._writing() as connection:
            taken = connection.execute(t.session_unclear.delete().where(mine)).rowcount > 0
            if connection.execute(held).first() is None:
                connection.rollback()
                return None
            if not taken:
                connection.execute(t.session_unclear.insert().values(**key))
        return not taken

    def close_session(
        self,
        guild: str,
        session: Session,
        *,
        discussions: Sequence[Discussion] | None,
        ordinal: str | None,
        written: WrittenNotes | None,
        now: datetime,
    ) -> bool | None:
        """Close a session and write the discussions with its notes, both or nothing; return whether it was open.

        None: what was said in it is not what was read, and nothing is written. ``discussions`` None leaves the notes.
        """
        text = None if written is None else [written.heading, [[q, list(lines)] for q, lines in written.items]]
        same = sa.and_(t.sessions.c.guild == guild, t.sessions.c.session_id == session.session_id)
        values = {"closed_at": naive(now), "ordinal": ordinal, "written": sa.null() if text is None else text}
        with self._changing() as connection:
            connection.exec_driver_sql("begin immediate")  # nobody says anything between this look and the writing
            held = next(iter(read_sessions(connection, same)), None)
            if held is None or not held.is_open:
                return False
            if (held.answers, held.written) != (session.answers, session.written):
                return None
            connection.execute(t.sessions.update().where(same).values(**values))
            take_discussed(connection, session.guild, session.session_id, first_stays=False)
            if discussions is not None:
                put_discussions(connection, guild, discussions)
        return True

    def reopen_session(self, guild: str, session_id: int) -> bool:
        """Let people answer again; return whether it was closed, and no other session on its paper is open."""
        reopened = (
            t.sessions.update()
            .prefix_with("or ignore")
            .where(
                t.sessions.c.guild == guild, t.sessions.c.session_id == session_id, t.sessions.c.closed_at.is_not(None)
            )
        )
        with self._writing() as connection:
            return connection.execute(reopened.values(closed_at=None)).rowcount > 0

    def _sessions(self, *conditions: sa.ColumnElement[bool]) -> tuple[Session, ...]:
        with self._reading() as connection:
            return read_sessions(connection, *conditions)


_ANSWER = sa.text(
    "insert or ignore into session_answers (session_id, number, person, name, text, said_at, message)"
    " select session_id, :number, :person, :name, :text, :said_at, :message from sessions"
    " where guild = :guild and session_id = :id and closed_at is null"
    " and (select count(*) from session_answers where session_id = :id) < :most"
    " and (select count(*) from session_answers where session_id = :id and person = :person) < :each"
).bindparams(sa.bindparam("said_at", type_=sa.DateTime))


def forget_sayings(connection: sa.Connection, person: str) -> int:
    """Erase a person's answers, marks and id from the sessions of every guild; return how many answers went."""
    connection.execute(t.session_unclear.delete().where(t.session_unclear.c.person == person))
    connection.execute(t.sessions.update().where(t.sessions.c.opened_by == person).values(opened_by=""))
    return connection.execute(t.session_answers.delete().where(t.session_answers.c.person == person)).rowcount


def forget_evidence(connection: sa.Connection, guild: str, key: str) -> None:
    """Erase what a guild's sessions quote of a paper, and expect from it, when it is taken from the guild.

    The questions stay, and so does what people answered.
    """
    of_guild = sa.select(t.sessions.c.session_id).where(t.sessions.c.guild == guild)
    quoting = sa.select(t.session_questions).where(
        t.session_questions.c.session_id.in_(of_guild),
        sa.func.instr(t.session_questions.c.snapshot, json.dumps(key)) > 0,
    )
    for row in connection.execute(quoting).all():
        question = read_question(row)
        left = tuple(citation for citation in question.evidence if citation.paper.key != key)
        if len(left) < len(question.evidence):
            snapshot = question_text(replace(question, evidence=left, expected=""))
            same = sa.and_(
                t.session_questions.c.session_id == row.session_id, t.session_questions.c.number == row.number
            )
            connection.execute(t.session_questions.update().where(same).values(snapshot=snapshot))
    on_it = sa.and_(t.sessions.c.guild == guild, t.sessions.c.key == key)
    connection.execute(t.sessions.update().where(on_it).values(key=None))


def _one(guild: str, session_id: int, *conditions: sa.ColumnElement[bool]) -> sa.Select[Any]:
    return sa.select(t.sessions.c.session_id).where(
        t.sessions.c.guild == guild, t.sessions.c.session_id == session_id, *conditions
    )


def _require_held(connection: sa.Connection, guild: str, questions: QuestionSet) -> None:
    quoted = [citation.paper for question in questions.questions for citation in question.evidence]
    papers = {paper.key: paper.paper_id for paper in (questions.paper, *quoted)}
    held = sa.select(t.memberships.c.key).where(t.memberships.c.guild == guild, t.memberships.c.key.in_(list(papers)))
    keys = set(connection.execute(held).scalars())
    if gone := next((paper_id for key, paper_id in papers.items() if key not in keys), None):
        raise NotFound(what="paper", name=gone)
