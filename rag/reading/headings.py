"""Which rows are headings, how deep they stand, and what follows the references.

Numbering and print (larger, bold, small capitals) decide; the document's own outline helps where it has one.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from rag.domain.paper import name_form
from rag.domain.reading import Section
from rag.reading.items import cells_of
from rag.reading.measure import Measure
from rag.reading.mending import joined
from rag.reading.printed import Outline, Role, Row
from rag.reading.title import cased

_NUMBERED = re.compile(
    r"(?P<number>(?:\d{1,2}|[A-Z])(?:\.\d{1,2}){0,3}|[IVX]{1,5}(?=\.)|(?:Appendix|APPENDIX)\s+[A-Z0-9])(?:\.|(?<=[A-Z]):)?\s+(?P<title>\S.*)$"
)
_NUMBER_ALONE = re.compile(r"(?:\d{1,2}|[A-Z])(?:\.\d{1,2}){0,3}\.?")
_KNOWN = re.compile(
    r"(?:Abstract|Introduction|Background|Preliminaries|Related [Ww]orks?|(?:Our )?Methods?|Methodology|Experiments?|"
    r"Experimental (?:[Rr]esults|[Ss]etup)|Results|Evaluation|Analysis|Discussion|Conclusions?|"
    r"Discussion and [Cc]onclusions?|"
    r"Conclusions? and [Ff]uture [Ww]ork|Future [Ww]ork|Limitations?|Broader [Ii]mpacts?|Ethic(?:s|al) [\w ]+|"
    r"Acknowledge?ments?|Acknowledge?ment|References|Bibliography|References and [Nn]otes|Literature [Cc]ited|"
    r"Appendix|Appendices|"
    r"Supplement(?:ary)?(?: [Mm]aterials?)?|Author [Cc]ontributions?|Reproducibility [Ss]tatement)$",
    re.IGNORECASE,
)
REFERENCES = re.compile(r"(?:References|Bibliography|References and notes|Literature cited)$", re.IGNORECASE)
_ITEM = re.compile(
    r"(?:Figure|Fig\.|Table|Algorithm|Theorem|Lemma|Proposition|Corollary|Definition|Example|Remark|Proof)\b", re.I
)
_FIGURES = re.compile(r"\d[\d.,%]*\s+\d")  # numbers in a row: a table's, not a heading's
_LABEL = 3  # times: what is printed so often is the label of a kind of figure
_ENOUGH = 3  # numbered headings in a column tell where headings begin
_LONGEST = 120  # characters of a heading row


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading found: its rows, its number as printed and its title."""

    rows: tuple[Row, ...]
    number: str
    title: str
    depth: int

    @property
    def name(self) -> str:
        """Return number and title as printed."""
        return f"{self.number} {self.title}".strip()

    def section(self) -> Section:
        """Return the value kept in a reading."""
        return Section(self.depth, self.number, self.title, self.rows[0].page)


def find_headings(
    pages: Sequence[Sequence[Row]], measure: Measure, outline: Sequence[Outline], known: Mapping[str, int]
) -> dict[int, Heading]:
    """Mark heading rows and return each heading by the identity of its first row."""
    listed = {(entry.page, _bare(entry.title)): entry.depth for entry in outline}
    found: dict[int, Heading] = {}
    for rows in pages:
        at = 0
        while at < len(rows):
            taken = _heading_at(rows, at, measure, listed, known)
            if taken is not None:
                found[id(rows[at])] = taken
                for row in taken.rows:
                    row.role = Role.HEADING
            at += len(taken.rows) if taken else 1
    return _without_strays(_without_misplaced(found, measure))


def _bare(title: str) -> str:
    numbered = _NUMBERED.match(title)
    return name_form(numbered["title"] if numbered else title)


def _heading_at(
    rows: Sequence[Row], at: int, measure: Measure, listed: Mapping[tuple[int, str], int], known: Mapping[str, int]
) -> Heading | None:
    row = rows[at]
    if row.role is not Role.LOOSE or not 2 <= len(row.text) <= _LONGEST or _ITEM.match(row.text):
        return None
    text, used = cased(row), [row]
    if _NUMBER_ALONE.fullmatch(text) and at + 1 < len(rows) and _stands_out(row, measure):
        if not _same_heading(rows[at + 1], row):  # "10" above "APPENDIX"
            return None
        used.append(rows[at + 1])
        text = f"{text} {cased(rows[at + 1])}"
    in_outline = bool(listed) and (row.page, _bare(text)) in listed
    if not in_outline and not _looks_like_heading(row, text, rows, at, measure):
        return None
    while (
        at + len(used) < len(rows)
        and _same_heading(rows[at + len(used)], used[-1])
        and len(used) < 4
        and _stands_out(row, measure)
    ):
        following = rows[at + len(used)]
        if (_NUMBERED.match(cased(following)) and not _runs_on(used[-1])) or not _stands_out(following, measure):
            break
        used.append(following)
        text = joined(text, cased(following), known)
    return _heading(tuple(used), text, listed)


def _heading(rows: tuple[Row, ...], text: str, listed: Mapping[tuple[int, str], int]) -> Heading | None:
    if len(text) > 200:
        return None
    numbered = _NUMBERED.match(text)
    if numbered is None:
        depth = listed.get((rows[0].page, _bare(text)), 1 if _KNOWN.match(text) else 0)
        return Heading(rows, "", text.rstrip(".:"), depth)
    number, title = numbered["number"], numbered["title"].rstrip(".:")
    depth = number.count(".") + 1
    return Heading(rows, number, title, depth)


