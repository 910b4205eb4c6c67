"""The signs that TeX's old mathematical fonts draw, where a file names them wrongly.

macOS wrote many PDFs whose Computer Modern fonts have no names for their glyphs: it took each code for one of the
keyboard signs of its menus (alpha is code 11, its return key: "↵") or for the letter of that number ("∈" is 50: "2").
These fonts hold none of those signs and letters, so font and sign tell what is drawn. In other fonts a "✓" is one.
"""

from __future__ import annotations

import re
from functools import lru_cache

_Table = dict[int, int | None]

_KEYS = {
    "⇥": 0x02, "⇤": 0x03, "⌤": 0x04, "⇧": 0x05, "⌃": 0x06, "⌥": 0x07, "⌦": 0x0A, "↵": 0x0B, "✏": 0x0F,
    "⇣": 0x10, "⌘": 0x11, "✓": 0x12, "◆": 0x13, "\uf8ff": 0x14, "⌫": 0x17, "⇠": 0x18, "⇡": 0x19, "⇢": 0x1A,
    "⎋": 0x1B, "⌧": 0x1C,
}  # fmt: skip
_CAPITALS = "ΓΔΘΛΞΠΣΥΦΨΩ"  # codes 0 to 10 of text fonts, too
_LETTERS = _CAPITALS + "αβγδϵζηθικλμνξπρστυϕχ"
_SYMBOLS = "−·×∗÷⋄±∓⊕⊖⊗⊘⊙◯∘•≍≡⊆⊇≤≥≼≽∼≈⊂⊃≪≫≺≻"
_DELIMITERS = "()[]⌊⌋⌈⌉{}⟨⟩|∥/\\()()[]⌊⌋⌈⌉{}⟨⟩/\\"
# Letters and digits are no glyphs of a symbol font, but for its calligraphic capitals.
_SYMBOLS_BY_LETTER = str.maketrans(
    '!"#$01234589abcdefghijkpqrstuvw',
    "→↑↓↔′∞∈∋△▽∀∃⊣⌊⌋⌈⌉{}⟨⟩|∥√⨿∇∫⊔⊓⊑⊒",
)
_LARGE_BY_LETTER = str.maketrans('!"#PQRXYZpqrs', ")[]∑∏∫∑∏∫√√√√", "bcdefg")  # wide accents stand for nothing


def as_drawn(text: str, font: str) -> str:
    """Return the text of a span with the signs that its font draws.

    >>> as_drawn("↵", "CMMI10"), as_drawn("2", "CMSY7"), as_drawn("✓", "Dingbats")
    ('α', '∈', '✓')
    """
    table = _table(font)
    return text.translate(table) if table is not None else text


@lru_cache(maxsize=512)
def _table(font: str) -> _Table | None:
    family = re.search(r"(?:^|\+)(CMMIB?|CMB?SY|CMEX|CMR|CMBX)\d", font)
    if family is None:
        return None
    if family[1].startswith("CMMI"):
        return _by_key(_LETTERS)
    if family[1].endswith("SY"):
        return _by_key(_SYMBOLS) | _SYMBOLS_BY_LETTER
    if family[1] == "CMEX":
        return _by_key(_DELIMITERS) | _LARGE_BY_LETTER
    return _by_key(_CAPITALS)


def _by_key(encoding: str) -> _Table:
    return {ord(key): ord(encoding[code]) for key, code in _KEYS.items() if code < len(encoding)}
