"""The group's old notes made better: proposals, checks, what was changed, and back."""

from __future__ import annotations

import getpass
import sys
from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import TYPE_CHECKING, Annotated

import typer

from rag.cli.door import Door, print_json

if TYPE_CHECKING:
    from rag.domain.answer import Citation
    from rag.domain.note import Discussion, Note
    from rag.domain.revision import NoteChange, NoteCheck, Proposal

AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object.")]
Session = Annotated[
    str | None, typer.Option("--session", help="Only this discussion: its number, its title, or #3 for the third.")
]
OfPaper = Annotated[str | None, typer.Option("--paper", help="Only the discussions of this paper.")]
Person = Annotated[str, typer.Option("--person", help="Who decides; without it the name of this machine's user.")]
Listed = tuple[str, "Discussion", "Note"]

_SIGNS = {
    "supported": "✓",
    "partly supported": "◐",
    "not found in the paper": "?",
    "partly contradicted": "✗",
    "contradicted": "✗",
}
NOT_FOUND = "“Not found” means that I did not find it in the paper. It may still be right."
NO_JUDGE = "Nothing here looks for contradictions: that needs a language model."
NOT_JUDGED = "{} judged none of these: only words were compared."
JUDGED = "{} judged what words alone do not show; its quotes were found on their pages, its reading may be wrong."


def register(notes: typer.Typer) -> None:
    """Add this file's commands to those of the notes."""
    for command in (fill, check, history, undo):
        notes.command(command.__name__)(command)


def fill(
    context: typer.Context,
    session: Session = None,
    paper: OfPaper = None,
    accept: Annotated[str | None, typer.Option("--accept", help="Write this proposal down, such as 10.2.")] = None,
    edit: Annotated[tuple[str, str] | None, typer.Option("--edit", help="Write TEXT into this note instead.")] = None,
    reject: Annotated[str | None, typer.Option("--reject", help="Do not propose this again.")] = None,
    person: Person = "",
    as_json: AsJson = False,
) -> None:
    """Propose answers to open questions, and questions for answers; you accept, edit or reject.

    At a terminal a language model may write them; lists, and what --accept takes, are in the paper's own words.
    """
    door: Door = context.obj
    changes = _decided(door, accept, edit, reject, person)
    if changes:
        _print_changes(door, changes, as_json=as_json)
        return
    waiting = _chosen(door, door.study.revision.waiting(door.guild), session, paper)
    if as_json:
        from rag.revision.as_json import proposal_as_json

        proposals = [door.study.revision.proposal(door.guild, key, quoting=True) for key, _, _ in waiting]
        print_json({"proposals": [proposal_as_json(proposal) for proposal in proposals]})
        return
    if not waiting:
        door.out.print("Nothing to fill in: every question has an answer, or its proposal was rejected.")
    if not sys.stdin.isatty():
        _print_all(door, [door.study.revision.proposal(door.guild, key, quoting=True) for key, _, _ in waiting])
        return
    for number, (key, _, _) in enumerate(waiting, 1):
        proposal = door.study.revision.proposal(door.guild, key)
        door.out.print(f"[{number} of {len(waiting)}]", style="dim", markup=False)
        _print_proposal(door, proposal, set())
        if not _asked(door, proposal, person):
            return


def check(context: typer.Context, session: Session = None, paper: OfPaper = None, as_json: AsJson = False) -> None:
    """Set each answer of the notes beside the nearest sentences of its paper."""
    door: Door = context.obj
    revision = door.study.revision
    answered = _chosen(door, revision.answered(door.guild), session, paper)
    judge = revision.judge(door.guild)
    if as_json:
        from rag.revision.as_json import checks_as_json

        print_json(checks_as_json(judge, revision.checks(door.guild, [key for key, _, _ in answered])))
        return
    if not answered:
        door.out.print("There is no answered note to check.")
        return
    from rag.revision.checking import counts_of
    from rag.revision.note_checks import AT_ONCE

    checked: list[NoteCheck] = []
    judged = False
    notices: dict[str, None] = {}
    for keys in _together(answered, AT_ONCE if judge else 1):
        found = revision.checks(door.guild, keys, judging=not notices)  # who failed once is not waited for again
        checked += found.checks
        notices |= dict.fromkeys(found.notices)
        judged = judged or found.judged
        for one in found.checks:
            _print_check(door, one)
    counts = counts_of(checked)
    against = f", {counts.contradicted} contradicted" if counts.contradicted else ""
    total = f"{counts.found} found, {counts.partly} partly, {counts.not_found} not found{against}."
    door.out.print(total, style="bold")
    door.out.print(NOT_FOUND, style="dim")
    for notice in notices:
        door.err.print(notice, markup=False, style="yellow")
    if notices:
        return
    words = (JUDGED if judged else NOT_JUDGED).format(judge) if judge else NO_JUDGE
    door.out.print(words, style="dim", markup=False)


