"""What a paper's first page says of the paper itself: its title, the names under it, arXiv's stamp, where it appeared.

Only text of the page is returned, in one piece each, so that it can be quoted and checked like any other.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate, groupby, takewhile

from rag.domain.paper import name_form
from rag.domain.reading import Box, Page

MAX_NAME_WORDS = 70
"""Words of one run of names; a longer list of authors is cut after a line."""
MAX_TITLE_LINES = 6
MAX_APPEARED = 2

_STAMP = re.compile(r"arXiv:\S+ .*\b(?:19|20)\d\d$")
_TEXT_BEGINS = re.compile(
    r"(?:A\s?bstract|ABSTRACT|A BSTRACT|Summary|SUMMARY|Contents)\s*(?:[.:—–-].*)?$|Abstract\s*[.:—–-]"
    r"|(?:(?:1|I)\.?\s+)?(?:I ?NTRODUCTION|Introduction)\b"
)
_ADDRESS = re.compile(r"[@{}]|https?://|www\.")
_APPEARED = re.compile(
    r"^(?:(?:to be |to )?(?:published|appear(?:s|ed|ing)?|accepted|presented) (?:as|in|at|for|by|to)\b"
    r"|\d{1,3} ?(?:st|nd|rd|th) [^\n]{0,120}?\b(?:conference|workshop|meeting|symposium)\b"
    r"|(?:in )?proceedings\b|copyright\b|under review\b)"
    r"[^\n]{0,200}?(?:\n[^\n]{0,200}?)?(?<!\d)(?:19|20)\d\d\b(?:[^\n]{0,200}?(?=\.? copyright\b)|[^\n]{0,200}$)",
    re.IGNORECASE | re.MULTILINE,
)
_WITH_ADDRESS = re.compile(
    r"\{[^}\n]{0,300}(?:\}\s?@?\s?\S*)?|\S{0,80}@\s?\S+|https?://\S+|www\.\S+|\be-?mails?\b", re.IGNORECASE
)
_NAMES = re.compile(r"\b[^\W\d_]")
_SMALL = frozenset(("and", "of", "the", "for", "at", "in", "de", "van", "von", "der", "la"))
PROSE_WORDS, NAMES_SHARE = 7, 0.4
"""A line of so many words or more, of which a smaller share is capitalised, says something: it names nobody."""


@dataclass(frozen=True, slots=True)
class Front:
    """Texts of page 1 as they stand there; "" and () where none was recognised.

    ``names`` are the runs of lines between the title and the text, in all columns: people and places. ``cut``:
    those of them that go on.
    """

    title: str = ""
    names: tuple[str, ...] = ()
    stamp: str = ""
    appeared: tuple[str, ...] = ()
    cut: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Row:
    start: int
    end: int
    text: str
    box: Box | None


def front_of(page: Page, title: str) -> Front:
    """Return what a first page says of the paper with this title."""
    rows = _rows(page)
    stamp = next((row.text for row in rows if _STAMP.match(row.text)), "")
    appeared = tuple(found[0].strip() for found in _APPEARED.finditer(page.text))[:MAX_APPEARED]
    of_title = _title_rows(rows, title)
    if not of_title:
        return Front(stamp=stamp, appeared=appeared)
    runs = _runs(rows, _between(rows, rows.index(of_title[-1])))
    names = tuple(_text(page, _short(run)) for run in runs)
    cut = tuple(name for name, run in zip(names, runs, strict=True) if _short(run) != run)
    return Front(_text(page, of_title), names, stamp, appeared, cut)


def _rows(page: Page) -> list[_Row]:
    boxes = {line.start: line.box for line in page.lines}
    rows: list[_Row] = []
    start = 0
    for text in page.text.split("\n"):
        rows.append(_Row(start, start + len(text), text.strip(), boxes.get(start)))
        start += len(text) + 1
    return [row for row in rows if row.text]


def _text(page: Page, rows: Sequence[_Row]) -> str:
    return page.text[rows[0].start : rows[-1].end].strip()


def _title_rows(rows: Sequence[_Row], title: str) -> Sequence[_Row]:
    """Return the rows that together are the title; () when none are."""
    wanted = name_form(title)
    for first in range(len(rows) if wanted else 0):
        said = ""
        for last in range(first, min(first + MAX_TITLE_LINES, len(rows))):
            said += name_form(rows[last].text)
            if said == wanted:
                return rows[first : last + 1]
            if not wanted.startswith(said):
                break
    return ()


def _between(rows: Sequence[_Row], title: int) -> list[int]:
    """Return the places of the rows between the title and the text, also in a second column beside them."""
    ends = next((at for at in range(title + 1, len(rows)) if _TEXT_BEGINS.match(rows[at].text)), None)
    if ends is None:
        return []
    beside = [at for at in range(ends + 1, len(rows)) if _is_beside(rows[at], rows[title].box, rows[ends].box)]
    return [at for at in (*range(title + 1, ends), *beside) if not _STAMP.match(rows[at].text)]


def _is_beside(row: _Row, title: Box | None, text: Box | None) -> bool:
    """Whether a row stands below the title and above where the text begins."""
    if row.box is None or title is None or text is None:
        return False
    return title.y1 - 2 <= row.box.y0 and row.box.y1 < text.y0 + 2


def _runs(rows: Sequence[_Row], places: Sequence[int]) -> list[list[_Row]]:
    """Return the rows as runs that stand in one piece, up to the first line of prose, without lines of addresses."""
    stretches: list[list[int]] = []
    for at in places:
        if stretches and at == stretches[-1][-1] + 1:
            stretches[-1].append(at)
        else:
            stretches.append([at])
    runs: list[list[_Row]] = []
    for stretch in stretches:
        said = takewhile(lambda row: not _is_prose(row.text), (rows[at] for at in stretch))
        for named, run in groupby(said, key=lambda row: _NAMES.search(_WITH_ADDRESS.sub("", row.text)) is not None):
            runs += [_unaddressed(list(run))] if named else []
    return runs


def _unaddressed(run: list[_Row]) -> list[_Row]:
    """Return a run without the places and addresses at its end; a name before an address on its only line stays."""
    while len(run) > 1 and _ADDRESS.search(run[-1].text):
        run = run[:-1]
    return run


def _short(run: list[_Row]) -> list[_Row]:
    """Return a run up to the line before it grows too long."""
    sizes = accumulate(len(row.text.split()) for row in run)
    return [row for row, size in zip(run, sizes, strict=True) if size <= MAX_NAME_WORDS] or run[:1]


def _is_prose(text: str) -> bool:
    words = [word for word in re.findall(r"[^\W\d_]\S*", text) if word.casefold() not in _SMALL]
    return len(words) >= PROSE_WORDS and sum(word[0].isupper() for word in words) < NAMES_SHARE * len(words)
