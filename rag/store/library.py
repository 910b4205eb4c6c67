"""The library: every shelf on one database file."""

from __future__ import annotations

from pathlib import Path

from rag.store.analyses import AnalysisShelf
from rag.store.answers import AnswerShelf
from rag.store.belongings import BelongingShelf
from rag.store.codelinks import CodeLinkShelf
from rag.store.held import HeldNotesShelf
from rag.store.jobs import JobShelf
from rag.store.model_usage import ModelUsageShelf
from rag.store.note_changes import NoteChangeShelf
from rag.store.opinions import OpinionShelf
from rag.store.passages import PassageShelf
from rag.store.postings import PostingShelf
from rag.store.reading_queue import ReadingQueueShelf
from rag.store.schema import open_engine
from rag.store.servers import ServerShelf
from rag.store.sessions import SessionShelf
from rag.store.templates import TemplateShelf
from rag.store.vectors import VectorShelf
from rag.store.vocabulary import VocabularyShelf
from rag.store.waiting import WaitingShelf
from rag.store.word_places import WordPlaceShelf


class Library(
    BelongingShelf,
    HeldNotesShelf,
    NoteChangeShelf,
    PassageShelf,
    CodeLinkShelf,
    JobShelf,
    AnswerShelf,
    AnalysisShelf,
    WaitingShelf,
    OpinionShelf,
    ModelUsageShelf,
    ServerShelf,
    PostingShelf,
    ReadingQueueShelf,
    SessionShelf,
    TemplateShelf,
    VectorShelf,
    VocabularyShelf,
    WordPlaceShelf,
):
    """Papers, passages, notes, code links, jobs, answers, servers, sessions. Synchronous; threads may share it."""

    @classmethod
    def open(cls, path: Path) -> Library:
        """Open a database file, made if missing and migrated to the newest schema. Raises StorageFailed."""
        return cls(open_engine(path))

    def close(self) -> None:
        """Let go of the file."""
        self._engine.dispose()
