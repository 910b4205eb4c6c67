"""After a restart: what a process that was killed had answered and not sent, or acknowledged and not answered."""

from __future__ import annotations

import asyncio
import logging
from contextlib import suppress
from datetime import timedelta
from typing import Any, Final, cast

import discord

from bot.asking import Asking, Question
from bot.desk import Desk
from bot.errors import DISCORD_ERRORS, report_late
from bot.render.limits import TOKEN_SAFE_S
from bot.render.reply import Reply, Tone, said
from bot.replying import deliver, headed, post, put
from bot.stages import stages_of
from rag.domain.record import KeptAnswer, WaitingQuestion
from rag.errors import NotFound, SeminarError

log = logging.getLogger(__name__)

LATE = timedelta(hours=1)
"""An answer that comes later than this interests nobody in the channel; /answers has it."""
ANSWERABLE = timedelta(seconds=TOKEN_SAFE_S)
"""So long what was acknowledged can be answered in its place; nobody waits for it after that."""
TWICE = "I was restarted twice while I answered this. Please ask again."

_ORIGINAL: Final = cast("int", "@original")
"""Discord takes this word for the number of the message that stands where "thinking" stood."""


class LateInteraction:
    """An interaction that another process acknowledged: what its token can still do."""

    def __init__(self, waiting: WaitingQuestion, client: discord.Client) -> None:
        self.id = waiting.question_id
        self.channel_id = int(waiting.channel)
        self.client = client
        self.followup = discord.Webhook.partial(int(waiting.application), waiting.token, client=client)
        self.followup.type = discord.WebhookType.application  # else it may not send what one person alone sees

    async def original_response(self) -> discord.Message:
        """Return what stands there."""
        return await self.followup.fetch_message(_ORIGINAL)

    async def edit_original_response(self, **given: Any) -> discord.Message:
        """Put something else in its place."""
        return await self.followup.edit_message(_ORIGINAL, **given)

    async def delete_original_response(self) -> None:
        """Take it away."""
        await self.followup.delete_message(_ORIGINAL)


class CatchingUp:
    """Sends and answers, once, what is left from before this process."""

    def __init__(self, asking: Asking, desk: Desk, client: discord.Client) -> None:
        self._asking = asking
        self._desk = desk
        self._client = client
        self._began_at = desk.clock()
        self._left: tuple[WaitingQuestion, ...] = ()

    async def look_back(self) -> None:
        """See what was left; called before the gateway opens, when nobody can have asked this process."""
        waiting = self._desk.study.answers.waiting
        self._left = await self._desk.lanes.look(waiting.left, self._desk.clock() - ANSWERABLE)

    async def catch_up(self) -> None:
        """Send what was answered and answer what was not: where "thinking" stands, else in the channel."""
        unanswered = (left for left in self._left if left.answer_id is None)
        await asyncio.gather(self._send_unsent(), *(self._answer(left) for left in unanswered))

    async def _send_unsent(self) -> None:
        answered = {left.answer_id: left for left in self._left if left.answer_id is not None}
        for kept in await self._unsent(answered):
            try:
                await self._send(kept, await self._asking.reply(kept), answered.get(kept.answer_id))
            except (SeminarError, *DISCORD_ERRORS) as error:
                log.warning("answer %d could not be posted after the restart: %r", kept.answer_id, error)

    async def _unsent(self, answered: dict[int, WaitingQuestion]) -> list[KeptAnswer]:
        """Return what no process has sent: public ones, and private ones that can still be shown in their place."""
        answers, look = self._desk.study.answers, self._desk.lanes.look
        public = await look(answers.undelivered, self._desk.clock() - LATE)
        unsent = [kept for kept in public if kept.asked_at <= self._began_at]  # what was asked of us is on its way
        for answer_id, left in answered.items():
            if left.private:
                with suppress(NotFound):  # its person had it forgotten
                    unsent.append(await look(answers.read, left.guild, answer_id))
        return unsent

    async def _answer(self, left: WaitingQuestion) -> None:
        """Answer a question that nobody has answered. One that was killed again with its process is not tried more."""
        late = LateInteraction(left, self._client)
        try:
            if left.tried_again:
                if await self._asking.drop(left.question_id):
                    await put(late, said(TWICE, Tone.ERROR), ephemeral=left.private)
                return
            if not await self._desk.lanes.look(self._desk.study.answers.waiting.try_again, left.question_id):
                return  # its person had it forgotten
            async with stages_of(late) as stages:
                question = _question(left)
                kept, reply = await self._asking.answer(question, stages.say, waiting=left.question_id, again=True)
            await self._send(kept, reply, left)
        except Exception as error:  # noqa: BLE001 (the edge: there is no command above this to answer for errors)
            await self._asking.drop(left.question_id)
            await report_late(late, error, left.guild)

    async def _send(self, kept: KeptAnswer, reply: Reply, left: WaitingQuestion | None) -> None:
        """Send an answer, unless another did: where "thinking" stands, else in the channel."""
        async with self._asking.delivery(kept) as shown:
            if shown is None:
                return
            header = f"<@{kept.asker}> asked, before I was restarted:"
            if left is None:
                channel = self._client.get_partial_messageable(int(kept.channel))
                await post(channel, headed(reply, header), shown=shown)
            elif kept.private:
                await put(LateInteraction(left, self._client), reply, ephemeral=True)
            else:
                await deliver(LateInteraction(left, self._client), reply, header=header, shown=shown)


def _question(left: WaitingQuestion) -> Question:
    return Question(
        text=left.text,
        guild=left.guild,
        person=left.person,
        channel=left.channel,
        paper=left.paper,
        private=left.private,
        thread=left.thread,
    )
