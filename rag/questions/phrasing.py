"""What every way to turn a sentence into a question stands on: the question made, and who does what in a sentence."""

from __future__ import annotations

import re
from dataclasses import dataclass

from rag.questions.english import is_phrase, is_vague, of_the_authors, verbs


@dataclass(frozen=True, slots=True)
class Rewritten:
    """A question, how it was made, and the phrase that it is about."""

    question: str
    kind: str
    about: str
    worth: float


ADVERB = r"(?:(?P<adverb>\w+ly|also|then|further|therefore|thus|first|only|always|never|still|instead|now|again) )?"

SINCE = (
    r"since(?! (?:then|(?:the )?(?:\w+ )?(?:19|20)\d\d"
    r"|(?:(?:the|its|their) )?(?:introduction|advent|invention|beginning|release|publication|rise))\b)"
)
"""As a reason, not as a time."""
REASON = (
    rf"(?:,? (?:because|{SINCE}|so that|so as to|in order to|due to|owing to)\b|,? to (?:\w+ly )?(?:avoid|prevent"
    r"|reduce|keep|make|ensure|improve|stabili[sz]e|alleviate|address|speed|preserve|increase|overcome|mitigate"
    r"|minimi[sz]e|maximi[sz]e|handle|allow|enable|encourage|capture|simplify|match|obtain|compensate|counter\w*"
    r"|combat|remedy|account|deal|facilitate|exploit|accelerate|control|force|help|save|cope|discourage)\b)"
)

END = r"(?=[,;:.]|\s(?:because|since|which|while|whereas|so that|although|by \w+ing|and (?:we|the|is|are))\b|$)"


_PLURAL = re.compile(r"[^s’]s$|\b(?:data|and|people|CNNs)\b")
_VERB_LAST = re.compile(
    r" (?:performs|achieves|obtains|shows|uses|requires|allows|does|often|also|usually"
    r"|typically|further|in turn|now|then|still|already)$"
)
_PARTICIPLE = re.compile(
    r"(?:(?:not|\w+ly|also|always|never|often|already) )*"
    r"(?:\w+ed|been|become|begun|come|done|drawn|fallen|found|given|gone|grown|held|kept|known|led|made|put|risen|seen|set"
    r"|shown|split|taken|won|written)\b"
)


def asked(verb: str, subject: str) -> tuple[str, str, str] | None:
    """Return auxiliary, subject and verb to ask with: ("does", "the model", "use"); None for a verb not known."""
    form = verbs().get(verb.casefold())
    named = subject_of(subject)
    if form is None or not named:
        return None
    if named == "the authors":
        return ("did" if form.asks == "did" else "do"), named, form.base
    if form.asks == "do" and not _PLURAL.search(named):  # "the authors’ model" is no "authors" that "model"
        return None
    return form.asks, named, form.base


def is_perfect(verb: str, rest: str) -> bool:
    """Whether a verb with what follows is in the perfect tense ("has changed"), which is asked for in another way."""
    return verb.casefold() in ("has", "have", "had") and _PARTICIPLE.match(rest) is not None


def subject_of(text: str) -> str:
    """Return a sentence's subject as a question names it; "" for one that says too little alone."""
    text = text.strip()
    if text.casefold() in ("we", "the authors"):
        return "the authors"
    named = of_the_authors(text)
    if not is_phrase(named) or is_vague(named) or _VERB_LAST.search(named):
        return ""
    return named


def is_object(text: str, most: int = 16) -> bool:
    """Whether what follows a verb can be asked about: some words, and none that begins another statement."""
    words = text.split()
    if not 1 <= len(words) <= most or re.search(
        r"\b(?:that|which|who|and we|where|we|is|are|was|were|has|have|may|can|could|will|might|should|must)\b", text
    ):
        return False
    return words[-1].casefold() not in _LOOSE_ENDS


_LOOSE_ENDS = frozenset(("and", "or", "the", "a", "of", "in", "to", "with", "for", "on", "not", "as", "by", "than"))
