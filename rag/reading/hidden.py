"""What a reader cannot see: invisible, off-page, tiny and white-on-white text. It is dropped and reported.

Text that only programs see is the usual way to slip instructions into a paper, so nothing of it goes further.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from rag.reading.printed import Rect, Sheet

TINY_PT = 2.0  # below this nobody reads print; footnotes are 6 to 9 pt, subscripts 4 to 5
_FILLED_OR_STROKED = 16 | 32  # MuPDF's FZ_STEXT_FILLED, FZ_STEXT_STROKED: neither is set for render mode 3
_FAINT = 13  # of 255: an opacity of 5 %
_LIGHT = 225  # of 255: every channel above this is nearly white
_NAMED = 8  # pages named in the warning
DARK_ENOUGH = 235  # a rendered pixel below this is printed on
_GROUND = 0.45
"""Share of its rectangle that is printed where white text stands on a ground: measured 0.5 and more, the least with a
ground no larger than the letters. White text over or under other text or a rule has 0.42 at most, in real papers that
draw a white edge around black letters."""


@dataclass(frozen=True, slots=True)
class Sight:
    """What is needed to tell whether text on a page can be seen.

    ``scanned``: the page is a picture whose words lie invisibly over it, so invisible text is the text.
    ``printed`` tells how much of a rectangle is printed on, of 1.
    """

    width: float
    height: float
    scanned: bool
    printed: Callable[[Rect], float]


def why_hidden(span: dict[str, Any], sight: Sight) -> str:
    """Return why a span of PyMuPDF's cannot be seen: "invisible", "off the page", "tiny", "white"; "" when it can."""
    x0, y0, x1, y1 = span["bbox"]
    if x1 <= 0 or y1 <= 0 or x0 >= sight.width or y0 >= sight.height:
        return "off the page"
    if sight.scanned:
        return ""
    if not span["char_flags"] & _FILLED_OR_STROKED or span["alpha"] < _FAINT:
        return "invisible"
    if span["size"] < TINY_PT:
        return "tiny"
    color = int(span["color"])
    if not color or min(color >> 16 & 255, color >> 8 & 255, color & 255) < _LIGHT:
        return ""
    return "white" if span["text"].strip() and sight.printed(Rect(x0, y0, x1, y1)) < _GROUND else ""


def hidden_warnings(sheets: Iterable[Sheet]) -> tuple[str, ...]:
    """Return one sentence that names the pages with hidden text and how much each held, or nothing."""
    pages = [
        f"page {sheet.number} ({', '.join(f'{count} {reason}' for reason, count in sheet.hidden)})"
        for sheet in sheets
        if sheet.hidden
    ]
    if not pages:
        return ()
    more = f" and {len(pages) - _NAMED} more pages" if len(pages) > _NAMED else ""
    return (f"Characters that a reader cannot see were dropped: {', '.join(pages[:_NAMED])}{more}.",)
