"""Where a paper's code is, who says so, and since when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class CodeLinkSource(StrEnum):
    """Who named the link, most trusted first. A person's link wins."""

    PERSON = "person"
    PAPER = "paper"
    PAPERS_WITH_CODE = "paperswithcode.co"
    HUGGING_FACE = "huggingface.co"
    DUMP = "papers-with-code dump"


@dataclass(frozen=True, slots=True)
class CodeLink:
    """One repository of one paper. ``official`` None means that the source does not say."""

    paper_key: str
    url: str
    source: CodeLinkSource
    official: bool | None
    found_at: datetime  # aware UTC


@dataclass(frozen=True, slots=True)
class CodeLinkReport:
    """What asking the sources for one paper gave. No links and no failures: none known on ``checked_at``."""

    links: tuple[CodeLink, ...]
    checked_at: datetime
    failed_sources: tuple[str, ...] = ()  # "huggingface.co: timed out"
