"""The proposer that needs no model: questions whose every word of substance stands in the paper."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import chain

from rag.domain.answer import EXTRACTIVE
from rag.questions.defining import on_terms
from rag.questions.english import cleaned, is_general, is_sound, shortened
from rag.questions.ground import Ground, Said
from rag.questions.phrasing import Rewritten
from rag.questions.pointing import on_items
from rag.questions.proposal import PURPOSE, Claim, Proposal
from rag.questions.rewriting import rewritten
from rag.questions.setups import on_setups
from rag.questions.topics import Topic, marks, topics_in, topics_of_question
from rag.retrieval.names import names_of

MAX_EXPECTED = 45
"""Words of an expected answer."""
_SAYS_SOMETHING = 10
"""Words from which one quote is answer enough."""
TOGETHER = frozenset(("definition", "equation", PURPOSE, "algorithm"))
"""Kinds of questions whose quotes are read one after the other."""
_OF_TOPIC = 2
"""Sentences that carry a question which only its topic gives."""

_KINDS: dict[str, tuple[Topic, ...]] = {
    "why": (Topic.CHOICE,),
    "choice": (Topic.CHOICE,),
    "how": (),
    "effect": (),
    "attribute": (),
    "finding": (),
    "number": (Topic.RESULT,),
    "count": (),
    "comparison": (Topic.COMPARISON,),
    "what-if": (),
    "which": (),
    "where": (),
    "definition": (Topic.TERM,),
    "data": (Topic.DATA,),
    "parts": (),
    "limit": (Topic.LIMIT,),
}
_APART = (
    r"(?:than|[Uu]nlike|in contrast (?:to|with)|[Cc]ompared? (?:to|with)|outperform\w*|similar to"
    r"|differs? from|as opposed to|instead of|exten(?:ds?|sion of)|based on|improve\w* (?:over|on|upon)"
    r"|relative to|versus|surpass\w*|replac\w+)"
)
_NOT_ALONE = frozenset(
    (
        Topic.COMPONENT, Topic.ARCHITECTURE, Topic.PROBLEM, Topic.IMPORTANCE, Topic.COMPARISON, Topic.RESULT,
        Topic.CONTRIBUTION,
    )
)  # fmt: skip
"""Topics of which a question by name alone says too little, or of which others say more."""
_NEVER_ALONE = {
    Topic.TERM,
    Topic.DATA,
    Topic.DIAGRAM,
    Topic.EQUATION,
    Topic.CHOICE,
    Topic.STEPS,
    Topic.SETTINGS,
    Topic.HARDWARE,
    Topic.ABLATION,
}
_OF_ITS_OWN = {
    Topic.COMPONENT,
    Topic.LIMIT,
    Topic.GENERALIZATION,
    Topic.COMPLEXITY,
    Topic.FUTURE,
    Topic.COST,
    Topic.CONTRIBUTION,
    Topic.ABLATION,
}
"""Topics of which only sentences count that speak of the paper's own work."""
_OF_OTHERS = re.compile(
    r"\b(?:existing|previous|prior|earlier|traditional|conventional|other (?:methods?|works?|approaches))\b",
    re.I,
)
_ELSE: dict[str, tuple[Topic, ...]] = {
    "how": (Topic.COMPONENT,),
    "effect": (Topic.COMPONENT,),
    "attribute": (Topic.IDEA,),
    "finding": (Topic.RESULT,),
    "count": (Topic.ARCHITECTURE,),
    "what-if": (Topic.ABLATION,),
    "parts": (Topic.ARCHITECTURE,),
    "where": (Topic.ARCHITECTURE,),
    "which": (Topic.COMPONENT,),
}
"""What questions of a form are about where their sentence has no mark of any topic."""
_OVERVIEW = re.compile(r"abstract|introduction|conclusion|discussion|summary|overview", re.IGNORECASE)
_SUBJECT = re.compile(
    r"(?:(?<=\bdoes )|(?<=\bdo )|(?<=\bdid )|(?<=\bcan )|(?<=\bis )|(?<=\bare )|(?<=\bwas )|(?<=\bwere ))"
    r"[A-Z][\w-]*(?: [A-Z][\w-]*)?"
)
_THE_METHOD = re.compile(r"\bthe authors’ (?:approach|approaches)\b")
_THEIRS = re.compile(r"(\b(?:do|did) the authors\b.*?)\bthe authors’")
_BEGINNING = re.compile(r"abstract|introduction|motivation", re.IGNORECASE)
_EARLY = {Topic.PROBLEM, Topic.IMPORTANCE, Topic.EARLIER, Topic.IDEA, Topic.CONTRIBUTION}
"""Topics that a paper speaks of in its abstract, introduction and conclusion."""
_LATE = {Topic.LIMIT, Topic.FUTURE}


