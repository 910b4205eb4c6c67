"""Papers as people type them: suggestions while they do."""

from __future__ import annotations

from typing import Any

import discord
from discord import app_commands

from bot.desk import Desk
from bot.permits import guild_of
from bot.render.escaping import clip
from bot.render.limits import AUTOCOMPLETE_CHOICES, AUTOCOMPLETE_NAME_CHARS
from rag.domain.paper import Paper


async def suggestions(desk: Desk, interaction: discord.Interaction[Any], typed: str) -> list[app_commands.Choice[str]]:
    """Return the papers of this server that fit what was typed so far, best first."""
    papers = await desk.lanes.look(desk.study.suggest, guild_of(interaction), typed, limit=AUTOCOMPLETE_CHOICES)
    return [app_commands.Choice(name=_shown(paper), value=paper.paper_id) for paper in papers]


def _shown(paper: Paper) -> str:
    """Return a title and an id, which stays whole."""
    return f"{clip(paper.title, AUTOCOMPLETE_NAME_CHARS - len(paper.paper_id) - 3)} ({paper.paper_id})"
