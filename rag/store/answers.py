"""Answers as they were given, and what people said of them."""

from __future__ import annotations

import logging
from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from rag.domain.answer import Answer
from rag.domain.paper import Paper
from rag.domain.record import Delivery, Forgotten, KeptAnswer, Verdict
from rag.errors import NotFound
from rag.store import tables as t
from rag.store import waiting
from rag.store.base import Shelf
from rag.store.note_changes import forget_changer
from rag.store.reading_queue import forget_queuer
from rag.store.rows import aware, naive
from rag.store.sessions import forget_sayings
from rag.store.snapshots import answer_text, answer_value

log = logging.getLogger(__name__)


class AnswerShelf(Shelf):
    """Kept answers by guild. An answer's id is never given again: buttons in old messages carry it."""

    def keep_answer(
        self,
        answer: Answer,
        *,
        guild: str,
        asker: str,
        channel: str,
        private: bool,
        paper: str | None,
        follows: int | None,
        thread: str | None,
        question: int | None,
        now: datetime,
    ) -> int:
        """Write an answer down and return its id. ``follows`` counts only while it names an answer of this guild.
        ``question`` is the waiting one that it answers.

        Raises NotFound when the guild holds a paper of the answer no more: what was derived from it went with it.
        """
        followed = sa.select(t.answers.c.answer_id).where(t.answers.c.answer_id == follows, t.answers.c.guild == guild)
        values = {
            "guild": guild,
            "asker": asker,
            "channel": channel,
            "private": private,
            "asked_at": naive(now),
            "paper": paper,
            "follows": followed.scalar_subquery(),
            "thread": thread,
            "delivery": Delivery.WAITING.value,
            "snapshot": answer_text(answer),
        }
        with self._writing() as connection:
            made = connection.execute(t.answers.insert().values(**values)).inserted_primary_key
            answer_id = int(made[0]) if made else 0
            _cite(connection, guild, answer_id, _papers_of(answer))
            if question is not None:
                waiting.answered(connection, question, answer_id)
        return answer_id

    def kept_answer(self, guild: str, answer_id: int) -> KeptAnswer | None:
        """Return one answer of the guild, or None."""
        return next(iter(self._kept(_one(guild, answer_id))), None)

    def recent_answers(self, guild: str, asker: str, *, limit: int) -> tuple[KeptAnswer, ...]:
        """Return what a person was told in this guild, newest first."""
        mine = sa.and_(t.answers.c.guild == guild, t.answers.c.asker == asker)
        return self._kept(mine, order=t.answers.c.answer_id.desc(), limit=limit)

    def answers_in_thread(self, guild: str, thread: str) -> tuple[KeptAnswer, ...]:
        """Return the answers of a thread, oldest first: the one it hangs on, then what followed."""
        return self._kept(sa.and_(t.answers.c.guild == guild, t.answers.c.thread == thread))

    def answer_in_message(self, guild: str, message: str) -> int | None:
        """Return which of the guild's answers a message shows, or None."""
        shown = (
            sa.select(t.answers.c.answer_id)
            .join(t.answer_messages, t.answer_messages.c.answer_id == t.answers.c.answer_id)
            .where(t.answer_messages.c.message == message, t.answers.c.guild == guild)
        )
        with self._reading() as connection:
            return connection.execute(shown).scalar()

    def answers_up_to(self, guild: str, answer_id: int, *, limit: int) -> tuple[KeptAnswer, ...]:
        """Return an answer and those it follows, the nearest ``limit``, oldest first; none private and none before."""
        mine = sa.and_(t.answers.c.guild == guild, t.answers.c.private.is_(False))
        ids, follows = t.answers.c.answer_id, t.answers.c.follows
        chain = sa.select(ids.label("id"), follows.label("before"), sa.literal(1).label("far"))
        chained = chain.where(mine, ids == answer_id).cte("chain", recursive=True)
        step = sa.select(ids, follows, chained.c.far + 1).where(mine, ids == chained.c.before, chained.c.far < limit)
        return self._kept(ids.in_(sa.select(chained.union_all(step).c.id)))

    def undelivered_answers(self, since: datetime) -> tuple[KeptAnswer, ...]:
        """Return the answers of all guilds that wait for their channel, asked since then, oldest first."""
        unsent = sa.and_(
            t.answers.c.delivery == Delivery.WAITING.value,
            t.answers.c.private.is_(False),
            t.answers.c.asked_at >= naive(since),
        )
        return self._kept(unsent)

    def mark_answer(self, guild: str, answer_id: int, delivery: Delivery, *, coming_from: Iterable[Delivery]) -> bool:
        """Move an answer on its way, if it is at one of the places it may come from; return whether it moved."""
        moved = t.answers.update().where(
            _one(guild, answer_id), t.answers.c.delivery.in_([d.value for d in coming_from])
        )
        with self._writing() as connection:
            has_moved = connection.execute(moved.values(delivery=delivery.value)).rowcount > 0
            if has_moved:
                waiting.on_its_way(connection, answer_id)
            return has_moved

    def put_answer_messages(self, guild: str, answer_id: int, messages: Collection[str]) -> None:
        """Note messages that show an answer to everybody. One that was forgotten meanwhile, or is private, has none."""
        shown = sa.select(t.answers.c.answer_id).where(_one(guild, answer_id), t.answers.c.private.is_(False))
        with self._writing() as connection:
            if messages and connection.execute(shown).first() is not None:
                rows = [{"message": message, "answer_id": answer_id} for message in messages]
                connection.execute(t.answer_messages.insert().prefix_with("or ignore"), rows)

    def hang_thread(self, guild: str, answer_id: int, thread: str) -> bool:
        """Note where people talk about an answer; return whether the guild has it."""
        with self._writing() as connection:
            return (
                connection.execute(t.answers.update().where(_one(guild, answer_id)).values(thread=thread)).rowcount > 0
            )

    def rate_answer(self, guild: str, answer_id: int, *, person: str, verdict: Verdict, citation: int | None) -> bool:
        """Write a person's verdict down in place of an earlier one; return whether the guild has the answer."""
        values = {"id": answer_id, "guild": guild, "person": person, "verdict": verdict.value, "citation": citation}
        with self._writing() as connection:
            return connection.execute(_RATE, values).rowcount > 0

    def answer_ratings(self, guild: str, answer_id: int) -> dict[Verdict, int]:
        """Return how often each verdict was given."""
        given = (
            sa.select(t.ratings.c.verdict, sa.func.count())
            .join(t.answers, t.answers.c.answer_id == t.ratings.c.answer_id)
            .where(_one(guild, answer_id))
            .group_by(t.ratings.c.verdict)
        )
        with self._reading() as connection:
            return {Verdict(verdict): int(count) for verdict, count in connection.execute(given)}

    def forget_person(self, person: str) -> Forgotten:
        """Erase what a person asked, rated and said in sessions, in every guild.

        What others asked on it stays, following nothing. So do notes that they changed, by nobody.
        """
        with self._writing() as connection:
            ratings = connection.execute(t.ratings.delete().where(t.ratings.c.person == person)).rowcount
            connection.execute(t.waiting_questions.delete().where(t.waiting_questions.c.person == person))
            answers = connection.execute(t.answers.delete().where(t.answers.c.asker == person)).rowcount
            said = forget_sayings(connection, person)
            forget_changer(connection, person)
            forget_queuer(connection, person)
        return Forgotten(answers=answers, ratings=ratings, said=said)

    def forget_answers_before(self, moment: datetime) -> int:
        """Erase the answers of every guild that are older; return how many."""
        with self._writing() as connection:
            return connection.execute(t.answers.delete().where(t.answers.c.asked_at < naive(moment))).rowcount

    def _kept(
        self,
        condition: sa.ColumnElement[bool],
        *,
        order: sa.ColumnElement[Any] = t.answers.c.answer_id,
        limit: int | None = None,
    ) -> tuple[KeptAnswer, ...]:
        with self._reading() as connection:
            rows = connection.execute(sa.select(t.answers).where(condition).order_by(order).limit(limit)).all()
        return tuple(kept for row in rows if (kept := _kept_value(row)) is not None)


