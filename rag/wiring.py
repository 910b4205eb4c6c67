"""The one place where real things are chosen and put together."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from datetime import UTC, datetime

from rag.answering.asking import Answerer
from rag.answering.writing import manner_from
from rag.index.apart import ApartStore
from rag.index.choose import embedder_from, reranker_from
from rag.index.lexical import WordIndex
from rag.index.ports import Embedder
from rag.index.remembering import RememberingEmbedder
from rag.intake.indexing import NOTES, PASSAGES, Indexing
from rag.intake.ownership import DataDirectory
from rag.intake.serving import ServingIndex
from rag.language.access import GuildModels
from rag.language.set_up import models_from
from rag.retrieval.catalogue import Catalogues
from rag.retrieval.notes import NoteSearch
from rag.retrieval.retriever import Retriever
from rag.rooms import Ground
from rag.settings import Settings
from rag.store.library import Library
from rag.study import Study


def now_utc() -> datetime:
    """Return the time, aware, in UTC: the clock of every door."""
    return datetime.now(UTC)


def build(settings: Settings, *, clock: Callable[[], datetime] = now_utc, embedder: Embedder | None = None) -> Study:
    """Return a study on the settings' data directory. Models and the index load when first used.

    ``embedder``: the one of these settings, where somebody has begun to load it.
    """
    directory = DataDirectory(settings.data_dir)
    library = Library.open(settings.database_path)
    embedder = embedder or embedder_from(settings.embedder, weights=settings.weights_path)
    chroma = ApartStore(settings.chroma_path)
    indexing = Indexing(library=library, embedder=embedder, collections=chroma, held=settings.exact_search_passages)
    remembering = RememberingEmbedder(embedder) if embedder is not None else None
    catalogues = Catalogues(library)
    retriever = _retriever(settings, library, catalogues, remembering, indexing)
    models = models_from(settings, library, clock)
    closing = ExitStack()
    closing.callback(library.close)
    closing.callback(chroma.close)
    return Study(
        Ground(
            settings=settings,
            library=library,
            directory=directory,
            indexing=indexing,
            embedder=remembering,
            catalogues=catalogues,
            retriever=retriever,
            answerer=_answerer(settings, library, catalogues, retriever, indexing, remembering, models, clock),
            models=models,
            clock=clock,
            closing=closing,
        )
    )


def _answerer(
    settings: Settings,
    library: Library,
    catalogues: Catalogues,
    retriever: Retriever,
    indexing: Indexing,
    embedder: Embedder | None,
    models: GuildModels,
    clock: Callable[[], datetime],
) -> Answerer:
    notes = ServingIndex(indexing, NOTES)
    return Answerer(
        library=library,
        retriever=retriever,
        note_search=NoteSearch(library=library, catalogues=catalogues, embedder=embedder, index=notes),
        embedder=embedder,
        models=models,
        manner=manner_from(settings),
        now=clock,
    )


def _retriever(
    settings: Settings, library: Library, catalogues: Catalogues, embedder: Embedder | None, indexing: Indexing
) -> Retriever:
    return Retriever(
        library=library,
        catalogues=catalogues,
        embedder=embedder,
        index=ServingIndex(indexing, PASSAGES),
        reranker=reranker_from(settings.reranker),
        words=WordIndex(library),
    )
