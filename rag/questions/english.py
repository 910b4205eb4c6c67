"""Enough English to turn a sentence of a paper into a question about it: verbs by list, phrases by what ends them."""

# Word lists read better as lines of prose than as lists of literals:
# ruff: noqa: SIM905
from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

_REGULAR = """
use adopt apply employ replace add train introduce normalize normalise set remove drop insert initialize initialise
optimize optimise select restrict limit combine concatenate share stack pre-train fine-tune pretrain finetune sample
crop resize mask learn update average scale split evaluate report compare measure define compute calculate represent
model encode decode predict regularize regularise penalize clip store fix increase decrease reduce lower double perform
conduct follow extend modify change develop design construct generate create collect filter avoid allow test treat
consider rely omit ignore exclude include assign parametrize parameterize reformulate connect prevent improve accelerate
enable eliminate require need ensure help outperform surpass exceed achieve obtain reach attain yield struggle suffer
fail depend consist contain comprise produce capture map transform solve address tackle handle overcome alleviate
mitigate stabilize simplify generalize generalise converge work act serve hurt degrade cause differ preserve maintain
minimize maximize approximate estimate project attach augment pad downsample upsample reuse propagate feed extract
process detect localize classify condition constrain impose balance warm anneal decay rescale shift translate flip
randomize shuffle exploit leverage incorporate integrate adapt adjust tune weigh weight pool aggregate discard suppress
introduce benefit lack assume view treat investigate study explore demonstrate
"""
_IRREGULAR = {
    "choose": "chose", "keep": "kept", "feed": "fed", "freeze": "froze", "build": "built", "run": "ran", "make": "made",
    "take": "took", "have": "had", "learn": "learned", "lead": "led", "set": "set",
    "split": "split", "show": "showed", "give": "gave", "hold": "held", "find": "found", "overcome": "overcame",
    "hurt": "hurt", "draw": "drew", "drop": "dropped", "clip": "clipped", "stop": "stopped",
    "crop": "cropped", "map": "mapped", "pad": "padded", "flip": "flipped",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Verb:
    """A form of a verb: its base and the auxiliary that asks for it: "do", "does", "did"."""

    base: str
    asks: str


@lru_cache(maxsize=1)
def verbs() -> Mapping[str, Verb]:
    """Return the verbs that questions are made with, by every form of theirs."""
    forms: dict[str, Verb] = {}
    for base in dict.fromkeys((*_REGULAR.split(), *_IRREGULAR)):
        forms[_past(base)] = Verb(base, "did")
        forms[base] = Verb(base, "do")
        forms["has" if base == "have" else _third(base)] = Verb(base, "does")
    return forms


def _third(base: str) -> str:
    if re.search(r"[^aeiou]y$", base):
        return base[:-1] + "ies"
    return base + ("es" if base.endswith(("s", "sh", "ch", "x", "z", "o")) else "s")


def _past(base: str) -> str:
    if base in _IRREGULAR:
        return _IRREGULAR[base]
    if re.search(r"[^aeiou]y$", base):
        return base[:-1] + "ied"
    return base + ("d" if base.endswith("e") else "ed")


_NAMED_YEAR = r"(?:\s*\((?:see |e\.g\.,? |cf\.? |as in )*[A-ZÀ-Ž][^()]{0,160}?\b(?:19|20)\d\d[a-z]?[^()]{0,80}\))"
_CITED = re.compile(rf"\s*\[\s*\d+[\d,;\s–-]*\]|{_NAMED_YEAR}|\s*\((?:19|20)\d\d[a-z]?\)")
_POINTED = re.compile(
    r"\s*[(\[](?:as )?(?:see |cf\.? |also |e\.g\.,? )*(?:Fig|Tab|Sec|§|Eq|App|Alg|Supp|sec|fig|tab)[^()\[\]]{0,80}[)\]]"
)
_BRACKETS = re.compile(r"\s*\([^()]*\)")
_NO_NAME = r"(?:tions?|ments?|ness|ity|ities|ings?|ances?|ences?|ally|ously|errors?)"
_NOTE = re.compile(rf"(?P<word>\b[a-z-]*{_NO_NAME})\d{{1,2}}(?=[\s,.;]|$)|(?<=[a-z][.,])\d{{1,2}}(?=\s|$)")
"""Numbers of footnotes: behind a stop, or glued to a word whose ending no numbered name has ("val1", "conv1" stay)."""
_CITED_NOUN = re.compile(
    r"\b(?:in|of|by|from|to|with|as|see|following|than|like|and|or|for|[Ii]n|[Ff]ollowing"
    r"|[Uu]nlike|work|works|paper)\s+\[\d|^\[\d"
)


def cleaned(text: str) -> str:
    """Return a sentence without citation marks, pointers in brackets and the numbers of footnotes."""
    text = _NOTE.sub(lambda found: found["word"] or "", _POINTED.sub("", _CITED.sub("", text)))
    text = re.sub(r"\s+([,.;:?!)])", r"\1", re.sub(r"\(\s+", "(", text))
    return " ".join(text.split())


def without_brackets(text: str) -> str:
    """Return a text without what stands in round brackets."""
    return re.sub(r"\s+([,.;:?!])", r"\1", " ".join(_BRACKETS.sub("", text).split()))


def unreadable(text: str) -> bool:
    """Whether symbols are garbled, or a citation mark stands where a noun belongs ("as in [12]")."""
    return _CITED_NOUN.search(text) is not None or GARBLED.search(text) is not None


_CLAUSE = re.compile(r"(?<=[,;:])\s+|\s+(?=(?:because|since|which|where|while|whereas|so that|although|but)\b)")


def shortened(text: str, most: int) -> str:
    """Cut a text of over ``most`` words at the end of a sentence or clause, else at a word, with an ellipsis."""
    words = text.split()
    if len(words) <= most:
        return text
    best = ""
    for border in _CLAUSE.finditer(text):
        part = text[: border.start()]
        if len(part.split()) > most:
            break
        best = part
    if len(best.split()) < most // 2:
        best = " ".join(words[:most])
    return best.rstrip(" ,;:") + " …"


_BACK = re.compile(
    r"\b(?:it|they|them|this|these|those|such|here|above|below|former|latter|respectively|aforementioned|thereby"
    r"|previously|mentioned|you|your|I|us|my|he|she|his|her)\b"
)
_ODD = re.compile(
    r"[=<>∈∥∑∏√{}\\^_|∼≈≤≥→←∇∂∗⊕⊗·•†‡�\ue000-\uf8ff]|[Α-Ωα-ω]|\bet al\b|\b(?:Eq|Fig|Sec|Tab"
    r"|Eqn)s?\b|\[|\]|https?:|www\.|@|\.\.\.|…(?!”)|\""
)
_LETTERS = re.compile(r"(?<![\w-])[b-zB-HJ-Z](?![\w-])")
_TWO = re.compile(r"[.!?。！？]\s*\?|\?.*\?|[a-z]{3}[.!]\s+[A-Z]")
"""More than one sentence."""
_OWN = re.compile(r"\b([Oo])ur(s)?\b")
_WE = re.compile(r"\b[Ww]e\b")


def of_the_authors(text: str) -> str:
    """Return a text with "our" and "we" exchanged for the authors."""
    return _WE.sub("the authors", _OWN.sub("the authors’", text)).replace("the the ", "the ")


def is_one_question(text: str) -> bool:
    """Whether a text is one question, and no other sentence stands before, in or after it.

    >>> [is_one_question(text) for text in ("Why?", "It was seen. Why?", "Why? How?", "It is so.?", "So")]
    [True, False, False, False, False]
    """
    return text.endswith("?") and not _TWO.search(text)


def is_sound(question: str) -> bool:
    """Whether a question can be read alone: no word that points elsewhere, no formula, no unclosed bracket or quote."""
    if (
        _BACK.search(question)
        or _ODD.search(question)
        or re.search(r"[:;,]\?|\b(?:mainly|partly|often|actually|interchangeably)\?", question)
        or len(_LETTERS.findall(question)) > 1
    ):
        return False
    if question.count("(") != question.count(")") or question.count("“") != question.count("”"):
        return False
    words = question.split()
    repeated = any(a.casefold() == b.casefold() for a, b in pairwise(words))
    return 4 <= len(words) <= 30 and question.endswith("?") and not repeated and question[0].isupper()


_NOT_FIRST = frozenset(
    """in for on with by thus however then here there since because while although if when where as at to from of than
    or but so yet also both each either neither not no nor it they this these those such he she we you i what which who
    that although despite during after before under over between through using based given note let see first second
    third finally next more most even only again further even another other one some many several all any every its
    their his her same likewise whereas similarly conversely instead rather during via per
    """.split()
)
_NOT_INSIDE = frozenset(
    """is are was were be been being can could may might must will would should do does did has have had that which who
    whom whose when where while if because since although though as but it they this these those we you he she i there
    not n't than then thus also however therefore hence et al says say said shows show let
    """.split()
)
_NOT_LAST = frozenset(
    """of in for on with by to from the a an and or at as is are was our their its into than authors’ proposed such
    often also mainly partly further""".split()
)
_PHRASE = re.compile(r"[\w“”‘’'/+&×%-]+(?:,? [\w“”‘’'/+&×%.-]+)*")


_ADVERB = re.compile(r"(?!family|assembly|anomaly|supply|reply|multiply)\w{3,}ly")


def is_phrase(text: str, most: int = 8) -> bool:
    """Whether a text may be a noun phrase that names something: no verb, no pronoun, no loose ends."""
    words = text.split()
    if not 1 <= len(words) <= most or not _PHRASE.fullmatch(text) or not re.search(r"[^\W\d_]{2}", text):
        return False
    folded = [word.casefold().strip("“”‘'") for word in words]
    if folded[0] in _NOT_FIRST or folded[-1] in _NOT_LAST or _ADVERB.fullmatch(folded[-1]):
        return False
    return not any(word in _NOT_INSIDE for word in folded) and not (len(words) == 1 and folded[0] in _VAGUE)


GARBLED = re.compile(r"[\u2700-\u27bf\ue000-\uf8ff\ufffd]")
"""Signs that stand where a font's own symbols were: nobody can read the formula."""
_VAGUE = frozenset("results experiments result experiment table figure section paper work method methods model".split())
_GENERAL = re.compile(
    r"(?:the |an? |the authors’ |these |all |each )*(?:proposed |final |whole |entire |overall |full |new |main "
    r"|best |own )*(?:models?|networks?|architectures?|algorithms?|systems?|layers?|inputs?|outputs?|methods?"
    r"|designs?|frameworks?|data|dataset|training|techniques?|weights?|parameters?|images?|authors|definition"
    r"|implementation|baselines?|agent|tasks?|performance)",
    re.IGNORECASE,
)
_VAGUE_PHRASE = re.compile(
    r".*\b(?:same|other|latter|analogous|rows?|columns?|formula)\b.*|(?:the |our |the authors’ |an? )?(?:results?"
    r"|experiments?|tables?|figures?|sections?|papers?|works?|difference|approach|findings?|observations?|reason|idea"
    r"|goal|problem|following|rest|latter|authors|number|two|main|first|second|last|case|cases|question|questions"
    r"|answer|example|examples|comparison|improvement|gap|former|fact|process|procedure|equation)(?: .{0,12})?",
    re.IGNORECASE,
)


def is_general(phrase: str) -> bool:
    """Whether a phrase names a part that most papers have: "the model", "the authors’ network"."""
    return _GENERAL.fullmatch(phrase.strip()) is not None


def is_vague(phrase: str) -> bool:
    """Whether a phrase could stand in any paper: "the results", "our experiments"."""
    return _VAGUE_PHRASE.fullmatch(phrase.strip()) is not None
