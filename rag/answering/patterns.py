"""How sentences of papers define, give reasons, count and claim: the marks by which a question's answer is known."""

from __future__ import annotations

import re
from collections.abc import Sequence

from rag.answering.wording import Word, places_of, stem

_BEFORE = re.compile(
    r"(?:\b(?:we |to |be |is |are |can |is also |commonly )?(?:define[sd]?|call(?:s|ed)?|dub(?:bed)?|name[sd]?|"
    r"term(?:s|ed)?|denote[sd]?(?: by| as)?|"
    r"introduc(?:e|es|ed|ing)|known as|referred to as|refer to (?:this|it|such|these|the) .{0,80}\bas|refer to|"
    r"defined as|so-called))"
    r"[\s,:]*(?:by|the|a|an|as|this|our|it|new|notion of|concept of|idea of)?(?:\s(?:the|a|an))?[\s\"“‘'(]*$",
    re.IGNORECASE,
)
_STRONG_BEFORE = re.compile(
    r"\b(?:define|call(?:ed)?|refer(?:red)? to .{0,90}\bas|known as|term(?:ed)?|dub(?:bed)?)[\s,]*(?:the|a|an|"
    r"this|it)?[\s\"“‘'(]*$",
    re.IGNORECASE,
)
_AFTER_NAME = r"^[\"”’')]*\s*(?:\([^)]{1,60}\)\s*)?(?:\[[\d, ]+\]\s*)?"
_DEFINED_AS = re.compile(
    _AFTER_NAME + r"(?:,? ?(?:is|are|was|were|can be|be)?\s*(?:defined|described|formulated|thought of|seen|viewed|"
    r"understood|interpreted) as\b"
    r"|,? ?(?:which |that )?(?:refers? to|denotes?|means?|stands? for|represents?|is the|is an?|are the|are an?)\b)",
    re.IGNORECASE,
)
_IS = re.compile(
    _AFTER_NAME + r"(?:,? ?(?:which |that )?(?:consists? of|corresponds? to|measures?|computes?|aims? to|allows?|"
    r"works? by|takes?|performs?|occurs?|happens?|describes?|serves?|controls?|determines?|contains?|comprises?|"
    r"extracts?|transforms?|maps?|generates?|estimates?)\b"
    r"|,\s*with [^,]{1,40},\s*(?:is|are)\b"
    r"|\s*(?:=|:=|∈|:)|,\s*(?:a|an|the|i\.e\.|namely|where|which)\b|\s*[-–—]\s*(?:a|an|the)\b)",
    re.IGNORECASE,
)
_IS_SO = re.compile(_AFTER_NAME + r",? ?(?:which |that )?(?:is|are|was|were)\b", re.IGNORECASE)
_IN_OTHER_WORDS = re.compile(_AFTER_NAME + r"\s*[,–—(-]\s*(?:i\.\s?e\.|that is\b|namely\b|meaning\b)", re.IGNORECASE)
_EXPLAINED = re.compile(r"^[^.:]{0,40}:\s+\w")
_CALLED_AS = re.compile(
    r"\b(?:call|refer to|denote|term|define)\b.{0,140}\bas[\s\"“‘'(]*(?:the |a |an )?[\"“‘']?$", re.IGNORECASE
)
_OBJECT = re.compile(
    r"\b(?:in|of|for|by|with|without|from|to|on|including|and|or|like|as|via|through|than|using|use|uses|called|into|"
    r"under|when|if)(?: (?:the|a|an|our|this|these|its|such|each))?(?: \w+)?\s*$",
    re.IGNORECASE,
)
_REFERRED = re.compile(r"\b(?:refer to|define|denote|treat|use)\s(?:the |a |an |our )?(?:[\w-]+ ){0,2}$", re.IGNORECASE)
_AS = re.compile(r"\s*as (?!denoted|shown|seen|described|illustrated|depicted|given|in |well )")
_ONE_OF_SEVERAL = re.compile(
    r"\b(?:last|first|second|third|next|other|another|final|our|such|following) $", re.IGNORECASE
)
_SPELLED_OUT = re.compile(r"[A-Za-z][\w-]*\s*\(\s*$")
_APPOSED = re.compile(
    _AFTER_NAME
    + r",\s*(?:a|an|the)\s[^,.;]{3,60}\b(?:that|which|wherein|where|whose|used to|designed to|for \w+ing)\b",
    re.IGNORECASE,
)
"""What a name is, said after it: "via Adversarial Filtering (AF), a paradigm wherein ..."; wherever the name stands."""
_ONLY_NAMED = re.compile(_AFTER_NAME + r"[.!?]*\s*$")
_INTRODUCED = re.compile(
    r"\bintroduc(?:e|es|ed|ing)[\s,:]*(?:(?:the|a|an|our|new|notion of|concept of|idea of)\s*)*$", re.IGNORECASE
)
_NOT_THE_TERM = re.compile(
    r"^\s*(?:is|are|was|were) (?:not|also not|often|used|shown|given|applied|trained|added)\b", re.IGNORECASE
)

