"""Which sentences of the hits answer the question: scored by words, meaning and form, then chosen without repeats."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from rag.answering.candidates import Candidate, points_back
from rag.answering.patterns import (
    BACKGROUND,
    CLAIM,
    CONTRAST,
    EFFECT,
    FINDING,
    OUR,
    REASON,
    SETS_APART,
    STRONG_CLAIM,
    STRONG_REASON,
    UNITS,
    counts,
    definingness,
    instance_of,
    lists,
    share_of,
)
from rag.answering.questions import Asked, Asks, unit_of
from rag.answering.wording import Rarity, content_words, is_there, places_of, share_covered, stem, stems_of
from rag.domain.reading import Kind
from rag.index.ports import Embedder

MAX_EMBEDDED = 36
"""Sentences that are compared by meaning: about 0.1 s on two cores (performance.md)."""
MAX_CHOSEN = {Asks.COMPARISON: 4, Asks.PURPOSE: 4, Asks.LIST: 4}
_CHOSEN_ELSE = 3
_NEAR_COPY = 0.6
"""Share of common words from which two sentences say the same; of the shorter one's words, a little more."""
_STILL_GOOD = {Asks.PURPOSE: 0.75, Asks.LIST: 0.78}
_STILL_GOOD_ELSE = 0.82
"""A further sentence is shown when it reaches this share of the best one's score."""

OWN, NEAR, MEANING, PASSAGE, RANK = 0.30, 0.20, 0.42, 0.30, 0.25
"""What counts for a sentence: the question's words in it, those only around it, its cosine to the question, its
passage's cosine, its passage's rank. Fitted (softmax over the sentences of one question, 5 folds) on the 212 questions
of QASPER and OHR-Bench (337 drawn) with a gold sentence in the first 12 passages, 2026-11-21: the best sentence is gold
for 56 % of them, one of the best three for 77 %; word overlap alone gives 51 % and 70 %, meaning alone 43 % and 62 %.
"""
_FORM = {
    Asks.DEFINITION: 0.5,
    Asks.PURPOSE: 0.8,
    Asks.COMPARISON: 0.4,
    Asks.LIST: 0.3,
    Asks.WHY: 0.3,
    Asks.NUMBER: 0.35,
    Asks.WHICH: 0.4,
}
_FORM_ELSE = 0.2
_NAMES_THE_OTHER = 0.6
FLAW, CUT, CAPTION = 0.35, 0.06, 0.03
"""These and the weights of form are set by hand, on questions of our own: gold is silent on how a quote reads."""