def _stands_out(row: Row, measure: Measure) -> bool:
    caps = row.text.isupper() and row.words >= 1 and row.top_size >= measure.body - 0.3
    return row.bold or row.top_size > 1.08 * measure.body or (caps and len({round(s.size) for s in row.spans}) > 1)


def _looks_like_heading(row: Row, text: str, rows: Sequence[Row], at: int, measure: Measure) -> bool:
    """Whether print and words make a heading of a row that starts and ends alone."""
    if row.top_size < 0.93 * measure.body or row.math > 0.4 or text.endswith((",", ";")):
        return False
    numbered, named = _NUMBERED.match(text), _KNOWN.match(text)
    above = rows[at - 1] if at else None
    alone = (
        above is None
        or above.column != row.column
        or row.rect.y0 - above.rect.y1 > 0.35 * row.size
        or above.role is not Role.LOOSE
    )
    if numbered is not None:
        return _numbered_heading(numbered, row, alone=alone, measure=measure)
    if named is not None:
        return alone and (_stands_out(row, measure) or text.isupper() or (row.words <= 3 and abs(_off_centre(row)) < 8))
    if cells_of(row) > 1 or _FIGURES.search(text) or row.math > 0.2:
        return False
    big = row.top_size > 1.12 * measure.body and row.words >= 1 and not row.text.endswith(".")
    bold = (
        row.bold
        and alone
        and row.words >= 1
        and row.rect.width < 0.8 * row.column_width
        and not text.endswith((".", ":"))
    )
    return alone and (big or bold) and text[0].isupper() and _placed(row)


def _numbered_heading(numbered: re.Match[str], row: Row, *, alone: bool, measure: Measure) -> bool:
    title, number = numbered["title"], numbered["number"]
    if not (title[0].isupper() or title[0].isdigit()) or not re.search(r"[A-Za-z]{2}", title):
        return False
    if row.indent > 12 and abs(_off_centre(row)) > 12:
        return False
    letter = number.isalpha() and len(number) == 1
    if _stands_out(row, measure):
        return not (letter and not row.bold and row.top_size <= 1.08 * measure.body and title[0].islower())
    italic_part = "." in number and row.italic
    return alone and italic_part and not re.search(r"\.(?:\s|$)", title) and row.rect.width < 0.8 * row.column_width


def _same_heading(row: Row, above: Row) -> bool:
    """Whether a row continues the heading above it (a long title over two rows)."""
    gap = row.rect.y0 - above.rect.y1
    close = -0.2 * row.size <= gap < 0.7 * row.size or abs(row.rect.middle - above.rect.middle) < 2
    alike = abs(row.top_size - above.top_size) < 0.4 and row.bold == above.bold
    return row.role is Role.LOOSE and row.column == above.column and close and alike and len(row.text) <= _LONGEST


def _runs_on(row: Row) -> bool:
    return row.text.endswith("-") or row.rect.width > 0.75 * row.column_width


def _placed(row: Row) -> bool:
    """Whether a row stands where headings stand: at the left edge or in the middle."""
    return abs(row.indent) < 4 or abs(_off_centre(row)) < 12 or row.column == -1


def _off_centre(row: Row) -> float:
    return (row.rect.x0 + row.rect.x1) / 2 - (row.left + row.right) / 2


def _without_misplaced(found: dict[int, Heading], measure: Measure) -> dict[int, Heading]:
    """Drop bold lines of the body's size that begin where no numbered heading of their column does (a prompt in an
    example, a title within a table).
    """
    begins: dict[int, list[float]] = {}
    for heading in found.values():
        if heading.number:
            begins.setdefault(heading.rows[0].column, []).append(heading.rows[0].rect.x0)
    kept = {}
    for key, heading in found.items():
        row = heading.rows[0]
        plain = not heading.number and heading.depth == 0 and row.top_size <= 1.05 * measure.body
        places = begins.get(row.column, [])
        if plain and len(places) >= _ENOUGH and all(abs(row.rect.x0 - x) > 12 for x in places):
            for part in heading.rows:
                part.role = Role.LOOSE
            continue
        kept[key] = heading
    return kept


def _without_strays(found: dict[int, Heading]) -> dict[int, Heading]:
    """Drop numbers out of sequence (steps of a listing) and settle the depth of what has no number or a mere letter."""
    top = [round(h.rows[0].top_size, 1) for h in found.values() if h.depth == 1]
    large = max(set(top), key=top.count) if top else 0.0
    roman = any(h.number in {"II", "III"} for h in found.values())
    bare = {name_form(h.title) for h in found.values()}
    times = Counter(name_form(h.title) for h in found.values() if not h.number and not _KNOWN.match(h.title))
    kept: dict[int, Heading] = {}
    last, count = 1, 0
    for key, heading in found.items():
        depth = heading.depth
        listed = re.fullmatch(r"(.*\D)\s*\d{1,3}", heading.title)
        often = not heading.number and times[name_form(heading.title)] >= _LABEL
        if often or (listed is not None and name_form(listed[1]) in bare):  # of a figure; of the table of contents
            for row in heading.rows:
                row.role = Role.LOOSE
            continue
        if depth == 1 and heading.number.isdigit():
            if not count < int(heading.number) <= count + 6:
                for row in heading.rows:
                    row.role = Role.LOOSE
                continue
            count = int(heading.number)
        if roman and re.fullmatch(r"[A-HJ-UWYZ]", heading.number) and heading.rows[0].top_size < large + 0.3:
            depth = 2
        elif depth == 0:
            depth = 1 if heading.rows[0].top_size >= large - 0.3 or not top else min(last + 1, 3)
        if heading.number or heading.depth == 1:
            last = depth
        kept[key] = Heading(heading.rows, heading.number, heading.title, depth)
    return kept
