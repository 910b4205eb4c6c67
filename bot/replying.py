"""Replies to interactions: shown where "thinking" stands, paged in place, or posted when the interaction is gone."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable
from dataclasses import replace
from types import TracebackType
from typing import Any

import discord

from bot.render.fitting import fitted
from bot.render.limits import EDIT_PACE_S
from bot.render.reply import Reply, Text
from bot.views.layout import layout

log = logging.getLogger(__name__)

Interaction = discord.Interaction[Any]

_GONE = {10008, 10015, 10062, 50027}
"""Unknown message, unknown webhook, unknown interaction, invalid token: this interaction takes no more.

https://discord.com/developers/docs/topics/opcodes-and-status-codes#json
"""
_DELETED = 10008


async def show(interaction: Interaction, reply: Reply, *, ephemeral: bool = False) -> discord.Message | None:
    """Show a reply where "thinking" stands, or as the first answer; what does not fit in one message follows.

    ``ephemeral`` has to be what the deferring said. Returns the first message when Discord sent it along.
    """
    first, *more = fitted(reply)
    view, files = layout(first)
    message: discord.Message | None = None
    if interaction.response.is_done():
        message = await interaction.edit_original_response(content=None, view=view, attachments=files)
    else:
        await interaction.response.send_message(view=view, files=files, ephemeral=ephemeral)
    for part in more:
        view, files = layout(part)
        await interaction.followup.send(view=view, files=files, ephemeral=ephemeral)
    return message


async def turn(interaction: Interaction, reply: Reply) -> None:
    """Put a reply in the place of the message whose button was pressed; after too long it stays as it was."""
    view, files = layout(fitted(reply)[0])
    try:
        if interaction.response.is_done():
            await interaction.edit_original_response(content=None, view=view, attachments=files)
        else:
            await interaction.response.edit_message(content=None, view=view, attachments=files)
    except discord.HTTPException as error:
        if error.code not in _GONE:
            raise
        log.info("interaction %s is gone (%s): its message stays as it was", interaction.id, error.code)


async def follow(interaction: Interaction, reply: Reply, *, header: str) -> None:
    """Tell everybody, under ``header``, what came of a press; in the channel when the interaction is gone."""
    told = headed(reply, header)
    try:
        for part in fitted(told):
            view, files = layout(part)
            await interaction.followup.send(view=view, files=files)
    except discord.HTTPException as error:
        if error.code not in _GONE:
            raise
        log.info("interaction %s is gone (%s): posting in its channel", interaction.id, error.code)
        await post(_channel_of(interaction), told)


async def post(channel: discord.abc.Messageable, reply: Reply, **given: Any) -> discord.Message:
    """Send a reply as messages of the bot's own; return the first."""
    first, *more = fitted(reply)
    view, files = layout(first)
    message = await channel.send(view=view, files=files, **given)
    for part in more:
        view, files = layout(part)
        await channel.send(view=view, files=files)
    return message


async def deliver(interaction: Interaction, reply: Reply, *, header: str) -> discord.Message | None:
    """Show a public reply; post it in the channel, under ``header``, when the interaction is gone or Discord fails.

    Nothing is posted twice: after a failure that may have been a success, the message is looked at first. None: a
    person deleted what they had asked for. Raises what posting raises.
    """
    try:
        return await show(interaction, reply)
    except (discord.DiscordServerError, OSError) as error:
        log.warning("interaction %s: Discord failed: %r", interaction.id, error)
        shown = await _shown(interaction)
        if shown is not None:
            return shown
    except discord.HTTPException as error:  # an invalid token is answered 401, which has no class of its own
        if error.code == _DELETED:
            return None
        if error.code not in _GONE:
            raise
        log.info("interaction %s is gone (%s): posting in its channel", interaction.id, error.code)
    message = await post(_channel_of(interaction), headed(reply, header))
    with contextlib.suppress(discord.HTTPException):
        await interaction.delete_original_response()  # the "thinking" that nothing will follow
    return message


def headed(reply: Reply, header: str) -> Reply:
    """Return a reply under a line that says whose it is, for messages that stand alone."""
    return replace(reply, blocks=(Text(header), *reply.blocks))


def _channel_of(interaction: Interaction) -> discord.abc.Messageable:
    channel = interaction.channel
    assert isinstance(channel, discord.abc.Messageable)
    return channel


async def _shown(interaction: Interaction) -> discord.Message | None:
    """Return the original response if it holds the reply already."""
    with contextlib.suppress(discord.HTTPException, OSError):
        message = await interaction.original_response()
        if message.flags.components_v2:
            return message
    return None


class Stages:
    """Shows how far a piece of work is: the latest text wins, edits keep Discord's pace, failures are no matter."""

    def __init__(self, edit: Callable[[str], Awaitable[object]], *, pace_s: float = EDIT_PACE_S) -> None:
        self._edit = edit
        self._pace_s = pace_s
        self._text = ""
        self._news = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    def say(self, text: str) -> None:
        """Let people read this at the next edit."""
        if text != self._text:
            self._text = text
            self._news.set()

    async def __aenter__(self) -> Stages:
        self._task = asyncio.create_task(self._show())
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None
    ) -> None:
        assert self._task is not None
        self._task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await self._task

    async def _show(self) -> None:
        while True:
            await asyncio.sleep(self._pace_s)  # first too: what is quick shows no stage at all
            await self._news.wait()
            self._news.clear()
            try:
                await self._edit(self._text)
            except discord.HTTPException as error:
                log.info("a stage could not be shown: %r", error)


def stages_of(interaction: Interaction, *, pace_s: float = EDIT_PACE_S) -> Stages:
    """Return stages shown where "thinking" stands."""

    async def edit(text: str) -> None:
        await interaction.edit_original_response(content=text)

    return Stages(edit, pace_s=pace_s)
