"""From sheets to a reading: the whole of what is understood about a document's layout, step by step."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from rag.domain.reading import Kind, Page, Reading
from rag.errors import BadDocument
from rag.reading.captions import find_items
from rag.reading.drafts import Draft, finished, written
from rag.reading.equations import find_equations
from rag.reading.furniture import mark_furniture
from rag.reading.headings import REFERENCES, Heading, find_headings
from rag.reading.hidden import hidden_warnings
from rag.reading.items import Item
from rag.reading.layout import rows_of, settle_edges
from rag.reading.links import printed_links
from rag.reading.measure import measured
from rag.reading.mending import vocabulary
from rag.reading.pagetext import in_reading_order, page_of
from rag.reading.paragraphs import Gatherer
from rag.reading.printed import ABSURD, Fragment, Role, Row, Sheet, Sheets
from rag.reading.prose import mark_footnotes, mark_prose
from rag.reading.references import split_references
from rag.reading.stamp import find_stamp
from rag.reading.tables import table_lines
from rag.reading.title import mark_title

_AFTER_REFERENCES = re.compile(
    r"(?:Appendix|Appendices|Supplement|Acknowledg|Broader|Author|Checklist|[A-Z]\b|\d)", re.I
)
_FEW = 60  # characters in all: a document with fewer has no text layer


def assemble(sheets: Sheets) -> Reading:
    """Return the reading of a document. Raise BadDocument when it has no text."""
    pages, asides = [], []
    for sheet in sheets.sheets:
        rows, numbers = rows_of(sheet)
        pages.append(rows)
        asides.append((*sheet.turned, *numbers))
    settle_edges(pages)
    _refuse_without_text(sheets, pages, asides)
    known = vocabulary(row.text for rows in pages for row in rows)
    mark_furniture(pages, sheets.sheets)
    first = measured(pages)
    title = mark_title(pages[0], known, first.body)
    items = find_items(pages, sheets.sheets, first)
    measure = measured(pages)
    headings = find_headings(pages, measure, sheets.outline, known)
    _mark_references(pages, headings)
    mark_footnotes(pages, measure)
    equations = find_equations(pages, measure)
    mark_prose(pages, measure)
    gatherer = Gatherer(headings=headings, items=items, equations=equations, measure=measure)
    for rows in pages:
        gatherer.take(rows)
    _fill_tables(gatherer.drafts, items, sheets.sheets, known)
    return Reading(
        pages=tuple(_page(*each, gatherer.drafts) for each in zip(sheets.sheets, pages, asides, strict=True)),
        blocks=finished(gatherer.drafts, known),
        sections=tuple(heading.section() for heading in headings.values()),
        references=split_references(gatherer.references, known),
        title=title or _metadata_title(sheets),
        arxiv_stamp=_stamp(pages[0], asides[0]),
        links=printed_links(sheets.sheets, pages),
        page_count=len(sheets.sheets),
        unread_pages=_unread(sheets.sheets),
        warnings=_warnings(sheets),
    )


def _page(sheet: Sheet, rows: Sequence[Row], asides: Sequence[Fragment], drafts: Sequence[Draft]) -> Page:
    own = [draft for draft in drafts if draft.rows[0].page <= sheet.number <= draft.rows[-1].page]
    return page_of(sheet.number, in_reading_order(rows, own), asides)


def _refuse_without_text(sheets: Sheets, pages: Sequence[Sequence[Row]], asides: Sequence[Sequence[Fragment]]) -> None:
    printed = [*(row.text for rows in pages for row in rows), *(aside.text for each in asides for aside in each)]
    if sum(map(len, printed)) >= _FEW:
        return
    if any(sheet.hidden for sheet in sheets.sheets):
        raise BadDocument("this PDF", "all of its text is hidden from readers", "Look at it in a viewer first.")
    if any(sheet.pictures or sheet.unread for sheet in sheets.sheets) and not any(s.trouble for s in sheets.sheets):
        raise BadDocument(
            "this PDF",
            "it has no text layer (its pages are pictures)",
            "Run it through OCR first, for instance ocrmypdf.",
        )
    if any(sheet.trouble == ABSURD for sheet in sheets.sheets):
        raise BadDocument("this PDF", "one of its pages holds absurdly much text", "It may be built to do harm.")
    if any(sheet.trouble for sheet in sheets.sheets):
        raise BadDocument("this PDF", "it is damaged and none of its text can be read", "Download it again.")
    raise BadDocument("this PDF", "its pages hold no text", "If it is a scan, run it through OCR first.")


def _mark_references(pages: Sequence[Sequence[Row]], headings: dict[int, Heading]) -> None:
    """Mark what stands under the heading References, up to a heading printed like it or an appendix."""
    inside: Heading | None = None
    for row in (row for rows in pages for row in rows):
        heading = headings.get(id(row))
        if heading is not None and REFERENCES.match(heading.title):
            inside = heading
        elif heading is not None and inside is not None:
            if _ends_references(heading, inside):
                inside = None
            else:
                del headings[id(row)]
                for part in heading.rows:
                    part.role = Role.REFERENCE
        elif inside is not None and row.role is Role.LOOSE:
            row.role = Role.REFERENCE


def _ends_references(heading: Heading, references: Heading) -> bool:
    row, like = heading.rows[0], references.rows[0]
    alike = row.top_size > like.top_size - 0.4 and row.bold == like.bold
    larger = row.top_size > like.top_size + 0.4
    return (alike or larger) and (bool(_AFTER_REFERENCES.match(heading.name)) or alike)


def _fill_tables(
    drafts: Iterable[Draft], items: Sequence[Item], sheets: Sequence[Sheet], known: Mapping[str, int]
) -> None:
    bodies = {item.label: item for item in items if item.body and item.box is not None}
    for draft in drafts:
        if draft.kind is Kind.TABLE and draft.label in bodies:
            item = next(i for i in items if i.body and i.caption[0] is draft.rows[0])
            assert item.box is not None
            words = sheets[item.caption[0].page - 1].words
            lines = table_lines(words, item.box) if words else [row.text for row in item.body]
            draft.lines = (written(item.caption, known).text, *lines)
        elif (
            draft.lines and draft.rows[0].role is Role.CAPTION
        ):  # an algorithm: its caption is prose, its steps are lines
            caption = [row for row in draft.rows if row.role is Role.CAPTION]
            draft.lines = (written(caption, known).text, *(row.text for row in draft.rows[len(caption) :]))


def _stamp(rows: Sequence[Row], asides: Sequence[Fragment]) -> str | None:
    return find_stamp([fragment.text for fragment in asides] + [row.text for row in rows])


def _metadata_title(sheets: Sheets) -> str:
    title = " ".join(sheets.title.split())
    return (
        title
        if len(title) > 8 and " " in title and not title.lower().startswith(("microsoft word", "untitled"))
        else ""
    )


def _unread(sheets: Sequence[Sheet]) -> tuple[int, ...]:
    return tuple(sheet.number for sheet in sheets if sheet.unread)


def _warnings(sheets: Sheets) -> tuple[str, ...]:
    warnings = []
    damaged = [s.number for s in sheets.sheets if s.unread and s.trouble]
    pictures = [s.number for s in sheets.sheets if s.unread and not s.trouble]
    partly = [s.number for s in sheets.sheets if s.trouble and not s.unread]
    if sheets.repaired:
        warnings.append("The file is damaged or cut short; what could be repaired was read.")
    if damaged:
        warnings.append(f"{_pages(damaged)} could not be read.")
    if pictures:
        warnings.append(f"{_pages(pictures)} {'is a picture' if len(pictures) == 1 else 'are pictures'} without text.")
    if partly:
        warnings.append(f"{_pages(partly)} may be incomplete.")
    return (*warnings, *hidden_warnings(sheets.sheets))


def _pages(numbers: Sequence[int]) -> str:
    if len(numbers) == 1:
        return f"Page {numbers[0]}"
    return f"Pages {', '.join(map(str, numbers[:-1]))} and {numbers[-1]}"
