"""Papers: what a guild sees, and the whole of one paper written in one transaction."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from itertools import count

import sqlalchemy as sa

from rag.domain.codelink import CodeLinkReport
from rag.domain.paper import Paper
from rag.domain.passage import Passage
from rag.domain.reading import Block, Page, Reading, Section
from rag.store import tables as t
from rag.store.answers import forget_citing, shows_bytes
from rag.store.base import Shelf, put_fact
from rag.store.codelinks import put_code_links
from rag.store.passages import shelve_passages, unshelve_passages
from rag.store.rows import block_row, block_value, naive, page_row, page_value, paper_row, paper_value
from rag.store.session_rows import quoted_in_sessions
from rag.store.sessions import forget_evidence
from rag.store.vectors import prune_passage_vectors, prune_vectors
from rag.store.words import words_of

_PARTS = (t.pages, t.blocks, t.sections, t.cited_works, t.printed_links, t.paper_words)


class PaperShelf(Shelf):
    """Papers by guild. A paper that a guild does not hold does not exist for it.

    What takes a key alone (``pages``, ``blocks``, ...) believes its caller: a key comes out of a read by guild, and no
    person ever types one.
    """

    def papers(self, guild: str) -> tuple[Paper, ...]:
        """Return what this guild sees, in the order it was added."""
        return self._held_papers(guild)

    def paper(self, guild: str, paper_id: str) -> Paper | None:
        """Return the guild's paper of this id, or None."""
        return next(iter(self._held_papers(guild, t.papers.c.paper_id == paper_id)), None)

    def papers_by_key(self, guild: str, keys: Iterable[str]) -> dict[str, Paper]:
        """Return those of the papers that the guild sees, by key."""
        return {paper.key: paper for paper in self._held_papers(guild, t.papers.c.key.in_(list(keys)))}

    def own_paper(self, guild: str, sha256: str) -> Paper | None:
        """Return the paper that this guild brought as these bytes, or None."""
        return next(iter(self._held_papers(guild, t.papers.c.owner_guild == guild, t.papers.c.sha256 == sha256)), None)

    def free_key(self, key: str) -> str:
        """Return a key that no record has: this one, or one like it when a guild that adopted papers kept theirs."""
        with self._reading() as connection:
            taken = set(connection.execute(sa.select(t.papers.c.key).where(t.papers.c.key.startswith(key))).scalars())
        return next(free for n in count(1) if (free := f"{key}:{n}" if n > 1 else key) not in taken)

    def shared_paper(self, key: str) -> Paper | None:
        """Return a paper from arXiv whoever holds it: adding it to one more guild costs nothing."""
        with self._reading() as connection:
            row = connection.execute(
                sa.select(t.papers).where(t.papers.c.key == key, t.papers.c.owner_guild.is_(None))
            ).first()
        return paper_value(row._mapping) if row else None

    def has_read(self, sha256: str) -> bool:
        """Say whether any paper of any guild was read from these bytes, now or when an answer or session quoted it."""
        now = sa.select(t.papers.c.key).where(t.papers.c.sha256 == sha256)
        then = sa.select(t.answers.c.answer_id).where(shows_bytes(sha256)).limit(1)
        with self._reading() as connection:
            found = (now, then, quoted_in_sessions(sha256))
            return any(connection.execute(one).first() is not None for one in found)

    def all_papers(self) -> tuple[Paper, ...]:
        """Return every paper of every guild, for work on the whole library such as a new index."""
        with self._reading() as connection:
            rows = connection.execute(sa.select(t.papers).order_by(t.papers.c.added_at, t.papers.c.key)).all()
        return tuple(paper_value(row._mapping) for row in rows)

    def holders(self, key: str) -> tuple[str, ...]:
        """Return the guilds that hold a paper."""
        held = sa.select(t.memberships.c.guild).where(t.memberships.c.key == key).order_by(t.memberships.c.guild)
        with self._reading() as connection:
            return tuple(connection.execute(held).scalars())

    def guilds(self) -> tuple[str, ...]:
        """Return every guild that holds a paper or a note."""
        held = sa.union(sa.select(t.memberships.c.guild), sa.select(t.discussions.c.guild)).order_by("guild")
        with self._reading() as connection:
            return tuple(connection.execute(held).scalars())

    def save_paper(
        self,
        paper: Paper,
        *,
        guild: str,
        reading: Reading,
        passages: Sequence[Passage],
        code_links: CodeLinkReport | None = None,
    ) -> None:
        """Write a paper with all that was read from it and is known of its code, replacing an older state of its key.

        ``code_links`` None leaves those that are there.
        """
        with self._changing() as connection:
            self._erase_parts(connection, paper.key)
            values = paper_row(paper)
            if not connection.execute(t.papers.update().where(t.papers.c.key == paper.key).values(**values)).rowcount:
                connection.execute(t.papers.insert().values(**values))
            self._insert_parts(connection, paper.key, reading)
            shelve_passages(connection, paper.title, passages)
            prune_passage_vectors(connection, paper.key)
            self._insert_words(connection, paper.key, passages)
            self._join(connection, paper, guild, paper.added_at)
            if code_links is not None:
                put_code_links(connection, paper.key, code_links)

    def swap_passages(
        self,
        replaced: Iterable[tuple[Paper, Sequence[Passage]]],
        facts: Mapping[str, str] | None = None,
        *,
        embedder: str | None = None,
    ) -> None:
        """Write other passages of the same texts, and single facts with them, in one transaction.

        ``embedder``: from now on the only one whose vectors are kept; "" for none.
        """
        with self._changing() as connection:
            for paper, passages in replaced:
                unshelve_passages(connection, paper.key)
                connection.execute(t.paper_words.delete().where(t.paper_words.c.key == paper.key))
                shelve_passages(connection, paper.title, passages)
                prune_passage_vectors(connection, paper.key)
                self._insert_words(connection, paper.key, passages)
            for name, value in (facts or {}).items():
                put_fact(connection, name, value)
            if embedder is not None:
                prune_vectors(connection, embedder=embedder)

    def share_paper(self, paper: Paper, *, guild: str, now: datetime) -> None:
        """Let one more guild see a paper that is already read."""
        with self._changing() as connection:
            self._join(connection, paper, guild, now)

    def set_aliases(self, guild: str, key: str, names: Sequence[str]) -> None:
        """Replace the names that a paper goes by in this guild."""
        with self._changing() as connection:
            _put_aliases(connection, guild, key, names)

    def rename_paper(self, key: str, *, paper_id: str) -> None:
        """Give a record another id, when a better source takes the one it had. Its key stays: vectors hang on it."""
        with self._changing() as connection:
            connection.execute(t.papers.update().where(t.papers.c.key == key).values(paper_id=paper_id))

    def remove_paper(self, guild: str, key: str) -> bool:
        """Take a paper from a guild; return whether nobody holds it any more and all of it is gone."""
        with self._changing() as connection:
            return take_out(connection, guild, key)

    def pages(self, key: str) -> tuple[Page, ...]:
        """Return the pages of a paper in order; none for sources without pages."""
        rows = self._parts(t.pages, key, t.pages.c.number)
        return tuple(page_value(row._mapping) for row in rows)

    def blocks(self, key: str) -> tuple[Block, ...]:
        """Return the blocks of a paper in reading order."""
        return tuple(block_value(row._mapping) for row in self._parts(t.blocks, key, t.blocks.c.ordinal))

    def sections(self, key: str) -> tuple[Section, ...]:
        """Return the headings of a paper in order."""
        rows = self._parts(t.sections, key, t.sections.c.ordinal)
        return tuple(Section(row.depth, row.number, row.title, row.page) for row in rows)

    def references(self, key: str) -> tuple[str, ...]:
        """Return the works a paper cites, as printed."""
        return tuple(row.text for row in self._parts(t.cited_works, key, t.cited_works.c.ordinal))

    def printed_links(self, key: str) -> tuple[str, ...]:
        """Return the URLs printed in a paper, in order."""
        return tuple(row.url for row in self._parts(t.printed_links, key, t.printed_links.c.ordinal))

    def word_spread(self, guild: str, *, without: str) -> dict[str, int]:
        """Return the words of the guild's papers but one (by key), and in how many of those papers each stands."""
        seen = (
            sa.select(t.paper_words.c.word, sa.func.count())
            .join(t.memberships, t.memberships.c.key == t.paper_words.c.key)
            .where(t.memberships.c.guild == guild, t.paper_words.c.key != without)
            .group_by(t.paper_words.c.word)
        )
        with self._reading() as connection:
            return {word: int(count) for word, count in connection.execute(seen)}

    def _held_papers(self, guild: str, *conditions: sa.ColumnElement[bool]) -> tuple[Paper, ...]:
        held = (
            sa.select(t.papers)
            .join(t.memberships, t.memberships.c.key == t.papers.c.key)
            .where(t.memberships.c.guild == guild, *conditions)
            .order_by(t.memberships.c.added_at, t.papers.c.paper_id)
        )
        named = sa.select(t.aliases.c.key, t.aliases.c.name).where(t.aliases.c.guild == guild)
        with self._reading() as connection:
            rows = connection.execute(held).all()
            names: dict[str, list[str]] = defaultdict(list)
            for key, name in connection.execute(named.order_by(t.aliases.c.position)):
                names[key].append(name)
        return tuple(paper_value(row._mapping, names[row.key]) for row in rows)

    def _parts(self, table: sa.Table, key: str, order: sa.ColumnElement[int]) -> Sequence[sa.Row[tuple[object, ...]]]:
        with self._reading() as connection:
            return connection.execute(sa.select(table).where(table.c.key == key).order_by(order)).all()

    def _erase_parts(self, connection: sa.Connection, key: str) -> None:
        for table in _PARTS:
            connection.execute(table.delete().where(table.c.key == key))
        unshelve_passages(connection, key)

    def _insert_parts(self, connection: sa.Connection, key: str, reading: Reading) -> None:
        _insert(connection, t.pages, [page_row(key, page) for page in reading.pages])
        _insert(connection, t.blocks, [block_row(key, n, block) for n, block in enumerate(reading.blocks)])
        _insert(
            connection,
            t.sections,
            [
                {"key": key, "ordinal": n, "depth": s.depth, "number": s.number, "title": s.title, "page": s.page}
                for n, s in enumerate(reading.sections)
            ],
        )
        _insert(
            connection, t.cited_works, [{"key": key, "ordinal": n, "text": r} for n, r in enumerate(reading.references)]
        )
        _insert(
            connection, t.printed_links, [{"key": key, "ordinal": n, "url": u} for n, u in enumerate(reading.links)]
        )

    def _insert_words(self, connection: sa.Connection, key: str, passages: Sequence[Passage]) -> None:
        counts = Counter(word for passage in passages for word in set(words_of(passage.text)))
        _insert(connection, t.paper_words, [{"key": key, "word": w, "passages": n} for w, n in counts.items()])

    def _join(self, connection: sa.Connection, paper: Paper, guild: str, now: datetime) -> None:
        member = sa.select(t.memberships).where(t.memberships.c.key == paper.key, t.memberships.c.guild == guild)
        if connection.execute(member).first() is None:
            connection.execute(t.memberships.insert().values(guild=guild, key=paper.key, added_at=naive(now)))
        if paper.aliases:
            _put_aliases(connection, guild, paper.key, paper.aliases)


