"""The one place where real things are chosen and put together."""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from typing import TypedDict

from rag.agenda.agenda import Agenda
from rag.answering.asking import Answerer
from rag.answering.pictures import Pictures
from rag.answering.writing import manner_from
from rag.domain.sizes import MB
from rag.index.choose import embedder_from, reranker_from
from rag.index.chroma import ChromaStore
from rag.index.ports import Embedder
from rag.intake.documents import Documents
from rag.intake.held import HeldNotes
from rag.intake.indexing import NOTES, PASSAGES, Indexing, ServingIndex
from rag.intake.intake import Intake
from rag.intake.kept import KeptPdfs
from rag.intake.notebook import Notebook
from rag.intake.ownership import DataDirectory
from rag.intake.queue import AddQueue
from rag.intake.uploads import Uploads
from rag.language.access import GuildModels
from rag.language.set_up import models_from
from rag.questions.covering import room
from rag.questions.question_sets import QuestionSets
from rag.reading.articles import ArticleReader
from rag.reading.camera import PageCamera
from rag.reading.pdf import Limits as PdfLimits
from rag.reading.pdf import PdfReader
from rag.record.answers import AnswerBook
from rag.record.opinions import Opinions
from rag.record.servers import Servers
from rag.retrieval.catalogue import Catalogues
from rag.retrieval.notes import NoteSearch
from rag.retrieval.retriever import Retriever
from rag.retrieval.suggesting import Suggestions
from rag.revision.revision import Revision
from rag.sessions.sessions import Sessions
from rag.settings import Settings
from rag.sources.arxiv_feed import ArxivFeed
from rag.sources.codelinks import CodeLinkFinder, LinkSource, LocalDump
from rag.sources.codelinks_web import HuggingFacePapers, PapersWithCodeApi
from rag.sources.downloads import Downloader
from rag.sources.politeness import Politeness
from rag.sources.slugs import PapersWithCode
from rag.sources.user_agent import user_agent
from rag.sources.web import Limits as WebLimits
from rag.sources.web import Web
from rag.store.library import Library
from rag.study import Study
from rag.studying.studying import Studying


def now_utc() -> datetime:
    """Return the time, aware, in UTC: the clock of every door."""
    return datetime.now(UTC)


def build(settings: Settings, *, clock: Callable[[], datetime] = now_utc) -> Study:
    """Return a study on the settings' data directory. Models and the index load when first used."""
    os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")  # ONNX Runtime 1.29 and later reports to its makers otherwise
    directory = DataDirectory(settings.data_dir)
    library = Library.open(settings.database_path)
    embedder = embedder_from(settings.embedder, weights=settings.weights_path)
    chroma = ChromaStore(settings.chroma_path)
    indexing = Indexing(library=library, embedder=embedder, collections=chroma)
    web = _web(settings, settings.arxiv_retries)
    feed = ArxivFeed(web=web, api=settings.arxiv_api_url)
    titles = ArxivFeed(web=_web(settings, 0), api=settings.arxiv_api_url)  # searches: people try again themselves
    pdf, camera = _pdf_reader(settings), PageCamera()
    kept = KeptPdfs(settings.papers_path)
    catalogues = Catalogues(library)
    retriever = _retriever(settings, library, catalogues, embedder, indexing)
    notebook = Notebook(library=library, indexing=indexing, search=titles.search)
    models = models_from(settings, library, clock)
    answerer = _answerer(settings, library, catalogues, retriever, indexing, embedder, models, clock)
    servers = _servers(settings, library, indexing, directory, kept, clock)
    common = _Keeping(library=library, notebook=notebook, directory=directory, clock=clock)
    sets = _question_sets(settings, common, answerer, embedder, models)
    sessions = Sessions(question_sets=sets, **common)
    return Study(
        library=library,
        models=models,
        directory=directory,
        queue=_queue(settings, web, feed, pdf, library, directory, indexing, kept, notebook, clock),
        kept=kept,
        feed=titles,
        indexing=indexing,
        retriever=retriever,
        answerer=answerer,
        pictures=Pictures(library=library, kept=kept, camera=camera),
        suggestions=Suggestions(library),
        notebook=notebook,
        held_notes=HeldNotes(library=library, notebook=notebook, directory=directory, clock=clock),
        answers=AnswerBook(library=library, clock=clock),
        opinions=Opinions(library=library, clock=clock),
        servers=servers,
        question_sets=sets,
        sessions=sessions,
        agenda=Agenda(library=library, servers=servers, sessions=sessions, clock=clock, window=_window(settings)),
        revision=Revision(answerer=answerer, catalogues=catalogues, embedder=embedder, models=models, **common),
        studying=_studying(settings, common, sets, retriever, embedder, models),
        clock=clock,
        close=_closing(library.close, chroma.close, camera.close, pdf.close),
    )


def _closing(*closes: Callable[[], None]) -> Callable[[], None]:
    """Return what does all of it, the other way round."""
    closing = ExitStack()
    for close in closes:
        closing.callback(close)
    return closing.close


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


