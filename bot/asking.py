"""One question, from the person's words to an answer that is kept and ready to be shown."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta

import discord

from bot.desk import Desk
from bot.errors import DISCORD_ERRORS
from bot.lanes import told_in
from bot.pictures import picture_of
from bot.render.answers import alt_text, answer_reply
from bot.render.reply import Picture, Reply
from bot.replying import headed, post
from rag.answering.pictures import worth_drawing
from rag.domain.answer import Citation
from rag.domain.record import KeptAnswer
from rag.domain.stage import Stage, StageKind, Told
from rag.errors import SeminarError
from rag.wording import counted

log = logging.getLogger(__name__)

PICTURES = 2
"""Equations, tables and what was asked for by its number, shown as they stand on the page."""
PICTURE_S = 5.0
"""How long an answer waits for each."""
LATE = timedelta(hours=1)
"""An answer that comes later than this interests nobody in the channel; /answers has it."""


@dataclass(frozen=True, slots=True)
class Question:
    """What a person asked, where. ``earlier`` are the kept answers of its thread, oldest first."""

    text: str
    guild: str
    person: str
    channel: str
    paper: str | None = None
    private: bool = False
    thread: str | None = None
    earlier: tuple[KeptAnswer, ...] = ()


class Asking:
    """Answers questions at the desk. ``mention_of`` writes a command so that people can click it."""

    def __init__(self, desk: Desk, *, mention_of: Callable[[str], str], warmed: asyncio.Event) -> None:
        self._desk = desk
        self._mention_of = mention_of
        self._warmed = warmed
        self._began_at = desk.clock()

    async def answer(self, question: Question, say: Callable[[str], None]) -> tuple[KeptAnswer, Reply]:
        """Answer, keep the answer with its sources, and return it with its message; ``say`` hears the stages.

        Raises TooFast, BadQuestion, NotFound, Ambiguous.
        """
        desk = self._desk
        desk.rates.question(guild=question.guild, person=question.person)
        say("Waiting for a free place …" if self._warmed.is_set() else "Loading the models, your question is next …")

        def hear(stage: Stage) -> None:
            if self._warmed.is_set():  # before, the search stands and waits for the models
                say(stage_words(stage))

        await desk.servers.settled.wait()
        kept = await desk.lanes.ask(self._answered, question, told_in(asyncio.get_running_loop(), hear))
        return kept, await self.reply(kept)

    async def earlier(self, guild: str, thread: str | None) -> tuple[KeptAnswer, ...]:
        """Return what everybody saw answered in a thread so far, oldest first; () outside threads."""
        if thread is None:
            return ()
        answered = await self._desk.lanes.look(self._desk.study.answers.thread, guild, thread)
        return tuple(kept for kept in answered if not kept.private)

    @asynccontextmanager
    async def delivery(self, kept: KeptAnswer) -> AsyncIterator[bool]:
        """Say whether it is ours to send an answer, once, and note that it was. What fails leaves it to /answers."""
        answers, look = self._desk.study.answers, self._desk.lanes.look
        mine = await look(answers.sending, kept.guild, kept.answer_id)
        yield mine
        try:
            await look(answers.delivered, kept.guild, kept.answer_id)
        except SeminarError as error:  # it was sent: that this is not written down is no failure of the person's
            log.warning("answer %d was sent, but: %r", kept.answer_id, error)

    async def reply(self, kept: KeptAnswer, *, again: bool = False) -> Reply:
        """Return the message of a kept answer; ``again`` for one that is shown to its asker once more."""
        pictures = [p for c in worth_drawing(kept.answer)[:PICTURES] if (p := await self._picture(c, kept.guild))]
        add = self._mention_of("paper add")
        return answer_reply(kept, pictures=pictures, add_command=add, with_thread=not again)

    async def catch_up(self, channel: Callable[[int], discord.abc.Messageable]) -> None:
        """Post, once, what a process that was killed had answered and not yet sent."""
        undelivered = self._desk.study.answers.undelivered
        for kept in await self._desk.lanes.look(undelivered, self._desk.clock() - LATE):
            if kept.asked_at > self._began_at:
                continue  # asked of this process: on its way
            try:
                async with self.delivery(kept) as mine:
                    if mine:
                        reply = headed(await self.reply(kept), f"<@{kept.asker}> asked, before I was restarted:")
                        await post(channel(int(kept.channel)), reply)
            except DISCORD_ERRORS as error:
                log.warning("answer %d could not be posted after the restart: %r", kept.answer_id, error)

    def _answered(self, question: Question, told: Told) -> KeptAnswer:
        """Answer and keep in one piece of work: an answer that was found is not lost when the bot is stopped."""
        answers = self._desk.study.answers
        answer = self._desk.study.ask(
            question.text,
            guild=question.guild,
            paper=question.paper,
            earlier=tuple(kept.answer for kept in question.earlier),
            told=told,
        )
        answer_id = answers.keep(
            answer,
            guild=question.guild,
            asker=question.person,
            channel=question.channel,
            private=question.private,
            paper=question.paper,
            follows=question.earlier[-1].answer_id if question.earlier else None,
            thread=question.thread,
        )
        return answers.read(question.guild, answer_id)

    async def _picture(self, citation: Citation, guild: str) -> Picture | None:
        drawn, _why_not = await picture_of(self._desk, citation, guild, patience_s=PICTURE_S)
        return None if drawn is None else Picture(f"source-{citation.number}.png", drawn.png, alt_text(citation))


def stage_words(stage: Stage) -> str:
    """Return what people read while they wait."""
    if stage.kind is StageKind.SEARCH:
        return f"Searching {counted(stage.count, 'paper')} …"
    if stage.kind is StageKind.READ:
        return f"Reading {counted(stage.count, 'passage')} …"
    return "Writing …"
