"""What a paper says of a topic: its sentences scored by words that tell it, by meaning and by where they stand."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

import numpy as np
from numpy.typing import NDArray

from rag.answering.bookshelf import Bookshelf
from rag.answering.candidates import Candidate, candidates
from rag.answering.ports import Evidence
from rag.answering.wording import stems_of
from rag.domain.passage import Hit, Passage
from rag.domain.reading import Kind
from rag.index.ports import Embedder
from rag.questions.english import unreadable
from rag.questions.ground import Ground
from rag.questions.topics import Topic, marks

MAX_FLAW = 0.5
"""Sentences with more of what reads badly are not shown (rag.answering.candidates)."""
MAX_EMBEDDED = 240
"""Sentences of a paper that are compared by meaning, those that tell most first: about 1 s on two cores."""
LEAST = 1.0
"""Score from which a sentence is shown; set by hand while reading five papers' fields."""
STILL_GOOD = 0.72
"""A further sentence is shown when it reaches this share of the best one's score."""
_SURE, _MARK, _MEANING, _WHERE, _OWN = 0.45, 0.12, 1.0, 0.4, 0.15
_APPENDIX, _USED, _UNFIT, _POINTS, _CITES, _LONG = 0.45, 0.6, 0.8, 0.2, 0.05, 0.1
_LEANS = 0.6
_ELSEWHERE, _ONLY_POINTS = 0.5, 0.6
_TELLING_WORDS = 16
"""With fewer, a sentence that names a figure or table only says where to look."""
_NEAR_COPY = 0.55
_BACK_MATTER = re.compile(r"^(?:appendix\b|supplement|[A-Z](?:\.\d+)*\.? )", re.IGNORECASE)
_NO_GROUND = re.compile(r"acknowledg|references|bibliography|checklist|author contributions?$", re.IGNORECASE)
_CITED = re.compile(r"\[\d[\d, –-]*\]|\b(?:19|20)\d\d[a-z]?\)")
_OF_OTHERS = re.compile(
    r"\b(?:et al\b|(?:their|previous|prior|earlier|existing|other) (?:work|method|model|approach)\w*)"
)
_POINTS_AT = re.compile(
    r"\b(?:see|shown|shows?|given|listed|summari[sz]ed|presented|described) in\b|^(?:Figure|Table|Fig)\b"
)
_LEANS_ON = re.compile(
    r"\b[Tt]h(?:is|ese|ose)(?: (?:is|are|was|were|means|makes|allows|shows|results?|questions?|phenomen\w+|effects?"
    r"|two|number|table|approach|case|observation|dataset|problem|difficult\w+|reason|end|purpose|value|setting|issue)\b"
    r"|,)|\b(?:the former|the latter|respectively|above|below)\b"
    r"|^(?:The (?:first|second|third)|Another|Another one|One) is\b|^(?:Second|Third|Last|Finally|First),|^\d{1,2}\. "
)
_ITEMS = re.compile(r"\b(?:Figures?|Tables?|Figs?\.?) \d")
_RELATED = re.compile(r"related|background|previous work|prior work", re.IGNORECASE)
_OF_PAPER = frozenset((Topic.EARLIER, Topic.COMPARISON, Topic.IMPORTANCE, Topic.PROBLEM))
"""Topics of which sentences on other people's work count as much."""
_LATE = frozenset((Topic.LIMIT, Topic.FUTURE, Topic.SAFETY))


@dataclass(frozen=True, slots=True)
class Sought:
    """What is looked for; see ``prompts/analysis.toml``."""

    asked: tuple[str, ...]
    sure: tuple[re.Pattern[str], ...]
    where: re.Pattern[str]
    unfit: re.Pattern[str]
    most: int
    only: bool


@lru_cache(maxsize=1)
def sought() -> Mapping[Topic, Sought]:
    """Return what is looked for of each topic that is told in sentences."""
    read = tomllib.loads(files("prompts").joinpath("analysis.toml").read_text(encoding="utf-8"))
    return {
        Topic(name): Sought(
            asked=tuple(one["asked"]),
            sure=tuple(re.compile(pattern, re.IGNORECASE) for pattern in one["sure"]),
            where=re.compile("|".join(one["where"]) or "(?!)", re.IGNORECASE),
            unfit=re.compile("|".join(one["not"]) or "(?!)", re.IGNORECASE),
            most=one["most"],
            only=one.get("only", False),
        )
        for name, one in read.items()
    }


@dataclass(frozen=True, slots=True)
class _Read:
    candidate: Candidate
    place: float  # 0 to 1, where in the paper
    vector: NDArray[np.float32] | None