def take_out(connection: sa.Connection, guild: str, key: str) -> bool:
    """Take a paper, and what shows it, from a guild; return whether nobody holds it now and it is gone."""
    for table in (t.memberships, t.aliases, t.code_links, t.analyses):
        connection.execute(table.delete().where(table.c.key == key, table.c.guild == guild))
    forget_citing(connection, guild, key)
    forget_evidence(connection, guild, key)
    connection.execute(
        t.discussions.update().where(t.discussions.c.key == key, t.discussions.c.guild == guild).values(key=None)
    )
    if connection.execute(sa.select(t.memberships).where(t.memberships.c.key == key)).first():
        return False
    unshelve_passages(connection, key)
    prune_passage_vectors(connection, key)
    connection.execute(t.papers.delete().where(t.papers.c.key == key))
    return True


def _put_aliases(connection: sa.Connection, guild: str, key: str, names: Sequence[str]) -> None:
    connection.execute(t.aliases.delete().where(t.aliases.c.guild == guild, t.aliases.c.key == key))
    rows = [{"guild": guild, "key": key, "name": name, "position": n} for n, name in enumerate(dict.fromkeys(names))]
    _insert(connection, t.aliases, rows)


def _insert(connection: sa.Connection, table: sa.Table, rows: Sequence[dict[str, object]]) -> None:
    if rows:
        connection.execute(table.insert(), list(rows))
