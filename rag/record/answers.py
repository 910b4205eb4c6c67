"""The book of answers: each is kept whole, so that it can be shown, rated and asked on after a restart."""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection
from datetime import datetime
from functools import partial

from rag.domain.answer import Answer
from rag.domain.record import Delivery, Forgotten, KeptAnswer, Verdict
from rag.errors import NotFound, StorageFailed
from rag.record.waiting import WaitingQuestions
from rag.store.library import Library

log = logging.getLogger(__name__)

LOOKED_BACK = 20
"""Answers of a chain of replies that a question goes on from."""


class AnswerBook:
    """Answers by guild; none is seen by another. Every call takes a few milliseconds, and threads may share it.

    ``clock`` gives aware UTC. Ids of people, channels and threads are decimal strings. ``waiting`` are the questions
    whose answers are not on their way yet.
    """

    def __init__(self, *, library: Library, clock: Callable[[], datetime]) -> None:
        self._library = library
        self._clock = clock
        self.waiting = WaitingQuestions(library=library)

    def keep(
        self,
        answer: Answer,
        *,
        guild: str,
        asker: str,
        channel: str,
        private: bool = False,
        paper: str | None = None,
        follows: int | None = None,
        thread: str | None = None,
        question: int | None = None,
    ) -> int:
        """Keep an answer before it is sent, and return its id; ``question`` is the waiting one that it answers.

        Raises NotFound when one of its papers was removed meanwhile: what is derived from a paper goes with it.
        Raises StorageFailed when the database refuses it twice.
        """
        keep = partial(
            self._library.keep_answer,
            answer,
            guild=guild,
            asker=asker,
            channel=channel,
            private=private,
            paper=paper,
            follows=follows,
            thread=thread,
            question=question,
            now=self._clock(),
        )
        try:
            return keep()
        except StorageFailed as error:  # writing a large paper may outlast one wait, and the answer is there already
            log.warning("an answer could not be kept and is tried again: %s", error.reason)
            return keep()

    def read(self, guild: str, answer_id: int) -> KeptAnswer:
        """Return an answer as it was given. Raises NotFound, also for another guild's."""
        kept = self._library.kept_answer(guild, answer_id)
        if kept is None:
            raise _not_here(answer_id)
        return kept

    def sending(self, guild: str, answer_id: int) -> bool:
        """Say that an answer is being sent now; return whether it was waiting. Who gets False must not send it."""
        return self._library.mark_answer(guild, answer_id, Delivery.SENDING, coming_from=[Delivery.WAITING])

    def delivered(self, guild: str, answer_id: int) -> None:
        """Say that an answer arrived. One that was forgotten meanwhile is no failure."""
        self._library.mark_answer(guild, answer_id, Delivery.DELIVERED, coming_from=Delivery)

    def shown(self, guild: str, answer_id: int, messages: Collection[str]) -> None:
        """Note which messages show an answer to everybody. Of one that is private or forgotten nothing is noted."""
        self._library.put_answer_messages(guild, answer_id, messages)

    def undelivered(self, since: datetime) -> tuple[KeptAnswer, ...]:
        """Return what no channel has seen yet, of all guilds, oldest first. Private answers are for nobody else."""
        return self._library.undelivered_answers(since)

    def recent(self, guild: str, asker: str, limit: int = 10) -> tuple[KeptAnswer, ...]:
        """Return what a person was told in this guild, newest first."""
        return self._library.recent_answers(guild, asker, limit=limit)

    def rate(self, guild: str, answer_id: int, *, person: str, verdict: Verdict, citation: int | None = None) -> None:
        """Keep what a person says of an answer, or of its source of this number, in place of what they said before.

        Raises NotFound for an answer of another guild, and for a source that the answer has not.
        """
        if citation is not None and citation not in {c.number for c in self.read(guild, answer_id).answer.citations}:
            raise NotFound(what="source", name=str(citation))
        if not self._library.rate_answer(guild, answer_id, person=person, verdict=verdict, citation=citation):
            raise _not_here(answer_id)

    def ratings(self, guild: str, answer_id: int) -> dict[Verdict, int]:
        """Return how many people gave each verdict; verdicts that nobody gave are left out."""
        return self._library.answer_ratings(guild, answer_id)

    def open_thread(self, guild: str, answer_id: int, thread: str) -> None:
        """Note the thread in which people talk about an answer. Raises NotFound."""
        if not self._library.hang_thread(guild, answer_id, thread):
            raise _not_here(answer_id)

    def thread(self, guild: str, thread: str) -> tuple[KeptAnswer, ...]:
        """Return the answers of a thread, the one it hangs on first; () when it hangs on none."""
        return self._library.answers_in_thread(guild, thread)

    def before(self, guild: str, *, thread: str | None = None, message: str | None = None) -> tuple[KeptAnswer, ...]:
        """Return the answers that a question goes on from, oldest first; () when it stands alone. Private ones never.

        Replying to a ``message`` that shows an answer, it goes on from that answer and what that one followed; else
        from all that was answered in its ``thread``, and what the thread's first answer followed.
        """
        replied = None if message is None else self._library.answer_in_message(guild, message)
        if replied is not None:
            return self._library.answers_up_to(guild, replied, limit=LOOKED_BACK)
        said = () if thread is None else self._library.answers_in_thread(guild, thread)
        told = tuple(kept for kept in said if not kept.private)
        if not told or told[0].follows is None:
            return told
        return self._library.answers_up_to(guild, told[0].follows, limit=LOOKED_BACK) + told

    def forget_person(self, person: str) -> Forgotten:
        """Erase what a person asked, rated and said in sessions, in every guild."""
        return self._library.forget_person(person)

    def forget_older_than(self, moment: datetime) -> int:
        """Erase the answers asked before this moment, in every guild; return how many."""
        return self._library.forget_answers_before(moment)


def _not_here(answer_id: int) -> NotFound:
    return NotFound(what="answer", name=str(answer_id))
