"""Which questions a paper's record answers, not its text: who wrote it, when, where it is, how long it is.

"who wrote the ResNet paper" is such a question; "who first proposed dropout" and "how long is the training" are not:
where a paper would be named, one has to be. Words go by English alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from rag.retrieval.words import content_words


class Field(StrEnum):
    """What is asked of a record; ``PAPERS``: which records there are."""

    AUTHORS = "authors"
    DATE = "date"
    VENUE = "venue"
    LINK = "link"
    PAGES = "pages"
    ID = "id"
    TITLE = "title"
    PAPERS = "papers"


@dataclass(frozen=True, slots=True)
class Request:
    """A field, and the words that say of which paper: "" for "it", "this paper" and none at all.

    ``outright``: they say that a paper is meant ("the GPT-4 paper"), here or not; whoever writes a long title may ask
    of one that another paper cites. Of ``PAPERS``, ``of`` is the topic. ``also``: what is asked beside.
    """

    field: Field
    of: str = ""
    outright: bool = True
    also: tuple[Field, ...] = ()


UNKNOWN_WORDS = 3
"""Words of a name that may be that of a paper nobody has added."""

_PAPER = r"(?:paper|article|preprint|publication|manuscript)"
_POINTING = re.compile(
    r"(?:it|its|this|that|they|them|both|these|those"
    rf"|(?:(?:the|this|that|these|those|both|your) )?(?:(?:same|whole|full|original) )?{_PAPER}s?)?",
    re.IGNORECASE,
)
_CALLED = re.compile(rf"\b{_PAPER}s?\b", re.IGNORECASE)
_ARTICLE = re.compile(r"^(?:the|this|that|a|an)\s+", re.IGNORECASE)
_OUTRIGHT = re.compile(
    rf"^(?P<before>.+?)(?:['’]s?)?\s+{_PAPER}$|^{_PAPER}\s+(?:called |titled )?(?P<after>.+)$", re.IGNORECASE
)
_BESIDE_NAMES = re.compile(rf"(?:\W|\b(?:and|or|both|the|original|v\d+|{_PAPER}s?)\b|['’]s\b)*", re.IGNORECASE)
_POLITE = re.compile(
    r"^(?:(?:and|so|ok|okay|but|also|then|now|hi|hello|hey|please|pls|can you|could you|do you know|i want to know"
    r"|i would like to know|tell me)[\s,]+)+",
    re.IGNORECASE,
)
_OPENING = re.compile(
    r"^(?:(?:is there|do you have|give|tell"
    r"|show|send|share|list|name|me|us|i need|i want|i want to know|what['’]?s|who['’]?s|who|what|which|is|are|was"
    r"|were)\s+)+",
    re.IGNORECASE,
)
_CLOSING = re.compile(
    r"(?:\s+(?:please|pls|here|exactly|again|though|then|by the way|thanks|thank you|in full|online))+$", re.IGNORECASE
)
_OUT = (
    r"(?:published|released|written|submitted|uploaded|posted|presented|accepted|made public"
    r"|put on(?:line| arxiv)|on arxiv)"
    r"(?: (?:on|to|in|at|as)(?: (?:the )?(?:arxiv|first time|web|internet|a paper|paper))?)?"
)
_WHEN = r"(?:when|since when|(?:in |on |from )?(?:what|which) (?:year|date|month|day))"
_WHERE = r"(?:where|(?:(?:at|in) )?(?:what|which) (?:conference|journal|venue|workshop))"
_NOUNS = {
    Field.AUTHORS: r"(?:names? of )?(?:the |all |all the )?(?:(?:first|last|lead|main|senior|other) )?"
    r"(?:authors?|writers?|author names?|author list)(?: names?)?",
    Field.DATE: r"(?:publication|publishing|release|submission) (?:date|year)|(?:date|year) of (?:publication|release"
    r"|submission)|date|year",
    Field.VENUE: r"(?:publication )?(?:venue|conference|journal)",
    Field.LINK: r"(?:(?:pdf|arxiv|download|web|direct) )?(?:link|url)|pdf(?= (?:of|for|to) |$)",
    Field.PAGES: r"page count|number of pages|length in pages",
    Field.ID: r"(?:arxiv|paper)[ -]?(?:id|identifier|number|no)",
    Field.TITLE: r"(?:(?:full|exact|complete|whole) )?title",
}
_HOLD = r"(?:have|hold|got|know|read|keep|have read|have added|added)"
_ABOUT = r"(?: (?:that (?:are|is) |which (?:are|is) )?(?:about|on|regarding|concerning) (?P<of>.+))?"
_HERE = (
    r"(?: (?:in (?:the|this|our|your) (?:library|server|list|collection|group|channel)|so far|now|already|stored"
    r"|added))*"
)


def _compiled(*patterns: str) -> tuple[re.Pattern[str], ...]:
    return tuple(re.compile(pattern, re.IGNORECASE) for pattern in patterns)


_NAMED = {
    field: _compiled(
        rf"(?:the |its |their |a |an )?(?:{noun})(?: (?:of|for|to|in|from|behind) (?P<of>.+))?",
        rf"(?P<of>.+?)(?:['’]s?)? (?:{noun})",
    )
    for field, noun in _NOUNS.items()
}
_VERBS: dict[Field, tuple[re.Pattern[str], ...]] = {
    Field.AUTHORS: _compiled(
        r"who (?:wrote?|writes?|wrotes|authored|published|has written|have written) (?P<of>.+)",
        r"(?P<of>.+?),? who wrote(?: it| this)?",
        r"by whom (?:is|was|were) (?P<of>.+) (?:written|authored|published)",
        r"(?P<of>.+) (?:is|was|were) (?:written|authored|published) by (?:who|whom)",
        r"who (?:is|was) (?P<of>.+) (?:written|authored|published) by",
    ),
    Field.DATE: _compiled(
        rf"{_WHEN} (?:is|was|were|has) (?P<of>.+?)(?: (?:first|originally|been))* {_OUT}",
        rf"{_WHEN} (?P<of>.+?) (?:(?:is|was) )?{_OUT}",
        rf"{_WHEN} (?:is|was|were) {_OUT} (?P<of>.+)",
        rf"(?P<of>.+?),? {_WHEN} (?:is|was|were)? ?(?:it )?{_OUT}",
        rf"{_WHEN} did (?P<of>.+?)(?: first)? (?:come out|appear|get published)",
        rf"{_WHEN} did (?:they|the authors|people) (?:write|publish|release|submit|upload) (?P<of>.+)",
        r"(?:from )?(?:what|which) (?:year|date) (?:is|was) (?P<of>.+?)(?: from)?",
    ),
    Field.VENUE: _compiled(
        rf"{_WHERE} (?:is|was|were|has) (?P<of>.+?)(?: been)? (?:published|presented|accepted)(?: (?:at|in))?",
        rf"{_WHERE} did (?P<of>.+?) (?:appear|get published|come out)",
    ),
    Field.LINK: _compiled(
        r"(?:where|how) (?:can|could|do|should) (?:i|we|one|you) (?:read|find|get|download|access|open|see|found)"
        r"(?: (?:the )?pdf of)? (?P<of>.+?)(?: (?:itself|on arxiv|from|as pdf))?",
    ),
    Field.PAGES: _compiled(
        r"how many pages?(?: (?:are|is)(?: there)?| does| do| has| have)?(?: (?:in|of|for))?(?: (?P<of>.+?))??"
        r"(?: (?:have|has|long|got))?",
    ),
}
_OF_PAPERS: dict[Field, tuple[re.Pattern[str], ...]] = {
    Field.AUTHORS: _compiled(r"who (?:is|are|was|were) behind (?P<of>.+)", r"who (?:made|did|created) (?P<of>.+)"),
    Field.DATE: _compiled(r"how (?:old|recent|new) is (?P<of>.+)", r"(?:what|which) year is (?P<of>.+)"),
    Field.LINK: _compiled(r"where (?:is|are) (?P<of>.+)", r"(?:open|show me) (?P<of>.+)"),
    Field.PAGES: _compiled(r"how (?:long|big) (?:is|was) (?P<of>.+?)(?: in pages)?", r"length of (?P<of>.+)"),
}
"""Of something that is called a paper; of a model or a method these ask something else."""
_PAPERS = _compiled(
    rf"(?:what|which|how many) {_PAPER}s (?:do |have |did )?(?:we|you) {_HOLD}(?: here)?{_HERE}{_ABOUT}{_HERE}",
    rf"(?:what|which|how many) {_PAPER}s (?:are|is)(?: there| here)?{_HERE}{_ABOUT}{_HERE}",
    rf"(?:please )?(?:list|show|name)(?: me| us)? (?:all )?(?:of )?(?:our|your|all|the|my) {_PAPER}s"
    rf"(?: (?:that |which )?(?:we|you) {_HOLD}| here)?{_HERE}{_ABOUT}{_HERE}",
    rf"(?:do|have) (?:we|you) (?:have |got )?(?:any |a |some )?{_PAPER}s? (?:about|on) (?P<of>.+)",
)


def request_in(question: str) -> Request | None:
    """Return what of a record a question asks; None for one that the papers' text has to answer."""
    bare = _POLITE.sub("", _CLOSING.sub("", " ".join(question.split()).strip(" ?!.:;,\"'“”‘’-")))
    for pattern in _PAPERS:
        found = pattern.fullmatch(bare)
        if found is not None:
            return Request(Field.PAPERS, (found["of"] or "").strip())
    asked, _, beside = bare.rpartition(" and ")
    first, second = (_one(asked.rstrip(" ,?")), _one(beside)) if asked else (None, None)
    if first is not None and second is not None and not second.of:  # "who wrote it and when was it published"
        return replace(first, also=(second.field,))
    return _one(bare)


