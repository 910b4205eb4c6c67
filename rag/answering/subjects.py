"""What a question is about, so that a later one may call it "it"."""

from __future__ import annotations

import re
from collections.abc import Sequence

from rag.answering.questions import Asked, Asks
from rag.answering.wording import content_words, words_in
from rag.retrieval.items import PAGE, items_in
from rag.retrieval.words import STOP_WORDS, word_set

MAX_WORDS = 6
"""Words of a subject: more is a sentence, and drowns what the later question asks."""

_AUXILIARY = re.compile(
    r"\b(?:do|does|did|is|are|was|were|can|could|should|would|will|has|have|had)\s+(?P<rest>.+)$", re.IGNORECASE
)
_VERBS = word_set(
    """achieve add address aggregate allow apply approximate assign attend avoid beat become behave calculate cause
    change choose combine come compare compute concatenate condition contain contribute converge copy cost create
    deal decide decrease define depend detect differ divide downsample employ enable encode enforce ensure estimate
    evaluate exist explain extend extract fail fix force formulate freeze fuse generalise generalize generate get
    give go grow guarantee guide handle happen have help hurt impact improve include increase influence initialise
    initialize insert integrate interact introduce involve keep lead learn let limit look lose lower maintain make
    map mask match matter maximise maximize mean measure merge minimise minimize modify move multiply need normalise
    normalize occur optimise optimize outperform output pad parameterise parameterize pass pay perform play pool
    predict preserve pretrain prevent process produce project propagate propose protect prove provide prune put
    quantize rank reach read receive recognise recognize reduce refer refine regularise regularize rely remove
    replace report represent require reset resize resolve respond result retain return run sample satisfy save scale
    search see select send separate set share show shrink simplify skip solve speed split stabilise stabilize stack
    stand stop store struggle suffer sum support surpass take tend test tokenise tokenize train transfer transform
    translate treat try tune update upsample use vanish vary verify view want weigh work write"""
)
_SAYS_HOW = word_set(
    """able bad best better cheap cheaper common complex deep deeper different difficult easier easy effective efficient
    enough essential expensive fast faster good hard harder harmful important impossible large larger long low lower
    necessary needed non-linear possible robust similar slow slower small smaller so stable true unstable useful
    useless well worse wrong"""
)
_PARTICIPLE = re.compile(
    r"^(?:\w{3,}(?:ed|ied)|built|chosen|done|found|given|made|set|shown|split|taken|trained|written)$"
)
_NO_PARTICIPLES = frozenset(
    ("embed", "feed", "need", "seed", "speed", "unsupervised", "supervised", "generalized", "masked")
)
_ROLE = re.compile(
    r"^(?:role|purpose|point|meaning|definition|idea|concept|use|aim|goal|effect|value|function|reason)s?"
    r" (?:of|behind|for) (?:the |a |an )?",
    re.IGNORECASE,
)
_DETERMINERS = frozenset(("the", "a", "an", "this", "that", "these", "those", "its", "their", "there", "not", "such"))


def subject_of(asked: Asked, names: Sequence[str] = ()) -> str:
    """Return the thing that a question is about in its own words, short; "" when it is a paper or nothing stands out.

    ``names`` are its words that name papers: "in ResNet" at the end says where to look, not what is asked about.
    """
    bare = asked.question.strip(" ?!.:;,\"'“”‘’-")
    if asked.kind is Asks.ITEM:
        return next((str(item) for item in items_in(bare) if item.noun != PAGE), "")
    if asked.kind in (Asks.PURPOSE, Asks.CODE):
        return names[0] if names else ""
    if asked.kind is Asks.DEFINITION:
        found = asked.subject
    elif asked.kind is Asks.COMPARISON and asked.sides:
        found = asked.sides[0]
    else:
        used_in = names[0] if asked.sought and names else ""  # "which optimizer is used in [Adam]"
        found = _after_auxiliary(bare) or used_in or asked.sought
    found = _placeless(found, names) if found else " ".join(content_words(_placeless(bare, names)))
    found = _ROLE.sub("", found)
    return " ".join(found.split()[:MAX_WORDS]).strip(" ,;:")


def _after_auxiliary(bare: str) -> str:
    """Return what stands between the auxiliary and the verb: "why does [batch norm] help training"."""
    found = _AUXILIARY.search(bare)
    if found is None:
        return ""
    rest = found["rest"]
    start = end = 0
    for word in words_in(rest):
        folded = word.text.casefold()
        if not end and folded in _DETERMINERS:
            start = word.end
        elif folded != "of" or not end:
            noun = bool(start) and not end  # what follows an article is no verb: "the cost"
            cut = re.search(r"[,;:?]", rest[end or start : word.start])
            if cut or (not noun and _ends_a_name(folded, first=not end)):
                break
            end = word.end
    named = rest[start:end].strip()
    return named if content_words(named) else ""


def _ends_a_name(word: str, *, first: bool) -> bool:
    """Whether a name cannot go on with this word; an adjective may begin it ("deep networks")."""
    says_how = word in _SAYS_HOW or word.endswith("ly")
    participle = _PARTICIPLE.match(word) is not None and word not in _NO_PARTICIPLES
    return word in _VERBS or word in STOP_WORDS or participle or (says_how and not first)


def _placeless(found: str, names: Sequence[str]) -> str:
    """Return a subject without the paper behind it: "growth rate in densenet", "layers of the ResNet paper"."""
    for name in names:
        after = (
            rf"\s+(?:in|of|for|from|by|on|at)\s+(?:the\s+)?{re.escape(name)}(?:['’]?s)?(?:\s+(?:paper|model|network))?$"
        )
        found = re.sub(after, "", found, flags=re.IGNORECASE).strip() or found
    return found


def place_of(name: str, text: str) -> re.Match[str] | None:
    """Return where a name stands in a text as words of its own, however they are written."""
    return re.search(rf"(?<![^\W_]){re.escape(name)}(?![^\W_])", text, re.IGNORECASE) if name else None
