"""Which paper a discussion was about: its heading against the names of the guild's papers. Asks rather than guesses."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

from rag.domain.aliases import GENERIC_WORDS, initials, title_head
from rag.domain.note import Discussion
from rag.domain.paper import Paper, name_form
from rag.errors import SeminarError
from rag.sources.known_names import known_papers

log = logging.getLogger(__name__)

MIN_SCORE = 85.0
MIN_MARGIN = 5.0
"""WRatio that counts as the same name, and the lead over the runner-up below which we ask (ecosystem.md F)."""


class FoundPaper(Protocol):
    """A search result, such as an arXiv record."""

    @property
    def base_id(self) -> str:
        """Return the arXiv id without version."""
        ...

    @property
    def title(self) -> str:
        """Return the title as arXiv has it."""
        ...


Search = Callable[[str], Sequence[FoundPaper]]


@dataclass(frozen=True, slots=True)
class Tied:
    """The heading names this paper."""

    paper_key: str
    paper_id: str


@dataclass(frozen=True, slots=True)
class Undecided:
    """The heading may name one of these papers of the library; a person has to say. Each is (paper_id, title)."""

    choices: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Untied:
    """No paper of the library has this name. ``suggestions`` are (arXiv id, title) that could be added."""

    suggestions: tuple[tuple[str, str], ...] = ()


Tie = Tied | Undecided | Untied


def tie(discussion: Discussion, papers: Sequence[Paper], search: Search | None = None) -> Tie:
    """Match a discussion's heading to a paper of its guild.

    In order: an alias, title or title head that is the same name; the beginning of a title; a name the field gives
    to a paper that is not here; then typing errors (WRatio >= 85, word for word); then initials, which are asked about
    and never believed. Last the search, of which only a close title counts.

    One letter makes a coined name another model (DQN, DDQN), so a single word is never tied by similarity. Copies of
    one paper count as one. Deterministic.
    """
    name = _without_year(discussion.title)
    if not name_form(name):
        return Untied()
    works = _works(papers)
    for match in (_same_name, _title_begins, _known_elsewhere, _mistyped, _same_initials):
        decided = match(name, works)
        if decided is not None:
            return decided
    return _searched(name, works, search) if search is not None else Untied()


def _same_name(name: str, works: Sequence[Paper]) -> Tie | None:
    for wanted in _readings_of(name):
        if found := [paper for paper in works if wanted in {name_form(known) for known in _names(paper)}]:
            return _decide(found)
    return None


def _title_begins(name: str, works: Sequence[Paper]) -> Tie | None:
    words = _words(name)
    found = [paper for paper in works if len(words) > 1 and _words(paper.title)[: len(words)] == words]
    if not found:
        return None
    return _ask(found) if all(word in GENERIC_WORDS for word in words) else _decide(found)


def _known_elsewhere(name: str, works: Sequence[Paper]) -> Tie | None:
    """The field gives this name to a paper; where the library lacks it, no similar name will do (ResNeXt, ResNet)."""
    known = known_papers(name)
    held = [paper for paper in works if paper.arxiv_id in {arxiv_id for arxiv_id, _ in known}]
    if held:
        return _decide(held)
    return Untied(known) if known else None


def _mistyped(name: str, works: Sequence[Paper]) -> Tie | None:
    from rapidfuzz import fuzz

    scored = []
    for paper in works:
        close = [known for known in _names(paper) if _word_for_word(_words(name), _words(known))]
        score = max((fuzz.WRatio(" ".join(_words(name)), " ".join(_words(known))) for known in close), default=0.0)
        if score >= MIN_SCORE:
            scored.append((score, paper))
    scored.sort(key=lambda pair: (-pair[0], pair[1].key))
    if not scored:
        return None
    near = [paper for score, paper in scored if scored[0][0] - score < MIN_MARGIN]
    return _decide(near) if len(_words(name)) > 1 else _ask(near)


def _same_initials(name: str, works: Sequence[Paper]) -> Tie | None:
    """Ask only: "GAN" is also what the initials of "Graph Attention Networks" say."""
    wanted = name_form(name)
    if len(_words(name)) != 1 or not 3 <= len(wanted) <= 8:
        return None
    found = [paper for paper in works if wanted in {initials(paper.title), initials(title_head(paper.title))}]
    return _ask(found) if found else None


def _searched(name: str, works: Sequence[Paper], search: Search) -> Tie:
    try:
        records = search(name)
    except SeminarError as error:
        log.info("could not search for %r: %s", name, error)
        return Untied()
    close = [record for record in records if _is_close(name, record.title)]
    held = {paper.arxiv_id: paper for paper in works if paper.arxiv_id}
    ids = dict.fromkeys(record.base_id for record in close)
    if len(ids) == 1 and (paper := held.get(next(iter(ids)))) is not None:
        return Tied(paper.key, paper.paper_id)
    return Untied(tuple({record.base_id: (record.base_id, record.title) for record in close}.values())[:5])


def _is_close(name: str, title: str) -> bool:
    """Tell whether a stranger's title is the heading, begins with it, or spells it out."""
    words, told = _words(name), _words(title)
    if name_form(name) in {name_form(title), name_form(title_head(title)), initials(title_head(title))}:
        return True
    if len(words) > 1 and not all(word in GENERIC_WORDS for word in words) and told[: len(words)] == words:
        return True
    return len(words) > 1 and (_word_for_word(words, told) or _word_for_word(words, _words(title_head(title))))


