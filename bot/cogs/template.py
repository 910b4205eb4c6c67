"""The template of question sets, in the panel of /settings: upload, download, back to Seminar's own."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import discord
from discord import ui

from bot.attachments import fetched
from bot.desk import Desk
from bot.errors import report
from bot.permits import guild_of, require_admin
from bot.render.limits import TOKEN_S
from bot.render.template import template_reply
from bot.replying import defer, show
from rag.domain.template import TemplateInUse
from rag.questions.in_use import template_in_use

Interaction = discord.Interaction[Any]
Changed = Callable[[Interaction, TemplateInUse], Awaitable[None]]
"""Shows the panel anew; is told which template was used before."""

MOST_MB = 1
"""Of a file that is fetched at all; what a template may have is less, and said by who reads it."""
_ACTION = "change the settings"


class TemplateButtons:
    """The buttons of the template. Whoever presses needs Manage Server at that moment."""

    def __init__(self, desk: Desk, changed: Changed) -> None:
        self._desk = desk
        self._changed = changed

    def register(self) -> None:
        """Register the actions of the buttons."""
        self._desk.actions.register("upload_template", self.open_form)
        self._desk.actions.register("show_template", self.download)
        self._desk.actions.register("clear_template", self.clear)

    async def used(self, guild: str) -> TemplateInUse:
        """Return the template in use."""
        return await self._desk.lanes.look(template_in_use, self._desk.study.library, guild)

    async def open_form(self, interaction: Interaction) -> None:
        """Open the form that takes a file."""
        require_admin(interaction, _ACTION)
        await interaction.response.send_modal(TemplateForm(self))

    async def download(self, interaction: Interaction) -> None:
        """Send the file, to whoever pressed alone."""
        require_admin(interaction, _ACTION)
        await defer(interaction, ephemeral=True)
        await show(interaction, template_reply(await self.used(guild_of(interaction))), ephemeral=True)

    async def clear(self, interaction: Interaction) -> None:
        """Go back to the template that Seminar brings along."""
        require_admin(interaction, _ACTION)
        await defer(interaction, thinking=False)
        guild = guild_of(interaction)
        before = await self.used(guild)
        await self._desk.lanes.look(self._desk.study.question_sets.clear_template, guild)
        await self._changed(interaction, before)

    async def keep(self, interaction: Interaction, file: discord.Attachment) -> None:
        """Keep a file as the template, if it is one. Raises BadDocument, Unreachable; then the one before stays."""
        guild, sets = guild_of(interaction), self._desk.study.question_sets
        content = await fetched(file, most_mb=MOST_MB, advice="A template is a short Markdown file.")
        before = await self.used(guild)
        person = str(interaction.user.id)
        await self._desk.lanes.look(sets.set_template, guild, file.filename, content, person=person)
        await self._changed(interaction, before)


class TemplateForm(ui.Modal, title="The question template"):
    """A file."""

    def __init__(self, buttons: TemplateButtons) -> None:
        super().__init__(timeout=TOKEN_S)
        self._buttons = buttons
        self._file: ui.FileUpload[TemplateForm] = ui.FileUpload(max_values=1)
        description = "Markdown: a heading for each section, and a list of what to find out below it"
        self.add_item(ui.Label(text="Template", description=description, component=self._file))

    async def on_submit(self, interaction: Interaction) -> None:
        """Keep it; who may is checked again."""
        require_admin(interaction, _ACTION)
        await defer(interaction, thinking=False)
        await self._buttons.keep(interaction, self._file.values[0])

    async def on_error(self, interaction: Interaction, error: Exception, /) -> None:  # type: ignore[override]
        """Say what went wrong, as every command does."""
        await report(interaction, error)
