"""Proposals for old notes, checks of them, and what people decided."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from rag.answering.asking import Answerer
from rag.index.ports import Embedder
from rag.intake.notebook import Notebook
from rag.intake.ownership import DataDirectory
from rag.store.library import Library


class Revision:
    """Sets notes beside their papers. Changes nothing by itself. ``clock`` gives aware UTC."""

    def __init__(
        self,
        *,
        library: Library,
        answerer: Answerer,
        embedder: Embedder | None,
        notebook: Notebook,
        directory: DataDirectory,
        clock: Callable[[], datetime],
    ) -> None:
        self._library = library
        self._answerer = answerer
        self._embedder = embedder
        self._notebook = notebook
        self._directory = directory
        self._clock = clock
