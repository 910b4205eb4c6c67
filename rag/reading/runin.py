"""Run-in headings: bold words at the head of a paragraph, set apart from its first sentence by space alone."""

from __future__ import annotations

import re

from rag.reading.printed import Row, Span

_MOST_WORDS = 10
_GAP = (0.6, 1.45)  # times the size: TeX sets one em there, between words at most half of it
_CLOSED = re.compile(r"[.:?!;,–—-]$")
_OPENS = re.compile(r"[\"“'‘(]?[A-Z0-9]")
_SPEAKS = re.compile(r"(?:We|In|Our|The|This|These|To|For|As|On|It|A|An|At|By|If|When|While|Since|Given|There)\b")
_NAMED = re.compile(r"(?:Algorithm|Table|Figure|Theorem|Lemma|Proposition|Corollary|Definition|Proof|Remark)\b|\(")


def run_in_length(row: Row, below: Row | None = None) -> int:
    """Return how many characters of a paragraph's first row are its heading, 0 when it has none.

    A heading that ends with a full stop or colon needs no help: it is a sentence of its own. One that fills its row
    is known by the row ``below``, which begins a sentence in plain print.
    """
    bold = next((at for at, span in enumerate(row.spans) if not span.bold), len(row.spans))
    if bold == 0:
        return 0
    head = "".join(span.text for span in row.spans[:bold]).strip()
    if not head[:1].isupper() or _CLOSED.search(head) or _NAMED.match(head):
        return 0
    if bold == len(row.spans):
        begins = below is not None and not below.spans[0].bold and _SPEAKS.match(below.text)
        return len(row.text) if begins and row.text.count(" ") < _MOST_WORDS else 0
    last, rest = row.spans[bold - 1], row.spans[bold]
    if not _OPENS.match(rest.text.strip()):
        return 0
    if not _stands_apart(last, rest, row):
        return 0
    end = _place_of(row.text, len("".join(head.split())))
    return end if row.text[:end].count(" ") < _MOST_WORDS and row.text[end:].strip() else 0


def _stands_apart(last: Span, rest: Span, row: Row) -> bool:
    gap = (rest.rect.x0 - last.rect.x1) / row.size
    if _GAP[0] <= gap <= _GAP[1]:
        return True
    return gap < _GAP[0] and bool(_SPEAKS.match(rest.text.strip()))  # a space is drawn whose width says little


def _place_of(text: str, letters: int) -> int:
    """Return where so many characters that are no space have passed."""
    seen = 0
    for at, sign in enumerate(text):
        seen += not sign.isspace()
        if seen == letters:
            return at + 1
    return len(text)
