"""What a question asks for, read from its words: the group writes English as a second language, briefly, with slips."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from rag.answering.records import Request, request_in
from rag.answering.wording import content_words, words_in
from rag.retrieval.items import PAGE, SECTION, items_in


class Asks(StrEnum):
    """What kind of answer a question wants."""

    DEFINITION = "definition"
    ITEM = "item"  # a figure, table, equation, theorem, algorithm by number
    WHY = "why"
    HOW = "how"
    COMPARISON = "comparison"
    NUMBER = "number"
    WHICH = "which"  # one of a kind: "which optimizer is used"
    LIST = "list"
    CODE = "code"
    RECORD = "record"  # who wrote a paper, when, where it is: not of its text
    PURPOSE = "purpose"  # what the paper tries to convey
    YES_NO = "yes or no"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Asked:
    """A question understood.

    ``subject`` is the term asked about ("internal covariate shift"), "" when none stands out; ``sides`` the two things
    compared; ``words`` what the question names, lower case; ``sought`` the thing counted, or the kind of which one is
    asked for ("heads", "optimizer"), "" else. ``record``: what it asks of a paper's record, if it names a paper.
    """

    question: str
    kind: Asks
    subject: str = ""
    sides: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    sought: str = ""
    record: Request | None = None

    @property
    def terse(self) -> bool:
        """Whether it is three words or fewer: a note's catchword rather than a sentence."""
        return len(words_in(self.question)) <= 3

    @property
    def of_record(self) -> bool:
        """Whether it asks for a paper's record whatever papers there are."""
        return self.record is not None and self.record.outright


