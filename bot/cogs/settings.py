"""What a server sets: /settings."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import discord
from discord import app_commands, ui
from discord.ext import commands

from bot.app import SeminarBot
from bot.cogs.template import TemplateButtons
from bot.errors import report
from bot.permits import guild_of, parent_of, place_of, require_admin
from bot.render.limits import TOKEN_S
from bot.render.settings import DAYS, Panel, settings_reply
from bot.replying import defer, show, turn
from rag.domain.server import ServerSettings, WeeklySlot
from rag.domain.template import TemplateInUse
from rag.errors import Refused
from rag.language.reach import reach_of
from rag.record.slots import weekly_slot

log = logging.getLogger(__name__)

Interaction = discord.Interaction[Any]
Change = Callable[[ServerSettings], ServerSettings]


class SettingsCog(commands.Cog):
    """The panel. Whoever presses on it needs Manage Server at that moment, not only when it was opened."""

    def __init__(self, bot: SeminarBot) -> None:
        self._bot = bot
        self._desk = bot.desk
        self._template = TemplateButtons(bot.desk, self._template_changed)
        self._reach = reach_of(bot.desk.core_settings)

    async def cog_load(self) -> None:
        """Register the actions of buttons and menus."""
        actions = self._desk.actions
        actions.register("set_role", self.set_role)
        actions.register("clear_role", self.clear_role)
        actions.register("set_channels", self.set_channels)
        actions.register("clear_channels", self.clear_channels)
        actions.register("type_slot", self.type_slot)
        actions.register("set_slot_channel", self.set_slot_channel)
        actions.register("clear_slot", self.clear_slot)
        actions.register("use_model", self.use_model)
        self._template.register()

    @app_commands.command(name="settings", extras={"example": "/settings", "organisers": True})
    @app_commands.default_permissions(manage_guild=True)
    @app_commands.guild_only()
    async def settings(self, interaction: Interaction) -> None:
        """Say who may add papers, where I answer, and when your group meets."""
        _require_admin(interaction)
        await show(interaction, settings_reply(await self._panel(interaction)), ephemeral=True)

    async def set_role(self, interaction: Interaction, picked: Sequence[str]) -> None:
        """Let a role change the library. Raises Refused for everybody's role."""
        if picked[0] == guild_of(interaction):
            raise Refused("That role", "@everyone is everybody in this server", "Pick a role that organisers have.")
        await self._change(interaction, lambda settings: replace(settings, organiser_role=picked[0]))

    async def clear_role(self, interaction: Interaction) -> None:
        """Let only members with Manage Server change the library."""
        await self._change(interaction, lambda settings: replace(settings, organiser_role=None))

    async def set_channels(self, interaction: Interaction, picked: Sequence[str]) -> None:
        """Answer in these channels only."""
        await self._change(interaction, lambda settings: replace(settings, channels=tuple(picked)))

    async def clear_channels(self, interaction: Interaction) -> None:
        """Answer everywhere."""
        await self._change(interaction, lambda settings: replace(settings, channels=()))

    async def type_slot(self, interaction: Interaction) -> None:
        """Open the form of the weekly slot."""
        _require_admin(interaction)
        await interaction.response.send_modal(SlotForm(self, self._settings(interaction).weekly))

    async def set_slot(self, interaction: Interaction, *, day: int, time: str, zone: str) -> None:
        """Keep the slot that was typed; its channel stays, and begins as the one where it is typed.

        Raises Refused, NotFound.
        """
        here = parent_of(interaction) or place_of(interaction)
        slot = await self._desk.lanes.look(weekly_slot, day=day, time=time, zone=zone, channel=here)

        def changed(settings: ServerSettings) -> ServerSettings:
            before = settings.weekly
            kept = slot if before is None else replace(before, day=slot.day, time=slot.time, zone=slot.zone)
            return replace(settings, weekly=kept)

        await self._change(interaction, changed)
        await self._desk.lanes.look(self._desk.study.agenda.noticed, guild_of(interaction), slot)

    async def set_slot_channel(self, interaction: Interaction, picked: Sequence[str]) -> None:
        """Say in which channel the group meets."""

        def changed(settings: ServerSettings) -> ServerSettings:
            slot = settings.weekly
            return settings if slot is None else replace(settings, weekly=replace(slot, channel=picked[0]))

        await self._change(interaction, changed)

    async def clear_slot(self, interaction: Interaction) -> None:
        """Forget the weekly slot."""
        await self._change(interaction, lambda settings: replace(settings, weekly=None))
        await self._desk.lanes.look(self._desk.study.agenda.noticed, guild_of(interaction), None)

    async def use_model(self, interaction: Interaction, wanted: str) -> None:
        """Let answers be written by a language model, or not."""
        await self._change(interaction, lambda settings: replace(settings, use_model=wanted == "on"))

    async def _change(self, interaction: Interaction, change: Change) -> None:
        """Change one thing, written down first, and show the panel with what was and what is."""
        _require_admin(interaction)
        if not interaction.response.is_done():
            await defer(interaction, thinking=False)
        guild = guild_of(interaction)
        before = await self._desk.servers.change(guild, change)
        log.info("server %s: the settings are now %s", guild, self._settings(interaction))
        await turn(interaction, settings_reply(await self._panel(interaction, before)))

    async def _template_changed(self, interaction: Interaction, before: TemplateInUse) -> None:
        """Show the panel with the template that was and the one that is."""
        panel = await self._panel(interaction, self._settings(interaction))
        await turn(interaction, settings_reply(replace(panel, template_before=before)))

    def _settings(self, interaction: Interaction) -> ServerSettings:
        return self._desk.servers.settings(guild_of(interaction))

    async def _panel(self, interaction: Interaction, before: ServerSettings | None = None) -> Panel:
        settings = self._settings(interaction)
        gone = _gone(interaction.guild, (settings, before or settings))
        template = await self._template.used(guild_of(interaction))
        return Panel(settings, self._desk.clock(), template, gone=gone, before=before, model=self._reach)


