"""Sessions without Discord: open one, go through its questions, close it into the notes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from rag.cli.door import Door, print_json

if TYPE_CHECKING:
    from rag.domain.note import Discussion
    from rag.domain.session import Before, ReadingGuide, Session, SessionAnswer, SessionQuestion

group = typer.Typer(
    help="Discussion sessions: one paper's questions, and the group's answers.",
    no_args_is_help=True,
    rich_markup_mode=None,
)

PERSON, NAME = "local", "command line"
"""Who answers here: there are no accounts."""
MOST_OPEN = 5

AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object.")]
Which = Annotated[int | None, typer.Option("--session", help="A session's number; else the only open one.")]


def register(app: typer.Typer) -> None:
    """Add this file's commands."""
    app.add_typer(group, name="session")


@group.command("open")
def open_session(
    context: typer.Context,
    paper: Annotated[str, typer.Argument(help="An id, a title or a name such as resnet.")],
    n: Annotated[int, typer.Option("--n", min=1, max=25, help="How many questions.")] = 12,
    as_json: AsJson = False,
) -> None:
    """Open a session on a paper, with a question set made for it."""
    door: Door = context.obj
    found = door.study.paper(door.guild, paper)
    session = door.study.sessions.open(door.guild, found, opened_by=PERSON, n=n)
    _print(door, session, as_json=as_json, opened=True)
    if not as_json:
        only = "" if len(_open_ones(door)) == 1 else f" --session {session.session_id}"
        door.out.print(
            f'Answer: `seminar session answer{only} 1 "…"`. Close: `seminar session close{only}`.', markup=False
        )


@group.command("show")
def show(
    context: typer.Context,
    session: Which = None,
    reveal: Annotated[bool, typer.Option("--reveal", help="Show what the paper says to each question.")] = False,
    as_json: AsJson = False,
) -> None:
    """Show a session: its questions, what was answered, what to read."""
    door: Door = context.obj
    _print(door, _session(door, session), as_json=as_json, opened=True, reveal=reveal)


@group.command("answer")
def answer(
    context: typer.Context,
    number: Annotated[int, typer.Argument(help="The question's number; 0 for a word on the paper as a whole.")],
    text: Annotated[str, typer.Argument(help="What the group says.")],
    session: Which = None,
    as_json: AsJson = False,
) -> None:
    """Answer a question; several answers are fine."""
    door: Door = context.obj
    held = _session(door, session)
    kept = door.study.sessions.answer(door.guild, held.session_id, number or None, person=PERSON, name=NAME, text=text)
    if as_json:
        print_json({"session": held.session_id, "answer": kept.answer_id, "number": kept.number, "text": kept.text})
    else:
        door.out.print(f"Kept as answer {kept.answer_id}.", markup=False)


@group.command("edit")
def edit(
    context: typer.Context,
    answer_id: Annotated[int, typer.Argument(help="The answer's number, as shown.")],
    text: Annotated[str, typer.Argument(help="What it shall say; nothing takes it back.")] = "",
    session: Which = None,
    as_json: AsJson = False,
) -> None:
    """Change an answer that was given here, or take it back."""
    door: Door = context.obj
    held, sessions = _session(door, session), door.study.sessions
    if text.strip():
        sessions.edit(door.guild, held.session_id, answer_id, person=PERSON, text=text)
    else:
        sessions.withdraw(door.guild, held.session_id, answer_id, person=PERSON)
    _print(door, sessions.session(door.guild, held.session_id), as_json=as_json)


@group.command("unclear")
def unclear(
    context: typer.Context,
    number: Annotated[int, typer.Argument(help="The question's number.")],
    session: Which = None,
    as_json: AsJson = False,
) -> None:
    """Mark a question as unclear, or take the mark off: it is asked again next time."""
    door: Door = context.obj
    held = _session(door, session)
    marked = door.study.sessions.unclear(door.guild, held.session_id, number, person=PERSON)
    if as_json:
        print_json({"session": held.session_id, "number": number, "unclear": marked})
    else:
        door.out.print(f"Question {number} is {'marked as unclear' if marked else 'not marked any more'}.")


