"""Long Markdown in several messages: cut where a reader would pause, and never within what is one piece."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from bot.render.signs import whole
from bot.render.wholes import LINE_AGAIN, Held, Wholes

# A citation stays with what it proves; other signs would become a heading, a quote or a list where a message begins.
_GOES_ON = r"(?!\\?\[\d|(?:\#{1,3}|-\#|>|>>>|[-*+]|\d+\.)(?:\s|\Z))"
_SENTENCE = re.compile(
    rf"(?:(?<=[.!?…])|(?<=[.!?…][\])\"'”’*])|(?<=\](?=\s[A-Z])))\s++(?![a-z]){_GOES_ON}|(?<=[。！？]){_GOES_ON}"
)
_PAUSES = (re.compile(r"\n *\n"), re.compile(r"\n"), _SENTENCE, re.compile(rf"\s++{_GOES_ON}"))
"""From the best place to cut to the worst."""
_SEEN_ON = 16
"""How far a pause looks beyond itself."""

_ABBREVIATED = re.compile(r"\b(?:al|cf|vs|resp|e\.g|i\.e|Figs?|Eqs?|Secs?|Tabs?|App|Refs?|[A-Z])\.$")
_GAP = re.compile(r"\s*")
_WRITTEN = re.compile(r"\S")
_CODE = re.compile(r"[^\s>]")
_WOULD_BEGIN = re.compile(f"(?!{_GOES_ON})")
_LEAD = re.compile(r" *(?:(?:>>>|>|-\#|\#{1,3}|[-*+]|\d+\.) *)+")
_MOST_INDENT = 40


def split(markdown: str, limit: int, *, first: int | None = None) -> tuple[str, ...]:
    """Return the text in parts of at most ``limit`` characters that read as the whole did; () when it is blank.

    Cuts between paragraphs, else lines, sentences, words. What is one piece stays so unless it alone is too long.
    Code and bold text that go on are closed and opened again, quotes go on as quotes. ``first``: the room in the first
    part when it is less; the part is "" when nothing fits well.
    """
    assert limit > 0
    text = markdown.rstrip()
    wholes = Wholes(text, limit)
    parts: list[str] = []
    at, opening, room = _line_after(text, 0), "", limit if first is None else min(first, limit)
    while at < len(text):
        if len(opening) > limit // 2 or len(opening) + wholes.piece_from(at) - at > limit:
            opening = ""
        if len(text) - at <= room - len(opening):
            parts.append(opening + text[at:])
            break
        cut = _cut(text, wholes, at, room - len(opening), may_wait=room < limit)
        if cut.end == at:
            parts.append("")
        elif _WRITTEN.search(text, at, cut.end) and not LINE_AGAIN.fullmatch(text, at, cut.end):
            parts.append(opening + text[at : cut.end] + cut.closing)
        at, opening, room = cut.next, cut.opening, limit
    return tuple(parts)


@dataclass(frozen=True, slots=True)
class _Cut:
    end: int  # of what stands before it
    next: int  # where the text goes on
    closing: str = ""
    opening: str = ""


def _cut(text: str, wholes: Wholes, start: int, room: int, *, may_wait: bool) -> _Cut:
    """Return the best cut for a part that begins at ``start``. ``may_wait``: the next part has more room."""
    last = start + room
    free = min([last, *(held.start for held in wholes.held_at(last))])
    for within_marks, latest in ((False, free), (True, last)):
        for earliest in (start + room // 2, start + 1):
            for pause in _PAUSES:
                for place in _backwards(pause, text, earliest, latest):
                    cut = _at_pause(text, wholes, start, place, within_marks=within_marks)
                    if cut is not None and cut.end - start + len(cut.closing) <= room:
                        return cut
        if may_wait:
            return _Cut(start, start)
    return _hard(text, wholes, start, room)


def _backwards(pause: re.Pattern[str], text: str, earliest: int, latest: int) -> Iterator[int]:
    places = [found.start() for found in pause.finditer(text, earliest, latest + _SEEN_ON)]
    for place in reversed(places):
        abbreviated = pause is _SENTENCE and _ABBREVIATED.search(text, max(0, place - 6), place)
        if place <= latest and not abbreviated:
            yield place


def _at_pause(text: str, wholes: Wholes, start: int, place: int, *, within_marks: bool) -> _Cut | None:
    """Return the cut at this pause, None where the text must go on."""
    held = wholes.held_at(place)
    if wholes.piece_around(place) is not None or (held and not within_marks):
        return None
    if held and held[-1].verbatim:
        inner_start, inner_end = max(start, held[-1].inner_start), held[-1].inner_end
        if LINE_AGAIN.fullmatch(text, _line_from(text, start, place), place + 1):
            return None
        if not _CODE.search(text, inner_start, place) or not _CODE.search(text, place, inner_end):
            return None  # code of nothing is none
        return _framed(text, held, place, place + text[place].isspace())
    end = start + len(text[start:place].rstrip())
    gap = _GAP.match(text, end)
    assert gap is not None
    if end == start or _LEAD.fullmatch(text, _line_from(text, start, end), end):
        return None
    if "\n" in gap[0]:
        return _framed(text, held, end, _line_after(text, end))
    return _framed(text, held, end, gap.end())


def _hard(text: str, wholes: Wholes, start: int, room: int) -> _Cut:
    """Return a cut where no pause is: between pieces, else within the one that is too long."""
    at = start + room
    for _ in range(100):
        piece = wholes.piece_around(at)
        at = whole(text, at if piece is None else piece[0])
        if at <= start:
            break
        line = _line_from(text, start, at)
        if line > start and _LEAD.fullmatch(text, line, at):
            at = line
        held = wholes.held_at(at)
        over = at + sum(len(each.closing) for each in held) - start - room
        if over > 0:
            at -= over
        elif text[at - 1] in "_\\" or _WOULD_BEGIN.match(text, at):
            at -= 1
        elif wholes.piece_around(at) is None:
            return _framed(text, held, at, at)
    at = max(start + 1, whole(text, start + room))
    return _Cut(at, at)


def _framed(text: str, held: tuple[Held, ...], end: int, after: int) -> _Cut:
    """Return a cut that closes what is open, and opens it again with what the line began with."""
    fence = held[-1].opening if held and held[-1].opening.endswith("\n") else ""
    line = LINE_AGAIN.match(text, text.rfind("\n", 0, end) + 1)
    again = line[0] if line and text[after - 1] != "\n" and not fence.startswith("```") else ""
    marks = "".join(each.opening for each in held)
    closing = "".join(each.closing for each in reversed(held))
    return _Cut(end, after, closing, marks + again if fence else again + marks)


def _line_from(text: str, start: int, at: int) -> int:
    """Return where the line of a place begins, ``start`` when before it."""
    return max(start, text.rfind("\n", start, at) + 1)


def _line_after(text: str, at: int) -> int:
    """Return where the next line with something on it begins, its indentation kept."""
    gap = _GAP.match(text, at)
    assert gap is not None
    line = at + gap[0].rfind("\n") + 1
    return line if gap.end() - line <= _MOST_INDENT else gap.end()
