"""A page's text in the order in which it is read: no figure, table or footnote in the midst of a paragraph."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from rag.domain.reading import Box, Line, Page
from rag.reading.drafts import Draft
from rag.reading.printed import Fragment, Row


def in_reading_order(rows: Sequence[Row], drafts: Iterable[Draft]) -> list[Row]:
    """Return a page's rows with those of each paragraph together, where its first one stands.

    A paragraph that goes on in the next column, or below a figure, is read in one go; what stands between its parts
    follows it. So a sentence of it can be found on the page as it is read.
    """
    owner: dict[int, list[Row]] = {}
    for draft in drafts:
        own = [row for row in draft.rows if id(row) not in owner]
        owner.update((id(row), own) for row in own)
    taken: dict[int, Row] = {}
    for row in rows:
        if id(row) in taken:
            continue
        group = [other for other in owner.get(id(row), [row]) if other.page == row.page]
        taken.update((id(other), other) for other in group if id(other) not in taken)
    return list(taken.values())


def page_of(number: int, rows: Sequence[Row], asides: Sequence[Fragment]) -> Page:
    """Return the page with one line for each row, then for each aside (turned text, line numbers)."""
    lines, at = [], 0
    boxed = [(row.text, row.box) for row in rows]
    for fragment in asides:
        r = fragment.rect
        boxed.append((fragment.text, Box(number, round(r.x0, 2), round(r.y0, 2), round(r.x1, 2), round(r.y1, 2))))
    for text, box in boxed:
        lines.append(Line(at, at + len(text), box))
        at += len(text) + 1
    return Page(number, "\n".join(text for text, _ in boxed), tuple(lines))
