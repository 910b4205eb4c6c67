"""Replies to interactions: shown where "thinking" stands, paged in place, or posted when the interaction is gone."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import secrets
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import replace
from typing import Any, Protocol

import discord
from discord import ui

from bot.errors import DISCORD_ERRORS, DISCORD_UNSURE, GONE, unless_answered
from bot.render.fitting import fitted
from bot.render.limits import NONCE_CHARS
from bot.render.reply import Reply, Text
from bot.views.layout import layout

log = logging.getLogger(__name__)

Interaction = discord.Interaction[Any]

Place = Callable[[], Awaitable[discord.abc.Messageable | None]]
Shown = Callable[[int], object]
"""Is told the id of each message that stands."""

_DELETED = 10008
_AGAIN_S = 1.0
"""How soon a message is sent again when nobody knows whether it arrived."""


class Deferred(Protocol):
    """What replies need of an interaction that was acknowledged. :mod:`bot.late` has it for one of before a restart."""

    @property
    def id(self) -> int:
        """A number for the log."""

    @property
    def channel_id(self) -> int | None:
        """Where it was."""

    @property
    def client(self) -> discord.Client:
        """Who answers."""

    @property
    def followup(self) -> discord.Webhook:
        """What sends further messages."""

    async def original_response(self) -> discord.Message:
        """Return what stands there."""

    async def edit_original_response(
        self,
        *,
        content: str | None = ...,
        view: ui.LayoutView = ...,
        attachments: Sequence[discord.Attachment | discord.File] = ...,
    ) -> discord.Message:
        """Put something else in its place."""

    async def delete_original_response(self) -> None:
        """Take it away."""


def nobody(_message: int) -> None:
    """Keep no ids of messages."""


async def defer(interaction: Interaction, *, thinking: bool = True, ephemeral: bool = False) -> None:
    """Acknowledge at once. With ``thinking`` a reply is to come, else the message whose button was pressed changes."""
    await _responded(interaction, lambda: interaction.response.defer(thinking=thinking, ephemeral=ephemeral))


async def show(interaction: Interaction, reply: Reply | Sequence[Reply], *, ephemeral: bool = False) -> None:
    """Show a reply where "thinking" stands, or as the first answer; what does not fit in one message follows.

    ``ephemeral`` has to be what the deferring said. A long reply comes as the messages to which a lane fitted it.
    """
    first, *more = fitted(reply) if isinstance(reply, Reply) else reply

    def sent() -> Awaitable[object]:
        view, files = layout(first)
        return interaction.response.send_message(view=view, files=files, ephemeral=ephemeral)

    if interaction.response.is_done() or not await _responded(interaction, sent):
        await _put_part(interaction, first, first=True)
    for part in more:
        await _put_part(interaction, part, first=False, ephemeral=ephemeral)


async def put(deferred: Deferred, reply: Reply, *, ephemeral: bool = False) -> None:
    """Show a reply where "thinking" stands; what does not fit in one message follows."""
    for number, part in enumerate(fitted(reply)):
        await _put_part(deferred, part, first=number == 0, ephemeral=ephemeral)


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
            await _put_part(interaction, part, first=False)
    except discord.HTTPException as error:
        if error.code not in GONE:
            raise
        log.info("interaction %s is gone (%s): posting in its channel", interaction.id, error.code)
        await post(_channel_of(interaction), told)


async def post(channel: discord.abc.Messageable, reply: Reply, *, shown: Shown = nobody, **given: Any) -> None:
    """Send a reply as messages of the bot's own. ``given`` goes with the first: a reference, a nonce."""
    for part in fitted(reply):
        shown(await _post_part(channel, part, **given))
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


async def deliver(deferred: Deferred, reply: Reply, *, header: str, shown: Shown = nobody) -> None:
    """Show a public reply; post it in the channel, under ``header``, when the interaction is gone or Discord fails.

    Nothing is posted twice: after a failure that may have been a success, the message is looked at first. Nothing is
    posted either when a person deleted what they had asked for. Raises what posting raises.
    """
    left = list(fitted(reply))
    whole = len(left)
    try:
        while left and (message := await _stands(deferred, left[0], first=len(left) == whole)) is not None:
            shown(message)
            del left[0]
    except discord.HTTPException as error:  # an invalid token is answered 401, which has no class of its own
        if error.code == _DELETED:
            return
        if error.code not in GONE:
            raise
        log.info("interaction %s is gone (%s): posting in its channel", deferred.id, error.code)
    if not left:
        return
    for part in fitted(headed(_together(left), header)):
        shown(await _post_part(_channel_of(deferred), part))
    if len(left) == whole:
        with contextlib.suppress(*DISCORD_ERRORS):
            await deferred.delete_original_response()  # the "thinking" that nothing will follow


def headed(reply: Reply, header: str) -> Reply:
    """Return a reply under a line that says whose it is, for messages that stand alone."""
    return replace(reply, blocks=(Text(header), *reply.blocks))


async def _put_part(deferred: Deferred, part: Reply, *, first: bool, ephemeral: bool = False) -> int:
    """Show one message of a reply and return its id."""
    view, files = layout(part)
    if first:
        return (await deferred.edit_original_response(content=None, view=view, attachments=files)).id
    return (await deferred.followup.send(view=view, files=files, ephemeral=ephemeral, wait=True)).id


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


async def _stands(deferred: Deferred, part: Reply, *, first: bool) -> int | None:
    """Show one message and return its id; None where it does not stand there. Raises what leaves that open."""
    try:
        return await _put_part(deferred, part, first=first)
    except DISCORD_UNSURE as error:
        log.warning("interaction %s: Discord failed: %r", deferred.id, error)
        if not first:
            raise  # which of several follow-ups are there cannot be asked
        original = await deferred.original_response()
        return original.id if original.flags.components_v2 else None


async def _post_part(channel: discord.abc.Messageable, part: Reply, *, nonce: str = "", **given: Any) -> int:
    """Send one message and return its id; where nobody knows whether it arrived, once more under the nonce by which
    Discord knows it.
    """
    nonce = nonce or secrets.token_hex(NONCE_CHARS // 2)
    try:
        return await _sent(channel, part, nonce=nonce, **given)
    except DISCORD_UNSURE as error:
        log.warning("a message is sent again: %r", error)
        await asyncio.sleep(_AGAIN_S)
        return await _sent(channel, part, nonce=nonce, **given)


async def _sent(channel: discord.abc.Messageable, part: Reply, **given: Any) -> int:
    view, files = layout(part)
    return (await channel.send(view=view, files=files, **given)).id


def _together(parts: Sequence[Reply]) -> Reply:
    return replace(parts[0], blocks=tuple(block for part in parts for block in part.blocks))


def _channel_of(deferred: Deferred) -> discord.abc.Messageable:
    """Return the channel, also one that the library has not heard of."""
    assert deferred.channel_id is not None
    return deferred.client.get_partial_messageable(deferred.channel_id)
