"""The group's template filled for one paper: what the paper says to each field, and where."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from rag.domain.answer import EXTRACTIVE, Citation, Sentence
from rag.domain.paper import Paper
from rag.domain.template import TemplateField


class Filling(StrEnum):
    """``SAID``: sentences with quotes. ``NOT_FOUND``: the paper was searched for it, and nothing clear was found.
    ``NOT_DRAWN``: the field asks for a drawing, which nobody makes here; its sentences, if any, say what to draw.
    """

    SAID = "said"
    NOT_FOUND = "not_found"
    NOT_DRAWN = "not_drawn"


@dataclass(frozen=True, slots=True)
class FilledField:
    """One field with what the paper says. ``sentences`` carry numbers of the analysis' citations."""

    field: TemplateField
    filling: Filling
    sentences: tuple[Sentence, ...] = ()


@dataclass(frozen=True, slots=True)
class Analysis:
    """A paper in the layout of the group's template. ``made_at`` is aware UTC.

    ``writer`` and ``prompt`` as in an answer; ``template_title`` and ``sections`` (number and title, in order) are the
    template's, ``template_sha256`` its file's.
    """

    paper: Paper
    template_title: str
    template_sha256: str
    sections: tuple[tuple[str, str], ...]
    fields: tuple[FilledField, ...]
    citations: tuple[Citation, ...]
    made_at: datetime
    writer: str = EXTRACTIVE
    prompt: str = ""
    notices: tuple[str, ...] = ()

    def of_section(self, title: str) -> tuple[FilledField, ...]:
        """Return the fields of a section."""
        return tuple(one for one in self.fields if one.field.section == title)


@dataclass(frozen=True, slots=True)
class FillStep:
    """How far filling is: ``done`` of ``total`` sections, and the title of the one that comes now."""

    done: int
    total: int
    section: str


FillTold = Callable[[FillStep], None]


def fill_untold(_step: FillStep) -> None:
    """Tell nobody."""
