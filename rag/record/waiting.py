"""Questions that we are seen to think about: written down, so that a killed process leaves nobody waiting for ever."""

from __future__ import annotations

from datetime import datetime

from rag.domain.record import WaitingQuestion
from rag.store.library import Library


class WaitingQuestions:
    """What was acknowledged and is not answered. A question goes with the first who says that its answer is on its way
    (``AnswerBook.sending``), with its answer, and when it fails.
    """

    def __init__(self, *, library: Library) -> None:
        self._library = library

    def put(self, question: WaitingQuestion) -> int:
        """Write a question down and return its id. Raises StorageFailed."""
        return self._library.put_waiting(question)

    def left(self, since: datetime) -> tuple[WaitingQuestion, ...]:
        """Return what waits, of all guilds, oldest first; what was asked before ``since`` is erased."""
        return self._library.waiting_since(since)

    def try_again(self, question_id: int) -> bool:
        """Say that a question is answered again now; return whether that is the first time. Else it must not be."""
        return self._library.try_again(question_id)

    def drop(self, question_id: int) -> bool:
        """Erase a question that came to nothing; return whether it waited."""
        return self._library.drop_waiting(question_id)
