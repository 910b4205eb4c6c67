"""Vectors in Chroma: an index in a folder that can be thrown away and made anew from SQL.

Chroma is given our own vectors and no embedding function: it remembers neither our model nor our texts. What made a
collection stands in its name. One process at a time may use the folder (the data directory's lock sees to that).
"""

from __future__ import annotations

import logging
import re
import shutil
import sqlite3
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from rag.errors import IndexBroken, StorageFailed
from rag.index.ports import Vectored

if TYPE_CHECKING:
    from chromadb.api.client import Client
    from chromadb.api.collection_configuration import CreateCollectionConfiguration, CreateHNSWConfiguration
    from chromadb.api.models.Collection import Collection

log = logging.getLogger(__name__)

# Chroma's defaults (16, 100, 100) find 0.86 of the 10 nearest among 12,000 random vectors (ecosystem.md C).
HNSW: CreateHNSWConfiguration = {"space": "cosine", "max_neighbors": 32, "ef_construction": 200, "ef_search": 200}
SLICE = 128  # rows a call: each waits for the disk, so 32 cost twice the work and 2 to 5 times the time (2026-11-22)
READ_SLICE = 1_000  # ids a call
FILTER_SLICE = 10_000  # owners a query: Chroma makes each a variable, and SQLite takes 32,766
OVERFETCH = 2  # HNSW finds the last of its k less surely than the first, so ask for more and keep the best
DATABASE = "chroma.sqlite3"
GRAPH = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")  # the folder of a collection's graph
FULL_DISK = re.compile(r"disk (is )?full|no space left|readonly|read-only|permission denied", re.IGNORECASE)

_Row = TypeVar("_Row")
_OpenCollection = Callable[[], "Collection"]


class ChromaStore:
    """Named collections in one folder. Constructing it is cheap: Chroma is opened at first use (0.2 to 1 s).

    Every method raises IndexBroken when the folder is damaged and StorageFailed when the disk refuses.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lock = threading.Lock()
        self._client: Client | None = None

    def open(self, name: str) -> ChromaIndex:
        """Return the collection of this name, made if missing. Names: 3 to 512 letters, digits, ".", "_", "-"."""
        return ChromaIndex(name=name, collection=partial(self._collection, name), path=self.path)

    def names(self) -> tuple[str, ...]:
        """Return the names of all collections, sorted."""
        with told(self.path):
            return tuple(sorted(collection.name for collection in self._opened().list_collections()))

    def drop(self, name: str) -> None:
        """Delete a collection with its files; a missing one is no error."""
        from chromadb.errors import NotFoundError

        with told(self.path):
            try:
                self._opened().delete_collection(name)
            except NotFoundError:
                log.debug("no collection %s to drop", name)
            self._sweep()

    def clear(self) -> None:
        """Throw the whole folder away, however broken: the first step of a reindex after IndexBroken."""
        self.close()
        with told(self.path):
            if self.path.is_dir():
                shutil.rmtree(self.path)
            else:
                self.path.unlink(missing_ok=True)

    def close(self) -> None:
        """Let go of the folder's files; the next use opens them again."""
        with self._lock:
            client, self._client = self._client, None
        if client is not None:
            client.close()

    def _opened(self) -> Client:
        with self._lock:
            if self._client is None:
                self._client = _client(self.path)
            return self._client

    def _sweep(self) -> None:
        """Delete the graphs that no collection has: Chroma leaves them, with the vectors of texts long erased."""
        folders = [folder for folder in self.path.iterdir() if GRAPH.fullmatch(folder.name)]  # before their names
        address = f"{(self.path / DATABASE).absolute().as_uri()}?mode=ro"
        try:
            with closing(sqlite3.connect(address, uri=True)) as database:
                known = {id_ for (id_,) in database.execute("select id from segments")}
        except sqlite3.Error as error:  # another version of Chroma, with other tables
            log.warning("graphs that nobody uses stay in %s: %s", self.path.name, error)
            return
        for folder in folders:
            if folder.name not in known:
                shutil.rmtree(folder)

    def _collection(self, name: str) -> Collection:
        configuration: CreateCollectionConfiguration = {"hnsw": HNSW}
        return self._opened().get_or_create_collection(name, embedding_function=None, configuration=configuration)


