"""Replies to interactions: shown where "thinking" stands, paged in place, or posted when the interaction is gone."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import secrets
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import replace
from typing import Any

import discord

from bot.errors import DISCORD_ERRORS, DISCORD_UNSURE, GONE, unless_answered
from bot.render.fitting import fitted
from bot.render.reply import Reply, Text
from bot.views.layout import layout

log = logging.getLogger(__name__)

Interaction = discord.Interaction[Any]

Place = Callable[[], Awaitable[discord.abc.Messageable | None]]
_DELETED = 10008
_AGAIN_S = 1.0
"""How soon a message is sent again when nobody knows whether it arrived."""


async def defer(interaction: Interaction, *, thinking: bool = True, ephemeral: bool = False) -> None:
    """Acknowledge at once. With ``thinking`` a reply is to come, else the message whose button was pressed changes."""
    await _responded(interaction, lambda: interaction.response.defer(thinking=thinking, ephemeral=ephemeral))


async def show(interaction: Interaction, reply: Reply, *, ephemeral: bool = False) -> None:
    """Show a reply where "thinking" stands, or as the first answer; what does not fit in one message follows.

    ``ephemeral`` has to be what the deferring said.
    """
    for number, part in enumerate(fitted(reply)):
        await _show_part(interaction, part, first=number == 0, ephemeral=ephemeral)


async def turn(interaction: Interaction, reply: Reply) -> None:
    """Put a reply in the place of the message whose button was pressed; after too long it stays as it was."""
    part = fitted(reply)[0]

    def edited() -> Awaitable[object]:
        view, files = layout(part)
        return interaction.response.edit_message(content=None, view=view, attachments=files)

    try:
        if interaction.response.is_done() or not await _responded(interaction, edited):
            view, files = layout(part)
            await interaction.edit_original_response(content=None, view=view, attachments=files)
    except discord.HTTPException as error:
        if error.code not in GONE:
            raise
        log.info("interaction %s is gone (%s): its message stays as it was", interaction.id, error.code)


async def follow(interaction: Interaction, reply: Reply, *, header: str) -> None:
    """Tell everybody, under ``header``, what came of a press; in the channel when the interaction is gone."""
    told = headed(reply, header)
    try:
        for part in fitted(told):
            await _show_part(interaction, part, first=False)
    except discord.HTTPException as error:
        if error.code not in GONE:
            raise
        log.info("interaction %s is gone (%s): posting in its channel", interaction.id, error.code)
        await post(_channel_of(interaction), told)


async def post(channel: discord.abc.Messageable, reply: Reply, **given: Any) -> None:
    """Send a reply as messages of the bot's own. ``given`` goes with the first."""
    for part in fitted(reply):
        await _post_part(channel, part, **given)
        given = {}


async def post_in_one(places: Iterable[Place], reply: Reply) -> bool:
    """Post in the first place that is there and takes it; say whether one did."""
    for place in places:
        try:
            channel = await place()
            if channel is not None:
                await post(channel, reply)
                return True
        except DISCORD_ERRORS as error:
            log.info("a place took no message: %r", error)
    return False


async def deliver(interaction: Interaction, reply: Reply, *, header: str) -> None:
    """Show a public reply; post it in the channel, under ``header``, when the interaction is gone or Discord fails.

    Nothing is posted twice: after a failure that may have been a success, the message is looked at first. Nothing is
    posted either when a person deleted what they had asked for. Raises what posting raises.
    """
    left = list(fitted(reply))
    whole = len(left)
    try:
        while left and await _shown(interaction, left[0], first=len(left) == whole):
            del left[0]
    except discord.HTTPException as error:  # an invalid token is answered 401, which has no class of its own
        if error.code == _DELETED:
            return
        if error.code not in GONE:
            raise
        log.info("interaction %s is gone (%s): posting in its channel", interaction.id, error.code)
    if not left:
        return
    for part in fitted(headed(_together(left), header)):
        await _post_part(_channel_of(interaction), part)
    if len(left) == whole:
        with contextlib.suppress(*DISCORD_ERRORS):
            await interaction.delete_original_response()  # the "thinking" that nothing will follow


def headed(reply: Reply, header: str) -> Reply:
    """Return a reply under a line that says whose it is, for messages that stand alone."""
    return replace(reply, blocks=(Text(header), *reply.blocks))


async def _show_part(interaction: Interaction, part: Reply, *, first: bool, ephemeral: bool = False) -> None:
    def sent() -> Awaitable[object]:
        view, files = layout(part)
        return interaction.response.send_message(view=view, files=files, ephemeral=ephemeral)

    if first and not interaction.response.is_done() and await _responded(interaction, sent):
        return
    view, files = layout(part)
    if first:
        await interaction.edit_original_response(content=None, view=view, attachments=files)
    else:
        await interaction.followup.send(view=view, files=files, ephemeral=ephemeral)


async def _responded(interaction: Interaction, respond: Callable[[], Awaitable[object]]) -> bool:
    """Give the first response, once more where nobody knows whether it arrived; say whether it is this one.

    It is not when Discord has one already: then that one can be edited.
    """
    try:
        with unless_answered():  # the library, too, tries again after some failures
            await respond()
            return True
    except DISCORD_UNSURE as error:
        log.warning("interaction %s: responded again: %r", interaction.id, error)
        with unless_answered():
            await respond()
            return True
    return False


async def _shown(interaction: Interaction, part: Reply, *, first: bool) -> bool:
    """Show one message and say whether it stands there. Raises what leaves that open."""
    try:
        await _show_part(interaction, part, first=first)
    except DISCORD_UNSURE as error:
        log.warning("interaction %s: Discord failed: %r", interaction.id, error)
        if not first:
            raise  # which of several follow-ups are there cannot be asked
        return (await interaction.original_response()).flags.components_v2
    return True


async def _post_part(channel: discord.abc.Messageable, part: Reply, **given: Any) -> None:
    """Send one message; where nobody knows whether it arrived, once more under the nonce by which Discord knows it."""
    nonce = secrets.token_hex(12)
    for again in (True, False):
        view, files = layout(part)
        try:
            await channel.send(view=view, files=files, nonce=nonce, **given)
        except DISCORD_UNSURE as error:
            if not again:
                raise
            log.warning("a message is sent again: %r", error)
            await asyncio.sleep(_AGAIN_S)
        else:
            return


def _together(parts: Sequence[Reply]) -> Reply:
    return replace(parts[0], blocks=tuple(block for part in parts for block in part.blocks))


def _channel_of(interaction: Interaction) -> discord.abc.Messageable:
    """Return the channel, also one that the library has not heard of."""
    assert interaction.channel_id is not None
    channel: discord.abc.Messageable = interaction.client.get_partial_messageable(interaction.channel_id)
    return channel
