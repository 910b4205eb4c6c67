"""What fits into one embedding: counting without a tokenizer, what is embedded, and cutting text that is too long."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rag.index.ports import TokenCounter


class WordCounter:
    """Counts tokens without a tokenizer, a little too many rather than too few. For libraries without an embedder,
    so that their passages still fit when one is installed.
    """

    max_tokens: int = 256

    def count(self, text: str) -> int:
        """Return an upper estimate: a piece holds about three letters of a word, two digits of a number."""
        return 2 + sum(_pieces(word) for word in _COUNTED.findall(text))


def embedded_text(
    title: str, section: Sequence[str], text: str, label: str | None = None, *, counter: TokenCounter | None = None
) -> str:
    """Return what is embedded for a passage: title and section on a first line, clipped, then the label and text.

    The first line takes at most a quarter of what ``counter`` (the embedder; :class:`WordCounter` for None) reads, so
    that no title, however long, drowns the text. The label is written only where the text does not begin with it
    ("Table 4" on its second part).
    """
    return _under(heading(title, section, counter or WordCounter()), text, label)


def heading(title: str, section: Sequence[str], counter: TokenCounter) -> str:
    """Return the first line of an embedded text: the title's first words and the section path's last, or ""."""
    share = counter.max_tokens // _HEADING_SHARE
    path = _clipped(" > ".join(section), share // 2, counter, keep_end=True)
    name = _clipped(title, share // 2, counter)
    return " | ".join(part for part in (name, path) if part)


@dataclass(frozen=True, slots=True)
class Fit:
    """What fits into one passage under one heading. ``prefix`` is text that every part repeats (a table's head)."""

    heading: str
    label: str | None
    counter: TokenCounter
    target: int
    prefix: str = ""

    def tokens(self, text: str) -> int:
        """Return the tokens of what is embedded for a text, special ones included."""
        return self.counter.count(_under(self.heading, self.prefix + text, self.label))

    def fits(self, text: str) -> bool:
        """Whether the embedder reads all of it."""
        return self.tokens(text) <= self.counter.max_tokens

    def own(self, text: str) -> int:
        """Return the tokens of the text alone, without special ones."""
        return self.counter.count(text) - self.counter.count("")

    def head(self) -> int:
        """Return the tokens taken by title, section, label, prefix and special tokens."""
        return self.tokens("")

    def cut(self, text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
        """Yield ``text[start:end]`` in pieces that fit: as they are, else after clauses, words, at last letters."""
        while start < end:
            stop = end if self._short(text, start, end) else self._furthest(text, start, end)
            yield start, stop
            start = stop
            while start < end and text[start].isspace():
                start += 1

    def _window(self) -> int:
        return _CHARS_PER_TOKEN * self.counter.max_tokens

    def _short(self, text: str, start: int, end: int) -> bool:
        return end - start <= self._window() and self.fits(text[start:end])

    def _furthest(self, text: str, start: int, end: int) -> int:
        window = text[start : min(end, start + self._window())]
        words = [m.end() for m in re.finditer(r"\S(?=\s)", window)]
        longest = self._longest(window, words)
        if not longest:
            longest = self._longest(window, range(1, (words[0] if words else len(window)) + 1))
        if not longest:
            raise ValueError(f"the embedder reads {self.counter.max_tokens} tokens, too few for any text")
        clauses = [m.end() for m in _CLAUSE_END.finditer(window, longest // 2, longest)]
        return start + (clauses[-1] if clauses else longest)

    def _longest(self, window: str, ends: Sequence[int]) -> int:
        """Return the largest of the ascending ``ends`` whose prefix fits, 0 if none does."""
        low, high = 0, len(ends)
        while low < high:
            middle = (low + high) // 2
            if self.fits(window[: ends[middle]]):
                low = middle + 1
            else:
                high = middle
        return ends[low - 1] if low else 0


_HEADING_SHARE = 4  # title and section together take at most one token in four
_LONGEST_NAME = 400  # characters of a title or path that are looked at
_COUNTED = re.compile(r"[^\W\d_]+|\d+|[^\w\s]|_")
_CHARS_PER_TOKEN = 8  # a piece is looked for within this many characters per token, so that cutting stays linear
_CLAUSE_END = re.compile(r"[;:,—–)](?=\s)")


def _pieces(word: str) -> int:
    if word[0].isdigit():
        return (len(word) + 1) // 2
    if not word.isascii() or not word.isalpha():
        return len(word)
    known = word.islower() or word.istitle()  # acronyms and camel case fall apart: "il ##s ##vr ##c"
    return (len(word) + 2) // 3 if known else max(1, len(word) - 1)


def _under(line: str, text: str, label: str | None) -> str:
    named = f"{label}: {text}" if label and not text.casefold().startswith(label.casefold()) else text
    return f"{line}\n{named}" if line else named


def _clipped(text: str, tokens: int, counter: TokenCounter, *, keep_end: bool = False) -> str:
    """Keep the first (or last) words that count at most ``tokens``; of one endless word, its first letters."""
    bare = counter.count("")
    words = text[-_LONGEST_NAME:].split() if keep_end else text[:_LONGEST_NAME].split()
    while words and counter.count(" ".join(words)) - bare > tokens:
        if len(words) == 1:
            words = [words[0][: len(words[0]) // 2]] if len(words[0]) > 1 else []
        else:
            words = words[1:] if keep_end else words[:-1]
    return " ".join(words).strip(" >")
