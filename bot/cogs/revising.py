"""Old notes made better: /notes fill, check, history."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import discord
from discord import app_commands
from discord.ext import commands

from bot.app import SeminarBot
from bot.desk import Desk
from bot.papers_typed import NAME_CHARS
from bot.permits import guild_of, is_organiser, require_organiser
from bot.render import revision as render
from bot.render.escaping import clip
from bot.render.limits import AUTOCOMPLETE_CHOICES, AUTOCOMPLETE_NAME_CHARS, TEXT_INPUT_CHARS
from bot.render.reply import Reply
from bot.render.signs import one_line
from bot.replying import defer, show, turn
from bot.views.forms import TextForm
from bot.views.press import number_of
from rag.discussion.finding import find_discussion, heading_of, place_of, suggest_discussions
from rag.domain.note import Discussion, Note, NoteStatus
from rag.domain.revision import NoteChange
from rag.errors import Refused
from rag.revision.history import standing

Interaction = discord.Interaction[Any]
Name = app_commands.Range[str, 1, NAME_CHARS]
_WRITE = "write into the notes"


class RevisingNotes(commands.Cog):
    """Commands of /notes that set the notes beside their papers. Looking is for everybody, writing for organisers."""

    _bot: SeminarBot
    _desk: Desk

    def register_revising(self) -> None:
        """Register the actions of the buttons."""
        for name, act in (
            ("fill_page", self.turn_fill),
            ("fill_accept", self.accept),
            ("fill_edit", self.edit),
            ("fill_reject", self.reject),
            ("fill_typed", self.typed),
            ("fix_typed", self.fixed),
            ("check_page", self.turn_check),
            ("note_fix", self.fix),
            ("note_changes", self.turn_history),
            ("notes_undo", self.undo),
        ):
            self._desk.actions.register(name, act)

    @app_commands.command(name="fill", extras={"example": "/notes fill discussion: resnet"})
    @app_commands.describe(discussion="Its number or its title, such as 7 or resnet; without it, all")
    async def fill(self, interaction: Interaction, discussion: Name | None = None) -> None:
        """See what your papers say to open questions, and write it into the notes."""
        await defer(interaction, ephemeral=True)
        at = "0"
        if discussion is not None:
            found = await self._desk.lanes.look(self._found, guild_of(interaction), discussion)
            at = f"0.{found.position}"
        await show(interaction, await self._proposed(interaction, at), ephemeral=True)

    async def turn_fill(self, interaction: Interaction, page: str) -> None:
        """Show another proposal in the place of this one."""
        await defer(interaction, thinking=False)
        await turn(interaction, await self._proposed(interaction, page))

    async def accept(self, interaction: Interaction, key: str, seen: str, page: str) -> None:
        """Write a proposal down as it was seen."""
        self._require(interaction)
        await defer(interaction, thinking=False)
        work = partial(self._accepted, guild_of(interaction), key, seen, str(interaction.user.id))
        await turn(interaction, render.decided_reply(await self._desk.lanes.ingest(work), page))

    async def edit(self, interaction: Interaction, key: str, page: str) -> None:
        """Open a form with what was proposed last: a form has to open at once, and a proposal takes seconds."""
        self._require(interaction)
        note, text = await self._desk.lanes.look(self._opened, guild_of(interaction), key)
        await interaction.response.send_modal(_form("fill_typed", (key, page), note, text))

    async def typed(self, interaction: Interaction, key: str, page: str, text: str) -> None:
        """Write down what was typed instead of a proposal."""
        change = await self._written(interaction, key, text)
        await turn(interaction, render.decided_reply(change, page))

    async def reject(self, interaction: Interaction, key: str, page: str) -> None:
        """Propose this no more."""
        self._require(interaction)
        await defer(interaction, thinking=False)
        reject = self._desk.study.revision.reject
        change = await self._desk.lanes.ingest(reject, guild_of(interaction), key, person=str(interaction.user.id))
        await turn(interaction, render.decided_reply(change, page))

    @app_commands.command(name="check", extras={"example": "/notes check discussion: resnet"})
    @app_commands.describe(discussion="Its number or its title, such as 7 or resnet")
    async def check(self, interaction: Interaction, discussion: Name) -> None:
        """See each answer of a discussion beside what its paper says."""
        await defer(interaction, ephemeral=True)
        await show(interaction, await self._checked(interaction, discussion, 0), ephemeral=True)

    async def turn_check(self, interaction: Interaction, discussion: str, page: str) -> None:
        """Show other answers in the place of these."""
        await defer(interaction, thinking=False)
        await turn(interaction, await self._checked(interaction, discussion, _page_of(page)))

    async def fix(self, interaction: Interaction, key: str, page: str) -> None:
        """Open a form with an answer as it stands."""
        self._require(interaction)
        _, note = await self._desk.lanes.look(self._desk.study.revision.place, guild_of(interaction), key)
        await interaction.response.send_modal(_form("fix_typed", (key, page), note, "\n".join(note.answer)))

    async def fixed(self, interaction: Interaction, key: str, page: str, text: str) -> None:
        """Write down the answer that was typed, and show it beside the paper again."""
        self._require(interaction)
        discussion, _ = await self._desk.lanes.look(self._desk.study.revision.place, guild_of(interaction), key)
        await self._written(interaction, key, text)
        await turn(interaction, await self._checked(interaction, place_of(discussion), _page_of(page)))

    @app_commands.command(name="history", extras={"example": "/notes history"})
    async def history(self, interaction: Interaction) -> None:
        """See what was changed in the notes, by whom and when."""
        await defer(interaction, ephemeral=True)
        await show(interaction, await self._changes(interaction, 0), ephemeral=True)

    async def turn_history(self, interaction: Interaction, page: str) -> None:
        """Show other changes in the place of these."""
        await defer(interaction, thinking=False)
        await turn(interaction, await self._changes(interaction, _page_of(page)))

    async def undo(self, interaction: Interaction, change: str) -> None:
        """Take a change back, if it is still the newest."""
        self._require(interaction)
        meant = number_of(change)
        await defer(interaction, thinking=False)
        undo = partial(self._desk.study.revision.undo, guild_of(interaction), change_id=meant)
        await turn(
            interaction, render.decided_reply(await self._desk.lanes.ingest(undo, person=str(interaction.user.id)))
        )

    @fill.autocomplete("discussion")
    @check.autocomplete("discussion")
    async def _discussions_typed(self, interaction: Interaction, typed: str) -> list[app_commands.Choice[str]]:
        return await self._desk.lanes.look(self._choices, guild_of(interaction), typed)

    def _choices(self, guild: str, typed: str) -> list[app_commands.Choice[str]]:
        known = suggest_discussions(typed, self._desk.study.discussions(guild), AUTOCOMPLETE_CHOICES)
        return [
            app_commands.Choice(name=clip(one_line(heading_of(d)), AUTOCOMPLETE_NAME_CHARS), value=place_of(d))
            for d in known
        ]

    async def _proposed(self, interaction: Interaction, at: str) -> Reply:
        return await self._looked(interaction, partial(self._proposal, at=at, may_decide=self._may(interaction)))

    async def _checked(self, interaction: Interaction, typed: str, page: int) -> Reply:
        may_fix = self._may(interaction)
        return await self._looked(interaction, partial(self._checks, typed=typed, page=page, may_fix=may_fix))

    async def _changes(self, interaction: Interaction, page: int) -> Reply:
        return await self._looked(interaction, partial(self._listed, page=page, may_undo=self._may(interaction)))

    async def _looked(self, interaction: Interaction, work: Callable[[str], Reply]) -> Reply:
        """Return what ``work`` makes of this server's notes: as long as a question takes."""
        guild = guild_of(interaction)
        self._desk.rates.browse(guild=guild, person=str(interaction.user.id))
        return await self._desk.lanes.make(work, guild)

    async def _written(self, interaction: Interaction, key: str, typed: str) -> NoteChange:
        """Write down what was typed; who may is checked again."""
        self._require(interaction)
        await defer(interaction, thinking=False)
        write = self._desk.study.revision.write
        return await self._desk.lanes.ingest(write, guild_of(interaction), key, typed, person=str(interaction.user.id))

    def _proposal(self, guild: str, at: str, *, may_decide: bool) -> Reply:
        """Return a proposal; ``at`` is "3" for the fourth of all, "3.12" for that of the discussion in place 12."""
        wanted, _, place = at.partition(".")
        waiting = [
            key
            for key, discussion, _ in self._desk.study.revision.waiting(guild)
            if place in ("", str(discussion.position))
        ]
        if not waiting:
            return render.filled_reply()
        page = min(_page_of(wanted), len(waiting) - 1)
        proposal = self._desk.study.revision.proposal(guild, waiting[page])
        of = f".{place}" if place else ""
        return render.proposal_reply(proposal, page, len(waiting), of=of, may_decide=may_decide)

    def _found(self, guild: str, typed: str) -> Discussion:
        return find_discussion(typed, self._desk.study.discussions(guild))

    def _opened(self, guild: str, key: str) -> tuple[Note, str]:
        revision = self._desk.study.revision
        _, note = revision.place(guild, key)
        last = revision.proposed_last(guild, key)
        return note, "" if last is None else last.question or "\n".join(last.lines)

    def _accepted(self, guild: str, key: str, seen: str, person: str) -> NoteChange:
        revision = self._desk.study.revision
        return revision.accept(guild, revision.seen(guild, key, seen), person=person)

    def _checks(self, guild: str, typed: str, page: int, *, may_fix: bool) -> Reply:
        study = self._desk.study
        discussion = self._found(guild, typed)
        keys = [key for key, of, _ in study.revision.answered(guild) if of.position == discussion.position]
        if not keys:
            return render.unchecked_reply(discussion)
        pages = -(-len(keys) // render.PAGE_CHECKS)
        page = min(max(page, 0), pages - 1)
        shown = keys[page * render.PAGE_CHECKS : (page + 1) * render.PAGE_CHECKS]
        checks = study.revision.checks(guild, shown)
        counts, judge = study.revision.counts(guild, discussion.position), study.revision.judge(guild)
        return render.checks_reply(discussion, checks, page, pages, counts=counts, judge=judge, may_fix=may_fix)

    def _listed(self, guild: str, page: int, *, may_undo: bool) -> Reply:
        changes = self._desk.study.revision.history(guild)
        left: Sequence[NoteChange] = standing(changes[::-1])
        undoable = left[-1].change_id if left else None
        return render.history_reply(changes, page, undoable=undoable, may_undo=may_undo)

    def _may(self, interaction: Interaction) -> bool:
        return is_organiser(interaction, self._desk.servers.settings(guild_of(interaction)))

    def _require(self, interaction: Interaction) -> None:
        require_organiser(interaction, self._desk.servers.settings(guild_of(interaction)), _WRITE)


def _form(action: str, arguments: tuple[str, ...], note: Note, text: str) -> TextForm:
    """Return the form for what is missing in a note, or stands in it. Raises Refused for a text that fits no form."""
    if len(text) > TEXT_INPUT_CHARS:
        reason = f"it is too long for a form of Discord, which takes {TEXT_INPUT_CHARS:,} characters"
        raise Refused("The answer", reason, "Change it in the file of /notes export, then use /notes import.")
    label = "Question" if note.status is NoteStatus.NO_QUESTION else "Answer"
    under = note.question.strip() or " ".join(note.answer)
    return TextForm(action, arguments, title="Write into the notes", label=label, under=under, text=text)


def _page_of(page: str) -> int:
    return number_of(page) if page.isdecimal() else 0
