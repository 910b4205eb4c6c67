"""The group's notes as messages: what a file would bring, past discussions, open questions. All are its own words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TypeVar

from bot.render.escaping import clip, plain, plain_line, quoted
from bot.render.reply import Attached, Block, Button, Choice, Menu, Reply, Row, Rule, Style, Text, Tone, said
from bot.render.signs import one_line
from rag.discussion.finding import heading_of, place_of
from rag.discussion.notes_in import NoteCounts
from rag.discussion.tying import Tied, Undecided
from rag.domain.note import Discussion, Note, NoteStatus
from rag.domain.paper import Paper
from rag.intake.held import Held
from rag.intake.notebook import NotesImported
from rag.wording import counted

T = TypeVar("T")
Titles = Mapping[str, str]

PAGE_DISCUSSIONS = 10
PAGE_QUESTIONS = 10
HEADING_CHARS = 90
QUESTION_CHARS = 240
TITLE_CHARS = 60
WARNING_CHARS = 120
LINE_CHARS = 10_000
"""Of one line, of a discussion that is shown whole: what is longer was not written by hand. The export has it."""
MOST_TIED = 8
MOST_UNTIED = 5
MOST_CHOICES = 2
MOST_WARNINGS = 6
FILE_NAME = "notes.md"

_GROUPS = "Your group’s words, not what the paper says"


def preview_reply(held: Held, titles: Titles) -> Reply:
    """Return what keeping a file would do, and the two buttons that decide. ``titles`` are those of papers, by key."""
    imported = held.imported
    counts, replaced = imported.counts, imported.replaced
    new = f"{counts.discussions - replaced} new, {replaced} in the place of those with the same heading here"
    text = (
        f"**{_short(held.name, HEADING_CHARS)}** holds {counted(counts.discussions, 'discussion')}: "
        f"{new if replaced else 'all are new'}.\n{_counts(counts)}"
    )
    blocks: list[Block] = [Text(text), *_ties(imported, titles)]
    if imported.warnings:
        blocks.append(Text(f"**Worth a look** · kept as it was written\n{_warnings(imported.warnings)}"))
    blocks.append(Text("Keep these notes? Until you say so nothing is kept; the file waits for a day."))
    return Reply((*blocks, _decision(held.sha256)), Tone.NOTICE)


def keeping_reply(sha256: str) -> Reply:
    """Return what stands in the preview's place while the file is imported; it can be pressed again after a failure."""
    text = "Keeping these notes. I look headings that I do not know up on arXiv, which can take a few minutes …"
    return Reply((Text(text), _decision(sha256)), Tone.NOTICE)


def decided_reply(*, kept: bool) -> Reply:
    """Return what stands in the preview's place when it is decided."""
    return said("These notes are kept." if kept else "Nothing was kept; the file is forgotten.", Tone.NOTICE)


def kept_reply(
    imported: NotesImported, titles: Titles, *, show_command: str, tie_command: str, add_command: str
) -> Reply:
    """Return what was kept, for everybody."""
    counts, replaced = imported.counts, imported.replaced
    also = f", {replaced} of them in the place of older ones" if replaced else ""
    blocks: list[Block] = [
        Text(f"**Notes kept** · {counted(counts.discussions, 'discussion')}{also}\n{_counts(counts)}"),
        *_ties(imported, titles),
    ]
    if len(blocks) > 1 and any(not isinstance(tied, Tied) for tied in imported.ties):
        blocks.append(Text(f"-# {tie_command} says which paper a discussion was about; {add_command} adds papers."))
    blocks.append(Text(f"-# {show_command} shows them to you; answers quote them apart from the papers."))
    return Reply(tuple(blocks), Tone.NOTES)


def list_reply(discussions: Sequence[Discussion], titles: Titles, page: int, *, import_command: str) -> Reply:
    """Return one page of the discussions in their order. ``page`` is 0-based and brought into range."""
    if not discussions:
        return said(f"There are no notes here yet. Organisers bring them with {import_command}.", Tone.NOTICE)
    page, pages, shown = _page(discussions, page, PAGE_DISCUSSIONS)
    lines = "\n".join(_listed(discussion, titles) for discussion in shown)
    blocks: list[Block] = [Text(f"**{counted(len(discussions), 'discussion')}** · {_GROUPS}\n{lines}")]
    choices = tuple(Choice(_label(discussion), place_of(discussion)) for discussion in shown)
    blocks.append(Row((Menu("discussion", (), "Show a discussion", choices),)))
    return Reply((*blocks, *_turning("discussions", page, pages)), Tone.NOTES)


def discussion_reply(discussion: Discussion, paper: Paper | None) -> Reply:
    """Return a discussion whole: every item with its answer. ``paper`` is what it is tied to."""
    about = f"About **{_short(paper.title, 2 * TITLE_CHARS)}** (`{paper.paper_id}`)" if paper else "Tied to no paper"
    head = f"**{plain_line(clip(heading_of(discussion), LINE_CHARS))}**\n{about}\n-# {_GROUPS}"
    items = "\n\n".join(_item(note) for note in discussion.notes) or "There is no numbered question in it."
    return Reply((Text(head), Rule(), Text(items)), Tone.NOTES)


