"""How a paper comes in: fetch, read, cut, embed, store; SQL last, so that a kill loses work but never truth."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from concurrent.futures import CancelledError
from dataclasses import replace
from datetime import datetime
from typing import Protocol

from rag.domain.codelink import CodeLinkReport
from rag.domain.paper import Paper, content_id, name_form, owned_key, shared_key
from rag.domain.passage import Passage
from rag.domain.reading import Kind, Page, Reading
from rag.errors import SeminarError, StorageFailed, Unreachable
from rag.intake.code_passages import code_passages
from rag.intake.documents import Answers, Document, Documents
from rag.intake.errand import Errand
from rag.intake.given import Given
from rag.intake.indexing import Indexing
from rag.intake.kept import KeptPdfs
from rag.intake.results import NO_OPTIONS, AddOptions, AddResult, AddStatus, Progress, SoFar, silent
from rag.intake.stamps import shared_paper_of, stamp_of
from rag.intake.wanted import document_wanted, own_will_do, shared_will_do, upload_will_do
from rag.reading.passages import learn, split_into_passages
from rag.sources.arxiv_feed import ArxivRecord
from rag.sources.arxiv_ids import ArxivRef
from rag.sources.known_names import paper_aliases
from rag.store.library import Library
from rag.wording import sentence_for

log = logging.getLogger(__name__)

NO_ANSWERS: Answers = {}


class FindsCodeLinks(Protocol):
    """Finds a paper's code: :class:`rag.sources.codelinks.CodeLinkFinder`."""

    def find(
        self, paper: Paper, reading_links: Sequence[str], now: datetime, *, pages: Sequence[Page] = ()
    ) -> CodeLinkReport:
        """Return the links that sources know, and which sources failed."""
        ...


