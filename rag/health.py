"""What the library holds and whether everything it stands on works."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from rag import __version__
from rag.domain.answer import EXTRACTIVE
from rag.domain.note import NoteStatus
from rag.domain.record import Verdict
from rag.domain.sizes import MB
from rag.errors import ModelFailed, SeminarError
from rag.index.choose import MINILM, MINILM_FLOAT32
from rag.index.minilm import MiniLmEmbedder
from rag.index.weights import holds_model
from rag.intake.indexing import IndexState
from rag.language.choose import chosen_model
from rag.language.prompts import prompt
from rag.language.report import ModelUse, use_of
from rag.record.opinions import LATELY
from rag.settings import Settings
from rag.store.jobs import JobStatus
from rag.store.schema import HEAD as SCHEMA
from rag.store.schema import engine_called, has_full_text
from rag.study import Study
from rag.wording import counted, sentence_for, server_called

MIN_FREE_MB = 200
"""A paper takes about 5 MB with its PDF, pages and vectors; below this an add may fail half-way."""


@dataclass(frozen=True, slots=True)
class Status:
    """What one guild may know: its own library, queue and errors. ``last_errors`` are {input, error, at}, newest first.

    ``name`` is the server's, "" where it is not known.

    ``index["vectors"]`` counts the guild's passages that can be found by meaning; ``by_meaning``: searches do so.
    ``answers_lately`` are those of the last seven days, ``ratings`` all that are kept, ``rated`` in words.
    """

    version: str
    guild: str
    papers: int
    passages: int
    discussions: int
    notes: int
    code_links_dump: int
    models: dict[str, str]
    index: dict[str, Any]
    queue: dict[str, int]
    in_use: bool
    last_errors: tuple[dict[str, str], ...]
    name: str = ""
    model: ModelUse | None = None
    open_questions: int = 0
    by_meaning: bool = False
    answers_lately: int = 0
    ratings: dict[str, int] = field(default_factory=dict)
    rated: str = ""
    schema: str = ""
    free_mb: int = 0

    def lines(self) -> Iterator[tuple[str, str]]:
        """Return what a person reads, as name and value."""
        yield from self.own_lines()
        yield from self.shared_lines()

    def own_lines(self) -> Iterator[tuple[str, str]]:
        """Return what is this guild's."""
        yield "server", server_called(self.guild, self.name)
        yield "library", f"{counted(self.papers, 'paper')}, {counted(self.passages, 'passage')}"
        held = f"{counted(self.notes, 'item')} in {counted(self.discussions, 'discussion')}"
        yield "notes", f"{held}, {self.open_questions:,} open"
        yield "answers", f"{self.answers_lately:,} in the last {LATELY.days} days; rated {self.rated}"
        if self.model is not None and self.model.name:
            yield "model", self.model.in_words
            if self.model.checked:
                yield "checked", self.model.checked
        yield "queue", f"{self.queue['queued']} waiting, {self.queue['running']} running"
        yield "index", f"{self.index['state']}, {counted(self.index['vectors'], 'vector')}"

    def shared_lines(self) -> Iterator[tuple[str, str]]:
        """Return what is the same for all."""
        yield "embedder", self.models["embedder"]
        yield "reranker", self.models["reranker"]
        yield "writer", self.models["writer"]
        yield "schema", self.schema
        yield "disk", f"{self.free_mb:,} MB free"
        yield "in use", "yes, by another process" if self.in_use else "no"


@dataclass(frozen=True, slots=True)
class Check:
    """One finding of the doctor. ``needed``: without it Seminar does not work as it should."""

    name: str
    ok: bool
    found: str
    needed: bool = True


@dataclass(frozen=True, slots=True)
class Holdings:
    """How much one server has. ``left``: the bot has left it, and what it has is erased later."""

    guild: str
    name: str
    papers: int
    discussions: int
    left: bool


def holdings(study: Study) -> list[Holdings]:
    """Return every server that is known, with its counts."""
    return [
        Holdings(
            guild=server.guild,
            name=server.name,
            papers=len(study.papers(server.guild)),
            discussions=len(study.discussions(server.guild)),
            left=server.left_at is not None,
        )
        for server in study.servers.known()
    ]


def status_of(study: Study, settings: Settings, guild: str) -> Status:
    """Return the state of one guild's library."""
    library = study.library
    discussions = library.discussions(guild)
    index = study.indexing.status()
    state = _index_state(study)
    tally = study.opinions.tally(guild)
    return Status(
        version=__version__,
        guild=guild,
        papers=len(library.papers(guild)),
        passages=library.passage_count(guild),
        discussions=len(discussions),
        notes=sum(len(d.notes) for d in discussions),
        code_links_dump=library.dump_count(),
        models={"embedder": index.embedder, "reranker": settings.reranker, "writer": study.models.name or EXTRACTIVE},
        index={
            "state": state,
            "built_with": index.built_with,
            "collection": index.collection,
            "vectors": _vectors(study, guild),
        },
        queue={
            "queued": library.job_count(guild, JobStatus.QUEUED),
            "running": library.job_count(guild, JobStatus.RUNNING),
        },
        in_use=study.directory.is_owned_elsewhere(),
        last_errors=tuple(
            {"input": str(job.request.get("given", "")), "error": job.error, "at": job.updated_at.isoformat()}
            for job in library.recent_failures(guild)
        ),
        name=study.servers.server(guild).name,
        model=use_of(study.models, guild),
        open_questions=sum(note.status is NoteStatus.OPEN for d in discussions for note in d.notes),
        by_meaning=state == IndexState.READY,
        answers_lately=tally.lately,
        ratings={verdict.value: tally.verdicts.get(verdict, 0) for verdict in Verdict},
        rated=tally.rated,
        schema=SCHEMA,
        free_mb=study.directory.free_bytes() // MB,
    )


