"""Migrations and the tables they make."""

import sqlite3
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext

from rag.errors import Refused, StorageFailed
from rag.store.library import Library
from rag.store.schema import HEAD, migrate, open_engine
from rag.store.tables import metadata
from rag.wording import sentence_for


def test_the_migrations_make_exactly_the_tables_of_the_code(tmp_path: Path) -> None:
    with open_engine(tmp_path / "a.db").connect() as connection:
        shadow = ("passages_fts", "notes_fts")
        context = MigrationContext.configure(
            connection, opts={"include_name": lambda name, kind, _: kind != "table" or not name.startswith(shadow)}
        )
        assert compare_metadata(context, metadata) == []


def test_the_newest_migration_is_the_one_the_code_opens() -> None:
    folder = Path(__file__).parents[2] / "rag/store/migrations/versions"
    assert max(path.name.split("_")[0] for path in folder.glob("0*.py")) == HEAD


def test_opening_an_up_to_date_file_does_not_load_alembic(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    open_engine(path).dispose()
    code = (
        "import sys; from pathlib import Path; from rag.store.library import Library;"
        f"Library.open(Path({str(path)!r})); sys.exit('alembic' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_a_file_that_is_no_database_is_named_as_such(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    path.write_bytes(b"this is not a database, however long it is" * 100)
    with pytest.raises(StorageFailed, match=r"not a database"):
        open_engine(path)


def test_readers_do_not_wait_for_the_writer(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    writer, reader = open_engine(path), open_engine(path)
    with writer.begin() as connection:
        connection.execute(sa.text("insert into facts values ('revision', '1')"))
        with reader.connect() as other:
            assert other.execute(sa.text("select count(*) from facts")).scalar() == 0


def test_every_migration_can_be_taken_back_and_applied_again(tmp_path: Path) -> None:
    engine = open_engine(tmp_path / "a.db")
    with engine.connect() as connection:
        full = set(sa.inspect(connection).get_table_names())
        migrate(connection, "base")
        assert sa.inspect(connection).get_table_names() == ["alembic_version"]
        migrate(connection)
        assert set(sa.inspect(connection).get_table_names()) == full


def test_a_library_made_before_there_were_servers_keeps_all_it_has(tmp_path: Path) -> None:
    path = tmp_path / "seminar.db"
    engine = open_engine(path)
    with engine.connect() as connection:
        migrate(connection, "base")
        migrate(connection, "0001")
        connection.execute(sa.text("insert into facts values ('revision', '7')"))
        connection.commit()
    engine.dispose()
    library = Library.open(path)
    assert library.revision() == 7
    assert library.servers() == library.recent_answers("g", "1", limit=5) == ()
    library.close()


def test_a_session_of_before_says_nothing_of_its_questions(tmp_path: Path) -> None:
    path = tmp_path / "seminar.db"
    engine = open_engine(path)
    columns = "session_id, guild, paper_id, title, channel, opened_by, opened_at, silent"
    with engine.connect() as connection:
        migrate(connection, "base")
        migrate(connection, "0007")
        values = "7, 'g', '1502.03167', 'Shifts', '1', '2', '2026-11-21 09:30:00', '[\"Safety\"]'"
        connection.execute(sa.text(f"insert into sessions ({columns}) values ({values})"))
        connection.commit()
    engine.dispose()
    library = Library.open(path)
    (session,) = library.sessions("g")
    assert (session.session_id, session.silent, session.notices) == (7, ("Safety",), ())
    library.close()


@pytest.mark.parametrize("statement", [3, 12, 20, 26])
def test_a_kill_while_the_tables_are_made_leaves_a_file_that_opens(tmp_path: Path, statement: int) -> None:
    path = tmp_path / "a.db"
    code = f"""
import os, sqlalchemy as sa
from pathlib import Path
from rag.store.schema import open_engine
seen = []
@sa.event.listens_for(sa.Engine, "before_cursor_execute")
def count(connection, cursor, text, *rest):
    seen.append(text)
    if sum(t.lstrip().lower().startswith("create") for t in seen) == {statement}:
        os._exit(9)
open_engine(Path({str(path)!r}))
"""
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 9
    with open_engine(path).connect() as connection:
        assert connection.execute(sa.text("select count(*) from papers")).scalar() == 0


def test_many_may_open_a_new_library_at_once(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        engines = list(pool.map(open_engine, [tmp_path / "a.db"] * 8))
    with engines[0].connect() as connection:
        assert connection.execute(sa.text("select version_num from alembic_version")).scalars().all() == [HEAD]


def test_a_library_of_a_newer_version_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "seminar.db"
    Library.open(path).close()
    with sqlite3.connect(path) as connection:
        connection.execute("update alembic_version set version_num = '9999'")
    before = path.read_bytes()
    with pytest.raises(Refused, match="newer Seminar"):
        Library.open(path)
    assert path.read_bytes() == before


def test_a_damaged_database_is_told_from_a_full_disk(tmp_path: Path) -> None:
    path = tmp_path / "seminar.db"
    path.write_bytes(b"these are no tables " * 300)
    with pytest.raises(StorageFailed) as caught:
        Library.open(path)
    assert "backup" in sentence_for(caught.value)
