"""The quote check: a quote is text that this program has found on the page it names, or it does not exist.

Nothing here trusts where a text is said to come from. Passages, models and stored answers hand in candidates;
what comes out is the page's own text, its page and its boxes.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from rag.answering.form import Form, form_of, mended, same_gaps
from rag.domain.answer import Quote
from rag.domain.reading import Page
from rag.reading.sentences import sentences

MIN_PART = 40
"""A part of a sentence that runs over a page break is quoted from this many characters on."""
MIN_PART_SHARE = 0.5
"""... and when it is at least this share of the sentence."""
MIN_APPROXIMATE = 12
MIN_APPROXIMATE_SHARE = 0.85
"""A model's quote passes when one run of this share of it, and of 12 characters, stands on the page (as in vellum)."""

MAX_MARK = 24
_MARK = re.compile(r"\[\d{1,3}(?:\s?[,;–-]\s?\d{1,3}){0,5}\]|(?<=[a-z]{3})\s?\d{1,2}(?=[.,;](?:\s|$))")
"""Marks of references and footnotes: models leave them out when they copy."""

MAX_PLACES = 32
"""So many places with the same letters are compared word by word; a text made to repeat itself costs no more."""


@dataclass(frozen=True, slots=True)
class Found:
    """A quote, and whether words of the sentence were left out before or after it (an ellipsis is shown there)."""

    quote: Quote
    cut_before: bool = False
    cut_after: bool = False

    @property
    def shown(self) -> str:
        """Return the quote with an ellipsis where the sentence goes on elsewhere."""
        return ("… " if self.cut_before else "") + self.quote.text + (" …" if self.cut_after else "")


def find_quote(quote: str, page: Page) -> Quote | None:
    """Return the page's own text where the quote stands on it word for word, else None.

    What may differ: ligatures, the shape of quotes and dashes, soft hyphens, words hyphenated over line ends,
    whitespace. Letters, digits, case and word breaks may not. Time is linear in the page and the quote.
    """
    wanted, there = form_of(quote), form_of(page.text)
    size = len(wanted.letters)
    whole = (at for at in _places(wanted.letters, there) if there.breaks_at(at) and there.breaks_at(at + size))
    for start in islice(whole, MAX_PLACES):
        if same_gaps(wanted, 0, there, start, size):
            return _quoted(wanted, 0, page, start, size)
    return None


def around(quote: str, text: str) -> str:
    """Return the sentences of a text that a quote is cut out of; the quote where it does not stand there."""
    wanted, there = form_of(quote), form_of(text)
    start = there.letters.find(wanted.letters) if wanted.letters else -1
    if start < 0:
        return quote
    begin, end = there.starts[start], there.starts[start + len(wanted.letters) - 1] + 1
    touched = [span for span in sentences(text) if span.start < end and span.end > begin]
    return text[touched[0].start : touched[-1].end] if touched else quote


def find_in_text(quote: str, texts: Sequence[str]) -> Quote | None:
    """Return the quote found in one of the texts of a section; for sources without pages."""
    for text in texts:
        found = find_quote(quote, Page(number=0, text=text))
        if found is not None:
            return Quote(found.text, page=None)
    return None


def verify(candidate: str, pages: Sequence[Page]) -> Found | None:
    """Find a sentence on the page that it stands on, not on the passage's first.

    ``pages`` are all pages its passage touches, in order. A sentence that no page holds whole (it runs over a page
    break, or around a figure) gives its longer part, if that is long enough to stand alone.
    """
    for page in pages:
        quote = find_quote(candidate, page)
        if quote is not None:
            return Found(quote)
    best: Found | None = None
    for page in pages:
        for part in _ends(candidate, page):
            if best is None or len(part.quote.text) > len(best.quote.text):
                best = part
    return best


def longest(candidate: str, pages: Sequence[Page], *, at_least: int = 12) -> Found | None:
    """Return the longest run of whole words of a text that stands on one page; for formulas, whose lines a page prints
    in another order than they are read in. None below ``at_least`` characters.
    """
    words = candidate.split()
    best: tuple[int, Quote, int, int] | None = None
    for page in pages:
        first = 0
        for last in range(1, len(words) + 1):
            while first < last and (quote := find_quote(" ".join(words[first:last]), page)) is None:
                first += 1
            if first < last and quote is not None and len(quote.text) > (best[0] if best else at_least - 1):
                best = (len(quote.text), quote, first, last)
    if best is None:
        return None
    return Found(best[1], cut_before=best[2] > 0, cut_after=best[3] < len(words))


