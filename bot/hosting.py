"""Sessions in Discord: the opening, the thread, the questions; each step is noted, so that a killed one goes on."""

from __future__ import annotations

import asyncio
import logging
from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

import discord

from bot.desk import Desk
from bot.errors import DISCORD_ERRORS, Denied
from bot.permits import SessionPlace, require_session_permissions
from bot.refreshing import ARCHIVED, SessionMessages, opening_of, shown
from bot.render.escaping import clip
from bot.render.fitting import fitted
from bot.render.limits import THREAD_NAME_CHARS, THREAD_WEEK_MIN
from bot.render.opening import opening_reply, reopen_button
from bot.render.reply import Reply
from bot.render.session import close_button
from bot.render.signs import one_line
from bot.replying import post
from bot.threads import has_message, open_thread
from bot.views.layout import layout
from bot.views.press import custom_id, custom_ids_in
from rag.domain.session import Session, SessionQuestion
from rag.errors import Refused, SeminarError

log = logging.getLogger(__name__)

CARRIED_ON = timedelta(days=2)
"""So old a session may be that is completed after a restart; who wants an older one opens it again."""
_LOOKED_AT = 200
"""Messages of a channel among which our own is looked for."""
_EARLY = timedelta(minutes=5)
"""By how much Discord's clock may differ from ours."""


