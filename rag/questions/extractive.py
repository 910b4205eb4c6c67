"""The proposer that needs no model: questions whose every word of substance stands in the paper."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import chain

from rag.domain.paper import Paper
from rag.questions.defining import on_terms
from rag.questions.english import cleaned, is_sound, shortened
from rag.questions.ground import Ground, Said
from rag.questions.phrasing import Rewritten
from rag.questions.pointing import on_items
from rag.questions.proposal import Claim, Proposal
from rag.questions.rewriting import rewritten
from rag.questions.topics import Topic, marks, topics_in
from rag.retrieval.names import names_of

NAME = "extractive"
PURPOSE = "purpose"
MAX_EXPECTED = 45
"""Words of an expected answer."""
_OF_TOPIC = 2
"""Sentences that carry a question which only its topic gives."""

_KINDS: dict[str, tuple[Topic, ...]] = {
    "why": (Topic.CHOICE,),
    "choice": (Topic.CHOICE,),
    "how": (),
    "effect": (),
    "attribute": (),
    "finding": (),
    "number": (),
    "comparison": (Topic.COMPARISON,),
    "what-if": (),
    "data": (Topic.DATA,),
    "parts": (),
    "limit": (Topic.LIMIT,),
}
_OVERVIEW = re.compile(r"abstract|introduction|conclusion|discussion|summary|overview", re.IGNORECASE)
_THE_METHOD = re.compile(r"\bthe authors’ (?:approach|approaches)\b")
_EARLY = {Topic.PROBLEM, Topic.IMPORTANCE, Topic.EARLIER, Topic.IDEA, Topic.CONTRIBUTION}
"""Topics that a paper speaks of in its abstract, introduction and conclusion."""
_LATE = {Topic.LIMIT, Topic.FUTURE}


class ExtractiveProposer:
    """Takes sentences apart by the forms that papers use. Deterministic."""

    name = NAME

    def propose(self, ground: Ground) -> Iterator[Proposal]:
        """Yield questions on items, terms, sentences, papers of the library, and last on bare topics."""
        made = chain(on_items(ground), on_terms(ground), _on_sentences(ground), _on_library(ground), _on_topics(ground))
        return (one for one in made if is_sound(one.text))


def _on_sentences(ground: Ground) -> Iterator[Proposal]:
    for said in ground.said:
        for one in rewritten(said.bare):
            yield _of_sentence(ground, said, one)


def _of_sentence(ground: Ground, said: Said, one: Rewritten) -> Proposal:
    text = one.question
    first = said.bare.split(" ", 1)[0].strip(",")
    if first[:1].isupper() and first not in ("We", "Our"):
        text = re.sub(rf"(?<=[a-z] ){re.escape(first)}\b", ground.lowered(first), text, count=1)
    text = _THE_METHOD.sub(ground.own_or_method, text)
    worth = one.worth - 0.25 * said.in_appendix + 0.05 * (ground.own_name != "" and ground.own_name in text)
    topics = topics_in(said.bare, said.section, _KINDS[one.kind])
    return Proposal(text, one.kind, topics, (_claim(said),), one.about, worth=worth)


def _on_library(ground: Ground) -> Iterator[Proposal]:
    """Ask for the difference to papers that the guild holds, too, where this one speaks of them."""
    for other in ground.others:
        name = _short_name(other)
        if not name or not ground.own_name or name.casefold() == ground.own_name.casefold():
            continue
        of_it = re.compile(rf"(?<![\w-])(?P<name>{re.escape(name)})(?:s|’s)?(?![\w-])", re.IGNORECASE)
        for said in ground.said:
            found = of_it.search(said.bare)
            if (
                found
                and any(sign.isupper() for sign in found["name"])
                and marks()[Topic.COMPARISON].sentence.search(said.bare)
            ):
                topics = topics_in(said.bare, said.section, (Topic.COMPARISON,))
                text = f"How does {ground.own_name} compare with {found['name']}, according to the authors?"
                yield Proposal(
                    text, "library", topics, (_claim(said),), found["name"], worth=0.95 - 0.25 * said.in_appendix
                )
                break


def _short_name(paper: Paper) -> str:
    names = [name for name in names_of(paper) if len(name.split()) <= 2 and len(name) >= 3]
    return names[0] if names else ""


def _on_topics(ground: Ground) -> Iterator[Proposal]:
    """Ask for a topic by name, with the sentences that hold its marks most clearly; the last resort of a field."""
    for topic, held in marks().items():
        best = sorted(_marked(ground, topic), key=lambda pair: -pair[0])[:_OF_TOPIC]
        if best:
            text = held.asked.format(own=ground.own_or_method)
            claims = tuple(_claim(said) for _, said in best[:1]) + tuple(
                _claim(said, optional=True) for _, said in best[1:]
            )
            yield Proposal(text, f"topic-{topic}", (topic,), claims, "", worth=0.4)


def _marked(ground: Ground, topic: Topic) -> Iterator[tuple[float, Said]]:
    held = marks()[topic]
    for place, said in enumerate(ground.said):
        count = len(held.sentence.findall(said.bare))
        if count and not said.in_appendix and len(said.bare.split()) >= 8:
            overview = _OVERVIEW.search(said.section) is not None
            score = min(count, 3) + 1.5 * (held.field.search(said.section) is not None)
            score += 1.0 * overview * (topic in _EARLY) + (topic in _LATE) * place / len(ground.said)
            yield score, said


def _claim(said: Said, *, optional: bool = False) -> Claim:
    return Claim(said.text, said.passage.first_page, said.passage.last_page, optional)


def expected_of(quotes: Sequence[str]) -> str:
    """Return a short expected answer: the quotes' sentences, cut where a sentence or clause ends."""
    return shortened(" ".join(cleaned(quote) for quote in quotes[:_OF_TOPIC]), MAX_EXPECTED)
