"""Sessions without Discord: open one, go through its questions, close it into the notes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from rag.cli.door import Door, print_json

if TYPE_CHECKING:
    from rag.domain.note import Discussion
    from rag.domain.session import Before, ReadingGuide, Session, SessionQuestion

group = typer.Typer(
    help="Discussion sessions: one paper's questions, and the group's answers.",
    no_args_is_help=True,
    rich_markup_mode=None,
)

PERSON, NAME = "local", "command line"
"""Who answers here: there are no accounts."""

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

    door: Door = context.obj
    held = _session(door, session)
    closed = door.study.sessions.close(door.guild, held.session_id, empty_notes=empty_notes)
    if as_json:
        print_json(_as_json(closed.session) | {"notes": closed.discussion and heading_of(closed.discussion)})
        return
    door.out.print(f"Closed. {_summary(closed.session)}", markup=False)
    if closed.discussion is None:
        door.out.print("No notes were written.")
    else:
        door.out.print(f"Written into the notes as {heading_of(closed.discussion)}.", markup=False)
    for asked in closed.session.left_open:
        door.out.print(f"  open: {asked.question.number}. {asked.question.text}", markup=False)


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
        print_json({"sessions": [_as_json(session) for session in sessions]})
        return
    if not sessions:
        door.out.print("No sessions yet. Open one: seminar session open PAPER")
    for session in sessions:
        state = "open" if session.closed_at is None else f"closed {session.closed_at:%Y-%m-%d}"
        line = f"{session.session_id:>3}. {session.title}, {session.opened_at:%Y-%m-%d}, {state}. {_summary(session)}"
        door.out.print(line, markup=False)


def _session(door: Door, number: int | None) -> Session:
    """Return the session that is meant. Raises NotFound, and Ambiguous where several are open."""
    from rag.errors import Ambiguous, NotFound

    if number is not None:
        return door.study.sessions.session(door.guild, number)
    held = [session for session in door.study.sessions.list(door.guild) if session.is_open]
    if len(held) > 1:
        raise Ambiguous("session", tuple((str(one.session_id), one.title) for one in held), what="session")
    if not held:
        raise NotFound(what="session", name="open")
    return held[0]


def _print(door: Door, session: Session, *, as_json: bool, opened: bool = False, reveal: bool = False) -> None:
    before = door.study.sessions.before(door.guild, session) if opened else None
    guide = door.study.sessions.guide(session) if opened else None
    if as_json:
        print_json(_as_json(session) | _surroundings(before, guide))
        return
    door.out.print(f"Session {session.session_id}: {session.title} ({session.paper_id})", markup=False)
    for line in _read_first(before, guide):
        door.out.print(line, markup=False)
    for asked in session.questions:
        door.out.print(f"{asked.question.number:>3}. {asked.question.text}{_mark(asked)}", markup=False)
        for said in session.answers_to(asked.question.number):
            door.out.print(f"       - {said.text}  ({said.answer_id}, {said.name})", markup=False)
        for line in _revealed(asked) if reveal else ():
            door.out.print(f"       {line}", markup=False)
    for said in session.answers_to(None):
        door.out.print(f"     - {said.text}  ({said.answer_id}, {said.name})", markup=False)
    if session.silent:
        door.out.print(f"Nothing was found in the paper on: {'; '.join(session.silent)}.", markup=False)


def _revealed(asked: SessionQuestion) -> list[str]:
    lines = [f"The paper: {asked.question.expected}"] if asked.question.expected else []
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
        lines.append(f"Read: {pages}{'; '.join(_part(part.name, part.page, part.items) for part in guide.parts)}.")
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


def _surroundings(before: Before | None, guide: ReadingGuide | None) -> dict[str, Any]:
    found: dict[str, Any] = {}
    if before is not None:
        found["before"] = {
            "discussions": [_heading(discussion) for discussion in before.discussions],
            "open": list(before.left_open),
            "related": [{"concept": one.concept, "discussion": _heading(one.discussion)} for one in before.related],
        }
    if guide is not None:
        parts = [{"name": part.name, "page": part.page, "items": [list(i) for i in part.items]} for part in guide.parts]
        found["guide"] = {"pages": guide.pages, "parts": parts}
    return found


def _as_json(session: Session) -> dict[str, Any]:
    return {
        "session": session.session_id,
        "paper_id": session.paper_id,
        "title": session.title,
        "opened_at": session.opened_at.isoformat(),
        "closed_at": session.closed_at and session.closed_at.isoformat(),
        "ordinal": session.ordinal,
        "questions": [_question_as_json(session, asked) for asked in session.questions],
        "beside": [said.text for said in session.answers_to(None)],
        "silent": list(session.silent),
    }


def _question_as_json(session: Session, asked: SessionQuestion) -> dict[str, Any]:
    question = asked.question
    return {
        "number": question.number,
        "text": question.text,
        "field": question.field,
        "origin": question.origin.value,
        "evidence": [{"page": c.quote.page, "quote": c.quote.text} for c in question.evidence],
        "expected": question.expected,
        "unclear": bool(asked.unclear),
        "answers": [
            {"answer": said.answer_id, "text": said.text, "name": said.name}
            for said in session.answers_to(question.number)
        ],
    }
