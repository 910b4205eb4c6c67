"""Sessions around their thread: /session close, list, reopen."""

from __future__ import annotations

from typing import Any

import discord
from discord import app_commands
from discord.ext import commands

from bot.app import SeminarBot
from bot.errors import OrganisersOnly
from bot.hosting import SessionHost
from bot.permits import guild_of, is_organiser, place_of
from bot.render import closing as render
from bot.render.escaping import clip
from bot.render.limits import AUTOCOMPLETE_CHOICES, AUTOCOMPLETE_NAME_CHARS
from bot.render.reply import Reply, Tone, said
from bot.render.signs import one_line
from bot.replying import defer, follow, show, turn
from bot.views.press import number_of
from rag.domain.session import Concluded, Session
from rag.errors import NoSession, NotFound, SeveralSessions
from rag.record.slots import next_meeting

Interaction = discord.Interaction[Any]

_NUMBER_CHARS = 20


@app_commands.guild_only()
class SessionCog(commands.GroupCog, group_name="session", group_description="Your group's discussion sessions"):
    """Closing and reopening is for organisers and for whoever opened the session."""

    def __init__(self, bot: SeminarBot, host: SessionHost) -> None:
        self._bot = bot
        self._desk = bot.desk
        self._host = host

    async def cog_load(self) -> None:
        """Register the buttons' actions."""
        self._desk.actions.register("session_close", self.close_pressed)
        self._desk.actions.register("session_end", self.end)
        self._desk.actions.register("session_reopen", self.reopen_pressed)
        self._desk.actions.register("opening_reopen", self.reopen_pressed)

    @app_commands.command(name="close", extras={"example": "/session close session: 3"})
    @app_commands.describe(session="Which one; in its thread it is known")
    async def close(
        self, interaction: Interaction, session: app_commands.Range[str, 1, _NUMBER_CHARS] | None = None
    ) -> None:
        """Close a session: its questions and answers become notes."""
        await self._close(interaction, await self._meant(interaction, session))

    @app_commands.command(name="reopen", extras={"example": "/session reopen session: 3"})
    @app_commands.describe(session="Which one; in its thread it is known")
    async def reopen(
        self, interaction: Interaction, session: app_commands.Range[str, 1, _NUMBER_CHARS] | None = None
    ) -> None:
        """Open a closed session again."""
        await self._reopen(interaction, await self._meant(interaction, session, is_open=False))

    @app_commands.command(name="list", extras={"example": "/session list"})
    async def list_sessions(self, interaction: Interaction) -> None:
        """List the sessions of this server."""
        await defer(interaction, ephemeral=True)
        self._desk.rates.browse(guild=guild_of(interaction), person=str(interaction.user.id))
        sessions = await self._desk.lanes.browse(self._desk.study.sessions.list, guild_of(interaction))
        reply = render.list_reply(sessions, discussion_command=self._bot.mention_of("discussion"))
        await show(interaction, reply, ephemeral=True)

    @close.autocomplete("session")
    async def _open_ones(self, interaction: Interaction, typed: str) -> list[app_commands.Choice[str]]:
        return await self._choices(interaction, typed, is_open=True)

    @reopen.autocomplete("session")
    async def _closed_ones(self, interaction: Interaction, typed: str) -> list[app_commands.Choice[str]]:
        return await self._choices(interaction, typed, is_open=False)

    async def close_pressed(self, interaction: Interaction, session_id: str) -> None:
        """Close the session of a button."""
        await self._close(interaction, await self._session(interaction, session_id))

    async def reopen_pressed(self, interaction: Interaction, session_id: str) -> None:
        """Reopen the session of a button."""
        await self._reopen(interaction, await self._session(interaction, session_id))

    async def end(self, interaction: Interaction, session_id: str, decided: str) -> None:
        """Close a session in which nobody answered, as was decided; who may is checked again."""
        session = await self._session(interaction, session_id)
        self._require_may(interaction, session)
        self._desk.rates.question(guild=session.guild, person=str(interaction.user.id))
        await defer(interaction, thinking=False)
        if decided == "stay":
            await turn(interaction, said("It stays open.", Tone.NOTES))
            return
        close = self._desk.study.sessions.close
        keep = decided == "keep"
        concluded = await self._desk.lanes.ingest(close, session.guild, session.session_id, empty_notes=keep)
        await turn(interaction, said("Closed.", Tone.NOTES))
        reply = self._closed(concluded)
        await follow(interaction, reply, header=f"<@{interaction.user.id}>")
        await self._tell_thread(interaction, session, reply)

    async def _close(self, interaction: Interaction, session: Session) -> None:
        self._require_may(interaction, session)
        if session.is_open and not session.answers and session.written is None:
            await show(interaction, render.nobody_answered_reply(session), ephemeral=True)
            return
        self._desk.rates.question(guild=session.guild, person=str(interaction.user.id))
        await defer(interaction)
        close = self._desk.study.sessions.close
        concluded = await self._desk.lanes.ingest(close, session.guild, session.session_id)
        reply = self._closed(concluded)
        await show(interaction, reply)
        await self._tell_thread(interaction, session, reply)

    async def _reopen(self, interaction: Interaction, session: Session) -> None:
        self._require_may(interaction, session)
        self._desk.rates.question(guild=session.guild, person=str(interaction.user.id))
        await defer(interaction)
        reopen = self._desk.study.sessions.reopen
        reopened = await self._desk.lanes.look(reopen, session.guild, session.session_id)
        reply = render.reopened_reply(reopened)
        await show(interaction, reply)
        await self._tell_thread(interaction, reopened, reply)

    async def _tell_thread(self, interaction: Interaction, session: Session, reply: Reply) -> None:
        """Tell the thread too, when it was decided elsewhere, unless it is gone; then turn the buttons."""
        if session.thread != place_of(interaction):
            await self._host.tell(session, reply)
        await self._host.show_state(session)

    def _closed(self, concluded: Concluded) -> Reply:
        slot = self._desk.servers.settings(concluded.session.guild).weekly
        return render.closed_reply(
            concluded,
            next_meeting=next_meeting(slot, self._desk.clock()) if slot else None,
            discussion_command=self._bot.mention_of("discussion"),
        )

    def _require_may(self, interaction: Interaction, session: Session) -> None:
        """Raise OrganisersOnly unless the person opened the session or is an organiser."""
        settings = self._desk.servers.settings(guild_of(interaction))
        if session.opened_by != str(interaction.user.id) and not is_organiser(interaction, settings):
            raise OrganisersOnly(action="do this with what somebody else opened", role=settings.organiser_role)

    async def _meant(self, interaction: Interaction, typed: str | None, *, is_open: bool = True) -> Session:
        """Return the session that was typed, or is held here, or is the only one. Raises NotFound, Ambiguous."""
        guild, study, look = guild_of(interaction), self._desk.study.sessions, self._desk.lanes.look
        if typed is not None:
            number = typed.strip().removeprefix("#")
            if not number.isdecimal():
                raise NotFound(what="session", name=typed.strip())
            return await self._session(interaction, number)
        here = await look(study.in_thread, guild, place_of(interaction))
        if here is not None:
            return here
        fitting = await look(study.titles, guild, is_open=is_open)
        if not fitting:
            raise NoSession(what="session", name="open" if is_open else "closed")
        if len(fitting) > 1:
            name = "open" if is_open else "closed"
            choices = tuple((str(number), one_line(title)) for number, title in fitting.items())
            raise SeveralSessions(name, choices, what="session")
        return await look(study.session, guild, next(iter(fitting)))

    async def _session(self, interaction: Interaction, session_id: str) -> Session:
        read = self._desk.study.sessions.session
        return await self._desk.lanes.look(read, guild_of(interaction), number_of(session_id))

    async def _choices(self, interaction: Interaction, typed: str, *, is_open: bool) -> list[app_commands.Choice[str]]:
        if interaction.guild_id is None:
            return []
        titles = self._desk.study.sessions.titles
        named = await self._desk.lanes.look(titles, guild_of(interaction), is_open=is_open)
        numbered = ((f"{number}. {one_line(title)}", str(number)) for number, title in named.items())
        fitting = [pair for pair in numbered if typed.casefold() in pair[0].casefold()]
        return [
            app_commands.Choice(name=clip(name, AUTOCOMPLETE_NAME_CHARS), value=value)
            for name, value in fitting[:AUTOCOMPLETE_CHOICES]
        ]
