"""The buttons under a session's questions: answering, evidence, the paper's own answer, what is unclear."""

from __future__ import annotations

from typing import Any, Final

import discord
from discord.ext import commands

from bot.app import SeminarBot
from bot.hosting import SessionHost
from bot.permits import guild_of
from bot.pictures import picture_of
from bot.render import session as render
from bot.render.reply import Tone, said
from bot.replying import defer, show
from bot.views.forms import TextForm, route_form
from bot.views.press import number_of
from rag.domain.session import Session, SessionAnswer, SessionQuestion
from rag.errors import NotFound, SessionClosed

Interaction = discord.Interaction[Any]


class AnsweringCog(commands.Cog):
    """Presses in a session. Everybody in its channel may answer; what a person said is theirs to change."""

    def __init__(self, bot: SeminarBot, host: SessionHost) -> None:
        self._bot = bot
        self._desk = bot.desk
        self._host = host

    async def cog_load(self) -> None:
        """Register the buttons' actions."""
        actions = self._desk.actions
        actions.register("say", self.say)
        actions.register("typed", self.typed)
        actions.register("changed", self.changed)
        actions.register("evidence", self.evidence)
        actions.register("reveal", self.reveal)
        actions.register("unclear", self.unclear)
        actions.register("said", self.said)
        actions.register("my_answer", self.my_answer)
        actions.register("change_answer", self.change_answer)
        actions.register("take_back", self.take_back)

    @commands.Cog.listener()
    async def on_interaction(self, interaction: Interaction) -> None:
        """Hear the forms."""
        await route_form(interaction)

    async def say(self, interaction: Interaction, session_id: str, number: str) -> None:
        """Open the form for an answer."""
        session = await self._session(interaction, session_id)
        _require_open(session)
        asked = None if number == render.PAPER else _asked(session, number)
        under = _title(session, asked)
        await interaction.response.send_modal(TextForm("typed", (session_id, number), under=under, **_WORDS))

    async def typed(self, interaction: Interaction, session_id: str, number: str, text: str) -> None:
        """Keep what a person typed, and count it at the question."""
        await defer(interaction, ephemeral=True)
        session = await self._session(interaction, session_id)
        person = interaction.user
        self._desk.rates.browse(guild=session.guild, person=str(person.id))
        to = None if number == render.PAPER else _asked(session, number).question.number
        kept = await self._desk.lanes.look(
            self._desk.study.sessions.answer,
            session.guild,
            session.session_id,
            to,
            person=str(person.id),
            name=person.display_name,
            text=text,
        )
        await show(interaction, render.kept_reply(session, kept), ephemeral=True)
        await self._host.show_question(session, to)

    async def evidence(self, interaction: Interaction, session_id: str, number: str) -> None:
        """Show the quotes behind a question, to the person who pressed."""
        await defer(interaction, ephemeral=True)
        session = await self._session(interaction, session_id)
        asked = _asked(session, number)
        if not asked.question.evidence:
            await show(interaction, said(_NO_EVIDENCE, Tone.NOTICE), ephemeral=True)
            return
        self._desk.rates.picture(guild=session.guild, person=str(interaction.user.id))
        picture, why_not = await picture_of(self._desk, asked.question.evidence[0], session.guild)
        await show(interaction, render.evidence_reply(asked, picture, why_not), ephemeral=True)

    async def reveal(self, interaction: Interaction, session_id: str, number: str) -> None:
        """Show what the paper says to a question, to the person who pressed."""
        await defer(interaction, ephemeral=True)
        asked = _asked(await self._session(interaction, session_id), number)
        if not asked.question.expected:
            await show(interaction, said(_NO_EVIDENCE, Tone.NOTICE), ephemeral=True)
            return
        await show(interaction, render.reveal_reply(asked), ephemeral=True)

    async def unclear(self, interaction: Interaction, session_id: str, number: str) -> None:
        """Mark a question as unclear to the person who pressed, or take the mark off."""
        await defer(interaction, ephemeral=True)
        session = await self._session(interaction, session_id)
        asked = _asked(session, number)
        turn, person = self._desk.study.sessions.unclear, str(interaction.user.id)
        self._desk.rates.browse(guild=session.guild, person=person)
        marked = await self._desk.lanes.look(
            turn, session.guild, session.session_id, asked.question.number, person=person
        )
        await show(interaction, said(_MARKED if marked else _NOT_MARKED, Tone.NOTES), ephemeral=True)
        await self._host.show_question(session, asked.question.number)

    async def said(self, interaction: Interaction, session_id: str, number: str) -> None:
        """Show what was answered, to the person who pressed."""
        await defer(interaction, ephemeral=True)
        session = await self._session(interaction, session_id)
        self._desk.rates.browse(guild=session.guild, person=str(interaction.user.id))
        to = None if number == render.PAPER else _asked(session, number).question.number
        await show(interaction, render.answers_reply(session, to, str(interaction.user.id)), ephemeral=True)

    async def my_answer(self, interaction: Interaction, session_id: str, picked: list[str]) -> None:
        """Show a person one of their answers, to change it."""
        await defer(interaction, ephemeral=True)
        session = await self._session(interaction, session_id)
        mine = _own(session, picked[0], str(interaction.user.id))
        await show(interaction, render.kept_reply(session, mine, is_new=False), ephemeral=True)

    async def change_answer(self, interaction: Interaction, session_id: str, answer_id: str) -> None:
        """Open the form with a person's own answer in it."""
        session = await self._session(interaction, session_id)
        _require_open(session)
        mine = _own(session, answer_id, str(interaction.user.id))
        asked = session.asked(mine.number) if mine.number is not None else None
        own, under = (session_id, answer_id), _title(session, asked)
        await interaction.response.send_modal(TextForm("changed", own, under=under, text=mine.text, **_WORDS))

    async def changed(self, interaction: Interaction, session_id: str, answer_id: str, text: str) -> None:
        """Keep what a person typed in place of what they had said."""
        await defer(interaction, ephemeral=True)
        guild, person = guild_of(interaction), str(interaction.user.id)
        numbers = number_of(session_id), number_of(answer_id)
        await self._desk.lanes.look(self._desk.study.sessions.edit, guild, *numbers, person=person, text=text)
        await show(interaction, said("Changed.", Tone.NOTES), ephemeral=True)

    async def take_back(self, interaction: Interaction, session_id: str, answer_id: str) -> None:
        """Forget a person's own answer."""
        await defer(interaction, ephemeral=True)
        session = await self._session(interaction, session_id)
        mine = _own(session, answer_id, str(interaction.user.id))
        withdraw = self._desk.study.sessions.withdraw
        await self._desk.lanes.look(withdraw, session.guild, session.session_id, mine.answer_id, person=mine.person)
        await show(interaction, said("Taken back.", Tone.NOTES), ephemeral=True)
        await self._host.show_question(session, mine.number)

    async def _session(self, interaction: Interaction, session_id: str) -> Session:
        read = self._desk.study.sessions.session
        return await self._desk.lanes.look(read, guild_of(interaction), number_of(session_id))


_NO_EVIDENCE = "There is nothing to show: the question is your group's own, or its paper was removed."
_MARKED = "Marked as unclear to you: it is asked again next time. Press again to take the mark off."
_NOT_MARKED = "It is no longer marked as unclear to you."


_WORDS: Final = {"title": "Your answer", "label": "In your own words"}


def _title(session: Session, asked: SessionQuestion | None) -> str:
    return asked.question.text if asked else f"On {session.title} as a whole"


def _asked(session: Session, number: str) -> SessionQuestion:
    asked = session.asked(number_of(number))
    if asked is None:
        raise NotFound(what="question", name=number)
    return asked


def _own(session: Session, answer_id: str, person: str) -> SessionAnswer:
    wanted = number_of(answer_id)
    mine = (one for one in session.answers if one.answer_id == wanted and one.person == person)
    found = next(mine, None)
    if found is None:
        raise NotFound(what="answer of yours", name=answer_id)
    return found


def _require_open(session: Session) -> None:
    if not session.is_open:
        raise SessionClosed(session.title, "it is closed", session_id=session.session_id)
