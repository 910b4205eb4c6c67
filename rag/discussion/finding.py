"""Which discussion a person means: its number in the group's own headings, its heading, words of it, or its place."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from rag.domain.note import Discussion
from rag.errors import Ambiguous, NotFound

NEAR = 3
NEAR_SCORE = 60.0


def find_discussion(typed: str, discussions: Sequence[Discussion]) -> Discussion:
    """Return the one discussion that a person means. Raises NotFound, and Ambiguous where several fit as well.

    What :func:`place_of` gives names a place in the notes. Any other number is the group's own: theirs may begin
    anywhere, leave some out, and stand twice.
    """
    wanted = " ".join(typed.split())
    place = _PLACE.match(wanted)
    if place is not None:
        found = [discussion for discussion in discussions if str(discussion.position) == place[1].lstrip("0")]
    else:
        found = _called(wanted, discussions)
    if len(found) > 1:
        raise Ambiguous(wanted, tuple((place_of(d), heading_of(d)) for d in found), what="discussion")
    if not found:
        raise NotFound(what="discussion", name=wanted, near=tuple(_near(wanted, discussions)))
    return found[0]


def suggest_discussions(typed: str, discussions: Sequence[Discussion], limit: int) -> tuple[Discussion, ...]:
    """Return the discussions that fit what was typed so far: of that number first, then the newest."""
    wanted = " ".join(typed.split())
    newest = [discussion for discussion in reversed(discussions) if _has(discussion, wanted)]
    return tuple(sorted(newest, key=lambda discussion: not _has_number(discussion, wanted)))[:limit]


def place_of(discussion: Discussion) -> str:
    """Return what names a discussion alone, also where another has its number: "#12" is the twelfth in the notes."""
    return f"#{discussion.position}"


def heading_of(discussion: Discussion) -> str:
    """Return a heading as the group writes it, on one line.

    >>> heading_of(Discussion(1, "3", "ResNet", 2015, ()))
    'Discussion 3 ResNet - 2015'
    """
    year = ["-", str(discussion.year)] if discussion.year is not None else []
    return " ".join(part for part in ("Discussion", discussion.ordinal, discussion.title, *year) if part)


_PLACE = re.compile(r"#(\d+)\Z", re.ASCII)
_LEADING = re.compile(r"\Adiscussion\b\s*")


def _called(wanted: str, discussions: Sequence[Discussion]) -> list[Discussion]:
    """Return those that fit in the strictest way in which any does."""
    for fits in (_has_number, _has_title, _begins, _is_named):
        found = [discussion for discussion in discussions if wanted and fits(discussion, wanted)]
        if found:
            return found
    return []


def _has_number(discussion: Discussion, typed: str) -> bool:
    number = _bare(typed).lstrip("0")
    return number != "" and number == _folded(discussion.ordinal).lstrip("0")


def _has_title(discussion: Discussion, typed: str) -> bool:
    heading = replace(discussion, year=None)
    return _bare(typed) in (_folded(discussion.title), _bare(heading_of(heading)), _bare(heading_of(discussion)))


def _begins(discussion: Discussion, typed: str) -> bool:
    """Whether a heading or title begins so, and not in the middle of a number."""
    begun = re.compile(re.escape(_bare(typed)) + (r"\b" if typed[-1].isdigit() else ""))
    return any(begun.match(text) for text in (_bare(heading_of(discussion)), _folded(discussion.title)))


def _is_named(discussion: Discussion, typed: str) -> bool:
    """Whether these words stand in the heading: parts of words will do, parts of numbers will not."""
    heading = _folded(heading_of(discussion))
    return _has(discussion, typed) and all(
        re.search(rf"\b{word}\b", heading) for word in _folded(typed).split() if word.isdecimal()
    )


def _has(discussion: Discussion, typed: str) -> bool:
    heading = _folded(heading_of(discussion))
    return all(word in heading for word in _folded(typed).split())


def _near(wanted: str, discussions: Sequence[Discussion]) -> list[str]:
    from rapidfuzz import fuzz, process

    titles = {n: discussion.title for n, discussion in enumerate(discussions)}
    close = process.extract(wanted, titles, scorer=fuzz.WRatio, processor=_folded, limit=NEAR, score_cutoff=NEAR_SCORE)
    return [heading_of(discussions[n]) for _title, _score, n in close]


def _bare(text: str) -> str:
    """Return a heading without the word that all of them begin with."""
    return _LEADING.sub("", _folded(text))


def _folded(text: str) -> str:
    return " ".join(text.casefold().split())
