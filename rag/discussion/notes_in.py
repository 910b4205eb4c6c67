"""The group's notes file into discussions: every line is kept, what looks odd is reported, nothing is corrected."""

from __future__ import annotations

import logging
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from rag.discussion import layout
from rag.domain.note import Discussion, Note, NoteStatus
from rag.errors import BadDocument
from rag.sources.sniffing import foreign_kind

log = logging.getLogger(__name__)

MAX_NOTES_BYTES = 10_000_000
"""A group that meets weekly for a century writes less."""
MAX_DISCUSSIONS = 1_000
"""Twenty years of weekly meetings: each heading is compared with every paper."""

_AS_TEXT = "Save it as plain text in UTF-8 and import it again."


@dataclass(frozen=True, slots=True)
class NoteCounts:
    """How many discussions and items there are, and how many items of each status."""

    discussions: int
    items: int
    answered: int
    open: int
    no_question: int
    blank: int

    @classmethod
    def of(cls, discussions: Sequence[Discussion]) -> NoteCounts:
        """Count."""
        status = Counter(note.status for discussion in discussions for note in discussion.notes)
        return cls(
            discussions=len(discussions),
            items=status.total(),
            answered=status[NoteStatus.ANSWERED],
            open=status[NoteStatus.OPEN],
            no_question=status[NoteStatus.NO_QUESTION],
            blank=status[NoteStatus.BLANK],
        )


@dataclass(frozen=True, slots=True)
class ParsedNotes:
    """What a notes file holds. ``warnings`` are plain sentences, each about something kept as it was written."""

    discussions: tuple[Discussion, ...]
    warnings: tuple[str, ...] = ()

    @property
    def counts(self) -> NoteCounts:
        """Count discussions and items by status."""
        return NoteCounts.of(self.discussions)


def decode_notes(content: bytes) -> str:
    """Return the text of a notes file (UTF-8, or UTF-16 with its mark); line ends and a leading mark are kept.

    Raises BadDocument for an empty, too large or binary file and for other encodings: a guess would corrupt notes.
    """
    if len(content) > MAX_NOTES_BYTES:
        raise _refused(f"it is larger than {MAX_NOTES_BYTES // 1_000_000} MB")
    try:
        if content[:2] in (b"\xff\xfe", b"\xfe\xff"):
            return content.decode("utf-16")
        return content.decode("utf-8")
    except UnicodeDecodeError as error:
        if _looks_binary(content.decode("latin-1")):
            kind = foreign_kind(content)
            raise BadDocument("this notes file", f"it is {kind}, not a text file", _AS_TEXT) from error
        raise BadDocument(
            "this notes file",
            f"byte {error.start + 1} is not UTF-8 text",
            _AS_TEXT,
        ) from error


def parse_notes(text: str) -> ParsedNotes:
    """Read a notes file; ``export_notes`` gives the same text back, byte for byte.

    Ordinals may repeat, years and bullets may be missing, the last question may be unfinished. A line that is neither
    heading nor question nor bullet belongs to the item above it. Raises BadDocument when the text is empty, binary
    or holds no discussion.
    """
    if not text.strip("\ufeff \t\r\n"):
        raise _refused("it is empty")
    if _looks_binary(text):
        raise _refused("it is not a text file")
    reader = _Reader()
    for number, line in enumerate(split_lines(text), start=1):
        reader.take(number, line)
    if len(reader.drafts) > MAX_DISCUSSIONS:
        reason = f"it has {len(reader.drafts):,} discussions, more than the {MAX_DISCUSSIONS:,} that are read at once"
        raise BadDocument("this notes file", reason, "Import it in parts: what is here already stays.")
    discussions = tuple(_discussion(draft, position) for position, draft in enumerate(reader.drafts, start=1))
    if not discussions:
        raise _refused("it has no discussion heading")
    if not any(discussion.notes for discussion in discussions):
        raise _refused("no discussion in it has a numbered question")
    warnings = (*reader.warnings, *_oddities(discussions))
    log.info("read notes: %d discussions, %d warnings", len(discussions), len(warnings))
    return ParsedNotes(discussions, warnings)


def split_lines(text: str) -> list[str]:
    r"""Cut into lines with their ends; only \n, \r\n and \r end a line (a form feed or U+2028 is content)."""
    return re.findall(r"[^\r\n]*(?:\r\n|\n|\r)|[^\r\n]+", text)


def read_note(lines: Iterable[str], *, item: int) -> Note | None:
    """Read one item from its exact lines, the numbered one first; None when the first is not numbered."""
    first, *others = lines
    head = layout.read_item(first)
    if head is None:
        return None
    answer = tuple(said for line in others if (said := layout.without_bullet(line)))
    return Note(item, head.ordinal, head.question, answer, raw="".join((first, *others)))