class Intake:
    """Takes documents into a guild's library, one at a time. Every step is safe to repeat.

    The caller owns the data directory. ``clock`` gives aware UTC.
    """

    def __init__(
        self,
        *,
        library: Library,
        documents: Documents,
        indexing: Indexing,
        kept: KeptPdfs,
        code_links: FindsCodeLinks,
        clock: Callable[[], datetime],
    ) -> None:
        self._library = library
        self._documents = documents
        self._indexing = indexing
        self._kept = kept
        self._code_links = code_links
        self._clock = clock

    def add(
        self,
        given: Given,
        *,
        guild: str,
        options: AddOptions = NO_OPTIONS,
        progress: Progress = silent,
        answers: Answers = NO_ANSWERS,
        errand: Errand | None = None,
    ) -> AddResult:
        """Take one input in. Expected failures come back as a result; the library is then as it was.

        ``answers`` are those of :meth:`ask_ahead`; ``errand`` is that of :meth:`errand`, where it was begun before.
        """
        task = errand or self.errand(given, guild=guild, options=options, answers=answers)
        task.told_to(progress)
        task.timer.start()
        try:
            self._indexing.require_fresh()
            result = self._take_in(task)
        except SeminarError as error:
            result = AddResult(given=given.text, status=AddStatus.FAILED, error=error)
        except OSError as error:
            reason = error.strerror or type(error).__name__
            result = AddResult(given=given.text, status=AddStatus.FAILED, error=StorageFailed(reason=reason))
        if result.error is None:
            log.info("%s %s: %s pages, %d passages", result.status, result.paper_id, result.pages, result.passages)
        else:
            log.warning("could not add %r: %r", given.text, result.error)
        return replace(result, took_ms=task.timer.took_ms())

    def ask_ahead(self, inputs: Sequence[Given]) -> Answers:
        """Ask arXiv about all ids among the inputs in one request."""
        return self._documents.ask_ahead(inputs)

    def errand(self, given: Given, *, guild: str, options: AddOptions, answers: Answers) -> Errand:
        """Return the errand of an add, for :meth:`prepare`."""
        return Errand(given, guild=guild, options=options, documents=self._documents, answers=answers)

    def prepare(self, errand: Errand) -> None:
        """Fetch and read what an add will want, writing nothing to the library; what fails is told when it is added."""
        try:
            self._indexing.require_fresh()
            document = document_wanted(errand, self._library)
            if document is not None:
                learn(errand.read(document).blocks, self._indexing.counter)
        except (SeminarError, OSError, CancelledError) as error:
            log.debug("%r was begun ahead and failed: %r", errand.given.text, error)

    def _take_in(self, task: Errand) -> AddResult:
        source = task.source()
        return self._from_arxiv(task, source) if isinstance(source, ArxivRef) else self._own(task, task.load(source))

    def _from_arxiv(self, task: Errand, ref: ArxivRef) -> AddResult:
        held = self._library.paper(task.guild, ref.base_id)
        if held is not None and upload_will_do(held, ref):
            return self._keep(task, held)
        try:
            record = task.record(ref)
        except Unreachable as error:
            if held is None or ref.version not in (None, held.version):
                raise
            return self._keep(task, held, f"{error.service} could not be asked for a newer version: {error.reason}.")
        version = ref.version or record.version
        shared = self._library.shared_paper(shared_key(ref.base_id))
        if shared is not None and shared_will_do(self._library, shared, version, task.guild):
            return self._share_whole(task, record, shared, held)
        return self._read_anew(task, record, task.pdf(ArxivRef(ref.base_id, version)), version, held)

    def _share_whole(self, task: Errand, record: ArxivRecord, shared: Paper, held: Paper | None) -> AddResult:
        """Share a text. Its PDF is fetched again where it was lost, and read anew if arXiv sends other bytes by now."""
        if not self._kept.clear_if_lost(shared):
            return self._share(task, shared, held)
        version = shared.version or record.version
        try:
            document = task.pdf(ArxivRef(shared.paper_id, version))
        except SeminarError as error:
            return self._share(task, shared, held, f"Its PDF is kept here no more. {sentence_for(error)}")
        if document.sha256 == shared.sha256:
            return self._share(task, shared, held)
        return self._read_anew(task, record, document, version, held)

    def _read_anew(
        self, task: Errand, record: ArxivRecord, document: Document, version: int, held: Paper | None
    ) -> AddResult:
        reading = task.read(document)
        shared = self._library.shared_paper(shared_key(record.base_id))
        paper = shared_paper_of(
            record,
            version=version,
            sha256=document.sha256,
            added_at=shared.added_at if shared else self._clock(),
            aliases=_names_of(shared, held),
        )
        self._give_way(held)
        result = self._store(task, paper, reading, document, AddStatus.UPDATED if held else AddStatus.ADDED)
        if shared is not None:
            self._kept.forget([shared], is_read=self._library.has_read)
        return result

    def _own(self, task: Errand, document: Document) -> AddResult:
        """Take in bytes that belong to the guild: never shared, never in the place of another paper."""
        held = self._library.own_paper(task.guild, document.sha256)
        key = held.key if held else self._library.free_key(owned_key(task.guild, document.sha256))
        if held is not None and own_will_do(held, task):
            self._kept.keep(held, document.data)
            return self._keep(task, held)
        reading = task.read(document)
        stamp = stamp_of(task.options.arxiv_id or reading.arxiv_stamp or "")
        other = self._library.paper(task.guild, stamp.base_id) if stamp else None
        takes_id = stamp is not None and (other is None or other.key == key)
        paper = Paper(
            key=key,
            paper_id=stamp.base_id if stamp and takes_id else content_id(document.sha256),
            title=task.options.title or (held.title if held else "") or reading.title or document.name or document.url,
            source=document.kind,
            sha256=document.sha256,
            added_at=held.added_at if held else self._clock(),
            version=stamp.version if stamp else None,
            abstract=_abstract(reading),
            source_url=document.url,
            arxiv_id=stamp.base_id if stamp else None,
            owner_guild=task.guild,
            aliases=held.aliases if held else (),
        )
        return self._store(task, paper, reading, document, AddStatus.UPDATED if held else AddStatus.ADDED)

    def _store(self, task: Errand, paper: Paper, reading: Reading, document: Document, status: AddStatus) -> AddResult:
        paper = replace(
            paper,
            page_count=reading.page_count,
            unread_pages=reading.unread_pages,
            warnings=reading.warnings,
            aliases=self._aliases(task, paper, document.name),
        )
        with task.timer.stage("fetch"):
            report = self._code_links.find(paper, reading.links, self._clock(), pages=reading.pages)
        with task.timer.stage("read"):
            passages = split_into_passages(paper.key, paper.title, reading.blocks, self._indexing.counter)
            passages += code_passages(paper, report.links, len(passages), self._indexing.counter)
        task.tell("embed", 0, len(passages))
        done = SoFar(lambda n: task.tell("embed", n, len(passages)))
        with task.timer.stage("embed"):
            vectors = self._indexing.embed(paper, passages, done)
        task.tell("store")
        with task.timer.stage("store"):
            old = {p.passage_id for p in self._library.passages_of(paper.key)}
            self._indexing.put(vectors)
            with self._kept.keeping(paper, document.data):
                self._library.save_paper(paper, guild=task.guild, reading=reading, passages=passages, code_links=report)
            self._indexing.forget_passages(sorted(old - {p.passage_id for p in passages}))
        return _result(task, paper, status, passages)

    def _aliases(self, task: Errand, paper: Paper, file_name: str) -> tuple[str, ...]:
        """Return a person's names first, then those derived that no other paper of the guild goes by."""
        taken = {
            name_form(name)
            for other in self._library.papers(task.guild)
            if other.key != paper.key
            for name in other.aliases
        }
        derived = paper_aliases(paper.title, paper.abstract, paper.arxiv_id, file_name)
        free = tuple(name for name in derived if name_form(name) not in taken | {name_form(paper.title)})
        unique = {name_form(name): name for name in reversed((*task.options.aliases, *paper.aliases, *free))}
        return tuple(reversed(unique.values()))

    def _share(self, task: Errand, shared: Paper, held: Paper | None, *warnings: str) -> AddResult:
        if held is not None and held.key == shared.key and not task.options.aliases:
            return self._keep(task, held, *warnings)
        shared = replace(shared, aliases=_names_of(shared, held))
        named = replace(shared, aliases=self._aliases(task, shared, ""))
        self._give_way(held)
        self._library.share_paper(named, guild=task.guild, now=self._clock())
        status = AddStatus.UPDATED if held else AddStatus.ADDED
        result = _result(task, named, status, self._library.passages_of(shared.key))
        return replace(result, warnings=(*result.warnings, *warnings))

    def _give_way(self, held: Paper | None) -> None:
        """Let the guild's own copy go by its hash: arXiv's takes the id."""
        if held is not None and held.owner_guild is not None:
            self._library.rename_paper(held.key, paper_id=content_id(held.sha256))

    def _keep(self, task: Errand, held: Paper, *warnings: str) -> AddResult:
        kept = _result(task, held, AddStatus.UNCHANGED, self._library.passages_of(held.key))
        return replace(kept, warnings=warnings)


def _result(task: Errand, paper: Paper, status: AddStatus, passages: Sequence[Passage]) -> AddResult:
    return AddResult(
        given=task.given.text,
        status=status,
        paper_id=paper.paper_id,
        version=paper.version,
        title=paper.title,
        pages=paper.page_count,
        passages=len(passages),
        warnings=paper.warnings,
    )


def _names_of(shared: Paper | None, held: Paper | None) -> tuple[str, ...]:
    """Return the guild's names for a shared paper; its own copy of the paper keeps those that it has."""
    return held.aliases if shared and held and held.key == shared.key else ()


def _abstract(reading: Reading) -> str:
    return "\n\n".join(block.text for block in reading.blocks if block.kind is Kind.ABSTRACT)
