"""Cards made by rules: definitions, formulas, numbers with their setting, reasons and findings that a paper gives."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from rag.answering.ports import Evidence
from rag.domain.answer import Citation
from rag.domain.flashcard import CardKind
from rag.questions.english import cleaned, is_general, is_phrase, is_vague, unreadable
from rag.questions.gate import Admitted
from rag.questions.ground import Ground
from rag.questions.proposal import Claim, Proposal
from rag.questions.topics import Topic
from rag.retrieval.items import items_in

MAX_BACK = 60
"""Words of a card's back."""
LEAST_WORTH, LEAST_QUESTION = 0.4, 0.55
"""Of a card, and of the question that it is made of."""
_KINDS: Mapping[str, tuple[CardKind, float]] = {
    "definition": (CardKind.CONCEPT, 1.0),
    "parts": (CardKind.CONCEPT, 0.7),
    "settings": (CardKind.NUMBER, 0.85),
    "count": (CardKind.NUMBER, 0.8),
    "number": (CardKind.NUMBER, 0.8),
    "hardware": (CardKind.NUMBER, 0.75),
    "preparation": (CardKind.NUMBER, 0.7),
    "data": (CardKind.NUMBER, 0.6),
    "why": (CardKind.REASON, 0.85),
    "limit": (CardKind.REASON, 0.8),
    "comparison": (CardKind.REASON, 0.75),
    "finding": (CardKind.REASON, 0.7),
    "what-if": (CardKind.REASON, 0.65),
    "how": (CardKind.REASON, 0.65),
    "choice": (CardKind.REASON, 0.65),
}
"""What kinds of questions become cards, and how good they mostly are. Questions that need a figure do not."""
_NEEDS_PAPER = re.compile(
    r"\b(?:observations?|experiments?|results|section|table|figure|fig|following|the models?|the networks?|the method"
    r"|the baselines?|their|example)\b(?! (?:of|on|in|with|for) [A-Z])|“[^”]{60,}”|,? according to the authors",
    re.IGNORECASE,
)
"""A card is met weeks later, without the page beside it."""
_NO_FRONT = re.compile(
    r"^Why (?:do|did) the authors (?:define|call|refer|compare)\b|\binspired by\?|^What was\b|\bresulting\b"
    r"|^What (?:is|are) the (?:output|input|hidden|final|last)\b|\b(?:ablation study|predictive power|counterpart)\b"
    r"|\bthe graphs\b|\band \d+ (?:do|does|did)\b"
)
MAX_FRONT = 22
"""Words of a question; one that tells half the paper asks for little."""
_NO_ANSWER = re.compile(r"\blet us\b|\bfor (?:clarity|simplicity|brevity)\b|…$|\bwe make \w+", re.IGNORECASE)
_PREPARED = re.compile(r"(?<=\w) \([^()]+\)\?$")
"""What is in brackets at the end of a question on settings gives its answer away."""
_ITEM = re.compile(
    r"\b(?:Figs?|Tables?|Tab|Sections?|Sec|Eqs?|Eqn|Equations?|Appendix|Alg(?:orithm)?)\b\.? ?\(?\d|\(\)",
    re.IGNORECASE,
)
_LEANS = re.compile(
    r"^(?:It|They|This|These|Those|That|Such|Here|Both|He|She|Then|Its|Their|Second|Third|Last(?:ly)?|In this way)\b"
    r"|\b(?:above|below|former|latter|aforementioned|resulting|this output|output of this|this recent)\b|^\w+:"
)
_POWERS = re.compile(r"[·×]\s?10[\d−-]|\b10[−-]\d|[∗∥ˆ✶]|\w⃗|\d[·×]10")
"""Exponents come out of a PDF as plain digits: 10⁶ as 106. Nobody should learn that by heart."""
_LEAD = re.compile(
    r"^(?P<lead>[^=:]{25,220}):\s(?P<formula>[^:]{0,160}?=[^:]{3,160}?)\s?\((?P<n>[\dA-Z.]+)\)(?P<after>.*)$"
)
_LEANS_ON = re.compile(r"\bthis (?:is|end|case)\b|^This\b|\bEquation \d|\b[a-z]{2,}\d$")
_SYMBOLS = re.compile(r"^,?\s*(?P<told>(?:where|Here|with|in which)\s.{10,220}?[^\s.]\.)(?=\s[A-Z]|\s*$)")
_FOLLOWS = re.compile(r"^\s*(?:$|…|[A-Z][a-z]*\s[a-z])")
_BROKEN = re.compile(
    r"=\s*$|^\W*=|=.*=|\b(?:log|exp|max|min)\s*[+=,)]|\d[a-z]{4,}|[\ue000-\uf8ff\ufffd✶ˆ∥⃗∇∑]|\b(?:if|otherwise)\b"
    r"|[+·*/−-]\s*$|\b(?:exp|softmax)\(\w+\)\s\w|→|\)\d"
)
"""Formulas whose fractions, sums or cases a PDF's text has taken apart."""
_TELLING = re.compile(
    r"(?<![\w.,/-])(?<![=<>≈] )"
    r"(?:\d+\.\d+\s?%?|\d+(?:\.\d+)?\s?%|\d+(?:\.\d+)? (?:BLEU|mAP|AP|FPS|fps|frames))(?![\w-])"
)
_NUMBER = re.compile(r"(?<![\w.,/^×-])\d+(?:[.,]\d+)*(?![\w/-])")
_FOOTNOTE = re.compile(r"^\d{1,2}[A-Z]")
_DEFINES = re.compile(
    r"\b[Ww]e (?:formally |now )?define (?:the |an? )?(?P<term>[A-Za-z][\w’ -]{2,50}?) (?:as|to be) .{25,}"
)
_GAP = "____"


