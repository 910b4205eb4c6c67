"""The schedule's messages, with titles as hostile and as long as they come."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest

from bot.render import limits
from bot.render import schedule as render
from bot.render.fitting import fitted
from bot.render.reply import Reply, Text
from rag.agenda.agenda import Ahead
from rag.domain.agenda import QueuedPaper, Reading
from rag.domain.server import WeeklySlot
from tests.bot.render.discord_markdown import styles
from tests.conftest import NOW

TITLE = "@everyone **Nets** [click](https://evil.example) <t:1:R> # `x` ||y|| <@1> discord.gg/abc\n- z"
LONG = "W" * 5_000
COMMANDS = render.Commands("`/schedule set`", "`/schedule queue add`", "`/schedule queue list`", "`/discussion`")
SLOT = WeeklySlot(7, "02:30", "Europe/Berlin", "7")


def entry(title: str, position: int = 1) -> QueuedPaper:
    return QueuedPaper(position, position, "2001.00001", title, "", NOW, ready=False)


def replies(title: str) -> Iterator[Reply]:
    reading = Reading("k", "2001.00001", title)
    later = NOW + timedelta(days=1)
    yield render.reminder_reply(reading, later, "rr-2026W48-1", no_event=render.no_event_line(title))
    for before in (True, False):
        yield render.queue_empty_reply(later, "m", COMMANDS, instead=reading, before=before)
    yield render.skipped_reply(title, later, "m", COMMANDS)
    yield render.trouble_reply(title, later, "m", SLOT, COMMANDS)
    for queued in (True, False):
        found = Reading("k", "2001.00001", title, queued)
        ahead = Ahead(SLOT, later, later + timedelta(days=7), None, None, found, (entry(title),), ("gap", later))
        yield render.schedule_reply(ahead, COMMANDS, organiser=True, note=render.slot_note(ahead))
    notes = (render.queued_note(entry(title)), render.moved_note(entry(title)), render.removed_note(entry(title)))
    for note in notes:
        yield render.queue_reply([entry(title, n) for n in range(1, 51)], COMMANDS, note=note)
    yield render.winner_reply(entry(title))


def text_of(reply: Reply) -> str:
    return "\n".join(block.markdown for block in reply.blocks if isinstance(block, Text))


def test_a_title_is_shown_and_does_nothing() -> None:
    for reply in replies(TITLE):
        text = text_of(reply)
        assert "Nets" in text
        found = styles(text)
        assert not [style for style in found if style.startswith(("link:https://evil", "spoiler", "mention"))]
        assert "@everyone" not in text
        assert "discord.gg/abc" not in text
        assert "<@1>" not in text.replace("\\<@", "")
        assert "<t:1:R>" not in text.replace("\\<t", "")


@pytest.mark.parametrize("title", [LONG, "[" * 3_000, "_" * 3_000])
def test_a_title_of_any_length_fits(title: str) -> None:
    for reply in replies(title):
        for part in fitted(reply):
            assert len(text_of(part)) <= limits.MESSAGE_TEXT_CHARS


def test_what_discord_takes_as_plain_text_is_cut_to_its_limits() -> None:
    answers = render.poll_answers([entry(title) for title in (TITLE, LONG, "", "short")])
    assert all(1 <= len(answer) <= limits.POLL_ANSWER_CHARS for answer in answers)
    assert answers[2:] == ("2001.00001", "short")
    reading = Reading("k", "2001.00001", LONG)
    assert len(render.event_name(reading)) <= limits.EVENT_NAME_CHARS
    assert len(render.event_place(LONG)) <= limits.EVENT_PLACE_CHARS
    assert render.event_place("") == "Discord"
    assert len(render.POLL_QUESTION) <= limits.POLL_QUESTION_CHARS
