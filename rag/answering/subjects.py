"""What a question is about, so that a later one may call it "it"."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import zip_longest

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
    """achieve act add address aggregate allow apply approximate assign attend avoid beat become begin behave
    calculate call cause change choose claim close combine come compare compute concatenate condition contain
    contribute converge copy cost create crop cut deal decide decode decrease define depend detect differ distill
    diverge divide downsample drop employ enable encode enforce ensure estimate evaluate exist explain exploit
    explore extend extract fail fine-tune finetune fit fix flip follow force forget formulate freeze fuse gather
    generalise generalize generate get give go grow guarantee guide handle happen have help hide hold hurt ignore
    impact imply improve include increase influence initialise initialize insert integrate interact introduce
    invent involve join keep know lack lead learn leave let lie like limit look lose lower maintain make map mask
    match matter maximise maximize mean measure mention merge minimise minimize mix modify move multiply need
    normalise normalize notice observe occur offer open optimise optimize outperform output overfit pad
    parameterise parameterize pass pay penalise penalize perform pick play pool predict prefer prepare preserve
    pretrain prevent process produce project promise propagate propose protect prove provide prune pull put
    quantize quote raise rank reach read receive recognise recognize reduce refer refine regularise regularize
    rely remain remove repeat replace report represent require reset resize resolve respond result retain return
    reward rise run sample satisfy save search see select send separate set settle share show shrink shuffle
    simplify skip slide smooth solve sort speak speed spend split stabilise stabilize stack stand start stay stop
    store struggle subtract suffer sum support surpass swap take talk teach tend test think throw tie tokenise
    tokenize touch trade train transfer transform translate transpose treat try tune turn underfit understand
    unfold unroll update upsample use vanish vary verify view vote wait want weaken weigh widen win wish work
    wrap write zero"""
)
_SAYS_HOW = word_set(
    """able bad best better brief cheap cheaper clear clearer common complex deep deeper different difficult easier easy
    effective efficient enough essential expensive fast faster good hard harder harmful important impossible large
    larger long longer low lower necessary needed non-linear possible robust short shorter similar simple simpler slow
    slower small smaller so stable true unstable useful useless well worse wrong"""
)
_PARTICIPLE = re.compile(r"^(?:\w{3,}ed|built|chosen|done|found|given|made|set|shown|split|taken|written)$")
_NO_PARTICIPLES = word_set("embed feed seed speed")
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
    if asked.kind in (Asks.PURPOSE, Asks.CODE) or asked.of_record:
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
    words = [word.text.casefold() for word in words_in(found)]
    if all(map(_describes, words)) or (asked.kind is not Asks.DEFINITION and all(map(_says_nothing, words))):
        return ""  # "can you explain simpler", "why does it converge"
    return " ".join(found.split()[:MAX_WORDS]).strip(" ,;:")


def _after_auxiliary(bare: str) -> str:
    """Return what stands between the auxiliary and the verb: "why does [batch norm] help training"."""
    found = _AUXILIARY.search(bare)
    if found is None:
        return ""
    rest = found["rest"]
    start = end = 0
    words = words_in(rest)
    for word, following in zip_longest(words, words[1:]):
        folded = word.text.casefold()
        if not end and folded in _DETERMINERS:
            start = word.end
        elif folded != "of" or not end:
            goes_on = following is not None and following.text.casefold() not in STOP_WORDS
            # What follows an article is no verb ("the cost"), and a describing word may begin a name ("deep networks").
            begins = not end and (bool(start) or (_describes(folded) and goes_on))
            cut = re.search(r"[,;:?]", rest[end or start : word.start])
            if cut or (not begins and (_describes(folded) or folded in _VERBS or folded in STOP_WORDS)):
                break
            end = word.end
    named = rest[start:end].strip()
    return named if content_words(named) else ""


def _describes(word: str) -> bool:
    """Whether a word is an adjective, an adverb or a participle: "important", "really", "trained"."""
    participle = _PARTICIPLE.match(word) is not None and word not in _NO_PARTICIPLES
    return word in _SAYS_HOW or word.endswith("ly") or participle


def _says_nothing(word: str) -> bool:
    return _describes(word) or word in _VERBS


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
