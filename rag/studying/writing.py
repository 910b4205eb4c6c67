"""Who writes the fields of a template: the model that a guild may ask, section by section, else the paper itself."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime

from rag.answering.bookshelf import Bookshelf
from rag.answering.frames import Frames, Instead
from rag.answering.given import new_id
from rag.domain.paper import Paper
from rag.domain.passage import Hit
from rag.domain.template import TemplateSection
from rag.errors import ModelFailed
from rag.language.ports import Finding, LanguageModel, Models
from rag.questions.covering import CHARACTERS
from rag.studying.assembling import Written, quoted
from rag.studying.filling import Filler
from rag.studying.model_filling import SectionWriter

log = logging.getLogger(__name__)


class FieldWriting:
    """Writes the sections of one analysis in turn. A model that fails once is not asked again.

    ``notices`` say, after the last section, why quotes stand in a model's place; ``writer`` and ``prompt`` are the
    model's where anything of it was kept, else "".
    """

    def __init__(
        self,
        *,
        models: Models,
        guild: str,
        paper: Paper,
        shelf: Bookshelf,
        filler: Filler,
        now: Callable[[], datetime],
        characters: int = CHARACTERS,
        make_id: Callable[[], str] = new_id,
    ) -> None:
        self.notices: dict[str, None] = {}
        self.writer = self.prompt = ""
        self._models = models
        self._guild = guild
        self._paper = paper
        self._shelf = shelf
        self._filler = filler
        self._now = now
        self._characters = characters
        self._make_id = make_id
        self._frames = Frames.load()
        self._given_up = False
        self._asked = False

    def section(self, section: TemplateSection) -> list[Written]:
        """Return the fields of a section as they were written."""
        sought = [self._filler.filled(field) for field in section.fields]
        asked = [one for one in sought if not one.as_printed]
        model = self._model() if asked else None
        by_model: list[Written] = []
        if model is not None:
            near: list[Hit] = [hit for one in asked for hit in self._filler.near(one.field)]
            writer = SectionWriter(
                model,
                paper=self._paper,
                shelf=self._shelf,
                counted=lambda findings: self._models.count(self._guild, findings),
                characters=self._characters,
                make_id=self._make_id,
            )
            self._asked = True
            try:
                by_model = list(writer.written(section.title, asked, near))
            except ModelFailed as failed:
                self._failed(failed)
        for one in by_model:
            if one.draft.prompt and one.draft.sentences:
                self.writer, self.prompt = writer.name, one.draft.prompt
        return [by_model.pop(0) if by_model and not one.as_printed else quoted(one) for one in sought]

    def ended(self) -> None:
        """Say so where a model was asked, was not given up, and nothing of what it wrote was kept."""
        if self._asked and not self.writer and not self._given_up:
            self.notices[self._frames.model_unfounded(Instead.QUOTES)] = None

    def _model(self) -> LanguageModel | None:
        if self._given_up:
            return None
        allowed = self._models.of(self._guild)
        absent = self._frames.model_absent(allowed.why_not, Instead.QUOTES, self._now())
        if absent:
            self._given_up = True
            self.notices |= dict.fromkeys(absent)
        return allowed.model

    def _failed(self, failed: ModelFailed) -> None:
        log.warning("the rest of an analysis is quoted: %s", failed)
        self._given_up = True
        self._models.count(self._guild, {Finding.FAILED: int(not failed.why_not), Finding.QUOTED_INSTEAD: 1})
        self.notices |= dict.fromkeys(self._frames.model_silent(failed, Instead.QUOTES, self._now()))
