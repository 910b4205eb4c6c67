"""What every shelf of the library stands on: one engine, reads, and writes that count."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import sqlalchemy as sa

from rag.store import tables as t
from rag.store.schema import storage_errors


class Shelf:
    """Reads and writes on one engine. Each call takes its own connection, so threads may share a library."""

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine

    def revision(self) -> int:
        """Return a number that grows with every change of papers or notes: the key for caches."""
        return int(self.fact("revision") or 0)

    def fact(self, name: str) -> str | None:
        """Return a single named value, or None."""
        with self._reading() as connection:
            return connection.execute(sa.select(t.facts.c.value).where(t.facts.c.name == name)).scalar()

    def set_fact(self, name: str, value: str) -> None:
        """Set a single named value."""
        with self._writing() as connection:
            put_fact(connection, name, value)

    @contextmanager
    def _reading(self) -> Iterator[sa.Connection]:
        with storage_errors(), self._engine.connect() as connection:
            yield connection

    @contextmanager
    def _writing(self) -> Iterator[sa.Connection]:
        """One transaction: all of it or nothing."""
        with storage_errors(), self._engine.begin() as connection:
            yield connection

    @contextmanager
    def _changing(self) -> Iterator[sa.Connection]:
        """One transaction that changes what searches may find."""
        with self._writing() as connection:
            yield connection
            connection.execute(_NEXT_REVISION)


_PUT_FACT = sa.text(
    "insert into facts (name, value) values (:name, :value) on conflict (name) do update set value = excluded.value"
)
# One statement, so that no other process can count between reading and writing.
_NEXT_REVISION = sa.text(
    "insert into facts (name, value) values ('revision', '1')"
    " on conflict (name) do update set value = cast(value as integer) + 1"
)


def put_fact(connection: sa.Connection, name: str, value: str) -> None:
    """Set a fact inside a transaction."""
    connection.execute(_PUT_FACT, {"name": name, "value": value})
