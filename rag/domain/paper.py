"""A paper as the library keeps it, and the names it goes by."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum


class SourceKind(StrEnum):
    """Where the text of a paper was read from."""

    ARXIV = "arxiv"
    PDF = "pdf"
    HTML = "html"
    MARKDOWN = "markdown"


@dataclass(frozen=True, slots=True)
class Paper:
    """One record of the library.

    ``key`` is the storage key (see :func:`shared_key`, :func:`owned_key`), never shown.
    ``paper_id`` is what people type and see: the arXiv base id, else ``sha256:`` and 12 hex digits;
    unique within what one guild sees.
    """

    key: str
    paper_id: str
    title: str
    source: SourceKind
    sha256: str
    added_at: datetime
    version: int | None = None
    authors: tuple[str, ...] = ()
    abstract: str = ""
    published: datetime | None = None
    venue: str = ""
    categories: tuple[str, ...] = ()
    licence: str = ""
    source_url: str = ""
    arxiv_id: str | None = None  # also set on a second copy whose paper_id is its hash
    owner_guild: str | None = None  # None: from arXiv, shared by reference between guilds
    page_count: int | None = None  # None for sources without pages
    unread_pages: tuple[int, ...] = ()  # 1-based
    warnings: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()

    @property
    def arxiv_month(self) -> date | None:
        """Return the first day of the month in which arXiv gave the id, when its first version came."""
        digits = re.search(r"(?:^|/)(\d\d)(0[1-9]|1[0-2])", self.arxiv_id or "")
        if digits is None:
            return None
        year = int(digits[1])
        return date(1900 + year if year > 90 else 2000 + year, int(digits[2]), 1)

    def page_url(self, page: int | None) -> str:
        """Return the link that opens the paper at a 1-based page; "" when there is no public address."""
        if self.arxiv_id is not None:
            suffix = f"v{self.version}" if self.version else ""
            base = f"https://arxiv.org/pdf/{self.arxiv_id}{suffix}"
        else:
            base = self.source_url
        if not base:
            return ""
        paged = self.source in (SourceKind.ARXIV, SourceKind.PDF)
        return f"{base}#page={page}" if page is not None and paged else base


def shared_key(arxiv_id: str) -> str:
    """Return the storage key of a paper fetched from arXiv: one for all guilds."""
    return f"arxiv:{arxiv_id}"


def owned_key(guild: str, sha256: str) -> str:
    """Return the storage key of a paper that belongs to the guild that brought it."""
    return f"guild:{guild}:{sha256[:32]}"


def content_id(sha256: str) -> str:
    """Return the paper id of bytes that have no arXiv id of their own."""
    return f"sha256:{sha256[:12]}"


def name_form(name: str) -> str:
    """Fold a name for comparison: accents off, lower case, letters and digits only.

    >>> name_form("Mask R-CNN")
    'maskrcnn'
    """
    if name.isascii():  # as nearly all are: nothing to take apart
        return re.sub(r"[\W_]+", "", name.lower())
    folded = unicodedata.normalize("NFKD", name).casefold()
    return re.sub(r"[\W_]+", "", "".join(c for c in folded if not unicodedata.combining(c)))
