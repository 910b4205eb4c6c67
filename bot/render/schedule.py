"""The schedule as messages: the weekly notices, when the group meets, the reading queue, votes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.render.escaping import clip, plain_line, timestamp
from bot.render.limits import EVENT_NAME_CHARS, EVENT_PLACE_CHARS, POLL_ANSWER_CHARS
from bot.render.reply import Block, Button, Reply, Row, Rule, Text, Tone
from bot.render.settings import DAYS
from bot.render.signs import one_line
from rag.agenda.agenda import Ahead
from rag.domain.agenda import PostState, QueuedPaper, Reading
from rag.domain.server import WeeklySlot
from rag.domain.session import Session
from rag.wording import counted

TITLE_CHARS = 150
LISTED = 20
POLL_QUESTION = "Which paper shall we read next?"


@dataclass(frozen=True, slots=True)
class Commands:
    """How to write the commands that messages name, so that people can click them."""

    set_slot: str
    add: str
    queue: str
    discuss: str


def reminder_reply(reading: Reading, meets_at: datetime, mark: str, *, event: str = "", no_event: str = "") -> Reply:
    """Return the reminder of a meeting. ``event``: its address; ``no_event``: the line that says why it has none."""
    text = (
        f"At the next meeting we read **{_title(reading.title)}**{_id(reading.paper_id)}: "
        f"{timestamp(meets_at, 'F')}, {timestamp(meets_at, 'R')}.\n"
        "-# The questions on it are posted then."
    )
    text += f"\n{no_event}" if no_event else ""
    others = (Button("Open the event", url=event),) if event else ()
    return Reply((Text(text), _buttons(mark, *others)), Tone.NOTICE)


def queue_empty_reply(
    meets_at: datetime, mark: str, commands: Commands, *, instead: Reading | None, before: bool
) -> Reply:
    """Return what asks organisers for a paper. ``instead``: what is taken without one; ``before``: there is time."""
    lines = ["**The reading queue is empty.**"]
    if before:
        lines.append(f"The next meeting is {timestamp(meets_at, 'R')}, {timestamp(meets_at, 'F')}.")
        if instead is not None:
            lines.append(f"Without one, I take **{_title(instead.title)}**, whose notes have open questions.")
    elif instead is not None:
        lines.append(f"So I take **{_title(instead.title)}**, whose notes have open questions.")
    lines.append(f"Organisers: add a paper with {commands.add}.")
    return Reply((Text("\n".join(lines)), _buttons(mark)), Tone.NOTICE)


def skipped_reply(
    reason: str, meets_at: datetime, mark: str, commands: Commands, *, queued: int = 0, going_on: Session | None = None
) -> Reply:
    """Return the word that a week has no question set. ``queued``: how many papers wait; ``going_on``: an open session
    that the group can go on with.
    """
    queue = "The queue is as it was" + ("." if queued else f", empty. Add a paper with {commands.add}.")
    text = (
        f"**There is no question set for the meeting of {timestamp(meets_at, 'F')}**, because {_reason(reason)}.\n"
        f"{queue} {commands.discuss} opens a session at any time."
    )
    if going_on is not None:
        text += f"\nThe session on **{_title(going_on.title)}** is still open: go on in <#{going_on.thread}>."
    return Reply((Text(text), _buttons(mark)), Tone.NOTICE)


def trouble_reply(reason: str, until: datetime, mark: str, slot: WeeklySlot, commands: Commands) -> Reply:
    """Return what keeps the question set from being posted, for organisers."""
    mending = (
        "allow me to send messages there" if "permission" in reason or "write" in reason else "put right what is wrong"
    )
    text = (
        f"**The question set of this week is not posted yet**, because {_reason(reason)}.\n"
        f"It belongs in <#{slot.channel}>. I try again until {timestamp(until, 'F')}; nothing is lost. "
        f"Organisers: {mending}, or set another channel with {commands.set_slot}."
    )
    return Reply((Text(text), _buttons(mark)), Tone.ERROR)


def schedule_reply(ahead: Ahead, commands: Commands, *, organiser: bool, note: str = "") -> Reply:
    """Return when the group meets, and what it reads next."""
    lines = [*([note] if note else []), *_meeting_lines(ahead, commands)]
    blocks: list[Block] = [Text("\n".join(lines)), Rule(), Text(_reading_line(ahead, commands))]
    if organiser and ahead.slot is not None:
        blocks.append(Row((Button("Show the queue", "show_queue"),)))
    return Reply(tuple(blocks), Tone.NOTICE)


def queue_reply(queue: Sequence[QueuedPaper], commands: Commands, *, note: str = "") -> Reply:
    """Return the reading queue, next first."""
    lines = [note] if note else []
    if not queue:
        lines.append(f"The reading queue is empty. Put a paper in with {commands.add}.")
        return Reply((Text("\n".join(lines)),), Tone.NOTICE)
    lines.append(f"**Reading queue** · {counted(len(queue), 'paper')}")
    lines += [_entry_line(entry) for entry in queue[:LISTED]]
    if len(queue) > LISTED:
        lines.append(f"-# and {len(queue) - LISTED} more")
    return Reply((Text("\n".join(lines)),), Tone.NOTICE)


def slot_note(ahead: Ahead, before: WeeklySlot | None = None) -> str:
    """Return what to say when a slot was set: what it was, and that a week has one question set."""
    sent = ahead.sent
    done = "**The weekly slot is set.**"
    if before is not None and before != ahead.slot:
        done = f"The weekly slot **changed**: it was {_when(before)}."
    if sent is None or ahead.posts_at is None:
        return done
    what = "was skipped" if sent.state is PostState.SKIPPED else "is posted already"
    return (
        f"{done} The question set of this week "
        f"{what}, and a week has one: the next comes {timestamp(ahead.posts_at, 'F')}."
    )


def queued_note(entry: QueuedPaper) -> str:
    """Return what to say when a paper was queued."""
    line = f"Queued at place {entry.position}: **{_title(entry.title)}**"
    return (
        line if entry.ready else f"{line}. It is not in the library yet: I add it from arXiv, and say what came of it."
    )


def moved_note(entry: QueuedPaper) -> str:
    """Return what to say when a paper was moved."""
    return f"Moved to place {entry.position}: **{_title(entry.title)}**"


def removed_note(entry: QueuedPaper) -> str:
    """Return what to say when a paper was taken out."""
    return f"Taken out of the queue: **{_title(entry.title)}**. It stays in the library."


def poll_answers(queue: Sequence[QueuedPaper]) -> tuple[str, ...]:
    """Return what people choose from: titles in plain text, cut to what Discord shows."""
    return tuple(clip(one_line(entry.title), POLL_ANSWER_CHARS) or entry.paper_id for entry in queue)


def vote_reply(ends_at: datetime, papers: int) -> Reply:
    """Return what the person who began a vote is told."""
    text = (
        f"The vote on {counted(papers, 'paper')} is open until {timestamp(ends_at, 'F')}. "
        "The winner moves to the front of the queue. "
        "If two papers have the same number of votes, the one added first wins."
    )
    return Reply((Text(text),), Tone.NOTICE)


def winner_reply(winner: QueuedPaper) -> Reply:
    """Return what came of a vote."""
    return Reply(
        (Text(f"**{_title(winner.title)}** has won the vote: it is first in the reading queue."),), Tone.NOTICE
    )


def event_name(reading: Reading) -> str:
    """Return the name of a meeting's event, in plain text."""
    return clip(f"We read: {one_line(reading.title)}", EVENT_NAME_CHARS)


