"""A model's sentences, checked by program before anybody sees one: what is cited, quoted, counted, linked, supported.

Rule by rule: an id that was not given is dropped; a quote has to stand on a page that its passage touches, and what is
shown is the page's own text; a quote that stands in one other given passage instead is cited from there. A sentence
without a verified quote is dropped, one with a number that its quotes do not hold, one with a link or a mention of its
own, one that has no word in common with its quotes. What is left and hardly carried is marked as weak.
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from rag.answering.bookshelf import Bookshelf
from rag.answering.cleaning import MAX_SENTENCE, cleaned, stray_links
from rag.answering.given import Given
from rag.answering.numbers import stray_numbers
from rag.answering.ports import Draft, DraftSentence, Evidence
from rag.answering.quotes import Found, around, find_quote
from rag.answering.replies import Cite, Claim, is_refusal
from rag.answering.support import SURE, Grounds, Support, SupportJudge, is_english, support_of
from rag.domain.paper import name_form
from rag.domain.reading import Page
from rag.errors import ModelFailed, Refused
from rag.language.ports import Finding
from rag.retrieval.names import names_of

log = logging.getLogger(__name__)

MAX_SENTENCES, MAX_QUOTES = 12, 3
"""Of one reply, twice what the prompt asks for at most; and of one sentence: more is not read beside it."""
MAX_QUOTE = 700
"""Characters of a quote; a model that copies a page has not said what carries its sentence."""


@dataclass(frozen=True, slots=True)
class Checked:
    """A sentence that may be shown, with the evidence that it leans on (never empty)."""

    text: str
    evidence: tuple[Evidence, ...]
    support: Support

    @property
    def weak(self) -> bool:
        """Whether it is shown as weakly supported."""
        return self.support is not Support.FULL


class Checker:
    """Checks the sentences of one reply, in order, each once: they may come while the reply grows.

    ``question`` as it was asked, for the names in it. ``findings`` counts what was found. Sentences that hold eight
    words of ``secret`` in a row are dropped: a prompt is nobody's answer.
    """

    def __init__(self, passages: Sequence[Given], shelf: Bookshelf, *, question: str = "", secret: str = "") -> None:
        self._given = {one.id: one for one in passages}
        self._shelf = shelf
        self._question = question
        self._papers = tuple({one.paper.key: one.paper for one in passages}.values())
        self._names = (question, *(name for paper in self._papers for name in names_of(paper)))
        self._secret = frozenset(_runs(secret))
        self._seen: set[str] = set()
        self._done = 0
        self.sentences: list[Checked] = []
        self.findings: Counter[Finding] = Counter()

    def take(self, claims: Sequence[Claim]) -> bool:
        """Check the claims that are new since the last time; return whether any passed."""
        before = len(self.sentences)
        for claim in claims[self._done :]:
            self._done += 1
            if len(self.sentences) == MAX_SENTENCES:
                break
            checked = self.check(claim)
            if checked is not None:
                self.sentences.append(checked)
        return len(self.sentences) > before

    def check(self, claim: Claim) -> Checked | None:
        """Return the sentence when it may be shown, None when it may not: then ``findings`` says why."""
        text = cleaned(claim.text)
        form = name_form(text)
        if not text or form in self._seen or is_refusal(text):
            return None  # said already, or nothing said
        self._seen.add(form)
        self.findings[Finding.SENTENCES] += 1
        evidence = self._evidence(claim.cites) if self._is_sentence(text) else ()
        fault, support = self._weighed(text, evidence)
        if fault is not None:
            self.findings[fault] += 1
            log.info("dropped a model's sentence: %s", fault.value)
            return None
        return Checked(text, evidence, support)

    def _is_sentence(self, text: str) -> bool:
        return len(text) <= MAX_SENTENCE and not self._secret.intersection(_runs(text))

    def _weighed(self, text: str, evidence: Sequence[Evidence]) -> tuple[Finding | None, Support]:
        """Return why a sentence may not be shown, None when it may; and how far its quotes carry it."""
        if not self._is_sentence(text):
            return Finding.UNREADABLE, Support.NONE
        if not evidence:
            return Finding.UNCITED, Support.NONE
        quotes = tuple(one.found.quote.text for one in evidence)
        if stray_links(text, quotes):
            return Finding.LINK, Support.NONE
        cited = [one for one in self._given.values() if any(one.passage == e.passage for e in evidence)]
        labels = [one.passage.label or "" for one in cited]
        called = [place for one in cited for place in one.places]
        called += [f"page {one.found.quote.page}" for one in evidence if one.found.quote.page is not None]
        if stray_numbers(text, quotes, names=(*self._names, *labels), places=called):
            return Finding.NUMBER, Support.NONE
        support = support_of(text, self._grounds(evidence, quotes, (*labels, *called)))
        return (Finding.UNCITED if support is Support.NONE else None), support

    def _grounds(self, evidence: Sequence[Evidence], quotes: tuple[str, ...], called: Sequence[str]) -> Grounds:
        keys = {one.paper.key for one in evidence}
        return Grounds(
            quotes,
            passages=tuple(dict.fromkeys(one.passage.text for one in evidence)),
            names=(*(name for paper in self._papers if paper.key in keys for name in names_of(paper)), *called),
            whole=tuple(around(one.found.quote.text, one.passage.text) for one in evidence),
            asked=self._question,
            others=tuple(name for paper in self._papers if paper.key not in keys for name in names_of(paper)),
        )

    def judge(self, judge: SupportJudge | None) -> str:
        """Let a judge look at all sentences once more: it marks as weak what does not follow from its quotes, and lifts
        what only has other words; who wrote them lifts only what words cannot compare, which is not in English. What it
        cannot answer stays as it was. Return the label of the prompt that it answered, "" for none.
        """
        if judge is None or not self.sentences:
            return ""
        pairs = [(s.text, tuple(one.found.quote.text for one in s.evidence)) for s in self.sentences]
        try:
            marks = judge.supports(pairs)
        except (ModelFailed, Refused) as failed:
            log.warning("the second check was left out: %s", failed)
            return ""
        if len(marks) != len(pairs):
            return ""
        self.sentences = [
            _judged(one, mark, lifts=not (judge.wrote and is_english(one.text)))
            for one, mark in zip(self.sentences, marks, strict=True)
        ]
        return judge.prompt

    def counted(self) -> Counter[Finding]:
        """Return what was found, with what was kept and what is weak."""
        weak = sum(one.weak for one in self.sentences)
        return self.findings + Counter({Finding.KEPT: len(self.sentences), Finding.WEAK: weak})

    def _evidence(self, cites: Iterable[Cite]) -> tuple[Evidence, ...]:
        """Return the quotes that stand where they are said to stand, each once."""
        found: dict[tuple[str, int | None, str], Evidence] = {}
        for cite in cites:
            one = self._stands(cite)
            if one is not None and len(found) < MAX_QUOTES:
                quote = one.found.quote
                found.setdefault((one.paper.key, quote.page, name_form(quote.text)), one)
        return tuple(found.values())

    def _stands(self, cite: Cite) -> Evidence | None:
        named = self._given.get(cite.id)
        if named is None:
            self.findings[Finding.UNKNOWN_ID] += 1
            return None
        quote = cite.quote.strip(" .…\"“”'‘’") if len(cite.quote) <= MAX_QUOTE else ""
        row = " ".join(quote.replace("|", " ").split())  # of a table, as a passage parts its cells
        for wanted in dict.fromkeys((cite.quote.strip(), quote, row) if quote else ()):  # a model's "…" is no text
            evidence = self._on_page(wanted, named)
            if evidence is not None:
                return evidence
        self.findings[Finding.MISQUOTE] += 1
        holding = [one for one in self._given.values() if quote and find_quote(quote, Page(0, one.passage.text))]
        return self._on_page(quote, holding[0]) if len(holding) == 1 else None

    def _on_page(self, quote: str, one: Given) -> Evidence | None:
        found = self._shelf.near(quote, one.passage)
        if found is None:
            return None
        at = max(0, one.passage.text.find(found.text))
        return Evidence(one.paper, one.passage, Found(found), 1.0, at)


def draft_of(sentences: Sequence[Checked], *, prompt: str = "", refused: bool = False) -> Draft:
    """Return checked sentences as a draft: equal quotes are one piece of evidence, the first cited scores highest."""
    places: dict[tuple[str, int | None, str], int] = {}
    evidence: list[Evidence] = []
    drafted: list[DraftSentence] = []
    for sentence in sentences:
        leans_on: list[int] = []
        for one in sentence.evidence:
            key = (one.paper.key, one.found.quote.page, one.found.quote.text)
            if key not in places:
                places[key] = len(evidence)
                evidence.append(replace(one, score=max(0.0, 1 - 0.05 * len(evidence))))
            leans_on.append(places[key])
        drafted.append(DraftSentence(sentence.text, tuple(dict.fromkeys(leans_on)), sentence.weak))
    return Draft(tuple(drafted), tuple(evidence), refused, prompt)


def _judged(one: Checked, mark: float, *, lifts: bool) -> Checked:
    if mark < SURE:
        return replace(one, support=Support.WEAK if one.support is Support.FULL else one.support)
    return replace(one, support=Support.FULL) if one.support is Support.WEAK and lifts else one


_RUN = 8
"""Words in a row that two texts do not share by chance."""


def _runs(text: str) -> Iterable[str]:
    """Yield every eight words in a row."""
    words = "".join(sign if sign.isalnum() else " " for sign in text.casefold()).split()
    return (" ".join(words[i : i + _RUN]) for i in range(len(words) - _RUN + 1))
