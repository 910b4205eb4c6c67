"""Vectors for passages and notes: which collection serves, what is stale, and building anew beside the old."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from rag.domain.note import Discussion, Note
from rag.domain.paper import Paper
from rag.domain.passage import Passage
from rag.errors import IndexBroken, StaleIndex
from rag.index.ports import Embedder, TokenCounter, Vectored, VectorIndex
from rag.intake.code_passages import CODE_SECTION
from rag.reading.passages import PASSAGE_FORMAT, WordCounter, embedded_text, split_into_passages
from rag.store.library import Library

log = logging.getLogger(__name__)

PASSAGES, NOTES = "passages", "notes"
NO_EMBEDDER = "no embedder"


class Collections(Protocol):
    """Named collections of vectors in one folder."""

    def open(self, name: str) -> VectorIndex:
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
    """Keeps the vector index in step with the library, which says what is true."""

    def __init__(self, *, library: Library, embedder: Embedder | None, collections: Collections) -> None:
        self._library = library
        self._collections = collections
        self.embedder = embedder

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
        if self.status().state is not IndexState.READY:
            return None
        name = self._library.fact(_active(purpose))
        return self._collections.open(name) if name else None

    def missing(self, index: VectorIndex) -> int:
        """Return how many passages have no vector: none while all is well, as vectors are written before SQL."""
        return max(0, self._library.passage_count() - index.count())

    def revision(self) -> int:
        """Return a number that grows with every change of the library."""
        return self._library.revision()

    def require_fresh(self) -> None:
        """Raise StaleIndex when new vectors would not fit the old ones."""
        status = self.status()
        if status.state is IndexState.STALE:
            raise StaleIndex(built_with=status.built_with, wanted=status.embedder)

    def embed(self, paper: Paper, passages: Sequence[Passage], progress: Callable[[int], None]) -> list[Vectored]:
        """Return the vectors of a paper's passages; none without an embedder."""
        return self._vectored(paper, passages, progress)

    def put(self, rows: Sequence[Vectored]) -> None:
        """Write passage vectors into the collection that serves."""
        if self.embedder is not None and rows:
            self._serving_or_new(PASSAGES).upsert(rows)

    def forget(self, owner: str, purpose: str = PASSAGES) -> None:
        """Remove a paper's vectors, or a guild's with NOTES, also from an index that cannot serve now."""
        name = self._library.fact(_active(purpose))
        if name:
            self._collections.open(name).delete_owner(owner)

    def forget_passages(self, passage_ids: Sequence[str]) -> None:
        """Remove single vectors, after a paper was read anew."""
        index = self.serving()
        if index is not None and passage_ids:
            index.delete(passage_ids)

    def put_notes(self, guild: str) -> None:
        """Make the vectors of a guild's notes anew."""
        if self.embedder is None or self.status().state is IndexState.STALE:
            return
        index = self._serving_or_new(NOTES)
        index.delete_owner(guild)
        index.upsert(self._vectored_notes(guild))

    def reindex(self, progress: Callable[[int, int], None]) -> int:
        """Build new collections beside the old, then swap in one step; return the number of passages.

        Passages are cut again where the embedder reads other lengths. Until the swap the old ones serve; a kill
        leaves them serving. ``progress`` is told passages done and in all.
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
            if self.embedder is not None:
                self._collections.open(names[PASSAGES]).upsert(self._vectored(paper, passages, lambda _n: None))
            done += len(passages)
            progress(done, max(total, done))
        if self.embedder is not None:
            for guild in self._library.guilds():
                self._collections.open(names[NOTES]).upsert(self._vectored_notes(guild))
        self._library.swap_passages(
            replaced.values(),
            {_active(purpose): name if self.embedder is not None else "" for purpose, name in names.items()},
        )
        self._drop(name for name in self._collections.names() if name not in names.values())
        log.info("reindexed %d passages with %s", done, self.status().embedder)
        return done

    def _recut(self, paper: Paper) -> tuple[Passage, ...]:
        """Cut the stored blocks as an add would today; code link passages have no block and stay as they are."""
        kept = [p for p in self._library.passages_of(paper.key) if p.section == CODE_SECTION]
        return (*split_into_passages(paper.key, paper.title, self._library.blocks(paper.key), self.counter), *kept)

    def _vectored(self, paper: Paper, passages: Sequence[Passage], progress: Callable[[int], None]) -> list[Vectored]:
        if self.embedder is None:
            return []
        texts = [embedded_text(paper.title, p.section, p.text, p.label, counter=self.embedder) for p in passages]
        vectors = self.embedder.embed(texts, progress)
        return [
            Vectored(id=p.passage_id, owner=paper.key, kind=p.kind.value, vector=vector)
            for p, vector in zip(passages, vectors, strict=True)
        ]

    def _vectored_notes(self, guild: str) -> list[Vectored]:
        if self.embedder is None:
            return []
        notes = {note_id: said for note_id, said in self._library.note_ids(guild).items() if _has_words(said[1])}
        vectors = self.embedder.embed([note_text(*said) for said in notes.values()])
        return [
            Vectored(id=note_id, owner=guild, kind="note", vector=vector)
            for note_id, vector in zip(notes, vectors, strict=True)
        ]

    def _serving_or_new(self, purpose: str) -> VectorIndex:
        self.require_fresh()
        name = self._library.fact(_active(purpose))
        if not name:
            name = self._fresh_name(purpose)
            self._library.set_fact(_active(purpose), name)
        return self._collections.open(name)

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


class ServingIndex:
    """The collection that serves right now, asked anew each time: an add or a reindex may have changed it.

    Raises StaleIndex when it does not fit the embedder, IndexBroken when it lacks passages (somebody deleted the
    folder, or papers came in while there was no embedder): what it finds would be a part, and nobody would know.
    """

    def __init__(self, indexing: Indexing, purpose: str) -> None:
        self._indexing, self._purpose = indexing, purpose
        self._whole: tuple[str, int] | None = None

    def nearest(
        self, query: NDArray[np.float32], *, owners: Sequence[str], kinds: Sequence[str] | None = None, limit: int
    ) -> list[tuple[str, float]]:
        """Search the collection that serves; nothing in an empty library."""
        index = self._now()
        return index.nearest(query, owners=owners, kinds=kinds, limit=limit) if index else []

    def vectors(self, ids: Sequence[str]) -> dict[str, NDArray[np.float32]]:
        """Return vectors of the collection that serves."""
        index = self._now()
        return index.vectors(ids) if index else {}

    def count(self) -> int:
        """Return the rows of the collection that serves."""
        index = self._now()
        return index.count() if index else 0

    def upsert(self, rows: Sequence[Vectored]) -> None:
        """Write to the collection that serves."""
        self._indexing.put(rows)

    def delete_owner(self, owner: str) -> None:
        """Delete from the collection that serves."""
        index = self._now()
        if index:
            index.delete_owner(owner)

    def delete(self, ids: Sequence[str]) -> None:
        """Delete from the collection that serves."""
        index = self._now()
        if index:
            index.delete(ids)

    def _now(self) -> VectorIndex | None:
        self._indexing.require_fresh()
        index = self._indexing.serving(self._purpose)
        state = (self._indexing.status().collection, self._indexing.revision())
        if index is not None and self._purpose == PASSAGES and state != self._whole:
            if missing := self._indexing.missing(index):
                raise IndexBroken(state[0], f"{missing} vectors are missing")
            self._whole = state
        return index


def note_text(discussion: Discussion, note: Note) -> str:
    """Return what is embedded of a note: where it was said, the question, the answer."""
    return f"{discussion.title}. {note.question} {' '.join(note.answer)}".strip()


def _has_words(note: Note) -> bool:
    return bool(note.question.strip() or any(line.strip() for line in note.answer))


def _active(purpose: str) -> str:
    return f"active {purpose} collection"
