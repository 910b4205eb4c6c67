"""Every word of every passage and where it stands, as the full-text table counts them: a search in memory loads it.

The words are cut and stemmed by SQLite itself, so that a search in memory finds what ``match_passages`` finds.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import sqlalchemy as sa
from numpy.typing import NDArray

from rag.store.base import Shelf
from rag.store.word_cutter import WordCutter, words_in_memory

POSITION_BITS = 10
"""A place is a passage's number in its array times 1,024, plus a position: 4 million passages fit 32 bits."""

_FIELDS = {"title": 0, "section": 128, "text": 256}
"""First position of each field. A phrase never runs from one into the next: what is longer is clipped, and a passage
is not (embedders read 256 or 512 tokens, and no word is less than a token).
"""
_LAST = (1 << POSITION_BITS) - 1
_HEADS_AT_ONCE, _READ_AT_ONCE = 2_000, 100_000
_MOSTLY = 0.25
"""From this share of the passages on, reading the whole table is quicker than cutting their texts again."""


class Stamp(NamedTuple):
    """How many passages a paper has, and the row of the newest: equal stamps, equal passages (rows are used once)."""

    passages: int
    newest: int


@dataclass(frozen=True, slots=True, eq=False)
class WordPlaces:
    """Passages with their words. ``places[starts[n]:starts[n + 1]]`` are those of the word ``terms`` numbers n, rising.

    ``rows``, ``ids``, ``paper_of``, ``kind_of`` and ``lengths`` (in words) have one entry a passage.
    """

    terms: Mapping[str, int]
    starts: NDArray[np.int64]
    places: NDArray[np.uint32]
    rows: NDArray[np.int64]
    ids: NDArray[np.bytes_]
    paper_of: NDArray[np.int32]
    keys: tuple[str, ...]
    kind_of: NDArray[np.uint8]
    kinds: tuple[str, ...]
    lengths: NDArray[np.int64]

    def of(self, term: str) -> NDArray[np.uint32]:
        """Return the places of a word, rising; none for a word that is nowhere."""
        number = self.terms.get(term)
        return self.places[:0] if number is None else self.places[self.starts[number] : self.starts[number + 1]]


@dataclass(frozen=True, slots=True)
class WordChanges:
    """What a search in memory has to do to be as the library is at ``revision``: ``gone`` papers out, ``came`` in.

    ``came`` None: nothing came, or more than was asked for (``too_many``). ``members``: the papers of each guild.
    """

    revision: int
    passages: int
    stamps: Mapping[str, Stamp]
    members: Mapping[str, frozenset[str]]
    gone: frozenset[str]
    came: WordPlaces | None
    too_many: bool = False


class WordPlaceShelf(Shelf):
    """Words by passage, for searches in memory."""

    def word_changes(self, seen: Mapping[str, Stamp], *, least: int = 0, most: int | None = None) -> WordChanges:
        """Return what changed since the papers had the stamps ``seen``, all as of one moment.

        A library of fewer than ``least`` passages is not read. No more than ``most`` passages are (None: any number).
        """
        with self._reading() as connection:
            connection.exec_driver_sql("begin")  # all statements see one state
            revision = int(connection.execute(_REVISION).scalar() or 0)
            stamps = _stamps(connection)
            passages = sum(stamp.passages for stamp in stamps.values())
            if passages < least:
                return WordChanges(revision, passages, {}, {}, frozenset(seen), None)
            members = _members(connection)
            changed = [key for key, stamp in stamps.items() if seen.get(key) != stamp]
            gone = frozenset(key for key, stamp in seen.items() if stamps.get(key) != stamp)
            coming = sum(stamps[key].passages for key in changed)
            if most is not None and coming > most:
                return WordChanges(revision, passages, stamps, members, gone, None, too_many=True)
            if coming > _MOSTLY * passages:
                return WordChanges(revision, passages, stamps, members, frozenset(seen), _all_places(connection))
            came = _places_of(connection, changed) if changed else None
            return WordChanges(revision, passages, stamps, members, gone, came)

    def word_cutter(self) -> WordCutter:
        """Return what cuts questions into words as the full-text table cuts passages."""
        with self._reading() as connection:
            return WordCutter(_made_as(connection))