_CODE = re.compile(
    r"\bgit\s?hub\b|\bsource code\b|\brepo(?:sitory|sitories)?\b"
    r"|\b(?:is|are) there\b.*\b(?:code|implementations?)\b|\b(?:code|implementations?) (?:for|of|available|link|"
    r"published)\b"
    r"|\b(?:where|find|get|have|has|release|released|link)\b.*\b(?:code|implementations?)\b"
    r"|\b(?:official|pytorch|tensorflow|keras|open[- ]source) (?:code|implementations?)\b",
    re.IGNORECASE,
)
_PURPOSE = re.compile(
    r"\b(?:convey|tldr|tl;dr)\b|\bsummar(?:y|ise|ize)\b(?!.*\b(?:table|figure)\b)"
    r"|\bwhat\b.*\b(?:paper|work|authors?)\b.*\b(?:about|say(?:ing)?|propos(?:e|es|ed|ing)|contribut\w*|present|"
    r"achieve)\s*\??$"
    r"|\b(?:main|key|primary) (?:ideas?|contributions?|points?|goals?|messages?|insights?|purpose|claims?)\b"
    r"|\b(?:goal|purpose|point|contributions?|motivation) of (?:this|the|that) (?:paper|work|study|article)\b",
    re.IGNORECASE,
)
_VERSUS = re.compile(r"\s(?:vs\.?|versus|v\.s\.?)\s", re.IGNORECASE)
_COMPARES = re.compile(
    r"\bcompar(?:e|es|ed|ing|ison)\b|\bdiffer(?:s|ence|ences|ent|ently)?\b"
    r"|\b(?:better|worse|more accurate|(?:fast|slow|larg|small|cheap|big|good|large|strong)(?:er)?) than\b"
    r"|\badvantages?\b.*\bover\b",
    re.IGNORECASE,
)
_SIDES = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        r"\bdifferen(?:ce|ces|t)\b (?:is )?(?:between |of |in |the )*(.+?) (?:and|to|from|with|with the) (.+)",
        r"\bcompare (.+?) (?:and|to|with|against) (.+)",
        (
            r"^(?:how (?:does|do|is|are|did) |what |is |are |does |do )?(.+?) (?:is |are )?(?:compar\w+|differ\w*)"
            r" (?:to|with|from|than|other)? ?(.+)"
        ),
        (
            r"^(?:why |how |is |are |does |do )*(.+?) (?:is |are )?(?:better|worse|faster|slower|larger|smaller|"
            r"more accurate|cheaper) than (.+)"
        ),
    )
)
_WHY = re.compile(
    r"\bwhy\b|\bhow come\b|\breasons?\b|\bwhat (?:is|was) the (?:motivation|rationale)\b|\bcause[sd]?\b"
    r"|\bwhat(?:'s|s| is| are| was| were)? (?:the )?(?:role|purpose|use|point|benefits?) of\b"
    r"|\bwhat(?:'s|s| is| are| was| were)? .{2,60} (?:used|useful|good|needed) for(?:$| in\b| here\b)",
    re.I,
)
_NUMBER = re.compile(
    r"\bhow (?:many|much|fast|large|big|deep|long|often|small|wide|accurate|high|slow|well)\b"
    r"|\bwhat\b.*\b(?:number of|percentage|size of|rate|accuracy|score|fps|parameters?|value of|batch size|"
    r"dropout rate|top-[15]|momentum|weight decay|error|"
    r"epochs?|speed|dimension(?:ality)?|how many)\b",
    re.IGNORECASE,
)
_LIST = re.compile(
    r"^(?:list|name|enumerate)\b|\b(?:which|what)(?: are the| are| kinds?(?: of)?| types?(?: of)?| other)*"
    r" (?:\w+ ){0,2}?(?:datasets?|baselines?|benchmarks?|metrics|models|languages|tasks|features|methods|techniques|"
    r"components|layers|experiments|steps|options|limitations|advantages|disadvantages|drawbacks|problems)\b",
    re.IGNORECASE,
)
_SOUGHT = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        (
            r"\bhow (?:many|much) (?:percent(?:age)? (?:of )?(?:the )?)?((?:[\w-]+ ){0,3}?[\w-]+?)"
            r"(?= (?:is|are|was|were|do|does|did|has|have|had|can|in|of|per|each|should|to|the|there|used|on|for|it)\b"
            r"|$)"
        ),
        (
            r"^(?:in |on |with |by |for )?(?:what|which) (?:kinds? of |types? of |sorts? of )?"
            r"(?!is |are |was |were |do |does )"
            r"((?:[\w-]+ ){0,3}?[\w-]+?) (?:is|are|was|were|do|does|did|has|have|had|can|should|could|will)\b"
        ),
        (
            r"^what (?:is|are|was|were) (?:the )?((?:[\w-]+ ){0,3}?[\w-]+?)"
            r" (?:used|applied|employed|chosen|value|of|for|in)\b"
        ),
        r"^which ((?:[\w-]+ ){0,4}[\w-]+)$",
    )
)
_WHICH = re.compile(
    r"^(?:in |on |with |by |for )?(?:what|which) (?:kinds? of |types? of |sorts? of )?(?!is\b|are\b|was\b|were\b|"
    r"do\b|does\b|did\b|if\b|about\b|happen)(?:[\w-]+ ){0,3}?[\w-]+ "
    r"(?:is|are|was|were|do|does|did|has|have|had|can|should|could|will)\b"
    r"|^what (?:is|are|was|were) (?:the )?(?:[\w-]+ ){1,4}(?:used|applied|employed|chosen)\b"
    r"|^which (?:[\w-]+ ){0,4}[\w-]+$",
    re.IGNORECASE,
)
_SYMBOL = re.compile(r"^what (?:is|are|does) (?:the )?(?:[\w-]+ ){1,3}[a-zA-Z](?: (?:in|of|mean)\b.*)?$", re.IGNORECASE)
"""A symbol with its name ("growth rate k"): what it stands for is asked, not its value."""
_UNITS = {
    "time": re.compile(r"\bhow long\b|\b(?:training|inference|running) time\b", re.IGNORECASE),
    "share": re.compile(r"\bpercent(?:age)?s?\b|\b(?:what|which) (?:share|fraction|proportion)\b", re.IGNORECASE),
    "times": re.compile(r"\bhow much (?:\w+er|more|less)\b", re.IGNORECASE),
}
_WHAT = r"^(?:so |and |then )?(?:what|wat|waht)"
_DEFINITION = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        r"^(?:please |pls )?(?:define|definition of|meaning of|explain|describe)\s+(?:me\s+)?(?:what is\s+)?(.+)",
        _WHAT + r"(?:'s|’s|s)?\s+(?:do|does|did)\s+(.+?)\s+(?:means?|stands? for|refers? to|represents?)\b",
        _WHAT + r"\s+(?:is|are|was|were)\s+(?:the )?(?:meaning|definition|concept|idea) of\s+(.+)",
        _WHAT + r"\s*(?:'s|’s|s|is|are|was|were)\s+(.+?)(?:\s+means?)?$",
        _WHAT + r"\s+(.+?)\s+(?:means?|is|are)$",
        r"^how (?:is|are|was|were|do they|did they) (.+?) defined\b",
        r"^how (?:do|did) (?:they|the authors|you|we) define (.+)",
        r"^(.+?)\s+(?:is|are|means?|definition|meaning)$",
    )
)
_YES_NO = re.compile(r"^(?:is|are|was|were|do|does|did|can|could|has|have|had|should|would|will)\b", re.I)
_NAME_FIRST = re.compile(
    r"^(?!(?:in|on|with|by|for|of|from|to|at|about|and|so|then|but|please|pls|explain|describe|define|tell|list|name|say|"
    r"show|is|are|was|were|do|does|did|can|could|has|have|had|should|would|will|what|which|who|how|why|when|where)\b)"
    r"(?:[\w-]+,? ){1,2}(?=(?:what|which)\b)",
    re.I,
)
"""The paper before the question: "yolov4 which backbone", "resnet paper what is ..."."""
_SAYS = re.compile(r"\s(?:is|are|was|were|does|do|has|have|can|uses?)\s", re.I)
_ASKING = re.compile(r"^(?:what|which|who|whom|whose|when|where|how|why|wh?at)\b", re.I)
_LEADING = re.compile(r"^(?:the|a|an|this|that|these|those|its|their|term|word|concept|so called|of|in)\s+", re.I)
_TRAILING = re.compile(
    r"\s+(?:is |are )?(?:used|applied|proposed|introduced) (?:in|to|for|by|with)\b.*$"
    r"|\s+(?:in|from|of|on|by|according to|inside) (?:this|the|that|their|his) ?(?:\w+ )?(?:paper|work|article|"
    r"model|context|document)s?$"
    r"|\s+(?:here|mean|means|please|pls|used for|about|again|then)$",
    re.I,
)
MAX_SUBJECT_WORDS = 7
_CATCHWORD = 5