class SessionHost:
    """Puts sessions into channels and keeps their messages true. Every step may be repeated."""

    def __init__(self, desk: Desk, client: discord.Client) -> None:
        self._desk = desk
        self._client = client
        self._one_at_a_time: defaultdict[int, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._messages = SessionMessages(desk, client, self.alone)

    async def send_opening(self, channel: str, session: Session, *, nonce: str = "") -> str:
        """Send the message that opens a session and return its id; in a forum, a post. The session is not changed.

        Raises MissingPermission, Refused where no thread can be, and what Discord raises.
        """
        place = await self.place(channel)
        reply = opening_reply(await self._desk.lanes.browse(opening_of, self._desk.study, session))
        if isinstance(place, discord.ForumChannel):
            return await self._post_in_forum(place, session, reply)
        sent: list[int] = []
        await post(place, reply, shown=sent.append, nonce=nonce)
        return str(sent[-1])

    async def find_opening(self, channel: str, session: Session, *, since: datetime) -> str | None:
        """Return our own message that opens a session, sent since then, by the session's id in its button; or None."""
        place, wanted = await self.place(channel), _opens(session)
        if isinstance(place, discord.ForumChannel):
            for thread in place.threads:
                if thread.owner_id == self._me and thread.created_at and thread.created_at >= since - _EARLY:
                    async for message in thread.history(limit=1, oldest_first=True):
                        if self._is_ours(message, wanted):
                            return str(message.id)
            return None
        async for message in place.history(limit=None, after=since - _EARLY, oldest_first=True):
            if self._is_ours(message, wanted):
                return str(message.id)
        return None

    async def complete(self, session: Session) -> Session:
        """Send and note all of an open session that was not sent yet, and return it as it stands then.

        Raises MissingPermission, Refused, NotFound and what Discord raises; what was done until then is noted.
        """
        async with self.alone(session.session_id):
            guild, number = session.guild, session.session_id
            study, look = self._desk.study.sessions, self._desk.lanes.look
            session = await look(study.session, guild, number)
            if not session.is_open:
                return session
            if session.message is None:
                message = await self.find_opening(session.channel, session, since=session.opened_at)
                message = message or await self.send_opening(session.channel, session, nonce=f"session-{number}")
                session = await look(study.placed, guild, number, message=message)
            if session.thread is None:
                thread = await self._thread(session)
                session = await look(study.placed, guild, number, thread=thread)
            await self._ask(session)
            return await look(study.session, guild, number)

    async def begin_at(self, channel: str, session: Session) -> Session:
        """Begin an open session anew in a channel and complete it; one that was begun since it was read stays there.

        Raises as :meth:`complete` does, and Refused while the weekly post sends it.
        """
        async with self.alone(session.session_id):
            study, look = self._desk.study.sessions, self._desk.lanes.look
            held = await look(study.session, session.guild, session.session_id)
            if held.thread == session.thread:
                held = await look(study.move, session.guild, session.session_id, channel=channel)
        return await self.complete(held)

    def alone(self, session_id: int) -> asyncio.Lock:
        """Return what is held while a session's messages are sent."""
        return self._one_at_a_time[session_id]

    async def mend(self, session: Session) -> Session:
        """Post again the questions of an open session whose messages were deleted by hand, and return the session.

        Raises as :meth:`complete` does.
        """
        if session.thread is not None:
            thread = await self.place(session.thread)
            assert isinstance(thread, discord.Thread)
            for asked in session.questions:
                if asked.message is not None and not await has_message(thread, asked.message):
                    noted, number = self._desk.study.sessions.asked, asked.question.number
                    await self._desk.lanes.look(noted, session.guild, session.session_id, number, None)
        return await self.complete(session)

    async def carry_on(self) -> None:
        """Complete the sessions that a killed process left half sent."""
        for session in await self._desk.lanes.look(self._desk.study.sessions.unplaced, CARRIED_ON):
            try:
                await self.complete(session)
            except (SeminarError, Denied, *DISCORD_ERRORS) as error:
                log.warning("session %d could not be completed: %r", session.session_id, error)

    async def show_question(self, session: Session, number: int | None) -> bool:
        """Bring a question's message up to date, as :meth:`SessionMessages.show_question` does."""
        return await self._messages.show_question(session, number)

    async def show_state(self, session: Session) -> None:
        """Bring all of a session's messages up to date, as :meth:`SessionMessages.show_state` does."""
        await self._messages.show_state(session)

    async def tell(self, session: Session, reply: Reply) -> bool:
        """Post in a session's thread; say whether it is there and took it."""
        if session.thread is None:
            return False
        try:
            await post(self._client.get_partial_messageable(int(session.thread)), reply)
        except DISCORD_ERRORS as error:
            log.info("session %d: its thread took no message: %r", session.session_id, error)
            return False
        return True

    async def place(self, channel: str) -> SessionPlace:
        """Return a channel in which a session can be held. Raises Refused for another, MissingPermission."""
        number = int(channel)
        found: Any = self._client.get_channel(number) or await self._client.fetch_channel(number)
        if not isinstance(found, SessionPlace):
            raise Refused("The session", "no thread can be opened in this channel", "Use a text or forum channel.")
        require_session_permissions(found)
        return found

    async def _post_in_forum(self, forum: discord.ForumChannel, session: Session, reply: Reply) -> str:
        view, files = layout(fitted(reply)[0])
        tags = forum.available_tags[:1] if forum.flags.require_tag else []
        made = await forum.create_thread(
            name=_name(session), auto_archive_duration=THREAD_WEEK_MIN, view=view, files=files, applied_tags=tags
        )
        return str(made.message.id)

    async def _thread(self, session: Session) -> str:
        """Return the thread of a session whose opening stands: made at the message, or where the message is."""
        place = await self.place(session.channel)
        if isinstance(place, discord.Thread):
            return str(place.id)
        assert session.message is not None
        if isinstance(place, discord.ForumChannel):
            return session.message  # a post has the id of its first message
        try:
            thread, _is_new = await open_thread(place.get_partial_message(int(session.message)), _name(session))
        except discord.NotFound:  # the message was deleted, or Discord has its thread no more
            message = await self.send_opening(session.channel, session)
            placed = self._desk.study.sessions.placed
            await self._desk.lanes.look(placed, session.guild, session.session_id, message=message)
            thread, _is_new = await open_thread(place.get_partial_message(int(message)), _name(session))
        return str(thread.id)

    async def _ask(self, session: Session) -> None:
        """Post the questions that were not posted, in their order."""
        unsent = [asked for asked in session.questions if asked.message is None]
        if not unsent or session.thread is None:
            return
        thread, sent = await self.place(session.thread), self._desk.study.sessions.asked
        assert isinstance(thread, discord.Thread)
        known = await self._questions_in(thread, session, unsent)
        for asked in unsent:
            number = asked.question.number
            if number not in known:
                ids: list[int] = []
                await _posted(thread, shown(session, asked), ids, nonce=f"session-{session.session_id}-{number}")
                known[number] = str(ids[-1])
            await self._desk.lanes.look(sent, session.guild, session.session_id, number, known[number])

    async def _questions_in(
        self, thread: discord.Thread, session: Session, unsent: Iterable[SessionQuestion]
    ) -> dict[int, str]:
        """Return the messages that show questions of which nobody noted that they were sent."""
        wanted = {
            custom_id("press", "say", (str(session.session_id), str(asked.question.number))): asked.question.number
            for asked in unsent
        }
        found: dict[int, str] = {}
        async for message in thread.history(limit=_LOOKED_AT, after=session.opened_at - _EARLY, oldest_first=True):
            if message.author.id == self._me:
                numbers = (wanted[one] for one in custom_ids_in(message.components) if one in wanted)
                found |= {number: str(message.id) for number in numbers}
        return found

    @property
    def _me(self) -> int:
        assert self._client.user is not None
        return self._client.user.id

    def _is_ours(self, message: discord.Message, wanted: set[str]) -> bool:
        return message.author.id == self._me and not wanted.isdisjoint(custom_ids_in(message.components))


async def _posted(thread: discord.Thread, reply: Reply, ids: list[int], *, nonce: str) -> None:
    try:
        await post(thread, reply, shown=ids.append, nonce=nonce)
    except discord.HTTPException as error:
        if error.code != ARCHIVED:
            raise
        raise Refused(
            "The questions", "the thread is locked", "Let somebody who may unlock it, and try again."
        ) from error


def _name(session: Session) -> str:
    return clip(one_line(session.title), THREAD_NAME_CHARS) or f"Session {session.session_id}"


def _opens(session: Session) -> set[str]:
    """Return the custom ids by which an opening is known again, open or closed."""
    buttons = close_button(session), reopen_button(session)
    return {custom_id("press", button.action, button.arguments) for button in buttons}
