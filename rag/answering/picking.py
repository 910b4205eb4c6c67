"""From hits to evidence: the sentences that answer, each found on its page before it is chosen."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from rag.answering.bookshelf import Bookshelf
from rag.answering.candidates import Candidate, candidates, opening
from rag.answering.evidence import Scored, Scorer, Wanted, chosen
from rag.answering.ports import Evidence
from rag.answering.questions import Asks
from rag.answering.quotes import Found
from rag.answering.terms import coined_names, is_named
from rag.answering.wording import Rarity, is_there, places_of, share_covered, stems_of, words_in
from rag.domain.paper import Paper, name_form
from rag.domain.passage import Hit
from rag.domain.reading import Kind
from rag.retrieval.items import Item, items_in, mentions_item
from rag.retrieval.names import names_of

CHECKED = 12
"""Sentences of one paper that are looked up on their pages before the best are chosen."""
ELSEWHERE = 0.3
"""What a sentence of another paper loses when the question names one."""
MENTIONS = 2
"""Sentences of the running text that speak of an item, shown after it."""
MAX_ITEM = 5
DESCRIBED, DESCRIBED_MARGIN = 0.6, 0.2
"""Share of the question's other words that an item's text holds, and its lead, for its paper to be the one meant."""
READABLE_WORDS = 6
TALKATIVE = 14
"""Words from which a sentence on an item is more than "Figure 2 shows the results"."""
CODE_SENTENCES = 2
OPENING = 12
"""Passages of a paper that has no sections, in which it says what it does."""
_OVERVIEW = re.compile(r"abstract|introduction|conclusion|discussion|summary|overview", re.IGNORECASE)
_SAYS_CODE = re.compile(
    r"github|\b(?:code|implementations?|models?|repository)\b.{0,60}\b(?:available|released?|public(?:ly)?|"
    r"found at|https?)\b"
    r"|\b(?:releas\w+|publish\w+|open-sourc\w+|available)\b.{0,60}\b(?:code|implementation)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Picked:
    """Sentences chosen, with their scores' parts (for the floor) and as evidence, best first."""

    scored: tuple[Scored, ...]
    evidence: tuple[Evidence, ...]


def picked(
    wanted: Wanted, hits: Iterable[Hit], *, scorer: Scorer, shelf: Bookshelf, papers: Sequence[str], between: bool
) -> Picked:
    """Choose the sentences of the hits that answer best. ``papers`` are the keys of those asked of, ``between`` whether
    they are compared.
    """
    papers = () if _is_of_no_paper(wanted) else papers
    scored = scorer.score(wanted, candidates(hits))
    if wanted.asked.kind is not Asks.COMPARISON:
        scored = [_nearer(one, papers) for one in scored if to_the_point(wanted, one.candidate, papers)]
    places: dict[int, Found] = {}
    found = _found(sorted(scored, key=lambda s: -s.score), shelf, places)
    best = chosen(wanted, found, between=papers if between else ())
    return Picked(tuple(best), tuple(_evidence(one, places[id(one)]) for one in best))


def of_item(
    items: Sequence[Item], hits: Sequence[Hit], around: Iterable[Hit], shelf: Bookshelf
) -> tuple[Evidence, ...]:
    """Return what stands at a numbered item (its caption, or an equation with the sentences around it), then sentences
    of the passages ``around`` that speak of it by its number.
    """
    evidence: list[Evidence] = []
    shown: list[str] = []
    for hit in hits:
        own = opening(hit)
        if not any(_same(own.text, text) for text in shown):
            shown.append(own.text)
            parts = shelf.find_parts(own)
            whole = [part for part in parts if _readable(part, hit)] or ([] if evidence else list(parts[:1]))
            evidence += [_ranked(own, found, len(evidence)) for found in whole]
    most = len(evidence) + MENTIONS
    speaking = [c for c in candidates(around) if any(mentions_item(item, c.text) for item in items)]
    speaking.sort(key=lambda c: c.flaw + (0.2 if len(c.words) < TALKATIVE else 0.0))
    for candidate in speaking:
        found = shelf.find(candidate) if len(evidence) < most else None
        if found is not None and not any(_same(candidate.text, text) for text in shown):
            shown.append(candidate.text)
            evidence.append(_ranked(candidate, found, len(evidence)))
    return tuple(evidence[:MAX_ITEM])


def labelled(items: Sequence[Item], hits: Iterable[Hit]) -> list[Hit]:
    """Return the hits that are one of the items."""
    return [hit for hit in hits if hit.passage.label and any(item in items for item in items_in(hit.passage.label))]


