"""One question, from the person's words to an answer that is kept and ready to be shown."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass

from rag.domain.stage import Stage, StageKind

from bot.desk import Desk
from bot.lanes import told_in
from bot.render.answers import alt_text, answer_reply
from bot.render.reply import Picture, Reply
from rag.domain.answer import Answer, Citation
from rag.domain.reading import Kind
from rag.domain.record import KeptAnswer
from rag.errors import BadDocument, NotFound
from rag.wording import counted

PICTURES = 2
"""Equations and tables shown as they stand on the page: text cannot carry them."""
_DRAWN = {Kind.EQUATION, Kind.TABLE}


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

    async def answer(self, question: Question, say: Callable[[str], None]) -> tuple[KeptAnswer, Reply]:
        """Answer, keep the answer with its sources, and return it with its message; ``say`` hears the stages.

        Raises TooFast, BadQuestion, NotFound, Ambiguous.
        """
        desk = self._desk
        desk.rates.question(guild=question.guild, person=question.person)
        say("Waiting for a free place …" if self._warmed.is_set() else "Loading the models, your question is next …")
        await desk.servers.settled.wait()
        heard = told_in(asyncio.get_running_loop(), lambda stage: say(stage_words(stage)))
        answer = await desk.lanes.ask(
            desk.study.ask,
            question.text,
            guild=question.guild,
            paper=question.paper,
            earlier=tuple(kept.answer for kept in question.earlier),
            told=heard,
        )
        kept = await desk.lanes.look(self._kept, question, answer)
        return kept, await self.reply(kept)

    async def earlier(self, guild: str, thread: str | None) -> tuple[KeptAnswer, ...]:
        """Return what was answered in a thread so far, oldest first; () outside threads that an answer opened."""
        return await self._desk.lanes.look(self._desk.study.answers.thread, guild, thread) if thread else ()

    @asynccontextmanager
    async def delivery(self, kept: KeptAnswer) -> AsyncIterator[bool]:
        """Say whether it is ours to send an answer, once, and note that it was. What fails leaves it to /answers."""
        answers, look = self._desk.study.answers, self._desk.lanes.look
        mine = await look(answers.sending, kept.guild, kept.answer_id)
        yield mine
        if mine:
            await look(answers.delivered, kept.guild, kept.answer_id)

    async def reply(self, kept: KeptAnswer) -> Reply:
        """Return the message of a kept answer, as when it was new."""
        pictures = [p for c in _to_draw(kept.answer) if (p := await self._picture(c, kept.guild))]
        return answer_reply(
            kept,
            pictures=pictures,
            add_command=self._mention_of("paper add"),
            in_thread=kept.thread is not None,
        )

    def _kept(self, question: Question, answer: Answer) -> KeptAnswer:
        answers = self._desk.study.answers
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
        if not self._desk.settings.page_pictures:
            return None
        try:
            drawn = await self._desk.lanes.ask(self._desk.study.picture, citation, guild=guild)
        except (NotFound, BadDocument):
            return None  # the text of the citation is there; the picture is a help
        return Picture(f"source-{citation.number}.png", drawn.png, alt_text(citation))


def stage_words(stage: Stage) -> str:
    """Return what people read while they wait."""
    if stage.kind is StageKind.SEARCH:
        return f"Searching {counted(stage.count, 'paper')} …"
    if stage.kind is StageKind.READ:
        return f"Reading {counted(stage.count, 'passage')} …"
    return "Writing …"


def _to_draw(answer: Answer) -> list[Citation]:
    return [c for c in answer.citations if c.passage.kind in _DRAWN][:PICTURES]
