"""Open the database file: connection settings, and migrations to the newest schema."""

from __future__ import annotations

import os
import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy import exc

from rag.errors import Refused, StorageFailed

HEAD = "0009"
"""The newest migration; a test compares it with the folder."""

_BUSY_TIMEOUT_MS = 5_000
_RETRY_S = 0.01


def open_engine(path: Path) -> sa.Engine:
    """Return an engine on a database at the newest schema, made if missing.

    WAL, so that readers in other processes never wait for the writer. Raises StorageFailed.
    """
    # Without their parameters, errors in logs hold no questions.
    engine = sa.create_engine(f"sqlite:///{path}", pool_pre_ping=False, hide_parameters=True)
    sa.event.listen(engine, "connect", _prepare)
    with storage_errors(path.parent):
        path.parent.mkdir(parents=True, exist_ok=True)
        with engine.connect() as connection:
            if _revision(connection) != HEAD:
                migrate(connection)
    return engine


def migrate(connection: sa.Connection, to: str = HEAD) -> None:
    """Bring the schema to a revision ("base": an empty file) in one transaction; a kill leaves it as it was."""
    from alembic import command
    from alembic.config import Config
    from alembic.util import CommandError

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations").replace("%", "%%"))
    config.attributes["connection"] = connection
    connection.rollback()
    connection.exec_driver_sql("begin immediate")  # else sqlite3 commits each statement that makes a table
    if _revision(connection) != to:  # while we waited, another process may have done it
        try:
            (command.downgrade if to == "base" else command.upgrade)(config, to)
        except CommandError as error:  # a revision that this version does not have
            raise Refused("This library", "a newer Seminar wrote it", "Update Seminar; nothing was changed.") from error
    connection.commit()


def engine_called() -> str:
    """Return which database this is, with its version: "SQLite 3.45.1"."""
    return f"SQLite {sqlite3.sqlite_version}"


def has_full_text() -> bool:
    """Say whether this Python's SQLite has FTS5, which the search by words needs."""
    options = sqlite3.connect(":memory:").execute("pragma compile_options").fetchall()
    return ("ENABLE_FTS5",) in options


@contextmanager
def storage_errors(folder: Path | None = None) -> Iterator[None]:
    """Turn what the database and the file system raise into StorageFailed; ``folder`` is where a full disk is told."""
    try:
        yield
    except exc.DBAPIError as error:
        full = folder is not None and "disk I/O error" in str(error.orig) and _is_full(folder)
        raise StorageFailed(reason="database or disk is full" if full else str(error.orig)) from error
    except OSError as error:
        raise StorageFailed(reason=error.strerror or type(error).__name__) from error


def _is_full(folder: Path) -> bool:
    """Say whether there is no room for the index of the write-ahead log, which even reading needs (32 KiB)."""
    status = os.statvfs(folder)
    return status.f_bavail * status.f_frsize < 64 * 1024


def _prepare(connection: Any, _record: object) -> None:
    cursor = connection.cursor()
    cursor.execute(f"pragma busy_timeout = {_BUSY_TIMEOUT_MS}")
    _turn_wal_on(cursor)
    cursor.execute("pragma synchronous = normal")  # safe with WAL: a power cut loses the last commits, never the file
    cursor.execute("pragma foreign_keys = on")
    cursor.execute("pragma secure_delete = on")  # what people had erased is overwritten, not only unlinked
    cursor.close()


def _turn_wal_on(cursor: sqlite3.Cursor) -> None:
    """Keep trying for the busy timeout: of two that turn WAL on in a new file, SQLite refuses one without waiting."""
    until = time.monotonic() + _BUSY_TIMEOUT_MS / 1_000
    while True:
        try:
            cursor.execute("pragma journal_mode = wal")
        except sqlite3.OperationalError as error:
            if "locked" not in str(error) or time.monotonic() > until:
                raise
            time.sleep(_RETRY_S)
        else:
            return


def _revision(connection: sa.Connection) -> str | None:
    """Read Alembic's own table without importing Alembic: opening an up-to-date library stays quick."""
    known = connection.execute(sa.text("select 1 from sqlite_master where name = 'alembic_version'")).first()
    if known is None:
        return None
    return connection.execute(sa.text("select version_num from alembic_version")).scalar()