def understand(question: str) -> Asked:
    """Return what a question asks. Never fails: what fits nothing is ``OTHER``; only who knows the papers can tell that
    one asks for a ``RECORD``.
    """
    asked = " ".join(question.split())
    bare = asked.strip(" ?!.:;,\"'“”‘’-").strip()
    words = content_words(bare)
    record = None if _CODE.search(bare) else request_in(bare)
    kind = _kind(bare)
    sides = _sides(bare) if kind is Asks.COMPARISON else ()
    subject = _subject(bare) if kind in (Asks.DEFINITION, Asks.ITEM) else ""
    sought = _sought(bare) if kind in (Asks.NUMBER, Asks.WHICH) else ""
    return Asked(asked, kind, subject, sides, words, sought, record)


def unit_of(question: str) -> str:
    """Return in what an amount is asked for: "time", "share" or "times" (:data:`rag.answering.patterns.UNITS`), else
    "".
    """
    return next((unit for unit, pattern in _UNITS.items() if pattern.search(question)), "")


def _kind(bare: str) -> Asks:
    if _CODE.search(bare):
        return Asks.CODE
    if any(item.noun not in (SECTION, PAGE) for item in items_in(bare)):
        return Asks.ITEM
    if _PURPOSE.search(bare):
        return Asks.PURPOSE
    if _UNITS["times"].search(bare):
        return Asks.NUMBER
    if _VERSUS.search(bare) or _COMPARES.search(bare):
        return Asks.COMPARISON
    for pattern, kind in ((_WHY, Asks.WHY), (_NUMBER, Asks.NUMBER), (_LIST, Asks.LIST)):
        if pattern.search(bare) and not (kind is Asks.NUMBER and _SYMBOL.match(bare)):
            return kind
    if _WHICH.match(_NAME_FIRST.sub("", bare)):
        return Asks.WHICH
    if _YES_NO.match(bare):
        return Asks.YES_NO
    subject = _subject(bare)
    if subject and len(words_in(subject)) <= MAX_SUBJECT_WORDS:
        return Asks.DEFINITION
    if _SAYS.search(bare) and len(words_in(bare)) <= _CATCHWORD and not _ASKING.match(bare):
        return Asks.YES_NO  # "GAT is inductive or transductive"
    return Asks.HOW if re.search(r"\bhow\b", bare, re.I) else Asks.OTHER


def _sought(bare: str) -> str:
    """Return the thing that is counted or chosen, its last word the noun."""
    found = (pattern.search(_NAME_FIRST.sub("", bare)) for pattern in _SOUGHT)
    return next((match.group(1).casefold() for match in found if match is not None), "")


def _sides(bare: str) -> tuple[str, ...]:
    parts = _VERSUS.split(bare)
    if len(parts) == 2:
        return (_trimmed(parts[0]), _trimmed(parts[1]))
    for pattern in _SIDES:
        match = pattern.search(bare)
        if match is not None:
            return (_trimmed(match.group(1)), _trimmed(match.group(2)))
    return ()


def _subject(bare: str) -> str:
    """Return the term that a definition question is about; a catchword is its own subject."""
    bare = _NAME_FIRST.sub("", bare)
    for pattern in _DEFINITION:
        match = pattern.match(bare)
        if match is not None:
            return _trimmed(match.group(1))
    if len(words_in(bare)) <= _CATCHWORD and not _ASKING.match(bare) and not _SAYS.search(bare):
        return _trimmed(bare)
    return ""


def _trimmed(term: str) -> str:
    """Return a term without articles before and "in this paper" after it."""
    term = term.strip(" ?!.:;,\"'“”‘’")
    while True:
        shorter = _TRAILING.sub("", _LEADING.sub("", term)).strip(" ?!.:;,\"'“”‘’")
        if shorter == term or not shorter:
            return term
        term = shorter