def history(context: typer.Context, as_json: AsJson = False) -> None:
    """List what was changed in the notes, by whom and when; the newest first."""
    door: Door = context.obj
    changes = door.study.revision.history(door.guild)
    if not changes and not as_json:
        door.out.print("No note was changed.")
    _print_changes(door, changes, as_json=as_json)


def undo(context: typer.Context, person: Person = "", as_json: AsJson = False) -> None:
    """Take the newest change back; again for the one before it."""
    door: Door = context.obj
    change = door.study.revision.undo(door.guild, person=_who(person))
    _print_changes(door, [change], as_json=as_json)


def _decided(
    door: Door, accept: str | None, edit: tuple[str, str] | None, reject: str | None, person: str
) -> list[NoteChange]:
    """Carry out what the options decide; nothing was decided without one."""
    revision, guild, made = door.study.revision, door.guild, []
    if accept is not None:
        proposal = revision.proposal(guild, revision.named(guild, accept), quoting=True)
        made.append(revision.accept(guild, proposal, person=_who(person)))
    if edit is not None and edit[0] is not None:
        made.append(revision.write(guild, revision.named(guild, edit[0]), edit[1], person=_who(person)))
    if reject is not None:
        made.append(revision.reject(guild, revision.named(guild, reject), person=_who(person)))
    return made


def _asked(door: Door, proposal: Proposal, person: str) -> bool:
    """Ask what to do with a proposal and do it; return whether to go on."""
    revision, choices, allowed = door.study.revision, "[e]dit, [r]eject for good, [s]kip, [q]uit", "ersq"
    if proposal.proposes:
        choices, allowed = "[a]ccept, [e]dit, [r]eject, [s]kip, [q]uit", "aersq"
    chosen = ""
    while not chosen or chosen not in allowed:
        chosen = typer.prompt(choices, default="s", show_default=False, err=True).strip().casefold()[:1]
    if chosen == "a":
        door.out.print(_told(revision.accept(door.guild, proposal, person=_who(person))), markup=False)
    elif chosen == "e":
        typed = typer.prompt("Your words", err=True)
        door.out.print(_told(revision.write(door.guild, proposal.key, typed, person=_who(person))), markup=False)
    elif chosen == "r":
        door.out.print(_told(revision.reject(door.guild, proposal.key, person=_who(person))), markup=False)
    return chosen != "q"


def _chosen(door: Door, listed: Sequence[Listed], session: str | None, paper: str | None) -> list[Listed]:
    """Return the notes of the discussion or paper that was named. Raises NotFound, Ambiguous."""
    from rag.discussion.finding import find_discussion

    positions = None
    if session is not None:
        positions = {find_discussion(session, door.study.discussions(door.guild)).position}
    key = door.study.paper(door.guild, paper).key if paper is not None else None
    return [
        (note_key, discussion, note)
        for note_key, discussion, note in listed
        if (positions is None or discussion.position in positions) and (key is None or discussion.paper_key == key)
    ]


def _together(listed: Sequence[Listed], most: int) -> Iterator[list[str]]:
    """Yield the keys of notes, those of one discussion together, so many at once."""
    for _, notes in groupby(listed, key=lambda one: one[1].position):
        keys = [key for key, _, _ in notes]
        yield from (keys[at : at + most] for at in range(0, len(keys), most))


def _who(person: str) -> str:
    """Return who decides: as given, else the user's name as the machine knows it."""
    return person.strip() or getpass.getuser()


def _print_changes(door: Door, changes: Sequence[NoteChange], *, as_json: bool) -> None:
    if as_json:
        from rag.revision.as_json import change_as_json

        print_json({"changes": [change_as_json(change) for change in changes]})
        return
    for change in changes:
        door.out.print(_told(change), markup=False)