REASON = re.compile(
    r"\b(?:because|since|due to|owing to|so that|in order to|reasons?|motivat\w+|therefore|thus|hence|"
    r"consequently|lead(?:s|ing)? to|"
    r"enabl\w+|allow\w*|prevent\w*|avoid\w*|reduc\w+|help\w*|as a result|caus\w+|mak\w+ it|ensur\w+|alleviat\w+|"
    r"address\w*|"
    r"benefits?|advantages?|otherwise|need(?:s|ed)? to|to (?:keep|make|prevent|avoid|reduce|ensure|improve|"
    r"increase|preserve|speed|allow))\b",
    re.IGNORECASE,
)
STRONG_REASON = re.compile(
    r"\b(?:because|due to|since|so that|the reason|owing to|in order to|therefore|thus|motivat\w+|"
    r"(?:is|are|was|were) used to|"
    r"to (?:keep|make|prevent|avoid|reduce|ensure|improve|increase|preserve|alleviate|address|overcome|counter\w*|"
    r"mitigate|combat|remedy|tackle|stabili[sz]e|compensate))\b",
    re.IGNORECASE,
)
FINDING = re.compile(
    r"\b(?:we (?:also |can )?(?:find|found|show|observed?|see|conclude)|(?:results?|experiments?|differences?|this|it)"
    r" (?:\w+ )?(?:shows?|suggests?|demonstrates?|reveals?|confirms?)|indicat\w+ that|suggest\w* that|not (?:essential|"
    r"necessary|needed|required|sufficient)|applicable|hurts?|degrad\w+|(?:out|under)perform\w*)\b",
    re.IGNORECASE,
)
"""What was found out: the answer to a question that wants yes or no."""
EFFECT = re.compile(
    r"\b(?:work|help|improve|hurt|matter|perform|outperform|beat|generali[sz]e|need|have to|has to|must|better|worse|"
    r"good|enough|useful|effective|important|necessary|without)\b",
    re.IGNORECASE,
)
"""In a question: whether something does good is asked, which papers find out."""
NUMBER = re.compile(
    r"(?<![\w\[(.])(?<![A-Za-z]-)(?!(?:19|20)\d\d\b)\d[\d,.]*(?:%|×|x|k|K|M|B|ms|fps|th)?(?![\w\]])"
    r"|\b(?:two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|hundred|thousand|million|billion|"
    r"twice)\b",
    re.IGNORECASE,
)
_ITEM_NUMBER = re.compile(
    r"\b(?:Fig(?:ure)?|Table|Tab|Eq(?:uation)?|Section|Sec|Appendix|Theorem|Algorithm|step|"
    r"Ref)s?\.?\s*\(?[\dA-Z.]+\)?",
    re.IGNORECASE,
)
_NO_COUNT = re.compile(
    r"\btop-\d+|\b(?:first|last|next|previous|following|preceding) (?:\d+|two|three|four|five|six|eight|ten)\b"
    r"|\b(?:single|two|three|four|five)[ -](?:such|different|other|of|more|kinds|types|steps|words|stage)\b",
    re.I,
)
_SHARE_OF = re.compile(r"\d ?% of ((?:[\w-]+ ?){1,5})")
CLAIM = re.compile(
    r"\b(?:we (?:\w+ )?(?:propose|present|introduce|describe|develop|address|show|demonstrate|find|investigate|"
    r"study|explore|train(?:ed)?|report|argue|"
    r"provide|release|evaluate|make|call)|in this (?:paper|work|article|letter|study)|this (?:paper|work|"
    r"article|study)|our (?:main |key )?"
    r"(?:contributions?|method|model|approach|results?|goal|aim|system|work|network|framework)|the (?:main|key) "
    r"(?:contribution|idea)|"
    r"outperform\w*|state[- ]of[- ]the[- ]art)\b",
    re.IGNORECASE,
)
STRONG_CLAIM = re.compile(
    r"\b(?:(?:we|this (?:paper|work)|paper) (?:\w+ )?(?:propose|present|introduce|describe|develop)s?|"
    r"our (?:main |key )?contributions?)\b",
    re.IGNORECASE,
)
BACKGROUND = re.compile(
    r"(?:While|Although|Though|Despite|Recent|Recently|The (?:best|dominant|current|main)|Most|Many|Much|Existing|"
    r"Previous|Prior|Traditional|Traditionally|Currently|In recent years|Over the (?:last|past))\b"
)
"""How sentences begin that tell what others did, before a paper says what it does."""
CONTRAST = re.compile(
    r"\b(?:compar\w+|than|unlike|whereas|while|contrast|differ\w*|instead|rather|versus|vs|outperform\w*|"
    r"similar\w*|better|fewer|faster|"
    r"slower|more accurate|replac\w+|improv\w+|however|in addition to|extend\w*|based on)\b",
    re.IGNORECASE,
)
SETS_APART = re.compile(
    r"\b(?:unlike|whereas|in contrast|as opposed to|compared (?:to|with)|differs?|instead of|"
    r"(?:fewer|more|less|better|faster|\w+er) [^.]{0,50}than)\b",
    re.IGNORECASE,
)
OUR = re.compile(r"\b(?:our|ours|we|this (?:paper|work|article))\b", re.IGNORECASE)
_NAME_INSIDE = re.compile(r"(?<=[a-z,;(] )(?:[A-Z][\w-]*[A-Z\d][\w-]*|[A-Z][a-z]+[A-Z]\w*|[A-Z][a-z]{2,})")


