"""Words that stand for what a question before was about: "it", "that method", "the former", "which one"."""

from __future__ import annotations

import re
from collections.abc import Sequence

from rag.answering.wording import content_words

PLACES = "on|in|for|with|without|at|during|under|after|before|by|from|of|over|across|to|through|as|when|if"
"""Words that begin where, when or under what something holds."""

_PRONOUN = re.compile(
    r"\b(?P<own>its|their|theirs)\b"
    r"|\b(?P<one>which one|which of (?:them|the two|these|those)|both|the two)\b"
    r"|\b(?P<side>the (?:former|latter|first one|second one))\b"
    r"|\b(?P<many>they|them)\b"
    r"|\b(?P<this>this|that|these|those)(?: (?P<kind>method|technique|approach|idea|concept|term|trick|thing|way|step"
    r"|operation|mechanism|procedure|strategy|effect|phenomenon|problem|one)s?)?\b"
    r"|\bit\b(?!['’])",
    re.IGNORECASE,
)
_NOT_THE_SUBJECT = re.compile(
    r"(?:this|that|these|those|the) (?:papers?|articles?|stud(?:y|ies)|authors?)\b"
    r"|it(?:'s| is| was)? (?:possible|true|necessary|important|better|best|enough|okay|common|worth|hard|easy)\b"
    r".*\b(?:to|that|if|for)\b",
    re.IGNORECASE,
)
_WORK = re.compile(r"(?:this|that|these|those|the) works?\b", re.IGNORECASE)
_DOES = re.compile(r"\b(?:do|does|did|can|could|should|would|will)\s+$", re.IGNORECASE)
_JOINS = re.compile(
    r"(?:^|\b(?:do|does|did|is|was|are|can|could|should|would|will|has|had|why|how|about|of|to|with|for"
    r"|in|from|than|like|by|on|at|as|and|or|explain|define|use|using|need|after|before))\s*$",
    re.IGNORECASE,
)
"""Before a "that" that stands for something; elsewhere it joins clauses ("the layer that reads")."""
_AUTHORS_DO = re.compile(
    r"\s+(?:use|train|propose|evaluate|test|report|choose|set|pick|show|claim|say|find|conclude|compare|get|mean|do"
    r"|initiali[sz]e|pretrain|fine-?tune|apply|tune|define|measure|try|run|need|compute)\b",
    re.IGNORECASE,
)
_MORE = re.compile(
    r"\b(?:better|worse|more \w+|less \w+|(?:fast|slow|larg|small|cheap|deep|high|low|strong|weak)er)$", re.I
)
_CLAUSE = re.compile(r"\b(?:and|but|because|so|since|while|or|that|which|where)\b|[,;.?!]", re.IGNORECASE)
_OPENS = re.compile(rf"(?:{PLACES})\b", re.IGNORECASE)


def with_subject(question: str, names: Sequence[str], subject: str, sides: Sequence[str] = ()) -> str:
    """Return the question with its first pronoun that stands for the subject exchanged for it; "" without one.

    ``names`` are its words that name papers, ``sides`` the two things that were compared, () else.
    """
    for found in _PRONOUN.finditer(question):
        start = found.start()
        this_work = _WORK.match(question, start) and not _DOES.search(question[:start])  # but "how does that work"
        if this_work or _NOT_THE_SUBJECT.match(question, start) or _meant_within(question, found, names):
            continue
        meant = _meant(question, found, subject, sides)
        if meant:
            said = question[: found.start()] + meant + question[found.end() :]
            other = [side for side in sides if side != meant]
            open_end = len(other) == 1 and _MORE.search(said) and not re.search(r"\bthan\b", said, re.IGNORECASE)
            return f"{said} than {other[0]}" if open_end else said
    return ""


def has_pronoun(text: str) -> bool:
    """Whether a text holds a word that may stand for something said before."""
    return _PRONOUN.search(text) is not None


def _meant(question: str, found: re.Match[str], subject: str, sides: Sequence[str]) -> str:
    """Return what stands in a pronoun's place; "" when it stands for nothing that was asked about."""
    if found["one"] or found["side"]:
        if len(sides) != 2:
            return ""
        if found["side"]:
            return sides[found["side"].casefold() in ("the latter", "the second one")]
        return (
            f"which of {sides[0]} and {sides[1]}"
            if found["one"].casefold().startswith("which")
            else " and ".join(sides)
        )
    if found["own"]:
        plural = found["own"].casefold() != "its"
        return f"{subject}'s" if not plural or _plural(subject, sides) else ""
    if found["many"]:
        authors = found["many"].casefold() == "they" and _AUTHORS_DO.match(question, found.end())
        return "" if authors or not _plural(subject, sides) else (" and ".join(sides) or subject)
    joins = found["this"] and found["this"].casefold() == "that" and not found["kind"]
    if joins and found.end() < len(question) and not _JOINS.search(question[: found.start()]):
        return ""
    return subject


def _plural(subject: str, sides: Sequence[str]) -> bool:
    return len(sides) == 2 or (subject.endswith("s") and not subject.endswith("ss"))


def _meant_within(question: str, found: re.Match[str], names: Sequence[str]) -> bool:
    """Whether a pronoun stands for something in its own question: "what is dropout and why does it help"."""
    start = question[: found.start()]
    if found["own"]:
        return bool(content_words(start))
    ends = [clause.start() for clause in _CLAUSE.finditer(start)]
    if not ends or _OPENS.match(start):
        return False
    return bool(content_words(start[: ends[-1]])) or any(name in start for name in names)
