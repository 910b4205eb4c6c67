"""Old notes beside their papers, as messages: what could stand there, how answers stand, what was changed."""

from __future__ import annotations

from collections.abc import Sequence

from bot.render.escaping import clip, masked_link, plain_line, quoted, timestamp
from bot.render.reply import Block, Button, Reply, Row, Rule, Style, Text, Tone, said
from rag.discussion.finding import heading_of, place_of
from rag.domain.answer import Citation
from rag.domain.note import Discussion, Note
from rag.domain.revision import CheckCounts, Decision, Grade, NoteChange, NoteCheck, NoteChecks, Proposal
from rag.wording import counted

PAGE_CHECKS = 2
PAGE_CHANGES = 2
"""With the lengths below a page fits one message, whatever was written."""
HEADING_CHARS = 90
QUESTION_CHARS = 200
LINE_CHARS = 160
QUOTE_CHARS = 280
WHOLE_QUOTE_CHARS = 700
WRITER_CHARS = 60
SENTENCE_CHARS = 620
"""Of a sentence that a model wrote, with its pages: all of it, so that what is accepted was seen."""
WRITTEN_CHARS = 450
"""Of a line that was written, in the history."""
MOST_LINES, MOST_CHANGED_LINES = 4, 2
"""Lines of an answer that are shown beside its evidence; /notes show has all."""

_PARTLY, _FOUND_LINE = "◐", " ✓"
_SIGNS = {
    Grade.SUPPORTED: "✅",
    Grade.PARTLY_SUPPORTED: _PARTLY,
    Grade.NOT_FOUND: "❔",
    Grade.PARTLY_CONTRADICTED: "❌",
    Grade.CONTRADICTED: "❌",
}
_MEANING = "-# ✅ a sentence of the paper says it · ❔ I did not find it in the paper: it may still be right"
_JUDGED = (
    f" · {_PARTLY} it says a part · ❌ the paper says otherwise\n"
    "-# {} judged what words alone do not show: its quotes are checked, its reading is not"
)
_DONE = {
    Decision.ACCEPTED: "Written into the notes",
    Decision.EDITED: "Written into the notes, in your words",
    Decision.REJECTED: "Not proposed again",
    Decision.UNDONE: "Taken back",
}
_DECIDED = {
    Decision.ACCEPTED: "accepted a proposal",
    Decision.EDITED: "wrote",
    Decision.REJECTED: "rejected a proposal",
    Decision.UNDONE: "took a change back",
}


def filled_reply() -> Reply:
    """Return that nothing waits to be filled in."""
    return said("Nothing to fill in: every question has an answer, or its proposal was rejected.", Tone.NOTICE)


def proposal_reply(proposal: Proposal, page: int, pages: int, *, of: str, may_decide: bool) -> Reply:
    """Return what could stand in a note, with what it is made of. ``page`` is 0-based; buttons carry it with
    ``of``, which says of what it is a page.

    Who may not decide has buttons to leaf through only.
    """
    note = proposal.note
    blocks: list[Block] = [
        Text(f"**Fill in the notes** · {page + 1} of {pages}\n{_asked(proposal.discussion, note)}"),
        Rule(),
        Text(_proposed(proposal)),
    ]
    turning = (
        Button("Previous", "fill_page", (f"{page - 1}{of}",), disabled=page == 0),
        Button("Next", "fill_page", (f"{page + 1}{of}",), disabled=page + 1 >= pages),
    )
    deciding: tuple[Button, ...] = ()
    if may_decide:
        accept = Button("Accept", "fill_accept", (proposal.key, proposal.digest, f"{page}{of}"), style=Style.SUCCESS)
        edit = Button("Edit" if proposal.proposes else "Write it", "fill_edit", (proposal.key, f"{page}{of}"))
        reject = Button(
            "Reject" if proposal.proposes else "Leave it open", "fill_reject", (proposal.key, f"{page}{of}")
        )
        deciding = (accept, edit, reject) if proposal.proposes else (edit, reject)
    else:
        blocks.append(Text("-# Organisers decide what is written."))
    return Reply((*blocks, Row((*deciding, *turning))), Tone.NOTES)


