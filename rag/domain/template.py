"""The group's analysis template, read by structure: what a question set goes through."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class TemplateField:
    """One thing to find out about a paper. ``number`` is its 1-based place in its section.

    ``name`` and ``hint`` as written ("Optimiz & Hyperparameters", "e.g., AdamW, learning rate"); ``parts`` are the
    lines below it.
    """

    section: str
    number: int
    name: str
    hint: str = ""
    parts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class TemplateSection:
    """A heading and its fields. ``number`` as written ("3"), or ""."""

    number: str
    title: str
    fields: tuple[TemplateField, ...]


@dataclass(frozen=True, slots=True)
class Template:
    """Sections with fields. ``sha256`` is of the file it was read from."""

    title: str
    sections: tuple[TemplateSection, ...]
    sha256: str

    @property
    def fields(self) -> tuple[TemplateField, ...]:
        """Every field, in the order of the file."""
        return tuple(field for section in self.sections for field in section.fields)


@dataclass(frozen=True, slots=True)
class TemplateInUse:
    """The template that a guild's question sets follow, and its file. ``name`` is the file's as it was sent, "" for the
    one that Seminar brings along; ``set_at`` is aware UTC, None for that.
    """

    template: Template
    content: bytes
    name: str = ""
    set_at: datetime | None = None
