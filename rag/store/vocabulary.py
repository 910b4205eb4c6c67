"""The words of a guild's papers. Counting them takes a second in a large library, and papers come one at a time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from threading import Lock

import sqlalchemy as sa

from rag.store import tables as t
from rag.store.base import Shelf
from rag.store.word_places import Stamp

_GUILDS_KEPT = 32


@dataclass(frozen=True, slots=True)
class _Counted:
    """Words, and in how many passages each stands, of papers that had these stamps."""

    stamps: Mapping[str, Stamp]
    words: Mapping[str, int]


class VocabularyShelf(Shelf):
    """Words by guild. What was counted is kept, and papers that came since are added to it."""

    def __init__(self, engine: sa.Engine) -> None:
        super().__init__(engine)
        self._counted: dict[str, _Counted] = {}
        self._counting = Lock()

    def word_frequencies(self, guild: str) -> Mapping[str, int]:
        """Return the words of the guild's papers and in how many passages each stands."""
        with self._reading() as connection:
            connection.exec_driver_sql("begin")  # stamps and words of one moment
            stamps = _stamps(connection, guild)
            before = self._counted.get(guild)
            if before is not None and before.stamps == stamps:
                return before.words
            words = _words(connection, guild, stamps, before)
        with self._counting:
            self._counted.pop(guild, None)
            self._counted[guild] = _Counted(stamps, words)
            while len(self._counted) > _GUILDS_KEPT:
                self._counted.pop(next(iter(self._counted)))
        return words


def _stamps(connection: sa.Connection, guild: str) -> dict[str, Stamp]:
    held = sa.text(
        "select passages.key, count(*), max(passages.row) from memberships join passages"
        " on passages.key = memberships.key where memberships.guild = :guild group by passages.key"
    )
    return {key: Stamp(count, newest) for key, count, newest in connection.execute(held, {"guild": guild})}


def _words(
    connection: sa.Connection, guild: str, stamps: Mapping[str, Stamp], before: _Counted | None
) -> dict[str, int]:
    """Count the words of what came, or of all when a paper went or was read anew."""
    counted = sa.select(t.paper_words.c.word, sa.func.sum(t.paper_words.c.passages)).group_by(t.paper_words.c.word)
    if before is None or not before.stamps.items() <= stamps.items():
        member = t.memberships.c.key == t.paper_words.c.key
        held = counted.join(t.memberships, member).where(t.memberships.c.guild == guild)
        return {word: int(count) for word, count in connection.execute(held).all()}  # all at once: half the time
    words = dict(before.words)
    for key in stamps.keys() - before.stamps.keys():
        for word, count in connection.execute(counted.where(t.paper_words.c.key == key)):
            words[word] = words.get(word, 0) + int(count)
    return words