class ExtractiveProposer:
    """Takes sentences apart by the forms that papers use. Deterministic."""

    name = EXTRACTIVE

    def propose(self, ground: Ground) -> Iterator[Proposal]:
        """Yield questions on items, terms, sentences, papers of the library, and last on bare topics."""
        made = chain(
            on_items(ground),
            on_terms(ground),
            on_setups(ground),
            _on_sentences(ground),
            _on_library(ground),
            _on_topics(ground),
        )
        return (one for one in made if is_sound(one.text))


def _on_sentences(ground: Ground) -> Iterator[Proposal]:
    for said in ground.said:
        for one in rewritten(said.bare):
            yield _of_sentence(ground, said, one)


def _of_sentence(ground: Ground, said: Said, one: Rewritten) -> Proposal:
    text = _SUBJECT.sub(lambda found: ground.lowered(found.group()), one.question, count=1)
    text = _THEIRS.sub(r"\1their", _THE_METHOD.sub(ground.own_or_method, text))
    fit, rest = topics_of_question(text, said.bare, said.section, _KINDS[one.kind])
    worth = (
        one.worth
        - 0.15 * (not fit)
        - 0.25 * said.in_appendix
        - 0.25 * is_general(one.about)
        - 0.25 * (re.fullmatch(r"[a-z]+", one.about) is not None)  # "embeddings" alone is hardly particular
        + 0.05 * (ground.own_name != "" and ground.own_name in text)
    )
    topics = (*fit, *_ELSE.get(one.kind, ()), *rest)
    return Proposal(text, one.kind, topics, (_claim(said),), one.about, worth=worth)


def _on_library(ground: Ground) -> Iterator[Proposal]:
    """Ask for the difference to papers that the guild holds, too, where this one sets itself apart from them."""
    own = ground.own_name
    for other in ground.others if own else ():
        names = [re.escape(name) for name in names_of(other) if len(name.split()) <= 3 and len(name) >= 3]
        if not names or own.casefold() in {name.casefold() for name in names_of(other)}:
            continue
        name = rf"(?<![\w-])(?P<name>{'|'.join(sorted(names, key=len, reverse=True))})(?![\w-])"
        apart = re.compile(
            rf"{_APART}[^,.;]{{0,40}}?{name}|{name.replace('?P<name>', '?P<subject>')}s?"
            rf" [^,.;]{{0,40}}?{_APART}",
            re.I,
        )
        for said in ground.said:
            found = apart.search(said.bare)
            named = (found["name"] or found["subject"]) if found else ""
            if any(sign.isupper() for sign in named):
                named = ground.lowered(named)
                topics = topics_in(said.bare, said.section, (Topic.COMPARISON,))
                text = f"How does {ground.own_or_method} compare with {named}, according to the authors?"
                yield Proposal(text, "library", topics, (_claim(said),), named, worth=0.9 - 0.25 * said.in_appendix)
                break


def _on_topics(ground: Ground) -> Iterator[Proposal]:
    """Ask for a topic by name, with the sentences that hold its marks most clearly; the last resort of a field."""
    for topic, held in marks().items():
        if topic in _NEVER_ALONE:
            continue
        best = sorted(_marked(ground, topic), key=lambda pair: -pair[0])[:_OF_TOPIC]
        if best:
            text = held.asked.format(own=ground.own_or_method)
            claims = tuple(_claim(said) for _, said in best[:1]) + tuple(
                _claim(said, optional=True) for _, said in best[1:]
            )
            yield Proposal(text, "topic", (topic,), claims, "", worth=0.25 if topic in _NOT_ALONE else 0.4)


def _marked(ground: Ground, topic: Topic) -> Iterator[tuple[float, Said]]:
    held = marks()[topic]
    name = re.escape(ground.own_name) if ground.own_name else "(?!)"
    own = re.compile(rf"\b(?:[Oo]ur|[Ww]e|{name})\b")
    for place, said in enumerate(ground.said):
        if topic in _OF_ITS_OWN and (own.search(said.bare) is None or _OF_OTHERS.search(said.bare)):
            continue
        if topic in _EARLY and not _BEGINNING.search(said.section):
            continue
        if topic is Topic.COST and not re.search(r"\d", said.bare):
            continue
        count = len(held.sentence.findall(said.bare))
        if count and not said.in_appendix and len(said.bare.split()) >= 8:
            overview = _OVERVIEW.search(said.section) is not None
            score = min(count, 3) + 1.5 * (held.field.search(said.section) is not None)
            score += 1.0 * overview * (topic in _EARLY) + (topic in _LATE) * place / len(ground.said)
            yield score, said


def _claim(said: Said, *, optional: bool = False) -> Claim:
    return Claim(said.text, said.passage.first_page, said.passage.last_page, optional)


def expected_of(quotes: Sequence[str], *, together: bool = False) -> str:
    """Return a short expected answer: the first quote that says something, or two, cut where a clause ends."""
    said = [cleaned(quote) for quote in quotes]
    if not together:
        said = [one for one in said if len(one.split()) >= _SAYS_SOMETHING][:1] or said
    ended = [one if one.endswith((".", "!", "?")) else f"{one} …" for one in said[:_OF_TOPIC]]
    return shortened(" ".join(ended), MAX_EXPECTED)
