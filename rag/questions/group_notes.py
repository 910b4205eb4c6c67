"""What the group asked about a paper before: what it left open goes into the set, what it answered does not."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from rag.domain.note import Discussion, Note, NoteStatus
from rag.retrieval.items import items_in

_ASKS = re.compile(
    r"(?:what|why|how|which|where|when|who|whose|is|are|was|were|does|do|did|can|could|should|would|will|in what"
    r"|on what)\b",
    re.I,
)
_TELLS = re.compile(r"(?:explain(?:ing)?|describ(?:e|ing)|show(?:ing)?|discuss(?:ing)?)\s+(?P<what>.+)", re.I)
_NO_TERM = re.compile(r"\b(?:this|that|more|less|better|vs|of|on|in|and|learning)\b|s$", re.I)
_TERM_WORDS = 3
MIN_LETTERS = 3
MAX_WORDS = 24
_LEFT = "Your notes left this open: “{}”. What does the paper say about it?"
"""Of words that are no question, and of no term of the paper."""


def open_notes(discussions: Sequence[Discussion], key: str) -> list[Note]:
    """Return the questions on a paper that nobody answered, without repeats."""
    found = [note for d in discussions if d.paper_key == key for note in d.notes if note.status is NoteStatus.OPEN]
    kept = {" ".join(note.question.casefold().split()): note for note in reversed(found)}
    return [note for note in found if note in kept.values() and asked_of(note.question)]


def answered(discussions: Sequence[Discussion], key: str) -> list[str]:
    """Return the questions on a paper that the group answered."""
    held = [note for d in discussions if d.paper_key == key for note in d.notes]
    return [note.question for note in held if note.status is NoteStatus.ANSWERED]


def called_in(discussions: Sequence[Discussion], key: str) -> str:
    """Return what the group calls a paper, from the heading of its discussion; "" for nothing short."""
    titles = [discussion.title.strip() for discussion in discussions if discussion.paper_key == key]
    return next((title for title in titles if title and len(title.split()) <= 2), "")


def asked_of(written: str, article: Callable[[str], str | None] = lambda _: "") -> str:
    """Return a note's question lightly cleaned, in the group's words; "" for one that asks for nothing.

    ``article`` of a term is what stands before it in the paper, None for a term that is not there.

    >>> asked_of("what is  prior ?"), asked_of("Table 2"), asked_of("RPN")
    ('What is prior?', 'What does Table 2 show?', 'What is RPN?')
    """
    text = re.sub(r"\s+([?.,!])", r"\1", " ".join(written.split())).strip(" -:;,.")
    if sum(sign.isalpha() for sign in text) < MIN_LETTERS or len(text.split()) > MAX_WORDS:
        return ""
    begins = text[0].upper() + text[1:]
    if text.endswith("?") or _ASKS.match(text):
        return begins.rstrip("?. ") + "?" if len(text.split()) > 1 else ""
    told = _TELLS.fullmatch(text)
    if told is not None:
        what = told["what"].rstrip("?. ")
        return _LEFT.format(text) if article(what) is None else f"Can you explain {what}?"
    if items_in(text):
        return f"What does {begins.replace('. ', ' (', 1) + ')' if '. ' in begins else begins} show?"
    words = text.split()
    before = article(text)
    named = before or any(sign.isupper() for sign in text) or len(words) == 1
    if before is not None and named and len(words) <= _TERM_WORDS and not _NO_TERM.search(text):
        return f"What is {before}{text if any(sign.isupper() for sign in text[1:]) else text[0].lower() + text[1:]}?"
    return _LEFT.format(text)
