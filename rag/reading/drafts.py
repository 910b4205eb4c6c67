"""Blocks in the making: rows that belong together, and how they become text with pieces."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from rag.domain.reading import Block, Box, Kind, Piece
from rag.reading.mending import joined
from rag.reading.printed import Row
from rag.reading.runin import run_in_length

_END = re.compile(r"[.!?:][)\]}\"'”’»\d∗*†‡]*$")
_SENTENCE_BREAK = re.compile(r"(?<![\s(][A-Za-z])(?<!\bal)(?<!\bFig)(?<!\bEq)(?<!e\.g)(?<!i\.e)[.!?]\s+(?=[A-Z“\"(\[])")
_LONGEST_CONTEXT = 350  # characters of the sentence kept on either side of an equation


@dataclass(slots=True, eq=False)
class Draft:
    """A block whose rows are still being gathered."""

    kind: Kind
    section: tuple[str, ...]
    rows: list[Row]
    label: str | None = None
    before: Draft | None = None  # for an equation: the text it interrupts
    after: Draft | None = None
    lines: tuple[str, ...] = field(default=())  # for tables and algorithms: text ready made


@dataclass(frozen=True, slots=True)
class Stretch:
    """Text with its pieces."""

    text: str
    pieces: tuple[Piece, ...]

    def cut(self, start: int, end: int) -> Stretch:
        """Return the part from ``start`` to ``end`` with the pieces (and their boxes) it touches."""
        kept = [
            Piece(p.page, max(p.start, start) - start, min(p.end, end) - start, p.boxes)
            for p in self.pieces
            if p.start < end and p.end > start
        ]
        return Stretch(self.text[start:end], tuple(kept))

    def __add__(self, other: Stretch) -> Stretch:
        if not self.text or not other.text:
            return self if self.text else other
        shift = len(self.text) + 1
        pieces = list(self.pieces)
        moved = [Piece(p.page, p.start + shift, p.end + shift, p.boxes) for p in other.pieces]
        last = pieces[-1]
        if moved and moved[0].page == last.page:
            first = moved.pop(0)
            pieces[-1] = Piece(last.page, last.start, first.end, last.boxes + first.boxes)
        else:
            pieces[-1] = Piece(last.page, last.start, shift, last.boxes)
        return Stretch(f"{self.text} {other.text}", tuple(pieces + moved))


def written(rows: Sequence[Row], known: Mapping[str, int], *, run_in: int = 0) -> Stretch:
    """Return rows as one mended text; a new piece begins where the page changes.

    ``run_in`` characters at its beginning are a heading: an empty line parts them from the first sentence, so that
    no quote begins with them.
    """
    text = ""
    starts: list[tuple[int, int, list[Box]]] = []
    for number, row in enumerate(rows):
        own = row.text if number or not run_in else f"{row.text[:run_in]}\n\n{row.text[run_in:].lstrip()}"
        longer = text + own if number == 1 and run_in == len(rows[0].text) else joined(text, own, known)
        if not starts or starts[-1][0] != row.page:
            starts.append((row.page, len(longer) - len(own), []))
        starts[-1][2].append(row.box)
        text = longer
    ends = [start for _, start, _ in starts[1:]] + [len(text)]
    pieces = tuple(
        Piece(page, start, end, tuple(boxes)) for (page, start, boxes), end in zip(starts, ends, strict=True)
    )
    return Stretch(text, pieces)


def ends_sentence(text: str) -> bool:
    """Whether text ends where a sentence may end."""
    return bool(_END.search(text.rstrip()))


def last_sentence(stretch: Stretch) -> Stretch:
    """Return the last sentence, its end when it is very long."""
    start = 0
    for found in _SENTENCE_BREAK.finditer(stretch.text):
        start = found.end()
    if len(stretch.text) - start > _LONGEST_CONTEXT:
        start = stretch.text.find(" ", len(stretch.text) - _LONGEST_CONTEXT) + 1
    return stretch.cut(start, len(stretch.text))


def first_sentence(stretch: Stretch) -> Stretch:
    """Return the first sentence, its beginning when it is very long."""
    found = _SENTENCE_BREAK.search(stretch.text)
    end = found.start() + 1 if found else len(stretch.text)
    if end > _LONGEST_CONTEXT:
        end = max(stretch.text.rfind(" ", 0, _LONGEST_CONTEXT), 1)
    return stretch.cut(0, end)


def finished(drafts: Sequence[Draft], known: Mapping[str, int]) -> tuple[Block, ...]:
    """Return the blocks, in order, without empty ones."""
    texts = {id(draft): _text_of(draft, known) for draft in drafts}
    blocks = []
    for draft in drafts:
        stretch = texts[id(draft)]
        if draft.kind is Kind.EQUATION:
            if draft.before is not None and id(draft.before) in texts:
                stretch = last_sentence(texts[id(draft.before)]) + stretch
            if draft.after is not None and id(draft.after) in texts:
                stretch = stretch + first_sentence(texts[id(draft.after)])
        if stretch.text.strip():
            blocks.append(Block(draft.kind, stretch.text, draft.section, stretch.pieces, draft.label))
    return tuple(blocks)


def _text_of(draft: Draft, known: Mapping[str, int]) -> Stretch:
    if draft.lines:
        text = "\n".join(draft.lines)
        boxes = tuple(row.box for row in draft.rows)
        return Stretch(text, (Piece(draft.rows[0].page, 0, len(text), boxes),))
    below = draft.rows[1] if len(draft.rows) > 1 else None
    return written(draft.rows, known, run_in=run_in_length(draft.rows[0], below) if draft.kind is Kind.TEXT else 0)
