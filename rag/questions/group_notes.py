"""What the group asked about a paper before: what it left open goes into the set, what it answered does not."""

from __future__ import annotations

import re
from collections.abc import Sequence

from rag.domain.note import Discussion, Note, NoteStatus
from rag.retrieval.items import items_in

_ASKS = re.compile(
    r"(?:what|why|how|which|where|when|who|whose|is|are|was|were|does|do|did|can|could|should|would|will|in what"
    r"|on what)\b",
    re.I,
)
_TELLS = re.compile(r"(?:explain(?:ing)?|describ(?:e|ing)|show(?:ing)?|discuss(?:ing)?)\s+(?P<what>.+)", re.I)
MIN_LETTERS = 3
MAX_WORDS = 24


def open_notes(discussions: Sequence[Discussion], key: str) -> list[Note]:
    """Return the questions on a paper that nobody answered, without repeats."""
    found = [note for d in discussions if d.paper_key == key for note in d.notes if note.status is NoteStatus.OPEN]
    kept = {" ".join(note.question.casefold().split()): note for note in reversed(found)}
    return [note for note in found if note in kept.values() and asked_of(note.question)]


def answered(discussions: Sequence[Discussion], key: str) -> list[str]:
    """Return the questions on a paper that the group answered."""
    held = [note for d in discussions if d.paper_key == key for note in d.notes]
    return [note.question for note in held if note.status is NoteStatus.ANSWERED]


def asked_of(written: str) -> str:
    """Return a note's question lightly cleaned, in the group's words; "" for one that asks for nothing.

    >>> asked_of("what is  prior ?"), asked_of("Table 2"), asked_of("RPN")
    ('What is prior?', 'Table 2: what does it show?', 'RPN: what does the paper say about it?')
    """
    text = re.sub(r"\s+([?.,!])", r"\1", " ".join(written.split())).strip(" -:;,.")
    if sum(sign.isalpha() for sign in text) < MIN_LETTERS or len(text.split()) > MAX_WORDS:
        return ""
    begins = text[0].upper() + text[1:]
    if text.endswith("?") or _ASKS.match(text):
        return begins.rstrip("?. ") + "?" if len(text.split()) > 1 else ""
    told = _TELLS.fullmatch(text)
    if told is not None:
        return f"Can you explain {told['what'].rstrip('?. ')}?"
    if items_in(text):
        return f"{begins}: what does it show?"
    return f"{begins}: what does the paper say about it?"
