"""The sessions of every guild."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from rag.intake.notebook import Notebook
from rag.intake.ownership import DataDirectory
from rag.questions.question_sets import QuestionSets
from rag.store.library import Library


class Sessions:
    """Opens, fills and closes sessions. ``clock`` gives aware UTC; threads may share it."""

    def __init__(
        self,
        *,
        library: Library,
        question_sets: QuestionSets,
        notebook: Notebook,
        directory: DataDirectory,
        clock: Callable[[], datetime],
    ) -> None:
        self._library = library
        self._question_sets = question_sets
        self._notebook = notebook
        self._directory = directory
        self._clock = clock
