"""Code links of papers, and the imported Papers-with-Code dump."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import islice

import sqlalchemy as sa

from rag.domain.codelink import CodeLink, CodeLinkReport, CodeLinkSource
from rag.store import tables as t
from rag.store.base import Shelf
from rag.store.rows import aware, code_link_value, naive
from rag.store.schema import storage_errors

_PUBLIC = ""
_ORDER = {source.value: n for n, source in enumerate(CodeLinkSource)}
_BATCH_ROWS = 2_000
_DUMP_COLUMNS = "arxiv_id, slug, title, repo_url, official"

DumpRow = tuple[str | None, str | None, str, str, bool | None]
"""arXiv base id, Papers-with-Code slug, title, repository URL, official."""


class CodeLinkShelf(Shelf):
    """What public sources say is shared; what a person says belongs to their guild and comes first."""

    def code_links(self, key: str, *, guild: str) -> tuple[CodeLink, ...]:
        """Return the known links of a paper, a person's first, then official ones, then by trust in the source."""
        wanted = sa.select(t.code_links).where(t.code_links.c.key == key, t.code_links.c.guild.in_((_PUBLIC, guild)))
        with self._reading() as connection:
            rows = connection.execute(wanted).all()
        ranked = sorted(
            rows,
            key=lambda r: (r.source != CodeLinkSource.PERSON, r.official is not True, _ORDER[r.source], r.url),
        )
        links: dict[str, CodeLink] = {}
        for row in ranked:
            links.setdefault(row.url, code_link_value(row._mapping))
        return tuple(links.values())

    def public_code_links(self, key: str) -> tuple[CodeLink, ...]:
        """Return what public sources say of a paper, whoever holds it."""
        return self.code_links(key, guild=_PUBLIC)

    def code_link_check(self, key: str) -> CodeLinkReport | None:
        """Return when the sources were last asked and which failed (without the links), or None if never."""
        with self._reading() as connection:
            row = connection.execute(sa.select(t.code_link_checks).where(t.code_link_checks.c.key == key)).first()
        checked_at = aware(row.checked_at) if row else None
        if row is None or checked_at is None:
            return None
        return CodeLinkReport(links=(), checked_at=checked_at, failed_sources=tuple(row.failed_sources))

    def save_code_links(self, key: str, report: CodeLinkReport) -> None:
        """Replace what public sources say of one paper by a fresh report."""
        with self._changing() as connection:
            put_code_links(connection, key, report)

    def set_code_links(self, guild: str, key: str, links: Sequence[CodeLink]) -> None:
        """Replace what people of this guild say of one paper."""
        with self._changing() as connection:
            connection.execute(t.code_links.delete().where(t.code_links.c.key == key, t.code_links.c.guild == guild))
            for link in links:
                connection.execute(t.code_links.insert().values(**_link_row(link, guild)))

    def replace_dump(self, rows: Iterable[DumpRow]) -> int:
        """Replace the imported dump, streaming; return the number of rows kept. All of it or nothing.

        Rows are gathered in a temporary table first: reading a file of 300,000 takes longer than another process
        waits for its turn to write, copying them does not (0.5 s).
        """
        with storage_errors(), self._engine.connect() as connection:
            connection.detach()  # closing it then drops its temporary table
            like = f"select {_DUMP_COLUMNS} from dump_links where 0"  # noqa: S608 (constants)
            connection.execute(sa.text(f"create temp table arriving as {like}"))
            count = _gather(connection, rows)
            connection.commit()
            connection.execute(t.dump_links.delete())
            moved = f"insert into dump_links ({_DUMP_COLUMNS}) select {_DUMP_COLUMNS} from arriving"  # noqa: S608 (constants)
            connection.execute(sa.text(moved))
            connection.commit()
        return count

    def dump_links(self, arxiv_id: str) -> tuple[tuple[str, bool | None], ...]:
        """Return (repository URL, official) of an arXiv id in the imported dump."""
        wanted = sa.select(t.dump_links.c.repo_url, t.dump_links.c.official).where(t.dump_links.c.arxiv_id == arxiv_id)
        with self._reading() as connection:
            return tuple((url, official) for url, official in connection.execute(wanted))

    def dump_arxiv_id(self, slug: str) -> str | None:
        """Return the arXiv id behind an old Papers-with-Code slug, if the dump knows it."""
        wanted = sa.select(t.dump_links.c.arxiv_id).where(
            t.dump_links.c.slug == slug, t.dump_links.c.arxiv_id.is_not(None)
        )
        with self._reading() as connection:
            return connection.execute(wanted.limit(1)).scalar()

    def dump_count(self) -> int:
        """Return how many links the imported dump holds."""
        with self._reading() as connection:
            return int(connection.execute(sa.select(sa.func.count()).select_from(t.dump_links)).scalar_one())


def put_code_links(connection: sa.Connection, key: str, report: CodeLinkReport) -> None:
    """Replace what public sources say of one paper, inside a transaction."""
    connection.execute(t.code_links.delete().where(t.code_links.c.key == key, t.code_links.c.guild == _PUBLIC))
    for link in report.links:
        connection.execute(t.code_links.insert().values(**_link_row(link, _PUBLIC)))
    connection.execute(t.code_link_checks.delete().where(t.code_link_checks.c.key == key))
    checked = {"checked_at": naive(report.checked_at), "failed_sources": list(report.failed_sources)}
    connection.execute(t.code_link_checks.insert().values(key=key, **checked))


def _gather(connection: sa.Connection, rows: Iterable[DumpRow]) -> int:
    insert = sa.text("insert into arriving values (:arxiv_id, :slug, :title, :repo_url, :official)")
    names = _DUMP_COLUMNS.split(", ")
    source, count = iter(rows), 0
    while batch := list(islice(source, _BATCH_ROWS)):
        connection.execute(insert, [dict(zip(names, row, strict=True)) for row in batch])
        count += len(batch)
    return count


def _link_row(link: CodeLink, guild: str) -> dict[str, object]:
    return {
        "key": link.paper_key,
        "guild": guild,
        "url": link.url,
        "source": link.source.value,
        "official": link.official,
        "found_at": naive(link.found_at),
    }
