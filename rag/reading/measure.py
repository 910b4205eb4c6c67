"""What is usual in one document: its body size, its leading, whether paragraphs are indented."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

from rag.reading.printed import Role, Row

_SPEAKS = 30  # characters: a row this long is text rather than a label


@dataclass(frozen=True, slots=True)
class Measure:
    """Sizes in points. ``sizes`` are those that paragraphs are set in, the body's first."""

    body: float
    sizes: tuple[float, ...]
    leading: float  # from baseline to baseline
    indents: bool

    def is_body(self, row: Row) -> bool:
        """Whether the row is set in a size of running text."""
        return any(abs(row.size - size) <= 0.45 for size in self.sizes)


def measured(pages: Sequence[Sequence[Row]]) -> Measure:
    """Measure the rows that are long enough to be text."""
    letters: Counter[float] = Counter()
    for row in (row for rows in pages for row in rows):
        if len(row.text) > _SPEAKS and row.role is Role.LOOSE and row.words > 3:
            letters[round(row.size * 2) / 2] += len(row.text)
    if not letters:
        return Measure(10.0, (10.0,), 12.0, indents=False)
    body = letters.most_common(1)[0][0]
    total = sum(letters.values())
    sizes = [body] + [
        size for size, count in letters.most_common() if size != body and _is_text(size, count, body, total)
    ]
    steps, begins = [], []
    for rows in pages:
        for above, below in pairwise(rows):
            step = below.rect.y1 - above.rect.y1
            if above.column == below.column and abs(below.size - body) < 0.5 and abs(above.size - body) < 0.5:
                if 0.8 * body < step < 2.5 * body and len(below.text) > _SPEAKS:
                    steps.append(step)
                begins.append(6 < below.indent < 30 and len(below.text) > _SPEAKS and not above.reaches_right)
    leading = median(steps) if steps else 1.2 * body
    return Measure(body, tuple(sizes), leading, indents=sum(begins) > 0.004 * max(1, len(begins)))


def _is_text(size: float, count: int, body: float, total: int) -> bool:
    """A second size is text too when a twentieth of the document is set in it and it is near the body's."""
    return count > 0.05 * total and 0.84 * body <= size <= 1.15 * body
