"""Papers by the names people give them: ids, aliases, titles, and these with typing errors."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from rag.domain.paper import Paper, name_form
from rag.errors import Ambiguous, NotFound
from rag.retrieval.words import STOP_WORDS

SURE = 85.0
"""rapidfuzz WRatio (0 to 100) from which a name counts as meant (ecosystem.md, F)."""

MARGIN = 5.0
"""By how much the best paper has to lead; closer, and people are asked."""

NEAR = 55.0
"""From here a title is worth naming as "did you mean"."""

COVERED = 0.75
"""A name is meant only when this share of what was typed is in it: WRatio takes one word in common for a fit."""

SAME_WORD = 80.0
"""From this ratio a word counts as another one with a slip."""

_SHOWN = 5
_ARXIV_ID = re.compile(r"(?<![\w.])(\d{4}\.\d{4,5}|[a-z-]+(?:\.[A-Z]{2})?/\d{7})(?:v\d+)?(?![\w])")
_HASH = re.compile(r"(?:sha256:)?([0-9a-f]{6,64})")


@dataclass(frozen=True, slots=True)
class PaperMatch:
    """What a name fits: one paper, several to ask about, or none, with the nearest."""

    name: str
    paper: Paper | None = None
    choices: tuple[Paper, ...] = ()
    near: tuple[Paper, ...] = ()

    def one(self) -> Paper:
        """Return the paper. Raises Ambiguous with the choices, or NotFound with the nearest titles."""
        if self.paper is not None:
            return self.paper
        if self.choices:
            raise Ambiguous(name=self.name, choices=tuple((p.paper_id, p.title) for p in self.choices))
        raise NotFound(what="paper", name=self.name, near=tuple(p.title for p in self.near))


def find_papers(name: str, papers: Sequence[Paper]) -> PaperMatch:
    """Return the paper that a person means: by id, else by alias or title, else by something close to one.

    An id is never guessed at. Copies of one arXiv paper count as one: the record that carries the arXiv id.
    """
    name = name.strip()
    by_id = _by_id(name, papers)
    if by_id is not None:
        return _match(name, by_id)
    form = name_form(name)
    if not form:
        return PaperMatch(name)
    exact = [p for p in papers if form in {name_form(known) for known in names_of(p)}]
    if exact:
        return _match(name, exact)
    return _close(name, papers)


def names_of(paper: Paper) -> tuple[str, ...]:
    """Return the aliases, the title, and the short name before a title's colon ("YOLOv4: Optimal ...")."""
    head = paper.title.partition(":")[0].strip()
    return tuple(dict.fromkeys(n for n in (*paper.aliases, paper.title, head) if name_form(n)))


def arxiv_ids_in(text: str) -> tuple[str, ...]:
    """Return the arXiv ids in a text without their versions."""
    return tuple(dict.fromkeys(_ARXIV_ID.findall(text)))


def one_copy_each(papers: Iterable[Paper]) -> tuple[Paper, ...]:
    """Return the papers with second copies of an arXiv paper left out where the record of that id is present."""
    held = tuple(dict.fromkeys(papers))
    ids = {p.paper_id for p in held}
    return tuple(p for p in held if p.paper_id == p.arxiv_id or p.arxiv_id not in ids)


def _by_id(name: str, papers: Sequence[Paper]) -> list[Paper] | None:
    """Return the papers of an id, [] for an id that nobody has, None for what is no id."""
    if any(p.paper_id == name for p in papers):
        return [p for p in papers if p.paper_id == name]
    ids = arxiv_ids_in(name)
    if ids:
        return [p for p in papers if p.arxiv_id in ids or p.paper_id in ids]
    hashed = _HASH.fullmatch(name.casefold())
    if hashed is None:
        return None
    held = [p for p in papers if p.sha256.startswith(hashed[1])]
    return held or ([] if ":" in name else None)


def _match(name: str, papers: Sequence[Paper]) -> PaperMatch:
    held = one_copy_each(papers)
    if len(held) == 1:
        return PaperMatch(name, paper=held[0])
    return PaperMatch(name, choices=held[:_SHOWN])


def _close(name: str, papers: Sequence[Paper]) -> PaperMatch:
    from rapidfuzz import fuzz, utils

    def score(known: str) -> float:
        return float(fuzz.WRatio(name, known, processor=utils.default_process))

    known_as = {p: _comparable(name, p) for p in one_copy_each(papers)}
    ranked = sorted(((max(map(score, known)), p) for p, known in known_as.items()), key=lambda pair: -pair[0])
    meant = [(max((score(n) for n in known if _covers(n, name)), default=0.0), p) for p, known in known_as.items()]
    best = max((fit for fit, _ in meant), default=0.0)
    leaders = [p for fit, p in sorted(meant, key=lambda pair: -pair[0]) if fit >= SURE and fit > best - MARGIN]
    if leaders:
        return _match(name, leaders)
    words = {name_form(word) for word in name.split()}
    named = [p for p in known_as if any(name_form(known) in words for known in names_of(p))]
    near = [*named, *(p for fit, p in ranked if fit >= NEAR)]
    return PaperMatch(name, near=tuple(dict.fromkeys(near))[:_SHOWN])


def _covers(known: str, name: str) -> bool:
    """Say whether enough of what was typed is in a name, with slips, and with words written as one or as two."""
    from rapidfuzz import fuzz

    typed, words = name_form(name), [name_form(word) for word in known.split()]
    if fuzz.partial_ratio(typed, name_form(known)) >= SURE and len(name_form(known)) >= COVERED * len(typed):
        return True
    wanted = [form for word in name.split() if (form := name_form(word)) and word.casefold() not in STOP_WORDS]
    found = [form for form in wanted if any(fuzz.ratio(form, word) >= SAME_WORD for word in words)]
    return bool(wanted) and len(found) >= COVERED * len(wanted)


def _comparable(name: str, paper: Paper) -> tuple[str, ...]:
    """Return the names that a fuzzy comparison may use. WRatio compares parts when lengths differ, which suits the
    beginning of a long title but makes "DQN" of "DRQN agents": short names meet only names of about their length.
    """
    length = len(name_form(name))
    if length < 4:
        return ("",)
    names = [n for n in names_of(paper) if len(name_form(n)) >= 4]
    alike = [n for n in names if 0.7 <= len(name_form(n)) / length <= 1.4]
    longer = [n for n in names if length >= 8 and len(name_form(n)) > length]
    return (*alike, *longer, "")
