"""What each guild's calls of a language model came to, by month."""

from __future__ import annotations

from collections.abc import Mapping

import sqlalchemy as sa

from rag.domain.model_use import ModelMonth
from rag.store.base import Shelf
from rag.store.record_tables import model_findings, model_months


class ModelUsageShelf(Shelf):
    """Sums by guild and calendar month; each call adds to them in one statement, from any thread or process.

    Nothing is added for a guild that the library does not know, by its server, a paper or a note: a call may end after
    all that was the guild's was erased.
    """

    def model_month(self, guild: str, month: str) -> ModelMonth:
        """Return the sums of a guild's month: zeros where nothing was asked."""
        found = sa.select(model_months).where(model_months.c.guild == guild, model_months.c.month == month)
        counts = sa.select(model_findings.c.finding, model_findings.c.number).where(
            model_findings.c.guild == guild, model_findings.c.month == month
        )
        with self._reading() as connection:
            row = connection.execute(found).one_or_none()
            findings = {str(finding): int(number) for finding, number in connection.execute(counts)}
        if row is None:
            return ModelMonth(month, findings=findings)
        return ModelMonth(month, row.calls, row.tokens_in, row.tokens_out, findings)

    def add_model_call(self, guild: str, month: str, *, tokens_in: int, tokens_out: int, oldest: str) -> None:
        """Add a call to a guild's month, and forget everybody's months before ``oldest``."""
        with self._writing() as connection:
            for table in (model_months, model_findings):
                connection.execute(table.delete().where(table.c.month < oldest))
            values = {"guild": guild, "month": month, "tokens_in": tokens_in, "tokens_out": tokens_out}
            connection.execute(_ADD_CALL, values)

    def add_model_findings(self, guild: str, month: str, findings: Mapping[str, int]) -> None:
        """Add to a guild's counts of what was found in a model's words."""
        rows = [
            {"guild": guild, "month": month, "finding": finding, "number": number}
            for finding, number in findings.items()
            if number
        ]
        if rows:
            with self._writing() as connection:
                connection.execute(_ADD_FINDING, rows)


def hand_over_usage(connection: sa.Connection, guild: str, to: str) -> None:
    """Add one guild's months to another's: what was used counts wherever it was used for."""
    for moved in (_HAND_OVER_CALLS, _HAND_OVER_FINDINGS):
        connection.execute(moved, {"guild": guild, "to": to})


# One statement each, so that no other thread or process can count, or erase, between reading and writing.
_IF_KNOWN = (
    " where exists (select 1 from servers where guild = :guild)"
    " or exists (select 1 from memberships where guild = :guild)"
    " or exists (select 1 from discussions where guild = :guild)"
)
_ADD_CALL = sa.text(
    "insert into model_months (guild, month, calls, tokens_in, tokens_out)"
    f" select :guild, :month, 1, :tokens_in, :tokens_out{_IF_KNOWN}"
    " on conflict (guild, month) do update set calls = calls + 1,"
    " tokens_in = tokens_in + excluded.tokens_in, tokens_out = tokens_out + excluded.tokens_out"
)
_ADD_FINDING = sa.text(
    f"insert into model_findings (guild, month, finding, number) select :guild, :month, :finding, :number{_IF_KNOWN}"
    " on conflict (guild, month, finding) do update set number = number + excluded.number"
)

_HAND_OVER_CALLS = sa.text(
    "insert into model_months (guild, month, calls, tokens_in, tokens_out)"
    " select :to, month, calls, tokens_in, tokens_out from model_months where guild = :guild"
    " on conflict (guild, month) do update set calls = calls + excluded.calls,"
    " tokens_in = tokens_in + excluded.tokens_in, tokens_out = tokens_out + excluded.tokens_out"
)
_HAND_OVER_FINDINGS = sa.text(
    "insert into model_findings (guild, month, finding, number)"
    " select :to, month, finding, number from model_findings where guild = :guild"
    " on conflict (guild, month, finding) do update set number = number + excluded.number"
)
