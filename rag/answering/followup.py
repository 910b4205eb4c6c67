"""A question as its thread makes it: "why does it help?" after "what is dropout" is "why does dropout help?".

Only questions are read here, never an answer: what was answered before is no evidence. Words go by English alone.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from rag.answering.pronouns import PLACES, has_pronoun, with_subject
from rag.answering.questions import Asked, Asks, understand
from rag.answering.records import asked_again
from rag.answering.subjects import place_of, subject_of
from rag.answering.wording import content_words, words_in
from rag.retrieval.words import word_set

REMEMBERED = 8
"""Questions of a thread that are looked back at."""
LONGEST = 2_000
"""Characters of a question: what grows beyond them in its thread is asked as typed."""


@dataclass(frozen=True, slots=True)
class Turn:
    """A question of a thread as typed. ``names``: its words that name papers; ``answered``: whether a paper said
    anything to it; ``strayed``: whether none of the thread did.
    """

    question: str
    names: tuple[str, ...] = ()
    answered: bool = True
    strayed: bool = False


@dataclass(frozen=True, slots=True)
class _Said:
    """A turn read with those before it. ``subject`` may come from before: "how is it solved" is about the same."""

    question: str
    names: tuple[str, ...]
    answered: bool
    asked: Asked
    subject: str
    sides: tuple[str, ...]

    @property
    def bare(self) -> str:
        return _bared(self.question)


def in_context(turn: Turn, before: Sequence[Turn]) -> str:
    """Return the question as it would be asked alone; as typed when it names its own subject. ``before``: oldest first.

    >>> in_context(Turn("why does it help?"), [Turn("what is dropout")])
    'why does dropout help'
    """
    last: _Said | None = None
    about: _Said | None = None  # the last but tables, figures and what strayed: those are not what a thread is about
    for later in [*before[-REMEMBERED:], turn]:
        read = _read(later, last, about)
        if about is not None and about.subject and (_says_nothing(read) or (later.strayed and not _says_what(read))):
            last = replace(read, subject=about.subject, sides=about.sides)  # may be asked again, and is not "it"
            continue
        last = read
        about = about if last.asked.kind is Asks.ITEM else last
    return last.question if last is not None and len(last.question) <= LONGEST else turn.question


_MARK = re.compile(
    r"^(?:(?:and|but|or|so|then|ok|okay|also|now|well|thanks|thank you)\b[\s,.!]*)*"
    r"(?:(?:what|how) about\b|what of\b|same (?:question )?(?:for|with|in)\b(?=.))?\s*",
    re.IGNORECASE,
)
_THANKS = re.compile(r"\b(?:thanks?|ok|okay|well|now)\b", re.IGNORECASE)
_AGAIN = re.compile(
    r"(?:(?:on |in )?(?:which|what) (?:page|section)s?(?: (?:is|was|does|do)\b.*)?|pages?|where|sources?|citations?"
    r"|where (?:does|do|did) (?:it|they|the (?:paper|authors?)) (?:say|write|mention|state|claim)s? (?:that|this|so)"
    r"|where (?:is|was) (?:it|this|that) (?:said|written|stated|mentioned|from)"
    r"|(?:please |pls |can you |could you )*(?:(?:tell|show|give)(?: me)? |explain |elaborate |describe |say |put )?"
    r"(?:(?:a |some )?(?:bit |little )?more(?: details?| about (?:it|this|that))?|further|again|in (?:more )?details?"
    r"|in (?:simpler|simple|other|easy|easier|plain) (?:words|terms|language|english)"
    r"|(?:make )?(?:(?:it|this|that) )?(?:in )?(?:an? )?(?:more |much )?(?:simpl[ey]r?|simplified|easier|shorter"
    r"|clear(?:er|ly)?|short|briefly|like (?:i am|i['’]?m) (?:5|five))(?: way)?"
    r"|(?:that |this |it )again)(?: please| pls)?"
    r"|(?:can you |could you |please |pls )*(?:elaborate|explain|continue|go on)(?: please| pls| it| that| this)?"
    r"|are you sure|really|what|huh|what do you mean|what does (?:it|that|this) mean"
    r"|i (?:do not|don'?t) (?:get|understand)(?: it| that| this)?)",
    re.IGNORECASE,
)
"""Asks for the last answer once more, or where it stands: every answer says on which page."""
_BARE = re.compile(
    r"(?P<asks>why|how come|how|when|who)"
    r"(?: (?:not|so|there|exactly|though)|(?: (?:is|was|does|do|did))? (?:it|that|this)(?: so)?)?",
    re.IGNORECASE,
)
_AGAINST = re.compile(
    r"(?:vs\.?|versus|compar(?:ed|ing) (?:to|with|against)|than|unlike|as opposed to|instead of|relative to)\s+(?=.)",
    re.IGNORECASE,
)
_DIFFERENCE = re.compile(r"\b(?:differences?|different)\s+(?:with|to|from)\s+(?:the |a )?(?P<other>.+)$", re.IGNORECASE)
_COMPARE = re.compile(r"\bcompare (?P<link>with|to|against) (?P<other>.+)$", re.IGNORECASE)
_PLACED = re.compile(rf"(?P<at>{PLACES})\s+(?P<what>.+)$", re.IGNORECASE)
_FULL = re.compile(
    r"(?:what|which|who|whom|whose|when|where|how|why|is|are|was|were|do|does|did|can|could|has|have|had|should|would"
    r"|will|list|name|explain|describe|define|compare|show|give|tell|summari[sz]e)\b",
    re.IGNORECASE,
)
_ARTICLE = re.compile(r"^(?:the|its|their|a|an)\s+", re.IGNORECASE)
_DEFINITE = re.compile(r"(?:^(?:the|its|their)\s|\bthe\s$)", re.IGNORECASE)
_ABOUT = re.compile(r"\b(?:what|how) about\b|\bwhat of\b", re.IGNORECASE)
_WRITTEN_AS_NAME = re.compile(r"[A-Z]\S*(?: [A-Z\d]\S*)*$")
_NAMED_PLACE = re.compile(r"\b(?:on|for|in|with|to|over)\s+(?P<name>[A-Z]\S*(?: [A-Z\d]\S*)*)$")
"""A data set or model where something holds ("on ImageNet"): another name takes its place."""
_RELATIONS = word_set(
    """advantage advantages alternative alternatives assumption assumptions benefit benefits complexity components cost
    disadvantage disadvantages downside downsides drawback drawbacks effect effects example examples formula formulas
    intuition limitation limitations motivation mathematics maths parts pros cons steps structure weakness weaknesses
    problem problems equation equations formally mathematically work works working help helps useful used using need
    needed good bad simply exactly actually value values number"""
)
"""Words that say something only of something: "what are the advantages" has no subject of its own."""


def _read(turn: Turn, last: _Said | None, about: _Said | None) -> _Said:
    """Read a question with the one before it; ``about``: the one that says what the thread is about."""
    bare = _bared(turn.question)
    mark = _MARK.match(bare)
    rest = _bared(bare[mark.end() :]) if mark else bare
    alone = understand(bare)
    if last is None or alone.kind in (Asks.ITEM, Asks.PURPOSE, Asks.CODE) or alone.of_record:
        return _said(turn.question, turn)
    if not rest:
        return _said(turn.question, turn) if _THANKS.search(bare) else last
    if _AGAIN.fullmatch(rest):
        return last
    marked = rest != bare
    if again := asked_again(last.asked.record, last.names, rest, turn.names):
        return _said(again, turn, last)
    if _only_names(rest, turn.names) and (marked or not last.answered or _PLACED.match(rest)):
        return _said(_of_another(last, rest, turn.names), turn, last)
    asked = bare if _FULL.match(bare) else rest
    if last.subject and (
        meant := _asked_barely(rest, last) or with_subject(asked, turn.names, last.subject, last.sides)
    ):
        return replace(_said(meant, turn, last), subject=last.subject, sides=last.sides)
    if about is None or not about.subject:
        return _said(turn.question, turn)
    if added := _set_against(rest, about.subject) or _of_the_subject(rest, about.subject):
        return replace(_said(added, turn, about), subject=about.subject, sides=about.sides)
    exchanged = _instead(bare, rest, about) if marked or _PLACED.match(rest) else ""
    return _said(exchanged or turn.question, turn, about)


def _says_nothing(said: _Said) -> bool:
    """Whether nothing is named that a question after it could lean on ("slower?"); a paper or its code is something."""
    return not said.subject and said.asked.kind not in (Asks.PURPOSE, Asks.CODE)


def _says_what(said: _Said) -> bool:
    """Whether a question names a subject outright ("what is dropout"): "it" is that afterwards, found or not."""
    outright = said.asked.kind in (Asks.DEFINITION, Asks.COMPARISON) and _FULL.match(said.bare)
    return bool(outright and said.subject)


def names_nothing(question: str) -> bool:
    """Whether a question, its pronouns aside, names nothing to look for: "why does it work?"."""
    return not set(content_words(question)) - _RELATIONS


def _said(question: str, turn: Turn, before: _Said | None = None) -> _Said:
    known = dict.fromkeys((*turn.names, *(before.names if before else ())))
    names = tuple(name for name in known if place_of(name, question))
    asked = understand(question)
    return _Said(question, names, turn.answered, asked, subject_of(asked, names), asked.sides)


def _bared(question: str) -> str:
    return " ".join(question.split()).strip(" ?!.:;,\"'“”‘’-")


def _only_names(rest: str, names: Sequence[str]) -> bool:
    """Whether nothing but papers is named."""
    for name in names:
        rest = rest.replace(name, " ")
    return bool(names) and not content_words(rest)


def _of_another(last: _Said, rest: str, new: Sequence[str]) -> str:
    """Return the question before, asked of the papers named now."""
    before = last.bare
    for name in last.names:
        place = place_of(name, before)
        if place is not None:
            return before[: place.start()] + " and ".join(new) + before[place.end() :]
    against = _AGAINST.match(rest)
    return f"{before} {rest}" if against or _PLACED.match(rest) else f"{before} in {' and '.join(new)}"


def _asked_barely(rest: str, last: _Said) -> str:
    """Ask a lone "why?" of what was asked: "why does dropout help" after "does dropout help"."""
    found = _BARE.fullmatch(rest)
    if found is None:
        return ""
    asks = found["asks"]
    if last.asked.kind is Asks.YES_NO:
        return f"{asks} {last.bare}"
    if place := re.match(r"(?:where|when)\b", last.bare, re.IGNORECASE):
        return f"{asks}{last.bare[place.end() :]}"
    return f"{asks} {last.subject}"


def _set_against(rest: str, subject: str) -> str:
    """Give a comparison its other side."""
    if _AGAINST.match(rest):
        return f"{subject} {rest}"
    if found := _DIFFERENCE.search(rest):
        return f"{rest[: found.start()]}difference between {subject} and {found['other']}"
    found = _COMPARE.search(rest)
    if found and not content_words(rest[: found.start()]) and not has_pronoun(rest[: found.start()]):
        return f"{rest[: found.start()]}compare {subject} {found['link']} {found['other']}"
    return ""


def _instead(bare: str, rest: str, about: _Said) -> str:
    """Return the question before with one part exchanged: "and on ImageNet?", "what about the learning rate"."""
    before, earlier, subject = about.bare, about.asked, about.subject
    placed = _PLACED.match(rest)
    if placed:
        same = rf"\b{placed['at']}\s+(?!(?:the )?(?:{PLACES})\b)[^,;]+?(?=\s+(?:{PLACES})\s|$)"
        found = list(re.finditer(same, before, re.IGNORECASE))
        return f"{before[: found[-1].start()]}{rest}{before[found[-1].end() :]}" if found else f"{before} {rest}"
    if _FULL.match(rest):
        return ""
    other = _NAMED_PLACE.search(before) if _WRITTEN_AS_NAME.match(rest) else None
    if other is not None:
        return before[: other.start("name")] + rest + before[other.end("name") :]
    exchanged = earlier.sought or subject
    place = place_of(exchanged, before)
    if place is None:
        return f"{bare} with {subject}"
    topic = not earlier.sought and earlier.kind is not Asks.DEFINITION and _ABOUT.search(bare) is not None
    if topic:  # "the loss" is another thing to ask about, "small batches" another case of what was asked
        return f"{bare} with {subject}" if _DEFINITE.match(rest) else f"{before} with {rest}"
    if not earlier.sought and _DEFINITE.match(rest) and not _DEFINITE.search(before[: place.start()]):
        return f"{bare} with {subject}"  # "the loss" after "what is dropout": that of dropout, no other thing beside it
    start = before[: place.start()]
    if _DEFINITE.match(rest):
        start = re.sub(r"\bhow (?:many|much) $", "what ", start, flags=re.IGNORECASE)  # "the dropout rate" is no count
    return start + _ARTICLE.sub("", rest) + before[place.end() :]


def _of_the_subject(rest: str, subject: str) -> str:
    """Give "what are the advantages" what they are advantages of."""
    words = content_words(rest)
    if not words or set(words) - _RELATIONS or subject.casefold() in rest.casefold():
        return ""
    return f"{rest} {'of' if words_in(rest)[-1].text.casefold() in words else 'for'} {subject}"
