"""Conversations: a mention of the bot is a question; in an answer's thread it goes on from what was said there."""

from __future__ import annotations

import re

import discord
from discord.ext import commands

from bot.app import SeminarBot
from bot.asking import Asking, Question
from bot.errors import NotInThisChannel
from bot.permits import may_answer_in
from bot.render.reply import Reply, said
from bot.replying import post

_UNREADABLE = "Leave the ping on when you reply to me, or mention me: I cannot read other messages."


class ConversationCog(commands.Cog):
    """Messages to the bot. Discord sends the text of those only, and that is all it needs."""

    def __init__(self, bot: SeminarBot, asking: Asking) -> None:
        self._bot = bot
        self._desk = bot.desk
        self._asking = asking

    @commands.Cog.listener()
    async def on_message(self, message: discord.Message) -> None:
        """Answer who mentions the bot or replies to it with the ping on."""
        me = self._bot.user
        if me is None or message.author.bot or message.guild is None or message.is_system():
            return
        if me in message.mentions:
            text = without_mention(message.content, me.id)
            if text:
                await self._answer(message, text)
            else:
                await _reply(message, said(f"Ask me something: mention me with a question, or use {self._ask}."))
        elif not message.content and _is_reply_to(message, me.id):
            await _reply(message, said(_UNREADABLE))

    @property
    def _ask(self) -> str:
        return self._bot.mention_of("ask")

    async def _answer(self, message: discord.Message, text: str) -> None:
        assert message.guild is not None
        guild = str(message.guild.id)
        self._require_channel(guild, message)
        thread = str(message.channel.id) if isinstance(message.channel, discord.Thread) else None
        question = Question(
            text=text,
            guild=guild,
            person=str(message.author.id),
            channel=str(message.channel.id),
            thread=thread,
            earlier=await self._asking.earlier(guild, thread),
        )
        async with message.channel.typing():
            kept, reply = await self._asking.answer(question, lambda _stage: None)
        async with self._asking.delivery(kept) as mine:
            if mine:
                await _reply(message, reply)

    def _require_channel(self, guild: str, message: discord.Message) -> None:
        settings = self._desk.servers.settings(guild)
        parent = str(getattr(message.channel, "parent_id", None) or "")
        if not may_answer_in(settings, str(message.channel.id), parent):
            raise NotInThisChannel(channels=settings.channels)


def without_mention(text: str, me: int) -> str:
    """Return what was said to the bot.

    >>> without_mention("<@42> what is RPN?", 42)
    'what is RPN?'
    """
    return " ".join(re.sub(rf"<@!?{me}>", " ", text).split())


def _is_reply_to(message: discord.Message, me: int) -> bool:
    replied = message.reference.resolved if message.reference else None
    return isinstance(replied, discord.Message) and replied.author.id == me


async def _reply(message: discord.Message, reply: Reply) -> None:
    """Reply below a message. If it is gone, the reply still comes."""
    reference = message.to_reference(fail_if_not_exists=False)
    await post(message.channel, reply, reference=reference, mention_author=False)
