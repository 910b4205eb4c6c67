"""What a guild's use of a language model came to in a month."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, slots=True)
class ModelMonth:
    """Calls and tokens of one calendar month (UTC), and what programs found in the words that came back.

    Tokens are the provider's count, else an estimate. ``findings`` are counted by their names.
    """

    month: str  # "2026-11"
    calls: int = 0
    tokens_in: int = 0
    tokens_out: int = 0
    findings: Mapping[str, int] = field(default_factory=dict)

    @property
    def tokens(self) -> int:
        """Return what the month's budget is spent in."""
        return self.tokens_in + self.tokens_out


def month_of(time: datetime, *, before: int = 0) -> str:
    """Return the calendar month of an aware UTC time, or that many months before.

    >>> from datetime import UTC
    >>> month_of(datetime(2026, 1, 31, tzinfo=UTC)), month_of(datetime(2026, 1, 31, tzinfo=UTC), before=13)
    ('2026-01', '2024-12')
    """
    months = time.year * 12 + time.month - 1 - before
    return f"{months // 12:04}-{months % 12 + 1:02}"
