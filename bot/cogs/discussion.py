"""/discussion: a paper and its questions in a thread; the paper is found, asked about, or added first."""

from __future__ import annotations

from typing import Any

import discord
from discord import app_commands
from discord.ext import commands

from bot.adding import Adding, Origin
from bot.app import SeminarBot
from bot.hosting import SessionHost
from bot.papers_typed import NAME_CHARS, suggestions
from bot.permits import guild_of, is_organiser, place_of, require_organiser, thread_of
from bot.progress import show_adds
from bot.render import closing as render
from bot.render.limits import TOKEN_SAFE_S
from bot.replying import defer, show
from bot.threads import is_there
from rag.domain.paper import Paper
from rag.domain.session import Session
from rag.errors import Refused
from rag.retrieval.names import PaperMatch, arxiv_ids_in, find_papers
from rag.sources.known_names import known_papers
from rag.study import Study

Interaction = discord.Interaction[Any]

QUESTIONS = 12


class DiscussionCog(commands.Cog):
    """Opens sessions. Everybody may; adding the paper for one is for organisers."""

    def __init__(self, bot: SeminarBot, host: SessionHost, adding: Adding) -> None:
        self._bot = bot
        self._desk = bot.desk
        self._host = host
        self._adding = adding
        self._carried_on = False

    async def cog_load(self) -> None:
        """Register the buttons' actions."""
        self._desk.actions.register("discuss", self.discuss)
        self._desk.actions.register("discuss_new", self.discuss_new)

    @commands.Cog.listener()
    async def on_ready(self) -> None:
        """Complete, once, the sessions that a killed process left half sent."""
        if not self._carried_on:
            self._carried_on = True
            self._bot.spawn(self._host.carry_on(), "half-sent sessions")

    @app_commands.command(name="discussion", extras={"example": "/discussion paper: resnet"})
    @app_commands.guild_only()
    @app_commands.describe(paper="A name, a title or an arXiv id")
    async def discussion(self, interaction: Interaction, paper: app_commands.Range[str, 1, NAME_CHARS]) -> None:
        """Open a session on a paper: a thread with questions to go through."""
        await defer(interaction, ephemeral=True)
        await self._discuss(interaction, paper)

    @discussion.autocomplete("paper")
    async def _papers(self, interaction: Interaction, typed: str) -> list[app_commands.Choice[str]]:
        return await suggestions(self._desk, interaction, typed)

    async def discuss(self, interaction: Interaction, paper_id: str) -> None:
        """Open a session on the paper that was meant."""
        await defer(interaction, ephemeral=True)
        await self._discuss(interaction, paper_id)

    async def discuss_new(self, interaction: Interaction, arxiv_id: str) -> None:
        """Add a paper from arXiv and open a session on it; what went wrong with the add is told by the add."""
        guild = guild_of(interaction)
        require_organiser(interaction, self._desk.servers.settings(guild), "add papers")
        await defer(interaction, ephemeral=True)
        self._desk.rates.adds(1, guild=guild)
        study, look = self._desk.study, self._desk.lanes.look
        origin = str(Origin(place_of(interaction), str(interaction.user.id)))
        jobs = look(study.enqueue, [arxiv_id], guild=guild, origin=origin)
        ask = self._bot.mention_of("ask")
        await show_adds(self._adding, interaction, [arxiv_id], jobs, ask_command=ask, patience_s=TOKEN_SAFE_S)
        match = await look(_match, study, guild, arxiv_id)
        if match.paper is not None:
            await self._open(interaction, match.paper)

    async def _discuss(self, interaction: Interaction, name: str) -> None:
        guild = guild_of(interaction)
        match = await self._desk.lanes.look(_match, self._desk.study, guild, name)
        if match.paper is not None:
            await self._open(interaction, match.paper)
        elif match.choices:
            await show(interaction, render.ambiguous_reply(name, match.choices), ephemeral=True)
        else:
            known = [(one, "") for one in arxiv_ids_in(name)] or known_papers(name)
            reply = render.missing_reply(
                name,
                known,
                [paper.title for paper in match.near],
                adds=is_organiser(interaction, self._desk.servers.settings(guild)),
                search=self._bot.mention_of("paper search"),
            )
            await show(interaction, reply, ephemeral=True)

    async def _open(self, interaction: Interaction, paper: Paper) -> None:
        """Open a session here, or go on with the one that is open: one whose thread is gone begins anew here."""
        guild, sessions, look = guild_of(interaction), self._desk.study.sessions, self._desk.lanes.look
        held = await look(sessions.open_on, guild, paper)
        if held is not None and await self._stands(interaction, held):  # what was deleted by hand comes back
            await show(interaction, render.already_open_reply(await self._host.mend(held)), ephemeral=True)
            return
        here = place_of(interaction)
        await self._host.place(here)  # may it be held here? Asked before anything is made
        if thread_of(interaction) is not None and (other := await look(sessions.in_thread, guild, here)) is not None:
            _require_closed(other)
        if held is None:
            self._desk.rates.question(guild=guild, person=str(interaction.user.id))
            person = str(interaction.user.id)
            made = await self._desk.lanes.make(sessions.open, guild, paper, channel=here, opened_by=person, n=QUESTIONS)
            held = await self._host.complete(made)
        else:
            held = await self._host.begin_at(here, held)
        await show(interaction, render.opened_reply(held), ephemeral=True)

    async def _stands(self, interaction: Interaction, session: Session) -> bool:
        """Say whether a session has a thread that is still there."""
        if session.thread is None or interaction.guild is None:
            return False
        return await is_there(interaction.guild, session.thread)


def _match(study: Study, guild: str, name: str) -> PaperMatch:
    return find_papers(name, study.papers(guild))


def _require_closed(other: Session) -> None:
    if other.is_open:
        reason = f"a session on “{other.title}” is open in this thread"
        raise Refused("The session", reason, "Close that one first, or use the command in another channel.")