def _decide(found: Sequence[Paper]) -> Tie:
    if len(found) == 1:
        return Tied(found[0].key, found[0].paper_id)
    return _ask(found)


def _ask(found: Iterable[Paper]) -> Undecided:
    return Undecided(tuple((paper.paper_id, paper.title) for paper in found))


def _works(papers: Sequence[Paper]) -> list[Paper]:
    """Return one copy of each paper: the best readable, then the one under its arXiv id; ordered by key."""
    best: dict[str, Paper] = {}
    for paper in sorted(papers, key=_readability):
        best.setdefault(paper.arxiv_id or name_form(paper.title) or paper.key, paper)
    by_title: dict[str, Paper] = {}
    for paper in sorted(best.values(), key=_readability):
        by_title.setdefault(name_form(paper.title) or paper.key, paper)
    return sorted(by_title.values(), key=lambda paper: paper.key)


def _readability(paper: Paper) -> tuple[int, bool, str]:
    return (len(paper.unread_pages), paper.paper_id != paper.arxiv_id, paper.key)


def _names(paper: Paper) -> tuple[str, ...]:
    return (*paper.aliases, paper.title, title_head(paper.title))


def _readings_of(name: str) -> list[str]:
    """Return what a heading may mean: all of it, without or within its brackets, "GAN" for "the GANs paper"."""
    inside = re.findall(r"[(\[]([^)\]]+)[)\]]", name)
    outside = re.sub(r"[(\[][^)\]]*[)\]]", " ", name)
    plain = re.sub(r"(?i)^(?:the|paper:?)\s+|\s+(?:paper|model|architecture)s?$", "", outside.strip())
    single = re.sub(r"(?<=[A-Z])s$", "", plain)
    return list(dict.fromkeys(form for text in (name, outside, *inside, plain, single) if (form := name_form(text))))


def _words(name: str) -> list[str]:
    """Cut into folded words; a hyphen joins ("R-CNN" is "rcnn")."""
    return [form for part in name.split() if (form := name_form(part))]


def _without_year(title: str) -> str:
    bare = re.sub(r"[\s\-–—,(]*\b(?:19|20)\d\d\b\)?\s*$", "", title).strip()
    return bare or title.strip()


def _word_for_word(a: Sequence[str], b: Sequence[str]) -> bool:
    """Tell whether two names are the same words, each but for a slip of the fingers."""
    return len(a) == len(b) and all(_slipped(x, y) for x, y in zip(a, b, strict=True))


def _slipped(a: str, b: str) -> bool:
    """Allow one slip in a word of five letters, two from nine on; first letter and digits must agree.

    "faster" and "fast", "v3" and "v4", "supervised" and "unsupervised" are different words.
    """
    from rapidfuzz.distance import OSA

    if a == b:
        return True
    shorter = min(len(a), len(b))
    digits = [re.sub(r"\D", "", word) for word in (a, b)]
    if shorter < 5 or a[0] != b[0] or digits[0] != digits[1]:
        return False
    return OSA.distance(a, b) <= (2 if shorter >= 9 else 1)
