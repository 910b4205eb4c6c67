"""What the group asked and was told, kept so that it can be shown, rated and asked on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from rag.domain.answer import Answer


class Verdict(StrEnum):
    """What a reader says of an answer."""

    HELPFUL = "helpful"
    NOT_HELPFUL = "not_helpful"
    WRONG_CITATION = "wrong_citation"


class Delivery(StrEnum):
    """How far an answer is on its way to its channel. ``SENDING`` after a crash: nobody knows whether it arrived."""

    WAITING = "waiting"
    SENDING = "sending"
    DELIVERED = "delivered"


@dataclass(frozen=True, slots=True)
class KeptAnswer:
    """An answer and how it came about. Ids of people, channels and threads are decimal strings.

    ``paper`` is the name by which the person narrowed the question. ``follows`` is the answer that this one carries
    on; None also when that one was forgotten. ``thread`` is where people talk about it.
    """

    answer_id: int
    guild: str
    asker: str
    channel: str
    private: bool  # shown to the asker alone
    asked_at: datetime  # aware UTC
    paper: str | None
    follows: int | None
    thread: str | None
    delivery: Delivery
    answer: Answer


@dataclass(frozen=True, slots=True)
class Forgotten:
    """What was erased of one person."""

    answers: int
    ratings: int