def event_text(mark: str) -> str:
    """Return what an event says; the mark at its end is how we know it again."""
    return f"The questions on the paper are posted at this time.\n\n{mark}"


def event_place(channel: str) -> str:
    """Return where an event is, in plain text."""
    return clip(f"#{one_line(channel)}", EVENT_PLACE_CHARS) if channel else "Discord"


def no_event_line(reason: str) -> str:
    """Return why there is no event."""
    return f"-# There is no server event for it, because {_reason(reason)}."


def _meeting_lines(ahead: Ahead, commands: Commands) -> list[str]:
    slot = ahead.slot
    if slot is None or ahead.meets_at is None:
        return [f"**No weekly slot is set.** Organisers set one with {commands.set_slot}."]
    lines = [
        f"**{DAYS[slot.day - 1]}s at {slot.time}** ({slot.zone}) in <#{slot.channel}>",
        f"Next meeting: {timestamp(ahead.meets_at, 'F')}, {timestamp(ahead.meets_at, 'R')}",
    ]
    if ahead.posts_at is not None and ahead.posts_at != ahead.meets_at:
        lines.append(f"Next question set: {timestamp(ahead.posts_at, 'F')}. This week had its own.")
    if ahead.odd is not None:
        change, moment = ahead.odd
        why = "the clocks skip that time" if change == "gap" else "that time comes twice; the first counts"
        lines.append(f"On {timestamp(moment, 'D')} {why}: we meet at {timestamp(moment, 't')}.")
    if ahead.paused is not None:
        lines.append(f"Not posted yet, because {_reason(ahead.paused.reason)}. I try again.")
    remind = f"Reminder {counted(slot.reminder_hours, 'hour')} before" if slot.reminder_hours else "No reminder"
    lines.append(f"-# {remind} · {'with' if slot.event else 'without'} a server event")
    return lines


def _reading_line(ahead: Ahead, commands: Commands) -> str:
    reading = ahead.reading
    if reading is None:
        return f"The queue is empty. Add a paper with {commands.add}."
    if not reading.queued:
        return (
            f"The queue is empty. Next would be **{_title(reading.title)}**, whose notes have open questions. "
            f"Add one with {commands.add}."
        )
    more = f" · {len(ahead.queue) - 1} more in {commands.queue}" if len(ahead.queue) > 1 else ""
    return f"Next paper: **{_title(reading.title)}**{_id(reading.paper_id)}{more}"


def _entry_line(entry: QueuedPaper) -> str:
    by = f" · <@{entry.added_by}>" if entry.added_by else ""
    missing = "" if entry.ready else " · not in the library"
    return f"{entry.position}\\. {_named(entry)}{missing}{by}"


def _when(slot: WeeklySlot) -> str:
    return f"{DAYS[slot.day - 1]}s {slot.time} ({slot.zone}) in <#{slot.channel}>"


def _buttons(mark: str, *others: Button) -> Row:
    return Row((Button("Show the reading queue", "show_queue", (mark,)), *others))


def _title(title: str) -> str:
    return plain_line(clip(one_line(title), TITLE_CHARS))


def _named(entry: QueuedPaper) -> str:
    return _title(entry.title) + (_id(entry.paper_id) if entry.title != entry.paper_id else "")


def _id(paper_id: str) -> str:
    """Return an id behind a title; a paper that was uploaded has none that says anything."""
    return "" if paper_id.startswith("sha256:") else f" ({plain_line(paper_id)})"


def _reason(reason: str) -> str:
    return plain_line(reason).removesuffix(".")
