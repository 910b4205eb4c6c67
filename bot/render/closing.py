"""Around sessions, as messages: what cannot be opened, what is closed, what there is."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from bot.render.escaping import clip, plain_line, timestamp
from bot.render.limits import BUTTON_LABEL_CHARS, ROW_BUTTONS
from bot.render.reply import Attached, Block, Button, Reply, Row, Rule, Style, Text, Tone
from bot.render.session import close_button, names_line
from bot.render.signs import one_line
from rag.discussion.finding import heading_of
from rag.discussion.notes_out import export_notes
from rag.domain.paper import Paper
from rag.domain.session import Concluded, Session, SessionQuestion
from rag.wording import counted

TITLE_CHARS = 100
LISTED = 10
MOST_OPEN = 5


def ambiguous_reply(name: str, choices: Sequence[Paper]) -> Reply:
    """Return the question which of several papers is meant."""
    buttons = tuple(
        Button(clip(one_line(paper.title), BUTTON_LABEL_CHARS) or paper.paper_id, "discuss", (paper.paper_id,))
        for paper in choices[:ROW_BUTTONS]
    )
    text = f"“{plain_line(one_line(name))}” fits several papers here. Which one?"
    return Reply((Text(text), Row(buttons)), Tone.NOTICE)


def missing_reply(
    name: str, known: Sequence[tuple[str, str]], near: Sequence[str], *, adds: bool, search: str
) -> Reply:
    """Return what to do about a paper that is not here. ``known`` are (arXiv id, title) that it may be.

    ``adds``: whether the person may add it. ``search`` is how to write "/paper search".
    """
    text = f"There is no paper “{plain_line(one_line(name))}” here."
    if near:
        text += f" Did you mean {' or '.join(plain_line(clip(one_line(one), TITLE_CHARS)) for one in near)}?"
    if not adds:
        return Reply((Text(f"{text} Ask an organiser to add it; then start the session."),), Tone.NOTICE)
    if not known:
        return Reply((Text(f"{text} Find it with {search}, add it, then start the session."),), Tone.NOTICE)
    listed = "\n".join(f"- {plain_line(clip(title, TITLE_CHARS))} (`{arxiv_id}`)" for arxiv_id, title in known if title)
    buttons = tuple(
        Button(f"Add {arxiv_id} and discuss it", "discuss_new", (arxiv_id,), style=Style.PRIMARY)
        for arxiv_id, _title in known[:ROW_BUTTONS]
    )
    return Reply((Text(f"{text} Shall I add it?" + (f"\n{listed}" if listed else "")), Row(buttons)), Tone.NOTICE)


def already_open_reply(session: Session) -> Reply:
    """Return where the open session on a paper is."""
    where = f"in <#{session.thread}>" if session.thread else "without a thread"
    text = (
        f"A session on **{_title(session)}** is open {where}, with {_progress(session)}. Go on there; or, if you "
        "opened it or are an organiser, close it before you open another."
    )
    return Reply((Text(text), Row((close_button(session),))), Tone.NOTICE)


def opened_reply(session: Session) -> Reply:
    """Return where a session was opened."""
    return Reply((Text(f"Let us discuss **{_title(session)}** in <#{session.thread}>."),), Tone.NOTICE)


def nobody_answered_reply(session: Session) -> Reply:
    """Return the question what the notes of a session shall be in which nobody answered."""
    own = str(session.session_id)
    text = (
        f"Nobody has answered a question of the session on **{_title(session)}** here. If you talked about it "
        "elsewhere, keep its questions in the notes as open ones; else close it without notes, or leave it open."
    )
    buttons = (
        Button("Keep the questions", "session_end", (own, "keep"), style=Style.PRIMARY),
        Button("Close without notes", "session_end", (own, "drop")),
        Button("Leave it open", "session_end", (own, "stay")),
    )
    return Reply((Text(text), Row(buttons)), Tone.NOTICE)


def closed_reply(concluded: Concluded, *, next_meeting: datetime | None, discussion_command: str) -> Reply:
    """Return what a session came to: summary, open questions, its notes as a file, and when the group meets next."""
    session, notes = concluded.session, concluded.discussion
    lines = [f"**The session on {_title(session)} is closed**", f"{_progress(session)}."]
    if session.names:
        lines.append(f"Took part: {names_line(session.names)}.")
    blocks: list[Block] = [Text("\n".join(lines))]
    if session.left_open and notes is not None:
        first = sorted(session.left_open, key=lambda asked: not asked.unclear)
        left = [f"- {_line(one)}" for one in first[:MOST_OPEN]]
        more = len(first) - MOST_OPEN
        left += [f"- … and {more} more in the file"] if more > 0 else []
        asked = f"They stay open in your notes, and {discussion_command} on this paper asks some of them again."
        blocks += [Rule(), Text("\n".join(["**Still open**", *left, f"-# {asked}"]))]
    if notes is None:
        blocks.append(Text("-# No notes were written."))
    else:
        blocks += [Rule(), Text(f"Written into your notes as **{plain_line(heading_of(notes))}**, without names.")]
        blocks.append(Attached(f"discussion-{notes.ordinal}.md", export_notes([notes]).encode()))
    if next_meeting is not None:
        blocks.append(Text(f"Next meeting: {timestamp(next_meeting, 'F')}, {timestamp(next_meeting, 'R')}."))
    own = str(session.session_id)
    return Reply((*blocks, Row((Button("Reopen", "session_reopen", (own,)),))), Tone.NOTES)


def reopened_reply(session: Session) -> Reply:
    """Return that people may answer again."""
    where = f" in <#{session.thread}>" if session.thread else ""
    notes = " Its notes stay, and change when it is closed again." if session.written else ""
    return Reply((Text(f"The session on **{_title(session)}** is open again{where}.{notes}"),), Tone.NOTES)


def list_reply(sessions: Sequence[Session], *, discussion_command: str) -> Reply:
    """Return the last sessions of a server, newest first."""
    if not sessions:
        return Reply((Text(f"There were no sessions here yet. Open one with {discussion_command}."),), Tone.NOTICE)
    lines = []
    for session in sessions[:LISTED]:
        state = "open" if session.closed_at is None else f"closed {timestamp(session.closed_at, 'd')}"
        where = f" · <#{session.thread}>" if session.thread else ""
        lines.append(f"- **{session.session_id}.** {_title(session)} · {state} · {_progress(session)}{where}")
    more = f"\n-# and {len(sessions) - LISTED} older" if len(sessions) > LISTED else ""
    return Reply(
        (Text(f"**{counted(len(sessions), 'session')}**, newest first\n" + "\n".join(lines) + more),), Tone.NOTICE
    )


def _progress(session: Session) -> str:
    answered = len(session.questions) - len(session.unanswered)
    unclear = f", {len(session.marked_unclear)} unclear" if session.marked_unclear else ""
    return f"{answered} of {counted(len(session.questions), 'question')} answered{unclear}"


def _title(session: Session) -> str:
    return plain_line(clip(one_line(session.title), TITLE_CHARS))


def _line(asked: SessionQuestion) -> str:
    unclear = " (unclear)" if asked.unclear else ""
    return f"{asked.question.number}\\. {plain_line(clip(one_line(asked.question.text), 200))}{unclear}"
