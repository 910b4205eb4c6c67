"""Numbered display equations: their number at the right margin and the rows that belong to it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from rag.reading.measure import Measure
from rag.reading.printed import Role, Row

_NUMBER = re.compile(r"[.,;]?\s*\((?P<number>\d{1,3}(?:\.\d{1,3})?[a-z]?|[A-Z]\.?\d{1,3})\)$")
_MATH_SIGN = re.compile(r"[=≤≥≈∼∝∈←→∑∏∫√∂∇≜⊙×·±−+/|<>]|\bmin\b|\bmax\b|\blog\b|\bexp\b|\barg")


@dataclass(slots=True)
class Equation:
    """A numbered equation and its rows from top to bottom."""

    label: str
    rows: list[Row]


def find_equations(pages: Sequence[Sequence[Row]], measure: Measure) -> list[Equation]:
    """Mark rows of numbered equations EQUATION, other displayed formulas DISPLAY; return the numbered ones."""
    found: list[Equation] = []
    for rows in pages:
        numbered = [(at, number) for at, row in enumerate(rows) if (number := _number(row))]
        for at, number in numbered:
            rows[at].role, rows[at].item = Role.EQUATION, len(found)
            found.append(Equation(f"Eq. {number}", [rows[at]]))
        for at, _ in numbered:
            _extend(rows, at, found, measure)
        for at, row in enumerate(rows):
            if row.role is Role.LOOSE and is_formula(row, measure) and _beside_text(rows, at, measure):
                row.role = Role.DISPLAY
    for equation in found:
        equation.rows.sort(key=lambda row: (row.rect.middle, row.rect.x0))
    return found


def is_formula(row: Row, measure: Measure) -> bool:
    """Whether a row is displayed mathematics rather than words."""
    signs = len(_MATH_SIGN.findall(row.text))
    indented = row.indent > 1.2 * measure.body
    if row.math > 0.45 and row.words <= 3:
        return True
    small = row.size < measure.body - 1 and len(row.text) <= 12
    return row.words <= 4 and (
        (indented and (signs >= 1 or row.math > 0.25)) or (row.math > 0.3 and signs >= 1) or (small and row.math > 0.2)
    )


def _number(row: Row) -> str:
    """Return the equation number that stands at the right margin of the row, or ""."""
    match = _NUMBER.search(row.text) if row.role is Role.LOOSE else None
    if match is None or abs(row.rect.x1 - row.right) > 14:
        return ""
    rest = row.text[: match.start()].strip()
    if not rest:
        return match["number"]
    gap = _gap_before_last(row, match[0].strip(" .,;"))
    wordy = len(re.findall(r"[A-Za-z]{4,}", rest))
    formula = bool(_MATH_SIGN.search(rest)) or row.math > 0.2
    if row.math > 0.45 and wordy <= 1:  # so long that it comes close to its number
        return match["number"]
    return match["number"] if gap > 1.2 * row.size and (formula or wordy <= 2) and wordy <= 8 else ""


def _gap_before_last(row: Row, number: str) -> float:
    """Return the white space before the number, in points."""
    spans = list(row.spans)
    tail = ""
    x0 = row.rect.x1
    while spans and len(tail.replace(" ", "")) < len(number):
        span = spans.pop()
        tail, x0 = span.text + tail, span.rect.x0
    if tail.strip() != number or not spans:
        return 0.0
    return x0 - spans[-1].rect.x1 + (spans[-1].rect.width / max(1, len(spans[-1].text))) * _trailing(spans[-1].text)


def _trailing(text: str) -> int:
    return len(text) - len(text.rstrip())


def _extend(rows: Sequence[Row], at: int, found: Sequence[Equation], measure: Measure) -> None:
    """Add the formula rows just above and below, those nearer to another number excepted."""
    equation = found[rows[at].item]
    for step in (-1, 1):
        last, here = rows[at], at + step
        while 0 <= here < len(rows):
            row = rows[here]
            distance = max(row.rect.y0 - last.rect.y1, last.rect.y0 - row.rect.y1)
            if row.role is Role.EQUATION and row.item == rows[at].item:
                last, here = row, here + step
                continue
            if row.role is not Role.LOOSE or row.column != last.column or distance > 1.1 * measure.leading:
                break
            if not is_formula(row, measure) or _nearer_number(rows, here, at):
                break
            row.role, row.item = Role.EQUATION, rows[at].item
            equation.rows.append(row)
            last, here = row, here + step


def _nearer_number(rows: Sequence[Row], here: int, at: int) -> bool:
    """Whether another numbered row in the same column is nearer to this row."""
    own = abs(rows[here].rect.middle - rows[at].rect.middle)
    return any(
        abs(row.rect.middle - rows[here].rect.middle) < own
        for row in rows
        if row.role is Role.EQUATION
        and row.item != rows[at].item
        and row.column == rows[at].column
        and _NUMBER.search(row.text)
    )


def _beside_text(rows: Sequence[Row], at: int, measure: Measure) -> bool:
    """Whether running text or other formulas stand directly above or below."""
    row = rows[at]
    for step in (-1, 1):
        here = at + step
        while 0 <= here < len(rows) and abs(here - at) < 8:
            other = rows[here]
            if other.column != row.column or other.role not in (Role.LOOSE, Role.DISPLAY, Role.EQUATION):
                break
            if measure.is_body(other) and other.words >= 3 and not is_formula(other, measure):
                return abs(other.rect.middle - row.rect.middle) < 7 * measure.leading
            here += step
    return False
