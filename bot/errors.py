"""Errors at the edge of Discord: one sentence for the person, a reference, and the facts in the log."""

from __future__ import annotations

import contextlib
import logging
import math
import secrets
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import aiohttp
import discord
from discord import app_commands

from bot.render.escaping import clip, plain_line
from bot.render.reply import Tone, said
from bot.session_words import SESSION_WORDS
from rag.errors import Ambiguous, BadIdentifier, NotFound, Refused, SeminarError
from rag.wording import counted, sentence_for

if TYPE_CHECKING:
    from bot.replying import Deferred

log = logging.getLogger(__name__)

# https://discord.com/developers/docs/topics/opcodes-and-status-codes#json
GONE = {10008, 10015, 10062, 50027}
"""Unknown message, unknown webhook, unknown interaction, invalid token: an interaction takes no more."""
ALREADY_ANSWERED = 40060
_MISSING_ACCESS = 50001
_SENTENCE_CHARS = 1_000  # what people typed is part of some

DISCORD_ERRORS = (discord.HTTPException, aiohttp.ClientError, OSError)
"""What a request to Discord can raise; a connection that breaks off is not always an OSError."""
DISCORD_UNSURE = (discord.DiscordServerError, aiohttp.ClientError, OSError)
"""After these nobody knows whether Discord did what it was asked."""


class Denied(app_commands.CheckFailure):
    """What somebody may not do, here or now. Subclasses carry the facts."""


@dataclass(eq=False)
class OrganisersOnly(Denied):
    """Only Manage Server or the organiser role (an id, or None where the server named none) may ``action``."""

    action: str
    role: str | None = None


@dataclass(eq=False)
class AdminsOnly(Denied):
    """Only Manage Server may ``action``."""

    action: str


@dataclass(eq=False)
class ServersOnly(Denied):
    """A command, or a button of one ("" then), that needs a server was used in a direct message."""

    command: str = ""


@dataclass(eq=False)
class NotInThisChannel(Denied):
    """The organisers let the bot answer in ``channels`` (ids) only."""

    channels: tuple[str, ...]


class NotYours(Denied):
    """Only the person who asked may do this."""


class NotTheAuthor(Denied):
    """Only the person who wrote a message may do this."""


class NotForThreads(Denied):
    """A thread was wanted where one cannot be opened."""


@dataclass(eq=False)
class OldButton(Denied):
    """A button of an older version, whose action is gone."""

    action: str


@dataclass(eq=False)
class TooFast(Denied):
    """``who`` ("you", "this server") may do ``most`` ``what`` per ``per_s`` seconds."""

    who: str
    what: str
    most: int
    per_s: float
    wait_s: float


@dataclass(eq=False)
class MissingPermission(Denied):
    """The bot lacks ``names`` ("Send Messages in Threads") in a channel."""

    names: tuple[str, ...]


async def report(interaction: discord.Interaction[Any], error: BaseException) -> None:
    """Tell the person, and nobody else, what went wrong and what to do; write the facts into the log."""
    error = _original(error)
    data: Any = interaction.data or {}
    what = interaction.command.qualified_name if interaction.command else data.get("custom_id", "?")
    reference = _logged(error, what, interaction.guild_id)
    if _has_closed(error) or interaction.client.is_closed():
        return  # there is no way to the person any more
    try:
        await tell_privately(interaction, f"{sentence(error)}\n-# Reference {reference}")
    except DISCORD_ERRORS as failure:
        log.warning("reference %s: the person could not be told: %r", reference, failure)


async def report_late(deferred: Deferred, error: BaseException, guild: str) -> None:
    """Tell the person, and nobody else, what went wrong with a question that was acknowledged before a restart."""
    reference = _logged(error, "a question of before the restart", guild)
    if _has_closed(error):
        return
    try:
        await _tell_beside(deferred, f"{sentence(error)}\n-# Reference {reference}")
    except DISCORD_ERRORS as failure:
        log.warning("reference %s: the person could not be told: %r", reference, failure)


async def report_to(message: discord.Message, error: BaseException, *, aloud: bool = True) -> None:
    """Answer a message that led to an error, if ``aloud``; there is no way to tell its author alone."""
    from bot.views.layout import layout

    reference = _logged(error, "a message", message.guild.id if message.guild else None)
    if not aloud:
        return
    view, _files = layout(said(f"{sentence(error)}\n-# Reference {reference}", Tone.ERROR))
    try:
        await message.channel.send(view=view, reference=message.to_reference(fail_if_not_exists=False))
    except DISCORD_ERRORS as failure:
        log.warning("reference %s: the person could not be told: %r", reference, failure)


def _logged(error: BaseException, what: str, server: int | str | None) -> str:
    """Write the facts of an error into the log, and return the reference by which they are found there."""
    reference = secrets.token_hex(4)
    expected = _has_closed(error) or isinstance(error, SeminarError | Denied | discord.Forbidden)
    log.log(
        logging.INFO if expected else logging.ERROR,
        "reference %s: %s in server %s failed: %s",
        reference, what, server, facts(error),
        exc_info=None if expected else error,
    )  # fmt: skip
    return reference


