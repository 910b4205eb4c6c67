"""Threads at answers: opened once, also when several people press at the same time."""

from __future__ import annotations

import discord

from bot.errors import NotForThreads
from bot.render.limits import THREAD_WEEK_MIN

# https://docs.discord.com/developers/topics/opcodes-and-status-codes#json
_THREAD_EXISTS = 160004
_NOT_IN_SUCH_CHANNELS = 50024


async def open_thread(message: discord.Message | discord.PartialMessage, name: str) -> tuple[discord.Thread, bool]:
    """Open the thread of a message, or find the one that somebody opened a moment ago; say whether it is new.

    Raises NotForThreads where Discord has none.
    """
    try:
        return await message.create_thread(name=name, auto_archive_duration=THREAD_WEEK_MIN), True
    except discord.HTTPException as error:
        if error.code == _NOT_IN_SUCH_CHANNELS:
            raise NotForThreads from error
        if error.code != _THREAD_EXISTS:
            raise
    assert message.guild is not None
    thread = await message.guild.fetch_channel(message.id)  # a message's thread has the message's id
    assert isinstance(thread, discord.Thread)
    return thread, False


async def is_there(guild: discord.Guild, thread: str) -> bool:
    """Say whether a thread was not deleted; one that is hidden from us is there for others."""
    try:
        await guild.fetch_channel(int(thread))
    except discord.NotFound:
        return False
    except discord.Forbidden:
        return True
    return True


async def has_message(thread: discord.Thread, message: str) -> bool:
    """Say whether a message of a thread was not deleted."""
    try:
        await thread.fetch_message(int(message))
    except discord.NotFound:
        return False
    return True