def without_papers(held: WordPlaces, keys: Collection[str]) -> WordPlaces:
    """Return the places without those of some papers: nothing of them is left in memory."""
    staying_keys = [n for n, key in enumerate(held.keys) if key not in keys]
    if len(staying_keys) == len(held.keys):
        return held
    staying = np.isin(held.paper_of, staying_keys)
    passage_of = held.places >> POSITION_BITS
    kept = staying[passage_of]
    number = np.cumsum(staying, dtype=np.int64) - 1
    places = (number[passage_of[kept]] << POSITION_BITS) | (held.places[kept] & _LAST)
    before = np.concatenate(([0], np.cumsum(kept, dtype=np.int64)))
    counts = np.diff(before[held.starts])
    terms = [term for term, count in zip(held.terms, counts.tolist(), strict=True) if count]
    paper_number = np.zeros(len(held.keys), dtype=np.int32)
    paper_number[staying_keys] = np.arange(len(staying_keys))
    return WordPlaces(
        terms={term: n for n, term in enumerate(terms)},
        starts=_starts(counts[counts > 0]),
        places=places.astype(np.uint32),
        rows=held.rows[staying],
        ids=held.ids[staying],
        paper_of=paper_number[held.paper_of[staying]],
        keys=tuple(held.keys[n] for n in staying_keys),
        kind_of=held.kind_of[staying],
        kinds=held.kinds,
        lengths=held.lengths[staying],
    )


def joined(first: WordPlaces, second: WordPlaces) -> WordPlaces:
    """Return the places of both, the passages of the second numbered after those of the first."""
    terms = {term: n for n, term in enumerate(dict.fromkeys([*first.terms, *second.terms]))}
    numbers = [np.array([terms[term] for term in held.terms], dtype=np.int64) for held in (first, second)]
    counts = [np.diff(held.starts) for held in (first, second)]
    of = np.concatenate([np.repeat(number, count) for number, count in zip(numbers, counts, strict=True)])
    moved = second.places + np.uint32(len(first.rows) << POSITION_BITS)
    kinds = tuple(dict.fromkeys([*first.kinds, *second.kinds]))
    kind_number = np.array([kinds.index(kind) for kind in second.kinds], dtype=np.uint8)
    return WordPlaces(
        terms=terms,
        starts=_starts(np.bincount(of, minlength=len(terms))),
        places=np.concatenate([first.places, moved])[np.argsort(of, kind="stable")],
        rows=np.concatenate([first.rows, second.rows]),
        ids=np.concatenate([first.ids, second.ids]),
        paper_of=np.concatenate([first.paper_of, second.paper_of + np.int32(len(first.keys))]),
        keys=first.keys + second.keys,
        kind_of=np.concatenate([first.kind_of, kind_number[second.kind_of]]),
        kinds=kinds,
        lengths=np.concatenate([first.lengths, second.lengths]),
    )


_REVISION = sa.text("select value from facts where name = 'revision'")
_KEYS = "select value from json_each(:keys)"
_HEADS = "select row, passage_id, key, kind from passages"
_PLACES = (
    f"select term, group_concat((doc << {POSITION_BITS}) | min(offset + case col"  # noqa: S608 (constants)
    + "".join(f" when '{field}' then {first}" for field, first in _FIELDS.items())
    + f" end, {_LAST})) from word_places group by term"
)


def _stamps(connection: sa.Connection) -> dict[str, Stamp]:
    counted = sa.text("select key, count(*), max(row) from passages group by key")
    return {key: Stamp(count, newest) for key, count, newest in connection.execute(counted)}


def _members(connection: sa.Connection) -> dict[str, frozenset[str]]:
    held: dict[str, list[str]] = {}
    for guild, key in connection.execute(sa.text("select guild, key from memberships")):
        held.setdefault(guild, []).append(key)
    return {guild: frozenset(keys) for guild, keys in held.items()}


