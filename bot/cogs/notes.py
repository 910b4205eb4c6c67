"""The group's notes: /notes import, show, export, open, tie; :mod:`bot.cogs.revising` has fill, check, history."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, ParamSpec

import discord
from discord import app_commands
from discord.ext import commands

from bot.app import SeminarBot
from bot.attachments import fetched
from bot.cogs.revising import RevisingNotes
from bot.papers_typed import NAME_CHARS, suggestions
from bot.permits import guild_of, require_organiser
from bot.render import notes as render
from bot.render.escaping import clip
from bot.render.fitting import fitted
from bot.render.limits import ATTACHMENT_BYTES, AUTOCOMPLETE_CHOICES, AUTOCOMPLETE_NAME_CHARS
from bot.render.reply import Reply
from bot.render.signs import one_line
from bot.replying import defer, follow, show, turn
from rag.discussion.finding import find_discussion, heading_of, place_of, suggest_discussions
from rag.domain.paper import Paper
from rag.domain.sizes import MB
from rag.errors import Refused
from rag.intake.notebook import NotesImported

Interaction = discord.Interaction[Any]
P = ParamSpec("P")

MOST_MB = 2
"""Of a notes file that is sent: ten years of weekly meetings."""

Name = app_commands.Range[str, 1, NAME_CHARS]


class NotesCog(
    RevisingNotes, commands.GroupCog, group_name="notes", group_description="Your group's notes of past discussions"
):
    """What was said in past discussions. Reading it is for everybody; bringing it and tying it is for organisers."""

    def __init__(self, bot: SeminarBot) -> None:
        self._bot = bot
        self._desk = bot.desk

    async def cog_load(self) -> None:
        """Register the buttons' actions, and forget what nobody decides on."""
        self._desk.actions.register("notes_decided", self.decided)
        self._desk.actions.register("discussions", self.turn_page)
        self._desk.actions.register("discussion", self.show_picked)
        self._desk.actions.register("open_notes", self.turn_open)
        self.register_revising()
        self._bot.keep_doing(self._forget_old, "held notes", every_s=3_600.0)

    @app_commands.command(name="import", extras={"example": "/notes import file: notes.md", "organisers": True})
    @app_commands.describe(file="A Markdown file with your discussions, questions and answers")
    async def import_notes(self, interaction: Interaction, file: discord.Attachment) -> None:
        """See what a notes file holds, and keep it."""
        self._require_organiser(interaction, "import notes")
        await defer(interaction, ephemeral=True)
        guild = guild_of(interaction)
        self._desk.rates.adds(1, guild=guild)
        content = await fetched(file, most_mb=MOST_MB, advice="Send it in parts: what is here stays.")
        preview = await self._desk.lanes.browse(_fitted, self._held, guild, file.filename, content)
        await show(interaction, preview, ephemeral=True)

    async def decided(self, interaction: Interaction, decided: str, sha256: str) -> None:
        """Keep a file or forget it; who may is checked again, since roles change."""
        self._require_organiser(interaction, "import notes")
        guild, held = guild_of(interaction), self._desk.study.held_notes
        if decided != "yes":
            await defer(interaction, thinking=False)
            await self._desk.lanes.look(held.drop, guild, sha256)
            await turn(interaction, render.decided_reply(kept=False))
            return
        await turn(interaction, render.keeping_reply(sha256))
        imported = await self._desk.lanes.ingest(held.keep, guild, sha256)
        await turn(interaction, render.decided_reply(kept=True))
        reply = await self._desk.lanes.browse(self._kept, guild, imported)
        await follow(interaction, reply, header=f"<@{interaction.user.id}> imported notes.")

    @app_commands.command(name="show", extras={"example": "/notes show discussion: resnet"})
    @app_commands.describe(discussion="Its number or its title, such as 7 or resnet; without it, all are listed")
    async def show_notes(self, interaction: Interaction, discussion: Name | None = None) -> None:
        """List your group's discussions, or show one with its questions and answers."""
        await defer(interaction, ephemeral=True)
        work = partial(self._page, page=0) if discussion is None else partial(self._shown, typed=discussion)
        await show(interaction, await self._browse(interaction, work), ephemeral=True)

    async def turn_page(self, interaction: Interaction, page: str) -> None:
        """Show another page of the list in the place of this one."""
        await defer(interaction, thinking=False)
        listed, *_ = await self._browse(interaction, partial(self._page, page=int(page)))
        await turn(interaction, listed)

    async def show_picked(self, interaction: Interaction, picked: list[str]) -> None:
        """Show a discussion that was picked from the list, beside it."""
        await defer(interaction, ephemeral=True)
        await show(interaction, await self._browse(interaction, partial(self._shown, typed=picked[0])), ephemeral=True)

    @app_commands.command(name="export", extras={"example": "/notes export"})
    async def export(self, interaction: Interaction) -> None:
        """Get your group's notes as a Markdown file, as they were written."""
        await defer(interaction, ephemeral=True)
        await show(interaction, await self._browse(interaction, self._exported), ephemeral=True)

    @app_commands.command(name="open", extras={"example": "/notes open"})
    async def open_notes(self, interaction: Interaction) -> None:
        """List the questions that nobody answered."""
        await defer(interaction, ephemeral=True)
        await show(interaction, await self._browse(interaction, partial(self._open, page=0)), ephemeral=True)

    async def turn_open(self, interaction: Interaction, page: str) -> None:
        """Show another page of open questions in the place of this one."""
        await defer(interaction, thinking=False)
        listed, *_ = await self._browse(interaction, partial(self._open, page=int(page)))
        await turn(interaction, listed)

    @app_commands.command(
        name="tie", extras={"example": "/notes tie discussion: resnet paper: 1512.03385", "organisers": True}
    )
    @app_commands.describe(
        discussion="Its number or its title, such as 7 or resnet", paper="A name, a title or an arXiv id"
    )
    async def tie(self, interaction: Interaction, discussion: Name, paper: Name) -> None:
        """Say which paper a discussion was about."""
        self._require_organiser(interaction, "tie discussions to papers")
        await defer(interaction)
        await show(interaction, await self._desk.lanes.ingest(self._tied, guild_of(interaction), discussion, paper))

    @show_notes.autocomplete("discussion")
    @tie.autocomplete("discussion")
    async def _discussions(self, interaction: Interaction, typed: str) -> list[app_commands.Choice[str]]:
        return await self._desk.lanes.look(self._suggested, guild_of(interaction), typed)

    @tie.autocomplete("paper")
    async def _papers(self, interaction: Interaction, typed: str) -> list[app_commands.Choice[str]]:
        return await suggestions(self._desk, interaction, typed)

    def _require_organiser(self, interaction: Interaction, action: str) -> None:
        require_organiser(interaction, self._desk.servers.settings(guild_of(interaction)), action)

    async def _browse(self, interaction: Interaction, work: Callable[[str], Reply]) -> Sequence[Reply]:
        """Return the messages of what ``work`` makes of this server's notes, which can be long, beside the loop."""
        guild = guild_of(interaction)
        self._desk.rates.browse(guild=guild, person=str(interaction.user.id))
        return await self._desk.lanes.browse(_fitted, work, guild)

    def _held(self, guild: str, name: str, content: bytes) -> Reply:
        held = self._desk.study.held_notes.hold(guild, name, content)
        return render.preview_reply(held, self._titles(guild))

    def _kept(self, guild: str, imported: NotesImported) -> Reply:
        mention = self._bot.mention_of
        return render.kept_reply(
            imported,
            self._titles(guild),
            show_command=mention("notes show"),
            tie_command=mention("notes tie"),
            add_command=mention("paper add"),
        )

    def _suggested(self, guild: str, typed: str) -> list[app_commands.Choice[str]]:
        return [
            app_commands.Choice(
                name=clip(one_line(heading_of(discussion)), AUTOCOMPLETE_NAME_CHARS), value=place_of(discussion)
            )
            for discussion in suggest_discussions(typed, self._desk.study.discussions(guild), AUTOCOMPLETE_CHOICES)
        ]

    def _page(self, guild: str, page: int) -> Reply:
        discussions = self._desk.study.discussions(guild)
        importing = self._bot.mention_of("notes import")
        return render.list_reply(discussions, self._titles(guild), page, import_command=importing)

    def _open(self, guild: str, page: int) -> Reply:
        return render.open_reply(self._desk.study.open_notes(guild), page)

    def _exported(self, guild: str) -> Reply:
        notes = self._desk.study.export_notes(guild).encode()
        if len(notes) > ATTACHMENT_BYTES:
            reason = f"it has {len(notes) / MB:.0f} MB, more than Discord takes"
            raise Refused(what="The file", reason=reason, advice="Whoever runs Seminar can export it there.")
        return render.export_reply(notes, import_command=self._bot.mention_of("notes import"))

    def _shown(self, guild: str, typed: str) -> Reply:
        study = self._desk.study
        discussion = find_discussion(typed, study.discussions(guild))
        papers: dict[str, Paper] = {paper.key: paper for paper in study.papers(guild)}
        return render.discussion_reply(discussion, papers.get(discussion.paper_key or ""))

    def _titles(self, guild: str) -> dict[str, str]:
        return {paper.key: paper.title for paper in self._desk.study.papers(guild)}

    def _tied(self, guild: str, typed: str, paper: str) -> Reply:
        study = self._desk.study
        position = find_discussion(typed, study.discussions(guild)).position
        tied = study.tie_discussion(guild, position, paper)
        return render.tied_reply(tied, study.paper(guild, tied.paper_id or paper))

    async def _forget_old(self) -> None:
        await self._desk.lanes.look(self._desk.study.held_notes.forget_old)


def _fitted(work: Callable[P, Reply], *args: P.args, **kwargs: P.kwargs) -> Sequence[Reply]:
    return fitted(work(*args, **kwargs))
