"""What in Markdown is one piece: links, mentions, code, and the marks that have to be closed where a message ends."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass

_PIECE = re.compile(
    r"""
    (?P<fence>```(?:(?P<language>[a-zA-Z0-9_+.-]*)\n)?[\s\S]+?```)
  | (?P<link>\[(?:\[[^\[\]\n]*+\]|[^\[\]\n])*+\]
        \((?:<[^<>\n]*+>|(?:[^()\s\\]|\\.|\([^()\s]*+\))*+)(?:\s+["'][^"'\n]*+["'])?\))
  | (?P<citation>\\?\[\d+(?:[,–-]\ ?\d+)*\])
  | (?P<escape>\\[^0-9A-Za-z\s])
  | (?P<code>(?<!`)(?P<ticks>`{1,2})(?!`)[\s\S]+?(?<!`)(?P=ticks)(?!`))
  | (?P<thing><(?:@[!&]?\d+|\#\d+|/[^<>\n]{1,100}:\d+|t:-?\d+(?::[a-zA-Z])?|a?:\w{1,40}:\d+|id:\w{1,40}
        |[^\s<>:]{1,20}:/[^\s<>]+)>)
  | (?P<address>https?://[^\s<]+)
  | (?P<marks>\*{1,3}(?!\*)|__?(?!_)|~~|\|\|)
    """,
    re.VERBOSE,
)
LINE_AGAIN = re.compile(r" *(?:> |-# )+")
"""What a line begins with and its rest begins with again, so that a quote goes on as a quote."""


@dataclass(frozen=True, slots=True)
class Held:
    """Text between two marks. A cut within writes ``closing`` before it and ``opening`` after it."""

    start: int  # of the first mark
    inner_start: int
    inner_end: int
    end: int
    opening: str
    closing: str
    verbatim: bool = False  # code: every space counts, and nothing in it is Markdown


class Wholes:
    """The pieces of one Markdown text, to be asked about places in it. Made in linear time.

    ``limit``: what is longer is not held together, code then becomes something that is closed and opened again.
    """

    def __init__(self, markdown: str, limit: int) -> None:
        self._text, self._limit = markdown, limit
        pieces: list[tuple[int, int]] = []
        held: list[Held] = []
        open_marks: list[tuple[str, int]] = []
        for found in _PIECE.finditer(markdown):
            kind = found.lastgroup
            if kind == "marks":
                held.extend(self._paired(found, open_marks))
            elif kind != "citation" and len(self._lead(found)) + len(found[0]) > limit:
                held.extend(self._code(found))
            else:
                pieces.append(found.span())
        for each in held:
            beside = 0 if each.verbatim else 1  # a mark and the letter that it stands at
            pieces.append((each.start, each.inner_start + beside))
            pieces.append((each.inner_end - beside, each.end))
        self._pieces = _merged(pieces)
        self._starts = [start for start, _ in self._pieces]
        self._changes, self._held = _nested(held)

    def piece_around(self, at: int) -> tuple[int, int] | None:
        """Return start and end of the piece that a cut would halve; None between pieces."""
        index = bisect_left(self._starts, at) - 1
        if index < 0 or self._pieces[index][1] <= at:
            return None
        return self._pieces[index]

    def piece_from(self, at: int) -> int:
        """Return where the piece that begins here ends; ``at`` itself when none does."""
        index = bisect_left(self._starts, at)
        return self._pieces[index][1] if index < len(self._starts) and self._starts[index] == at else at

    def held_at(self, at: int) -> tuple[Held, ...]:
        """Return what has to be closed when the text is cut here, the outermost first."""
        index = bisect_left(self._changes, at) - 1
        return tuple(each for each in self._held[index] if at < each.end) if index >= 0 else ()

    def _paired(self, found: re.Match[str], open_marks: list[tuple[str, int]]) -> Iterator[Held]:
        """Yield what these marks close; remember what they open."""
        at, end = found.span()
        while at < end:
            rest = self._text[at:end]
            names = [name for name, _ in open_marks]
            mark = next((name for name in reversed(names) if rest.startswith(name) and self._closes(name, at)), None)
            if mark is None:
                if rest not in names and not (rest in ("*", "_") and self._text[end : end + 1].isspace()):
                    open_marks.append((rest, at))
                return
            index = names.index(mark)
            start = open_marks[index][1]
            del open_marks[index:]
            at += len(mark)
            if at - start > 2 * len(mark):
                yield Held(start, start + len(mark), at - len(mark), at, mark, mark)

    def _closes(self, mark: str, at: int) -> bool:
        if mark == "*":
            return not self._text[at - 1].isspace()
        after = self._text[at + 1 : at + 2]
        return mark != "_" or not (after.isascii() and (after.isalnum() or after == "_"))

    def _code(self, found: re.Match[str]) -> Iterator[Held]:
        start, end = found.span()
        if found.lastgroup == "code":
            ticks = found["ticks"]
            yield Held(start, start + len(ticks), end - len(ticks), end, ticks, ticks, verbatim=True)
        elif found.lastgroup == "fence":
            lead = self._lead(found)
            inner_start = start + 3 if found["language"] is None else found.end("language") + 1
            opening = f"{lead}```{found['language'] or ''}\n"
            yield Held(start, inner_start, end - 3, end, opening, f"\n{lead}```", verbatim=True)

    def _lead(self, found: re.Match[str]) -> str:
        """Return what the line of a code block begins with when it is quoted."""
        if found.lastgroup != "fence":
            return ""
        line = LINE_AGAIN.match(self._text, self._text.rfind("\n", 0, found.start()) + 1, found.start())
        return line[0] if line else ""


def _merged(pieces: list[tuple[int, int]]) -> list[tuple[int, int]]:
    merged: list[tuple[int, int]] = []
    for start, end in sorted(pieces):
        if merged and start < merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], end))
        else:
            merged.append((start, end))
    return merged


def _nested(held: list[Held]) -> tuple[list[int], list[tuple[Held, ...]]]:
    """Return the places where something begins or ends, and what is open after each."""
    changes: list[int] = []
    states: list[tuple[Held, ...]] = []
    around: tuple[Held, ...] = ()
    for each in sorted(held, key=lambda one: (one.start, -one.end)):
        around = (*(one for one in around if each.start < one.end), each)
        changes.append(each.start)
        states.append(around)
    return changes, states