def _all_places(connection: sa.Connection) -> WordPlaces:
    connection.exec_driver_sql("create virtual table temp.word_places using fts5vocab(main, passages_fts, instance)")
    raw = connection.connection.dbapi_connection
    assert isinstance(raw, sqlite3.Connection)
    return _collected(raw, _Heads(connection.execute(sa.text(f"{_HEADS} order by row"))))


def _places_of(connection: sa.Connection, keys: Sequence[str]) -> WordPlaces:
    """Cut the texts of some papers again: the table's own words cannot be read by passage."""
    fields = "rowid, title, section, text"
    texts = f"select {fields} from passages_fts where rowid in (select row from passages where key in ({_KEYS}))"  # noqa: S608
    heads = f"{_HEADS} where key in ({_KEYS}) order by row"
    listed = {"keys": json.dumps(keys)}
    memory = words_in_memory(_made_as(connection))
    memory.executemany(
        f"insert into passages_fts ({fields}) values (?, ?, ?, ?)",  # noqa: S608 (constants)
        map(tuple, connection.execute(sa.text(texts), listed)),
    )
    found = _collected(memory, _Heads(connection.execute(sa.text(heads), listed)))
    memory.close()
    return found


def _collected(connection: sqlite3.Connection, heads: _Heads) -> WordPlaces:
    terms: dict[str, int] = {}
    counts: list[int] = []
    lengths = np.zeros(len(heads.rows), dtype=np.int64)
    collected = bytearray()  # grows in place: a list of arrays would need twice the memory at its end
    for term, listed in connection.execute(_PLACES):
        found = np.concatenate([np.fromstring(some, dtype=np.int64, sep=",") for some in _pieces(listed)])
        passages = np.searchsorted(heads.rows, found >> POSITION_BITS)
        terms[term] = len(terms)
        counts.append(len(found))
        np.add.at(lengths, passages, 1)
        collected += (passages << POSITION_BITS | (found & _LAST)).astype(np.uint32).data
    return WordPlaces(
        terms=terms,
        starts=_starts(np.array(counts, dtype=np.int64)),
        places=np.frombuffer(collected, dtype=np.uint32),
        rows=heads.rows,
        ids=heads.ids,
        paper_of=heads.paper_of,
        keys=tuple(heads.keys),
        kind_of=heads.kind_of,
        kinds=tuple(heads.kinds),
        lengths=lengths,
    )


def _pieces(listed: str) -> Iterator[str]:
    """Cut a list of numbers at commas: "the" has half a million, and whoever reads them holds the interpreter."""
    start = 0
    while start < len(listed):
        end = listed.find(",", start + _READ_AT_ONCE)
        end = len(listed) if end < 0 else end
        yield listed[start:end]
        start = end + 1


class _Heads:
    """What passages are, by row, read a few at a time: as rows of a hundred thousand they would take 40 MB."""

    def __init__(self, found: sa.CursorResult[Any]) -> None:
        self.keys: dict[str, int] = {}
        self.kinds: dict[str, int] = {}
        parts = [self._taken(some) for some in found.partitions(_HEADS_AT_ONCE)] or [self._taken(())]
        self.rows, self.ids, self.paper_of, self.kind_of = map(np.concatenate, zip(*parts, strict=True))

    def _taken(self, some: Sequence[Any]) -> tuple[NDArray[Any], ...]:
        return (
            np.array([row for row, *_ in some], dtype=np.int64),
            np.array([i.encode() for _, i, _, _ in some], dtype=np.bytes_),
            np.array([self.keys.setdefault(key, len(self.keys)) for _, _, key, _ in some], dtype=np.int32),
            np.array([self.kinds.setdefault(kind, len(self.kinds)) for *_, kind in some], dtype=np.uint8),
        )


def _starts(counts: NDArray[np.int64]) -> NDArray[np.int64]:
    return np.concatenate((np.zeros(1, dtype=np.int64), np.cumsum(counts, dtype=np.int64)))


def _made_as(connection: sa.Connection) -> str:
    """Return the statement that made the full-text table: whatever reads like it cuts words like it."""
    made = sa.text("select sql from sqlite_master where name = 'passages_fts'")
    return str(connection.execute(made).scalar_one())
