"""Everything known of one paper, for a person who asks what it is."""

from __future__ import annotations

from dataclasses import dataclass

from rag.domain.codelink import CodeLink, CodeLinkReport
from rag.domain.note import Discussion
from rag.domain.paper import Paper
from rag.domain.reading import Section


@dataclass(frozen=True, slots=True)
class PaperCard:
    """One paper as one guild knows it. ``code_check`` None: nobody has looked for code yet."""

    paper: Paper
    code_links: tuple[CodeLink, ...]
    code_check: CodeLinkReport | None
    discussions: tuple[Discussion, ...]
    passages: int
    sections: tuple[Section, ...]
