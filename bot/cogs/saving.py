"""Messages of a session's thread kept as answers: one's own at once, another's when they say yes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import discord
from discord import app_commands
from discord.ext import commands

from bot.app import SeminarBot
from bot.errors import NotTheAuthor
from bot.hosting import SessionHost
from bot.permits import guild_of, place_of
from bot.render import session as render
from bot.render.reply import Tone, said
from bot.replying import defer, post, show, turn
from bot.views.press import number_of
from rag.domain.session import Session, SessionAnswer
from rag.errors import Refused, SessionClosed

Interaction = discord.Interaction[Any]

_KEPT = 1_000


@dataclass(frozen=True, slots=True)
class _Heard:
    """The words of a message, which Discord gives us with the command and never again. Kept in memory alone: nothing
    of a person is written down before they say so.
    """

    author: str
    name: str
    text: str


class SavingCog(commands.Cog):
    """Save as answer."""

    def __init__(self, bot: SeminarBot, host: SessionHost) -> None:
        self._bot = bot
        self._desk = bot.desk
        self._host = host
        self._heard: dict[str, _Heard] = {}
        self._menu = app_commands.ContextMenu(name="Save as answer", callback=self._save)
        self._menu.guild_only = True

    async def cog_load(self) -> None:
        """Take the context menu along, and register the actions."""
        self._bot.tree.add_command(self._menu)
        self._desk.actions.register("save_to", self.save_to)
        self._desk.actions.register("consent", self.consent)

    async def _save(self, interaction: Interaction, message: discord.Message) -> None:
        """Keep a message as an answer to the question that it replies to, else to one that is picked."""
        await defer(interaction, ephemeral=True)
        self._desk.rates.browse(guild=guild_of(interaction), person=str(interaction.user.id))
        look, study = self._desk.lanes.look, self._desk.study.sessions
        session = await look(study.in_thread, guild_of(interaction), place_of(interaction))
        if session is None:
            raise Refused("Saving it", "no session is held here", "It works on messages in a session's thread.")
        if not session.is_open:
            raise SessionClosed(session.title, "it is closed", session_id=session.session_id)
        if message.author.bot or not message.content.strip():
            raise Refused("Saving it", "there are no words of a member in it")
        if len(self._heard) >= _KEPT:
            self._heard.clear()
        name = message.author.display_name
        self._heard[str(message.id)] = _Heard(str(message.author.id), name, message.content)
        number = _answered(session, message)
        if number is None:
            await show(interaction, render.which_question_reply(session, str(message.id)), ephemeral=True)
        else:
            await self._take(interaction, session, number, str(message.id))

    async def save_to(self, interaction: Interaction, session_id: str, message: str, picked: list[str]) -> None:
        """Keep a message as an answer to the question that was picked."""
        await defer(interaction, ephemeral=True)
        session = await self._session(interaction, session_id)
        number = None if picked[0] == render.PAPER else number_of(picked[0])
        await self._take(interaction, session, number, message)

    async def consent(
        self, interaction: Interaction, session_id: str, number: str, author: str, message: str, decided: str
    ) -> None:
        """Keep a message whose author says yes; nobody else can."""
        guild_of(interaction)  # in a server, whoever it is
        if str(interaction.user.id) != author:
            raise NotTheAuthor
        await defer(interaction, thinking=False)
        if decided != "yes":
            self._heard.pop(message, None)
            await turn(interaction, said("Not saved.", Tone.NOTES))
            return
        session = await self._session(interaction, session_id)
        to = None if number == render.PAPER else number_of(number)
        await self._keep(session, to, message)
        what = f"an answer to question {to}" if to is not None else "a comment on the paper"
        await turn(interaction, said(f"Saved as {what}.", Tone.NOTES))
        await self._host.show_question(session, to)

    async def _take(self, interaction: Interaction, session: Session, number: int | None, message: str) -> None:
        """Keep a person's own message, or ask its author."""
        heard, asker = self._words_of(message), str(interaction.user.id)
        if heard.author == asker:
            kept = await self._keep(session, number, message)
            await show(interaction, render.kept_reply(session, kept), ephemeral=True)
            await self._host.show_question(session, number)
            return
        assert interaction.channel_id is not None
        thread = self._bot.get_partial_messageable(interaction.channel_id)
        reply = render.consent_reply(session, number, author=heard.author, message=message, asker=asker)
        replied = thread.get_partial_message(int(message)).to_reference(fail_if_not_exists=False)
        asked = discord.AllowedMentions(everyone=False, roles=False, users=[discord.Object(int(heard.author))])
        await post(thread, reply, reference=replied, mention_author=False, allowed_mentions=asked)
        told = f"I asked <@{heard.author}>: it is saved when they say yes."
        await show(interaction, said(told, Tone.NOTES), ephemeral=True)

    async def _keep(self, session: Session, number: int | None, message: str) -> SessionAnswer:
        heard = self._words_of(message)
        return await self._desk.lanes.look(
            self._desk.study.sessions.answer,
            session.guild,
            session.session_id,
            number,
            person=heard.author,
            name=heard.name,
            text=heard.text,
            message=message,
        )

    def _words_of(self, message: str) -> _Heard:
        heard = self._heard.get(message)
        if heard is None:
            raise Refused("Saving it", "I was restarted and have its words no more", "Use Save as answer on it again.")
        return heard

    async def _session(self, interaction: Interaction, session_id: str) -> Session:
        read = self._desk.study.sessions.session
        return await self._desk.lanes.look(read, guild_of(interaction), number_of(session_id))


def _answered(session: Session, message: discord.Message) -> int | None:
    """Return the question whose message this one replies to, or None."""
    replied = message.reference.message_id if message.reference else None
    shown = {asked.message: asked.question.number for asked in session.questions if asked.message}
    return shown.get(str(replied))
