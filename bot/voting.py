"""Votes on the next paper: a native poll is sent, and counted when it has ended; a crash in between loses nothing."""

from __future__ import annotations

import asyncio
import logging
from datetime import timedelta

import discord

from bot.desk import Desk
from bot.errors import DISCORD_ERRORS, DISCORD_UNSURE
from bot.render.schedule import POLL_QUESTION, poll_answers, winner_reply
from bot.replying import post
from rag.domain.agenda import QueuedPaper, Vote

log = logging.getLogger(__name__)

_EARLY = timedelta(minutes=5)


class Voting:
    """Sends polls and reads what came of them."""

    def __init__(self, desk: Desk, client: discord.Client) -> None:
        self._desk = desk
        self._votes = desk.study.agenda.votes
        self._client = client
        self._one_at_a_time = asyncio.Lock()

    async def begin(self, guild: str, channel: str, *, hours: int) -> tuple[Vote, tuple[QueuedPaper, ...]]:
        """Put the queue's first papers to the vote in a channel. Raises Refused and what sending raises.

        A vote whose poll was refused is forgotten; one of which nobody knows is looked for when it ends.
        """
        look = self._desk.lanes.look
        vote, papers = await look(self._votes.open, guild, channel, hours=hours)
        poll = discord.Poll(question=POLL_QUESTION, duration=timedelta(hours=hours))
        for answer in poll_answers(papers):
            poll.add_answer(text=answer)
        try:
            message = await self._place(vote).send(poll=poll, nonce=f"vote-{vote.vote_id}")
        except discord.HTTPException as error:
            if not isinstance(error, DISCORD_UNSURE):
                await look(self._votes.dropped, vote)
            raise
        await look(self._votes.sent, vote, str(message.id))
        return vote, papers

    async def count_ended(self) -> None:
        """Count the polls that have ended; one that cannot be read is tried again, for a week."""
        async with self._one_at_a_time:
            for vote in await self._desk.lanes.look(self._votes.to_count):
                try:
                    await self._count(vote)
                except DISCORD_ERRORS as error:
                    log.warning("vote %d in server %s could not be counted: %r", vote.vote_id, vote.guild, error)
                    if isinstance(error, discord.NotFound) or self._votes.given_up(vote):
                        await self._desk.lanes.look(self._votes.dropped, vote)

    async def _count(self, vote: Vote) -> None:
        look = self._desk.lanes.look
        message = await self._message(vote)
        if message is None or message.poll is None:
            await look(self._votes.dropped, vote)
            return
        if not message.poll.is_finalised() and not self._votes.given_up(vote):
            return  # Discord still counts
        counts = [answer.vote_count for answer in message.poll.answers]
        winner = await look(self._votes.count, vote, counts)
        log.info("vote %d in server %s: %s", vote.vote_id, vote.guild, counts)
        if winner is not None:
            await post(self._place(vote), winner_reply(winner))

    async def _message(self, vote: Vote) -> discord.Message | None:
        """Return the message of a poll, also where a process was killed before it noted which it is."""
        if vote.message is not None:
            return await self._place(vote).fetch_message(int(vote.message))
        async for message in self._place(vote).history(limit=None, after=vote.began_at - _EARLY):
            ours = self._client.user is not None and message.author.id == self._client.user.id
            if ours and message.poll is not None and len(message.poll.answers) == len(vote.entries):
                return message
        return None

    def _place(self, vote: Vote) -> discord.PartialMessageable:
        return self._client.get_partial_messageable(int(vote.channel))
