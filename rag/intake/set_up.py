"""The way in as the settings want it: where papers come from, and what reads them."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from datetime import datetime

from rag.domain.sizes import MB
from rag.intake.documents import Documents
from rag.intake.indexing import Indexing
from rag.intake.intake import Intake
from rag.intake.kept import KeptPdfs
from rag.intake.ownership import DataDirectory
from rag.intake.queue import AddQueue
from rag.intake.uploads import Uploads
from rag.reading.articles import ArticleReader
from rag.reading.pdf import Limits as PdfLimits
from rag.reading.pdf import PdfReader
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


def queue_from(
    settings: Settings,
    *,
    library: Library,
    directory: DataDirectory,
    indexing: Indexing,
    kept: KeptPdfs,
    afterwards: Callable[[str], None],
    clock: Callable[[], datetime],
    closing: ExitStack,
) -> AddQueue:
    """Return the way in: everything that an add stands on.

    ``afterwards`` is told each guild whose adds were carried out. ``closing`` ends the reader when everything ends.
    """
    pdf = _pdf_reader(settings)
    closing.callback(pdf.close)
    uploads = Uploads(settings.uploads_path, max_bytes=settings.max_download_mb * MB)
    documents = _documents(settings, pdf, library, uploads)
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
        afterwards=afterwards,
    )


def feed_from(settings: Settings, *, retries: int) -> ArxivFeed:
    """Return the way to ask arXiv."""
    return ArxivFeed(web=_web(settings, retries), api=settings.arxiv_api_url)


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


def _documents(settings: Settings, pdf: PdfReader, library: Library, uploads: Uploads) -> Documents:
    web = _web(settings, settings.arxiv_retries)
    feed = ArxivFeed(web=web, api=settings.arxiv_api_url)
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
