"""Vectors for passages and notes: which collection serves, what is stale, and building anew beside the old."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from rag.domain.paper import Paper
from rag.domain.passage import Passage
from rag.errors import IndexBroken, StaleIndex
from rag.index.bounded import SCOPE, BoundedIndex, Collection
from rag.index.ports import Embedder, TokenCounter, Vectored, VectorIndex
from rag.index.resident import ResidentIndex
from rag.intake.code_passages import CODE_SECTION
from rag.intake.embedding import Embedding
from rag.reading.passages import PASSAGE_FORMAT, WordCounter, split_into_passages
from rag.store.library import Library

log = logging.getLogger(__name__)

PASSAGES, NOTES = "passages", "notes"
NO_EMBEDDER = "no embedder"
MOST_HELD = 100_000
"""Passages whose vectors are kept in memory, about 85 MB; beyond, Chroma is searched."""


class Collections(Protocol):
    """Named collections of vectors in one folder."""

    def open(self, name: str) -> Collection:
        """Return the collection of this name, made if missing."""
        ...

    def names(self) -> tuple[str, ...]:
        """Return the names of all collections."""
        ...

    def drop(self, name: str) -> None:
        """Delete a collection; a missing one is no error."""
        ...

    def clear(self) -> None:
        """Delete everything, readable or not."""
        ...


class IndexState(StrEnum):
    """``LEXICAL``: no embedder, words only. ``STALE``: made with another embedder, or without one."""

    READY = "ready"
    LEXICAL = "lexical only"
    STALE = "stale"


@dataclass(frozen=True, slots=True)
class IndexStatus:
    """What serves searches now, for people."""

    state: IndexState
    embedder: str
    built_with: str
    collection: str


class Indexing:
    """Keeps vectors in step with the texts of the library: in SQL, and in the collections of an index beside it."""

    def __init__(
        self, *, library: Library, embedder: Embedder | None, collections: Collections, held: int = MOST_HELD
    ) -> None:
        self._library = library
        self._collections = collections
        self._most_held = held
        self._embedding = Embedding(library=library, embedder=embedder) if embedder else None
        self.embedder = embedder
        self._rows = {purpose: self._resident(purpose) for purpose in (PASSAGES, NOTES) if embedder}

    @property
    def counter(self) -> TokenCounter:
        """What passages are measured with: the embedder's own tokenizer, or careful guessing without one."""
        return self.embedder or WordCounter()

    def status(self) -> IndexStatus:
        """Compare the collection that serves with the embedder that is set."""
        active = self._library.fact(_active(PASSAGES)) or ""
        built_with = active.split("--")[1] if active else NO_EMBEDDER
        wanted = self.embedder.name if self.embedder else NO_EMBEDDER
        if self.embedder is None:
            state = IndexState.LEXICAL
        elif active.startswith(self._base(PASSAGES)) or not (active or self._library.passage_count()):
            state = IndexState.READY
        else:
            state = IndexState.STALE
        return IndexStatus(state, wanted, built_with, active)

    def serving(self, purpose: str = PASSAGES) -> VectorIndex | None:
        """Return the index that fits the embedder, or None: search by words only (see ``status`` for why)."""
        return self.current(purpose)[1]

    def current(self, purpose: str) -> tuple[IndexStatus, VectorIndex | None]:
        """Return what serves, for people and for searches."""
        status = self.status()
        if status.state is not IndexState.READY:
            return status, None
        name = status.collection if purpose == PASSAGES else self._library.fact(_active(purpose))
        return status, self._opened(purpose, name) if name else None

    def missing(self) -> int:
        """Return how many passages have no vector: none while all is well, as vectors are written before SQL."""
        return self._library.passages_without_vector(self.embedder.name) if self.embedder else 0

    def in_memory(self) -> bool:
        """Say whether the library is small enough to be searched in memory."""
        return self._library.passage_count() <= self._most_held

    def behind(self) -> str:
        """Return why Chroma lacks vectors that SQL has, "" when it has all. This loads Chroma."""
        if self.status().state is not IndexState.READY:
            return ""
        names = {purpose: self._library.fact(_active(purpose)) for purpose in (PASSAGES, NOTES)}
        reasons = (self._opened(purpose, name).behind() for purpose, name in names.items() if name)
        return next((reason for reason in reasons if reason), "")

    def revision(self) -> int:
        """Return a number that grows with every change of the library."""
        return self._library.revision()

    def require_fresh(self) -> None:
        """Raise StaleIndex when new vectors would not fit the old ones."""
        status = self.status()
        if status.state is IndexState.STALE:
            raise StaleIndex(built_with=status.built_with, wanted=status.embedder)

    def embed(self, paper: Paper, passages: Sequence[Passage], progress: Callable[[int], None]) -> list[Vectored]:
        """Return the vectors of a paper's passages; none without an embedder. Nothing is embedded a second time."""
        return self._embedding.passages(paper, passages, progress) if self._embedding else []

    def put(self, rows: Sequence[Vectored]) -> None:
        """Write passage vectors into the collection that serves."""
        if self.embedder is not None and rows:
            self._serving_or_new(PASSAGES).upsert(rows)

    def forget(self, owner: str, purpose: str = PASSAGES) -> None:
        """Remove what Chroma has of a paper, or of a guild with NOTES, whatever serves now.

        In SQL they go with their texts, in one transaction.
        """
        name = self._library.fact(_active(purpose))
        if name:
            self._collections.open(name).delete_owner(owner)

    def forget_passages(self, passage_ids: Sequence[str]) -> None:
        """Remove single vectors, after a paper was read anew."""
        index = self.serving()
        if index is not None and passage_ids:
            index.delete(passage_ids)

    def put_notes(self, guild: str) -> None:
        """Make the vectors of a guild's notes what its notes are now."""
        if self._embedding is None or self.status().state is IndexState.STALE:
            return
        self._serving_or_new(NOTES).replace(guild, self._embedding.notes(guild))

    def reindex(self, progress: Callable[[int, int], None]) -> int:
        """Build new collections beside the old, then swap in one step; return the number of passages.

        Passages are cut again where the embedder reads other lengths, and embedded where this embedder never was.
        Until the swap the old ones serve; a kill leaves them serving. ``progress`` is told passages done and in all.
        """
        try:
            self._collections.names()
        except IndexBroken as error:
            log.warning("the old index cannot be read and is cleared: %s", error.reason)
            self._collections.clear()
        replaced: dict[str, tuple[Paper, tuple[Passage, ...]]] = {}
        names = {purpose: self._fresh_name(purpose) for purpose in (PASSAGES, NOTES)}
        self._drop(names.values())
        done, total = 0, self._library.passage_count()
        for paper in self._library.all_papers():
            passages = self._recut(paper)
            if [p.passage_id for p in passages] != [p.passage_id for p in self._library.passages_of(paper.key)]:
                replaced[paper.key] = (paper, passages)
            self._write(PASSAGES, names, self.embed(paper, passages, lambda _n: None))
            done += len(passages)
            progress(done, max(total, done))
        for guild in self._library.guilds():
            self._write(NOTES, names, self._embedding.notes(guild) if self._embedding else [])
        self._library.swap_passages(
            replaced.values(),
            {_active(purpose): name for purpose, name in names.items()} | {_BEHIND: ""},
            embedder=self.embedder.name if self.embedder else "",
        )
        self._drop(name for name in self._collections.names() if name not in names.values())
        log.info("reindexed %d passages with %s", done, self.status().embedder)
        return done

    def _recut(self, paper: Paper) -> tuple[Passage, ...]:
        """Cut the stored blocks as an add would today; code link passages have no block and stay as they are."""
        kept = [p for p in self._library.passages_of(paper.key) if p.section == CODE_SECTION]
        return (*split_into_passages(paper.key, paper.title, self._library.blocks(paper.key), self.counter), *kept)

    def _write(self, purpose: str, names: Mapping[str, str], rows: Sequence[Vectored]) -> None:
        """Write rows into a new collection, and into SQL beside what serves."""
        if rows and self.embedder is not None:
            self._collections.open(names[purpose]).upsert(rows)
            self._library.put_vectors(self.embedder.name, rows)

    def _resident(self, purpose: str) -> ResidentIndex:
        assert self.embedder is not None
        return ResidentIndex(
            shelf=self._library, embedder=self.embedder.name, notes=purpose == NOTES, most=self._most_held
        )

    def _opened(self, purpose: str, name: str) -> BoundedIndex:
        return BoundedIndex(
            rows=self._rows[purpose],
            chroma=self._collections.open(name),
            left_behind=lambda: self._library.set_fact(_BEHIND, name),
            is_behind=lambda: bool(self._library.fact(_BEHIND)),
            compared=min(self._most_held, SCOPE),
        )

    def _serving_or_new(self, purpose: str) -> BoundedIndex:
        self.require_fresh()
        name = self._library.fact(_active(purpose))
        if not name:
            name = self._fresh_name(purpose)
            self._library.set_fact(_active(purpose), name)
        return self._opened(purpose, name)

    def _base(self, purpose: str) -> str:
        assert self.embedder is not None
        return f"{purpose}--{self.embedder.name}--{self.embedder.dimension}--{PASSAGE_FORMAT}--"

    def _fresh_name(self, purpose: str) -> str:
        """Return a name no collection that serves has: the embedder's, with a generation behind."""
        if self.embedder is None:
            return ""
        old = self._library.fact(_active(purpose)) or ""
        generation = int(old.rsplit("--g", 1)[1]) + 1 if "--g" in old else 1
        return f"{self._base(purpose)}g{generation}"

    def _drop(self, names: Iterable[str]) -> None:
        for name in tuple(names):
            if name:
                self._collections.drop(name)


_BEHIND = "collection left behind"


def _active(purpose: str) -> str:
    return f"active {purpose} collection"
