"""The weekly posts in Discord: once a minute, what is due is claimed and carried out step by step."""

from __future__ import annotations

import asyncio
import logging
from collections import defaultdict
from collections.abc import Callable, Iterable
from contextlib import AbstractAsyncContextManager, nullcontext
from datetime import datetime
from typing import Any

import discord

from bot.desk import Desk
from bot.errors import DISCORD_ERRORS, DISCORD_UNSURE, Denied, MissingPermission
from bot.hosting import SessionHost
from bot.noticing import AHEAD, Notices
from bot.render.schedule import Commands
from rag.agenda.driving import Stepping
from rag.agenda.due import Due
from rag.agenda.steps import SEND_WITHIN, Begin, CannotPost, Complete, Look, OpenSession, Place, Send, Step, steps_of
from rag.domain.agenda import Posting, PostKind
from rag.domain.session import Session
from rag.errors import SeminarError
from rag.wording import sentence_for

log = logging.getLogger(__name__)

EVERY_S = 60.0
STEP_S = 150.0
"""So long a step may wait for Discord, less than its lease: then it is put off, and holds no other server up."""
_UNKNOWN_CHANNEL = 10003


class Poster:
    """Carries out the posts of all servers, those of different servers beside each other."""

    def __init__(
        self, desk: Desk, client: discord.Client, host: SessionHost, *, commands: Callable[[], Commands]
    ) -> None:
        self._desk = desk
        self._posts = desk.study.agenda.posts
        self._host = host
        self._notices = Notices(desk, client, commands=commands)
        self._one_at_a_time = asyncio.Lock()

    async def poll(self) -> None:
        """See to everything that is due; what goes wrong in one server holds no other up."""
        await self._desk.servers.settled.wait()
        async with self._one_at_a_time:
            await self._poll()

    async def _poll(self) -> None:
        by_guild: defaultdict[str, list[Due]] = defaultdict(list)
        for due in await self._desk.lanes.look(self._posts.due):
            by_guild[due.guild].append(due)
        results = await asyncio.gather(*(self._see_to(dues) for dues in by_guild.values()), return_exceptions=True)
        for error in results:
            if isinstance(error, BaseException):
                log.error("a weekly post failed", exc_info=error)
        for event, meets_at in await self._desk.lanes.look(self._posts.moved_events):
            await self._move_event(event, meets_at)

    async def _move_event(self, event: Posting, meets_at: datetime | None) -> None:
        """Let an event follow the slot; one that cannot stays where it is, and is tried again."""
        try:
            async with asyncio.timeout(STEP_S):
                await self._notices.move_event(event, meets_at)
        except (CannotPost, *DISCORD_ERRORS) as error:
            log.warning("the event %s in server %s could not be moved: %r", event.message, event.guild, error)
            return
        await self._desk.lanes.look(self._posts.event_moved, event, meets_at)

    async def _see_to(self, dues: Iterable[Due]) -> None:
        for due in dues:
            posting = await self._desk.lanes.look(self._posts.claim, due)
            if posting is not None:
                log.info("weekly post %s in server %s: attempt %d", posting.mark, posting.guild, posting.attempt)
                await self._carry_out(posting, late=due.late)

    async def _carry_out(self, posting: Posting, *, late: bool) -> None:
        """Drive the steps of a post. Between looking, beginning and sending there is little time, or nothing is sent.

        A stop of the bot in the middle is as a kill: the next claim goes on.
        """
        loop = asyncio.get_running_loop()
        stepping, looked_at = Stepping(steps_of(posting, late=late)), loop.time()
        while (step := stepping.step) is not None:
            if isinstance(step, Look | Begin):
                looked_at = loop.time()
            left_s = STEP_S if isinstance(step, Look | Place | Begin | Complete) else None
            if isinstance(step, Send):
                left_s = looked_at + SEND_WITHIN.total_seconds() - loop.time()
            stepping.went(await self._outcome(step, left_s))

    async def _outcome(self, step: Step, left_s: float | None) -> Any:
        """Perform a step and return what came of it; what Discord refuses or leaves open as a CannotPost."""
        try:
            async with asyncio.timeout(left_s):
                return await self._perform(step)
        except CannotPost as error:
            return error
        except (SeminarError, Denied, *DISCORD_ERRORS) as error:  # TimeoutError is an OSError
            log.warning("%s of %s in server %s: %r", type(step).__name__, step.posting.mark, step.posting.guild, error)
            return _cannot(error)

    async def _perform(self, step: Step) -> Any:
        look = self._desk.lanes.look
        match step:
            case Look(posting):
                return await self._found(posting)
            case Place(posting):
                return await self._place(posting)
            case Send(posting):
                return await self._sent(posting)
            case Complete(posting):
                session = await look(self._session, posting)
                return None if session is None else await self._host.complete(session)
            case OpenSession():
                return await self._desk.lanes.make(self._posts.keep, step)
            case Begin(posting):
                async with self._alone(posting):
                    return await look(self._posts.keep, step)
        return await look(self._posts.keep, step)

    async def _found(self, posting: Posting) -> str | None:
        if posting.kind is not PostKind.QUESTIONS:
            return await self._notices.find(posting)
        session = await self._desk.lanes.look(self._session, posting)
        since = min(posting.due_at, posting.sending_since or posting.claimed_at) - AHEAD
        if session is None:
            return None
        try:
            return await self._host.find_opening(posting.channel, session, since=since)
        except discord.NotFound as error:
            if error.code != _UNKNOWN_CHANNEL:
                raise
            return None  # the channel was deleted, and our message with it

    async def _place(self, posting: Posting) -> str:
        if posting.kind is not PostKind.QUESTIONS:
            return self._notices.place(posting)
        slot = self._desk.servers.settings(posting.guild).weekly
        if slot is None:
            raise CannotPost
        await self._host.place(slot.channel)
        return slot.channel

    async def _sent(self, posting: Posting) -> str:
        if posting.kind is not PostKind.QUESTIONS:
            return await self._notices.send(posting)
        async with self._alone(posting):
            session = await self._desk.lanes.look(self._session, posting)
            if session is None or session.message is not None or session.channel != posting.channel:
                raise CannotPost(unsent=True)  # somebody opened it by hand meanwhile
            return await self._host.send_opening(posting.channel, session, nonce=posting.mark)

    def _alone(self, posting: Posting) -> AbstractAsyncContextManager[None]:
        """Keep everybody else from opening the session of a post."""
        return nullcontext() if posting.session_id is None else self._host.alone(posting.session_id)

    def _session(self, posting: Posting) -> Session | None:
        if posting.session_id is None:
            return None
        return self._desk.study.library.session(posting.guild, posting.session_id)


def _cannot(error: Exception) -> CannotPost:
    """Return what a failure means: what people have to mend is told, what will pass is not."""
    unsure = isinstance(error, DISCORD_UNSURE)
    if isinstance(error, MissingPermission):
        return CannotPost(f"I lack a permission in the channel: {', '.join(error.names)}", unsent=True)
    if isinstance(error, discord.NotFound) and error.code == _UNKNOWN_CHANNEL:
        return CannotPost("the channel was deleted", unsent=True)
    if isinstance(error, discord.Forbidden):
        return CannotPost("I may not write in the channel", unsent=True)
    if isinstance(error, SeminarError):
        return CannotPost(sentence_for(error), unsent=True)
    return CannotPost(unsent=not unsure)
