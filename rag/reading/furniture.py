"""Running heads, page numbers, notices of conferences: what is printed on pages but is not the paper's text."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence

from rag.reading.printed import Role, Row, Sheet
from rag.reading.stamp import is_stamp

_PAGE_NUMBER = re.compile(r"(?:[Pp]age\s*)?[-–—]?\s*(?:\d{1,5}|[ivxlc]{1,6})\s*[-–—]?(?:\s*(?:/|of)\s*\d+)?$")
_NOTICE = re.compile(
    r"(?:Published (?:as|in)|Under review|Preprint\b|Proceedings of|Copyright|©|Accepted (?:to|at|by|as)|To appear|"
    r"Permission to make|Appear(?:ing|s) in|\d+(?:st|nd|rd|th) (?:Conference|International|Workshop)|Work in progress|"
    r"This (?:paper|work) (?:was|has been) (?:accepted|published)|Provided proper attribution|"
    r"Workshop track|Published by|Preliminary work|.{0,60}Conference on Neural Information Processing Systems \()",
)
_EDGE = 0.115  # of the page's height, above and below: where furniture stands


def mark_furniture(pages: Sequence[Sequence[Row]], sheets: Sequence[Sheet]) -> None:
    """Give running heads and feet, page numbers, stamps and notices their role."""
    repeated = _repeated(pages, sheets)
    for rows, sheet in zip(pages, sheets, strict=True):
        for row in rows:
            high, low = row.rect.y1 < _EDGE * sheet.height, row.rect.y0 > (1 - _EDGE) * sheet.height
            if is_stamp(row.text) or ((high or low) and (_form(row) in repeated or _is_number(row, rows, low=low))):
                row.role = Role.FURNITURE
        _mark_notices(rows, sheet)


def _repeated(pages: Sequence[Sequence[Row]], sheets: Sequence[Sheet]) -> set[str]:
    """Return the forms that stand near the edge of several pages, digits aside."""
    seen: dict[str, set[int]] = defaultdict(set)
    for rows, sheet in zip(pages, sheets, strict=True):
        for row in rows:
            if row.rect.y1 < _EDGE * sheet.height or row.rect.y0 > (1 - _EDGE) * sheet.height:
                seen[_form(row)].add(sheet.number)
    enough = 2 if len(sheets) <= 4 else 3
    return {form for form, numbers in seen.items() if len(numbers) >= enough and len(form) > 3}


def _form(row: Row) -> str:
    return re.sub(r"\d+", "#", row.text.casefold()).strip()


def _is_number(row: Row, rows: Sequence[Row], *, low: bool) -> bool:
    if not _PAGE_NUMBER.match(row.text):
        return False
    outer = [o for o in rows if o is not row and (o.rect.y0 > row.rect.y1 if low else o.rect.y1 < row.rect.y0)]
    return len(outer) <= 1


def _mark_notices(rows: Sequence[Row], sheet: Sheet) -> None:
    """Mark a notice and the rows of its paragraph ("Permission to make digital copies ...")."""
    for at, row in enumerate(rows):
        edge = row.rect.y1 < 0.13 * sheet.height or row.rect.y0 > 0.75 * sheet.height
        if row.role is not Role.LOOSE or not edge or not _NOTICE.match(row.text):
            continue
        row.role = Role.FURNITURE
        for above, below in zip(rows[at:], rows[at + 1 :], strict=False):
            near = 0 <= below.rect.y0 - above.rect.y1 < 0.5 * below.size
            if sheet.number > 1 or below.column != above.column or not near or abs(below.size - row.size) > 0.3:
                break
            below.role = Role.FURNITURE
