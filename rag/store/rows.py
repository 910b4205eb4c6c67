"""Values of the house to rows and back."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any, overload

from sqlalchemy import RowMapping

from rag.domain.codelink import CodeLink, CodeLinkSource
from rag.domain.note import Note
from rag.domain.paper import Paper, SourceKind
from rag.domain.passage import Passage
from rag.domain.reading import Block, Box, Kind, Line, Page, Piece

Row = RowMapping


def naive(moment: datetime | None) -> datetime | None:
    """Return aware UTC as the database keeps it."""
    return moment.astimezone(UTC).replace(tzinfo=None) if moment else None


@overload
def aware(moment: datetime) -> datetime: ...
@overload
def aware(moment: None) -> None: ...
@overload
def aware(moment: datetime | None) -> datetime | None: ...


def aware(moment: datetime | None) -> datetime | None:
    """Return a stored time as aware UTC."""
    return moment.replace(tzinfo=UTC) if moment else None


def paper_row(paper: Paper) -> dict[str, Any]:
    """Return the row of ``papers``; aliases live in their own table."""
    return {
        "key": paper.key,
        "paper_id": paper.paper_id,
        "title": paper.title,
        "source": paper.source.value,
        "sha256": paper.sha256,
        "added_at": naive(paper.added_at),
        "version": paper.version,
        "authors": list(paper.authors),
        "abstract": paper.abstract,
        "published": naive(paper.published),
        "venue": paper.venue,
        "categories": list(paper.categories),
        "licence": paper.licence,
        "source_url": paper.source_url,
        "arxiv_id": paper.arxiv_id,
        "owner_guild": paper.owner_guild,
        "page_count": paper.page_count,
        "unread_pages": list(paper.unread_pages),
        "warnings": list(paper.warnings),
    }


def paper_value(row: Row, aliases: Iterable[str] = ()) -> Paper:
    """Return the paper of a row of ``papers``."""
    return Paper(
        key=row["key"],
        paper_id=row["paper_id"],
        title=row["title"],
        source=SourceKind(row["source"]),
        sha256=row["sha256"],
        added_at=aware(row["added_at"]),
        version=row["version"],
        authors=tuple(row["authors"]),
        abstract=row["abstract"],
        published=aware(row["published"]),
        venue=row["venue"],
        categories=tuple(row["categories"]),
        licence=row["licence"],
        source_url=row["source_url"],
        arxiv_id=row["arxiv_id"],
        owner_guild=row["owner_guild"],
        page_count=row["page_count"],
        unread_pages=tuple(row["unread_pages"]),
        warnings=tuple(row["warnings"]),
        aliases=tuple(aliases),
    )


def page_row(key: str, page: Page) -> dict[str, Any]:
    """Return the row of ``pages``; boxes rounded to a hundredth of a point."""
    lines = [[line.start, line.end, *_corners(line.box)] for line in page.lines]
    return {"key": key, "number": page.number, "text": page.text, "lines": lines}


def page_value(row: Row) -> Page:
    """Return the page of a row."""
    number = row["number"]
    lines = tuple(Line(start, end, Box(number, *corners)) for start, end, *corners in row["lines"])
    return Page(number=number, text=row["text"], lines=lines)


def block_row(key: str, ordinal: int, block: Block) -> dict[str, Any]:
    """Return the row of ``blocks``."""
    pieces = [[p.page, p.start, p.end, [_corners(box) for box in p.boxes]] for p in block.pieces]
    return {
        "key": key,
        "ordinal": ordinal,
        "kind": block.kind.value,
        "text": block.text,
        "section": list(block.section),
        "label": block.label,
        "pieces": pieces,
    }


def block_value(row: Row) -> Block:
    """Return the block of a row."""
    pieces = tuple(
        Piece(page, start, end, tuple(Box(page, *corners) for corners in boxes))
        for page, start, end, boxes in row["pieces"]
    )
    return Block(Kind(row["kind"]), row["text"], tuple(row["section"]), pieces, row["label"])


def passage_row(passage: Passage) -> dict[str, Any]:
    """Return the row of ``passages`` (without its row number)."""
    return {
        "passage_id": passage.passage_id,
        "key": passage.paper_key,
        "ordinal": passage.ordinal,
        "kind": passage.kind.value,
        "text": passage.text,
        "section": list(passage.section),
        "label": passage.label,
        "first_page": passage.first_page,
        "last_page": passage.last_page,
        "boxes": [[box.page, *_corners(box)] for box in passage.boxes],
        "tokens": passage.tokens,
    }


def passage_value(row: Row) -> Passage:
    """Return the passage of a row."""
    return Passage(
        passage_id=row["passage_id"],
        paper_key=row["key"],
        ordinal=row["ordinal"],
        kind=Kind(row["kind"]),
        text=row["text"],
        section=tuple(row["section"]),
        label=row["label"],
        first_page=row["first_page"],
        last_page=row["last_page"],
        boxes=tuple(Box(*box) for box in row["boxes"]),
        tokens=row["tokens"],
    )


def note_value(row: Row) -> Note:
    """Return the note of a row."""
    return Note(
        item=row["item"],
        ordinal=row["ordinal"],
        question=row["question"],
        answer=tuple(row["answer"]),
        raw=row["raw"],
    )


def code_link_value(row: Row) -> CodeLink:
    """Return the code link of a row."""
    return CodeLink(
        paper_key=row["key"],
        url=row["url"],
        source=CodeLinkSource(row["source"]),
        official=row["official"],
        found_at=aware(row["found_at"]),
    )


def _corners(box: Box) -> list[float]:
    return [round(value, 2) for value in (box.x0, box.y0, box.x1, box.y1)]
