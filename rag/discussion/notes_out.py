"""Discussions back into the group's notes file: what nobody touched comes back byte for byte."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from rag.discussion import layout
from rag.discussion.notes_in import read_note, split_lines
from rag.domain.note import Discussion, Note


def export_notes(discussions: Sequence[Discussion]) -> str:
    """Write a notes file. Parts whose exact source still says what they say are copied; others are written afresh.

    Fresh text follows the group's layout ("## Discussion 3 ResNet - 2015", "1. question", "- answer") and the line
    ends of what stands around it. Many-line answers become one bullet a line.
    """
    out = _Writer(_line_end(discussions))
    for discussion in discussions:
        opening = _opening(discussion)
        if not discussion.heading:
            out.blank_line()
        out.write(opening)
        indent = _indent(discussion)
        for note in discussion.notes:
            out.write(note.raw if _is_untouched(note) else _item(note, indent))
        out.write(discussion.trailer)
    return out.text()


_MAX_TITLE = layout.MAX_HEADING - 50
_ORDINAL = re.compile(r"\d{1,4}(?:\.\d{1,3})?[A-Za-z]?")


class _Writer:
    """Joins parts so that each begins on a line of its own."""

    def __init__(self, end: str) -> None:
        self._end = end
        self._parts: list[str] = []

    def write(self, part: str | Iterator[str]) -> None:
        text = part if isinstance(part, str) else "".join(line + self._end for line in part)
        if not text:
            return
        if self._parts and not self._parts[-1].endswith(("\n", "\r")):
            self._parts.append(self._end)
        self._parts.append(text)

    def blank_line(self) -> None:
        """Set the next discussion apart."""
        lines = split_lines(self._parts[-1]) if self._parts else []
        if lines and lines[-1].strip():
            self.write(iter(("",)))

    def text(self) -> str:
        return "".join(self._parts)


def _opening(discussion: Discussion) -> str | Iterator[str]:
    """Return the lines up to the first item; only a heading line that no longer fits is replaced."""
    lines = split_lines(discussion.heading)
    wanted = layout.Heading(discussion.ordinal, discussion.title, discussion.year)
    for n, line in enumerate(lines):
        read = layout.read_heading(line)
        if read == wanted:
            return discussion.heading
        if read is not None:
            end = line[len(line.rstrip("\r\n")) :]
            return "".join((*lines[:n], _heading(discussion) + end, *lines[n + 1 :]))
    return iter((_heading(discussion),))


def _heading(discussion: Discussion) -> str:
    ordinal = discussion.ordinal if _ORDINAL.fullmatch(discussion.ordinal) else str(discussion.position)
    parts = ["## Discussion", ordinal, _one_line(discussion.title)[:_MAX_TITLE].strip()]
    year = [] if discussion.year is None else ["-", f"{discussion.year:04d}"]
    return " ".join(part for part in (*parts, *year) if part)


def _is_untouched(note: Note) -> bool:
    if not note.raw:
        return False
    read = read_note(split_lines(note.raw), item=note.item)
    return read is not None and (read.ordinal, read.question, read.answer) == (note.ordinal, note.question, note.answer)


def _item(note: Note, indent: str) -> Iterator[str]:
    ordinal = note.ordinal if layout.read_item(f"{note.ordinal}. ") else note.item
    yield f"{indent}{ordinal}. {_one_line(note.question)}"
    lines = [line.strip() for said in note.answer for line in said.splitlines() if line.strip()]
    for line in lines or [""]:
        yield f"{indent}- {line}"


def _indent(discussion: Discussion) -> str:
    """Return what stands before the numbers of this discussion, so that a new item is not taken for a nested one."""
    raw = next((note.raw for note in discussion.notes if note.raw), "")
    return raw[: len(raw) - len(raw.lstrip(" \t"))]


def _line_end(discussions: Sequence[Discussion]) -> str:
    exact = next((d.heading for d in discussions if d.heading), "")
    return "\r\n" if exact.endswith("\r\n") else "\n"


def _one_line(text: str) -> str:
    return " ".join(part.strip() for part in text.splitlines()).strip()