_NAMED = re.compile(r"[A-Z]\w*|[a-z]\w*[A-Z\d]\w*")
_NAME_AFTER = re.compile(
    r"(?: function| value| rate| size)?s?(?: (?:is|of|to|by|called|as)|,|:|=|\()*\s*(?:the |a |an |i\.e\. )?"
    r"(?:[A-Z][\w-]+|\d)"
)
_CHOSEN = re.compile(
    r"\b(?:us(?:e[sd]?|ing)|employ\w*|adopt\w*|cho(?:se|osen?)|appl(?:y|ied|ies)|train(?:ed)?|optimi[sz]ed|set|with|"
    r"tokeni[sz]ed?|select\w*|we)\b",
    re.IGNORECASE,
)
UNITS = {
    "time": re.compile(r"\b(?:hours?|days?|weeks?|months?|minutes?|seconds?|ms|milliseconds?|GPU-hours|fps)\b", re.I),
    "share": re.compile(r"\d ?%|\bpercent\b|\b(?:half|thirds?|quarters?)\b", re.IGNORECASE),
    "times": re.compile(r"\d ?(?:%|×|x\b)|\b(?:times|twice|half|percent|smaller|fewer|faster|larger)\b", re.IGNORECASE),
}
"""By what is asked ("how long", "how many percent", "how much faster") the units in which it is answered."""

_STATED = re.compile(
    r"\b(?:is|are|was|were|has|have|had|contains?|consists?|compris\w+|includ\w+|cover\w*|us(?:e|es|ed|ing)|employ\w*|"
    r"achiev\w+|obtain\w*|trained|predicts?|stack\w*|set|took|takes?|with)\b"
)
_AFTER_NUMBER, _BEFORE_NUMBER = 5, 2  # words between "8" and "heads": "8 parallel attention layers, or heads"


