"""The buttons under answers: quotes, more sources, threads, opinions. They work on answers of any age that are kept."""

from __future__ import annotations

from typing import Any

import discord
from discord.ext import commands

from bot.app import SeminarBot
from bot.errors import NotForThreads, NotYours, OldButton
from bot.permits import guild_of, require_permissions, thread_of
from bot.pictures import picture_of
from bot.render.answers import quote_reply, sources_reply, which_citation_reply
from bot.render.escaping import clip
from bot.render.limits import THREAD_NAME_CHARS
from bot.render.reply import Tone, said
from bot.render.signs import one_line
from bot.replying import defer, post, show
from bot.threads import is_there, open_thread
from rag.domain.answer import Citation
from rag.domain.record import KeptAnswer, Verdict
from rag.errors import NotFound

Interaction = discord.Interaction[Any]


_DIGITS = 18  # SQLite's numbers have no more


class AnswersCog(commands.Cog):
    """Presses under an answer."""

    def __init__(self, bot: SeminarBot) -> None:
        self._bot = bot
        self._desk = bot.desk

    async def cog_load(self) -> None:
        """Register the buttons' actions."""
        actions = self._desk.actions
        actions.register("quote", self.quote)
        actions.register("sources", self.sources)
        actions.register("thread", self.thread)
        actions.register("helpful", self.helpful)
        actions.register("not_helpful", self.not_helpful)
        actions.register("wrong_citation", self.wrong_citation)
        actions.register("wrong", self.wrong)

    async def quote(self, interaction: Interaction, answer_id: str, number: str) -> None:
        """Show one quote with a picture of its lines on the page, to the person who pressed."""
        await defer(interaction, ephemeral=True)
        kept = await self._read(interaction, answer_id)
        self._desk.rates.picture(guild=kept.guild, person=str(interaction.user.id))
        citation = _citation(kept, number)
        picture, why_not = await picture_of(self._desk, citation, kept.guild)
        await show(interaction, quote_reply(citation, picture, why_no_picture=why_not), ephemeral=True)

    async def sources(self, interaction: Interaction, answer_id: str) -> None:
        """Show every source with its quote, to the person who pressed."""
        await defer(interaction, ephemeral=True)
        kept = await self._read(interaction, answer_id)
        await show(interaction, sources_reply(kept.answer), ephemeral=True)

    async def thread(self, interaction: Interaction, answer_id: str) -> None:
        """Open a thread at the answer, where a reply or a mention carries the question on."""
        await defer(interaction, ephemeral=True)
        message = interaction.message
        if thread_of(interaction) is not None or message is None:
            raise NotForThreads
        kept = await self._read(interaction, answer_id)
        assert message.guild is not None
        if kept.thread is not None and await is_there(message.guild, kept.thread):
            await show(interaction, said(f"It is discussed in <#{kept.thread}>.", Tone.NOTICE), ephemeral=True)
            return
        require_permissions(interaction, create_public_threads=True, send_messages_in_threads=True)
        name = clip(one_line(kept.answer.question), THREAD_NAME_CHARS) or "Question"
        thread, is_new = await open_thread(message, name)
        await self._desk.lanes.look(self._desk.study.answers.open_thread, kept.guild, kept.answer_id, str(thread.id))
        if is_new:
            await post(thread, said(_welcome(self._bot.mention_of("ask")), Tone.NOTICE))
        await show(interaction, said(f"Let us talk about it in {thread.mention}.", Tone.NOTICE), ephemeral=True)

    async def helpful(self, interaction: Interaction, answer_id: str) -> None:
        """Keep a reader's opinion."""
        await self._rate(interaction, answer_id, Verdict.HELPFUL)

    async def not_helpful(self, interaction: Interaction, answer_id: str) -> None:
        """Keep a reader's opinion."""
        await self._rate(interaction, answer_id, Verdict.NOT_HELPFUL)

    async def wrong_citation(self, interaction: Interaction, answer_id: str) -> None:
        """Ask which citation is wrong, unless there is only one."""
        await defer(interaction, ephemeral=True)
        kept = await self._read(interaction, answer_id)
        if len(kept.answer.citations) == 1:
            await self._rate(interaction, answer_id, Verdict.WRONG_CITATION, kept.answer.citations[0].number)
        else:
            await show(interaction, which_citation_reply(kept), ephemeral=True)

    async def wrong(self, interaction: Interaction, answer_id: str, picked: list[str]) -> None:
        """Keep which citation is wrong."""
        await self._rate(interaction, answer_id, Verdict.WRONG_CITATION, int(picked[0]))

    async def _rate(
        self, interaction: Interaction, answer_id: str, verdict: Verdict, citation: int | None = None
    ) -> None:
        if not interaction.response.is_done():
            await defer(interaction, ephemeral=True)
        kept = await self._read(interaction, answer_id)
        person, rate = str(interaction.user.id), self._desk.study.answers.rate
        await self._desk.lanes.look(rate, kept.guild, kept.answer_id, person=person, verdict=verdict, citation=citation)
        await show(interaction, said(_THANKS[verdict].format(number=citation), Tone.NOTICE), ephemeral=True)

    async def _read(self, interaction: Interaction, answer_id: str) -> KeptAnswer:
        read = self._desk.study.answers.read
        kept = await self._desk.lanes.look(read, guild_of(interaction), _number(answer_id))
        if kept.private and kept.asker != str(interaction.user.id):
            raise NotYours
        return kept


_THANKS = {
    Verdict.HELPFUL: "Thank you. Noted as helpful.",
    Verdict.NOT_HELPFUL: "Thank you. Noted as not helpful; asking with the paper's name often helps.",
    Verdict.WRONG_CITATION: "Thank you. Citation {number} is noted as wrong, for whoever keeps the library.",
}


def _welcome(ask: str) -> str:
    return f"Reply to this message or mention me, and I go on from that answer. {ask} works here too."


def _number(argument: str) -> int:
    """Return a number that a button carries. Raises OldButton."""
    if not argument.isdecimal() or len(argument) > _DIGITS:
        raise OldButton("answer")
    return int(argument)


def _citation(kept: KeptAnswer, number: str) -> Citation:
    for citation in kept.answer.citations:
        if citation.number == _number(number):
            return citation
    raise NotFound(what="citation", name=number)
