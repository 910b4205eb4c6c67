"""What was decided on old notes: what still stands, what was rejected, what can be taken back."""

from __future__ import annotations

from collections.abc import Iterable

from rag.domain.revision import Decision, NoteChange
from rag.errors import Refused

Written = tuple[str, int, str, tuple[str, ...]]
"""A note as it stood: heading, item, question, answer."""


def standing(changes: Iterable[NoteChange]) -> list[NoteChange]:
    """Return the decisions that nobody took back, of changes with the oldest first: each undo takes the newest."""
    left: list[NoteChange] = []
    for change in changes:
        if change.decision is not Decision.UNDONE:
            left.append(change)
        elif left:
            left.pop()
    return left


def newest_standing(changes: Iterable[NoteChange], meant: int | None = None) -> NoteChange:
    """Return the decision that an undo takes back. Raises Refused when there is none, or it is not the one meant."""
    left = standing(changes)
    if not left:
        raise Refused("The undo", "no change of a note is left to take back")
    if meant is not None and left[-1].change_id != meant:
        reason = "it is not the newest change any more"
        raise Refused("The undo", reason, "Look at the history; changes are taken back one after the other.")
    return left[-1]


def rejected(changes: Iterable[NoteChange]) -> frozenset[Written]:
    """Return the notes whose proposal was rejected, as they stood."""
    return frozenset(
        (change.heading, change.item, change.question_before, change.answer_before)
        for change in standing(changes)
        if change.decision is Decision.REJECTED
    )


def refused_as_changed() -> Refused:
    """Return the error for a note that is not what it was when a person looked at it."""
    return Refused("The change", "somebody changed this note since you looked at it", "Look at it again.")
