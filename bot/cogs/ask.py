"""Questions: /ask, "Ask about this", and /answers to open one again."""

from __future__ import annotations

from typing import Any

import discord
from discord import app_commands, ui
from discord.ext import commands

from bot.app import CATCHING_UP, SeminarBot
from bot.asking import Asking, Question
from bot.errors import NotYours, report
from bot.late import CatchingUp
from bot.papers_typed import NAME_CHARS, suggestions
from bot.permits import guild_of, place_of, thread_of
from bot.render.answers import recent_reply
from bot.render.escaping import clip
from bot.render.limits import TOKEN_S
from bot.replying import defer, deliver, show
from bot.stages import stages_of

Interaction = discord.Interaction[Any]

MOST_CHARS = 1_000
"""Characters of a question; more is a pasted page."""


class AskCog(commands.Cog):
    """Questions and their answers."""

    def __init__(self, bot: SeminarBot, asking: Asking) -> None:
        self._bot = bot
        self._desk = bot.desk
        self._asking = asking
        self._catching_up = CatchingUp(asking, bot.desk, bot)
        self._caught_up = False
        self._menu = app_commands.ContextMenu(name="Ask about this", callback=self._ask_about)
        self._menu.guild_only = True

    async def cog_load(self) -> None:
        """Take the context menu along: it cannot be declared in a cog. See what a killed process left."""
        self._bot.tree.add_command(self._menu)
        self._desk.actions.register("reopen", self.reopen)
        await self._catching_up.look_back()

    @app_commands.command(name="ask", extras={"example": "/ask question: what is internal covariate shift"})
    @app_commands.guild_only()
    @app_commands.describe(
        question="For example: what is internal covariate shift",
        paper="Only in this paper: a name, a title or an arXiv id",
        private="Show the answer to you alone",
    )
    async def ask(
        self,
        interaction: Interaction,
        question: app_commands.Range[str, 1, MOST_CHARS],
        paper: app_commands.Range[str, 1, NAME_CHARS] | None = None,
        private: bool = False,
    ) -> None:
        """Ask the group's papers; every citation is checked on its page."""
        await self.answer(interaction, question, paper=paper, private=private)

    @ask.autocomplete("paper")
    async def _papers(self, interaction: Interaction, typed: str) -> list[app_commands.Choice[str]]:
        return await suggestions(self._desk, interaction, typed)

    @app_commands.command(name="answers")
    @app_commands.guild_only()
    async def answers(self, interaction: Interaction) -> None:
        """Open one of your last answers again; only you see it."""
        await defer(interaction, ephemeral=True)
        recent = self._desk.study.answers.recent
        kept = await self._desk.lanes.look(recent, guild_of(interaction), str(interaction.user.id))
        await show(interaction, recent_reply(kept), ephemeral=True)

    async def reopen(self, interaction: Interaction, picked: list[str]) -> None:
        """Show a person one of their own answers again."""
        await defer(interaction, ephemeral=True)
        read = self._desk.study.answers.read
        kept = await self._desk.lanes.look(read, guild_of(interaction), int(picked[0]))
        if kept.asker != str(interaction.user.id):
            raise NotYours
        await show(interaction, await self._asking.reply(kept, again=True), ephemeral=True)

    @commands.Cog.listener()
    async def on_ready(self) -> None:
        """Send and answer, once, what a process that was killed left."""
        if not self._caught_up:
            self._caught_up = True
            self._bot.spawn(self._catching_up.catch_up(), CATCHING_UP)

    async def answer(self, interaction: Interaction, text: str, *, paper: str | None, private: bool) -> None:
        """Acknowledge a question and answer it; in an answer's thread with the thread's context."""
        question = Question(
            text=text,
            guild=guild_of(interaction),
            person=str(interaction.user.id),
            channel=place_of(interaction),
            paper=(paper or "").strip() or None,
            private=private,
            thread=thread_of(interaction),
        )
        async with self._asking.acknowledged(interaction, question) as waiting:
            async with stages_of(interaction) as stages:
                kept, reply = await self._asking.answer(question, stages.say, waiting=waiting)
            async with self._asking.delivery(kept) as shown:
                if private:
                    await show(interaction, reply, ephemeral=True)
                elif shown is not None:
                    await deliver(interaction, reply, header=f"<@{interaction.user.id}> asked:", shown=shown)

    async def _ask_about(self, interaction: Interaction, message: discord.Message) -> None:
        await interaction.response.send_modal(AskAbout(self, clip(message.clean_content, MOST_CHARS)))


class AskAbout(ui.Modal, title="Ask about this"):
    """The question about a message, which is put in as a beginning."""

    def __init__(self, cog: AskCog, text: str) -> None:
        # A form that is put away is forgotten then. Each has an id of its own: the library knows forms by it, and of
        # two people's with the same id it would hear the second alone.
        super().__init__(timeout=TOKEN_S)
        self._cog = cog
        self._question: ui.TextInput[AskAbout] = ui.TextInput(
            style=discord.TextStyle.paragraph, default=text or None, min_length=1, max_length=MOST_CHARS
        )
        self._paper: ui.TextInput[AskAbout] = ui.TextInput(required=False, max_length=NAME_CHARS)
        self.add_item(ui.Label(text="Question", component=self._question))
        self.add_item(ui.Label(text="Only in this paper", description="A name, title or id", component=self._paper))

    async def on_submit(self, interaction: Interaction) -> None:
        """Ask it."""
        await self._cog.answer(interaction, self._question.value, paper=self._paper.value, private=False)

    async def on_error(self, interaction: Interaction, error: Exception, /) -> None:  # type: ignore[override]
        """Say what went wrong, as every command does."""
        await report(interaction, error)
