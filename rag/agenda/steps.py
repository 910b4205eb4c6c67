"""The steps of one post, from claim to done, as one piece of code that does nothing itself.

Whoever drives it does what each step says and tells it what came of that: the bot with Discord, the simulation with a
list in memory. A kill may fall between any two steps; the next who takes the claim over begins at the first one.
"""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from rag.domain.agenda import Posting, PostKind, PostState

SEND_WITHIN = timedelta(seconds=60)
"""After looking, and after seeing that the claim holds, a message goes out within this time or not at all. Discord
knows a nonce for longer, so two who got here by a jump of the clock make one message.
"""
NOT_RUNNING = "I was not running"
NO_PAPER = "no paper waits in the queue, and none has open questions"


@dataclass(eq=False)
class CannotPost(Exception):
    """A step failed. ``reason`` fits after "because", "" where people need not hear of it; ``unsent``: this attempt
    sent nothing, for certain.
    """

    reason: str = ""
    unsent: bool = False


@dataclass(frozen=True, slots=True)
class Look:
    """Look for the message of a post that may have been sent. Gives its id, or None. Raises CannotPost."""

    posting: Posting


@dataclass(frozen=True, slots=True)
class OpenSession:
    """Make the session that the post opens, or find the one that was made. Gives the claim with it, or None.

    With the message too, where the session stands already.
    """

    posting: Posting


@dataclass(frozen=True, slots=True)
class Place:
    """Choose the channel. Gives its id. Raises CannotPost."""

    posting: Posting


@dataclass(frozen=True, slots=True)
class Begin:
    """See that the claim still holds, and note that from here on the post may be out. Gives the claim, or None."""

    posting: Posting
    channel: str


@dataclass(frozen=True, slots=True)
class Send:
    """Send it, under its mark as nonce. Gives the message's id. Raises CannotPost."""

    posting: Posting


@dataclass(frozen=True, slots=True)
class Confirm:
    """Note that the message stands; the paper leaves the queue with that."""

    posting: Posting
    message: str


@dataclass(frozen=True, slots=True)
class Complete:
    """Make what hangs on the message and is missing: the thread, the questions. Raises CannotPost."""

    posting: Posting


@dataclass(frozen=True, slots=True)
class Finish:
    """Note that all of it stands."""

    posting: Posting


@dataclass(frozen=True, slots=True)
class PutOff:
    """Give the claim back, to be tried again later."""

    posting: Posting
    reason: str
    unsent: bool


@dataclass(frozen=True, slots=True)
class Skip:
    """Note that this week has no such post, and why."""

    posting: Posting
    reason: str


Step = Look | OpenSession | Place | Begin | Send | Confirm | Complete | Finish | PutOff | Skip
Steps = Generator[Step, Any, None]


def steps_of(posting: Posting, *, late: bool) -> Steps:
    """Give the steps that are left of a claimed post. ``late``: look whether it was sent, and skip it if it was not."""
    try:
        yield from _to_the_end(posting, late=late)
    except CannotPost as error:
        # Also late: what could not be looked for may stand. Its week ends by itself.
        yield PutOff(posting, error.reason, error.unsent and posting.sending_since is None)


def _to_the_end(posting: Posting, *, late: bool) -> Steps:
    if posting.state is PostState.CLAIMED:
        message: str | None = (yield Look(posting)) if posting.sending_since else None
        if message is None and late:
            yield Skip(posting, posting.reason or NOT_RUNNING)
            return
        if message is None:
            posting, message = yield from _sent(posting)
        if message is None:
            return
        yield Confirm(posting, message)
        posting = replace(posting, message=message, state=PostState.POSTED)
    if posting.kind is PostKind.QUESTIONS:
        yield Complete(posting)
        yield Finish(posting)


def _sent(posting: Posting) -> Generator[Step, Any, tuple[Posting, str | None]]:
    """Give the steps until the message stands; return the claim as it is then, and the message if there is one."""
    if posting.kind is PostKind.QUESTIONS:
        opened: Posting | None = yield OpenSession(posting)
        if opened is None:
            yield Skip(posting, NO_PAPER)
            return posting, None
        posting = opened
        if posting.message is not None:
            return posting, posting.message  # people opened it before the meeting
    channel: str = yield Place(posting)
    if posting.sending_since:  # again: making a session took its time, and another may still have been about to send
        message: str | None = yield Look(posting)
        if message is not None:
            return posting, message
    begun: Posting | None = yield Begin(posting, channel)
    if begun is None:
        return posting, None
    return begun, (yield Send(begun))