def described(words: Sequence[str], hits: Sequence[Hit], rarity: Rarity) -> list[Hit]:
    """Return the hits of the one paper whose item the other words of the question describe ("Figure 2 residual
    learning"); none when no paper or several are meant.
    """
    rest = [word for word in words if word.isalpha() and not items_in(f"{word} 1")]
    if not rest:
        return []
    shares: dict[str, float] = {}
    for hit in hits:
        share = share_covered(rest, stems_of(hit.passage.text), rarity)
        shares[hit.paper.key] = max(shares.get(hit.paper.key, 0.0), share)
    ranked = sorted(shares, key=lambda key: -shares[key])
    clear = ranked and shares[ranked[0]] >= DESCRIBED
    if not clear or any(shares[key] > shares[ranked[0]] - DESCRIBED_MARGIN for key in ranked[1:]):
        return []
    return [hit for hit in hits if hit.paper.key == ranked[0]]


def _ranked(candidate: Candidate, found: Found, place: int) -> Evidence:
    return Evidence(candidate.hit.paper, candidate.hit.passage, found, 1 - 0.05 * place, candidate.at)


def _readable(found: Found, hit: Hit) -> bool:
    """Whether a part of an item says something alone: of a table's cells, only runs of some words do."""
    if hit.passage.kind is not Kind.TABLE:
        return True
    words = [word for word in words_in(found.quote.text) if word.text.isalpha() and len(word.text) > 1]
    return len(words) >= READABLE_WORDS


def _same(one: str, other: str) -> bool:
    """Whether two texts of one item begin alike: the caption is part of a table's passage, too."""
    return one.startswith(other[:60]) or other.startswith(one[:60])


def overview(paper: Paper, shelf: Bookshelf) -> list[Hit]:
    """Return the passages in which a paper says what it does: abstract, introduction, conclusion."""
    passages = shelf.running_text(paper.key)
    overview = [p for p in passages if p.kind is Kind.ABSTRACT or _OVERVIEW.search(" ".join(p.section[:1]))]
    return [Hit(rank, 0.0, passage, paper) for rank, passage in enumerate(overview or passages[:OPENING], 1)]


def about_code(hits: Iterable[Hit], shelf: Bookshelf) -> tuple[Evidence, ...]:
    """Return the sentences in which a paper says where its code is; those with an address, if there are any."""
    said = [c for c in candidates(hits) if _SAYS_CODE.search(c.text)]
    said = [c for c in said if "://" in c.text or "github" in c.text.casefold()] or said
    found = ((candidate, shelf.find(candidate)) for candidate in said)
    held = [Evidence(c.hit.paper, c.hit.passage, f, 0.5, c.at) for c, f in found if f is not None]
    return tuple(held[:CODE_SENTENCES])


def to_the_point(wanted: Wanted, candidate: Candidate, papers: Sequence[str]) -> bool:
    """Whether a sentence may speak of what the question names. Another paper than those asked of has to name one of
    them. Where no paper is named, coined names ("GPT-4", "InstructGPT") that are not the paper's own have to stand in
    the passage or its headings.
    """
    hit = candidate.hit
    around = stems_of(" ".join((hit.paper.title, *hit.passage.section, hit.passage.text)))
    elsewhere = bool(papers) and hit.paper.key not in papers
    if elsewhere and not any(is_named(name, hit.passage.text) for names in wanted.names.values() for name in names):
        return False
    if hit.paper.key in papers:
        return True
    own = {name_form(name) for name in names_of(hit.paper)}
    coined = (name for name in coined_names(wanted.asked.question) if name.casefold() in wanted.words)
    return all(is_there(name.casefold(), around) or name_form(name) in own for name in coined)


def _is_of_no_paper(wanted: Wanted) -> bool:
    """Whether the term asked for only holds the name of a paper: "gated residual network" is no question to ResNet."""
    term = words_in(wanted.terms[0]) if wanted.terms else ()
    names = (name for names in wanted.names.values() for name in names)
    return any(places_of(name, term) and len(words_in(name)) < len(term) for name in names)


def _nearer(one: Scored, papers: Sequence[str]) -> Scored:
    elsewhere = papers and one.candidate.hit.paper.key not in papers
    return replace(one, score=one.score - ELSEWHERE) if elsewhere else one


def _found(scored: Sequence[Scored], shelf: Bookshelf, places: dict[int, Found]) -> Iterator[Scored]:
    """Yield the best of each paper that do stand on their pages, and note the ``places`` by the candidates' ids."""
    seen: Counter[str] = Counter()
    for one in scored:
        key = one.candidate.hit.paper.key
        seen[key] += 1
        if seen[key] <= CHECKED:
            place = shelf.find(one.candidate)
            if place is not None:
                places[id(one)] = place
                yield one


def _evidence(one: Scored, found: Found) -> Evidence:
    candidate: Candidate = one.candidate
    return Evidence(candidate.hit.paper, candidate.hit.passage, found, max(0.0, one.score), candidate.at)
