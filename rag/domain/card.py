"""Everything known of one paper, for a person who asks what it is."""

from __future__ import annotations

from dataclasses import dataclass

from rag.domain.codelink import CodeLink, CodeLinkReport
from rag.domain.note import Discussion
from rag.domain.paper import Paper
from rag.domain.reading import Section


@dataclass(frozen=True, slots=True)
class Renamed:
    """A paper with the names it goes by from now on, and those that it had before."""

    paper: Paper
    before: tuple[str, ...]

    @property
    def new(self) -> tuple[str, ...]:
        """Return the names it had not."""
        return tuple(name for name in self.paper.aliases if name not in self.before)

    @property
    def gone(self) -> tuple[str, ...]:
        """Return the names it has no more."""
        return tuple(name for name in self.before if name not in self.paper.aliases)


@dataclass(frozen=True, slots=True)
class PaperCard:
    """One paper as one guild knows it. ``code_check`` None: nobody has looked for code yet."""

    paper: Paper
    code_links: tuple[CodeLink, ...]
    code_check: CodeLinkReport | None
    discussions: tuple[Discussion, ...]
    passages: int
    sections: tuple[Section, ...]