def definingness(terms: Sequence[str], sentence: str, words: Sequence[Word]) -> float:
    """Return 0 to 1: how much a sentence looks like the place where one of the terms is defined."""
    best = 0.0
    asked = [end for _, end in places_of(terms[0], words)] if terms else []
    for term in terms:
        for start, end in places_of(term, words):
            if not any(sentence[before:start].strip() == "(" for before in asked):  # what is asked, only shortened
                best = max(best, _defining(sentence, start, end))
    return best


def has_number(sentence: str) -> bool:
    """Whether a sentence holds a number that is neither a citation, a year nor the number of a figure."""
    return NUMBER.search(_NO_COUNT.sub(" ", _ITEM_NUMBER.sub(" ", sentence))) is not None


def share_of(sentence: str, noun: str) -> bool:
    """Whether a sentence gives a share of what the stem names: "15% of all tokens"."""
    return any(stem(word.casefold()) == noun for found in _SHARE_OF.findall(sentence) for word in found.split())


def _defining(sentence: str, start: int, end: int) -> float:
    before, after = sentence[max(0, start - 160) : start], sentence[end : end + 90]
    early = 1.0 if start <= 12 else 0.9 if start <= 40 else 0.75  # the subject of a sentence comes early
    if _STRONG_BEFORE.search(before) or _CALLED_AS.search(before):
        return 1.0
    if _REFERRED.search(before) and _AS.match(after):
        return 1.0
    if _IN_OTHER_WORDS.match(after):
        return 0.85
    if _APPOSED.match(after):
        return 0.8
    if _NOT_THE_TERM.match(after) or (_INTRODUCED.search(before) and _ONLY_NAMED.match(after)):
        return 0.35 * early
    if _BEFORE.search(before):
        return 0.7
    if _OBJECT.search(before) or _ONE_OF_SEVERAL.search(before):
        early *= 0.5
    return _saying(before, after, early)


def _saying(before: str, after: str, early: float) -> float:
    if _DEFINED_AS.match(after):
        return 0.9 * early
    if _IS.match(after):
        return 0.65 * early
    if _SPELLED_OUT.search(before) and after.startswith(")"):
        return 0.6
    if _EXPLAINED.match(after):
        return 0.55
    return 0.45 * early if _IS_SO.match(after) else 0.2


def counts(sentence: str, words: Sequence[Word], noun: str) -> float:
    """Return 0 to 1: how much a sentence says how many there are of something, named by its stem; any number counts
    a little.
    """
    if not has_number(sentence):
        return 0.0
    places = [n for n, word in enumerate(words) if word.stem == noun]
    numbers = [n for n, word in enumerate(words) if NUMBER.fullmatch(word.text) or NUMBER.match(word.text)]
    near = any(-_AFTER_NUMBER <= number - place <= _BEFORE_NUMBER for place in places for number in numbers)
    return (1.0 if _STATED.search(sentence) else 0.85) if near else 0.5


def instance_of(sentence: str, words: Sequence[Word], noun: str) -> float:
    """Return 0 to 1: how much a sentence names one of a kind, the noun given by its stem: "we use the Adam
    optimizer" is 1, "a linear optimizer is used" less, and a sentence that only holds the noun little.
    """
    best = 0.0
    for n, word in enumerate(words):
        if word.stem != noun and not (
            len(noun) > 5 and noun.endswith("er") and word.text.casefold().startswith(noun[:-1])
        ):
            continue  # "we tokenize the data with ..." answers which tokenizer
        named = n > 1 and (_NAMED.match(words[n - 1].text) is not None or _numbered_name(words[n - 2 : n]))
        told = _CHOSEN.search(sentence[max(0, word.start - 90) : word.end + 60]) is not None
        after = _NAME_AFTER.match(sentence[word.end :]) is not None
        best = max(best, 0.2 + 0.4 * (named or after) + 0.4 * told)
    return best


def _numbered_name(words: Sequence[Word]) -> bool:
    """Whether two words are a name with its number ("GTX 580"), not a count."""
    return len(words) == 2 and words[0].text[:1].isupper() and words[1].text[:1].isdigit()


def lists(sentence: str) -> float:
    """Return 0 to 1: how much a sentence enumerates names."""
    names = len(_NAME_INSIDE.findall(sentence))
    return min(1.0, 0.2 * sentence.count(",") + 0.15 * names)
