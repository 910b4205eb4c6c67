"""The question sets of a guild's papers."""

from __future__ import annotations

from rag.answering.asking import Answerer
from rag.index.ports import Embedder
from rag.retrieval.retriever import Retriever
from rag.store.library import Library


class QuestionSets:
    """Makes question sets from papers and templates. Writes nothing; threads may share it."""

    def __init__(
        self, *, library: Library, retriever: Retriever, answerer: Answerer, embedder: Embedder | None
    ) -> None:
        self._library = library
        self._retriever = retriever
        self._answerer = answerer
        self._embedder = embedder