def open_reply(questions: Sequence[tuple[Discussion, Note]], page: int) -> Reply:
    """Return one page of the questions that nobody answered, under their discussions."""
    if not questions:
        return said("No question in your notes waits for an answer.", Tone.NOTICE)
    page, pages, shown = _page(questions, page, PAGE_QUESTIONS)
    lines: list[str] = []
    above = None
    for discussion, note in shown:
        if discussion.position != above:
            lines.append(f"**{_short(heading_of(discussion), HEADING_CHARS)}**")
            above = discussion.position
        lines.append(f"- {_ordinal(note)} {_short(note.question, QUESTION_CHARS)}")
    listed = "\n".join(lines)
    text = f"**{counted(len(questions), 'open question')}** · {_GROUPS}\n{listed}"
    return Reply((Text(text), *_turning("open_notes", page, pages)), Tone.NOTES)


def export_reply(notes: bytes, *, import_command: str) -> Reply:
    """Return the group's notes as a file."""
    if not notes:
        return said(f"There are no notes here yet. Organisers bring them with {import_command}.", Tone.NOTICE)
    return Reply((Text("Your group’s notes, as they were written."), Attached(FILE_NAME, notes)), Tone.NOTES)


def tied_reply(discussion: Discussion, paper: Paper) -> Reply:
    """Return what a discussion is about from now on."""
    about = f"**{_short(paper.title, 2 * TITLE_CHARS)}** (`{paper.paper_id}`)"
    return said(f"**{_short(heading_of(discussion), HEADING_CHARS)}** is tied to {about}.", Tone.NOTES)


def _decision(sha256: str) -> Row:
    keep = Button("Keep these notes", "notes_decided", ("yes", sha256), style=Style.PRIMARY)
    return Row((keep, Button("Do not keep", "notes_decided", ("no", sha256))))


def _counts(counts: NoteCounts) -> str:
    return (
        f"{counted(counts.items, 'item')}: {counts.answered} answered, {counts.open} open, "
        f"{counts.no_question} without a question, {counts.blank} blank"
    )


def _ties(imported: NotesImported, titles: Titles) -> list[Block]:
    """Return what the discussions are tied to, and those that a person has to tie."""
    decided = list(zip(imported.discussions, imported.ties, strict=True))
    tied = [f"- {_named(d)} → {_titled(tie.paper_key, titles)}" for d, tie in decided if isinstance(tie, Tied)]
    untied = [f"- {_named(d)}{_offered(tie)}" for d, tie in decided if not isinstance(tie, Tied)]
    blocks: list[Block] = []
    if tied:
        blocks.append(Text(f"**Tied to papers here** · {len(tied)}\n{_first(tied, MOST_TIED)}"))
    if untied:
        blocks.append(Text(f"**Tied to no paper** · {len(untied)}\n{_first(untied, MOST_UNTIED)}"))
    return blocks


def _offered(tie: object) -> str:
    offered = tie.choices if isinstance(tie, Undecided) else getattr(tie, "suggestions", ())
    names = [f"{_short(title, TITLE_CHARS)} (`{paper_id}`)" for paper_id, title in offered[:MOST_CHOICES]]
    return f": maybe {' or '.join(names)}" if names else ""


def _warnings(warnings: Sequence[str]) -> str:
    return _first([f"- {_short(warning, WARNING_CHARS)}" for warning in warnings], MOST_WARNINGS)


def _first(lines: Sequence[str], most: int) -> str:
    more = [f"- and {len(lines) - most:,} more"] if len(lines) > most else []
    return "\n".join([*lines[:most], *more])


def _listed(discussion: Discussion, titles: Titles) -> str:
    waiting = sum(note.status is NoteStatus.OPEN for note in discussion.notes)
    facts = [counted(len(discussion.notes), "item"), *([f"{waiting} open"] if waiting else [])]
    facts.append(_titled(discussion.paper_key, titles))
    return f"- {_named(discussion)} · {' · '.join(facts)}"


def _titled(paper_key: str | None, titles: Titles) -> str:
    title = titles.get(paper_key or "")
    return "no paper" if title is None else f"“{_short(title, TITLE_CHARS)}”"


def _item(note: Note) -> str:
    nothing = "*no question written*" if note.answer else "*left blank*"
    asked = plain(clip(note.question.strip(), LINE_CHARS)) or nothing
    answer = [quoted(plain(clip(line, LINE_CHARS))) for line in note.answer if line.strip()]
    nobody = ["-# open: nobody answered"] if note.status is NoteStatus.OPEN else []
    return "\n".join([f"{_ordinal(note)} {asked}", *answer, *nobody])


def _ordinal(note: Note) -> str:
    return f"**{plain_line(note.ordinal) or note.item}.**"


def _named(discussion: Discussion) -> str:
    return _short(heading_of(discussion), HEADING_CHARS)


def _label(discussion: Discussion) -> str:
    return clip(one_line(clip(heading_of(discussion), LINE_CHARS)), HEADING_CHARS)


def _short(text: str, limit: int) -> str:
    """Return text of others on one line, no longer than this with its escapes: a page has to fit one message."""
    return clip(plain_line(clip(text, LINE_CHARS)), limit)


def _page(rows: Sequence[T], page: int, size: int) -> tuple[int, int, Sequence[T]]:
    pages = -(-len(rows) // size)
    page = min(max(page, 0), pages - 1)
    return page, pages, rows[page * size : (page + 1) * size]


def _turning(action: str, page: int, pages: int) -> list[Block]:
    if pages < 2:
        return []
    before = Button("Previous", action, (str(page - 1),), disabled=page == 0)
    after = Button("Next", action, (str(page + 1),), disabled=page == pages - 1)
    return [Text(f"-# Page {page + 1} of {pages}"), Row((before, after))]
