"""New notes behind the group's own, in its layout: what is written parses back to the same."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from rag.discussion import layout
from rag.discussion.notes_in import parse_notes, split_lines
from rag.discussion.notes_out import export_notes
from rag.domain.note import Discussion, Note

Items = Sequence[tuple[str, tuple[str, ...]]]
"""Questions ("" for none) with their answer lines."""


def answer_lines(text: str) -> tuple[str, ...]:
    """Return a person's words as lines of a note, each of which reads back as it is.

    Left out is what a notes file cannot hold: control characters, bullet signs at the beginning, rules, empty lines.
    People who are mentioned by their Discord id are "someone".
    """
    lines = (_said(_clean(line)) for line in text.splitlines())
    return tuple(line for line in lines if line)


def nameless(text: str) -> str:
    """Return a text in which nobody is named by a Discord id.

    >>> nameless("<@42> says yes")
    'someone says yes'
    """
    return _MENTION.sub("someone", text)


def question_line(text: str) -> str:
    """Return a question as it reads back from its one line in a notes file."""
    return " ".join(part for line in text.splitlines() if (part := _clean(line).strip()))


def next_ordinal(discussions: Sequence[Discussion]) -> str:
    """Return the number after the highest one written; some may stand twice, and "5a" is a 5."""
    written = (re.match(r"\d{1,4}", discussion.ordinal) for discussion in discussions)
    return str(max((int(found[0]) for found in written if found), default=0) + 1)


def appended(
    discussions: Sequence[Discussion], *, titles: Sequence[str], year: int | None, items: Items
) -> list[Discussion]:
    """Return the discussions with a new one behind them, under the next number and the first title that reads back.

    The last of ``titles`` has to, such as an id. What stands there stays byte for byte; a blank line sets it apart.
    """
    ordinal, end = next_ordinal(discussions), _line_end(discussions)
    notes = tuple(
        Note(n, str(n), question_line(question), tuple(lines)) for n, (question, lines) in enumerate(items, start=1)
    )
    for title in titles:
        heading = layout.read_heading(_heading(ordinal, question_line(title), year))
        if heading is not None and heading.title and (heading.ordinal, heading.year) == (ordinal, year):
            break
    else:
        heading = layout.Heading(ordinal, "paper", year)
    new = _exact(Discussion(len(discussions) + 1, ordinal, heading.title, year, notes), end)
    return [*_set_apart(discussions, end), new]


def merged(discussion: Discussion, before: Items, now: Items) -> Discussion:
    """Return a discussion whose items were written as ``before`` and are to say ``now``, without losing what people
    changed in it meanwhile.

    An answer that stands as it was written becomes what it is to say. Else line by line: what is new comes in, what is
    gone goes out, and every other line, question and item stays as it stands. An item that people took out stays out
    unless there is something new to it.
    """
    notes = list(discussion.notes)
    for index, (question, lines) in enumerate(now):
        old = before[index][1] if index < len(before) else ()
        added, gone = _beyond(lines, old), _beyond(old, lines)
        at = _place(notes, index, before) if index < len(before) else None
        if at is not None:
            answer = _beyond(notes[at].answer, gone)
            answer += [line for line in added if answer.count(line) < lines.count(line)]
            changed = tuple(lines if notes[at].answer == old else answer)
            if changed != notes[at].answer:
                notes[at] = replace(notes[at], answer=changed)
        elif added or index >= len(before):
            notes.append(Note(len(notes) + 1, str(len(notes) + 1), question_line(question), tuple(lines)))
    whole = replace(discussion, notes=tuple(replace(note, item=n) for n, note in enumerate(notes, start=1)))
    return _exact(whole, "\r\n" if discussion.heading.endswith("\r\n") else "\n")


_MENTION = re.compile(r"<(?:@[!&]?|#)\d+>")
_BOM = "\ufeff"


def _beyond(lines: Sequence[str], others: Sequence[str]) -> list[str]:
    """Return the lines that others do not have, or not as often, in their order."""
    left, beyond = Counter(others), []
    for line in lines:
        if left[line]:
            left[line] -= 1
        else:
            beyond.append(line)
    return beyond


def _place(notes: Sequence[Note], index: int, before: Items) -> int | None:
    """Return where an item stands now: under its question, else under its number where that stands once.

    A number under which another item's question stands now is not its own: people took items out and numbered anew.
    """
    own, others = before[index][0], {question for n, (question, _lines) in enumerate(before) if n != index}
    asked = [n for n, note in enumerate(notes) if note.question == own]
    numbered = [n for n, note in enumerate(notes) if note.ordinal == str(index + 1) and note.question not in others]
    for found in (asked, numbered):
        if len(found) == 1:
            return found[0]
    return None


def _exact(discussion: Discussion, end: str) -> Discussion:
    """Return a discussion with the exact text it has in a notes file, so that an import knows it again."""
    text = export_notes([discussion])
    if end != "\n":
        text = "".join(line.rstrip("\r\n") + end for line in split_lines(text))
    (read,) = parse_notes(text).discussions
    return replace(read, position=discussion.position, paper_key=discussion.paper_key, paper_id=discussion.paper_id)


def _set_apart(discussions: Sequence[Discussion], end: str) -> list[Discussion]:
    """Return the discussions with a blank line at their end."""
    if not discussions or not discussions[-1].notes or discussions[-1].trailer:
        return list(discussions)
    return [*discussions[:-1], replace(discussions[-1], trailer=end)]


def _heading(ordinal: str, title: str, year: int | None) -> str:
    return f"## Discussion {ordinal} {title}" + (f" - {year:04d}" if year is not None else "")


def _line_end(discussions: Sequence[Discussion]) -> str:
    exact = next((d.heading for d in discussions if d.heading), "")
    return "\r\n" if exact.endswith("\r\n") else "\n"


def _said(line: str) -> str:
    """Take off bullet signs, also what reading would take for one, until there is none."""
    while (bare := layout.without_bullet(layout.without_bullet(f"- {line}"))) != line:
        line = bare
    return line


def _clean(line: str) -> str:
    """Drop characters that no notes file holds, controls, halves of pairs, byte order marks, and then ids of people."""
    held = (c for c in line.replace("\t", " ") if unicodedata.category(c) not in ("Cc", "Cs") and c != _BOM)
    return nameless("".join(held))
