"""What arXiv, a person or a page says a paper is, and whether that changes what is here."""

from __future__ import annotations

from datetime import datetime

from rag.domain.paper import Paper, SourceKind, name_form, shared_key
from rag.intake.results import AddOptions
from rag.sources.arxiv_feed import ArxivRecord
from rag.sources.arxiv_ids import ArxivRef, MalformedArxivId, parse_arxiv_id


def stamp_of(text: str) -> ArxivRef | None:
    """Read an id that a page or a person gives; what cannot be an id is as good as none."""
    try:
        return parse_arxiv_id(text)
    except MalformedArxivId:
        return None


def would_change(held: Paper, options: AddOptions) -> bool:
    """Say whether a person tells us something new of a paper that is here."""
    new_title = options.title not in ("", held.title)
    new_names = bool(set(map(name_form, options.aliases)) - set(map(name_form, held.aliases)))
    stamp = stamp_of(options.arxiv_id)
    return new_title or new_names or (stamp is not None and stamp.base_id != held.arxiv_id)


def shared_paper_of(
    record: ArxivRecord, *, version: int, sha256: str, added_at: datetime, aliases: tuple[str, ...]
) -> Paper:
    """Return the paper that arXiv has, for all guilds; nothing of it is read yet."""
    return Paper(
        key=shared_key(record.base_id),
        paper_id=record.base_id,
        title=record.title,
        source=SourceKind.ARXIV,
        sha256=sha256,
        added_at=added_at,
        version=version,
        authors=record.authors,
        abstract=record.abstract,
        published=record.published,
        venue=record.journal_ref or "",
        categories=record.categories,
        licence=record.licence or "",
        source_url=record.abs_url,
        arxiv_id=record.base_id,
        aliases=aliases,
    )
