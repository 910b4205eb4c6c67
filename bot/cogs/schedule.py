"""When the group meets and what it reads next: /schedule set, show, clear, vote, and queue add, list, move, remove."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import discord
from discord import app_commands
from discord.ext import commands

from bot.adding import Origin
from bot.app import SeminarBot
from bot.hosting import SessionHost
from bot.papers_typed import NAME_CHARS, suggestions
from bot.permits import guild_of, is_organiser, parent_of, place_of, require_organiser, require_permissions
from bot.poster import EVERY_S, Poster
from bot.render import schedule as render
from bot.render.escaping import clip
from bot.render.limits import AUTOCOMPLETE_CHOICES, AUTOCOMPLETE_NAME_CHARS, POLL_HOURS
from bot.render.reply import Reply
from bot.render.settings import DAYS
from bot.render.signs import one_line
from bot.replying import defer, show
from bot.voting import Voting
from rag.agenda.agenda import Ahead
from rag.domain.agenda import QueuedPaper
from rag.domain.server import WeeklySlot
from rag.record.slots import MOST_REMINDER_HOURS, weekly_slot, zones_like

Interaction = discord.Interaction[Any]
Name = app_commands.Range[str, 1, NAME_CHARS]

_DAYS = [app_commands.Choice(name=name, value=number) for number, name in enumerate(DAYS, 1)]


class ScheduleCog(
    commands.GroupCog, group_name="schedule", group_description="When your group meets, and what it reads"
):
    """Reading it is for everybody; changing it is for organisers."""

    queue = app_commands.Group(name="queue", description="The papers that wait to be read")

    def __init__(self, bot: SeminarBot, host: SessionHost) -> None:
        self._bot = bot
        self._desk = bot.desk
        self._agenda = bot.desk.study.agenda
        self._host = host
        self.poster = Poster(bot.desk, bot, host, commands=self._commands)
        self.voting = Voting(bot.desk, bot)

    async def cog_load(self) -> None:
        """Register the button's action, and look once a minute what is due."""
        self._desk.actions.register("show_queue", self.show_queue)
        self._bot.keep_doing(self.poster.poll, "weekly posts", every_s=EVERY_S)
        self._bot.keep_doing(self.voting.count_ended, "votes", every_s=EVERY_S)

    @app_commands.command(
        name="set",
        extras={
            "example": "/schedule set day: Thursday time: 19:30 zone: Europe/Berlin channel: #papers",
            "organisers": True,
        },
    )
    @app_commands.describe(
        day="The day on which you meet",
        time="From 00:00 to 23:59, on your group's clock",
        zone="The clock your group goes by, as Europe/Berlin",
        channel="Where the questions are posted; else here",
        reminder_hours="How long before I remind you; 0 for no reminder",
        event="Whether each meeting shall be a server event too",
    )
    @app_commands.choices(day=_DAYS)
    async def set_slot(
        self,
        interaction: Interaction,
        day: int,
        time: app_commands.Range[str, 1, 10],
        zone: app_commands.Range[str, 1, 60],
        channel: discord.TextChannel | discord.ForumChannel | None = None,
        reminder_hours: app_commands.Range[int, 0, MOST_REMINDER_HOURS] = 24,
        event: bool = False,
    ) -> None:
        """Say when you meet: I post the questions on the next paper then."""
        self._require_organiser(interaction, "set when the group meets")
        if event:
            require_permissions(interaction, create_events=True)
        await defer(interaction)
        place = str(channel.id) if channel else parent_of(interaction) or place_of(interaction)
        slot = await self._desk.lanes.look(
            weekly_slot, day=day, time=time, zone=zone, channel=place, reminder_hours=reminder_hours, event=event
        )
        await self._host.place(place)  # can a session be held there? Better asked now than at its time
        before = self._desk.servers.settings(guild_of(interaction)).weekly
        ahead = await self._kept(guild_of(interaction), slot)
        await show(interaction, self._shown(interaction, ahead, render.slot_note(ahead, before)))

    @app_commands.command(name="show", extras={"example": "/schedule show"})
    async def show_slot(self, interaction: Interaction) -> None:
        """Show when you meet next, and what you read then."""
        await defer(interaction, ephemeral=True)
        ahead = await self._desk.lanes.look(self._agenda.ahead, guild_of(interaction))
        await show(interaction, self._shown(interaction, ahead), ephemeral=True)

    @app_commands.command(name="clear", extras={"example": "/schedule clear", "organisers": True})
    async def clear(self, interaction: Interaction) -> None:
        """Forget when you meet: nothing is posted by itself any more. The queue stays."""
        self._require_organiser(interaction, "clear when the group meets")
        await defer(interaction)
        ahead = await self._kept(guild_of(interaction), None)
        await show(interaction, self._shown(interaction, ahead, "**The weekly slot is cleared.** The queue stays."))

    @app_commands.command(name="vote", extras={"example": "/schedule vote hours: 24", "organisers": True})
    @app_commands.describe(hours="How long the vote is open")
    async def vote(self, interaction: Interaction, hours: app_commands.Range[int, 1, POLL_HOURS] = 24) -> None:
        """Let everybody here vote on the next paper, of those in the queue."""
        self._require_organiser(interaction, "begin a vote")
        require_permissions(interaction, send_messages=True, send_polls=True)
        await defer(interaction, ephemeral=True)
        vote, papers = await self.voting.begin(guild_of(interaction), place_of(interaction), hours=hours)
        await show(interaction, render.vote_reply(vote.ends_at, len(papers)), ephemeral=True)

    @queue.command(name="add", extras={"example": "/schedule queue add paper: resnet", "organisers": True})
    @app_commands.describe(paper="A name, a title or an arXiv id; an id may be new here")
    async def add(self, interaction: Interaction, paper: Name) -> None:
        """Put a paper at the end of the reading queue."""
        self._require_organiser(interaction, "queue papers")
        await defer(interaction)
        guild, person = guild_of(interaction), str(interaction.user.id)
        self._desk.rates.adds(1, guild=guild)  # it may have to be fetched
        entry = await self._desk.lanes.look(self._agenda.queue.add, guild, paper, added_by=person)
        if not entry.ready:
            origin = str(Origin(place_of(interaction), person))
            await self._desk.lanes.look(self._desk.study.enqueue, [entry.paper_id], guild=guild, origin=origin)
        await self._show_queue(interaction, render.queued_note(entry))

    @queue.command(name="list", extras={"example": "/schedule queue list"})
    async def list_queue(self, interaction: Interaction) -> None:
        """List the papers that wait to be read, the next one first."""
        await self.show_queue(interaction)

    @queue.command(
        name="move", extras={"example": "/schedule queue move paper: resnet position: 1", "organisers": True}
    )
    @app_commands.describe(paper="Its place in the queue, or its name", position="Its new place; 1 is next")
    async def move(self, interaction: Interaction, paper: Name, position: app_commands.Range[int, 1, 100]) -> None:
        """Put a queued paper at another place."""
        self._require_organiser(interaction, "change the queue")
        await defer(interaction)
        entry = await self._desk.lanes.look(self._agenda.queue.move, guild_of(interaction), paper, position)
        await self._show_queue(interaction, render.moved_note(entry))

    @queue.command(name="remove", extras={"example": "/schedule queue remove paper: resnet", "organisers": True})
    @app_commands.describe(paper="Its place in the queue, or its name")
    async def remove(self, interaction: Interaction, paper: Name) -> None:
        """Take a paper out of the reading queue; it stays in the library."""
        self._require_organiser(interaction, "change the queue")
        await defer(interaction)
        entry = await self._desk.lanes.look(self._agenda.queue.remove, guild_of(interaction), paper)
        await self._show_queue(interaction, render.removed_note(entry))

    async def show_queue(self, interaction: Interaction, _mark: str = "") -> None:
        """Show the reading queue to the person who asks; the mark is for finding a notice again."""
        guild_of(interaction)
        await defer(interaction, ephemeral=True)
        await self._show_queue(interaction, ephemeral=True)

    @add.autocomplete("paper")
    async def _papers(self, interaction: Interaction, typed: str) -> list[app_commands.Choice[str]]:
        return await suggestions(self._desk, interaction, typed)

    @move.autocomplete("paper")
    @remove.autocomplete("paper")
    async def _queued(self, interaction: Interaction, typed: str) -> list[app_commands.Choice[str]]:
        if interaction.guild_id is None:
            return []
        queue = await self._desk.lanes.look(self._agenda.queue.of, guild_of(interaction))
        fitting = [entry for entry in queue if typed.casefold().strip() in _named(entry).casefold()]
        return [app_commands.Choice(name=_named(e), value=e.paper_id) for e in fitting[:AUTOCOMPLETE_CHOICES]]

    @set_slot.autocomplete("zone")
    async def _zones(self, _interaction: Interaction, typed: str) -> list[app_commands.Choice[str]]:
        zones = await self._desk.lanes.look(zones_like, typed, AUTOCOMPLETE_CHOICES)
        return [app_commands.Choice(name=zone, value=zone) for zone in zones]

    async def _kept(self, guild: str, slot: WeeklySlot | None) -> Ahead:
        """Keep a slot with the server's other settings, and return what comes next."""
        await self._desk.servers.change(guild, lambda settings: replace(settings, weekly=slot))
        await self._desk.lanes.look(self._agenda.noticed, guild, slot)
        return await self._desk.lanes.look(self._agenda.ahead, guild)

    async def _show_queue(self, interaction: Interaction, note: str = "", *, ephemeral: bool = False) -> None:
        queue = await self._desk.lanes.look(self._agenda.queue.of, guild_of(interaction))
        await show(interaction, render.queue_reply(queue, self._commands(), note=note), ephemeral=ephemeral)

    def _shown(self, interaction: Interaction, ahead: Ahead, note: str = "") -> Reply:
        organiser = is_organiser(interaction, self._desk.servers.settings(guild_of(interaction)))
        return render.schedule_reply(ahead, self._commands(), organiser=organiser, note=note)

    def _commands(self) -> render.Commands:
        mention: Callable[[str], str] = self._bot.mention_of
        return render.Commands(
            set_slot=mention("schedule set"),
            add=mention("schedule queue add"),
            queue=mention("schedule queue list"),
            discuss=mention("discussion"),
        )

    def _require_organiser(self, interaction: Interaction, action: str) -> None:
        require_organiser(interaction, self._desk.servers.settings(guild_of(interaction)), action)


def _named(entry: QueuedPaper) -> str:
    title = clip(one_line(entry.title), AUTOCOMPLETE_NAME_CHARS - len(entry.paper_id) - 10)
    return f"{entry.position}. {title} ({entry.paper_id})"
