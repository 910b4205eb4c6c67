"""Papers: /paper add, list, info, alias, remove, search; :mod:`bot.cogs.studying` has analysis and cards."""

from __future__ import annotations

from collections.abc import Awaitable, Sequence
from typing import Any

import discord
from discord import app_commands
from discord.ext import commands

from bot.adding import Adding, Origin
from bot.app import SeminarBot
from bot.attachments import fetched
from bot.cogs.studying import StudyingPapers
from bot.papers_typed import NAME_CHARS, suggestions, typed_ids
from bot.permits import guild_of, place_of, require_organiser
from bot.progress import show_adds
from bot.render import papers as render
from bot.render.limits import TOKEN_SAFE_S
from bot.render.reply import Reply
from bot.replying import defer, show, turn
from rag.errors import Refused
from rag.intake.uploads import shown_name

Interaction = discord.Interaction[Any]
Name = app_commands.Range[str, 1, NAME_CHARS]

MOST_AT_ONCE = 25
PATIENCE_S = TOKEN_SAFE_S
IDS_CHARS = MOST_AT_ONCE * 160
"""Of everything that is named in one add: an address of the longer sort each."""
NAMES_CHARS = 500
"""Of all names that a paper goes by."""
_RESEND = "Make it smaller, or give its address."


@app_commands.guild_only()
class PaperCog(StudyingPapers, commands.GroupCog, group_name="paper", group_description="The papers of this server"):
    """What is read here. Changing it is for organisers."""

    def __init__(self, bot: SeminarBot, adding: Adding) -> None:
        self._bot = bot
        self._desk = bot.desk
        self._adding = adding

    async def cog_load(self) -> None:
        """Register the buttons' actions."""
        self._desk.actions.register("papers", self.turn_page)
        self._desk.actions.register("remove", self.remove_decided)
        self._desk.actions.register("add_found", self.add_found)

    @app_commands.command(name="add", extras={"example": "/paper add ids: 1502.03167 1512.03385", "organisers": True})
    @app_commands.describe(ids="arXiv ids or links, several at once", file="A PDF, HTML or Markdown file")
    async def add(
        self,
        interaction: Interaction,
        ids: app_commands.Range[str, 1, IDS_CHARS] | None = None,
        file: discord.Attachment | None = None,
    ) -> None:
        """Add papers by arXiv id or link, or as an attached PDF."""
        self._require_organiser(interaction, "add papers")
        inputs = typed_ids(ids or "")
        await defer(interaction)
        if not inputs and file is None:
            raise Refused(what="The add", reason="nothing was named", advice="Give arXiv ids, links, or a PDF.")
        if len(inputs) > MOST_AT_ONCE:
            raise Refused(
                what="The add", reason=f"it names {len(inputs)} papers", advice=f"Add {MOST_AT_ONCE} at a time."
            )
        guild = guild_of(interaction)
        self._desk.rates.adds(len(inputs) + (file is not None), guild=guild)
        origin = _origin(interaction)
        study, look = self._desk.study, self._desk.lanes.look
        most_mb = self._desk.core_settings.max_download_mb
        content = await fetched(file, most_mb=most_mb, advice=_RESEND) if file is not None else b""

        async def queue() -> list[int]:
            jobs: list[int] = []
            if file is not None:
                jobs.append(await look(study.enqueue_upload, file.filename, content, guild=guild, origin=origin))
            if inputs:
                jobs += await look(study.enqueue, inputs, guild=guild, origin=origin)
            return jobs

        await self._show_adds(interaction, ([shown_name(file.filename)] if file else []) + inputs, queue())

    @app_commands.command(name="list", extras={"example": "/paper list"})
    async def list_papers(self, interaction: Interaction) -> None:
        """List the papers of this server."""
        await defer(interaction, ephemeral=True)
        await show(interaction, await self._page(interaction, 0), ephemeral=True)

    async def turn_page(self, interaction: Interaction, page: str) -> None:
        """Show another page in the place of this one."""
        await defer(interaction, thinking=False)
        await turn(interaction, await self._page(interaction, int(page)))

    @app_commands.command(name="info", extras={"example": "/paper info paper: resnet"})
    @app_commands.describe(paper="A name, a title or an arXiv id")
    async def info(self, interaction: Interaction, paper: Name) -> None:
        """Show a paper: authors, abstract, code, and when it was discussed."""
        await defer(interaction)
        card = await self._desk.lanes.look(self._desk.study.card, guild_of(interaction), paper)
        await show(interaction, render.card_reply(card))

    @app_commands.command(
        name="alias",
        extras={"example": "/paper alias paper: 1512.03385 names: resnet, residual nets", "organisers": True},
    )
    @app_commands.describe(paper="A name, a title or an arXiv id", names="All its names from now on, between commas")
    async def alias(
        self, interaction: Interaction, paper: Name, names: app_commands.Range[str, 1, NAMES_CHARS]
    ) -> None:
        """Say which names a paper goes by, in place of those it had."""
        self._require_organiser(interaction, "rename papers")
        await defer(interaction)
        wanted = [name.strip() for name in names.split(",") if name.strip()]
        changed = await self._desk.lanes.ingest(self._desk.study.set_aliases, guild_of(interaction), paper, wanted)
        await show(interaction, render.renamed_reply(changed))

    @app_commands.command(name="remove", extras={"example": "/paper remove paper: resnet", "organisers": True})
    @app_commands.describe(paper="A name, a title or an arXiv id")
    async def remove(self, interaction: Interaction, paper: Name) -> None:
        """Remove a paper from this server, after asking."""
        self._require_organiser(interaction, "remove papers")
        await defer(interaction, ephemeral=True)
        card = await self._desk.lanes.look(self._desk.study.card, guild_of(interaction), paper)
        question = render.remove_question(card.paper, passages=card.passages, discussions=len(card.discussions))
        await show(interaction, question, ephemeral=True)

    async def remove_decided(self, interaction: Interaction, decided: str, paper_id: str) -> None:
        """Remove what was asked about; who may is checked again, since roles change."""
        self._require_organiser(interaction, "remove papers")
        await defer(interaction, thinking=False)
        removed = None
        if decided == "yes":
            removed = await self._desk.lanes.ingest(self._desk.study.remove, guild_of(interaction), paper_id)
        await turn(interaction, render.removed_reply(removed))

    @app_commands.command(name="search", extras={"example": "/paper search words: masked autoencoders"})
    @app_commands.describe(words="What the paper is about, its title, or an author")
    async def search(self, interaction: Interaction, words: app_commands.Range[str, 2, 200]) -> None:
        """Search arXiv, and pick what to add."""
        await defer(interaction, ephemeral=True)
        guild = guild_of(interaction)
        self._desk.rates.question(guild=guild, person=str(interaction.user.id))
        found = await self._desk.lanes.online(self._desk.study.search_arxiv, words, limit=render.MOST_FOUND)
        await show(interaction, render.found_reply(words, found), ephemeral=True)

    async def add_found(self, interaction: Interaction, picked: Sequence[str]) -> None:
        """Add what was picked from a search."""
        self._require_organiser(interaction, "add papers")
        await defer(interaction)
        guild = guild_of(interaction)
        self._desk.rates.adds(len(picked), guild=guild)
        study, look = self._desk.study, self._desk.lanes.look
        jobs = look(study.enqueue, picked, guild=guild, origin=_origin(interaction))
        await self._show_adds(interaction, picked, jobs)

    @info.autocomplete("paper")
    @alias.autocomplete("paper")
    @remove.autocomplete("paper")
    async def _papers(self, interaction: Interaction, typed: str) -> list[app_commands.Choice[str]]:
        return await suggestions(self._desk, interaction, typed)

    def _require_organiser(self, interaction: Interaction, action: str) -> None:
        require_organiser(interaction, self._desk.servers.settings(guild_of(interaction)), action)

    async def _page(self, interaction: Interaction, page: int) -> Reply:
        papers = await self._desk.lanes.look(self._desk.study.papers, guild_of(interaction))
        return render.list_reply(papers, page, add_command=self._bot.mention_of("paper add"))

    async def _show_adds(self, interaction: Interaction, given: Sequence[str], queue: Awaitable[Sequence[int]]) -> None:
        ask = self._bot.mention_of("ask")
        await show_adds(self._adding, interaction, given, queue, ask_command=ask, patience_s=PATIENCE_S)


def _origin(interaction: Interaction) -> str:
    return str(Origin(place_of(interaction), str(interaction.user.id)))