def approximate(quote: str, page: Page) -> Quote | None:
    """Return the page's exact text for a quote that a model wrote down almost exactly, else None.

    One contiguous run of at least 85 % of the quote's letters, and 12 of them, must stand on the page. Such a run
    always holds the quote's middle, so it is found by looking for that and growing it: no pairwise comparison.
    """
    exact = find_quote(quote, page)
    if exact is not None:
        return exact if len(exact.text) >= MIN_APPROXIMATE else None
    return _almost(quote, page) or _with_marks(quote, page)


def _with_marks(quote: str, page: Page) -> Quote | None:
    """Find a quote that leaves out the page's marks of references and footnotes ("[16]", "gradients4."); show them.

    Marks that the quote does have must stand there, too: "[0, 1]" may be no mark at all.
    """
    bare = _blanked(page.text)
    found = _almost(_blanked(quote), Page(page.number, bare)) if bare != page.text else None
    if found is None:
        return None
    wanted, there = form_of(found.text), form_of(bare)
    start = there.letters.find(wanted.letters)
    if start < 0:
        return None
    begin, end = there.starts[start], there.starts[start + len(wanted.letters) - 1] + 1
    shown = find_quote(page.text[begin:end], page)
    has = [_plain_mark(mark) for mark in _MARK.findall(page.text[begin : end + MAX_MARK])]
    return shown if all(_plain_mark(mark) in has for mark in _MARK.findall(quote)) else None


def _blanked(text: str) -> str:
    """Return a text with spaces in the places of its marks."""
    return _MARK.sub(lambda mark: " " * len(mark.group()), text)


def _plain_mark(mark: str) -> str:
    return "".join(mark.split())


def _almost(quote: str, page: Page) -> Quote | None:
    wanted, there = form_of(quote), form_of(page.text)
    size = len(wanted.letters)
    needed = max(MIN_APPROXIMATE, math.ceil(MIN_APPROXIMATE_SHARE * size))
    first, last = size - needed, needed  # every run of `needed` letters covers [first, last)
    if size < MIN_APPROXIMATE or last <= first:
        return None
    for place in islice(_places(wanted.letters[first:last], there), MAX_PLACES):
        at, start, length = _grown(wanted, first, there, place, last - first)
        if length >= needed and same_gaps(wanted, at, there, start, length):
            return _quoted(wanted, at, page, start, length)
    return None


def _places(letters: str, page: Form) -> Iterator[int]:
    """Yield where the letters stand on the page, spaces and hyphens not looked at."""
    if not letters:
        return
    start = page.letters.find(letters)
    while start >= 0:
        yield start
        start = page.letters.find(letters, start + 1)


def _quoted(wanted: Form, at: int, page: Page, start: int, length: int) -> Quote:
    there = form_of(page.text)
    begin, end = there.starts[start], there.starts[start + length - 1] + 1
    boxes = tuple(line.box for line in page.lines if line.start < end and line.end > begin)
    return Quote(mended(there, start, wanted, at, length), page.number, boxes)


def _ends(sentence: str, page: Page) -> Iterator[Found]:
    """Yield the longest beginning and the longest end of the sentence that the page holds, where long enough."""
    words = sentence.split()
    needed = max(MIN_PART, MIN_PART_SHARE * len(" ".join(words)))
    for from_start in (True, False):
        low, high, best = 0, len(words), None
        while high - low > 1:  # if n words stand there, so do n - 1
            middle = (low + high) // 2
            part = " ".join(words[:middle] if from_start else words[-middle:])
            quote = find_quote(part, page)
            if quote is None:
                high = middle
            else:
                low, best = middle, quote
        if best is not None and len(best.text) >= needed:
            yield Found(best, cut_before=not from_start, cut_after=from_start)


def _grown(quote: Form, at: int, page: Form, start: int, length: int) -> tuple[int, int, int]:
    """Grow a run of equal letters both ways, then step back to whole words of the page."""
    while at > 0 and start > 0 and quote.letters[at - 1] == page.letters[start - 1]:
        at, start, length = at - 1, start - 1, length + 1
    while (
        at + length < len(quote.letters)
        and start + length < len(page.letters)
        and quote.letters[at + length] == page.letters[start + length]
    ):
        length += 1
    while length and not page.breaks_at(start):
        at, start, length = at + 1, start + 1, length - 1
    while length and not page.breaks_at(start + length):
        length -= 1
    return at, start, length