def _one(bare: str) -> Request | None:
    for field, of, needs_paper in _found(bare):
        request = _request(field, of)
        if not needs_paper or _CALLED.search(of):
            return request
    return None


def _found(bare: str) -> Iterator[tuple[Field, str, bool]]:
    """Yield the fields that the words fit, with the words for the paper, and whether these have to call it one."""
    for needs_paper, verbs in ((False, _VERBS), (True, _OF_PAPERS)):
        for field, forms in verbs.items():
            for pattern in forms:
                found = pattern.fullmatch(bare)
                if found is not None:
                    yield field, found["of"] or "", needs_paper
    asked = _OPENING.sub("", bare)
    for field, forms in _NAMED.items():
        for pattern in forms:
            found = pattern.fullmatch(asked)
            if found is not None:
                yield field, found["of"] or "", False


def _request(field: Field, of: str) -> Request:
    of = of.strip()
    if _POINTING.fullmatch(of):
        return Request(field)
    of = _ARTICLE.sub("", of)
    called = _OUTRIGHT.match(of)
    if called is None:
        return Request(field, of, outright=False)
    name = (called["before"] or called["after"]).strip(" “”\"'")
    return Request(field, name, outright=len(content_words(name)) <= UNKNOWN_WORDS)


_AGAIN = {
    Field.AUTHORS: "who wrote {}",
    Field.DATE: "when was {} published",
    Field.VENUE: "where was {} published",
    Field.LINK: "where can I read {}",
    Field.PAGES: "how many pages has {}",
    Field.ID: "what is the arXiv id of {}",
    Field.TITLE: "what is the title of {}",
}
_BARELY = (
    (Field.AUTHORS, re.compile(r"who|by whom", re.IGNORECASE)),
    (
        Field.DATE,
        re.compile(r"when|since when|(?:in )?(?:what|which) (?:year|date)|(?:the )?(?:year|date)", re.IGNORECASE),
    ),
    (Field.VENUE, re.compile(r"(?:at |in )?(?:what|which) (?:conference|journal|venue)", re.IGNORECASE)),
    (Field.LINK, re.compile(r"where|link", re.IGNORECASE)),
    (Field.PAGES, re.compile(r"how long|how many|pages", re.IGNORECASE)),
)


def asked_again(before: Request | None, of: Sequence[str], rest: str, names: Sequence[str]) -> str:
    """Return the question that a few words make after one about a record of the papers ``of``; "" when they make none.

    >>> asked_again(Request(Field.AUTHORS), (), "when", ())
    'when was it published'
    """
    if before is None or not (before.outright or is_only(before.of, of)):
        return ""
    if before.field in _AGAIN and is_only(rest, names):
        return _AGAIN[before.field].format(" and ".join(names))
    barely = next((field for field, words in _BARELY if words.fullmatch(rest)), None)
    return _AGAIN[barely].format("it") if barely is not None else ""


def is_only(of: str, names: Sequence[str]) -> bool:
    """Whether words name papers and nothing else: "resnet and densenet", not "batch norm in resnet"."""
    for name in names:
        of = of.replace(name, " ")
    return bool(names) and _BESIDE_NAMES.fullmatch(of) is not None
