"""Who may do what, where: checked in code, whatever Discord was told to show."""

from __future__ import annotations

from typing import Any

import discord

from bot.errors import AdminsOnly, MissingPermission, NotInThisChannel, OrganisersOnly, ServersOnly
from rag.domain.server import ServerSettings

Interaction = discord.Interaction[Any]
SessionPlace = discord.TextChannel | discord.ForumChannel | discord.Thread


def guild_of(interaction: Interaction) -> str:
    """Return the server an interaction came from: the only source of a guild id. Raises ServersOnly."""
    if interaction.guild_id is None:
        raise ServersOnly(command=interaction.command.qualified_name if interaction.command else "")
    return str(interaction.guild_id)


def is_admin(interaction: Interaction) -> bool:
    """Say whether the person has Manage Server (Discord gives it with Administrator and to owners)."""
    return interaction.guild_id is not None and interaction.permissions.manage_guild


def is_organiser(interaction: Interaction, settings: ServerSettings) -> bool:
    """Say whether the person may change the library: Manage Server, or the role that an admin named."""
    if is_admin(interaction):
        return True
    person = interaction.user
    role = settings.organiser_role
    return role is not None and isinstance(person, discord.Member) and person.get_role(int(role)) is not None


def require_organiser(interaction: Interaction, settings: ServerSettings, action: str) -> None:
    """Raise OrganisersOnly unless the person may change the library; ``action`` fits after "can"."""
    if not is_organiser(interaction, settings):
        raise OrganisersOnly(action=action, role=settings.organiser_role)


def require_admin(interaction: Interaction, action: str) -> None:
    """Raise AdminsOnly unless the person has Manage Server, ServersOnly where there is none."""
    guild_of(interaction)
    if not is_admin(interaction):
        raise AdminsOnly(action=action)


def require_channel(interaction: Interaction, settings: ServerSettings) -> None:
    """Raise NotInThisChannel where the organisers do not want answers; a thread counts as its channel."""
    if not may_answer_in(settings, place_of(interaction), parent_of(interaction)):
        raise NotInThisChannel(channels=settings.channels)


def may_answer_in(settings: ServerSettings, channel: str, parent: str) -> bool:
    """Say whether the organisers let the bot answer in a channel; ``parent`` is what a thread hangs on, else ""."""
    return not settings.channels or not {channel, parent}.isdisjoint(settings.channels)


def require_permissions(interaction: Interaction, **needed: bool) -> None:
    """Raise MissingPermission that names what the bot lacks in this channel, before anything is tried."""
    granted = dict(interaction.app_permissions)
    lacking = [name for name in needed if not granted[name]]
    if lacking:
        raise MissingPermission(names=tuple(permission_name(name) for name in lacking))


def require_writing(message: discord.Message) -> None:
    """Raise MissingPermission where the bot may not answer a message: nothing is to be worked out in vain."""
    channel, guild = message.channel, message.guild
    if guild is None or not isinstance(channel, discord.abc.GuildChannel | discord.Thread):
        return
    needed = "send_messages_in_threads" if isinstance(channel, discord.Thread) else "send_messages"
    if not getattr(channel.permissions_for(guild.me), needed):
        raise MissingPermission(names=(permission_name(needed),))


def require_session_permissions(place: SessionPlace) -> None:
    """Raise MissingPermission where we may not hold a session."""
    needed = ["view_channel", "read_message_history", "send_messages_in_threads"]
    needed += [] if isinstance(place, discord.Thread) else ["send_messages"]
    needed += ["create_public_threads"] if isinstance(place, discord.TextChannel) else []
    may = place.permissions_for(place.guild.me)
    lacking = [name for name in needed if not getattr(may, name)]
    if lacking:
        raise MissingPermission(names=tuple(permission_name(name) for name in lacking))


def can_see(interaction: Interaction, place: str) -> bool:
    """Say whether the person may look into a channel or public thread; of what the bot does not know, nobody may."""
    guild, person = interaction.guild, interaction.user
    if guild is None or not place.isdecimal() or not isinstance(person, discord.Member):
        return False
    found = guild.get_channel_or_thread(int(place))
    if isinstance(found, discord.Thread) and found.is_private():
        return False
    channel = found.parent if isinstance(found, discord.Thread) else found
    return channel is not None and channel.permissions_for(person).view_channel


def permission_name(name: str) -> str:
    """Return a permission as Discord's settings call it.

    >>> permission_name("send_messages_in_threads")
    'Send Messages in Threads'
    """
    return name.replace("_", " ").title().replace(" In ", " in ")


def place_of(interaction: Interaction) -> str:
    """Return the id of the channel or thread; "" where Discord does not say."""
    return str(interaction.channel_id or "")


def thread_of(interaction: Interaction) -> str | None:
    """Return the id of the thread an interaction came from; None outside threads."""
    return place_of(interaction) if isinstance(interaction.channel, discord.Thread) else None


def parent_of(interaction: Interaction) -> str:
    """Return the id of the channel that a thread hangs on; "" for no thread."""
    return str(getattr(interaction.channel, "parent_id", None) or "")
