"""Which discussion a person means: its place in the notes, or words of its heading."""

from __future__ import annotations

from collections.abc import Sequence

from rag.domain.note import Discussion
from rag.errors import NotFound

NEAR = 3
NEAR_SCORE = 60.0


def find_discussion(typed: str, discussions: Sequence[Discussion]) -> Discussion:
    """Return the discussion at a 1-based place, or the only one whose heading has these words. Raises NotFound.

    A number is a place: ordinals may stand twice.
    """
    wanted = typed.strip()
    if wanted.isdecimal():
        found = [discussion for discussion in discussions if str(discussion.position) == wanted.lstrip("0")]
    else:
        named = [discussion for discussion in discussions if _folded(wanted) == _folded(discussion.title)]
        found = named or [discussion for discussion in discussions if wanted and _has(discussion, wanted)]
    if len(found) == 1:
        return found[0]
    near = [heading_of(discussion) for discussion in found[:NEAR]] or _near(wanted, discussions)
    raise NotFound(what="discussion", name=wanted, near=tuple(near))


def suggest_discussions(typed: str, discussions: Sequence[Discussion], limit: int) -> tuple[Discussion, ...]:
    """Return the discussions that fit what was typed so far, the newest first."""
    return tuple(discussion for discussion in reversed(discussions) if _has(discussion, typed.strip()))[:limit]


def heading_of(discussion: Discussion) -> str:
    """Return a heading as the group writes it, on one line.

    >>> heading_of(Discussion(1, "3", "ResNet", 2015, ()))
    'Discussion 3 ResNet - 2015'
    """
    year = ["-", str(discussion.year)] if discussion.year is not None else []
    return " ".join(part for part in ("Discussion", discussion.ordinal, discussion.title, *year) if part)


def _has(discussion: Discussion, typed: str) -> bool:
    heading = _folded(heading_of(discussion))
    return all(word in heading for word in _folded(typed).split())


def _near(wanted: str, discussions: Sequence[Discussion]) -> list[str]:
    from rapidfuzz import fuzz, process

    titles = {n: discussion.title for n, discussion in enumerate(discussions)}
    close = process.extract(wanted, titles, scorer=fuzz.WRatio, processor=_folded, limit=NEAR, score_cutoff=NEAR_SCORE)
    return [heading_of(discussions[n]) for _title, _score, n in close]


def _folded(text: str) -> str:
    return " ".join(text.casefold().split())
