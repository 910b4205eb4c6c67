"""Drive the steps of a post one after the other, where whoever does them is synchronous."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from rag.agenda.steps import CannotPost, Step, Steps


class Stepping:
    """Where the steps of a post have come to. Both drivers, this one and the bot's, hold on to one of these."""

    def __init__(self, steps: Steps) -> None:
        self._steps = steps
        self.step: Step | None = next(steps, None)

    def went(self, outcome: Any) -> None:
        """Say what came of the step; then ``step`` is the next, or None at the end."""
        try:
            failed = isinstance(outcome, CannotPost)
            self.step = self._steps.throw(outcome) if failed else self._steps.send(outcome)
        except StopIteration:
            self.step = None


def outcome_of(perform: Callable[[Step], Any], step: Step) -> Any:
    """Return what came of a step, a CannotPost as a value."""
    try:
        return perform(step)
    except CannotPost as error:
        return error


def drive(steps: Steps, perform: Callable[[Step], Any]) -> None:
    """Perform each step. What ``perform`` raises beside CannotPost ends it there, as a kill does."""
    stepping = Stepping(steps)
    while stepping.step is not None:
        stepping.went(outcome_of(perform, stepping.step))
