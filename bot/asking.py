"""One question, from the person's words to an answer that is kept and ready to be shown."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import discord

from bot.desk import Desk
from bot.lanes import told_in
from bot.pictures import picture_of
from bot.render.answers import alt_text, answer_reply
from bot.render.reply import Picture, Reply
from bot.render.stages import stage_text
from bot.replying import Shown, defer
from rag.answering.pictures import worth_drawing
from rag.domain.answer import Citation
from rag.domain.record import KeptAnswer, WaitingQuestion
from rag.domain.stage import Stage, Told
from rag.errors import SeminarError

log = logging.getLogger(__name__)

Interaction = discord.Interaction[Any]

PICTURES = 2
"""Equations, tables and what was asked for by its number, shown as they stand on the page."""
PICTURE_S = 5.0
"""How long an answer waits for each."""


@dataclass(frozen=True, slots=True)
class Question:
    """What a person asked, where. ``replies_to`` is the message to which it is a reply, if it is one."""

    text: str
    guild: str
    person: str
    channel: str
    paper: str | None = None
    private: bool = False
    thread: str | None = None
    replies_to: str | None = None


class Asking:
    """Answers questions at the desk. ``mention_of`` writes a command so that people can click it."""

    def __init__(self, desk: Desk, *, mention_of: Callable[[str], str], warmed: asyncio.Event) -> None:
        self._desk = desk
        self._mention_of = mention_of
        self._warmed = warmed

    @asynccontextmanager
    async def acknowledged(self, interaction: Interaction, question: Question) -> AsyncIterator[int | None]:
        """Acknowledge a question, and write it down until its answer is on its way: a process that is killed meanwhile
        answers it after the restart. Give the number under which it waits; None where it could not be written.
        """
        noting = asyncio.ensure_future(self._noted(interaction, question))  # beside: neither waits for the other
        try:
            await defer(interaction, ephemeral=question.private)
            yield await noting
        except Exception:  # what is stopped, by cancelling it or under its feet, is answered after the restart
            if not interaction.client.is_closed():
                await self.drop(await noting)
            raise

    async def answer(
        self, question: Question, say: Callable[[str], None], *, waiting: int | None = None, again: bool = False
    ) -> tuple[KeptAnswer, Reply]:
        """Answer, keep the answer with its sources, and return it with its message; ``say`` hears the stages.

        ``waiting`` is its number as an acknowledged one; ``again``: it was counted and killed with another process.
        Raises TooFast, BadQuestion, NotFound, Ambiguous.
        """
        desk = self._desk
        if not again:
            desk.rates.question(guild=question.guild, person=question.person)
        say("Waiting for a free place …" if self._warmed.is_set() else "Loading the models, your question is next …")

        def hear(stage: Stage) -> None:
            if self._warmed.is_set() or stage.text:  # before, the search stands and waits for the models
                say(stage_text(stage))

        def begin() -> None:
            if self._warmed.is_set():  # a model may have to say first what is asked
                say("Reading your question …")

        await desk.servers.settled.wait()
        loop = asyncio.get_running_loop()
        kept = await desk.lanes.ask(self._answered, question, waiting, told_in(loop, begin), told_in(loop, hear))
        return kept, await self.reply(kept)

    @asynccontextmanager
    async def delivery(self, kept: KeptAnswer) -> AsyncIterator[Shown | None]:
        """Give what is to be told the ids of the messages, or None where the answer is not ours to send, once; then
        note that it was sent. What fails leaves it to /answers.
        """
        answers, look = self._desk.study.answers, self._desk.lanes.look
        mine = await look(answers.sending, kept.guild, kept.answer_id)
        messages: list[int] = []
        try:
            yield messages.append if mine else None
        finally:
            if messages:
                await self._wrote(kept, answers.shown, [str(message) for message in messages])
        await self._wrote(kept, answers.delivered)

    async def drop(self, waiting: int | None) -> bool:
        """Forget that a question waits; say whether it did."""
        if waiting is None:
            return False
        try:
            return await self._desk.lanes.look(self._desk.study.answers.waiting.drop, waiting)
        except SeminarError as error:  # it is too old when it would be looked for
            log.warning("question %d is not forgotten: %r", waiting, error)
            return False

    async def reply(self, kept: KeptAnswer, *, again: bool = False) -> Reply:
        """Return the message of a kept answer; ``again`` for one that is shown to its asker once more."""
        pictures = [p for c in worth_drawing(kept.answer)[:PICTURES] if (p := await self._picture(c, kept.guild))]
        add = self._mention_of("paper add")
        return answer_reply(kept, pictures=pictures, add_command=add, with_thread=not again)

    async def _noted(self, interaction: Interaction, question: Question) -> int | None:
        """Write a question down, if that can be; else it is answered all the same."""
        waiting = WaitingQuestion(
            guild=question.guild,
            person=question.person,
            channel=question.channel,
            text=question.text,
            asked_at=self._desk.clock(),
            application=str(interaction.application_id),
            token=interaction.token,
            paper=question.paper,
            private=question.private,
            thread=question.thread,
        )
        try:
            return await self._desk.lanes.look(self._desk.study.answers.waiting.put, waiting)
        except SeminarError as error:
            log.warning("a question is lost if this process is killed: %r", error)
            return None

    async def _wrote(self, kept: KeptAnswer, write: Callable[..., None], *given: object) -> None:
        """Note something of an answer that was sent: that it cannot be written down is no failure of the person's."""
        try:
            await self._desk.lanes.look(write, kept.guild, kept.answer_id, *given)
        except SeminarError as error:
            log.warning("answer %d was sent, but: %r", kept.answer_id, error)

    def _answered(self, question: Question, waiting: int | None, begun: Callable[[], None], told: Told) -> KeptAnswer:
        """Answer and keep in one piece of work: an answer that was found is not lost when the bot is stopped."""
        begun()
        answers = self._desk.study.answers
        earlier = answers.before(question.guild, thread=question.thread, message=question.replies_to)
        answer = self._desk.study.ask(
            question.text,
            guild=question.guild,
            paper=question.paper,
            earlier=tuple(kept.answer for kept in earlier),
            told=told,
        )
        answer_id = answers.keep(
            answer,
            guild=question.guild,
            asker=question.person,
            channel=question.channel,
            private=question.private,
            paper=question.paper,
            follows=earlier[-1].answer_id if earlier else None,
            thread=question.thread,
            question=waiting,
        )
        return answers.read(question.guild, answer_id)

    async def _picture(self, citation: Citation, guild: str) -> Picture | None:
        drawn, _why_not = await picture_of(self._desk, citation, guild, patience_s=PICTURE_S)
        return None if drawn is None else Picture(f"source-{citation.number}.png", drawn.png, alt_text(citation))
