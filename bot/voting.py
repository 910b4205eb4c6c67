"""Votes on the next paper: a native poll is sent, and counted when it has ended; a crash in between loses nothing."""

from __future__ import annotations

import asyncio
import logging
from datetime import timedelta

import discord

from bot.desk import Desk
from bot.errors import DISCORD_ERRORS, DISCORD_UNSURE
from bot.render.limits import POLL_ANSWERS, POLL_HOURS
from bot.render.schedule import POLL_QUESTION, poll_answers, winner_reply
from bot.replying import post
from rag.domain.agenda import QueuedPaper, Vote

log = logging.getLogger(__name__)

_EARLY = timedelta(minutes=5)
MOST_READ = 200
"""Messages after a poll's end; the winner is told within a minute of it, or of the start after it."""


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
        vote, papers = await look(
            self._votes.open, guild, channel, hours=hours, most=POLL_ANSWERS, most_hours=POLL_HOURS
        )
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
        """Count the polls that have ended and tell the winners; what Discord fails at is tried again, for a week."""
        look = self._desk.lanes.look
        async with self._one_at_a_time:
            for vote in await look(self._votes.to_count):
                try:
                    await self._count(vote)
                except DISCORD_ERRORS as error:
                    log.warning("vote %d in server %s could not be counted: %r", vote.vote_id, vote.guild, error)
                    if isinstance(error, discord.NotFound) or self._votes.given_up(vote):
                        await look(self._votes.dropped, vote)
            for vote, winner in await look(self._votes.to_tell):
                try:
                    await self._tell(vote, winner)
                except DISCORD_ERRORS as error:
                    log.warning(
                        "the winner of vote %d in server %s could not be told: %r", vote.vote_id, vote.guild, error
                    )
                    if isinstance(error, discord.NotFound | discord.Forbidden) or self._votes.given_up(vote):
                        await look(self._votes.told, vote)

    async def _count(self, vote: Vote) -> None:
        look = self._desk.lanes.look
        message = await self._message(vote)
        if message is None or message.poll is None:
            await look(self._votes.dropped, vote)
            return
        if not message.poll.is_finalised() and not self._votes.given_up(vote):
            return  # Discord still counts
        counts = [answer.vote_count for answer in message.poll.answers]
        if vote.message is None:
            await look(self._votes.sent, vote, str(message.id))
        await look(self._votes.count, vote, counts)
        log.info("vote %d in server %s: %s", vote.vote_id, vote.guild, counts)

    async def _tell(self, vote: Vote, winner: QueuedPaper) -> None:
        """Reply to a poll with its winner, unless a process that was killed has done so."""
        place, poll = self._place(vote), int(vote.message or 0)
        if not await self._is_told(place, poll, vote):
            reference = discord.MessageReference(message_id=poll, channel_id=place.id, fail_if_not_exists=False)
            await post(place, winner_reply(winner), nonce=f"winner-{vote.vote_id}", reference=reference)
        await self._desk.lanes.look(self._votes.told, vote)

    async def _is_told(self, place: discord.PartialMessageable, poll: int, vote: Vote) -> bool:
        async for message in place.history(limit=MOST_READ, after=vote.ends_at - _EARLY):
            # Discord itself refers to the poll, too, in our name and in a message of another type.
            ours = self._is_ours(message) and message.type is discord.MessageType.reply
            if ours and message.reference is not None and message.reference.message_id == poll:
                return True
        return False

    def _is_ours(self, message: discord.Message) -> bool:
        return self._client.user is not None and message.author.id == self._client.user.id

    async def _message(self, vote: Vote) -> discord.Message | None:
        """Return the message of a poll, also where a process was killed before it noted which it is."""
        if vote.message is not None:
            return await self._place(vote).fetch_message(int(vote.message))
        async for message in self._place(vote).history(limit=None, after=vote.began_at - _EARLY):
            polled = message.poll is not None and len(message.poll.answers) == len(vote.entries)
            if polled and self._is_ours(message):
                return message
        return None

    def _place(self, vote: Vote) -> discord.PartialMessageable:
        return self._client.get_partial_messageable(int(vote.channel))