_MEASURING = "rate rates size sizes value values function functions number score scores setting"
_MEASURES = frozenset(_MEASURING.split())
"""Nouns that need the one before them: "dropout rate" is about dropout."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the sentences are measured against.

    ``text`` is what is embedded; ``terms`` are the names of the subject; ``words`` what the question names beside the
    papers it is asked of; ``others`` by paper key the names of the papers that it is compared with, ``names`` its own.
    """

    asked: Asked
    text: str
    terms: tuple[str, ...]
    words: tuple[str, ...]
    rarity: Rarity
    others: dict[str, tuple[str, ...]]
    names: dict[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Scored:
    """A candidate with what speaks for it. ``covered``: share of the question's weight in words that it holds, its
    section and title counting half; ``meaning``: cosine to the question, None without an embedder; ``form``: 0 to 1,
    how much it has the form of such an answer.
    """

    candidate: Candidate
    score: float
    covered: float
    meaning: float | None
    form: float


class Scorer:
    """Scores candidates. Without an embedder it goes by words and form alone."""

    def __init__(self, *, embedder: Embedder | None) -> None:
        self._embedder = embedder

    def warm(self) -> None:
        """Load the embedder. Raises BadModel, Refused."""
        if self._embedder is not None:
            self._embedder.embed(["warm"])

    def score(self, wanted: Wanted, candidates: Sequence[Candidate]) -> list[Scored]:
        """Return the candidates scored, best first."""
        measured = [_measured(wanted, candidate) for candidate in candidates]
        first = [(_weighed(wanted, one, None), one) for one in measured]
        first.sort(key=lambda pair: -pair[0].score)
        if self._embedder is None or not first:
            return [scored for scored, _ in first]
        head = [one for _, one in first[:MAX_EMBEDDED]]
        vectors = self._embedder.embed([wanted.text, *(one.candidate.text for one in head)])
        meanings = vectors[1:] @ vectors[0]
        scored = [_weighed(wanted, one, float(meaning)) for one, meaning in zip(head, meanings, strict=True)]
        return sorted(scored, key=lambda s: -s.score)


def chosen(wanted: Wanted, scored: Iterable[Scored], *, between: Sequence[str] = ()) -> list[Scored]:
    """Return the sentences to show, best first: no near copies, none far below the best.

    ``scored`` come best first, and no more of them are asked for than it takes: each is looked up on its page first.
    ``between`` are the keys of papers that are compared: each has its say, as far as it has one.
    """
    limit = MAX_CHOSEN.get(wanted.asked.kind, _CHOSEN_ELSE)
    good = _STILL_GOOD.get(wanted.asked.kind, _STILL_GOOD_ELSE)
    if len(between) > 1:
        return _taking_turns(wanted, scored, between, limit=max(limit, len(between)), good=good)
    picked: list[Scored] = []
    for one in scored:
        if picked and one.score < good * picked[0].score:
            break
        if not any(_alike(one, other) for other in picked):
            picked.append(one)
        if len(picked) == limit:
            break
    return picked


def _taking_turns(
    wanted: Wanted, scored: Iterable[Scored], between: Sequence[str], *, limit: int, good: float
) -> list[Scored]:
    queues: dict[str, list[Scored]] = defaultdict(list)
    for one in scored:
        queue = queues[one.candidate.hit.paper.key]
        if not any(_alike(one, other) for other in queue):
            queue.append(one)
    picked: list[Scored] = []
    for turn in range(limit):
        for key in between:
            queue = queues[key]
            if (
                turn < len(queue)
                and len(picked) < limit
                and (
                    turn == 0 or (_meets(wanted, queue[turn].candidate) and queue[turn].score >= good * queue[0].score)
                )
            ):
                picked.append(queue[turn])
    return picked


def _meets(wanted: Wanted, candidate: Candidate) -> bool:
    """Whether a sentence names the other paper; of those that do not, one is enough."""
    named = wanted.others.get(candidate.hit.paper.key, ())
    return any(places_of(name, candidate.words) for name in named)


@dataclass(frozen=True, slots=True)
class _Measured:
    """What is measured of a candidate whatever it means: measured once, weighed with and without its meaning."""

    candidate: Candidate
    own: float
    near: float
    form: float
    flaw: float


def _measured(wanted: Wanted, candidate: Candidate) -> _Measured:
    stems = candidate.stems
    mended = bool(candidate.lead) and points_back(candidate.text)
    lead = candidate.lead if mended or wanted.asked.kind is Asks.WHY else ""
    around = stems_of(" ".join((*candidate.hit.passage.section, candidate.hit.paper.title, lead)))
    own = share_covered(wanted.words, stems, wanted.rarity)
    beside = [word for word in wanted.words if not is_there(word, stems) and is_there(word, around)]
    near = sum(map(wanted.rarity, beside)) / (sum(map(wanted.rarity, wanted.words)) or 1.0)
    form = _form(wanted, candidate)
    if wanted.asked.kind in (Asks.WHY, Asks.YES_NO):
        form *= 0.4 + 0.6 * own  # a reason for something else is none
    return _Measured(candidate, own, near, form, 0.1 if mended else candidate.flaw)


def _weighed(wanted: Wanted, measured: _Measured, meaning: float | None) -> Scored:
    candidate, own, near, form = measured.candidate, measured.own, measured.near, measured.form
    sense = 0.6 * (own + 0.5 * near) if meaning is None else max(0.0, meaning)
    passage = candidate.hit.dense if candidate.hit.dense is not None else sense
    score = (
        OWN * own
        + NEAR * near
        + MEANING * sense
        + PASSAGE * max(0.0, passage)
        + RANK / (1 + 0.25 * (candidate.hit.rank - 1))
        + _FORM.get(wanted.asked.kind, _FORM_ELSE) * form
        - FLAW * measured.flaw
        - CUT * candidate.cut
        - CAPTION * (candidate.hit.passage.kind in (Kind.CAPTION, Kind.TABLE))
    )
    return Scored(candidate, score, own + 0.5 * near, meaning, form)


def _form(wanted: Wanted, candidate: Candidate) -> float:
    text, kind = candidate.text, wanted.asked.kind
    if kind is Asks.DEFINITION:
        head = definingness(_head(wanted), text, candidate.words)
        return max(definingness(wanted.terms, text, candidate.words), 0.75 * head)
    if kind is Asks.WHY:
        return 1.0 if STRONG_REASON.search(text) else 0.6 if REASON.search(text) else 0.0
    if kind is Asks.YES_NO:
        return (1.0 if EFFECT.search(wanted.asked.question) else 0.4) if FINDING.search(text) else 0.0
    if kind is Asks.NUMBER:
        return _counted(wanted, candidate)
    if kind is Asks.WHICH:
        return instance_of(text, candidate.words, _noun(wanted))
    if kind is Asks.PURPOSE:
        return max(_claiming(candidate), definingness(wanted.terms, text, candidate.words))
    if kind is Asks.COMPARISON:
        return _contrasting(wanted, candidate)
    return 0.7 * lists(text) + 0.3 * (OUR.search(text) is not None) if kind is Asks.LIST else 0.0


def _head(wanted: Wanted) -> tuple[str, ...]:
    """Return the rarest word of a subject of several, by which it may go alone: "mosaic" of "mosaic augmentation"."""
    words = content_words(wanted.terms[0]) if wanted.terms else ()
    return (max(words, key=wanted.rarity),) if len(words) > 1 else ()


def _noun(wanted: Wanted) -> str:
    """Return the stem of what is counted or chosen: the last word of it, else the first of the question."""
    named = [word for word in content_words(wanted.asked.sought) if word in wanted.words] or list(wanted.words[:1])
    named = [word for word in named if word not in _MEASURES] or named
    return stem(named[-1]) if named else ""


def _counted(wanted: Wanted, candidate: Candidate) -> float:
    """How much a sentence counts what is sought, in the units that the question asks for."""
    form = counts(candidate.text, candidate.words, _noun(wanted))
    unit = unit_of(wanted.asked.question)
    if not unit:
        return form
    if unit == "share" and share_of(candidate.text, _noun(wanted)):
        return 1.2
    return (0.5 + 0.5 * form) if form and UNITS[unit].search(candidate.text) else 0.3 * form


def _claiming(candidate: Candidate) -> float:
    passage = candidate.hit.passage
    form = 0.7 if STRONG_CLAIM.search(candidate.text) else 0.4 if CLAIM.search(candidate.text) else 0.0
    if form < 0.7 and BACKGROUND.match(candidate.text):
        form = 0.0
    abstract = passage.kind is Kind.ABSTRACT or "abstract" in " ".join(passage.section).casefold()
    return form + 0.3 if abstract else form


def _contrasting(wanted: Wanted, candidate: Candidate) -> float:
    """Words of contrast are less than half of it, naming the other paper the rest."""
    meets = _meets(wanted, candidate)
    contrast = CONTRAST.search(candidate.text) is not None
    own = OUR.search(candidate.text) or any(
        places_of(name, candidate.words) for name in wanted.names.get(candidate.hit.paper.key, ())
    )
    sets_apart = meets or (own and SETS_APART.search(candidate.text) is not None)
    said = _NAMES_THE_OTHER * bool(sets_apart) + (1 - _NAMES_THE_OTHER) * contrast
    return max(said, 0.5 * _claiming(candidate))


def _alike(one: Scored, other: Scored) -> bool:
    """Whether one says what the other says, alone or with the sentence it leans on."""
    if one.candidate.text == other.candidate.lead or other.candidate.text == one.candidate.lead:
        return True
    a, b = one.candidate.stems, other.candidate.stems
    common = len(a & b)
    return common / max(1, min(len(a), len(b))) >= _NEAR_COPY + 0.15 or common / max(1, len(a | b)) >= _NEAR_COPY