def _studying(
    settings: Settings,
    common: _Keeping,
    sets: QuestionSets,
    retriever: Retriever,
    embedder: Embedder | None,
    models: GuildModels,
) -> Studying:
    quoting = Answerer(library=common["library"], retriever=retriever, embedder=embedder)  # asks no model, and no notes
    return Studying(
        library=common["library"],
        question_sets=sets,
        answerer=quoting,
        embedder=embedder,
        directory=common["directory"],
        clock=common["clock"],
        models=models,
        characters=room(settings.llm_context_tokens, settings.llm_output_tokens),
    )


def _window(settings: Settings) -> timedelta:
    return timedelta(hours=settings.late_post_hours)


class _Keeping(TypedDict):
    """What everything that adds to the notes stands on."""

    library: Library
    notebook: Notebook
    directory: DataDirectory
    clock: Callable[[], datetime]


def _retriever(
    settings: Settings, library: Library, catalogues: Catalogues, embedder: Embedder | None, indexing: Indexing
) -> Retriever:
    return Retriever(
        library=library,
        catalogues=catalogues,
        embedder=embedder,
        index=ServingIndex(indexing, PASSAGES),
        reranker=reranker_from(settings.reranker),
    )


def _servers(
    settings: Settings,
    library: Library,
    indexing: Indexing,
    directory: DataDirectory,
    kept: KeptPdfs,
    clock: Callable[[], datetime],
) -> Servers:
    return Servers(
        library=library,
        indexing=indexing,
        directory=directory,
        clock=clock,
        keep_left=timedelta(days=settings.keep_left_server_days),
        forget_files=lambda papers: kept.forget(papers, is_read=library.has_read),
    )


def _question_sets(
    settings: Settings, common: _Keeping, answerer: Answerer, embedder: Embedder | None, models: GuildModels
) -> QuestionSets:
    return QuestionSets(
        library=common["library"],
        answerer=answerer,
        embedder=embedder,
        directory=common["directory"],
        clock=common["clock"],
        models=models,
        characters=room(settings.llm_context_tokens, settings.llm_output_tokens),
    )


def _queue(
    settings: Settings,
    web: Web,
    feed: ArxivFeed,
    pdf: PdfReader,
    library: Library,
    directory: DataDirectory,
    indexing: Indexing,
    kept: KeptPdfs,
    notebook: Notebook,
    clock: Callable[[], datetime],
) -> AddQueue:
    """Return the way in: everything that an add stands on."""
    uploads = Uploads(settings.uploads_path, max_bytes=settings.max_download_mb * MB)
    documents = _documents(settings, web, feed, pdf, library, uploads)
    code_links = CodeLinkFinder(sources=_code_link_sources(settings, library))
    return AddQueue(
        library=library,
        intake=Intake(
            library=library, documents=documents, indexing=indexing, kept=kept, code_links=code_links, clock=clock
        ),
        uploads=uploads,
        kept=kept,
        directory=directory,
        clock=clock,
        afterwards=notebook.tie_again,
    )


def _code_link_sources(settings: Settings, library: Library) -> list[LinkSource]:
    """Return the sources after the paper itself, most trusted first."""
    dump = LocalDump(lookup=library.dump_links)
    if not settings.ask_code_links_online:
        return [dump]
    agent = user_agent(settings.contact)
    return [
        PapersWithCodeApi(user_agent=agent, base_url=settings.paperswithcode_url),
        HuggingFacePapers(user_agent=agent, base_url=settings.huggingface_url),
        dump,
    ]


def _web(settings: Settings, retries: int) -> Web:
    return Web(
        politeness=Politeness(settings.data_dir, interval_s=settings.arxiv_interval_s),
        contact=settings.contact,
        arxiv_bases=(settings.arxiv_api_url, settings.arxiv_pdf_url),
        allow_private_addresses=settings.allow_private_addresses,
        limits=WebLimits(max_bytes=settings.max_download_mb * MB),
        retries=retries,
    )


def _pdf_reader(settings: Settings) -> PdfReader:
    return PdfReader(
        PdfLimits(
            memory_bytes=settings.reading_memory_mb * MB,
            wall_s=settings.reading_timeout_s,
            max_pages=settings.max_pdf_pages,
            max_bytes=settings.max_download_mb * MB,
        )
    )


def _documents(
    settings: Settings, web: Web, feed: ArxivFeed, pdf: PdfReader, library: Library, uploads: Uploads
) -> Documents:
    pdf_address = settings.arxiv_pdf_url.rstrip("/") + "/{id}{v}"
    return Documents(
        feed=feed,
        downloader=Downloader(web=web, papers=settings.papers_path, pdf_address=pdf_address),
        papers_with_code=PapersWithCode(web=web, feed=feed),
        pdf=pdf,
        articles=ArticleReader(pdf.fence),
        uploads=uploads,
        dump_arxiv_id=library.dump_arxiv_id,
        max_bytes=settings.max_download_mb * MB,
    )
