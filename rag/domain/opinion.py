"""What readers made of a guild's answers, without who they were."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from rag.domain.record import Verdict


@dataclass(frozen=True, slots=True)
class Tally:
    """How many answers a guild had lately, and how often each verdict was given on all that are kept."""

    lately: int
    verdicts: dict[Verdict, int]

    @property
    def rated(self) -> str:
        """Say how answers were rated."""
        given = self.verdicts.get
        wrong = given(Verdict.WRONG_CITATION, 0)
        said = f"{given(Verdict.HELPFUL, 0):,} helpful, {given(Verdict.NOT_HELPFUL, 0):,} not helpful"
        return said + (f", {wrong:,} with a wrong citation" if wrong else "")


@dataclass(frozen=True, slots=True)
class Disliked:
    """An answer that everybody could see and that readers found not helpful, or wrongly cited.

    ``channel`` is the id of the channel or thread in which it was asked, ``message`` of the first that shows it, ""
    where that is not known. ``wrong`` are the numbers of the sources that were called wrong.
    """

    answer_id: int
    question: str
    channel: str
    asked_at: datetime  # aware UTC
    not_helpful: int
    wrong: tuple[int, ...]
    message: str = ""
