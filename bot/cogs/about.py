"""What the bot is, how to use it, what it keeps: /help, /about, /privacy, /forget-me, /status."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import discord
from discord import app_commands
from discord.ext import commands

from bot.adding import asked_by
from bot.app import SeminarBot
from bot.permits import can_see, guild_of, is_organiser
from bot.render import about as render
from bot.render.about import CommandHelp
from bot.replying import defer, show, turn
from rag.domain.record import Forgotten
from rag.health import status_of
from rag.language.reach import reach_of

Interaction = discord.Interaction[Any]

LOOKED_AT = 50
"""Answers that were not helpful, of which an organiser is shown the newest that stand where they may look."""

_in_messages_too = app_commands.allowed_contexts(guilds=True, dms=True, private_channels=False)
"""Commands that touch no server's library; all others are offered in servers only."""


class AboutCog(commands.Cog):
    """Words about the bot itself. Everything here is seen by the person who asked alone."""

    def __init__(self, bot: SeminarBot) -> None:
        self._bot = bot
        self._desk = bot.desk
        self._reach = reach_of(bot.desk.core_settings)

    async def cog_load(self) -> None:
        """Register the buttons' actions."""
        self._desk.actions.register("forget", self.forget)

    @app_commands.command(name="help")
    @_in_messages_too
    async def help(self, interaction: Interaction) -> None:
        """Show every command, with an example."""
        await show(interaction, render.help_reply(list(self._commands())), ephemeral=True)

    @app_commands.command(name="about")
    @_in_messages_too
    async def about(self, interaction: Interaction) -> None:
        """Say what this bot is, its licence, and where its source is."""
        await show(interaction, render.about_reply(self._desk.settings.source_url, self._reach), ephemeral=True)

    @app_commands.command(name="privacy")
    @_in_messages_too
    async def privacy(self, interaction: Interaction) -> None:
        """Say what is kept, for how long, and how to have it erased."""
        core = self._desk.core_settings
        reply = render.privacy_reply(
            keep_answers_days=core.keep_answers_days,
            keep_left_server_days=core.keep_left_server_days,
            online_links=core.ask_code_links_online,
            forget=self._bot.mention_of("forget-me"),
            model=self._reach,
        )
        await show(interaction, reply, ephemeral=True)

    @app_commands.command(name="forget-me")
    @_in_messages_too
    async def forget_me(self, interaction: Interaction) -> None:
        """Erase your questions, their answers and your ratings."""
        await show(interaction, render.forget_question(), ephemeral=True)

    async def forget(self, interaction: Interaction, decided: str) -> None:
        """Erase what is kept about whoever pressed."""
        await defer(interaction, thinking=False)
        forgotten = None
        if decided == "yes":
            forgotten = await self._desk.lanes.look(self._forget, str(interaction.user.id))
        await turn(interaction, render.forgotten_reply(forgotten))

    @app_commands.command(name="status")
    @app_commands.guild_only()
    async def status(self, interaction: Interaction) -> None:
        """Show what is here: papers, notes, answers, and for organisers how the bot is."""
        await defer(interaction, ephemeral=True)
        desk, guild, latency = self._desk, guild_of(interaction), self._bot.latency
        organiser = is_organiser(interaction, desk.servers.settings(guild))
        desk.rates.browse(guild=guild, person=str(interaction.user.id))
        found = await desk.lanes.browse(status_of, desk.study, desk.core_settings, guild)
        disliked = await desk.lanes.browse(desk.study.opinions.disliked, guild, LOOKED_AT) if organiser else ()
        reply = render.status_reply(
            found,
            disliked=[one for one in disliked if can_see(interaction, one.channel)],
            models_loaded=self._bot.warmed.is_set(),
            latency_ms=round(latency * 1_000) if math.isfinite(latency) else None,
            organiser=organiser,
        )
        await show(interaction, reply, ephemeral=True)

    def _forget(self, person: str) -> Forgotten:
        self._desk.study.forget_origins(lambda origin: asked_by(origin) == person)
        return self._desk.study.answers.forget_person(person)

    def _commands(self) -> Iterator[CommandHelp]:
        """Return the commands as Discord has them, read from the tree: help cannot name one that is not there."""
        for command in self._bot.tree.walk_commands():
            if isinstance(command, app_commands.Command):
                name = command.qualified_name
                yield CommandHelp(
                    mention=self._bot.mention_of(name),
                    promise=command.description,
                    example=str(command.extras.get("example", "")),
                    organisers=bool(command.extras.get("organisers", False)),
                )
