"""Texts cut into words by SQLite's own tokenizer, away from the library's file."""

from __future__ import annotations

import sqlite3
import weakref
from collections.abc import Sequence
from threading import Lock

_WORDS_KEPT = 20_000


class WordCutter:
    """Cuts phrases into stemmed words with SQLite's own tokenizer. Threads may share it."""

    def __init__(self, table: str) -> None:
        """``table``: the statement that makes the full-text table."""
        self._connection = words_in_memory(table)
        weakref.finalize(self, self._connection.close)
        self._lock = Lock()
        self._kept: dict[str, tuple[str, ...]] = {}

    def cut(self, phrases: Sequence[str]) -> list[tuple[str, ...]]:
        """Return the words of each phrase, in order."""
        with self._lock:
            new = [phrase for phrase in phrases if phrase not in self._kept]
            if len(self._kept) + len(new) > _WORDS_KEPT:
                self._kept, new = {}, list(phrases)
            self._kept |= self._looked_up(new)
            return [self._kept[phrase] for phrase in phrases]

    def _looked_up(self, phrases: Sequence[str]) -> dict[str, tuple[str, ...]]:
        if not phrases:
            return {}
        run = self._connection.execute
        run("delete from passages_fts")
        self._connection.executemany("insert into passages_fts (rowid, text) values (?, ?)", list(enumerate(phrases)))
        found: list[list[str]] = [[] for _ in phrases]
        for number, term in run("select doc, term from word_places order by doc, offset"):
            found[number].append(term)
        return {phrase: tuple(words) for phrase, words in zip(phrases, found, strict=True)}


def words_in_memory(table: str) -> sqlite3.Connection:
    """Return a full-text table of its own, empty, made by ``table``; ``word_places`` lists its words with places."""
    connection = sqlite3.connect(":memory:", check_same_thread=False, isolation_level=None)
    connection.execute(table)
    connection.execute("create virtual table word_places using fts5vocab(passages_fts, instance)")
    return connection
