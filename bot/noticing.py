"""The notices of a week: reminder, event, empty queue, skipped, trouble. Each carries its mark, to be known again."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

import discord

from bot.desk import Desk
from bot.render import schedule as render
from bot.render.reply import Reply
from bot.render.schedule import Commands
from bot.replying import post
from bot.views.press import custom_id, custom_ids_in
from rag.agenda.steps import CannotPost
from rag.domain.agenda import Posting, PostKind, PostState, Reading
from rag.domain.server import WeeklySlot
from rag.domain.session import Session

MEETING = timedelta(hours=2)
"""How long an event lasts; Discord wants to know."""
AHEAD = timedelta(days=1)
"""By how much our clock may have been ahead of Discord's when a message was sent."""
EVENTS = "events"
"""Stands for the channel of an event."""


class Notices:
    """Sends and finds them. None of them changes a session."""

    def __init__(self, desk: Desk, client: discord.Client, *, commands: Callable[[], Commands]) -> None:
        self._desk = desk
        self._client = client
        self._commands = commands

    def place(self, posting: Posting) -> str:
        """Return where it goes: the channel of the slot if we may write there, else one where we may.

        Raises CannotPost where there is none, or where an event is not allowed.
        """
        guild = self._guild(posting)
        if posting.kind is PostKind.EVENT:
            if not guild.me.guild_permissions.create_events:
                raise CannotPost("I lack the permission Create Events", unsent=True)
            return EVENTS
        channel = next(_writable(guild, self._slot(posting)), None)
        if channel is None:
            raise CannotPost(unsent=True)
        return str(channel.id)

    async def find(self, posting: Posting) -> str | None:
        """Return our message of this post, by the mark in its button; of an event, by the mark in its text."""
        if posting.kind is PostKind.EVENT:
            events = await self._guild(posting).fetch_scheduled_events(with_counts=False)
            return next((str(event.id) for event in events if posting.mark in (event.description or "")), None)
        since = min(posting.claimed_at, posting.sending_since or posting.claimed_at) - AHEAD
        channel = self._client.get_partial_messageable(int(posting.channel))
        wanted, me = custom_id("press", "show_queue", (posting.mark,)), self._client.user
        try:
            async for message in channel.history(limit=None, after=since):
                if me is not None and message.author.id == me.id and wanted in custom_ids_in(message.components):
                    return str(message.id)
        except discord.NotFound:
            return None  # the channel was deleted, and our message with it
        return None

    async def send(self, posting: Posting) -> str:
        """Send it and return its id."""
        if posting.kind is PostKind.EVENT:
            return await self._announce(posting)
        reply = await self._reply(posting)
        sent: list[int] = []
        channel = self._client.get_partial_messageable(int(posting.channel))
        await post(channel, reply, shown=sent.append, nonce=posting.mark)
        return str(sent[-1])

    async def move_event(self, event: Posting, meets_at: datetime | None) -> None:
        """Put the event of a meeting at another time, or take it back. People may have deleted it: that is as good."""
        try:
            made = await self._guild(event).fetch_scheduled_event(int(event.message or 0), with_counts=False)
            if meets_at is None:
                await made.delete()
            else:
                await made.edit(start_time=meets_at, end_time=meets_at + MEETING)
        except discord.NotFound:
            return

    async def _reply(self, posting: Posting) -> Reply:
        look, agenda = self._desk.lanes.look, self._desk.study.agenda
        slot, mark, commands = self._slot(posting), posting.mark, self._commands()
        if posting.kind is PostKind.REMINDER:
            reading = await look(agenda.reading, posting.guild)
            event, no_event = await look(self._event_of, posting)
            return render.reminder_reply(_known(reading), posting.due_at, mark, event=event, no_event=no_event)
        if posting.kind is PostKind.QUEUE_EMPTY:
            instead = await look(agenda.reading, posting.guild)
            before = self._desk.clock() < posting.due_at
            return render.queue_empty_reply(posting.due_at, mark, commands, instead=instead, before=before)
        questions = await look(agenda.post_of, posting.guild, posting.week, PostKind.QUESTIONS)
        reason = questions.reason if questions else ""
        if posting.kind is PostKind.SKIPPED:
            going_on = await look(self._going_on, posting.guild)
            queued = len(await look(agenda.queue.of, posting.guild))
            return render.skipped_reply(reason, posting.due_at, mark, commands, queued=queued, going_on=going_on)
        until = posting.due_at + timedelta(hours=self._desk.core_settings.late_post_hours)
        return render.trouble_reply(reason, until, mark, slot, commands)

    async def _announce(self, posting: Posting) -> str:
        """Make the event of a meeting. Raises CannotPost once the meeting has begun: Discord takes none then."""
        guild, slot = self._guild(posting), self._slot(posting)
        if posting.due_at <= self._desk.clock():
            raise CannotPost(unsent=True)
        reading = _known(await self._desk.lanes.look(self._desk.study.agenda.reading, posting.guild))
        channel = guild.get_channel(int(slot.channel))
        made = await guild.create_scheduled_event(
            name=render.event_name(reading),
            description=render.event_text(posting.mark),
            start_time=posting.due_at,
            end_time=posting.due_at + MEETING,
            entity_type=discord.EntityType.external,
            privacy_level=discord.PrivacyLevel.guild_only,
            location=render.event_place(channel.name if channel else ""),
        )
        return str(made.id)

    def _going_on(self, guild: str) -> Session | None:
        """Return the newest open session with questions that nobody answered."""
        sessions = self._desk.study.sessions.list(guild)
        return next((s for s in sessions if s.closed_at is None and s.thread is not None and s.unanswered), None)

    def _event_of(self, posting: Posting) -> tuple[str, str]:
        """Return the address of the event of the same meeting, and the line that says why there is none; "" for no."""
        event = self._desk.study.agenda.post_of(posting.guild, posting.week, PostKind.EVENT)
        if event is None:
            return "", ""
        if event.state is PostState.DONE:
            return f"https://discord.com/events/{posting.guild}/{event.message}", ""
        return "", render.no_event_line(event.reason) if event.reason else ""

    def _guild(self, posting: Posting) -> discord.Guild:
        guild = self._client.get_guild(int(posting.guild))
        if guild is None or guild.unavailable:
            raise CannotPost(unsent=True)
        return guild

    def _slot(self, posting: Posting) -> WeeklySlot:
        slot = self._desk.servers.settings(posting.guild).weekly
        if slot is None:
            raise CannotPost(unsent=True)
        return slot


def _writable(guild: discord.Guild, slot: WeeklySlot) -> Iterator[discord.TextChannel]:
    """Give the text channels where we may write: the slot's, the one for Discord's own notices, then the others."""
    meeting = guild.get_channel(int(slot.channel)) if slot.channel.isdecimal() else None
    for channel in (meeting, guild.system_channel, *guild.text_channels):
        if isinstance(channel, discord.TextChannel):
            may = channel.permissions_for(guild.me)
            if may.view_channel and may.send_messages and may.read_message_history:
                yield channel


def _known(reading: Reading | None) -> Reading:
    if reading is None or not reading.queued:
        raise CannotPost(unsent=True)  # the queue was emptied a moment ago
    return reading