@dataclass(frozen=True, slots=True)
class Drafted:
    """A card before the best are chosen. ``worth``: 0 to 1."""

    kind: CardKind
    front: str
    back: str
    evidence: tuple[Evidence, ...] = ()
    citations: tuple[Citation, ...] = ()
    worth: float = 0.5
    weak: bool = False


def definitions(ground: Ground) -> Iterator[Proposal]:
    """Yield a question on each term that one sentence defines outright; it can be read alone, where others lean on the
    sentence before.
    """
    for said in ground.said:
        found = _DEFINES.search(said.plain)
        if found is not None and is_phrase(found["term"], 5) and not is_vague(found["term"]):
            small = found["term"].lower()
            term = small if small in ground.text else found["term"]
            text = f"What do the authors mean by “{term}”?"
            claim = Claim(said.text, said.passage.first_page, said.passage.last_page)
            yield Proposal(text, "definition", (Topic.TERM,), (claim,), found["term"], worth=1.0)


def drafts(
    admitted: Sequence[Admitted],
    *,
    equations: Sequence[Evidence],
    results: Sequence[Evidence],
    topics: Sequence[tuple[str, Evidence]],
) -> Iterator[Drafted]:
    """Yield every card that can be made, in no order that matters. ``topics``: questions with what tells them best."""
    made = (
        *map(from_question, admitted),
        *map(from_equation, equations),
        *map(from_result, results),
        *(from_topic(asked, one) for asked, one in topics),
    )
    return (one for one in made if one is not None)


def from_question(one: Admitted) -> Drafted | None:
    """Return a card for a question that can be read alone and is answered by its quotes; None for any other."""
    proposal, back = one.proposal, re.sub(r"\.\.$", ".", one.expected)
    kind, good = _KINDS.get(proposal.kind, (CardKind.REASON, 0.0))
    asks_settings = kind is CardKind.NUMBER
    front = _PREPARED.sub("?", proposal.text) if asks_settings else proposal.text
    worth = good * min(1.0, 0.4 + 0.6 * proposal.worth)
    if worth < LEAST_WORTH or proposal.worth < LEAST_QUESTION:
        return None
    needs_paper = _NEEDS_PAPER.search(front) and not asks_settings
    if (
        len(front.split()) > MAX_FRONT
        or needs_paper
        or items_in(front)
        or _NO_FRONT.search(front)
        or is_general(proposal.about)
    ):
        return None
    return None if is_vague(proposal.about) or not _answers(front, back) else _of(kind, front, back, one, worth)


def _of(kind: CardKind, front: str, back: str, one: Admitted, worth: float) -> Drafted:
    return Drafted(kind, front, back, citations=one.citations, worth=worth)


def from_equation(one: Evidence) -> Drafted | None:
    """Return a card that gives what leads to a formula and asks for it; None where nothing leads to it, or where its
    layout is lost.
    """
    found = _LEAD.match(one.found.shown)
    if found is None or unreadable(one.found.quote.text) or _LEANS_ON.search(found["lead"]):
        return None
    formula, symbols = found["formula"].strip(), _SYMBOLS.match(found["after"].strip())
    if _BROKEN.search(formula) or not (symbols or _FOLLOWS.match(found["after"])):
        return None
    back = f"{formula} ({found['n']})" + (f" {symbols['told']}" if symbols else "")
    label = one.passage.label or "the formula"
    front = f"Write down {label}: “{cleaned(found['lead'])}: …”"
    return Drafted(CardKind.EQUATION, front, back, evidence=(one,), worth=0.9)


def from_result(one: Evidence) -> Drafted | None:
    """Return a card with a gap where a result's number stands; None where it is not clear which number counts."""
    said = cleaned(one.found.quote.text)
    numbers = list(_TELLING.finditer(said))
    if not numbers or not _is_alone(said) or _POWERS.search(said) or _FOOTNOTE.match(said):
        return None
    gap = numbers[0]
    if len(_NUMBER.findall(said)) > 4 or len(said.split()) > 45 or said.count(gap.group()) > 1:
        return None
    front = f"{said[: gap.start()]}{_GAP}{said[gap.end() :]}"
    return Drafted(CardKind.NUMBER, f"Which number belongs here? “{front}”", gap.group(), evidence=(one,), worth=0.8)


def from_topic(asked: str, one: Evidence) -> Drafted | None:
    """Return a card that asks for a topic by the paper's name, answered by the sentence that tells it best."""
    back = cleaned(one.found.quote.text)
    return Drafted(CardKind.CONCEPT, asked, back, evidence=(one,), worth=0.6) if _answers(asked, back) else None


def _answers(front: str, back: str) -> bool:
    """Whether a back is an answer that can be read alone and is more than its front."""
    words = {word.casefold() for word in re.findall(r"[^\W_]{3,}", back)}
    new = words - {word.casefold() for word in re.findall(r"[^\W_]{3,}", front)}
    if _NO_ANSWER.search(back) or _POWERS.search(f"{front} {back}"):
        return False
    return len(new) >= 3 and len(back.split()) <= MAX_BACK and _is_alone(back)


def _is_alone(said: str) -> bool:
    return not (_LEANS.search(said) or _ITEM.search(said) or unreadable(said))
