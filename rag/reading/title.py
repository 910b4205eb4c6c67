"""The title as printed on page 1, and the rows around it that name authors and places."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from rag.reading.mending import joined, plain
from rag.reading.printed import Role, Row, Span

_ABSTRACT = re.compile(r"(?:A\s?bstract|ABSTRACT|A BSTRACT|Summary|SUMMARY)\s*(?:[.:—–-].*)?$")
_FIRST_SECTION = re.compile(r"(?:(?:1|I)\.?\s+)?(?:I ?NTRODUCTION|Introduction)\b")
_NUMBERED = re.compile(
    r"(?:\d{1,2}(?:\.\d{1,2})*|[IVX]{1,4}\.)\.?\s+[A-Z][a-z]"
)  # a section, on a paper without a front
_RUN_IN = re.compile(r"(?:Abstract|ABSTRACT)\s*[.:—–-]")
_MARKS = re.compile(r"[\s∗*†‡§¶♠♥♦♣⋆]+$")


def mark_title(rows: Sequence[Row], known: Mapping[str, int], body: float) -> str:
    """Return the title on page 1 ("" when none stands out); mark it and the authors, in all columns, FRONT."""
    until = _front_end(rows)
    front = [row for row in rows[:until] if row.role is Role.LOOSE]
    title = _title_rows(front, body)
    begins = rows[until].rect.y0 if until < len(rows) else 0.0
    for row in rows:
        if row in front or (row.role is Role.LOOSE and row.rect.y1 < begins - 12):
            row.role = Role.FRONT
    text = ""
    for row in title:
        text = joined(text, cased(row), known)
    return _MARKS.sub("", text)


def _front_end(rows: Sequence[Row]) -> int:
    """Return the index of the first row that belongs to the paper's text."""
    for pattern in (_ABSTRACT, _FIRST_SECTION):
        for at, row in enumerate(rows):
            if pattern.match(row.text) and (row.words <= 4 or _RUN_IN.match(row.text)):
                return at
    for at, row in enumerate(rows):
        if _NUMBERED.match(row.text) and (row.spans[0].bold or row.words <= 6):
            return at
        run = rows[at : at + 3]
        if len(run) == 3 and all(r.words >= 6 and abs(r.size - row.size) < 0.4 for r in run) and run[1].reaches_right:
            return at
    return 0


def _title_rows(front: Sequence[Row], body: float) -> list[Row]:
    worded = [row for row in front if row.words >= 1 and row.top_size > 1.1 * body]
    if not worded:
        return []
    largest = max(row.top_size for row in worded)
    first = next(at for at, row in enumerate(front) if row.top_size > largest - 0.6 and row.words)
    title = [front[first]]
    for row in front[first + 1 :]:
        gap = row.rect.y0 - title[-1].rect.y1
        if abs(row.top_size - largest) > 0.6 or gap > 1.5 * row.size or len(title) == 5:
            break
        title.append(row)
    return title


def cased(row: Row) -> str:
    """Return a heading's text in proper case where it is set in small capitals (large letters are the capitals).

    LaTeX sets "1 INTRODUCTION" as a large "I" and small "NTRODUCTION", often with a gap between them.
    """
    spans = [span for fragment in row.fragments for span in fragment.spans if not (span.raised and len(span.text) < 4)]
    letters = [span for span in spans if any(map(str.isalpha, span.text))]
    if not letters or any(any(map(str.islower, span.text)) for span in letters):
        return row.text
    largest = max(span.size for span in letters)
    small = [span for span in letters if span.size < 0.9 * largest]
    if not small:
        return row.text
    parts: list[str] = []
    for at, span in enumerate(spans):
        text = span.text.lower() if span.size < 0.9 * largest else span.text
        if at and _needs_space(spans[at - 1], span):
            parts.append(" ")
        parts.append(text)
    return " ".join(plain("".join(parts)).split())


def _needs_space(before: Span, after: Span) -> bool:
    return after.rect.x0 - before.rect.x1 > 0.12 * before.size and not before.text.endswith(" ")