@dataclass(slots=True)
class _Draft:
    """A discussion while its lines come in."""

    heading: layout.Heading
    opening: list[str]  # exact lines up to the first item
    items: list[list[str]] = field(default_factory=list)
    indent: int = 0  # columns before the first item's number
    last: str = ""  # ordinal of the last item


class _Reader:
    """Sorts lines into drafts."""

    def __init__(self) -> None:
        self.drafts: list[_Draft] = []
        self.warnings: list[str] = []
        self._before: list[str] = []  # lines before the first heading

    def take(self, number: int, line: str) -> None:
        heading = layout.read_heading(line)
        if heading is not None:
            self._open(heading, line)
        elif not self.drafts:
            self._before.append(line)
            self._report(number, line, "stands before the first discussion; kept, not searched")
        elif not self._begin_item(number, line):
            self._continue(number, line)

    def _open(self, heading: layout.Heading, line: str) -> None:
        self.drafts.append(_Draft(heading, [*self._before, line]))
        self._before = []

    def _begin_item(self, number: int, line: str) -> bool:
        draft = self.drafts[-1]
        head = layout.read_item(line)
        if head is None:
            return False
        nested = bool(draft.items) and head.indent >= draft.indent + 2
        if nested or not _may_lead(head, draft.last):
            return False
        if visible := _visible(head.stray):
            self.warnings.append(f"Line {number}: stray characters {visible!r} before question {head.ordinal}.")
        if not draft.items:
            draft.indent = head.indent
        draft.items.append([line])
        draft.last = head.ordinal
        return True

    def _continue(self, number: int, line: str) -> None:
        draft = self.drafts[-1]
        if not draft.items:
            draft.opening.append(line)
            self._report(number, line, "stands before the first question of its discussion; kept, not searched")
            return
        draft.items[-1].append(line)
        if layout.is_other_heading(line):
            self._report(number, line, "is a heading that we do not know; kept with the item above it")
        elif not layout.is_bullet(line):
            self._report(number, line, "has no bullet; taken as part of the answer above it")

    def _report(self, number: int, line: str, what: str) -> None:
        if layout.without_bullet(line).strip("\ufeff"):
            self.warnings.append(f"Line {number} {what}: {_shortened(line)!r}.")


def _may_lead(head: layout.Item, last: str) -> bool:
    """Stray signs before a number are believed only where the number carries on from the one above."""
    if not _visible(head.stray):
        return True
    return int(head.ordinal) == (int(last) if last else 0) + 1


def _discussion(draft: _Draft, position: int) -> Discussion:
    items, trailer = draft.items, ""
    if items:
        kept, trailer = _without_blank_end(items[-1])
        items = [*items[:-1], kept]
    notes = tuple(note for n, lines in enumerate(items, start=1) if (note := read_note(lines, item=n)) is not None)
    return Discussion(
        position=position,
        ordinal=draft.heading.ordinal,
        title=draft.heading.title,
        year=draft.heading.year,
        notes=notes,
        heading="".join(draft.opening),
        trailer=trailer,
    )


def _without_blank_end(lines: list[str]) -> tuple[list[str], str]:
    end = len(lines)
    while end > 1 and not lines[end - 1].strip():
        end -= 1
    return lines[:end], "".join(lines[end:])


def _oddities(discussions: Sequence[Discussion]) -> list[str]:
    """Say what is unusual about the numbering as a whole."""
    said = []
    times = Counter(discussion.ordinal for discussion in discussions if discussion.ordinal)
    for ordinal, count in times.items():
        if count > 1:
            titles = ", ".join(d.title or "untitled" for d in discussions if d.ordinal == ordinal)
            said.append(f"Discussion {ordinal} stands {count} times ({titles}).")
    for discussion in discussions:
        name = f"Discussion {discussion.ordinal} {discussion.title}".strip()
        repeated = [o for o, n in Counter(note.ordinal for note in discussion.notes).items() if n > 1]
        said.extend(f"{name}: question {ordinal} stands more than once." for ordinal in repeated)
        if not discussion.notes:
            said.append(f"{name} has no numbered question.")
    yearless = [discussion.title or discussion.ordinal for discussion in discussions if discussion.year is None]
    if yearless:
        said.append(f"No year is given for {', '.join(yearless)}.")
    return said


def _visible(stray: str) -> str:
    """Drop marks that nobody can see, such as a byte order mark."""
    return "".join(c for c in stray if unicodedata.category(c) != "Cf")


def _shortened(line: str) -> str:
    text = line.strip()
    return text if len(text) <= 60 else text[:59] + "…"


def _looks_binary(text: str) -> bool:
    """Count control characters that no editor writes: any NUL, or more than one in a hundred."""
    start = text[:100_000]
    odd = sum(unicodedata.category(c) == "Cc" and c not in "\t\n\r\f\x0b\x85" for c in start)
    return "\x00" in text or odd * 100 > len(start)


def _refused(reason: str) -> BadDocument:
    return BadDocument("this notes file", reason, f"Write each discussion like this:\n{layout.EXAMPLE}")