class Reader:
    """Reads one paper for topics. Sentences that were given are given less gladly again."""

    def __init__(self, ground: Ground, shelf: Bookshelf, embedder: Embedder | None) -> None:
        self._ground = ground
        self._shelf = shelf
        self._embedder = embedder
        self._used: list[frozenset[str]] = []
        name = re.escape(ground.own_name) if ground.own_name else "(?!)"
        self._own = re.compile(rf"\b(?:[Oo]ur|[Ww]e|[Tt]his paper|{name})\b")
        self._asked: dict[Topic, NDArray[np.float32]] = {}
        self._sentences = self._all()
        headings = {" ".join(one.candidate.hit.passage.section) for one in self._sentences}
        self._is_sectioned = any(map(sought()[Topic.PROBLEM].where.search, headings))

    def told(self, topic: Topic, *, most: int = 0) -> list[Evidence]:
        """Return the sentences that tell a topic, best first, each found on its page; none where nothing tells it."""
        wanted = sought().get(topic)
        if wanted is None:
            return []
        scored = sorted(
            ((self._score(topic, wanted, one), one) for one in self._sentences if self._tells(wanted, one)),
            key=lambda pair: -pair[0],
        )
        found: list[Evidence] = []
        kept: list[frozenset[str]] = []
        for score, one in scored:
            if len(found) == (most or wanted.most) or score < max(LEAST, STILL_GOOD * scored[0][0]):
                break
            stems = one.candidate.stems
            place = self._shelf.find(one.candidate) if not any(_alike(stems, other) for other in kept) else None
            if place is not None and not (place.cut_before or place.cut_after):
                kept.append(stems)
                hit = one.candidate.hit
                found.append(Evidence(hit.paper, hit.passage, place, round(score, 4), one.candidate.at))
        self._used += kept
        return found

    def near(self, topic: Topic, *, most: int = 3) -> list[Passage]:
        """Return the passages whose sentences come nearest to telling a topic, also where none surely does."""
        wanted = sought().get(topic)
        if wanted is None:
            return []
        scored = sorted(self._sentences, key=lambda one: -self._score(topic, wanted, one))
        return list(dict.fromkeys(one.candidate.hit.passage for one in scored))[:most]

    def _all(self) -> list[_Read]:
        passages = [
            p
            for p in self._ground.passages
            if p.kind in (Kind.ABSTRACT, Kind.TEXT) and not any(map(_NO_GROUND.search, p.section))
        ]
        held = [
            one
            for one in candidates(Hit(1, 0.0, passage, self._ground.paper) for passage in passages)
            if one.flaw <= MAX_FLAW and not one.cut and not unreadable(one.text)
        ]
        telling = [sum(bool(_sure(wanted, one.text)) for wanted in sought().values()) for one in held]
        order = sorted(range(len(held)), key=lambda n: -telling[n])[:MAX_EMBEDDED]
        vectors: dict[int, NDArray[np.float32]] = {}
        if self._embedder is not None and order:
            topics = list(sought())
            asked = [text for topic in topics for text in sought()[topic].asked]
            made = self._embedder.embed([*asked, *(held[n].text for n in order)])
            vectors = dict(zip(order, made[len(asked) :], strict=True))
            at = 0
            for topic in topics:
                size = len(sought()[topic].asked)
                self._asked[topic] = made[at : at + size]
                at += size
        return [_Read(one, n / max(1, len(held)), vectors.get(n)) for n, one in enumerate(held)]

    def _tells(self, wanted: Sought, one: _Read) -> bool:
        if wanted.only and self._is_sectioned and not wanted.where.search(" ".join(one.candidate.hit.passage.section)):
            return False
        return _sure(wanted, one.candidate.text) > 0

    def _score(self, topic: Topic, wanted: Sought, one: _Read) -> float:
        text, passage = one.candidate.text, one.candidate.hit.passage
        heading = passage.section[-1] if passage.section else ""
        score = _SURE * min(_sure(wanted, text), 3) + _MARK * min(len(marks()[topic].sentence.findall(text)), 3)
        score += _MEANING * self._meaning(topic, one)
        score += _WHERE * (wanted.where.search(heading) is not None)
        score += _OWN * (self._own.search(text) is not None) * (topic is not Topic.EARLIER)
        score -= _UNFIT * (wanted.unfit.search(text) is not None)
        score -= _APPENDIX * (_BACK_MATTER.match(" ".join(passage.section[:1])) is not None)
        score -= _USED * any(_alike(one.candidate.stems, other) for other in self._used)
        score -= _POINTS * (_POINTS_AT.search(text) is not None)
        score -= _ONLY_POINTS * (_ITEMS.search(text) is not None and len(text.split()) < _TELLING_WORDS)
        score -= _LEANS * (_LEANS_ON.search(text) is not None and not one.candidate.lead)
        score -= one.candidate.flaw + _LONG * (len(text.split()) > 40)
        score += _MARK * one.place * (topic in _LATE)
        if topic not in _OF_PAPER:
            score -= _ELSEWHERE * (_RELATED.search(" ".join(passage.section)) is not None)
            score -= _POINTS * (_OF_OTHERS.search(text) is not None) + _CITES * min(len(_CITED.findall(text)), 3)
        return score

    def _meaning(self, topic: Topic, one: _Read) -> float:
        if one.vector is None or topic not in self._asked:
            wanted = stems_of(" ".join(sought()[topic].asked))
            return 0.4 * min(1.0, len(wanted & one.candidate.stems) / 4)
        return float((self._asked[topic] @ one.vector).max())


def tells(topic: Topic, text: str) -> bool:
    """Whether a sentence surely tells something of a topic, and does not only point at where that is."""
    wanted = sought().get(topic)
    pointed = _POINTS_AT.search(text) is not None or _ITEMS.search(text) is not None
    return wanted is not None and not pointed and _sure(wanted, text) > 0 and wanted.unfit.search(text) is None


def _sure(wanted: Sought, text: str) -> int:
    return sum(pattern.search(text) is not None for pattern in wanted.sure)


def _alike(one: frozenset[str], other: frozenset[str]) -> bool:
    common = len(one & other)
    return common / max(1, len(one | other)) >= _NEAR_COPY or common / max(1, min(len(one), len(other))) >= 0.8
