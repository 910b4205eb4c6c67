"""Conversations: a mention of the bot is a question; in reply to an answer, or in its thread, it goes on from there."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import partial

import discord
from discord.ext import commands

from bot.app import SeminarBot
from bot.asking import Asking, Question
from bot.errors import NotInThisChannel
from bot.permits import may_answer_in, require_writing
from bot.render.reply import Reply, said
from bot.replying import Shown, nobody, post
from bot.stages import typing

_UNREADABLE = "I see the words of messages that mention me, and no others. Mention me in your reply, and I answer."
_HINTS_KEPT = 10_000
_NOBODY: Mapping[int, str] = {}


class ConversationCog(commands.Cog):
    """Messages to the bot. Discord sends the text of those only, and that is all it needs."""

    def __init__(self, bot: SeminarBot, asking: Asking) -> None:
        self._bot = bot
        self._desk = bot.desk
        self._asking = asking
        self._hinted: set[tuple[int, int]] = set()

    @commands.Cog.listener()
    async def on_message(self, message: discord.Message) -> None:
        """Answer who mentions the bot or replies to it with the ping on."""
        me = self._bot.user
        if me is None or message.author.bot or message.guild is None or message.is_system():
            return
        if me in message.mentions:
            if not _names(message, me.id) and await self._is_talk_of_a_session(message):
                return
            self._require_channel(message)
            names = {user.id: user.display_name for user in message.mentions if user.id != me.id}
            text = without_mention(message.content, me.id, names)
            if text:
                await self._answer(message, text)
            elif self._bot.refusals.first_of(message.channel.id, message.author.id, "nothing asked"):
                await _reply(message, said(f"Ask me something: mention me with a question, or use {self._ask}."))
        elif not message.content and _is_reply_to(message, me.id) and await self._may_hint(message):
            await _reply(message, said(_UNREADABLE))

    @property
    def _ask(self) -> str:
        return self._bot.mention_of("ask")

    async def _answer(self, message: discord.Message, text: str) -> None:
        assert message.guild is not None
        require_writing(message)
        thread = str(message.channel.id) if isinstance(message.channel, discord.Thread) else None
        question = Question(
            text=text,
            guild=str(message.guild.id),
            person=str(message.author.id),
            channel=str(message.channel.id),
            thread=thread,
            replies_to=_replied_to(message),
        )
        async with typing(message.channel):
            kept, reply = await self._asking.answer(question, lambda _stage: None)
        async with self._asking.delivery(kept) as shown:
            if shown is not None:
                await _reply(message, reply, shown)

    async def _is_talk_of_a_session(self, message: discord.Message) -> bool:
        """Say whether people talk of a paper among themselves: what they reply to is a message of a session, and no
        answer of ours. An answer to that would tell what they are to find out.
        """
        assert message.guild is not None
        guild, study, look = str(message.guild.id), self._desk.study, self._desk.lanes.look
        replied = _replied_to(message)
        places = [str(message.channel.id), *([replied] if replied else [])]  # a thread has the id of its first message
        if replied is None or not any([await look(study.sessions.in_thread, guild, place) for place in places]):
            return False
        return not await look(partial(study.answers.before, guild, message=replied))

    def _require_channel(self, message: discord.Message) -> None:
        assert message.guild is not None
        settings = self._desk.servers.settings(str(message.guild.id))
        if not self._may_answer(message):
            raise NotInThisChannel(channels=settings.channels)

    def _may_answer(self, message: discord.Message) -> bool:
        assert message.guild is not None
        settings = self._desk.servers.settings(str(message.guild.id))
        parent = str(getattr(message.channel, "parent_id", None) or "")
        return may_answer_in(settings, str(message.channel.id), parent)

    async def _may_hint(self, message: discord.Message) -> bool:
        """Say whether a person may be told how to be heard: once, since people also reply to us to talk to others."""
        assert message.guild is not None
        person = (message.guild.id, message.author.id)
        if person in self._hinted or not self._may_answer(message) or await self._is_talk_of_a_session(message):
            return False
        if len(self._hinted) >= _HINTS_KEPT:
            self._hinted.clear()
        self._hinted.add(person)
        return True


def without_mention(text: str, me: int, names: Mapping[int, str] = _NOBODY) -> str:
    """Return what was said to the bot; others who were mentioned are called by their names.

    >>> without_mention("<@42> what is RPN? <@7> asks", 42, {7: "Mina"})
    'what is RPN? Mina asks'
    """
    said = re.sub(rf"<@!?{me}>", " ", text)
    return " ".join(re.sub(r"<@!?(\d+)>", lambda found: names.get(int(found[1]), found[0]), said).split())


def _names(message: discord.Message, me: int) -> bool:
    """Say whether the bot is mentioned in the words; a reply mentions it without any."""
    return re.search(rf"<@!?{me}>", message.content) is not None


def _is_reply_to(message: discord.Message, me: int) -> bool:
    replied = message.reference.resolved if message.reference else None
    return isinstance(replied, discord.Message) and replied.author.id == me


def _replied_to(message: discord.Message) -> str | None:
    """Return the id of the message that this one replies to, whether or not it is still there."""
    reference = message.reference
    return None if reference is None or reference.message_id is None else str(reference.message_id)


async def _reply(message: discord.Message, reply: Reply, shown: Shown = nobody) -> None:
    """Reply below a message. If it is gone, the reply still comes."""
    reference = message.to_reference(fail_if_not_exists=False)
    await post(message.channel, reply, shown=shown, reference=reference, mention_author=False)