@group.command("close")
def close(
    context: typer.Context,
    session: Which = None,
    empty_notes: Annotated[
        bool | None,
        typer.Option(
            "--keep-questions/--no-notes",
            help="When nobody answered: keep the questions as open ones, or write nothing.",
        ),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Close a session: its questions and answers become notes."""
    from rag.discussion.finding import heading_of
    from rag.sessions.as_json import session_as_json

    door: Door = context.obj
    held = _session(door, session)
    closed = door.study.sessions.close(door.guild, held.session_id, empty_notes=empty_notes)
    if as_json:
        print_json(session_as_json(closed.session) | {"notes": closed.discussion and heading_of(closed.discussion)})
        return
    door.out.print(f"Closed. {_summary(closed.session)}", markup=False)
    if closed.discussion is None:
        door.out.print("No notes were written.")
    else:
        door.out.print(f"Written into the notes as {heading_of(closed.discussion)}.", markup=False)
        _print_open(door, closed.session)


@group.command("reopen")
def reopen(
    context: typer.Context,
    session: Annotated[int, typer.Argument(help="The session's number.")],
    as_json: AsJson = False,
) -> None:
    """Open a closed session again; its notes stay, and change when it is closed again."""
    door: Door = context.obj
    _print(door, door.study.sessions.reopen(door.guild, session), as_json=as_json)


@group.command("list")
def list_sessions(context: typer.Context, as_json: AsJson = False) -> None:
    """List the sessions, newest first."""
    door: Door = context.obj
    sessions = door.study.sessions.list(door.guild)
    if as_json:
        from rag.sessions.as_json import session_as_json

        print_json({"sessions": [session_as_json(session) for session in sessions]})
        return
    if not sessions:
        door.out.print("No sessions yet. Open one: seminar session open PAPER")
    for session in sessions:
        state = "open" if session.closed_at is None else f"closed {session.closed_at:%Y-%m-%d}"
        line = f"{session.session_id:>3}. {session.title}, {session.opened_at:%Y-%m-%d}, {state}. {_summary(session)}"
        door.out.print(line, markup=False)


def _session(door: Door, number: int | None) -> Session:
    """Return the session that is meant. Raises NotFound, and Ambiguous where several are open."""
    from rag.errors import NoSession, SeveralSessions

    if number is not None:
        return door.study.sessions.session(door.guild, number)
    held = _open_ones(door)
    if len(held) > 1:
        choices = tuple((str(one.session_id), one.title) for one in held)
        raise SeveralSessions("open", choices, what="session")
    if not held:
        raise NoSession(what="session", name="open")
    return held[0]


def _open_ones(door: Door) -> list[Session]:
    return [session for session in door.study.sessions.list(door.guild) if session.is_open]


def _print_open(door: Door, session: Session) -> None:
    """Print the first of what stayed open, what was unclear before the rest."""
    left = sorted(session.left_open, key=lambda asked: not asked.unclear)
    for asked in left[:MOST_OPEN]:
        door.out.print(f"  open: {asked.question.number}. {asked.question.text}{_mark(asked)}", markup=False)
    if len(left) > MOST_OPEN:
        door.out.print(f"  … and {len(left) - MOST_OPEN} more in the notes", markup=False)


def _print_answer(door: Door, said: SessionAnswer) -> None:
    """Print an answer; what people wrote begins no line of ours."""
    first, *more = said.text.splitlines() or [""]
    end = f"  ({said.answer_id}, {said.name})"
    for n, line in enumerate([first, *more]):
        door.out.print(f"       {'-' if n == 0 else ' '} {line}{end if n == len(more) else ''}", markup=False)


def _print(door: Door, session: Session, *, as_json: bool, opened: bool = False, reveal: bool = False) -> None:
    before = door.study.sessions.before(door.guild, session) if opened else None
    guide = door.study.sessions.guide(session) if opened else None
    if as_json:
        from rag.sessions.as_json import session_as_json, surroundings_as_json

        print_json(session_as_json(session) | surroundings_as_json(before, guide))
        return
    door.out.print(f"Session {session.session_id}: {session.title} ({session.paper_id})", markup=False)
    for line in _read_first(before, guide):
        door.out.print(line, markup=False)
    for asked in session.questions:
        door.out.print(f"{asked.question.number:>3}. {asked.question.text}{_mark(asked)}", markup=False)
        for said in session.answers_to(asked.question.number):
            _print_answer(door, said)
        for line in _revealed(asked) if reveal else ():
            door.out.print(f"       {line}", markup=False)
    for said in session.answers_to(None):
        _print_answer(door, said)
    if session.silent:
        door.out.print(f"Nothing was found in the paper on: {'; '.join(session.silent)}.", markup=False)
    for notice in session.notices if opened else ():
        door.err.print(notice, markup=False, style="yellow")


def _revealed(asked: SessionQuestion) -> list[str]:
    who = f"{asked.question.writer}, checked" if asked.question.prompt else "The paper"
    lines = [f"{who}: {asked.question.expected}"] if asked.question.expected else []
    for citation in asked.question.evidence:
        page = f"p. {citation.quote.page}: " if citation.quote.page else ""
        lines.append(f"{page}“{citation.quote.text}”")
    return lines


def _read_first(before: Before | None, guide: ReadingGuide | None) -> list[str]:
    lines = []
    if before is not None:
        lines += [f"Discussed before: {_heading(discussion)}." for discussion in before.discussions]
        lines += [f"You discussed {one.concept} in {_heading(one.discussion)}." for one in before.related]
    if guide is not None and guide.parts:
        pages = f"{guide.pages} pages: " if guide.pages else ""
        parts = [_part(part.name, part.page, part.items) for part in guide.parts]
        parts += [f"and {'1 appendix' if guide.folded == 1 else f'{guide.folded} appendices'}"] if guide.folded else []
        lines.append(f"Read: {pages}{'; '.join(parts)}.")
    return lines


def _part(name: str, page: int | None, items: tuple[tuple[str, int | None], ...]) -> str:
    said = f"{name} (p. {page})" if page else name
    named = ", ".join(f"{label} p. {at}" if at else label for label, at in items)
    return f"{said} [{named}]" if named else said


def _heading(discussion: Discussion) -> str:
    from rag.discussion.finding import heading_of

    return heading_of(discussion)


def _mark(asked: SessionQuestion) -> str:
    return "  (unclear)" if asked.unclear else ""


def _summary(session: Session) -> str:
    answered = len(session.questions) - len(session.unanswered)
    unclear = f", {len(session.marked_unclear)} unclear" if session.marked_unclear else ""
    return f"{answered} of {len(session.questions)} questions answered{unclear}."