def _print_all(door: Door, proposals: Sequence[Proposal]) -> None:
    """Print proposals, those with something to accept first, each with what can be done with it."""
    from rag.revision.revision import name_of
    from rag.wording import counted

    if not proposals:
        return
    ready = [proposal for proposal in proposals if proposal.proposes]
    others = [proposal for proposal in proposals if not proposal.proposes]
    door.out.print(f"{counted(len(ready), 'proposal')}, then {len(others)} where I found nothing.", style="bold")
    door.out.print("The number before a note is its name here: the place in `seminar notes list`, and the item.")
    told: set[str] = set()
    for proposal in (*ready, *others):
        _print_proposal(door, proposal, told)
        name = name_of(proposal.discussion, proposal.note)
        first = "accept: `seminar notes fill --accept" if proposal.proposes else "write: `seminar notes fill --edit"
        words = f"{name}`" if proposal.proposes else f'{name} "…"`'
        door.out.print(f"    {first} {words} · reject: `--reject {name}`", style="dim", markup=False)


def _print_proposal(door: Door, proposal: Proposal, told: set[str]) -> None:
    """Print a proposal, and of its notices those that were not told with another."""
    door.out.print(_heading(proposal.discussion, proposal.note), style="bold", markup=False)
    for line in proposal.note.answer:
        door.out.print(f"    - {line}", markup=False)
    if proposal.question:
        door.out.print(f"  → {proposal.question}", markup=False, style="green")
    for line in proposal.lines:
        door.out.print(f"  → {line}", markup=False, style="green")
    if proposal.writer:
        sentences = "each sentence checked against its quotes"
        checked = "its words checked against the note and the paper" if proposal.question else sentences
        words = f"    Written by {proposal.writer}, {checked}:"
        door.out.print(words, markup=False, style="dim")
    if proposal.reason:
        door.out.print(f"  {proposal.reason}", markup=False, style="yellow")
    for notice in proposal.notices:
        if notice not in told:
            door.err.print(notice, markup=False, style="yellow")
    told.update(proposal.notices)
    _print_evidence(door, proposal.evidence, quoted=bool(proposal.question or proposal.writer))


def _print_check(door: Door, check: NoteCheck) -> None:
    door.out.print(_heading(check.discussion, check.note), style="bold", markup=False)
    for n, line in enumerate(check.note.answer):
        sign = " ✓" if check.partly and n in check.found else ""
        door.out.print(f"    - {line}{sign}", markup=False)
    why = f": {check.reason}" if check.reason else ""
    by = f" (judged by {check.judged_by})" if check.judged_by else ""
    grade = f"◐ partly found{why}" if check.partly else f"{_SIGNS[check.grade.value]} {check.grade.value}{why}{by}"
    door.out.print(f"  {grade}", markup=False)
    if check.evidence and check.grade.value == "not found in the paper":
        about = "" if check.partly else " about this question"
        door.out.print(f"    What the paper says{about}:", style="dim")
    _print_evidence(door, check.evidence, quoted=True)


def _print_evidence(door: Door, evidence: Sequence[Citation], *, quoted: bool) -> None:
    for citation in evidence:
        page = f"p. {citation.quote.page}" if citation.quote.page is not None else citation.paper.title
        text = f"“{' '.join(citation.quote.text.split())}” " if quoted else ""
        door.out.print(f"    {text}{page} {citation.url}".rstrip(), markup=False, style="cyan")


def _heading(discussion: Discussion, note: Note) -> str:
    from rag.discussion.finding import heading_of
    from rag.revision.revision import name_of

    return f"{name_of(discussion, note)}  {heading_of(discussion)}, {note.ordinal}. {note.question}".rstrip()


def _told(change: NoteChange) -> str:
    """Return a change as people read it: when, who, where, and what stood before and after."""
    who = change.person or "somebody"
    lines = [f"{change.at:%Y-%m-%d %H:%M} UTC, {who}: {change.decision.value}, {change.heading}, item {change.item}"]
    return "\n".join((*lines, *_difference(change)))


def _difference(change: NoteChange) -> Iterator[str]:
    if change.question_before != change.question_after:
        yield f"    question: {change.question_before or '(none)'} → {change.question_after or '(none)'}"
    if change.answer_before != change.answer_after:
        yield from (f"    was: {line}" for line in change.answer_before or ("(nothing)",))
        yield from (f"    is:  {line}" for line in change.answer_after or ("(nothing)",))