def decided_reply(change: NoteChange, page: str = "") -> Reply:
    """Return what was decided just now, with the way back; ``page``: where to go on in the proposals."""
    buttons = [Button("Undo", "notes_undo", (str(change.change_id),))]
    if change.decision is Decision.UNDONE:
        buttons = []
    if page:
        buttons.append(Button("Go on", "fill_page", (page,), style=Style.PRIMARY))
    text = f"**{_DONE[change.decision]}** · {_short(change.heading, HEADING_CHARS)}, item {change.item}"
    blocks: list[Block] = [Text("\n".join((text, *_difference(change, whole=True))))]
    return Reply((*blocks, *([Row(tuple(buttons))] if buttons else [])), Tone.NOTES)


def checks_reply(
    discussion: Discussion,
    checks: NoteChecks,
    page: int,
    pages: int,
    *,
    counts: CheckCounts,
    judge: str,
    may_fix: bool,
) -> Reply:
    """Return one page of a discussion's answers beside their paper. ``page`` is 0-based."""
    head = f"**{_short(heading_of(discussion), HEADING_CHARS)}** · its answers beside the paper"
    judge = judge if checks.judged and not checks.notices else ""
    judged = f"\n{_MEANING}{_JUDGED.format(_short(judge, WRITER_CHARS))}" if judge else ""
    notices = "".join(f"\n-# {plain_line(notice)}" for notice in checks.notices)
    by_words = "By words alone: " if judge else ""
    blocks: list[Block] = [Text(f"{head}\n{by_words}{counts_line(counts)}{judged}{notices}")]
    for check in checks.checks:
        blocks += [Rule(), Text(_checked(check))]
    place = place_of(discussion)
    fixing = [
        Button(f"Fix {plain_line(clip(check.note.ordinal, 8)) or check.note.item}", "note_fix", (check.key, str(page)))
        for check in checks.checks
    ]
    turning = [
        Button("Previous", "check_page", (place, str(page - 1)), disabled=page == 0),
        Button("Next", "check_page", (place, str(page + 1)), disabled=page + 1 >= pages),
    ]
    rows = [*(fixing if may_fix else ()), *(turning if pages > 1 else ())]
    if pages > 1:
        blocks.append(Text(f"-# Page {page + 1} of {pages}"))
    return Reply((*blocks, *([Row(tuple(rows))] if rows else [])), Tone.NOTES)


def counts_line(counts: CheckCounts) -> str:
    """Return how many answers were found."""
    partly = f"{counts.partly} partly · " if counts.partly else ""
    doubt = " (they may still be right)" if counts.not_found else ""
    return f"**{counts.found} found · {partly}{counts.not_found} not found{doubt}**"


def unchecked_reply(discussion: Discussion) -> Reply:
    """Return that a discussion has no answer to check."""
    return said(f"**{_short(heading_of(discussion), HEADING_CHARS)}** has no answered question.", Tone.NOTICE)