def forget_citing(connection: sa.Connection, guild: str, key: str) -> None:
    """Erase a guild's answers that show a paper, inside the transaction that takes it from the guild."""
    citing = sa.select(t.answer_papers.c.answer_id).where(t.answer_papers.c.key == key)
    connection.execute(t.answers.delete().where(t.answers.c.guild == guild, t.answers.c.answer_id.in_(citing)))


def shows_bytes(sha256: str) -> sa.ColumnElement[bool]:
    """Match the answers that show a paper as it was read from these bytes: a newer version may have replaced it."""
    # What people typed cannot look like this: in JSON their quotation marks are escaped.
    return sa.func.instr(t.answers.c.snapshot, f'"sha256":"{sha256}"') > 0


_RATE = sa.text(
    "insert into ratings (answer_id, person, verdict, citation)"
    " select answer_id, :person, :verdict, :citation from answers where answer_id = :id and guild = :guild"
    " on conflict (answer_id, person) do update set verdict = excluded.verdict, citation = excluded.citation"
)


def _one(guild: str, answer_id: int) -> sa.ColumnElement[bool]:
    return sa.and_(t.answers.c.answer_id == answer_id, t.answers.c.guild == guild)


def _papers_of(answer: Answer) -> dict[str, str]:
    """Return the papers whose words or links the answer shows: their ids by key."""
    shown: list[Paper] = [citation.paper for citation in answer.citations] + [hit.paper for hit in answer.nearest]
    linked = {link.paper_key: link.url for link in answer.code_links}
    linked |= {fact.paper_key: fact.text for fact in answer.facts if fact.paper_key}
    return linked | {paper.key: paper.paper_id for paper in shown}


def _cite(connection: sa.Connection, guild: str, answer_id: int, papers: dict[str, str]) -> None:
    held = sa.select(t.memberships.c.key).where(t.memberships.c.guild == guild, t.memberships.c.key.in_(list(papers)))
    keys = set(connection.execute(held).scalars())
    if gone := next((paper_id for key, paper_id in papers.items() if key not in keys), None):
        raise NotFound(what="paper", name=gone)
    if keys:
        connection.execute(t.answer_papers.insert(), [{"answer_id": answer_id, "key": key} for key in sorted(keys)])


def _kept_value(row: Any) -> KeptAnswer | None:
    """Return the answer of a row; None, told in the log, when its snapshot cannot be read: the others still can."""
    try:
        answer = answer_value(row.snapshot)
    except ValueError:
        log.warning("the kept answer %d cannot be read and is left out", row.answer_id)  # the error would quote it
        return None
    return KeptAnswer(
        answer_id=row.answer_id,
        guild=row.guild,
        asker=row.asker,
        channel=row.channel,
        private=row.private,
        asked_at=aware(row.asked_at),
        paper=row.paper,
        follows=row.follows,
        thread=row.thread,
        delivery=Delivery(row.delivery),
        answer=answer,
    )
