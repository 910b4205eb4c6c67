"""The command tree: who may use what where, and the edge at which errors become sentences."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import discord
from discord import app_commands

from bot.errors import ServersOnly, report
from bot.permits import require_channel

if TYPE_CHECKING:
    from bot.app import SeminarBot

EVERYWHERE = {"help", "about", "privacy", "forget-me"}
"""Commands that touch no server's library: they work in direct messages and in every channel."""
IN_EVERY_CHANNEL = EVERYWHERE | {"settings", "status"}
"""Commands that the list of channels does not bind: an admin must be able to mend it."""


class SeminarTree(app_commands.CommandTree["SeminarBot"]):
    """Checks what holds for every command, and reports what goes wrong in any."""

    async def interaction_check(self, interaction: discord.Interaction[SeminarBot], /) -> bool:
        """Refuse commands where they do not belong. Raises ServersOnly, NotInThisChannel."""
        if interaction.type is discord.InteractionType.autocomplete or interaction.command is None:
            return True
        name = (interaction.command.root_parent or interaction.command).name if isinstance(
            interaction.command, app_commands.Command
        ) else interaction.command.name  # fmt: skip
        if name in EVERYWHERE:
            return True
        if interaction.guild_id is None:
            raise ServersOnly(command=name)
        if name not in IN_EVERY_CHANNEL:
            require_channel(interaction, interaction.client.desk.servers.settings(str(interaction.guild_id)))
        return True

    async def on_error(self, interaction: discord.Interaction[Any], error: app_commands.AppCommandError, /) -> None:
        """Turn any error of any command into one sentence."""
        await report(interaction, error)
