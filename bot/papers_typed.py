"""Papers as people type them: suggestions while they do, and several at once."""

from __future__ import annotations

import re
from typing import Any

import discord
from discord import app_commands

from bot.desk import Desk
from bot.permits import guild_of
from bot.render.escaping import clip
from bot.render.limits import AUTOCOMPLETE_CHOICES, AUTOCOMPLETE_NAME_CHARS
from bot.render.signs import one_line
from rag.domain.paper import Paper

NAME_CHARS = 200
"""Of a paper's name, title or id, as it is typed."""
_BETWEEN = re.compile(r"[\s;,]+")
_BETWEEN_ADDRESSES = re.compile(r"[;,]+(?=<?https?://|$)", re.IGNORECASE)


async def suggestions(desk: Desk, interaction: discord.Interaction[Any], typed: str) -> list[app_commands.Choice[str]]:
    """Return the papers of this server that fit what was typed so far, best first."""
    if interaction.guild_id is None:
        return []  # nothing raised here would be told
    papers = await desk.lanes.look(desk.study.suggest, guild_of(interaction), typed, limit=AUTOCOMPLETE_CHOICES)
    return [app_commands.Choice(name=_shown(paper), value=paper.paper_id) for paper in papers]


def typed_ids(text: str) -> list[str]:
    """Return what was typed between spaces, commas and semicolons, each once, in order.

    An address may hold commas; ``<...>``, by which Discord shows no preview, is taken off.

    >>> typed_ids("1502.03167, 1512.03385 1502.03167 <https://example.org/a,b.pdf>")
    ['1502.03167', '1512.03385', 'https://example.org/a,b.pdf']
    """
    found: list[str] = []
    for word in text.split():
        address = word.lstrip("<").lower().startswith(("http://", "https://"))
        found += (_BETWEEN_ADDRESSES if address else _BETWEEN).split(word)
    return list(dict.fromkeys(bare for word in found if (bare := word.removeprefix("<").removesuffix(">"))))


def _shown(paper: Paper) -> str:
    """Return a title and an id, which stays whole."""
    return f"{clip(one_line(paper.title), AUTOCOMPLETE_NAME_CHARS - len(paper.paper_id) - 3)} ({paper.paper_id})"
