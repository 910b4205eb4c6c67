"""The other side of :mod:`rag.index.apart`: what the process that has Chroma open does."""

from __future__ import annotations

import gc
import signal
from dataclasses import astuple
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from rag.errors import SeminarError
from rag.index.ports import Vectored


def serve(pipe: Connection) -> None:
    """Do what comes through the pipe until it closes. In comes (folder, collection or "", method, arguments), out goes
    ("", answer) or (name of an error, its facts).
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's to answer
    import chromadb  # noqa: F401  # the first request comes soon

    from rag.index.chroma import ChromaStore

    gc.freeze()  # Chroma's modules are 78,000 objects, which every full sweep would look through
    stores: dict[Path, ChromaStore] = {}
    opened: dict[tuple[Path, str], Any] = {}
    while True:
        try:
            path, name, what, given = pipe.recv()
        except (EOFError, OSError):
            break
        store = stores.get(path) or stores.setdefault(path, ChromaStore(path))
        try:
            if not name:
                opened.clear()  # what is dropped or cleared may not be asked again
                answer = ("", getattr(store, what)(*given))
            else:
                index = opened.get((path, name)) or opened.setdefault((path, name), store.open(name))
                answer = ("", _done(index, what, given))
        except SeminarError as error:
            answer = (type(error).__name__, astuple(error))  # type: ignore[call-overload]  # all of ours are dataclasses
        if what == "close":
            stores.pop(path)
        try:
            pipe.send(answer)
        except OSError:  # nobody waits for it any more
            break
    for store in stores.values():
        store.close()


def _done(index: Any, what: str, given: tuple[Any, ...]) -> Any:
    if what == "upsert":
        named, vectors = given
        rows = zip(named, vectors, strict=True)
        return index.upsert([Vectored(id_, owner, kind, vector) for (id_, owner, kind), vector in rows])
    if what == "nearest":
        query, owners, kinds, limit = given
        return index.nearest(query, owners=owners, kinds=kinds, limit=limit)
    return getattr(index, what)(*given)
