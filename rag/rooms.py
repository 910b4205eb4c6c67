"""The rooms of a study that a question does not enter: each is put together when it is first used.

``seminar ask`` so imports nothing of reading, downloading, sessions or schedules.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Generic, TypedDict, TypeVar

if TYPE_CHECKING:
    from rag.agenda.agenda import Agenda
    from rag.answering.asking import Answerer
    from rag.answering.pictures import Pictures
    from rag.index.ports import Embedder
    from rag.intake.held import HeldNotes
    from rag.intake.indexing import Indexing
    from rag.intake.kept import KeptPdfs
    from rag.intake.notebook import Notebook
    from rag.intake.ownership import DataDirectory
    from rag.intake.queue import AddQueue
    from rag.language.access import GuildModels
    from rag.questions.question_sets import QuestionSets
    from rag.record.answers import AnswerBook
    from rag.record.opinions import Opinions
    from rag.record.servers import Servers
    from rag.retrieval.catalogue import Catalogues
    from rag.retrieval.retriever import Retriever
    from rag.retrieval.suggesting import Suggestions
    from rag.revision.revision import Revision
    from rag.sessions.sessions import Sessions
    from rag.settings import Settings
    from rag.sources.arxiv_feed import ArxivFeed
    from rag.store.library import Library
    from rag.studying.studying import Studying

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Ground:
    """What every room stands on. ``closing`` lets go of files and workers, the last opened first."""

    settings: Settings
    library: Library
    directory: DataDirectory
    indexing: Indexing
    embedder: Embedder | None
    catalogues: Catalogues
    retriever: Retriever
    answerer: Answerer
    models: GuildModels
    clock: Callable[[], datetime]
    closing: ExitStack = field(default_factory=ExitStack)


class Built(Generic[T]):
    """An attribute that is built when it is first asked for, once, whatever threads ask."""

    def __init__(self, build: Callable[[Any], T]) -> None:
        self._build = build
        self.__doc__ = build.__doc__

    def __set_name__(self, _owner: type, name: str) -> None:
        """Learn the name under which the built thing is kept: from then on it is found there."""
        self._name = name

    def __get__(self, rooms: Rooms, _owner: type) -> T:
        """Return the thing, building it if nobody has."""
        with rooms.building:
            if self._name not in rooms.__dict__:
                rooms.__dict__[self._name] = self._build(rooms)
        built: T = rooms.__dict__[self._name]
        return built


class _Keeping(TypedDict):
    """What everything that adds to the notes stands on."""

    library: Library
    notebook: Notebook
    directory: DataDirectory
    clock: Callable[[], datetime]


class Rooms:
    """All rooms of one data directory. Threads may share them."""

    def __init__(self, ground: Ground) -> None:
        self._ground = ground
        self.building = threading.RLock()
        self.library = ground.library
        self.models = ground.models
        self.directory = ground.directory
        self.indexing = ground.indexing
        self.retriever = ground.retriever
        self.answerer = ground.answerer
        self._clock = ground.clock

    def furnish(self) -> None:
        """Build every room now, so that nobody waits for one later; models and the index still load when used."""
        for name, attribute in vars(Rooms).items():
            if isinstance(attribute, Built):
                getattr(self, name)

    @Built
    def servers(self) -> Servers:
        """Where the bot is, and how each server set it up."""
        from rag.record.servers import Servers

        return Servers(
            library=self.library,
            indexing=self.indexing,
            directory=self.directory,
            clock=self._clock,
            keep_left=timedelta(days=self._ground.settings.keep_left_server_days),
            forget_files=lambda papers: self._kept.forget(papers, is_read=self.library.has_read),
        )

    @Built
    def answers(self) -> AnswerBook:
        """The answers that were given."""
        from rag.record.answers import AnswerBook

        return AnswerBook(library=self.library, clock=self._clock)

    @Built
    def opinions(self) -> Opinions:
        """What people thought of answers."""
        from rag.record.opinions import Opinions

        return Opinions(library=self.library, clock=self._clock)

    @Built
    def question_sets(self) -> QuestionSets:
        """Questions made for a paper."""
        from rag.questions.question_sets import QuestionSets

        ground = self._ground
        return QuestionSets(
            library=self.library,
            answerer=self.answerer,
            embedder=ground.embedder,
            directory=self.directory,
            clock=self._clock,
            models=self.models,
            characters=self._prompt_characters,
        )

    @Built
    def sessions(self) -> Sessions:
        """Discussions that are held."""
        from rag.sessions.sessions import Sessions

        return Sessions(question_sets=self.question_sets, **self._keeping)

    @Built
    def agenda(self) -> Agenda:
        """When the group meets, and what it reads next."""
        from rag.agenda.agenda import Agenda

        window = timedelta(hours=self._ground.settings.late_post_hours)
        return Agenda(
            library=self.library, servers=self.servers, sessions=self.sessions, clock=self._clock, window=window
        )

    @Built
    def revision(self) -> Revision:
        """Open notes answered from the papers, and notes checked against them."""
        from rag.revision.revision import Revision

        ground = self._ground
        return Revision(
            answerer=self.answerer,
            catalogues=ground.catalogues,
            embedder=ground.embedder,
            models=self.models,
            **self._keeping,
        )

    @Built
    def studying(self) -> Studying:
        """Analyses and cards of a paper."""
        from rag.answering.asking import Answerer
        from rag.studying.studying import Studying

        embedder = self._ground.embedder
        quoting = Answerer(library=self.library, retriever=self.retriever, embedder=embedder)  # no model, and no notes
        return Studying(
            library=self.library,
            question_sets=self.question_sets,
            answerer=quoting,
            embedder=embedder,
            directory=self.directory,
            clock=self._clock,
            models=self.models,
            characters=self._prompt_characters,
        )

    @Built
    def held_notes(self) -> HeldNotes:
        """Notes that somebody sent and has not said yes to."""
        from rag.intake.held import HeldNotes

        return HeldNotes(**self._keeping)

    @Built
    def _queue(self) -> AddQueue:
        from rag.intake.set_up import queue_from

        return queue_from(
            self._ground.settings,
            library=self.library,
            directory=self.directory,
            indexing=self.indexing,
            kept=self._kept,
            afterwards=self._after_adds,
            clock=self._clock,
            closing=self._ground.closing,
        )

    def _after_adds(self, guild: str) -> None:
        self._notebook.tie_again(guild)
        self.retriever.catch_up()

    @Built
    def _notebook(self) -> Notebook:
        from rag.intake.notebook import Notebook

        return Notebook(library=self.library, indexing=self.indexing, search=self._feed.search)

    @Built
    def _feed(self) -> ArxivFeed:
        from rag.intake.set_up import feed_from

        return feed_from(self._ground.settings, retries=0)  # searches: people try again themselves

    @Built
    def _kept(self) -> KeptPdfs:
        from rag.intake.kept import KeptPdfs

        return KeptPdfs(self._ground.settings.papers_path)

    @Built
    def _pictures(self) -> Pictures:
        from rag.answering.pictures import Pictures
        from rag.reading.camera import PageCamera

        camera = PageCamera()
        self._ground.closing.callback(camera.close)
        return Pictures(library=self.library, kept=self._kept, camera=camera)

    @Built
    def _suggestions(self) -> Suggestions:
        from rag.retrieval.suggesting import Suggestions

        return Suggestions(self.library)

    @property
    def _keeping(self) -> _Keeping:
        return _Keeping(library=self.library, notebook=self._notebook, directory=self.directory, clock=self._clock)

    @property
    def _prompt_characters(self) -> int:
        from rag.questions.covering import room

        settings = self._ground.settings
        return room(settings.llm_context_tokens, settings.llm_output_tokens)