class ChromaIndex:
    """The VectorIndex port on one collection, which is made at first use."""

    def __init__(self, *, name: str, collection: _OpenCollection, path: Path) -> None:
        self.name = name
        self._open = collection
        self._path = path
        self._found: Collection | None = None

    def upsert(self, rows: Sequence[Vectored]) -> None:
        """Write rows in slices, replacing those with the same id (the last of equal ids in ``rows`` wins).

        Chroma's upsert merges metadata; ours always has the same two keys, so nothing of an old row is left.
        """
        last = list({row.id: row for row in rows}.values())
        with told(self._path):
            for slice_ in _slices(last, SLICE):
                self._collection().upsert(
                    ids=[row.id for row in slice_],
                    embeddings=np.stack([row.vector for row in slice_]),
                    metadatas=[{"owner": row.owner, "kind": row.kind} for row in slice_],
                )

    def nearest(
        self, query: NDArray[np.float32], *, owners: Sequence[str], kinds: Sequence[str] | None = None, limit: int
    ) -> list[tuple[str, float]]:
        """Return (id, cosine) of the nearest rows whose owner is one of ``owners``, best first; equally near by id."""
        if not owners or limit < 1 or (kinds is not None and not kinds):
            return []
        each = list(dict.fromkeys(owners))
        hits = [hit for some in _slices(each, FILTER_SLICE) for hit in self._nearest(query, some, kinds, limit)]
        return sorted(hits, key=_best_first)[:limit]

    def nearest_of_all(self, query: NDArray[np.float32], count: int) -> list[tuple[str, float]]:
        """Return the ``count`` nearest rows, whoever has them, best first; equally near by id.

        Without metadata: Chroma takes 26 ms to find 4,000 of 100,000 rows, and 66 more to say whose they are.
        """
        return sorted(self._queried(query, count), key=_best_first)

    def vectors(self, ids: Sequence[str]) -> dict[str, NDArray[np.float32]]:
        """Return the stored vectors of those ids that are there."""
        vectors: dict[str, NDArray[np.float32]] = {}
        with told(self._path):
            for slice_ in _slices(list(dict.fromkeys(ids)), READ_SLICE):
                found = self._collection().get(ids=slice_, include=["embeddings"])
                rows = np.asarray(found["embeddings"], dtype=np.float32)
                vectors |= dict(zip(found["ids"], rows, strict=True))
        return vectors

    def delete_owner(self, owner: str) -> None:
        """Remove every row of one owner."""
        with told(self._path):
            self._collection().delete(where={"owner": owner})

    def delete(self, ids: Sequence[str]) -> None:
        """Remove rows by id; unknown ids are no error."""
        with told(self._path):
            for slice_ in _slices(list(dict.fromkeys(ids)), READ_SLICE):
                self._collection().delete(ids=slice_)

    def ids_of(self, owner: str) -> set[str]:
        """Return the ids of one owner's rows."""
        with told(self._path):
            return set(self._collection().get(where={"owner": owner}, include=[])["ids"])

    def count(self) -> int:
        """Return the number of rows."""
        with told(self._path):
            return self._collection().count()

    def _nearest(
        self, query: NDArray[np.float32], owners: list[str], kinds: Sequence[str] | None, limit: int
    ) -> list[tuple[str, float]]:
        return self._queried(query, limit * OVERFETCH, where=_where(owners, kinds))

    def _queried(self, query: NDArray[np.float32], count: int, *, where: Any = None) -> list[tuple[str, float]]:
        with told(self._path):
            found = self._collection().query(
                query_embeddings=query[np.newaxis], n_results=count, where=where, include=["distances"]
            )
        distances = found["distances"] or [[]]
        return [(id_, 1.0 - distance) for id_, distance in zip(found["ids"][0], distances[0], strict=True)]

    def _collection(self) -> Collection:
        if self._found is None:
            self._found = self._open()
        return self._found


def _best_first(hit: tuple[str, float]) -> tuple[float, str]:
    return -hit[1], hit[0]


def _client(path: Path) -> Client:
    import chromadb
    from chromadb.api.client import Client
    from chromadb.config import Settings

    path.mkdir(parents=True, exist_ok=True)
    try:
        client = chromadb.PersistentClient(path, Settings(anonymized_telemetry=False))
    except BaseException:
        Client.clear_system_cache()  # it keeps the half-started one, and hands it out at the next try
        raise
    assert isinstance(client, Client)
    return client


def _where(owners: Sequence[str], kinds: Sequence[str] | None) -> Any:
    """Return Chroma's filter; comparing with one value is faster than with a list of one."""
    clauses = [
        {key: {"$eq": values[0]} if len(values) == 1 else {"$in": list(values)}}
        for key, values in (("owner", owners), ("kind", kinds))
        if values is not None
    ]
    return clauses[0] if len(clauses) == 1 else {"$and": clauses}


def _slices(rows: list[_Row], size: int) -> Iterator[list[_Row]]:
    for start in range(0, len(rows), size):
        yield rows[start : start + size]


@contextmanager
def told(path: Path) -> Iterator[None]:
    """Turn whatever Chroma fails with into our own errors.

    Its Rust core reports most trouble as InternalError, some as plain errors of Python, and panics as
    ``pyo3_runtime.PanicException``, which derives from BaseException and cannot be imported, hence the name check.
    """
    from chromadb.errors import ChromaError

    try:
        yield
    except (ChromaError, OSError, ValueError, RuntimeError) as error:
        raise _named(path, error) from error
    except BaseException as error:
        if type(error).__name__ != "PanicException":
            raise
        raise _named(path, error) from error


def _named(path: Path, error: BaseException) -> IndexBroken | StorageFailed:
    reason = f"{type(error).__name__}: {error}"
    return StorageFailed(reason) if FULL_DISK.search(reason) else IndexBroken(str(path), reason)
