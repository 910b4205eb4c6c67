"""Study aids of /paper: analysis and cards."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import discord
from discord import app_commands
from discord.ext import commands

from bot.app import SeminarBot
from bot.desk import Desk
from bot.lanes import told_in
from bot.papers_typed import NAME_CHARS, suggestions
from bot.permits import guild_of
from bot.render import studying as render
from bot.replying import defer, deliver
from bot.stages import stages_of
from rag.domain.analysis import Analysis, FillStep, FillTold
from rag.domain.flashcard import Deck
from rag.study import Study

Interaction = discord.Interaction[Any]
Name = app_commands.Range[str, 1, NAME_CHARS]


class StudyingPapers(commands.Cog):
    """Commands of /paper that help to read one. They are for everybody, and count as questions."""

    _bot: SeminarBot
    _desk: Desk

    @app_commands.command(name="analysis", extras={"example": "/paper analysis paper: resnet"})
    @app_commands.describe(paper="A name, a title or an arXiv id", anew="Make it again instead of showing the last one")
    async def analysis(self, interaction: Interaction, paper: Name, anew: bool = False) -> None:
        """Fill your group's template for a paper, each line with its page."""
        await defer(interaction)
        guild, desk = guild_of(interaction), self._desk
        desk.rates.question(guild=guild, person=str(interaction.user.id))
        async with stages_of(interaction) as stages:

            def hear(step: FillStep) -> None:
                stages.say(render.fill_words(step))

            def asked(calls: int) -> None:
                stages.say(render.calls_words(calls))

            loop = asyncio.get_running_loop()
            made = await desk.lanes.make(
                _filled, desk.study, guild, paper, anew, told_in(loop, asked), told_in(loop, hear)
            )
        reply = render.analysis_reply(made, anew_command=self._bot.mention_of("paper analysis"))
        await deliver(interaction, reply, header=f"<@{interaction.user.id}>")

    @app_commands.command(name="cards", extras={"example": "/paper cards paper: resnet"})
    @app_commands.describe(paper="A name, a title or an arXiv id")
    async def cards(self, interaction: Interaction, paper: Name) -> None:
        """Make cards to learn a paper by, to read here or in Anki."""
        await defer(interaction)
        guild = guild_of(interaction)
        self._desk.rates.question(guild=guild, person=str(interaction.user.id))
        async with stages_of(interaction) as stages:
            stages.say("Making cards …")
            deck = await self._desk.lanes.make(_dealt, self._desk.study, guild, paper)
        await deliver(interaction, render.cards_reply(deck), header=f"<@{interaction.user.id}>")

    @analysis.autocomplete("paper")
    @cards.autocomplete("paper")
    async def _papers_to_study(self, interaction: Interaction, typed: str) -> list[app_commands.Choice[str]]:
        return await suggestions(self._desk, interaction, typed)


def _filled(study: Study, guild: str, name: str, anew: bool, asked: Callable[[int], None], told: FillTold) -> Analysis:
    """Fill the template for the paper that a person means; say before how often the model is asked."""
    paper = study.paper(guild, name)
    calls = study.studying.calls(guild, paper, anew=anew)
    if calls:
        asked(calls)
    return study.studying.analysis(guild, paper, anew=anew, told=told)


def _dealt(study: Study, guild: str, name: str) -> Deck:
    return study.studying.cards(guild, study.paper(guild, name))