def examine(study: Study, settings: Settings) -> list[Check]:
    """Look at everything that an installation stands on; nothing is changed. The language model is asked one word."""
    return [
        Check("python", sys.version_info >= (3, 11), sys.version.split()[0]),
        Check("full text", has_full_text(), f"{engine_called()} with FTS5"),
        _disk(study),
        _weights(settings),
        _index(study),
        *_chroma(study),
        _contact(settings),
        _model(study, settings),
        *_servers(study),
    ]


def _index_state(study: Study) -> str:
    """Return what the settings say of the index, or what its folder says when that is worse."""
    try:
        if study.indexing.serving() is not None and study.indexing.missing():
            return "incomplete: run `seminar reindex`"
    except SeminarError:
        return "damaged: run `seminar reindex`"
    return study.indexing.status().state.value


def _vectors(study: Study, guild: str) -> int:
    library = study.library
    try:
        serving = study.indexing.serving()
        if serving is None:
            return 0
        if not study.indexing.missing():
            return library.passage_count(guild)
        keys = [paper.key for paper in library.papers(guild)]
        return len(serving.vectors([passage.passage_id for key in keys for passage in library.passages_of(key)]))
    except SeminarError:
        return 0


def _disk(study: Study) -> Check:
    free = study.directory.free_bytes() // MB
    found = f"{free:,} MB free for {study.directory.path}"
    return Check(
        "disk", free >= MIN_FREE_MB, found if free >= MIN_FREE_MB else f"{found}: an add needs {MIN_FREE_MB} MB"
    )


def _weights(settings: Settings) -> Check:
    if settings.embedder not in (MINILM, MINILM_FLOAT32):
        return Check("embedder", ok=True, found=settings.embedder)
    given = settings.weights_path
    if given is not None and not holds_model(given):
        return Check(
            "embedder", ok=False, found=f"no weights in {given}, search is by words only: check SEMINAR_WEIGHTS_PATH"
        )
    embedder = MiniLmEmbedder.found(given, float32=settings.embedder == MINILM_FLOAT32)
    if embedder is None:
        return Check("embedder", ok=False, found="weights are missing, search is by words only: run `make weights`")
    return Check("embedder", ok=True, found=f"all-MiniLM-L6-v2 in {embedder.precision}, English")


def _index(study: Study) -> Check:
    status = study.indexing.status()
    if status.state is IndexState.STALE:
        found = f"made with {status.built_with}, the settings name {status.embedder}: run `seminar reindex`"
        return Check("index", ok=False, found=found)
    try:
        serving = study.indexing.serving()
        vectors = serving.count() if serving else 0
    except SeminarError as error:
        return Check("index", ok=False, found=sentence_for(error))
    passages = study.library.passage_count()
    if serving is not None and (missing := study.indexing.missing()):
        found = f"{missing} of {passages} passages have no vector: run `seminar reindex`"
        return Check("index", ok=False, found=found)
    return Check("index", ok=True, found=f"{status.state.value}, {vectors} vectors for {passages} passages")


def _chroma(study: Study) -> Iterator[Check]:
    """Say whether Chroma has every vector: only a library too large for memory needs it."""
    if study.indexing.serving() is None or study.indexing.missing():
        return
    in_memory = study.indexing.in_memory()
    try:
        behind = study.indexing.behind()
    except SeminarError as error:
        behind = sentence_for(error)
    found = (
        "searches are in memory, and Chroma has every vector" if in_memory else "searches use it: the library is large"
    )
    if behind:
        meanwhile = "searches are in memory meanwhile" if in_memory else "large searches are by words only"
        found = f"{behind}: run `seminar reindex`; {meanwhile}"
    yield Check("chroma", ok=not behind, found=found, needed=not in_memory)


def _servers(study: Study) -> Iterator[Check]:
    """Say who is known and with how much: never a fault, but where to look for papers that seem to be missing."""
    servers = holdings(study)
    for server in servers:
        held = f"{counted(server.papers, 'paper')}, {counted(server.discussions, 'discussion')}"
        left = "; the bot has left it" if server.left else ""
        yield Check("server", ok=True, found=f"{server_called(server.guild, server.name)}: {held}{left}", needed=False)
    if not servers:
        yield Check("server", ok=True, found="none yet: the first one takes over what is added here", needed=False)


def _contact(settings: Settings) -> Check:
    found = settings.contact or "arXiv asks programs for one: set SEMINAR_CONTACT to a mail address or URL"
    return Check("contact", bool(settings.contact), found, needed=False)


def _model(study: Study, settings: Settings) -> Check:
    """Say which model answers, how fast and where. What that costs, some twenty tokens, is on no server's account."""
    model, chosen = study.models.model, chosen_model(settings)
    if model is None or chosen is None:
        return Check("model", ok=True, found="none: answers are quotes; SEMINAR_LLM names one", needed=False)
    study.models.warm()
    began = time.monotonic()
    try:
        reply = model.reply(prompt("ready"))
    except ModelFailed as failed:
        return Check("model", ok=False, found=f"{model.name} at {chosen.host} gave no answer: {failed.reason}")
    took_ms = round((time.monotonic() - began) * 1000)
    return Check("model", ok=True, found=f"{model.name} at {chosen.host}: {reply.model} answered in {took_ms:,} ms")
