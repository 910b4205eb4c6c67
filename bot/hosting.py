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
from bot.errors import DISCORD_ERRORS, Denied, MissingPermission
from bot.permits import permission_name
from bot.render.escaping import clip
from bot.render.fitting import fitted
from bot.render.limits import THREAD_NAME_CHARS
from bot.render.reply import Reply
from bot.render.session import Opening, close_button, opening_reply, question_reply
from bot.render.signs import one_line
from bot.replying import post
from bot.threads import WEEK_MIN, has_message, open_thread
from bot.views.layout import layout
from bot.views.press import custom_id, custom_ids_in
from rag.domain.session import Session, SessionQuestion
from rag.errors import Refused, SeminarError
from rag.study import Study

log = logging.getLogger(__name__)

CARRIED_ON = timedelta(days=2)
"""So old a session may be that is completed after a restart; who wants an older one opens it again."""
_LOOKED_AT = 200
"""Messages of a channel among which our own is looked for."""
_EARLY = timedelta(minutes=5)
"""By how much Discord's clock may differ from ours."""
_ARCHIVED = 50083

Place = discord.TextChannel | discord.ForumChannel | discord.Thread


class SessionHost:
    """Puts sessions into channels and keeps their messages true. Every step may be repeated."""

    def __init__(self, desk: Desk, client: discord.Client) -> None:
        self._desk = desk
        self._client = client
        self._one_at_a_time: defaultdict[int, asyncio.Lock] = defaultdict(asyncio.Lock)

    async def send_opening(self, channel: str, session: Session, *, nonce: str = "") -> str:
        """Send the message that opens a session and return its id; in a forum, a post. The session is not changed.

        Raises MissingPermission, Refused where no thread can be, and what Discord raises.
        """
        place = await self.place(channel)
        reply = opening_reply(await self._desk.lanes.browse(_opening, self._desk.study, session))
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
        async with self._one_at_a_time[session.session_id]:
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
        """Bring a question's message up to date, also in a thread that was put away; say whether it is.

        That it cannot be done, as in a locked thread or where it was deleted, is no failure: the answers are kept.
        """
        async with self._one_at_a_time[session.session_id]:  # else an older count may come last
            session = await self._desk.lanes.look(self._desk.study.sessions.session, session.guild, session.session_id)
            asked = session.asked(number) if number is not None else None
            if asked is None or asked.message is None or session.thread is None:
                return False
            try:
                await self._edit_awake(session, asked)
            except DISCORD_ERRORS as error:
                log.info("session %d: question %s stays as it was: %r", session.session_id, number, error)
                return False
            return True

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

    async def place(self, channel: str) -> Place:
        """Return a channel in which a session can be held. Raises Refused for another, MissingPermission."""
        number = int(channel)
        found: Any = self._client.get_channel(number) or await self._client.fetch_channel(number)
        if not isinstance(found, Place):
            raise Refused("The session", "no thread can be opened in this channel", "Use a text or forum channel.")
        _require_permissions(found)
        return found

    async def _post_in_forum(self, forum: discord.ForumChannel, session: Session, reply: Reply) -> str:
        view, files = layout(fitted(reply)[0])
        tags = forum.available_tags[:1] if forum.flags.require_tag else []
        made = await forum.create_thread(
            name=_name(session), auto_archive_duration=WEEK_MIN, view=view, files=files, applied_tags=tags
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
                await _posted(thread, _shown(session, asked), ids, nonce=f"session-{session.session_id}-{number}")
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

    async def _edit_awake(self, session: Session, asked: SessionQuestion) -> None:
        """Edit a question's message; a thread that was put away is taken back for it."""
        try:
            await self._edit(session, asked)
        except discord.HTTPException as error:
            if error.code != _ARCHIVED or not await self._woken(session):
                raise
            await self._edit(session, asked)

    async def _edit(self, session: Session, asked: SessionQuestion) -> None:
        assert session.thread is not None
        assert asked.message is not None
        thread = self._client.get_partial_messageable(int(session.thread))
        view, _files = layout(fitted(_shown(session, asked))[0])
        await thread.get_partial_message(int(asked.message)).edit(view=view)

    async def _woken(self, session: Session) -> bool:
        """Take a thread back that was put away; say whether it is there for everybody."""
        assert session.thread is not None
        found: Any = await self._client.fetch_channel(int(session.thread))
        if not isinstance(found, discord.Thread) or found.locked:
            return False
        await found.edit(archived=False)
        return True

    @property
    def _me(self) -> int:
        assert self._client.user is not None
        return self._client.user.id

    def _is_ours(self, message: discord.Message, wanted: str) -> bool:
        return message.author.id == self._me and wanted in custom_ids_in(message.components)


async def _posted(thread: discord.Thread, reply: Reply, ids: list[int], *, nonce: str) -> None:
    try:
        await post(thread, reply, shown=ids.append, nonce=nonce)
    except discord.HTTPException as error:
        if error.code != _ARCHIVED:
            raise
        raise Refused(
            "The questions", "the thread is locked", "Let somebody who may unlock it, and try again."
        ) from error


def _opening(study: Study, session: Session) -> Opening:
    """Gather what an opening says; for a lane."""
    held = next((paper for paper in study.papers(session.guild) if paper.key == session.paper_key), None)
    return Opening(
        session=session,
        card=None if held is None else study.card(session.guild, held.paper_id),
        before=study.sessions.before(session.guild, session),
        guide=study.sessions.guide(session),
    )


def _shown(session: Session, asked: SessionQuestion) -> Reply:
    return question_reply(session, asked, with_help=asked is session.questions[0])


def _name(session: Session) -> str:
    return clip(one_line(session.title), THREAD_NAME_CHARS) or f"Session {session.session_id}"


def _opens(session: Session) -> str:
    """Return the custom id by which an opening is known again."""
    button = close_button(session)
    return custom_id("press", button.action, button.arguments)


def _require_permissions(place: Place) -> None:
    needed = ["view_channel", "read_message_history", "send_messages_in_threads"]
    needed += [] if isinstance(place, discord.Thread) else ["send_messages"]
    needed += ["create_public_threads"] if isinstance(place, discord.TextChannel) else []
    may = place.permissions_for(place.guild.me)
    lacking = [name for name in needed if not getattr(may, name)]
    if lacking:
        raise MissingPermission(names=tuple(permission_name(name) for name in lacking))
