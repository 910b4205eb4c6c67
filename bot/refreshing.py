"""The messages of sessions as sessions stand: answers counted, closed ones taking nothing more."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable

import discord

from bot.desk import Desk
from bot.errors import DISCORD_ERRORS
from bot.render.fitting import fitted
from bot.render.opening import Opening, opening_reply
from bot.render.reply import Reply
from bot.render.session import question_reply
from bot.views.layout import layout
from rag.domain.session import Session, SessionQuestion
from rag.study import Study

log = logging.getLogger(__name__)

ARCHIVED = 50083


class SessionMessages:
    """Edits what was posted. ``alone`` gives the lock of a session: else an older state may come last.

    That a message cannot be edited, as in a locked thread or where it was deleted, is no failure: what was said is
    kept, and a late press is answered in words.
    """

    def __init__(self, desk: Desk, client: discord.Client, alone: Callable[[int], asyncio.Lock]) -> None:
        self._desk = desk
        self._client = client
        self._alone = alone

    async def show_question(self, session: Session, number: int | None) -> bool:
        """Bring a question's message up to date, also in a thread that was put away; say whether it is."""
        async with self._alone(session.session_id):
            session = await self._read(session)
            asked = session.asked(number) if number is not None else None
            if asked is None or asked.message is None or session.thread is None:
                return False
            try:
                await self._edit(session.thread, asked.message, shown(session, asked))
            except DISCORD_ERRORS as error:
                log.info("session %d: question %s stays as it was: %r", session.session_id, number, error)
                return False
            return True

    async def show_state(self, session: Session) -> None:
        """Bring the opening up to date, then every question: as many requests, so tell people first."""
        async with self._alone(session.session_id):
            session = await self._read(session)
            if session.message is not None:
                reply = opening_reply(await self._desk.lanes.browse(opening_of, self._desk.study, session))
                try:
                    await self._edit(await self._home(session), session.message, reply)
                except DISCORD_ERRORS as error:
                    log.info("session %d: its opening stays as it was: %r", session.session_id, error)
        for asked in session.questions:
            await self.show_question(session, asked.question.number)

    async def _read(self, session: Session) -> Session:
        return await self._desk.lanes.look(self._desk.study.sessions.session, session.guild, session.session_id)

    async def _home(self, session: Session) -> str:
        """Return the channel that holds the opening: a post of a forum is one of its own."""
        number = int(session.channel)
        found = self._client.get_channel(number) or await self._client.fetch_channel(number)
        return session.thread or session.channel if isinstance(found, discord.ForumChannel) else session.channel

    async def _edit(self, channel: str, message: str, reply: Reply) -> None:
        """Edit a message; a thread that was put away is taken back for it."""
        found = self._client.get_partial_messageable(int(channel)).get_partial_message(int(message))
        view, _files = layout(fitted(reply)[0])
        try:
            await found.edit(view=view)
        except discord.HTTPException as error:
            if error.code != ARCHIVED or not await self._woken(channel):
                raise
            await found.edit(view=view)

    async def _woken(self, channel: str) -> bool:
        """Take a thread back that was put away; say whether it is there for everybody."""
        found = await self._client.fetch_channel(int(channel))
        if not isinstance(found, discord.Thread) or found.locked:
            return False
        await found.edit(archived=False)
        return True


def shown(session: Session, asked: SessionQuestion) -> Reply:
    """Return a question as its session shows it: the first with a word on the buttons."""
    return question_reply(session, asked, with_help=asked is session.questions[0])


def opening_of(study: Study, session: Session) -> Opening:
    """Gather what an opening says; for a lane."""
    held = next((paper for paper in study.papers(session.guild) if paper.key == session.paper_key), None)
    return Opening(
        session=session,
        card=None if held is None else study.card(session.guild, held.paper_id),
        before=study.sessions.before(session.guild, session),
        guide=study.sessions.guide(session),
    )
