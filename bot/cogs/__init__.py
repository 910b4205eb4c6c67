"""Commands: one file per noun that people type."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from discord.ext import commands

    from bot.app import SeminarBot


def cogs_for(bot: SeminarBot) -> list[commands.Cog]:
    """Return every cog, made for this bot."""
    from bot.cogs.about import AboutCog

    return [AboutCog(bot)]
