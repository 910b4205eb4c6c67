"""The question sets of a guild's papers."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from rag.answering.asking import Answerer
from rag.domain.template import Template
from rag.index.ports import Embedder
from rag.intake.ownership import DataDirectory
from rag.questions.reading_template import own_template, read_template
from rag.store.library import Library


class QuestionSets:
    """Makes question sets from papers and templates, and keeps the guilds' templates. Threads may share it."""

    def __init__(
        self,
        *,
        library: Library,
        answerer: Answerer,
        embedder: Embedder | None,
        directory: DataDirectory,
        clock: Callable[[], datetime],
    ) -> None:
        self._library = library
        self._answerer = answerer
        self._embedder = embedder
        self._directory = directory
        self._clock = clock

    def template(self, guild: str) -> Template:
        """Return the template that the guild's sets follow: its own, else the one that Seminar brings along."""
        given = self._library.template_of(guild)
        return read_template(given) if given is not None else own_template()

    def set_template(self, guild: str, name: str, content: bytes, *, person: str) -> Template:
        """Keep a template for a guild; ``name`` is the file's. Raises BadDocument, and then the one before stays."""
        template = read_template(content)
        with self._directory.owned("change the template"):
            self._library.put_template(guild, name, content, person=person, now=self._clock())
        return template

    def clear_template(self, guild: str) -> bool:
        """Go back to the template that Seminar brings along; return whether there was another."""
        with self._directory.owned("change the template"):
            return self._library.drop_template(guild)
