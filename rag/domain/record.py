"""What the group asked and was told, kept so that it can be shown, rated and asked on."""

from __future__ import annotations

from dataclasses import dataclass, field
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
    said: int = 0  # answers in sessions


@dataclass(frozen=True, slots=True)
class WaitingQuestion:
    """A question that was acknowledged and whose answer is not on its way yet, and how its person can be answered.

    ``token`` is a secret that Discord honours for 15 minutes. ``answer_id``: the answer, once it is kept.
    """

    guild: str
    person: str
    channel: str
    text: str
    asked_at: datetime  # aware UTC
    application: str
    token: str = field(repr=False)
    paper: str | None = None
    private: bool = False
    thread: str | None = None
    question_id: int = 0  # 0: not written down
    tried_again: bool = False  # after a restart
    answer_id: int | None = None