def _has_closed(error: BaseException) -> bool:
    """Say whether an error means that the interaction takes no answer any more."""
    return getattr(error, "code", None) in GONE | {ALREADY_ANSWERED}


def facts(error: BaseException) -> str:
    """Return an error as logs have it: without what people typed, which is part of some."""
    kind = type(error).__name__
    if isinstance(error, NotFound | Ambiguous):
        return f"{kind}({error.what})"
    if isinstance(error, BadIdentifier):
        return kind
    return f"{kind}({error.reason})" if isinstance(error, Refused) else repr(error)


def sentence(error: BaseException) -> str:
    """Return what a person reads, as Markdown; found by the error's class or its nearest ancestor."""
    for kind in type(error).__mro__:
        words = _WORDS.get(kind)
        if words is not None:
            return str(words(error))
    if isinstance(error, SeminarError):
        return plain_line(clip(sentence_for(error), _SENTENCE_CHARS))
    return "Something went wrong that Seminar did not expect. Tell whoever runs it the reference below."


async def tell_privately(interaction: discord.Interaction[Any], markdown: str) -> None:
    """Show a text to the person alone, also where a public "thinking" stands already."""
    from bot.views.layout import layout

    view, _files = layout(said(markdown, Tone.ERROR))
    if not interaction.response.is_done():
        with unless_answered():
            await interaction.response.send_message(view=view, ephemeral=True)
            return
    if interaction.response.type in (None, discord.InteractionResponseType.deferred_channel_message):
        await _tell_beside(interaction, markdown)
    else:
        await interaction.followup.send(view=view, ephemeral=True)


@contextlib.contextmanager
def unless_answered() -> Iterator[None]:
    """Go on after a first response that Discord has already: one whose arrival nobody had heard of."""
    try:
        yield
    except discord.HTTPException as error:
        if error.code != ALREADY_ANSWERED:
            raise


async def _tell_beside(deferred: Deferred, markdown: str) -> None:
    """Show a text to the person alone and take "thinking" away."""
    from bot.views.layout import layout

    with contextlib.suppress(discord.NotFound):
        await _take_away_thinking(deferred)
    view, _files = layout(said(markdown, Tone.ERROR))
    await deferred.followup.send(view=view, ephemeral=True)


async def _take_away_thinking(deferred: Deferred) -> None:
    """Delete "thinking", or the stage shown in its place, but no reply: some error may come after it.

    A follow-up would take the place of a public "thinking" and be seen by all.
    """
    shown = (await deferred.original_response()).flags
    if not shown.components_v2:
        await deferred.delete_original_response()


def _original(error: BaseException) -> BaseException:
    while isinstance(error, app_commands.CommandInvokeError):
        error = error.original
    return error


def _organisers(error: OrganisersOnly) -> str:
    role = f" or the role <@&{error.role}>" if error.role else ""
    hint = "" if error.role else " They can name an organiser role in /settings."
    return f"Only members with Manage Server{role} can {error.action}.{hint}"


def _too_fast(error: TooFast) -> str:
    per = "a minute" if error.per_s == 60 else "an hour"
    seconds = math.ceil(error.wait_s)
    wait = counted(seconds, "second") if seconds < 120 else counted(math.ceil(seconds / 60), "minute")
    return f"That was fast: {error.who} can send {error.most} {error.what} {per}. Try again in {wait}."


def _channels(error: NotInThisChannel) -> str:
    return f"The organisers let me answer in {', '.join(f'<#{channel}>' for channel in error.channels)} only."


def _permission(error: MissingPermission) -> str:
    names = " and ".join(f"**{name}**" for name in error.names)
    return f"I lack the permission {names} in this channel. An admin can grant it in the channel's settings."


def _forbidden(error: discord.Forbidden) -> str:
    if error.code == _MISSING_ACCESS:
        return "I cannot see that channel. An admin can grant me **View Channel** and **Send Messages** there."
    return "Discord did not let me do that: I lack a permission in this channel. An admin can look at my role there."


def _servers(error: ServersOnly) -> str:
    what = f"/{error.command}" if error.command else "This"
    return f"{what} works in a server, where the group's papers are, not in direct messages."


_NOT_TAKEN = (
    "Discord did not take my message. Nothing is lost: look at the channel, then at /answers, or try again in a minute."
)

_WORDS: dict[type, Callable[[Any], str]] = {
    **SESSION_WORDS,
    OrganisersOnly: _organisers,
    AdminsOnly: lambda error: f"Only members with Manage Server can {error.action}.",
    ServersOnly: _servers,
    NotInThisChannel: _channels,
    NotYours: lambda _: "Only the person who asked can do this.",
    NotTheAuthor: lambda _: "Only the person who wrote that message can say so.",
    NotForThreads: lambda _: "No thread can be opened here. Mention me in a reply to my message to go on.",
    OldButton: lambda _: "This button is from an older version. Use the command again.",
    TooFast: _too_fast,
    MissingPermission: _permission,
    discord.Forbidden: _forbidden,
    discord.DiscordServerError: lambda _: _NOT_TAKEN,
    aiohttp.ClientError: lambda _: _NOT_TAKEN,
    app_commands.CommandSignatureMismatch: lambda _: (
        "This command has changed. Reload Discord (Ctrl+R), then try again."
    ),
}