def history_reply(changes: Sequence[NoteChange], page: int, *, undoable: int | None, may_undo: bool) -> Reply:
    """Return one page of what was changed, the newest first. ``undoable``: the change that an undo would take back."""
    if not changes:
        return said("Nobody has changed the notes with /notes fill or /notes check yet.", Tone.NOTICE)
    pages = -(-len(changes) // PAGE_CHANGES)
    page = min(max(page, 0), pages - 1)
    shown = changes[page * PAGE_CHANGES : (page + 1) * PAGE_CHANGES]
    blocks: list[Block] = [Text(f"**{counted(len(changes), 'change')} of the notes** · the newest first")]
    for change in shown:
        blocks += [Rule(), Text("\n".join((_line_of(change), *_difference(change))))]
    buttons = []
    if undoable is not None and may_undo:
        buttons.append(Button("Undo the newest change", "notes_undo", (str(undoable),), style=Style.DANGER))
    if pages > 1:
        buttons.append(Button("Previous", "note_changes", (str(page - 1),), disabled=page == 0))
        buttons.append(Button("Next", "note_changes", (str(page + 1),), disabled=page + 1 == pages))
    return Reply((*blocks, *([Row(tuple(buttons))] if buttons else [])), Tone.NOTES)


def _asked(discussion: Discussion, note: Note) -> str:
    where = f"{_short(heading_of(discussion), HEADING_CHARS)}, {_ordinal(note)}"
    question = _short(note.question, QUESTION_CHARS) or "*no question written*"
    return "\n".join((f"{where} {question}", *_answer(note.answer)))


def _proposed(proposal: Proposal) -> str:
    notices = [f"-# {plain_line(notice)}" for notice in proposal.notices]
    if not proposal.proposes:
        return "\n".join((plain_line(proposal.reason), *notices))
    if proposal.question:
        by = f" · written by {_short(proposal.writer, WRITER_CHARS)}, its words checked" if proposal.writer else ""
        question = f"**Proposed question**{by}\n{plain_line(proposal.question)}"
        return "\n".join((question, "-# The paper says:", *map(_whole, proposal.evidence), *notices))
    if proposal.writer:
        writer = _short(proposal.writer, WRITER_CHARS)
        head = f"**Proposed answer** · written by {writer}, each sentence checked against its quotes"
        lines = [f"- {_short(line, SENTENCE_CHARS)}" for line in proposal.lines]
        return "\n".join((head, *lines, "-# It quotes:", *map(_evidence, proposal.evidence[:MOST_LINES]), *notices))
    head = "**Proposed answer** · the paper’s own words, found on their pages"
    return "\n".join((head, *map(_whole, proposal.evidence), *notices))


def _checked(check: NoteCheck) -> str:
    why = f" · {plain_line(check.reason)}" if check.reason else ""
    by = f" · judged by {_short(check.judged_by, WRITER_CHARS)}" if check.judged_by else ""
    grade = f"{_SIGNS[check.grade]} **{check.grade.value.capitalize()}**{why}{by}"
    between = "-# What the paper says about this question:"
    if check.partly:
        lines = sum(bool(line.strip()) for line in check.note.answer)
        share = f" · {len(check.found)} of {counted(lines, 'line')}" if check.found else why
        grade, between = f"{_PARTLY} **Partly found**{share}", "-# What the paper says:"
    question = f"{_ordinal(check.note)} {_short(check.note.question, QUESTION_CHARS)}"
    beside = [between] if check.evidence and check.grade is Grade.NOT_FOUND else []
    answer = _answer(check.note.answer, found=check.found if check.partly else ())
    return "\n".join((question, *answer, grade, *beside, *map(_evidence, check.evidence)))


def _answer(
    lines: Sequence[str], most: int = MOST_LINES, *, chars: int = LINE_CHARS, found: Sequence[int] = ()
) -> list[str]:
    shown = [
        f"- {_short(line, chars)}{_FOUND_LINE if n in found else ''}"
        for n, line in enumerate(lines[:most])
        if line.strip()
    ]
    return [*shown, *([f"- and {counted(len(lines) - most, 'more line')}"] if len(lines) > most else [])]


def _whole(citation: Citation) -> str:
    return _evidence(citation, WHOLE_QUOTE_CHARS)


def _evidence(citation: Citation, most: int = QUOTE_CHARS) -> str:
    page = citation.quote.page
    name = f"p. {page}" if page is not None else "in the text"
    link = masked_link(name, citation.url) if citation.url else name
    return f"{quoted(f'“{_short(citation.quote.text, most)}”')} {link}"


def _line_of(change: NoteChange) -> str:
    who = f"<@{change.person}>" if change.person.isdecimal() else plain_line(clip(change.person, 40)) or "Somebody"
    where = f"{_short(change.heading, HEADING_CHARS)}, item {change.item}"
    return f"{timestamp(change.at)} · {who} {_DECIDED[change.decision]} · {where}"


def _difference(change: NoteChange, *, whole: bool = False) -> list[str]:
    """Return what a change changed; ``whole``: with all that was written, as far as a message holds it."""
    lines = []
    if change.question_before != change.question_after:
        before = _short(change.question_before, QUESTION_CHARS) or "*no question*"
        lines.append(f"{before} → {_short(change.question_after, QUESTION_CHARS) or '*no question*'}")
    if change.answer_before != change.answer_after:
        lines += ["-# before:", *(_answer(change.answer_before, MOST_CHANGED_LINES) or ["- *nothing*"])]
        most = WHOLE_QUOTE_CHARS if whole else WRITTEN_CHARS
        now = _answer(change.answer_after, MOST_LINES if whole else MOST_CHANGED_LINES, chars=most)
        lines += ["-# now:", *(now or ["- *nothing*"])]
    if not lines and change.decision is Decision.REJECTED:
        lines.append(_short(change.question_before, QUESTION_CHARS) or "*no question*")
    return lines


def _ordinal(note: Note) -> str:
    return f"**{plain_line(note.ordinal) or note.item}.**"


def _short(text: str, limit: int) -> str:
    return clip(plain_line(clip(text, 10_000)), limit)
