"""What stands on a page before anybody has read it: spans, fragments, rows and lines drawn with a pen.

Units are PDF points from the top left of the page. Nothing here knows where the values come from.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from enum import Enum, auto
from functools import lru_cache

from rag.domain.reading import Box

MATH_FONT = re.compile(
    r"CMMI|CMSY|CMEX|CMBSY|MSBM|MSAM|EUFM|Math|Symbol|StandardSym|rsfs|LMMI|LMSY|txsy|txmi|txex|pxsy|pxmi|MTMI|MTSY",
    re.I,
)
ABSURD = "it holds absurdly much text"  # the trouble of a sheet that would take minutes to lay out
_WORD = re.compile(r"[A-Za-z]{3,}")


@lru_cache(maxsize=512)
def is_math_font(name: str) -> bool:
    """Whether a font holds the signs of formulas."""
    return bool(MATH_FONT.search(name))


# Not frozen, though never changed: they come by the ten thousand, and are made in a third of the time.
@dataclass(slots=True, unsafe_hash=True)
class Rect:
    """A rectangle without a page."""

    x0: float
    y0: float
    x1: float
    y1: float

    @property
    def width(self) -> float:
        """Return the width, never negative."""
        return max(0.0, self.x1 - self.x0)

    @property
    def height(self) -> float:
        """Return the height, never negative."""
        return max(0.0, self.y1 - self.y0)

    @property
    def middle(self) -> float:
        """Return the vertical middle."""
        return (self.y0 + self.y1) / 2

    def holds(self, other: Rect, slack: float = 2.0) -> bool:
        """Whether the other's centre lies within, give or take ``slack``."""
        x = (other.x0 + other.x1) / 2
        return self.x0 - slack <= x <= self.x1 + slack and self.y0 - slack <= other.middle <= self.y1 + slack

    def joined(self, other: Rect) -> Rect:
        """Return the smallest rectangle around both."""
        x0, y0, x1, y1 = self.x0, self.y0, self.x1, self.y1
        if x0 <= other.x0 and y0 <= other.y0 and x1 >= other.x1 and y1 >= other.y1:
            return self
        return Rect(min(x0, other.x0), min(y0, other.y0), max(x1, other.x1), max(y1, other.y1))


@dataclass(slots=True, unsafe_hash=True)  # as Rect
class Span:
    """A run of characters in one font. ``rect`` is nominal: from baseline and size, for fonts lie about their boxes."""

    text: str
    font: str
    size: float
    bold: bool
    italic: bool
    raised: bool
    rect: Rect


@dataclass(frozen=True, slots=True)
class Fragment:
    """What the PDF library calls a line: spans side by side. A printed row may be several."""

    spans: tuple[Span, ...]
    text: str  # mended characters, single spaces
    rect: Rect
    size: float  # of most of its characters


@dataclass(frozen=True, slots=True)
class Word:
    """A word with its place, for tables."""

    text: str
    rect: Rect


@dataclass(frozen=True, slots=True)
class Sheet:
    """One page as extracted. ``fragments`` run left to right; ``turned`` ones do not (stamps, axis labels)."""

    number: int  # 1-based
    width: float
    height: float
    fragments: tuple[Fragment, ...] = ()
    turned: tuple[Fragment, ...] = ()
    words: tuple[Word, ...] = ()
    rules: tuple[Rect, ...] = ()  # thin horizontal lines
    pictures: tuple[Rect, ...] = ()  # images and drawings
    links: tuple[str, ...] = ()
    hidden: tuple[tuple[str, int], ...] = ()  # (why, characters dropped)
    trouble: str = ""  # why it could not be read whole, "" when it could
    unread: bool = False


@dataclass(frozen=True, slots=True)
class Outline:
    """One entry of the document's own table of contents."""

    depth: int
    title: str
    page: int  # 1-based


@dataclass(frozen=True, slots=True)
class Sheets:
    """A whole document as extracted."""

    sheets: tuple[Sheet, ...]
    outline: tuple[Outline, ...] = ()
    title: str = ""  # of the metadata, seldom right
    repaired: bool = False


class Role(Enum):
    """What a row is to its reader. ``LOOSE``: words of figures and whatever nobody claimed."""

    LOOSE = auto()
    PROSE = auto()
    HEADING = auto()
    FRONT = auto()
    FURNITURE = auto()
    FOOTNOTE = auto()
    CAPTION = auto()
    TABLE = auto()
    FIGURE = auto()
    ALGORITHM = auto()
    EQUATION = auto()
    DISPLAY = auto()
    REFERENCE = auto()


@dataclass(slots=True, eq=False)
class Row:
    """One printed line in its column. ``role`` and ``item`` are found out step by step."""

    page: int
    fragments: tuple[Fragment, ...]
    text: str
    rect: Rect
    size: float
    column: int  # -1: over the whole width
    left: float  # where its column begins and ends
    right: float
    role: Role = Role.LOOSE
    item: int = -1  # which caption, table or equation it belongs to
    level: int = 0  # of a heading
    spans: tuple[Span, ...] = field(init=False)
    words: int = field(init=False)
    math: float = field(init=False)
    bold: bool = field(init=False)
    italic: bool = field(init=False)
    top_size: float = field(init=False)
    _box: Box | None = field(init=False, default=None)

    def __post_init__(self) -> None:
        spans = tuple([span for fragment in self.fragments for span in fragment.spans if span.text.strip()])
        letters = math = bold = italic = 0
        for span in spans:
            length = len(span.text)
            letters += length
            math += length if is_math_font(span.font) else 0
            bold += length if span.bold else 0
            italic += length if span.italic else 0
        letters = letters or 1
        self.spans = spans
        self.words = len(_WORD.findall(self.text))
        self.math = math / letters
        self.bold = bold > 0.6 * letters
        self.italic = italic > 0.6 * letters
        self.top_size = max([span.size for span in spans if span.text.strip(" .*")], default=self.size)

    @property
    def box(self) -> Box:
        """Return where it stands, with its page; one value for all who ask."""
        if self._box is None:
            r = self.rect
            self._box = Box(self.page, round(r.x0, 2), round(r.y0, 2), round(r.x1, 2), round(r.y1, 2))
        return self._box

    @property
    def column_width(self) -> float:
        """Return the width of its column."""
        return max(1.0, self.right - self.left)

    @property
    def indent(self) -> float:
        """Return how far from the column's left edge it begins."""
        return self.rect.x0 - self.left

    @property
    def reaches_right(self) -> bool:
        """Whether it fills its column to the right edge, as a justified line does."""
        return self.rect.x1 > self.right - 1.2 * self.size


def main_size(spans: tuple[Span, ...]) -> float:
    """Return the size of most characters in tenths of a point, the larger one where subscripts merely abound."""
    sizes: dict[float, int] = {}
    for span in spans:
        size = round(span.size, 1)
        sizes[size] = sizes.get(size, 0) + len(span.text.strip())
    if len(sizes) < 2:
        return next(iter(sizes), 0.0)
    most, all_of_them = max(sizes, key=sizes.__getitem__), sum(sizes.values())
    return max((size for size, count in sizes.items() if size > most and 3 * count > all_of_them), default=most)
