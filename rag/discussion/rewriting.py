"""A note with another question or answer: of its exact text only what changes is written anew."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from rag.discussion.notes_in import read_note, split_lines
from rag.domain.note import Note


def rewritten(note: Note, *, question: str, answer: Sequence[str]) -> Note:
    """Return a note that says this. Lines that stay, blank lines after it and its line ends stay as they are; where its
    exact text cannot be kept it is left out, and an export writes the note afresh.
    """
    said = replace(note, question=question, answer=tuple(answer), raw="")
    if not note.raw:
        return said
    first, *rest = split_lines(note.raw)
    end = first[len(first.rstrip("\r\n")) :] or "\n"
    if question != note.question:
        first = _asked(first, note.question, question, end)
    if tuple(answer) != note.answer:
        rest = _answered(rest, answer, end, _margin(first))
    raw = "".join((first if first.endswith(("\n", "\r")) or not rest else first + end, *rest))
    read = read_note(split_lines(raw), item=note.item)
    kept = read is not None and (read.ordinal, read.question, read.answer) == (said.ordinal, said.question, said.answer)
    return replace(said, raw=raw) if kept else said


def _asked(line: str, before: str, after: str, end: str) -> str:
    """Return the numbered line with another question."""
    bare = line.rstrip("\r\n")
    kept = bare[: bare.rindex(before)] if before else bare.rstrip() + " "
    return f"{kept}{after}{end}"


def _answered(rest: Sequence[str], answer: Sequence[str], end: str, margin: str) -> list[str]:
    """Return the lines after the question: the answer's as bullets, then the blank ones that stood at the end."""
    size = len(rest)
    while size and not rest[size - 1].strip():
        size -= 1
    bullets = [f"{margin}- {line}{end}" for line in answer]
    return [*bullets, *rest[size:]]


def _margin(line: str) -> str:
    return line[: len(line) - len(line.lstrip(" \t"))]