class SlotForm(ui.Modal, title="The weekly slot"):
    """Day, time and zone of the group's meeting, with what is set put in."""

    def __init__(self, cog: SettingsCog, slot: WeeklySlot | None) -> None:
        super().__init__(timeout=TOKEN_S)
        self._cog = cog
        days = [
            discord.SelectOption(label=name, value=str(day), default=slot is not None and slot.day == day)
            for day, name in enumerate(DAYS, 1)
        ]
        self._day: ui.Select[SlotForm] = ui.Select(options=days)
        self._time: ui.TextInput[SlotForm] = ui.TextInput(
            default=slot.time if slot else None, placeholder="19:30", max_length=10
        )
        self._zone: ui.TextInput[SlotForm] = ui.TextInput(
            default=slot.zone if slot else None, placeholder="Europe/Berlin", max_length=60
        )
        self.add_item(ui.Label(text="Day", component=self._day))
        self.add_item(ui.Label(text="Time", description="From 00:00 to 23:59", component=self._time))
        zone = "The clock your group goes by, as Europe/Berlin or America/New_York"
        self.add_item(ui.Label(text="Time zone", description=zone, component=self._zone))

    async def on_submit(self, interaction: Interaction) -> None:
        """Keep it; who may is checked again."""
        _require_admin(interaction)
        await defer(interaction, thinking=False)
        day, time, zone = self._day.values[0], self._time.value, self._zone.value
        await self._cog.set_slot(interaction, day=int(day), time=time, zone=zone)

    async def on_error(self, interaction: Interaction, error: Exception, /) -> None:  # type: ignore[override]
        """Say what went wrong, as every command does."""
        await report(interaction, error)


def _require_admin(interaction: Interaction) -> None:
    require_admin(interaction, "change the settings")


def _gone(guild: discord.Guild | None, settings: Sequence[ServerSettings]) -> frozenset[str]:
    """Return the ids of roles and channels that are set and no longer in the server."""
    if guild is None or guild.unavailable:
        return frozenset()  # we cannot know
    roles = {one.organiser_role for one in settings if one.organiser_role}
    channels = {channel for one in settings for channel in one.channels}
    channels |= {one.weekly.channel for one in settings if one.weekly}
    missing = {role for role in roles if guild.get_role(int(role)) is None}
    return frozenset(missing | {one for one in channels if guild.get_channel_or_thread(int(one)) is None})
